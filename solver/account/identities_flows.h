/* The identities of material flow accounts, for `leie check`. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_IDENTITIES_FLOWS_H
#define LEIE_SOLVER_ACCOUNT_IDENTITIES_FLOWS_H

#include "solver/account/ewmfa.h"
#include "solver/account/identities.h"

/* Adds those of all years: DMC = DMI - EXP and RMC = RMI - EXP_RME (1e-9 of the larger term); parents are the
 * sum of their children, both sides of interregional trade agree, figures that regions report equal those of
 * their parts (PASS to 1e-6, INFO for rounding to 1e-2, FAIL above); members of a group add up for DMC and RMC
 * (1e-9), and how far they do not for DMI and RMI (INFO); then, as INFO, trade without an RME coefficient and
 * negative consumption of a material. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_identities_flows(leie_identities *list, const leie_flows *f, const leie_materials *m,
                                           const leie_account_regions *q, const leie_mfa *mfa, leie_error *err);

#endif
