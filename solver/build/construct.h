/* From supply and use to a symmetric table, imports apart.
 *
 *   D' = diag(q)^-1 S   market shares, rows sum to 1        C = S diag(g)^-1   product mix, columns sum to 1
 *
 *   model  assumption                         table     T [k, p]                        Z          Y     W, F
 *   A      product technology                 p x p     (D')^-1                         U T        Y     W T
 *   B      industry technology                p x p     C'                              U T        Y     W T
 *   C      fixed industry sales structure     i x i     C^-1                            T U        T Y   W
 *   D      fixed product sales structure      i x i     D                               T U        T Y   W
 *   hybrid A where H = 1, B where H = 0       p x p     diag(g)^-1 R diag(q)            U T        Y     W T
 *   Almon  A without negatives                p x p     -                               row by row Y     row by row
 *
 *   hybrid: S1 = S o H, g1 = e'S1, C1 = S1 diag(g1)^-1, D2 = (S - S1)' diag(q)^-1,
 *           R = C1^-1 (I - diag(D2'e)) + D2
 *
 * One T serves domestic use, imported use, taxes on products, primary inputs and pressures, so totals agree.
 * A and B keep the row sums of use and Y, C and D the column sums and W; x is q or g.
 *
 * An industry without output would make C singular, a product without output D': each gets the unit vector
 * of its partner (same code) there. So a product that is only imported keeps its imports, and what an empty
 * industry buys or emits stays on the table.
 *
 * Eurostat Manual of Supply, Use and Input-Output Tables (2008), ch. 11; United Nations Handbook (2018),
 * ch. 12; Almon (2000), Economic Systems Research 12(1), 27-43.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_CONSTRUCT_H
#define LEIE_SOLVER_BUILD_CONSTRUCT_H

#include "solver/account/identities.h"
#include "solver/table/sut.h"

typedef enum leie_model {
    LEIE_MODEL_A,
    LEIE_MODEL_B,
    LEIE_MODEL_C,
    LEIE_MODEL_D,
    LEIE_MODEL_HYBRID,
    LEIE_MODEL_ALMON
} leie_model;

/* "A", "B", "C", "D", "hybrid", "almon"; a negative number for another word. */
LEIE_API int leie_model_find(const char *name);
LEIE_API const char *leie_model_name(leie_model model);

/* Whether the rows of the table are products (A, B, hybrid, Almon) or industries (C, D). */
LEIE_API bool leie_model_by_product(leie_model model);

typedef struct leie_construct_opts {
    leie_model model;
    const double *H;  // [p, k] hybrid: 1 product technology, 0 industry technology; else NULL
    const double *q;  // [p] product output to divide by in place of the row sums of S; NULL for those
    const double *g;  // [k] industry output likewise
    bool import_row;  // W gets a row "imports", so that columns add up without the import matrix
    double tolerance; // Almon: largest change of a row relative to its total; 0 for 1e-12
    int iterations;   // Almon: at most; 0 for 1000
} leie_construct_opts;

typedef struct leie_construct_info {
    leie_size negatives[2], negatives_Y[2]; // cells of Z, Zm and of Y, Ym below zero by more than rounding
    double negative[2], negative_Y[2];      // their sums
    leie_size empty_industries, empty_products;
    int iterations;     // Almon: of the row that took most
    leie_size open;     // Almon: rows that did not reach the tolerance
    double open_change; // Almon: largest last change relative to the row's total
    leie_size floored;  // Almon: cells of Z and Zm held at their floor
} leie_construct_info;

/* A symmetric table with its imports: Zm [n, n] and Ym [n, m] by product group of the table. */
typedef struct leie_iot {
    leie_table table;
    leie_matrix Zm;
    double *Ym;
} leie_iot;

LEIE_API void leie_iot_clear(leie_iot *t);

/* Makes the table of a model from domestic and imported use at basic prices (leie_sut_complete) into an
 * empty iot. W has the primary inputs, then "product_taxes" when tax or subsidy layers are given, then
 * "imports" when asked for. What final use pays itself (inputs_final) has no place in the table and is noted.
 * info may be NULL. Rows that Almon's procedure did not finish are in info and in a note, not an error.
 * Cost: A, C and hybrid 2/3 p^3 + 2 p^3 flops; all of them 4 n p k for the products. Work: p k + dense
 * copies of the result.
 * Errors: LEIE_ERR_DATA (no use; an empty industry or product without partner; no main producer for Almon),
 * LEIE_ERR_SHAPE (A, C, hybrid and Almon need as many products as industries), LEIE_ERR_SINGULAR with the
 * industries that make one product mix, LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_construct(leie_iot *to, const leie_sut *s, const leie_construct_opts *opts,
                                    leie_construct_info *info, leie_error *err);

/* Adds what the construct must have kept: row sums of use (A, B, hybrid, Almon) or column sums and inputs
 * (C, D), final use, value added, pressures and imports in total (1e-9 of each); negative cells as INFO. */
LEIE_API leie_status leie_identities_construct(leie_identities *list, const leie_iot *t, const leie_sut *s,
                                               leie_model model, leie_error *err);

/* How far a table is from a published one: by sector the sum of |Z - published| over its row, difference [n],
 * and the share of all differences in all of the published table, *share. published [n, n]. */
LEIE_API void leie_construct_against(double *difference, double *share, const leie_table *t, const double *published);

#endif
