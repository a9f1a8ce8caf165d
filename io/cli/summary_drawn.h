/* The ranges of scenarios over draws of their parameters, for the terminal. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SUMMARY_DRAWN_H
#define LEIE_IO_CLI_SUMMARY_DRAWN_H

#include <stdio.h>

#include "io/cli/summary_view.h"

/* A row for each scenario with draws, in its last year, for the first region in focus; nothing without any. */
leie_status leie_summary_print_drawn(FILE *to, const leie_view *v, leie_error *err);

#endif
