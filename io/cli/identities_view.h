/* Identities on the terminal. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_IDENTITIES_VIEW_H
#define LEIE_IO_CLI_IDENTITIES_VIEW_H

#include "solver/leie.h"

/* Prints a title, one row per identity, the worst offenders of what does not simply hold, and how many of each
 * verdict there are. */
leie_status leie_identities_print(const leie_identities *list, const char *title, leie_error *err);

/* Identities with a verdict. */
leie_size leie_identities_count(const leie_identities *list, leie_verdict verdict);

#endif
