/* From the RMC of the route rme to that of the route io, step by step and material by material.
 *
 * Both routes are sums over cells g, each a direction, a product of the table and an origin:
 *
 *   RMC = DE + sum of sign_g q_g c_g          rme: q in t (or EUR), c in t/t (t/EUR)
 *                                             io:  q = money x unit value, c = multiplier / unit value
 *
 * One element after the other goes from rme to io, in the order below and in the mirrored one; a step is the mean
 * of what it changes in both. Steps add up to the difference of the routes, the remainder apart.
 *
 *   extraction    DE of the flows; of the table's extension on sectors with output, in the accounts' definition
 *   coverage      cells with quantity in one route only: without coefficient, without money, re-exports, transit
 *   price         q of cells in both: as traded; money times the table's unit value of the product
 *   origin        c: coefficient as given; multiplier of the exporter
 *   product       the cell's own mix of fine products; the mix of the product over all origins
 *   definition    all masses: as the accounts define them; as the extension does (leie_material_link.definition)
 *   inventories   demand that the study leaves out of footprints
 *   averaging     moving average; the year itself
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_ROUTE_BRIDGE_H
#define LEIE_SOLVER_ACCOUNT_ROUTE_BRIDGE_H

#include "solver/account/accounts.h"
#include "solver/account/direct.h"
#include "solver/account/rme.h"

typedef enum leie_bridge_step {
    LEIE_BRIDGE_EXTRACTION,
    LEIE_BRIDGE_COVERAGE,
    LEIE_BRIDGE_PRICE,
    LEIE_BRIDGE_ORIGIN,
    LEIE_BRIDGE_PRODUCT,
    LEIE_BRIDGE_DEFINITION,
    LEIE_BRIDGE_INVENTORIES,
    LEIE_BRIDGE_AVERAGING,
    LEIE_BRIDGE_STEPS
} leie_bridge_step;

LEIE_API const char *leie_bridge_name(leie_bridge_step step);      // "extraction"
LEIE_API const char *leie_bridge_long_name(leie_bridge_step step); // "extraction account"

/* One cell with its coefficients for one material. rme or io is 0 where the route has no such cell. */
typedef struct leie_bridge_cell {
    double sign;     // 1 for imports, -1 for exports
    double rme, io;  // quantity of each route
    double fine;     // coefficient of the cell's own mix of products
    double coarse;   // of the mix of the product over all origins
    double table;    // of the table, in the accounts' definition
} leie_bridge_cell;

/* What stands beside the cells, in t of one material. */
typedef struct leie_bridge_frame {
    double de_rme, de_io;  // de_io in the accounts' definition
    double definition;     // t of the accounts per t of the extension
    double left_out;       // pressures for demand left out of footprints, of the io route
    double average, year;  // RMC of the route rme as shown, and of the year itself
} leie_bridge_frame;

/* step [LEIE_BRIDGE_STEPS]; returns the RMC of the io route that the cells give. Cost: 18 n. */
LEIE_API double leie_bridge_make(double *step, leie_size n, const leie_bridge_cell *cell, const leie_bridge_frame *frame);

/* The cells of one account region and year for all materials: cell[c] of material m is at cell[m n + c]. */
typedef struct leie_bridge_cells {
    leie_size n, M;
    leie_bridge_cell *cell;   // [M, n]
    leie_size derived;        // products whose unit value is that of the flows themselves
    leie_size uncovered;      // rows of trade without coefficient
} leie_bridge_cells;

/* factor [k, M] brings multipliers a->M (needed) to materials; definition [M]. unit values [direction, region, P]
 * in quantity per money come from source->given where there, from the currency where coefficients are per EUR
 * and the table is in euro, else from the flows themselves (derived). Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_bridge_cells_make(leie_bridge_cells *b, const leie_direct_source *source, const leie_rme *rme,
                                            int year, const leie_table *t, const leie_account_regions *q, leie_size at,
                                            const leie_accounts *a, const double *factor, const double *definition,
                                            leie_error *err);
LEIE_API void leie_bridge_cells_clear(leie_bridge_cells *b);

#endif
