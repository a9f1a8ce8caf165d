/* Small files of local accounts. Each adds its source to p; mistakes are named by path, line and label. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_LOCAL_H
#define LEIE_IO_READ_READ_LOCAL_H

#include "io/study/study.h"

/* place,name[,note][,source] into an empty list. */
leie_status leie_read_places(leie_labels *place, const leie_path *path, leie_provenance *p, leie_error *err);

/* place,sector,stressor,value,unit[,sd][,source]: pressures known at a place, in the unit of the stressor (converted).
 * Sectors are those of the region in t. *firm is the caller's to leie_free. */
leie_status leie_read_firms(leie_local_firm **firm, leie_size *n, const leie_path *path, int year, const leie_labels *place,
                            const leie_table *t, leie_size region, leie_provenance *p, leie_error *err);

/* stock,year,value,unit[,name][,sd][,source]: stocks of the region in a year; none of that year: an empty list. */
leie_status leie_read_local_stocks(leie_local_stocks *stocks, const leie_path *path, int year, leie_provenance *p,
                                   leie_error *err);

/* What passes through a port: domestic = import - transit - processing. */
typedef enum leie_hub_flow { LEIE_HUB_IMPORT, LEIE_HUB_EXPORT, LEIE_HUB_TRANSIT, LEIE_HUB_PROCESSING, LEIE_HUB_DOMESTIC, LEIE_HUB_FLOWS } leie_hub_flow;

typedef struct leie_hubs {
    leie_labels port, material; // codes; all of one unit
    char *unit;
    leie_size room;
    double *value, *sd; // [port, LEIE_HUB_FLOWS, material], NaN where nothing is said
} leie_hubs;

/* port,flow,material,year,value,unit[,sd][,source]; flow = import, export, transit (leaves again as it came), processing
 * (leaves again processed). Rows of other years are left out. Values are converted to the unit of the first row. An import
 * that is less than what leaves again of it is LEIE_ERR_DATA by port and material. */
leie_status leie_read_hubs(leie_hubs *hubs, const leie_path *path, int year, leie_provenance *p, leie_error *err);
void leie_hubs_clear(leie_hubs *hubs);

/* "import", "export", "transit", "processing", "domestic". */
const char *leie_hub_flow_name(leie_hub_flow flow);

#endif
