/* Scenarios on one screen: what each changes for the region that the study is about. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SUMMARY_SCENARIOS_H
#define LEIE_IO_CLI_SUMMARY_SCENARIOS_H

#include <stdio.h>

#include "io/cli/summary_view.h"

/* A table of scenarios; nothing when the result has none. */
leie_status leie_summary_print_scenarios(FILE *to, const leie_view *v, leie_error *err);

#endif
