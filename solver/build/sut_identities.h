/* The identities of a supply-use table, for `leie check`. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_SUT_IDENTITIES_H
#define LEIE_SOLVER_BUILD_SUT_IDENTITIES_H

#include "solver/account/identities.h"
#include "solver/table/sut.h"

/* Adds what the layers that are given allow to be checked: supply = use by product (domestic, imports,
 * both); all = domestic + import and purchasers' = basic + margins + taxes - subsidies, cell by cell; margins
 * of a use add up to zero; output as published = supply of the industry; use + taxes + inputs = output at
 * basic and at purchasers' prices; product by production = by expenditure. Then, as INFO: value added and
 * gross domestic product, negative cells, re-exports, products and industries without output.
 *
 * Sizes are amounts in the table's unit. An identity passes to 1e-6 of the mean output of a product, is
 * INFO (rounded) to 1e-2 of it, and fails above. Work: some p + k doubles. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_identities_sut(leie_identities *list, const leie_sut *s, leie_error *err);

#endif
