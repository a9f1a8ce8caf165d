/* Studies run in tests, their results read back, compared and looked at by other programs. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_RESULTS_H
#define LEIE_TESTS_RESULTS_H

#include "io/leie_io.h"

/* Runs a study into output with --set assignments ("key=value" between '|', NULL for none) and reads the
 * file into ds (NULL: not read). LEIE_DATA is set for the study where shared data is there. Returns the
 * number of years that were computed, the others having been taken over. */
leie_size result_run(leie_dataset *ds, const char *study, const char *output, const char *set);

/* The study and its table of one year. */
void result_assemble(leie_study *study, leie_table *t, const char *path, int year, const char *set);

/* One number: where names a label of every dimension that has several, "region=BEL|stressor=CO2". A label
 * that is not there fails the test and gives NaN. */
double result_value(const leie_dataset *ds, const char *name, const char *where);

/* The sum over those labels of a dimension that begin so; where names the others. */
double result_sum(const leie_dataset *ds, const char *name, const char *dim, const char *begins, const char *where);

/* Length of a dimension, 0 when it is not there. */
leie_size result_size(const leie_dataset *ds, const char *dim);

/* The first note of the result that contains a piece, "" when there is none. */
const char *result_note(const leie_dataset *ds, const char *piece);

/* For a watch: asks to stop once so many questions were answered with no; text is for a line of the log. */
typedef struct result_stopping {
    int left;
    char text[512];
} result_stopping;
bool result_stop(void *stopping);

/* Runs a study that may be stopped or refused: s is made new, with so many questions (negative: never stopped), and keeps
 * what the log said about draws. */
leie_status result_try(const char *study, const char *output, const char *set, int questions, result_stopping *s, leie_error *err);

/* Whether two files hold the same bytes, both unpacked where they are gzip. */
bool result_same_file(const char *a, const char *b);

/* tests/check_netcdf.py on a file: its exit status; and the skip function for tests that need it. */
int result_check_netcdf(const char *path);
const char *result_needs_xarray(void);

#endif
