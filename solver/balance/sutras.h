/* SUT-RAS: use and supply balanced together. Outputs of industries and totals of users are known, totals of
 * products come out: what is supplied of a product is what is used of it.
 *
 *   sum_j u_pj - sum_k v_pk = 0     products p          u_pj = r_p p_pj s_j - n_pj / (r_p s_j)
 *   sum_p u_pj (+ imports)  = users j                   v_pk = p_pk q_k / r_p - n_pk r_p / q_k
 *   sum_p v_pk              = outputs of industries k
 *
 * so that r_p = sqrt(n_p / p_p): it is GRAS on [U, -V] with product totals of zero. With a table of
 * imported products the use table is the domestic one; users' totals cover both, imports by product
 * come out and only their sum may be given: MR-GRAS on [U_d, -V; U_m, 0] with one block.
 * Temurshoev and Timmer (2011), Papers in Regional Science 90(4), 863-882.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_SUTRAS_H
#define LEIE_SOLVER_BALANCE_SUTRAS_H

#include "solver/balance/balance.h"

typedef struct leie_sut_prior {
    leie_csr *use;     // [products, users] domestic when there are imports; balanced in place
    leie_csr *imports; // [products, users] NULL for none
    leie_csr *supply;  // [products, industries]
} leie_sut_prior;

typedef struct leie_sut_totals {
    const double *user;    // [users] totals of use and imports, NaN free
    const double *output;  // [industries] NaN free
    double imports;        // of all imports, NaN free
    const bool *fixed_use; // [nnz] of each table, NULL for none
    const bool *fixed_imports;
    const bool *fixed_supply;
    char *const *product_name; // for messages, NULL: numbers
    char *const *user_name;
    char *const *industry_name;
} leie_sut_totals;

/* The stacked table, rows by product, then by imported product; columns by user, then by industry:
 *
 *   [ U  -V ]   row totals 0
 *   [ U_m 0 ]   row totals free, one block with the sum of imports
 *
 * margins borrows the other members; the struct must not move while it is used. */
typedef struct leie_sut_stack {
    leie_csr a;
    leie_margins margins;
    bool *fixed;         // [nnz]
    double *row, *col;   // [rows], [cols] totals
    char **row_name;     // [rows] "product p", "import of p"
    char **col_name;     // [cols] "use by j", "supply by k"
    leie_blocks imports; // one block, or none
} leie_sut_stack;

/* Stacks copies of the tables; splits them again into the prior's. Errors: LEIE_ERR_SHAPE, LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_sut_stack_new(leie_sut_stack *stack, const leie_sut_prior *prior,
                                        const leie_sut_totals *totals, leie_error *err);
LEIE_API void leie_sut_stack_split(const leie_sut_stack *stack, const leie_sut_prior *prior);
LEIE_API void leie_sut_stack_clear(leie_sut_stack *stack);

/* Balances the three tables in place: stack, leie_mrgras, split.
 *
 * info  as in leie_mrgras: r over products (then imported products, 1), s over users, then industries
 * Work: a stacked copy of the tables, 13 bytes per cell, beside that of leie_mrgras.
 * Errors: those of leie_mrgras, with lines such as "row 'product p'", "column 'use by j'" and "column 'supply
 * by k'"; LEIE_ERR_SHAPE (tables with different products or users). On failure the tables are unchanged. */
LEIE_API leie_status leie_sutras(const leie_sut_prior *prior, const leie_sut_totals *totals,
                                 const leie_balance_opts *opt, leie_balance_info *info, leie_error *err);

#endif
