/* Supply and use: which industry makes which product, and who uses it.
 *
 *   S e = q = U_d e + Y_d e       what is made of a product is used        q [p] product output
 *   e'S = g = e'U + e'W           what an industry makes it pays for       g [k] industry output
 *
 * p products, k industries, m columns of final use, v primary inputs, R regions; p and k may differ.
 * S is product x industry, V' of the literature. An interregional table has its use by region of origin:
 * row (r, product), column (s, industry) of the domestic layer is the use in s of what r makes. In the
 * imported layer and in that of all origins the row carries the region that uses.
 *
 * Valuation of one use:
 *   purchasers' price = basic price + trade margin + transport margin + tax - subsidy
 * Margins are positive on the goods that bear them and negative on the services that earn them.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_TABLE_SUT_H
#define LEIE_SOLVER_TABLE_SUT_H

#include "solver/table/table.h"

/* Where a product comes from: this table's regions, outside of them, or both together. */
typedef enum leie_origin { LEIE_DOMESTIC, LEIE_IMPORTED, LEIE_ALL_ORIGINS, LEIE_ORIGINS } leie_origin;

typedef enum leie_valuation {
    LEIE_BASIC,
    LEIE_TRADE_MARGIN,
    LEIE_TRANSPORT_MARGIN,
    LEIE_TAX,
    LEIE_SUBSIDY,
    LEIE_PURCHASERS,
    LEIE_VALUATIONS
} leie_valuation;

/* Kind of a row of W (leie_labels.kind): taxes on products that no layer shows by product (VAT), and
 * adjustments (CIF/FOB); every other row is value added. */
#define LEIE_INPUT_PRODUCT_TAX "product_tax"
#define LEIE_INPUT_ADJUSTMENT "adjustment"

typedef struct leie_sut_layer {
    double *use;   // [p, k] intermediate; NULL when the layer is not given
    double *final; // [p, m] final; NULL with use
} leie_sut_layer;

typedef struct leie_sut {
    /* What is known by industry and by column of final use: year, money, texts, provenance; sector (the
     * industries), demand, input with W, stressors with F and F_Y, and in x the industries' output as
     * published (NULL when it is not). Its Z and Y are empty. */
    leie_table account;
    leie_axis product; // [p] same regions as the industries
    double *supply;    // [p, k] at basic prices
    leie_sut_layer layer[LEIE_ORIGINS][LEIE_VALUATIONS];
    double *inputs_final; // [v, m] what final use pays itself (VAT, CIF/FOB); NULL when nothing is known
    leie_labels partner;  // where imports come from
    double *imports;      // [p, partner.n] CIF; NULL when not given
} leie_sut;

LEIE_API void leie_sut_clear(leie_sut *s);

/* Adds a layer of zeros; nothing when it is there. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_sut_layer_new(leie_sut *s, leie_origin origin, leie_valuation valuation, leie_error *err);

/* "domestic", "import", "all"; "basic", "trade_margin", "transport_margin", "tax", "subsidy", "purchaser".
 * The find functions return a negative number for another word. */
LEIE_API const char *leie_origin_name(leie_origin origin);
LEIE_API int leie_origin_find(const char *name);
LEIE_API const char *leie_valuation_name(leie_valuation valuation);
LEIE_API int leie_valuation_find(const char *name);

/* Product output q = S e [p] and industry output g = e'S [k]. */
LEIE_API void leie_sut_product_output(double *q, const leie_sut *s);
LEIE_API void leie_sut_industry_output(double *g, const leie_sut *s);

/* The partner of each industry among the products, and of each product among the industries, -1 when there
 * is none: same region and code, else, in a region with as many products as industries, same place.
 * product_of [k], industry_of [p]. */
LEIE_API void leie_sut_partners(leie_index *product_of, leie_index *industry_of, const leie_sut *s);

/* What earns the margins, for tables whose margin layers do not say: the total of each use is taken from
 * these products in proportion to their output. Codes; empty for none. */
typedef struct leie_sut_margins {
    leie_labels trade, transport;
} leie_sut_margins;

/* Completes domestic and imported use at basic prices, in this order and each only when it is missing:
 *
 *   basic    = purchasers' - trade margin - transport margin - tax + subsidy     (each origin)
 *   domestic = all - import,  import = all - domestic
 *   import   = all diag(m / (U e + Y e)),  m imports by product                   (proportional, noted)
 *
 * The last is an assumption. margins may be NULL; margins that do not add up to zero over the products of
 * a use and that no product earns are an error. Without imports and import layer, all use is domestic.
 * A call that fails may have added layers.
 * Errors: LEIE_ERR_DATA (no use at basic prices and none that leads to it; margins), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_sut_complete(leie_sut *s, const leie_sut_margins *margins, leie_error *err);

/* Looks a table over: every value of supply and use finite, supply not negative (LEIE_ERR_DATA
 * by label), products and industries in the same regions (LEIE_ERR_SHAPE). Notes industries and products
 * without output. */
LEIE_API leie_status leie_sut_inspect(leie_sut *s, leie_error *err);

#endif
