/* The flows of a multi-regional supply-use table as factors that are never multiplied out. Rows and columns are,
 * part after part, its industries and then its products:
 *
 *   Z[(r, i), (r, p)] = V_r[i, p]                   what industry i of r makes of product p
 *   Z[(s, p), (r, j)] = T_r[s, p] U_r[p, j]         what industry j of r uses of product p, by origin s
 *
 * R parts with I_r industries and P_r products; products of different parts that share a number are the same product,
 * and T_r[s, p] is the share of it that r takes from s. So 49 parts of 163 industries and 200 products are 3.7 million
 * numbers in place of 78 million cells (Chenery-Moses; Miller and Blair 2009, ch. 3 and 5).
 *
 *   plain       Y = Z diag(scale) X:   d_r = U_r X_r,  Y_(s, p) = sum over r of T_r[s, p] d_(r, p),  Y_(r, i) = V_r X_r
 *   transposed  the same backwards
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_FACTORED_H
#define LEIE_KERNELS_FACTORED_H

#include "kernels/status.h"

typedef struct leie_factored {
    leie_size parts, n; // n rows and columns
    leie_size numbers;  // of products
    leie_size *first;   // [parts + 1] first row of a part
    leie_size *made;    // [parts] its industries, which come first
    leie_size *product; // [parts + 1] first of its products among all products
    leie_index *number; // [products] of each product
    leie_index *at;     // [parts, numbers] local place of a product, -1 where a part has none of that number
    leie_size *use_at, *share_at; // [parts + 1] of a part in use and supply, and in share
    double *use;        // [P_r, I_r] of each part
    double *supply;     // [I_r, P_r] of each part
    double *share;      // [parts, P_r] of each part: origin by product
    leie_size rows_out; // threads that may hold a row (leie_factored_row)
    leie_index *row_col;
    double *row_val;    // [rows_out, n]
} leie_factored;

/* Room for parts with the given counts of industries and products, all zero; number [all products] is copied and has
 * no number twice in a part. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_factored_new(leie_factored **f, leie_size parts, const leie_size *industries,
                                       const leie_size *products, const leie_index *number, leie_error *err);
LEIE_API leie_status leie_factored_copy(leie_factored **to, const leie_factored *from, leie_error *err);
LEIE_API leie_factored *leie_factored_free(leie_factored *f);

/* Industries and products of a part. */
LEIE_API leie_size leie_factored_industries(const leie_factored *f, leie_size r);
LEIE_API leie_size leie_factored_products(const leie_factored *f, leie_size r);

/* The factors of a part; share of all its products from part s. */
LEIE_API double *leie_factored_use(const leie_factored *f, leie_size r);
LEIE_API double *leie_factored_supply(const leie_factored *f, leie_size r);
LEIE_API double *leie_factored_share(const leie_factored *f, leie_size r, leie_size s);

/* Cells of Z that are not zero, and one of them; a row as entries, good until the same thread asks for another one. */
leie_size leie_factored_nonzeros(const leie_factored *f);
double leie_factored_get(const leie_factored *f, leie_size i, leie_size j);
leie_size leie_factored_row(const leie_factored *f, leie_size i, const leie_index **col, const double **val);

/* y = Z x or Z' x on all threads: x, y [n, width], width whole lanes, at most LEIE_WIDTH, 64-byte aligned;
 * work [2, products, width]. Cost: 2 width (sum over r of 2 I_r P_r + R P_r) flops. */
void leie_factored_product(double *y, const leie_factored *f, bool transposed, leie_size width, const double *x,
                           double *work);

#endif
