/* Tonnes of direct flows by industry, product and category for the table of one year, as the study says. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_DIRECT_FLOWS_H
#define LEIE_IO_RUN_DIRECT_FLOWS_H

#include "io/run/flow_accounts.h"

/* What the baseline of a year fixes for its scenarios too: unit values, and the stressors among the materials. */
typedef struct leie_direct_basis {
    leie_unit_values u;
    double *factor; // [k, M]
    bool *given;    // [M]
} leie_direct_basis;

/* t has its numbers; accounts give the lists of products and categories. Errors: those of the readers and of direct.h;
 * the basis is empty then. */
leie_status leie_direct_basis_make(leie_direct_basis *b, const leie_flow_accounts *a, const leie_study *study, leie_table *t,
                                   const leie_account_regions *q, const leie_accounts *accounts, leie_error *err);
void leie_direct_basis_clear(leie_direct_basis *b);

/* The direct flows of a table on the axes of the basis: that of the year, or of a scenario. */
leie_status leie_direct_flows(leie_direct *d, const leie_direct_basis *b, const leie_flow_accounts *a, const leie_table *t,
                              const leie_account_regions *q, const leie_accounts *accounts, leie_error *err);

/* Notes in the provenance of the table what could not be spread. */
leie_status leie_direct_note(leie_table *t, const leie_direct *d, const leie_account_regions *q, leie_error *err);

#endif
