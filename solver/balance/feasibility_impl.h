/* What the checks share, and the checks on a reduced problem. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_FEASIBILITY_IMPL_H
#define LEIE_SOLVER_BALANCE_FEASIBILITY_IMPL_H

#include "solver/balance/balance_impl.h"
#include "solver/balance/feasibility.h"

/* All checks on a reduced problem. Errors as leie_feasible. */
leie_status leie_feasible_reduced(leie_faults *faults, const leie_reduced *p, double tolerance, leie_error *err);

/* Cuts only; adds to faults. LEIE_ERR_NOMEM. */
leie_status leie_feasible_cuts(leie_faults *faults, const leie_reduced *p, double tolerance, leie_error *err);

/* Counts a fault and keeps it when there is room: the record to fill, NULL when it is not kept. */
leie_fault *leie_faults_add(leie_faults *faults, leie_fault_kind kind, double by);

/* LEIE_OK, or LEIE_ERR_DATA with the first fault and the number of the others. */
leie_status leie_faults_status(const leie_faults *faults, leie_error *err);

/* A set of lines in words: "row 'A', row 'B' and 3 more rows"; member[n] says who is in it. */
void leie_set_text(char *text, size_t size, const leie_margins *m, leie_line kind, const bool *member, leie_size n);

#endif
