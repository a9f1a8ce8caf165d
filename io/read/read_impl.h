/* What the table readers share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_IMPL_H
#define LEIE_IO_READ_READ_IMPL_H

#include "io/read/place.h"
#include "io/read/read_table.h"
#include "io/study/yaml.h"

/* Year, currency, unit, ... of a table: what the study says, else what the table's own file says (own may
 * be NULL), else "". Errors: LEIE_ERR_UNIT without a unit of money, LEIE_ERR_DATA for another year. */
leie_status leie_read_strings(leie_table *t, const leie_study_tables *spec, int year, const leie_yaml *own,
                              leie_error *err);

/* A folder of supply and use with trade.csv into an empty table, whose Z stays in factors (solver/build/factor.h). */
leie_status leie_read_factored_table(leie_table *t, const leie_study_tables *spec, const leie_place *folder, int year,
                                     leie_error *err);

/* Allocates an array of doubles, zeroed. */
leie_status leie_read_array(double **array, leie_size count, const char *what, leie_error *err);

/* An extension of Leie's CSV form. */
typedef struct leie_extension_files {
    const char *name;          // borrowed, as are the others
    const leie_place *F, *F_Y; // either may be NULL or empty, not both
    const leie_place *list;    // stressor[,name][,unit][,kind][,basis][,extension]; NULL or empty: none. With a
                               // list, rows of other stressors are an error, or left out when it selects
    bool selects;              // stressors that are not in the list are left out, and those in it must exist
    const char *basis, *kind;  // of stressors for which the list states none; NULL for ""
} leie_extension_files;

/* Adds the rows of an extension to F and F_Y. The unit of a stressor is that of the list, else that of its
 * first row; rows in another unit are converted and noted. Errors as leie_read_extension. */
leie_status leie_extension_read(leie_table *t, const leie_extension_files *files, leie_error *err);

#endif
