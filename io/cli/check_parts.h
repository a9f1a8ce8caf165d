/* leie check of what has a study file of its own: a material flow system, a stock model, waste accounts. All is read and
 * computed as its verb does, and nothing is written. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_CHECK_PARTS_H
#define LEIE_IO_CLI_CHECK_PARTS_H

#include "io/cli/cmd.h"

/* Prints the identities of a file, and of a system what is redundant, observable or not, and what contradicts, by name; *failed
 * grows by those that do not hold. sets: as of leie_study_read. Errors: those of its reader and of its computation. */
leie_status leie_part_check(leie_mfa_part part, const char *path, leie_size sets, char *const *set, leie_size *failed, leie_error *err);

#endif
