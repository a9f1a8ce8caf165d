/* Stocks of a study in its result, and what couples them to the economy. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_STOCKS_H
#define LEIE_IO_RESULT_RESULT_STOCKS_H

#include "io/run/coupled_stocks.h"
#include "io/run/flow_accounts.h"

/* The stock model with the prefix stock_ (io/mfa/stock_run.h); when it is coupled
 *   stock_mass_table(year, durable) stock_mass_model stock_mass_gap      what tables and model put into stock
 *   nas_account(year, region) nas_model nas_gap                          net additions to stock, where flows give NAS
 *   loop_demand(loop_year, durable)                                      purchases over those of the table
 *   loop_recovery(loop_year, recovery, recovery_stage)                   generated, collected, sorted, treated, supplied
 *   loop_replaced_share(loop_year, replacement) loop_primary_use loop_secondary_used loop_secondary_unused
 *   loop_D_cba_change(loop_year, region, stressor) loop_D_pba_change     against the table's accounts
 *   loop_gap(loop_round)                                                 change of outputs in each round
 * Needs the axes year and region of the result. Errors: LEIE_ERR_DATA, LEIE_ERR_UNIT, LEIE_ERR_NOMEM. */
leie_status leie_result_add_stocks(leie_dataset *ds, const leie_coupled_stocks *c, const leie_account_regions *q,
                                   const leie_flow_accounts *flows, const leie_labels *stressor, leie_error *err);

#endif
