/* Shared by result.c and reuse.c: taking years over from an older result, and lists of records. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_IMPL_H
#define LEIE_IO_RESULT_RESULT_IMPL_H

#include "io/result/dataset.h"

/* Adds to `all` the stressors that the older result holds for a year (D_pba is not missing), in its order. */
leie_status leie_reuse_stressors(leie_labels *all, const leie_dataset *old, leie_size old_year, leie_error *err);

/* Copies the array of one year, or of one scenario and year, into slab y (scenario x years + year). The stressor
 * dimension goes through map; the regions and products of the accounts are the first ones of their axes. */
void leie_result_fill_slab(leie_var *var, const leie_dataset *ds, leie_size y, const double *from, leie_size regions,
                           leie_size stressors, const leie_size *map, leie_size products);

/* Copies every variable of ds that has the dimension year, but for year itself, from the older result;
 * positions along the other dimensions are matched by coordinate. *fits becomes false when old lacks a
 * variable or a label. */
leie_status leie_reuse_year(leie_dataset *ds, leie_size y, const leie_dataset *old, leie_size old_year, bool *fits,
                            leie_error *err);

/* Rows of a list in the older result that belong to a year. */
leie_size leie_reuse_rows(const leie_dataset *old, const char *year_variable, int year);

/* A list of records over one dimension: variables <a>_year, one text, one count, then texts, then numbers. */
typedef struct leie_record {
    const char *dim;
    leie_size used;
    int columns;
    leie_var *column[10];
} leie_record;

/* names: variable names, blanks between, the first is the year, the second a text, the third a count;
 * one that begins with # is a number, NaN until the caller sets it in row used - 1. long_names: the same number, '|' between. No rows: no dimension and no variables. */
leie_status leie_record_open(leie_record *record, leie_dataset *ds, leie_size rows, const char *names,
                             const char *long_names, leie_error *err);
leie_status leie_record_add(leie_record *record, int year, const char *kind, leie_size count,
                            const char *const *texts, leie_error *err);
leie_status leie_record_reuse(leie_record *record, const leie_dataset *old, int year, leie_error *err);

#endif
