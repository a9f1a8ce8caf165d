/* Bridges between a country's table and a world table: currency, price year, valuation of imports, vintage of
 * national accounts. Each changes the country's table only and lists its size per product in table.adjusted.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_BRIDGE_H
#define LEIE_SOLVER_BUILD_BRIDGE_H

#include "solver/balance/balance.h"
#include "solver/build/construct.h"

/* A figure per product or industry code, in all regions. */
typedef struct leie_code_value {
    char *code; // "*": every code that has no figure of its own
    char *to;   // cif_fob: the product that the margin belongs to; else ""
    char *source;
    double value;
    leie_size line;
} leie_code_value;

typedef struct leie_code_values {
    char *path; // for messages
    leie_size n, room;
    leie_code_value *item; // [n]
} leie_code_values;

/* Errors: LEIE_ERR_DATA (a code, or a pair of code and product, that is there already), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_code_values_add(leie_code_values *list, const char *code, const char *to, double value,
                                          const char *source, leie_size line, leie_error *err);
LEIE_API void leie_code_values_clear(leie_code_values *list);

/* Money: everything in money times `rate`, in the unit and currency of the world table.
 * Errors: LEIE_ERR_UNIT (rows of other units), LEIE_ERR_DATA (a rate that is not above zero). */
LEIE_API leie_status leie_bridge_currency(leie_iot *t, double rate, const char *currency, const char *unit,
                                          const char *source, leie_error *err);

/* Price year by double deflation: rows of a product, domestic and imported, times its price in the new year over that
 * in the old one; primary inputs take what output leaves over. A code without a figure is LEIE_ERR_DATA. */
LEIE_API leie_status leie_bridge_prices(leie_iot *t, const leie_code_values *price, leie_error *err);

/* Imports from the importer's border (cif) to the exporter's basic price: of each product the share `value` is trade
 * and transport, and moves to imports of product `to`, user by user. All imports stay the same in total.
 * Errors: LEIE_ERR_DATA (unknown codes, shares of a product above one). */
LEIE_API leie_status leie_bridge_cif(leie_iot *t, const leie_code_values *margin, leie_error *err);

/* Vintage: outputs of sectors become x [n] (NaN: as it is). Columns and exports follow their output, the rest is met by
 * GRAS (rows, columns and primary inputs; final demand and imports give way). Errors of leie_gras, LEIE_ERR_CONVERGE. */
LEIE_API leie_status leie_bridge_vintage(leie_iot *t, const double *x, const char *source,
                                         const leie_balance_opts *opts, leie_error *err);

#endif
