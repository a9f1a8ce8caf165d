/* What the files of material flow accounts share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_EWMFA_IMPL_H
#define LEIE_SOLVER_ACCOUNT_EWMFA_IMPL_H

#include "solver/account/ewmfa.h"

/* Years, cells in the order of years, gaps, used materials and coverage: the flows of each (year, region,
 * kind, partner) brought up the material tree, and trade valued with coefficients where the region does not
 * report raw material equivalents itself. rme may be NULL. */
leie_status leie_mfa_cells_make(leie_mfa *mfa, const leie_flows *f, const leie_rme *rme, const leie_materials *m,
                                leie_error *err);

#endif
