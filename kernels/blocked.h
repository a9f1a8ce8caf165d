/* A square matrix kept as the block store of A = Z diag(scale) (blockstore.h), as it may lie in a file: what an
 * iteration over blocks needs is there without conversion.
 *
 *   Z = A diag(1 / scale) + what A does not have (columns with scale 0, cells of A below 1e-45), which is kept apart
 *
 * Cells of Z are exact to 2^-48. Rows of a store made for the transposed direction are turned part by part; who asks
 * for rows in order pays for each part once.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_BLOCKED_H
#define LEIE_KERNELS_BLOCKED_H

#include "kernels/blockstore.h"
#include "kernels/matrix.h"

/* The rows of one part as compressed rows, for one thread. */
typedef struct leie_turned {
    leie_size part;   // -1 for none
    leie_size *start; // [widest + 1]
    leie_index *col;  // [most]
    double *val;      // [most]
} leie_turned;

/* Who keeps the arrays of the store: may be told that some bytes are not needed for a while, and that all are not
 * any more. */
typedef struct leie_keeper {
    void *ctx;
    void (*rest)(void *ctx, const void *from, size_t bytes); // may be NULL
    void (*release)(void *ctx);
} leie_keeper;

typedef struct leie_blocked {
    leie_size n;
    leie_survey survey; // of A, with norms; count of A's cells
    leie_blockstore store;
    double *scale;      // [n]
    leie_csr apart;     // cells of Z that the store does not have
    leie_keeper keeper; // release NULL: the arrays of the store are ours
    double *row_sum;    // [n] of Z, where it was read so (blockgrow.h); NULL: not known
    leie_size most, workers;
    leie_turned *turned;     // [workers], into the three arrays that follow
    leie_size *turned_start; // [workers, widest + 2]
    leie_index *turned_col;  // [workers, most]
    double *turned_val;      // [workers, most]
    int holders;             // matrices that share it
    bool streamed;           // memory is scarce: the keeper is told of what is not needed
    bool loose;              // behind the last block of each output part there is room without memory (blockgrow.h)
} leie_blocked;

/* From Z, in parts that end at first [parts + 1]; transposed as for blockstore.h. Errors: LEIE_ERR_NOMEM,
 * LEIE_ERR_LIMIT (a part too wide). *bad is the row of the first cell of A that is not finite, and nothing is made
 * then; else -1. */
leie_status leie_blocked_new(leie_blocked **b, const leie_matrix *Z, const double *scale, leie_size parts,
                             const leie_size *first, bool transposed, leie_size *bad, leie_error *err);

/* Around arrays that are there: survey, store, scale, apart and keeper are taken over and emptied, in any case. The
 * store is checked first: LEIE_ERR_DATA when counts, places or positions do not fit each other. Errors too:
 * LEIE_ERR_NOMEM. */
leie_status leie_blocked_take(leie_blocked **b, leie_blocked *from, leie_error *err);

/* Gives one hold back; accepts NULL. clear is for one that was never taken. */
void leie_blocked_free(leie_blocked *b);
void leie_blocked_clear(leie_blocked *b);

/* As leie_matrix_row and leie_matrix_get say, of Z. */
leie_size leie_blocked_row(const leie_blocked *b, leie_size i, const leie_index **col, const double **val);
double leie_blocked_get(const leie_blocked *b, leie_size i, leie_size j);

/* Whether rows i .. *end - 1, the part of i to its end, hold no cell that is negative, not finite, or in a column j with
 * x[j] = 0, told from the values of the part without turning it. False: it may be so, the rows have to be looked at. */
bool leie_blocked_clean(leie_size *end, const leie_blocked *b, leie_size i, const double *x);

/* Every block right behind the one before, as in a file. Nothing else may read the blocks meanwhile. Cost: one copy, in place. */
void leie_blocked_pack(leie_blocked *b);

/* Bytes of the arrays of the store. */
leie_size leie_blocked_bytes(const leie_blocked *b);

leie_size leie_blocked_nonzeros(const leie_blocked *b);

/* factor[j] = scale[j] / own scale: what columns of A are to be multiplied with to be those of Z diag(scale); scale NULL
 * for ones. Exactly one where the scale is the own one. */
void leie_blocked_factors(double *factor, const leie_blocked *b, const double *scale);

/* Rows of part p (columns, when transposed) of Y += A X or A' X; as blockstore.h says. */
void leie_blocked_product(double *y, const leie_blocked *b, bool transposed, leie_size p, leie_size width,
                          const double *x);

/* The store's arrays for outputs of part p (along the store) or for its inputs are not needed for a while: tells the
 * keeper when the matrix is streamed. */
void leie_blocked_rest(const leie_blocked *b, bool along, leie_size p);

#endif
