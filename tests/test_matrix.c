// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/blocklu.h"
#include "kernels/matrix.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"
#include "kernels/sum.h"
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* ---- sums ---- */

static void test_sums(void)
{
    double x[] = {1e100, 2.385, -1e100, 1.1925};
    check_near(leie_sum(x, 4, 1), 3.5775, 1e-15);
    check_near(leie_sum_abs(x, 2, 2), 2e100, 1e-15);
    double y[] = {1, 2, 1, -2};
    check_near(leie_dot(x, 1, y, 1, 4), 2.385, 1e-15);
    double big[] = {INFINITY, 1};
    check_true(isinf(leie_sum(big, 2, 1)));
    double hole[] = {1, NAN, 2};
    check_true(isnan(leie_sum(hole, 3, 1)));
    check_near(leie_sum(x, 0, 1), 0, 0);
}

/* ---- threads ---- */

/* Fails at items 37, 137, ... and, in the chunk after that of 37 and late, at 44. */
static leie_status square(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    double *x = ctx;
    for (leie_size i = first; i < last; i++) {
        x[i] = (double)(i * i);
        if (i == 44)
            nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        if (i % 100 == 37 || i == 44)
            return leie_fail(err, LEIE_ERR_DATA, "item %lld of worker below %d", (long long)i,
                             worker < leie_threads() ? leie_threads() : -1);
    }
    return LEIE_OK;
}

static leie_status nested(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    double *x = ctx;
    (void)worker;
    for (leie_size i = first; i < last; i++) {
        leie_status st = leie_parallel_for(10, 3, square, x + 10 * i, err);
        if (st)
            return st;
    }
    return LEIE_OK;
}

static void test_parallel(void)
{
    int before = leie_threads();
    for (int threads = 1; threads <= 4; threads++) {
        double x[1000];
        leie_error err = {0};
        leie_threads_set(threads);
        check_status(leie_parallel_for(1000, 7, square, x, &err), LEIE_ERR_DATA, &err);
        check_has(err.text, "item 37 of"); // the lowest of eleven failures
        err = (leie_error){0};
        check_ok(leie_parallel_for(5, 1, nested, x, &err), &err);
        check_near(x[29], 81, 0);
        check_ok(leie_parallel_for(0, 1, square, x, &err), &err);
    }
    leie_threads_set(before);
}

/* Many short steps, each of which needs what the last one did. */
static leie_status climb(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    double *x = ctx;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++)
        x[i] += i % 10 == 3 ? 2 : 1;
    return LEIE_OK;
}

static leie_status climb_often(void *ctx, leie_error *err)
{
    double *x = ctx;
    leie_status st = LEIE_OK;
    for (int step = 0; step < 2000 && !st; step++) {
        st = leie_parallel_for(40, 1, climb, x, err);
        if (step % 500 == 0) // those standing by fall asleep
            nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    return st ? st : leie_parallel_for(1000, 7, square, x + 40, err);
}

static void test_team(void)
{
    int before = leie_threads();
    for (int threads = 1; threads <= 7; threads += 3) {
        double x[1040] = {0};
        leie_error err = {0};
        leie_threads_set(threads);
        check_status(leie_parallel_team(climb_often, x, &err), LEIE_ERR_DATA, &err);
        check_has(err.text, "item 37 of");
        for (int i = 0; i < 40; i++)
            check_near(x[i], i % 10 == 3 ? 4000 : 2000, 0);
        err = (leie_error){0};
        check_ok(leie_parallel_for(5, 1, nested, x, &err), &err); // and outside again
    }
    leie_threads_set(before);
}

/* ---- matrices ---- */

/* Random matrix of a density in the form asked for. */
static void random_matrix(leie_matrix *m, leie_size rows, leie_size cols, double density, leie_matrix_form form,
                          uint64_t *seed)
{
    leie_error err = {0};
    leie_matrix dense;
    check_ok(leie_matrix_new_dense(&dense, rows, cols, &err), &err);
    for (leie_size i = 0; i < rows; i++)
        for (leie_size j = 0; j < cols; j++)
            dense.val[i * dense.ld + j] = check_random(seed) < density ? check_random(seed) - 0.3 : 0;
    check_ok(leie_matrix_copy(m, &dense, form, &err), &err);
    leie_matrix_free(&dense);
}

static double *random_array(leie_size count, uint64_t *seed)
{
    double *x = leie_new(count, sizeof *x);
    for (leie_size i = 0; i < count; i++)
        x[i] = 2.385 * check_random(seed) - 1;
    return x;
}

static void test_cells(void)
{
    leie_error err = {0};
    leie_cells cells = {0};
    leie_matrix m;
    leie_size twice[2] = {-1, -1};
    for (int i = 0; i < 3000; i++) // backwards, and more than one doubling
        check_ok(leie_cells_add(&cells, 99 - i % 100, 49 - i / 100, i % 7 ? 1.1925 * i : 0, &err), &err);
    check_ok(leie_matrix_from_cells(&m, 100, 400, &cells, twice, &err), &err);
    check_size(m.form, LEIE_SPARSE);
    check_size(leie_matrix_nonzeros(&m), 3000 - 429);
    check_size(m.csr.nnz, 3000 - 429);
    check_near(leie_matrix_get(&m, 99 - 57, 49 - 12), 1.1925 * 1257, 1e-15);
    check_near(leie_matrix_get(&m, 3, 300), 0, 0);
    leie_matrix_free(&m);
    check_ok(leie_matrix_from_cells(&m, 100, 50, &cells, NULL, &err), &err);
    check_size(m.form, LEIE_DENSE);
    check_near(leie_matrix_get(&m, 99 - 57, 49 - 12), 1.1925 * 1257, 1e-15);
    leie_matrix_free(&m);
    check_status(leie_matrix_from_cells(&m, 100, 40, &cells, NULL, &err), LEIE_ERR_SHAPE, &err);
    check_has(err.text, "outside a matrix of 100 x 40");
    err = (leie_error){0};
    check_ok(leie_cells_add(&cells, 42, 37, 1, &err), &err);
    check_status(leie_matrix_from_cells(&m, 100, 50, &cells, twice, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "cell (42, 37) is given twice");
    check_size(twice[0], 42);
    check_size(twice[1], 37);
    err = (leie_error){0};
    check_status(leie_cells_add(&cells, -1, 0, 1, &err), LEIE_ERR_SHAPE, &err);
    leie_cells_free(&cells);
    leie_matrix_free(&m);
    err = (leie_error){0};
    check_ok(leie_matrix_from_cells(&m, 0, 0, &cells, NULL, &err), &err);
    leie_matrix_free(&m);
}

static void test_sums_of_matrix(void)
{
    uint64_t seed = 11;
    for (int form = LEIE_DENSE; form <= LEIE_SPARSE; form++) {
        leie_matrix m;
        double rows[23], cols[17];
        random_matrix(&m, 23, 17, 0.4, (leie_matrix_form)form, &seed);
        leie_matrix_row_sums(rows, &m);
        leie_matrix_col_sums(cols, &m);
        double row = 0, col = 0;
        for (leie_size j = 0; j < 17; j++)
            row += leie_matrix_get(&m, 5, j);
        for (leie_size i = 0; i < 23; i++)
            col += leie_matrix_get(&m, i, 16);
        check_close(rows[5], row, 1e-14, 1e-15);
        check_close(cols[16], col, 1e-14, 1e-15);
        leie_matrix_free(&m);
    }
}

/* One product against the three plain loops; the largest difference by the largest value. */
static void compare_product(const leie_matrix *m, bool transposed, const double *scale, leie_size k, const double *x)
{
    leie_size count = (transposed ? m->cols : m->rows) * k;
    double *y = leie_new(count, sizeof *y), *ref = leie_new(count, sizeof *ref), worst = 0, size = 1e-300;
    leie_error err = {0};
    check_ok(leie_matrix_product(y, m, transposed, scale, k, x, &err), &err);
    leie_matrix_product_ref(ref, m, transposed, scale, k, x);
    for (leie_size t = 0; t < count; t++) {
        worst = fmax(worst, fabs(y[t] - ref[t]));
        size = fmax(size, fabs(ref[t]));
    }
    char what[128];
    snprintf(what, sizeof what, "product %lld x %lld form %d transposed %d k %lld: %.2e of %.2e", (long long)m->rows,
             (long long)m->cols, m->form, transposed, (long long)k, worst, size);
    check_true_at(worst <= 1e-13 * size, what, __FILE__, __LINE__);
    leie_free(y);
    leie_free(ref);
}

static void test_products(void)
{
    static const leie_size shapes[][2] = {{1, 1}, {5, 3}, {64, 64}, {67, 301}, {301, 67}, {0, 4}, {4, 0}};
    static const leie_size columns[] = {1, 3, 8, 13, 16, 24, 32, 33, 70};
    uint64_t seed = 5;
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
        for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++)
            for (int form = LEIE_DENSE; form <= LEIE_SPARSE; form++) {
                leie_size rows = shapes[s][0], cols = shapes[s][1], k = columns[c];
                leie_matrix m;
                random_matrix(&m, rows, cols, 0.3, (leie_matrix_form)form, &seed);
                double *scale = random_array(cols, &seed), *x = random_array((rows + cols) * k, &seed);
                compare_product(&m, false, scale, k, x);
                compare_product(&m, true, scale, k, x);
                compare_product(&m, false, NULL, k, x);
                leie_matrix_free(&m);
                leie_free(scale);
                leie_free(x);
            }
}

static void test_product_bytes(void)
{
    uint64_t seed = 17;
    int before = leie_threads();
    static const int threads[] = {1, 2, 3, 7};
    for (int form = LEIE_DENSE; form <= LEIE_SPARSE; form++)
        for (int transposed = 0; transposed < 2; transposed++) {
            leie_matrix m;
            leie_error err = {0};
            random_matrix(&m, 700, 700, 0.3, (leie_matrix_form)form, &seed);
            double *x = random_array(700 * 9, &seed), *y = leie_new(2 * 700 * 9, sizeof *y);
            for (int t = 0; t < 4; t++) {
                leie_threads_set(threads[t]);
                check_ok(leie_matrix_product(y + (t ? 6300 : 0), &m, transposed, NULL, 9, x, &err), &err);
                check_true(t == 0 || memcmp(y, y + 6300, 6300 * sizeof *y) == 0);
            }
            // a column gives the same bytes alone and among others
            double *one = leie_new(1400, sizeof *one);
            for (leie_size i = 0; i < 700; i++)
                one[i] = x[i * 9 + 4];
            check_ok(leie_matrix_product(one + 700, &m, transposed, NULL, 1, one, &err), &err);
            bool same = true;
            for (leie_size i = 0; i < 700; i++)
                same = same && one[700 + i] == y[i * 9 + 4];
            check_true(same);
            leie_free(one);
            leie_free(x);
            leie_free(y);
            leie_matrix_free(&m);
        }
    leie_threads_set(before);
}

/* ---- LU ---- */

/* M with a heavy diagonal in random places, so that pivoting has work to do. */
static double *random_square(leie_size n, leie_size ld, uint64_t *seed)
{
    double *m = leie_new(n * ld, sizeof *m);
    for (leie_size i = 0; i < n; i++) {
        for (leie_size j = 0; j < n; j++)
            m[i * ld + j] = check_random(seed) - 0.5;
        m[i * ld + (i * 7 + 3) % n] += n % 7 ? 4 : 0;
    }
    return m;
}

/* |M x - b| (M' x - b) against |M| |x|, worst entry. */
static double lu_residual(const double *m, leie_size n, leie_size ld, bool transposed, leie_size k, const double *x,
                          const double *b)
{
    double worst = 0;
    for (leie_size i = 0; i < n; i++)
        for (leie_size c = 0; c < k; c++) {
            double sum = -b[i * k + c], size = fabs(sum);
            for (leie_size j = 0; j < n; j++) {
                double term = (transposed ? m[j * ld + i] : m[i * ld + j]) * x[j * k + c];
                sum += term;
                size += fabs(term);
            }
            worst = fmax(worst, size > 0 ? fabs(sum) / size : 0);
        }
    return worst;
}

static void test_lu(void)
{
    static const leie_size sizes[] = {0, 1, 2, 8, 127, 128, 129, 300, 512};
    uint64_t seed = 3;
    int before = leie_threads();
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (int transposed = 0; transposed < 2; transposed++) {
            leie_size n = sizes[s], ld = leie_blocklu_stride(n), k = s % 2 ? 3 : 35;
            double *m = random_square(n, ld, &seed), *b = random_array(n * k, &seed);
            double *f = leie_new(n * ld, sizeof *f), *x = leie_new(n * k, sizeof *x), *last = leie_new(n * k, sizeof *x);
            double *work = leie_new(2 * n, sizeof *work);
            int *pivot = leie_new(n, sizeof *pivot);
            for (int threads = 1; threads <= 3; threads++) {
                leie_threads_set(threads);
                memcpy(f, m, (size_t)(n * ld) * sizeof *f);
                memcpy(x, b, (size_t)(n * k) * sizeof *x);
                check_size(leie_blocklu_factor(f, n, ld, pivot, work), -1);
                leie_blocklu_solve(f, n, ld, pivot, transposed, k, x);
                check_true(lu_residual(m, n, ld, transposed, k, x, b) <= 1e-12);
                check_true(threads == 1 || memcmp(x, last, (size_t)(n * k) * sizeof *x) == 0);
                memcpy(last, x, (size_t)(n * k) * sizeof *x);
            }
            leie_free(m);
            leie_free(b);
            leie_free(f);
            leie_free(x);
            leie_free(last);
            leie_free(work);
            leie_free(pivot);
        }
    leie_threads_set(before);
}

/* I - A where sectors 20 .. 29 buy from each other alone and their columns of A sum to one: no other
 * sector is in the null vector. */
static void check_singular(leie_size n)
{
    uint64_t seed = 8;
    leie_size ld = leie_blocklu_stride(n);
    double *m = leie_new(n * ld, sizeof *m), *z = leie_new(n, sizeof *z), *work = leie_new(2 * n, sizeof *work);
    int *pivot = leie_new(n, sizeof *pivot);
    for (leie_size j = 0; j < n; j++) {
        bool closed = j >= 20 && j < 30;
        double sum = 0;
        for (leie_size i = 0; i < n; i++) {
            m[i * ld + j] = !closed || (i >= 20 && i < 30) ? check_random(&seed) : 0;
            sum += m[i * ld + j];
        }
        for (leie_size i = 0; i < n; i++)
            m[i * ld + j] = (i == j) - m[i * ld + j] / sum * (closed ? 1 : 0.7);
    }
    leie_size row = leie_blocklu_factor(m, n, ld, pivot, work);
    char what[96];
    snprintf(what, sizeof what, "singular matrix of %lld: pivot %lld", (long long)n, (long long)row);
    check_true_at(row >= 0, what, __FILE__, __LINE__);
    if (row >= 0) {
        leie_blocklu_null(m, n, ld, pivot, row, z);
        double inside = fabs(z[20]), outside = 0;
        for (leie_size i = 0; i < n; i++)
            if (i < 20 || i >= 30)
                outside = fmax(outside, fabs(z[i]));
        check_true(outside <= 1e-9 * inside);
    }
    leie_free(m);
    leie_free(z);
    leie_free(work);
    leie_free(pivot);
}

static void test_lu_singular(void)
{
    check_singular(40);
    check_singular(300);
    check_singular(700);
    double zero_row[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0}; // 3 x 3, ld 8
    int pivot[3];
    double work[6];
    check_size(leie_blocklu_factor(zero_row, 3, 8, pivot, work), 1);
    double spread[] = {1, -1e12, 0, 0, 0, 0, 0, 0, -1e-13, 1, 0, 0, 0, 0, 0, 0}; // 0.9 of its determinant is left
    check_size(leie_blocklu_factor(spread, 2, 8, pivot, work), -1);
}

CHECK_SUITE(matrix, {"compensated sums", test_sums, NULL}, {"parallel for", test_parallel, NULL},
            {"a team", test_team, NULL},
            {"cells", test_cells, NULL}, {"row and column sums", test_sums_of_matrix, NULL},
            {"products against plain loops", test_products, NULL},
            {"products: same bytes", test_product_bytes, NULL}, {"LU", test_lu, NULL},
            {"LU of singular matrices", test_lu_singular, NULL})
