/* A folder of CSV files: Leie's table and Leie's supply-use table share it. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_FOLDER_H
#define LEIE_IO_READ_FOLDER_H

#include "io/read/records.h"

/* A file in the folder, an empty place when it (or file.gz) is not there. */
leie_status leie_folder_file(leie_place *place, const leie_place *folder, const char *file, leie_error *err);

/* Reads one file of the folder; one that is not there is an error only when needed. */
leie_status leie_folder_read(const leie_place *folder, const char *name, bool needed, const leie_record_file *file,
                             void *ctx, leie_provenance *p, leie_error *err);

/* Year, money and texts of a table from the study (spec) and from table.yaml, which need not be there.
 * year 0: that of table.yaml, 0 when it does not say. x_from (may be NULL): what x is, by the study, else by table.yaml,
 * else the row sum. Errors as leie_read_strings. */
leie_status leie_folder_about(leie_table *t, leie_x_choice *x_from, const leie_place *folder,
                              const leie_study_tables *spec, int year, leie_error *err);

/* Names of the extensions F_<name>.csv and F_Y_<name>.csv, sorted. */
leie_status leie_folder_extensions(leie_labels *names, const leie_place *folder, leie_error *err);

/* "F_<name>.csv" for the prefix "F_". Errors: LEIE_ERR_DATA when it is too long. */
leie_status leie_folder_extension(char *file, size_t size, const char *prefix, const char *name, leie_error *err);

/* Reads these extensions into F and F_Y, with stressors.csv when it is there. */
leie_status leie_folder_read_extensions(leie_table *t, const leie_place *folder, const leie_labels *names,
                                        leie_error *err);

#endif
