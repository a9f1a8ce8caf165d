// SPDX-License-Identifier: GPL-3.0-or-later
/* Sparse elimination and its factor, anew and with the pivots and pattern of an earlier one; rows that nearly depend on others. */
#include <math.h>
#include <string.h>

#include "kernels/cholesky.h"
#include "kernels/memory.h"
#include "solver/mfa/echelon.h"
#include "solver/mfa/reconcile.h"
#include "tests/check.h"

enum { ROWS = 14, COLS = 20, UNKNOWNS = 9 };

// ---- elimination ----

// A matrix of three to six entries a row; the first UNKNOWNS columns are to be eliminated.
static void make_matrix(double *a, unsigned char *kind, uint64_t *seed)
{
    memset(a, 0, ROWS * COLS * sizeof *a);
    for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < 3 + i % 4; k++)
            a[i * COLS + (int)(COLS * check_random(seed))] = 0.5 + check_random(seed);
    for (int j = 0; j < COLS; j++)
        kind[j] = j < UNKNOWNS;
}

static void set_rows(leie_echelon *e, const double *a)
{
    leie_error err = {0};
    for (leie_size i = 0; i < ROWS; i++) {
        leie_index col[COLS];
        double val[COLS];
        leie_size n = 0;
        for (leie_index j = 0; j < COLS; j++)
            if (a[i * COLS + j] != 0) {
                col[n] = j;
                val[n++] = a[i * COLS + j];
            }
        check_ok(leie_echelon_row(e, i, n, col, val, (double)i, &err), &err);
    }
}

static bool eliminate(leie_echelon *e)
{
    leie_error err = {0};
    bool good = false;
    e->recording = true;
    check_ok(leie_echelon_eliminate(e, 1, &good, &err), &err);
    return good;
}

static void expand(double *dense, const leie_echelon *e)
{
    memset(dense, 0, ROWS * COLS * sizeof *dense);
    for (leie_size i = 0; i < ROWS; i++)
        for (leie_size t = e->start[i]; t < e->start[i] + e->length[i]; t++)
            dense[i * COLS + e->col[t]] = e->val[t];
}

// Its steps make its rows from those that were set; no row holds what is eliminated from it.
static void check_elimination(const leie_echelon *e, const double *a)
{
    double made[ROWS * COLS], rows[ROWS * COLS], rhs[ROWS];
    memcpy(made, a, sizeof made);
    expand(rows, e);
    for (int i = 0; i < ROWS; i++)
        rhs[i] = i;
    for (leie_size o = 0; o < e->steps; o++) {
        for (int j = 0; j < COLS; j++)
            made[e->step[o].row * COLS + j] -= e->step[o].factor * made[e->step[o].pivot * COLS + j];
        rhs[e->step[o].row] -= e->step[o].factor * rhs[e->step[o].pivot];
    }
    for (int i = 0; i < ROWS; i++) {
        check_close(e->rhs[i], rhs[i], 1e-10, 1e-10);
        for (int j = 0; j < COLS; j++)
            check_close(rows[i * COLS + j], made[i * COLS + j], 1e-10, 1e-10);
        for (int j = 0; j < COLS && !e->done[i]; j++)
            check_true(!e->kind[j] || rows[i * COLS + j] == 0);
    }
    for (leie_size p = 0; p < e->pivots; p++)
        for (leie_size q = 0; q < p; q++)
            check_true(rows[e->pivot_row[p] * COLS + e->pivot_col[q]] == 0);
}

static void test_again(void)
{
    uint64_t seed = 3;
    for (int round = 0; round < 50 * check_effort(); round++) {
        double a[ROWS * COLS], first[ROWS * COLS], second[ROWS * COLS];
        unsigned char kind[COLS];
        leie_echelon e;
        leie_error err = {0};
        make_matrix(a, kind, &seed);
        check_ok(leie_echelon_new(&e, ROWS, COLS, kind, ROWS * COLS, &err), &err);
        set_rows(&e, a);
        check_true(eliminate(&e));
        check_elimination(&e, a);
        leie_size pivots = e.pivots;
        expand(first, &e);
        leie_echelon_again(&e, pivots); // the same values: the same bits
        set_rows(&e, a);
        check_true(eliminate(&e));
        expand(second, &e);
        check_size(e.pivots, pivots);
        check_true(memcmp(first, second, sizeof first) == 0);
        for (int k = 0; k < ROWS * COLS; k++) // other values, one entry gone, one column of another kind, one more of this
            a[k] *= 0.8 + 0.4 * check_random(&seed);
        a[(round % ROWS) * COLS + e.pivot_col[0]] = 0;
        kind[round % UNKNOWNS] = 0;
        kind[COLS - 1] = 1;
        leie_echelon_again(&e, pivots);
        set_rows(&e, a);
        if (eliminate(&e))
            check_elimination(&e, a);
        leie_echelon_clear(&e);
    }
}

// A pivot that has become nothing beside the rest of its column is refused.
static void test_small_pivot(void)
{
    double a[ROWS * COLS] = {0};
    unsigned char kind[COLS] = {1};
    leie_echelon e;
    leie_error err = {0};
    for (int i = 0; i < ROWS; i++)
        a[i * COLS] = a[i * COLS + i + 1] = 1;
    check_ok(leie_echelon_new(&e, ROWS, COLS, kind, ROWS * COLS, &err), &err);
    set_rows(&e, a);
    check_true(eliminate(&e));
    a[e.pivot_row[0] * COLS] = 1e-9;
    leie_echelon_again(&e, e.pivots);
    set_rows(&e, a);
    check_true(!eliminate(&e));
    leie_echelon_again(&e, 0);
    set_rows(&e, a);
    check_true(eliminate(&e));
    check_elimination(&e, a);
    leie_echelon_clear(&e);
}

// ---- the factor ----

enum { M = 12, N = 30 };

typedef struct sparse {
    leie_size first[N + 1], row[M * N], row_first[M + 1];
    leie_index col[M * N];
    double val[M * N], row_val[M * N];
} sparse;

static void compress(sparse *x, const double *a)
{
    memset(x, 0, sizeof *x);
    for (leie_size j = 0; j < N; j++) {
        x->first[j + 1] = x->first[j];
        for (leie_size i = 0; i < M; i++)
            if (a[i * N + j] != 0) {
                x->row[x->first[j + 1]] = i;
                x->val[x->first[j + 1]++] = a[i * N + j];
            }
    }
    for (leie_size i = 0; i < M; i++) {
        x->row_first[i + 1] = x->row_first[i];
        for (leie_index j = 0; j < N; j++)
            if (a[i * N + j] != 0) {
                x->col[x->row_first[i + 1]] = j;
                x->row_val[x->row_first[i + 1]++] = a[i * N + j];
            }
    }
}

// b = A A' x
static void multiply(double *b, const double *a, const double *x)
{
    for (int i = 0; i < M; i++) {
        b[i] = 0;
        for (int j = 0; j < N; j++)
            for (int k = 0; k < M; k++)
                b[i] += a[i * N + j] * a[k * N + j] * x[k];
    }
}

static void check_solves(const leie_cholesky *f, const double *a)
{
    double x[M], b[M], work[M];
    for (int i = 0; i < M; i++)
        x[i] = 1.385 + i;
    multiply(b, a, x);
    leie_cholesky_solve(f, b, work);
    for (int i = 0; i < M; i++)
        check_near(b[i], x[i], 1e-8);
}

static void test_factor_again(void)
{
    uint64_t seed = 17;
    for (int round = 0; round < 20 * check_effort(); round++) {
        double a[M * N] = {0}, own[M];
        sparse x;
        leie_cholesky f;
        leie_error err = {0};
        bool good;
        for (int j = 0; j < N; j++)
            for (int k = 0; k < 2; k++)
                a[(int)(M * check_random(&seed)) * N + j] = 0.5 + check_random(&seed);
        for (int i = 0; i < M; i++)
            a[i * N + i] += 1;
        compress(&x, a);
        check_ok(leie_cholesky_new(&f, own, M, N, x.first, x.row, x.val, &err), &err);
        check_solves(&f, a);
        for (int k = 0; k < M * N; k++)
            a[k] *= 0.5 + check_random(&seed);
        compress(&x, a);
        const leie_sparse_rows rows = {x.row_first, x.col, x.row_val};
        check_ok(leie_cholesky_again(&f, &good, 1e-12, &rows, x.first, x.row, x.val, &err), &err);
        check_true(good);
        check_solves(&f, a);
        for (int j = 0; j < N; j++) // a row that is twice another
            a[1 * N + j] = 2 * a[j];
        compress(&x, a);
        check_ok(leie_cholesky_again(&f, &good, 1e-12, &rows, x.first, x.row, x.val, &err), &err);
        check_true(!good);
        leie_cholesky_clear(&f);
    }
}

// Room for entries that were not there before is not made: the caller is told.
static void test_other_pattern(void)
{
    double a[M * N] = {0};
    sparse x;
    leie_cholesky f;
    leie_error err = {0};
    bool good;
    for (int i = 0; i < M; i++)
        a[i * N + i] = 1;
    compress(&x, a);
    const leie_sparse_rows rows = {x.row_first, x.col, x.row_val};
    check_ok(leie_cholesky_new(&f, NULL, M, N, x.first, x.row, x.val, &err), &err);
    a[0 * N + M] = a[5 * N + M] = 0.7;
    compress(&x, a);
    check_ok(leie_cholesky_again(&f, &good, 1e-12, &rows, x.first, x.row, x.val, &err), &err);
    check_true(!good);
    leie_cholesky_clear(&f);
}

// ---- rows that nearly depend ----

/* Two balances over the same four flows that differ by `apart`, and a third that is their sum but for rounding. The
 * first two together say  v3 = v2,  however little they differ. */
static void test_near(void)
{
    const double aparts[] = {1, 1e-3, 1e-5, 1e-6};
    for (int k = 0; k < 4; k++) {
        double d = aparts[k];
        leie_mfa_system s;
        leie_reconciled r;
        leie_error err = {0};
        check_ok(leie_mfa_system_new(&s, 4, 3, 12, &err), &err);
        const leie_mfa_term term[] = {{1, 0, -1}, {1, 1, -1}, {-1, 2, -1}, {-1, 3, -1},
                                      {1, 0, -1}, {1, 1, -1}, {-1 - d, 2, -1}, {-1 + d, 3, -1},
                                      {2, 0, -1}, {2, 1, -1}, {-2 - d, 2, -1}, {-2 + d, 3, -1}};
        memcpy(s.term, term, sizeof term);
        for (leie_size i = 1; i <= 3; i++)
            s.first[i] = 4 * i;
        const double value[] = {10, 20, 14, 18}, sd[] = {1, 2, 1, 3};
        memcpy(s.value, value, sizeof value);
        memcpy(s.sd, sd, sizeof sd);
        check_ok(leie_reconcile(&r, &s, NULL, &err), &err);
        check_true(r.converged);
        check_size(r.dof, 2);
        check_true(r.violation < 1e-12);
        check_near(r.value[2], r.value[3], 1e-12 + 1e-14 / d); // to the digits that the data have
        // v0 + v1 = 2 v2 and v2 = v3: the mean of v2 and v3 by their weights, then one balance
        double w = 1 + 1.0 / 9, mean = (14 + 18.0 / 9) / w, gap = 30 - 2 * mean, var = 1 + 4 + 4 / w;
        check_near(r.value[0], 10 - gap / var, 1e-10);
        check_near(r.value[1], 20 - 4 * gap / var, 1e-10);
        check_near(r.value[2], mean + 2 / w * gap / var, 1e-10);
        check_near(r.sd[0], sqrt(1 - 1 / var), 1e-8);
        check_near(r.sd[2], sqrt(1 / w - 4 / (w * w) / var), 1e-8);
        leie_reconciled_clear(&r);
        leie_mfa_system_clear(&s);
    }
}

CHECK_SUITE(elimination, {"with the pivots of an earlier one", test_again, NULL}, {"a pivot that is too small", test_small_pivot, NULL},
            {"the factor with new values", test_factor_again, NULL}, {"the factor with another pattern", test_other_pattern, NULL},
            {"rows that nearly depend on others", test_near, NULL})
