/* The table of a scenario, with the output that its demand calls for.
 *
 *   x* = (I - A*)^-1 (Y* e + d)        d = x - A x - Y e, the imbalance of the baseline's rows
 *   Z* = A* diag(x*)      F* = S* diag(x*)      W* = W diag(x)^-1 diag(x*)
 *
 * so that accounts of it are those of the scenario. A sector without output in the baseline has no recipe: it keeps its
 * x and F, and what is bought of it stands in the imbalance.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_CHANGED_TABLE_H
#define LEIE_SOLVER_SCENARIO_CHANGED_TABLE_H

#include "solver/linear/linsys.h"
#include "solver/scenario/change.h"

/* to is empty before and holds a dense Z. info: how the system was solved, with its residual. Cost: a system set up and
 * one right-hand side. Errors: LEIE_ERR_DATA for a scenario with an active process (it has no sector in the table);
 * LEIE_ERR_CONVERGE; those of leie_linsys_setup. */
LEIE_API leie_status leie_changed_table(leie_table *to, leie_linsys_info *info, const leie_change *change,
                                        const leie_linsys_opts *opts, leie_error *err);

/* Whether a change has a process at work, which no table can show. */
LEIE_API bool leie_change_adds_products(const leie_change *change);

#endif
