/* A reconciled material flow system as a dataset. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_FLOW_RUN_H
#define LEIE_IO_MFA_FLOW_RUN_H

#include "io/mfa/flow_system.h"
#include "io/result/dataset.h"

/* Dimensions flow, layer, year (and concentration, transfer, relation, where there are any), each quantity with
 *   measured, measured_sd, reconciled, reconciled_sd, test, state
 * under these names for flows, with the prefixes concentration_ and transfer_ for the others; states are
 * integers with flag_meanings. balance_test(process, layer, year) are nodal tests. Global attributes: objective,
 * degrees_of_freedom, probability, critical values, iterations.
 * On request covariance(quantity, quantity_with) and correlation; sampled_mean, _sd, _low, _high by draws.
 * Errors: LEIE_ERR_NOMEM, LEIE_ERR_UNIT, those of leie_flow_choose and leie_reconcile_sample. */
LEIE_API leie_status leie_flow_dataset(leie_dataset *ds, const leie_flow_system *sys, const leie_reconciled *r,
                                       leie_error *err);
/* What was asked for, of r->covariance: covariance and correlation, both over quantity and quantity_with, as a variable has no
 * dimension twice. */
leie_status leie_flow_add_covariance(leie_dataset *ds, const leie_flow_system *sys, const leie_reconciled *r, leie_error *err);

#endif
