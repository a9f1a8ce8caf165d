/* Tonnes of direct flows by industry, product and category for the table of one year, as the study says. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_DIRECT_FLOWS_H
#define LEIE_IO_RUN_DIRECT_FLOWS_H

#include "io/run/flow_accounts.h"

/* t has its numbers; accounts give the lists of products and categories. What is not spread is noted in the
 * provenance of the table. Errors: those of the readers and of direct.h. */
leie_status leie_direct_flows(leie_direct *d, const leie_flow_accounts *a, const leie_study *study, leie_table *t,
                              const leie_account_regions *q, const leie_accounts *accounts, leie_error *err);

#endif
