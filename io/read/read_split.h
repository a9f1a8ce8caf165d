/* Small files of a regional split and of bridges. Each adds its source to p; mistakes are named by path, line and
 * label. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_SPLIT_H
#define LEIE_IO_READ_READ_SPLIT_H

#include "io/study/study.h"

/* region,to_region,value[,unit][,source] into distance [N, N]; both directions from one row when the other is not given. Every
 * pair must be there; own distances are 1 when they are not given. */
leie_status leie_read_distances(double *distance, const leie_path *path, const leie_labels *region, leie_provenance *p,
                                leie_error *err);

/* The regions of a keys file, in order of first appearance. */
LEIE_API leie_status leie_read_key_regions(leie_labels *region, const leie_path *path, leie_error *err);

/* region,product,to_region,use,value[,source] into flow [3, N, N, p], NaN where nothing is said; use = intermediate,
 * consumption, capital, all. */
leie_status leie_read_trade(double *flow, const leie_path *path, const leie_labels *region, const leie_axis *product,
                            leie_provenance *p, leie_error *err);

/* part,region,code,to_region,to,value[,source]: known cells of a split of s into regions. part = supply, use, final,
 * import_use, import_final, inputs; region sells (use, final), uses or makes (others), blank for inputs. *cell is the
 * caller's to leie_free. */
leie_status leie_read_known(leie_known_cell **cell, leie_size *n, const leie_path *path, const leie_labels *region,
                            const leie_sut *s, leie_provenance *p, leie_error *err);

/* product[,to],value[,unit][,source]: figures by product code, "*" for all others. */
leie_status leie_read_code_values(leie_code_values *list, const leie_path *path, bool to, const char *role,
                                  leie_provenance *p, leie_error *err);

/* region,sector,value[,source]: outputs x [n] of the country's table, NaN where nothing is said. */
leie_status leie_read_outputs(double *x, const leie_path *path, int year, const leie_axis *sector, leie_provenance *p,
                              leie_error *err);

/* stressor,region,sector,value,unit[,source]: known pressures [k, n], NaN where nothing is said; units are converted
 * to the stressor's. */
leie_status leie_read_pressures(double *known, const leie_path *path, int year, const leie_labels *stressor,
                                const leie_axis *sector, leie_provenance *p, leie_error *err);

#endif
