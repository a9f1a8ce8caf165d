/* BLAS, LAPACK and SuiteSparse are called through this file, on one thread under any OpenBLAS build.
 *
 * OpenBLAS with POSIX threads (Debian's default) is set to one thread for good at the first call;
 * OpenBLAS with OpenMP takes the thread count of the caller, which is set to one around each call and
 * given back. Parallelism above is ours.
 *
 * The arrays here are as LAPACK sees them, column-major: column j of a is at a + j * lda. A row-major
 * matrix is its own transpose. Sizes must fit in 32 bits; this is asserted.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_BLAS_H
#define LEIE_KERNELS_BLAS_H

#include "kernels/status.h"

/* For a program that has just begun: ends the threads that OpenBLAS with POSIX threads starts when it is loaded. They look for
 * work for a tenth of a second on every processor, and are not used here. A later call on several threads starts them again. */
LEIE_API void leie_blas_alone(void);

/* Name of the kernels that OpenBLAS uses on this processor, "unknown" for another BLAS. What it is
 * after the first call here is what computes: see blas.c for processors that OpenBLAS does not know. */
LEIE_API const char *leie_blas_core(void);

/* Whether OpenBLAS has its work memory: 128 MiB of address space for each thread that may call it, taken
 * here and kept until the end. OpenBLAS (seen with 0.3.21) tries again for ever when it gets none, so this
 * is asked before it is called. true for another BLAS. */
bool leie_blas_room(int threads);
enum { LEIE_BLAS_BUFFER = 128 << 20 };

/* Around calls of a library that calls BLAS itself:  int turn = leie_blas_begin(); ... leie_blas_end(turn); */
int leie_blas_begin(void);
void leie_blas_end(int turn);

/* C = C - A B:  A [m, k], B [k, n], C [m, n]. */
void leie_blas_gemm_minus(leie_size m, leie_size n, leie_size k, const double *a, leie_size lda, const double *b,
                          leie_size ldb, double *c, leie_size ldc);

typedef enum leie_side { LEIE_LEFT, LEIE_RIGHT } leie_side;
typedef enum leie_triangle { LEIE_LOWER_UNIT, LEIE_UPPER } leie_triangle; // L has ones on its diagonal

/* B = T^-1 B (left) or B T^-1 (right), with T' in place of T when transposed; B [m, n]. */
void leie_blas_trsm(leie_side side, leie_triangle triangle, bool transposed, leie_size m, leie_size n,
                    const double *t, leie_size ldt, double *b, leie_size ldb);

/* A = P L U of a panel [m, n] with partial pivoting; pivot [min(m, n)] 1-based row exchanges.
 * Returns -1, or the 0-based column of the first pivot that is exactly zero. */
leie_size leie_blas_getrf(leie_size m, leie_size n, double *a, leie_size lda, int *pivot);

/* Exchanges row i with row pivot[i] - 1 for i = first .. last - 1, in n columns of a. */
void leie_blas_swap_rows(leie_size n, double *a, leie_size lda, leie_size first, leie_size last, const int *pivot);

/* The same in f32. */
void leie_blas_gemm_minus_f32(leie_size m, leie_size n, leie_size k, const float *a, leie_size lda, const float *b,
                              leie_size ldb, float *c, leie_size ldc);
void leie_blas_trsm_f32(leie_side side, leie_triangle triangle, bool transposed, leie_size m, leie_size n,
                        const float *t, leie_size ldt, float *b, leie_size ldb);
leie_size leie_blas_getrf_f32(leie_size m, leie_size n, float *a, leie_size lda, int *pivot);
void leie_blas_swap_rows_f32(leie_size n, float *a, leie_size lda, leie_size first, leie_size last, const int *pivot);

#endif
