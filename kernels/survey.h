/* What a solver wants to know of A = Z diag(scale), from one read of Z. Sectors are cut into parts (regions,
 * or small neighbouring regions taken together):
 *
 *   count[r, s]  = cells of Z in rows of part r and columns of part s that are not zero
 *   weight[r, s] = sum of |Z| over them
 *   norm[0]      = |I - A|_1, the largest column sum;  norm[1] the largest row sum
 *
 * Sums are plain f64 sums in an order that depends on the shape alone.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_SURVEY_H
#define LEIE_KERNELS_SURVEY_H

#include "kernels/matrix.h"

typedef struct leie_survey {
    leie_size parts;
    leie_size *first; // [parts + 1] where a part begins, first[parts] = rows of Z
    leie_size *count; // [parts, parts]
    double *weight;   // [parts, parts]
    leie_size nonzeros;
    double norm[2];
    leie_size bad_row, bad_col; // the first cell of A that is not finite; -1 for none, and the norms hold
} leie_survey;

/* Z [n, n], scale [n]; first [parts + 1] is copied. Cost: one read of Z, on all threads.
 * Errors: LEIE_ERR_NOMEM. */
leie_status leie_survey_new(leie_survey *s, const leie_matrix *Z, const double *scale, leie_size parts,
                            const leie_size *first, leie_error *err);

/* Cells of dense Z that are not zero, from every 61st row: what to make room for. */
leie_size leie_survey_estimate(const leie_matrix *Z);

/* The same for dense Z, block by block in any order: begin, every block (r, p), end. A block z, of leading dimension ld, adds
 * the sizes of A to row_sum [rows of r] and col_sum [columns of p]; end takes the sums over all, [n] each. Errors of begin:
 * LEIE_ERR_NOMEM. */
leie_status leie_survey_begin(leie_survey *s, leie_size parts, const leie_size *first, leie_error *err);
void leie_survey_block(leie_survey *s, const double *z, leie_size ld, const double *scale, leie_size r, leie_size p,
                       double *row_sum, double *col_sum);
void leie_survey_end(leie_survey *s, const leie_matrix *Z, const double *scale, const double *row_sum,
                     const double *col_sum);

/* End for a Z that is gone, whose cells of A were finite and had this diagonal [n]. */
void leie_survey_close(leie_survey *s, const double *diagonal, const double *row_sum, const double *col_sum);

leie_status leie_survey_copy(leie_survey *to, const leie_survey *from, leie_error *err);
void leie_survey_free(leie_survey *s);

#endif
