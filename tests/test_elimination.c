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

static void make_product(double *a, uint64_t *seed)
{
    memset(a, 0, M * N * sizeof *a);
    for (int j = 0; j < N; j++)
        for (int k = 0; k < 2; k++)
            a[(int)(M * check_random(seed)) * N + j] = 0.5 + check_random(seed);
    for (int i = 0; i < M; i++)
        a[i * N + i] += 1;
}

static void test_factor_again(void)
{
    uint64_t seed = 17;
    for (int round = 0; round < 20 * check_effort(); round++) {
        double a[M * N], own[M];
        sparse x;
        leie_cholesky f;
        leie_error err = {0};
        bool good;
        make_product(a, &seed);
        compress(&x, a);
        check_ok(leie_cholesky_new(&f, own, M, N, x.first, x.row, x.val, &err), &err);
        check_solves(&f, a);
        for (int k = 0; k < M * N; k++)
            a[k] *= 0.5 + check_random(&seed);
        compress(&x, a);
        const leie_sparse_rows rows = {x.row_first, x.col, x.row_val};
        check_ok(leie_cholesky_again(&f, &good, NULL, 1e-12, &rows, x.first, x.row, x.val, &err), &err);
        check_true(good);
        check_solves(&f, a);
        for (int j = 0; j < N; j++) // a row that is twice another
            a[1 * N + j] = 2 * a[j];
        compress(&x, a);
        check_ok(leie_cholesky_again(&f, &good, NULL, 1e-12, &rows, x.first, x.row, x.val, &err), &err);
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
    check_ok(leie_cholesky_again(&f, &good, NULL, 1e-12, &rows, x.first, x.row, x.val, &err), &err);
    check_true(!good);
    leie_cholesky_clear(&f);
}

/* Rows without anything of their own are left out on the way and leave the factor; what is left solves the equations of the
 * other rows. Here a row twice another, and one without entries. */
static void test_rows_that_leave(void)
{
    uint64_t seed = 29;
    for (int round = 0; round < 20 * check_effort(); round++) {
        double a[M * N], own[M], x[M] = {0}, b[M], left[M], work[M];
        sparse of;
        leie_cholesky f;
        leie_error err = {0};
        bool good, gone[M] = {0};
        leie_size next = 0;
        make_product(a, &seed);
        for (int j = 0; j < N; j++)
            a[4 * N + j] = (j % 2 ? 2.5 : 2) * a[1 * N + j]; // the same columns
        compress(&of, a);
        check_ok(leie_cholesky_new(&f, NULL, M, N, of.first, of.row, of.val, &err), &err);
        for (int j = 0; j < N; j++) {
            a[4 * N + j] = 2 * a[1 * N + j];
            a[7 * N + j] = 0;
        }
        compress(&of, a);
        const leie_sparse_rows rows = {of.row_first, of.col, of.row_val};
        check_ok(leie_cholesky_again(&f, &good, own, 1e-12, &rows, of.first, of.row, of.val, &err), &err);
        check_true(good);
        for (int i = 0; i < M; i++) {
            gone[i] = own[i] <= 1e-12;
            x[i] = gone[i] ? 0 : 1.385 + i;
        }
        check_true(gone[7] && gone[1] != gone[4]);
        check_ok(leie_cholesky_leave(&f, gone, &err), &err);
        check_size(f.m, M - 2);
        multiply(b, a, x);
        for (int i = 0; i < M; i++)
            if (!gone[i])
                left[next++] = b[i];
        leie_cholesky_solve(&f, left, work);
        for (leie_size i = 0, k = 0; i < M; i++)
            if (!gone[i])
                check_near(left[k++], x[i], 1e-8);
        leie_cholesky_clear(&f);
    }
}

/* w' (A A')^-1 w by a solve, by going up to the root, and with the selected inverse: rows of few columns, so w mostly has
 * several branches of the elimination tree. */
static void test_quadratic_forms(void)
{
    uint64_t seed = 31;
    for (int round = 0; round < 50 * check_effort(); round++) {
        double a[M * N] = {0}, x[M] = {0}, work[M], value[M], want = 0;
        sparse of;
        leie_cholesky f;
        leie_cholesky_form form;
        leie_error err = {0};
        leie_size where[M], n = 0;
        for (int j = 0; j < N; j++) { // neighbours, and now and then others
            a[j % M * N + j] = 1 + check_random(&seed);
            a[(j + 1 + (j > 24) * 3) % M * N + j] = 0.5 + check_random(&seed);
        }
        compress(&of, a);
        check_ok(leie_cholesky_new(&f, NULL, M, N, of.first, of.row, of.val, &err), &err);
        check_ok(leie_cholesky_form_new(&form, M, &err), &err);
        for (leie_size i = 0; i < M; i++)
            if (check_random(&seed) < 0.3) {
                where[n] = i;
                value[n] = x[i] = check_random(&seed) - 0.4;
                n++;
            }
        leie_cholesky_solve(&f, x, work);
        for (leie_size k = 0; k < n; k++)
            want += value[k] * x[where[k]];
        check_near(leie_cholesky_square(&f, n, where, value, &form), want, 1e-11);
        check_ok(leie_cholesky_invert(&f, &err), &err);
        for (int again = 0; again < 2; again++) // the work is as it was
            check_near(leie_cholesky_square(&f, n, where, value, &form), want, 1e-11);
        leie_cholesky_form_clear(&form);
        leie_cholesky_clear(&f);
    }
}

// A system of n variables and m constraints; the terms of constraint k are first[k] .. first[k + 1] - 1.
static void typed_system(leie_mfa_system *s, leie_size n, leie_size m, const leie_size *first, const leie_mfa_term *term, const double *value,
                         const double *sd)
{
    leie_error err = {0};
    check_ok(leie_mfa_system_new(s, n, m, first[m], &err), &err);
    memcpy(s->term, term, (size_t)first[m] * sizeof *term);
    memcpy(s->first, first, (size_t)(m + 1) * sizeof *first);
    memcpy(s->value, value, (size_t)n * sizeof *value);
    memcpy(s->sd, sd, (size_t)n * sizeof *sd);
}

// ---- rows that nearly depend ----

/* Two balances over the same four flows that differ by `apart`, and a third that is their sum but for rounding. The
 * first two together say  v3 = v2,  however little they differ. */
static void test_near(void)
{
    const double aparts[] = {1, 1e-3, 1e-5, 1e-6, 1e-7, 3e-8};
    for (int k = 0; k < 6; k++) {
        double d = aparts[k];
        leie_mfa_system s;
        leie_reconciled r;
        leie_error err = {0};
        const leie_mfa_term term[] = {{1, 0, -1}, {1, 1, -1}, {-1, 2, -1}, {-1, 3, -1},
                                      {1, 0, -1}, {1, 1, -1}, {-1 - d, 2, -1}, {-1 + d, 3, -1},
                                      {2, 0, -1}, {2, 1, -1}, {-2 - d, 2, -1}, {-2 + d, 3, -1}};
        const leie_size first[] = {0, 4, 8, 12};
        const double value[] = {10, 20, 14, 18}, sd[] = {1, 2, 1, 3};
        typed_system(&s, 4, 3, first, term, value, sd);
        check_ok(leie_reconcile(&r, &s, NULL, &err), &err);
        check_true(r.converged);
        check_size(r.dof, 2);
        check_true(r.violation < 1e-12);
        check_near(r.value[2], r.value[3], 1e-12 + 1e-14 / d); // to the digits that the data have
        // v0 + v1 = 2 v2 and v2 = v3: the mean of v2 and v3 by their weights, then one balance
        double w = 1 + 1.0 / 9, mean = (14 + 18.0 / 9) / w, gap = 30 - 2 * mean, var = 1 + 4 + 4 / w;
        check_near(r.value[0], 10 - gap / var, 1e-10 + 1e-16 / d);
        check_near(r.value[1], 20 - 4 * gap / var, 1e-10 + 1e-16 / d);
        check_near(r.value[2], mean + 2 / w * gap / var, 1e-10 + 1e-16 / d);
        check_near(r.sd[0], sqrt(1 - 1 / var), 1e-8);
        check_near(r.sd[2], sqrt(1 / w - 4 / (w * w) / var), 1e-8);
        leie_reconciled_clear(&r);
        leie_mfa_system_clear(&s);
    }
}

/* Two balances that hardly differ, so v3 = v2 (unknown), and both are products with one factor: the multiplier of the row that
 * nearly depends reaches the products by the steps that eliminated it. With their curvature it takes few linearisations, without
 * more than a hundred. */
static void test_near_products(void)
{
    const double aparts[] = {1e-4, 1e-5, 1e-6};
    const double value[] = {10, 20, 14, 18, 2.5, 7, 3.2}, sd[] = {1, 2, NAN, 3, 1, 3, 1};
    for (int k = 0; k < 3; k++) {
        double d = aparts[k];
        leie_mfa_system s;
        leie_reconciled r;
        leie_error err = {0};
        const leie_mfa_term term[] = {{1, 0, -1}, {1, 1, -1}, {-1, 2, -1}, {-1, 3, -1}, {1, 0, -1}, {1, 1, -1}, {-1 - d, 2, -1}, {-1 + d, 3, -1},
                                      {1, 2, -1}, {-1, 4, 5}, {1, 3, -1}, {-1, 6, 5}};
        const leie_size first[] = {0, 4, 8, 10, 12};
        typed_system(&s, 7, 4, first, term, value, sd);
        check_ok(leie_reconcile(&r, &s, NULL, &err), &err);
        check_true(r.converged && r.violation < 1e-12);
        check_true(r.iterations <= 6);
        check_near(r.value[2], r.value[3], 1e-9);
        check_near(r.value[4], r.value[6], 1e-9);
        leie_reconciled_clear(&r);
        leie_mfa_system_clear(&s);
    }
}

/* v1 = v2 - v0 twice, hardly apart, so v1 = -v2; v3 = v1 f and v3 = v0 f. The rows of the products take part in what eliminated the row that
 * nearly depends. */
static void test_products_in_near_rows(void)
{
    const double value[] = {15, 20, 20, 24, 1}, sd[] = {2, 3, 1, 2, 0.5}, d = 1e-5;
    leie_mfa_system s;
    leie_reconciled r;
    leie_error err = {0};
    const leie_mfa_term term[] = {{1, 0, -1}, {1, 1, -1}, {-1, 2, -1}, {1, 3, -1}, {-1, 1, 4}, {1, 3, -1}, {-1, 0, 4},
                                  {1, 0, -1}, {1 + d, 1, -1}, {-1 + d, 2, -1}};
    const leie_size first[] = {0, 3, 5, 7, 10};
    typed_system(&s, 5, 4, first, term, value, sd);
    check_ok(leie_reconcile(&r, &s, NULL, &err), &err);
    check_true(r.converged && r.violation < 1e-12);
    check_true(r.iterations <= 8);
    check_near(r.value[1], -r.value[2], 1e-9);
    check_near(r.objective, 346.026316, 1e-6);
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

/* A chain  x(k+1) = 8 x(k) - 0.3 y(k),  and its sum with the last factor off by 1e-5: so x(0) is zero. Multipliers are 1e7
 * times as large as adjustments; all rows close to rounding in one step all the same. */
static void test_chain(void)
{
    enum { LINKS = 8 };
    leie_mfa_system s;
    leie_reconciled r;
    leie_error err = {0};
    leie_size t = 0;
    check_ok(leie_mfa_system_new(&s, 2 * LINKS, LINKS, 4 * LINKS, &err), &err);
    for (leie_index k = 0; k < LINKS - 1; k++) {
        s.term[t++] = (leie_mfa_term){1, k + 1, -1};
        s.term[t++] = (leie_mfa_term){-8, k, -1};
        s.term[t++] = (leie_mfa_term){0.3, LINKS + k, -1};
        s.first[k + 1] = t;
    }
    s.term[t++] = (leie_mfa_term){1, LINKS - 1, -1};
    s.term[t++] = (leie_mfa_term){-pow(8, LINKS - 1) * (1 + 1e-5), 0, -1};
    for (leie_index k = 0; k < LINKS - 1; k++)
        s.term[t++] = (leie_mfa_term){0.3 * pow(8, LINKS - 2 - k), LINKS + k, -1};
    s.first[LINKS] = t;
    for (leie_size i = 0; i < s.n; i++) {
        s.value[i] = 10 + (double)(i % 3);
        s.sd[i] = 1 + 0.1 * (double)(i % 4);
    }
    check_ok(leie_reconcile(&r, &s, NULL, &err), &err);
    check_true(r.converged);
    check_size(r.iterations, 1);
    check_size(r.dof, LINKS);
    check_true(r.violation < 1e-13);
    check_true(fabs(r.value[0]) < 1e-8);
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

CHECK_SUITE(elimination, {"with the pivots of an earlier one", test_again, NULL}, {"a pivot that is too small", test_small_pivot, NULL},
            {"the factor with new values", test_factor_again, NULL}, {"the factor with another pattern", test_other_pattern, NULL},
            {"rows that leave the factor", test_rows_that_leave, NULL}, {"quadratic forms with its inverse", test_quadratic_forms, NULL},
            {"rows that nearly depend on others", test_near, NULL}, {"a chain that closes", test_chain, NULL},
            {"products beside rows that nearly depend", test_near_products, NULL},
            {"products in rows that nearly depend", test_products_in_near_rows, NULL})
