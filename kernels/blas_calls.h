/* The calls of blas.h for one type of number: blas.c includes this file once for double and once for float, with REAL,
 * FORTRAN(routine) and NAME(function) defined. */
// SPDX-License-Identifier: GPL-3.0-or-later

void NAME(gemm_minus)(leie_size m, leie_size n, leie_size k, const REAL *a, leie_size lda, const REAL *b,
                          leie_size ldb, REAL *c, leie_size ldc)
{
    int m_ = narrow(m), n_ = narrow(n), k_ = narrow(k), lda_ = narrow(lda), ldb_ = narrow(ldb), ldc_ = narrow(ldc);
    REAL minus = -1, one = 1;
    if (m == 0 || n == 0 || k == 0)
        return;
    int turn = leie_blas_begin();
    FORTRAN(gemm)("N", "N", &m_, &n_, &k_, &minus, a, &lda_, b, &ldb_, &one, c, &ldc_, 1, 1);
    leie_blas_end(turn);
}

void NAME(trsm)(leie_side side, leie_triangle triangle, bool transposed, leie_size m, leie_size n,
                    const REAL *t, leie_size ldt, REAL *b, leie_size ldb)
{
    int m_ = narrow(m), n_ = narrow(n), ldt_ = narrow(ldt), ldb_ = narrow(ldb);
    REAL one = 1;
    if (m == 0 || n == 0)
        return;
    int turn = leie_blas_begin();
    FORTRAN(trsm)(side == LEIE_LEFT ? "L" : "R", triangle == LEIE_UPPER ? "U" : "L", transposed ? "T" : "N",
           triangle == LEIE_UPPER ? "N" : "U", &m_, &n_, &one, t, &ldt_, b, &ldb_, 1, 1, 1, 1);
    leie_blas_end(turn);
}

leie_size NAME(getrf)(leie_size m, leie_size n, REAL *a, leie_size lda, int *pivot)
{
    int m_ = narrow(m), n_ = narrow(n), lda_ = narrow(lda), info = 0;
    if (m == 0 || n == 0)
        return -1;
    int turn = leie_blas_begin();
    FORTRAN(getrf)(&m_, &n_, a, &lda_, pivot, &info);
    leie_blas_end(turn);
    assert(info >= 0);
    return info - 1;
}

void NAME(swap_rows)(leie_size n, REAL *a, leie_size lda, leie_size first, leie_size last, const int *pivot)
{
    int n_ = narrow(n), lda_ = narrow(lda), first_ = narrow(first) + 1, last_ = narrow(last), step = 1;
    if (n == 0 || first >= last)
        return;
    int turn = leie_blas_begin();
    FORTRAN(laswp)(&n_, a, &lda_, &first_, &last_, pivot, &step);
    leie_blas_end(turn);
}
