/* A comparison of two results on the terminal, or as CSV. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_COMPARE_VIEW_H
#define LEIE_IO_CLI_COMPARE_VIEW_H

#include <stdio.h>

#include "io/leie_io.h"

/* Who A and B are, and in what their origins differ. */
leie_status leie_compare_show_origins(FILE *to, const leie_comparison *c, const leie_origin_changes *list, leie_error *err);

/* What changed: one line per variable, labels of one side alone, then the `top` largest changes by unit of the variable
 * `name`, or (NULL) of mfa and D_cba. */
leie_status leie_compare_show_changes(FILE *to, const leie_comparison *c, const char *name, leie_size top, leie_error *err);

/* Every step of a decomposition for one account region: the `top` stressors with the largest changes, and the same by
 * product of all materials, or of the first of these stressors. Printed figures add up: each row is rounded to its
 * own digits and what is left goes to the largest part. */
leie_status leie_compare_show_steps(FILE *to, const leie_decomposition *d, leie_size region, leie_size top, leie_error *err);

/* variable,where,unit,a,b,change: every value that changed, then the decomposition (NULL: none). */
leie_status leie_compare_csv(FILE *to, const leie_comparison *c, const leie_decomposition *d, leie_error *err);

#endif
