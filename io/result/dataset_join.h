/* A dataset inside another one: every dimension and variable with a prefix, and that part read again. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_DATASET_JOIN_H
#define LEIE_IO_RESULT_DATASET_JOIN_H

#include "io/result/dataset.h"

/* Moves the variables of `from` into `to` as prefix_name (a name that begins so keeps it, one that is the prefix becomes
 * prefix_total); attributes that name another variable (units_by) follow; global texts become prefix_title, ... `from` is
 * cleared. Errors: LEIE_ERR_DATA when a name is taken, LEIE_ERR_NOMEM; `to` may then hold a part. */
leie_status leie_dataset_join(leie_dataset *to, leie_dataset *from, const char *prefix, leie_error *err);

/* A view of what was joined with that prefix, by the names it had before (variables also by those that they have now): names and
 * values stay those of `ds`, and so does the prefix; attributes that name variables are as they are now. To be given back by
 * leie_dataset_view_clear. Errors: LEIE_ERR_NOMEM. */
leie_status leie_dataset_view(leie_dataset *view, const leie_dataset *ds, const char *prefix, leie_error *err);
void leie_dataset_view_clear(leie_dataset *view);

#endif
