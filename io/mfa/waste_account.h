/* A waste or resource account as EXIOBASE's hybrid tables print it: tab-separated, decimal comma, two header rows
 * (region; activity or demand category) and then one row per waste type: name, unit, values. Files may be gzipped. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_WASTE_ACCOUNT_H
#define LEIE_IO_MFA_WASTE_ACCOUNT_H

#include "io/read/place.h"
#include "solver/table/labels.h"

typedef struct leie_waste_account {
    char *path;          // as shown, for messages
    leie_labels row;     // names, with units; kind "other": a unit that does not convert, values are as printed
    leie_axis col;       // (region, activity or category)
    double *value;       // [row.n, col.n] in the unit asked for
} leie_waste_account;

/* Reads an account and notes the file as a source. Errors: LEIE_ERR_IO, LEIE_ERR_DATA with path, line and column (a
 * missing header, a region that comes back, a row of another length, text where a number belongs, a negative
 * value). */
leie_status leie_waste_account_read(leie_waste_account *a, const leie_place *place, const char *unit, const char *role,
                                    leie_provenance *p, leie_error *err);
void leie_waste_account_clear(leie_waste_account *a);

#endif
