/* What an iteration reads of the factors of a supply-use table (factored.h): use and supply without their zeros where
 * that is less to read, shares product after product, and what a solver wants to know of A = Z diag(scale); all from
 * one read of the factors. Values are those of the factors, to the bit.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_FACTORCELLS_H
#define LEIE_KERNELS_FACTORCELLS_H

#include "kernels/factored.h"
#include "kernels/matrix.h"
#include "kernels/trade.h"

typedef struct leie_factorcells {
    const leie_factored *f; // borrowed
    leie_matrix *use, *supply; // [parts] CSR, or dense with the values of f
    leie_trade trade;
    leie_size bytes;        // held
    leie_size stored;       // cells of use and supply that are not zero
    leie_size nonzeros;     // cells of Z that are not zero
    double norm[2];         // |I - A|_1 and |(I - A)'|_1
    leie_size bad[2];       // the first cell of A that is not finite, -1 for none
} leie_factorcells;

/* Errors: LEIE_ERR_NOMEM. Cost: one read of the factors, on all threads. */
leie_status leie_factorcells_new(leie_factorcells *c, const leie_factored *f, const double *scale, leie_error *err);
void leie_factorcells_free(leie_factorcells *c);

/* Most bytes that it may hold. */
leie_size leie_factorcells_bytes(const leie_factored *f);

/* y += U_r x or U_r' x; V_r x or V_r' x, on one thread: x, y [.., width] as in skinny.h. */
void leie_factorcells_use(double *y, const leie_factorcells *c, leie_size r, bool transposed, leie_size width,
                          const double *x);
void leie_factorcells_supply(double *y, const leie_factorcells *c, leie_size r, bool transposed, leie_size width,
                             const double *x);

#endif
