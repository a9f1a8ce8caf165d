/* A reconciled material flow system on the terminal. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_FLOW_VIEW_H
#define LEIE_IO_CLI_FLOW_VIEW_H

#include "io/leie_io.h"

/* Every quantity (the first 60) with what was measured, what it became and its state. */
leie_status leie_flow_print_table(const leie_flow_system *sys, const leie_reconciled *r, leie_error *err);

/* Quantities of one state by name, the first ten. */
void leie_flow_print_state(const leie_flow_system *sys, const leie_reconciled *r, leie_mfa_state state);

/* The global test and, by name, what contradicts, was weighed down or set aside, is at a bound or not observable, and
 * constraints that say nothing new. */
leie_status leie_flow_print_findings(const leie_flow_system *sys, const leie_reconciled *r, leie_error *err);
/* Loops of unknowns by the names of their flows. LEIE_ERR_NOMEM. */
leie_status leie_flow_print_loops(const leie_flow_system *sys, const leie_reconciled *r, leie_error *err);

#endif
