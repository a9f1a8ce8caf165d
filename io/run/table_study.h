/* A table on the command line as a study of one table and one year: whatever takes a study then takes a
 * table too. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_TABLE_STUDY_H
#define LEIE_IO_RUN_TABLE_STUDY_H

#include "io/study/study.h"

/* A study around the table at a path, relative to the working folder.
 *
 * format  csv (a folder), triplets (a folder), matrix (a file, or a folder with --set Z=file), netcdf (a file), a
 *         database by the name of its layout, or auto (which database the files tell)
 * year    0: the one that a csv folder, a table file or the names of the files of a database state
 * set     key=value of the tables entry: "unit=MUSD", "demand={hh: household}"
 *
 * Its name is "accounts". Errors: LEIE_ERR_USAGE (unknown format, year missing, options that do not fit),
 * LEIE_ERR_DATA, LEIE_ERR_IO. */
LEIE_API leie_status leie_study_of_table(leie_study *study, const char *format, const char *path, int year,
                                         leie_size sets, char *const *set, leie_error *err);

/* The years that the files of a database at a path tell, ascending; the caller frees them. format: a database or "auto". */
LEIE_API leie_status leie_years_of_table(int **years, leie_size *n, const char *format, const char *path,
                                         leie_error *err);

/* Whether a format is one of Leie's own (csv, triplets, matrix, netcdf, study) and no database. */
LEIE_API bool leie_format_is_ours(const char *format);

/* The databases whose layouts the program has, with what they are; returns how many. */
enum { LEIE_DATABASE_TITLE = 200 };
LEIE_API leie_size leie_database_list(const char *const **name, char title[][LEIE_DATABASE_TITLE], leie_size most);

/* Reads what the path names: a folder is a CSV table, a file that begins like HDF5 a table file (both become
 * a study around them), and anything else a study. sets are key=value of the study in each case. */
LEIE_API leie_status leie_study_open(leie_study *study, const char *path, leie_size sets, char *const *set,
                                     leie_error *err);

#endif
