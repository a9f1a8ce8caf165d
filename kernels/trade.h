/* Trade shares of a supply-use table in factors, product after product: for the m parts that have product p
 *
 *   T_p[s, r]   the share of p that part r takes from part s
 *
 * so that what all parts ask for is one small dense product of T_p with the m rows of it. What is multiplied stands in
 * order of products, those m rows together; what comes out stands part after part.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_TRADE_H
#define LEIE_KERNELS_TRADE_H

#include "kernels/factored.h"

typedef struct leie_trade {
    leie_size parts, numbers, rows; // products of different parts that are the same; products of all parts
    leie_size *first;               // [numbers + 1] first member of a number: a part that has it
    leie_size *place;               // [numbers + 1] of its shares
    leie_index *before;             // [numbers, parts + 1] its members in parts before this one
    leie_index *row;                // [rows] of each member, among the products of all parts
    leie_index *member;             // [rows] and back
    double *share;                  // T_p
    float *other;                   // T_p without its diagonal
} leie_trade;

/* Errors: LEIE_ERR_NOMEM. Cost: one read of the shares. */
leie_status leie_trade_new(leie_trade *t, const leie_factored *f, leie_error *err);
void leie_trade_free(leie_trade *t);

/* What parts are asked for, or what they ask for, on all threads:
 *
 *   plain       Y_(s, p) = sum over r of T_p[s, r] D_(r, p)
 *   transposed  Y_(r, p) = sum over s of T_p[s, r] D_(s, p)
 *
 * Y [rows, width] part after part, D [rows, width] in order of products; width whole lanes, at most LEIE_WIDTH, 32-byte aligned. Sums in order of the parts. Cost: 2 width
 * flops a share, one read of the shares. small: not worth threads. */
void leie_trade_product(double *y, const leie_trade *t, bool transposed, bool small, leie_size width, const double *d);

/* The same in f32 for the rows of parts first .. last - 1, without the share that a part has in itself and from parts
 * before `known` alone, added to C [rows, width], part after part. */
void leie_trade_others(float *y, const leie_trade *t, bool transposed, bool small, leie_size first, leie_size last,
                       leie_size known, leie_size width, const float *d, const float *c);

#endif
