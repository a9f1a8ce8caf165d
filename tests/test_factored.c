// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/factorcells.h"
#include "kernels/factored.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/survey.h"
#include "solver/linear/linsys.h"
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A supply-use table in factors, with outputs. */
typedef struct example {
    leie_matrix Z;
    leie_axis axis;
    double *scale; // [n]
} example;

static void example_free(example *e)
{
    leie_matrix_free(&e->Z);
    leie_axis_clear(&e->axis);
    leie_free(e->scale);
}

static void add_sectors(leie_axis *axis, leie_size r, const char *letter, leie_size count, const leie_index *number)
{
    leie_error err = {0};
    for (leie_size i = 0; i < count; i++) {
        char region[24], code[24];
        snprintf(region, sizeof region, "R%lld", (long long)r);
        snprintf(code, sizeof code, "%s%lld", letter, number ? (long long)number[i] : (long long)i);
        check_true(leie_axis_add(axis, region, code, "", "", LEIE_DEMAND_HOUSEHOLD, &err) >= 0);
    }
}

/* Empty factors of the given shape. */
static leie_factored *example_new(example *e, leie_size parts, const leie_size *industries, const leie_size *products,
                                  const leie_index *number)
{
    leie_error err = {0};
    leie_factored *f = NULL;
    *e = (example){0};
    check_ok(leie_factored_new(&f, parts, industries, products, number, &err), &err);
    leie_factored *kept = f;
    leie_matrix_from_factors(&e->Z, &f);
    check_true(f == NULL);
    for (leie_size r = 0; r < parts; r++) {
        add_sectors(&e->axis, r, "i", industries[r], NULL);
        add_sectors(&e->axis, r, "p", products[r], number + kept->product[r]);
    }
    e->scale = leie_new(kept->n, sizeof *e->scale);
    return kept;
}

/* Random factors: regions lack some products, `waste` of every output is final use. */
static void random_example(example *e, leie_size parts, leie_size most, double waste, uint64_t *seed)
{
    leie_size industries[16], products[16], all = 0;
    leie_index number[16 * 64];
    for (leie_size r = 0; r < parts; r++) {
        industries[r] = 1 + (leie_size)(check_random(seed) * (double)most);
        products[r] = 0;
        for (leie_size p = 0; p < most; p++)
            if (check_random(seed) < 0.8 || p == r % most) {
                number[all++] = (leie_index)p;
                products[r]++;
            }
    }
    leie_factored *f = example_new(e, parts, industries, products, number);
    for (leie_size r = 0; r < parts; r++) {
        leie_size I = industries[r], P = products[r];
        for (leie_size t = 0; t < I * P; t++) {
            leie_factored_use(f, r)[t] = check_random(seed) < 0.5 ? check_random(seed) : 0;
            leie_factored_supply(f, r)[t] = check_random(seed) < 0.3 ? 2.385 * check_random(seed) : 0;
        }
        for (leie_size p = 0; p < P; p++) {
            double sum = 0;
            for (leie_size s = 0; s < parts; s++) {
                bool made = f->at[s * f->numbers + f->number[f->product[r] + p]] >= 0;
                double share = made ? (s == r ? 4 : 1) * check_random(seed) : 0;
                leie_factored_share(f, r, s)[p] = share;
                sum += share;
            }
            for (leie_size s = 0; s < parts; s++)
                leie_factored_share(f, r, s)[p] *= 0.95 / sum; // the rest from outside
        }
        for (leie_size j = 0; j < I; j++) { // an industry's use is a share of its output, a product is all supplied
            double use = 0;
            for (leie_size p = 0; p < P; p++)
                use += leie_factored_use(f, r)[p * I + j];
            e->scale[f->first[r] + j] = use > 0 ? (1 - waste) / use : 1;
        }
        for (leie_size p = 0; p < P; p++) {
            double supply = 0;
            for (leie_size j = 0; j < I; j++)
                supply += leie_factored_supply(f, r)[j * P + p];
            e->scale[f->first[r] + I + p] = supply > 0 ? 1 / supply : 0; // not made here
        }
    }
}

/* ---- the factors as a matrix ---- */

static void test_matrix(void)
{
    uint64_t seed = 5;
    example e;
    leie_error err = {0};
    leie_matrix dense, sparse, again;
    random_example(&e, 6, 17, 0.3, &seed);
    leie_size n = e.axis.n, k = 41;
    check_ok(leie_matrix_copy(&dense, &e.Z, LEIE_DENSE, &err), &err);
    check_ok(leie_matrix_copy(&sparse, &e.Z, LEIE_SPARSE, &err), &err);
    check_ok(leie_matrix_copy(&again, &e.Z, LEIE_FACTORED, &err), &err);
    check_size(leie_matrix_nonzeros(&e.Z), leie_matrix_nonzeros(&dense));
    for (leie_size i = 0; i < n; i++)
        for (leie_size j = 0; j < n; j++) {
            check_near(leie_matrix_get(&e.Z, i, j), dense.val[i * dense.ld + j], 0);
            check_near(leie_matrix_get(&again, i, j), leie_matrix_get(&sparse, i, j), 0);
        }
    double *x = leie_new(3 * n * k, sizeof *x), *y = x + n * k, *want = y + n * k;
    for (leie_size t = 0; t < n * k; t++)
        x[t] = check_random(&seed) - 0.3;
    for (int transposed = 0; transposed < 2; transposed++) {
        check_ok(leie_matrix_product(y, &e.Z, transposed, e.scale, k, x, &err), &err);
        leie_matrix_product_ref(want, &dense, transposed, e.scale, k, x);
        for (leie_size t = 0; t < n * k; t++)
            check_close(y[t], want[t], 1e-13, 1e-13);
    }
    leie_factorcells cells;
    leie_survey survey;
    check_ok(leie_factorcells_new(&cells, e.Z.factors, e.scale, &err), &err);
    check_ok(leie_survey_new(&survey, &dense, e.scale, e.axis.region.n, e.axis.first, &err), &err);
    check_near(cells.norm[0], survey.norm[0], 1e-14);
    check_near(cells.norm[1], survey.norm[1], 1e-14);
    check_size(cells.bad[0], -1);
    check_size(cells.nonzeros, survey.nonzeros);
    leie_factorcells_free(&cells);
    leie_factored_share(e.Z.factors, 2, 1)[0] = NAN;
    check_ok(leie_factorcells_new(&cells, e.Z.factors, e.scale, &err), &err);
    check_size(cells.bad[0], e.axis.first[2] + e.Z.factors->made[2]);
    leie_factorcells_free(&cells);
    leie_survey_free(&survey);
    leie_matrix_free(&dense);
    leie_matrix_free(&sparse);
    leie_matrix_free(&again);
    leie_free(x);
    example_free(&e);
}

/* What parts are asked for and what they ask for, by plain loops over the shares of the factors. */
static void trade_ref(double *y, const leie_factored *f, bool transposed, leie_size k, const double *d)
{
    memset(y, 0, (size_t)(f->product[f->parts] * k) * sizeof *y);
    for (leie_size r = 0; r < f->parts; r++)
        for (leie_size s = 0; s < f->parts; s++)
            for (leie_size p = 0; p < leie_factored_products(f, r); p++) {
                leie_index at = f->at[s * f->numbers + f->number[f->product[r] + p]];
                leie_size user = f->product[r] + p, origin = f->product[s] + at;
                for (leie_size c = 0; at >= 0 && c < k; c++)
                    y[(transposed ? user : origin) * k + c] += leie_factored_share(f, r, s)[p] * d[(transposed ? origin : user) * k + c];
            }
}

/* Product after product, in f64 and, without what parts take from themselves, in f32; 3 parts of 8 at a time, after 5. */
static void test_trade(void)
{
    uint64_t seed = 31;
    example e;
    leie_error err = {0};
    leie_trade t;
    random_example(&e, 8, 23, 0.3, &seed);
    leie_factored *f = e.Z.factors;
    check_ok(leie_trade_new(&t, f, &err), &err);
    for (leie_size width = 8; width <= 32; width += 8)
        for (int transposed = 0; transposed < 2; transposed++) {
            leie_size count = t.rows * width, first = f->product[5] * width;
            double *d = leie_new(4 * count, sizeof *d), *ordered = d + count, *y = ordered + count, *want = y + count;
            float *thin = leie_new(3 * count, sizeof *thin), *given = thin + count, *sum = given + count;
            for (leie_size i = 0; i < count; i++)
                d[i] = check_random(&seed) - 0.3;
            for (leie_size i = 0; i < count; i++) {
                ordered[t.member[i / width] * width + i % width] = d[i];
                given[i] = (float)check_random(&seed);
            }
            leie_trade_product(y, &t, transposed, false, width, ordered);
            trade_ref(want, f, transposed, width, d);
            for (leie_size i = 0; i < count; i++) {
                check_close(y[i], want[i], 1e-14, 1e-14);
                thin[i] = (float)ordered[i];
            }
            for (leie_size r = 0; r < 8; r++) // no longer by those that are not known, nor by a part itself
                for (leie_size s = 0; s < 8; s++)
                    for (leie_size p = 0; p < leie_factored_products(f, r); p++)
                        if (r == s || (transposed ? s : r) >= 5)
                            leie_factored_share(f, r, s)[p] = 0;
            trade_ref(want, f, transposed, width, d);
            leie_trade_others(sum, &t, transposed, false, 5, 8, 5, width, thin, given);
            for (leie_size i = first; i < count; i++)
                check_close((double)sum[i], want[i] + (double)given[i], 2e-6, 2e-6);
            leie_free(d);
            leie_free(thin);
            leie_trade_free(&t);
            example_free(&e);
            random_example(&e, 8, 23, 0.3, &seed);
            f = e.Z.factors;
            check_ok(leie_trade_new(&t, f, &err), &err);
        }
    leie_trade_free(&t);
    example_free(&e);
}

/* ---- a worked example: two regions by trade shares ---- */

/* Two regions, three products, two industries; the industry part of the inverse of the industry-by-industry table by
 * fixed product sales (model D). */
static void test_trade_shares(void)
{
    static const double U[2][6] = {{12, 8, 6, 10, 9, 14}, {7, 9, 5, 6, 4, 16}};
    static const double V[2][6] = {{50, 10, 0, 5, 20, 40}, {30, 0, 5, 0, 35, 25}};
    static const double trade[2][3] = {{14, 4, 9}, {6, 8, 5}}; // to the other region
    static const double exports[2][3] = {{5, 3, 6}, {2, 7, 3}}, imports[2][3] = {{4, 6, 2}, {3, 5, 4}};
    static const double L[4][4] = {
        {1.2493793610460193, 0.21064931581002766, 0.13716591428507968, 0.12605474405799252},
        {0.29951814051410103, 1.3829858229372463, 0.1353893402030289, 0.1839856906426132},
        {0.06319562582416674, 0.05813350372723591, 1.1833636180242648, 0.17865538936032213},
        {0.10082490847111779, 0.1297345780970343, 0.25446795073965467, 1.3202267559706176}};
    static const leie_size industries[] = {2, 2}, products[] = {3, 3};
    static const leie_index number[] = {0, 1, 2, 0, 1, 2};
    example e;
    leie_factored *f = example_new(&e, 2, industries, products, number);
    double q[2][3];
    for (int r = 0; r < 2; r++)
        for (int p = 0; p < 3; p++)
            q[r][p] = V[r][p] + V[r][3 + p];
    for (int r = 0; r < 2; r++) {
        memcpy(leie_factored_use(f, r), U[r], sizeof U[r]);
        memcpy(leie_factored_supply(f, r), V[r], sizeof V[r]);
        for (int i = 0; i < 2; i++)
            e.scale[5 * r + i] = 1 / (V[r][3 * i] + V[r][3 * i + 1] + V[r][3 * i + 2]);
        for (int p = 0; p < 3; p++) {
            double own = q[r][p] - trade[r][p] - exports[r][p], all = own + trade[1 - r][p] + imports[r][p];
            leie_factored_share(f, r, r)[p] = own / all;
            leie_factored_share(f, r, 1 - r)[p] = trade[1 - r][p] / all;
            e.scale[5 * r + 2 + p] = 1 / q[r][p];
        }
    }
    for (int method = LEIE_SOLVER_AUTO; method < LEIE_SOLVERS; method++) {
        leie_error err = {0};
        leie_linsys *sys = NULL;
        leie_linsys_opts opts = {.method = (leie_solver)method};
        double x[40] = {0}, m[10] = {0};
        for (int c = 0; c < 4; c++)
            x[(c / 2 * 5 + c % 2) * 4 + c] = 1;
        check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), &err);
        check_ok(leie_linsys_solve(sys, false, 4, x, x, NULL, &err), &err);
        m[1] = 0.3;
        check_ok(leie_linsys_solve(sys, true, 1, m, m, NULL, &err), &err);
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++)
                check_near(x[(i / 2 * 5 + i % 2) * 4 + j], L[i][j], 1e-11);
            check_near(m[i / 2 * 5 + i % 2], 0.3 * L[1][i], 1e-11);
        }
        check_true(!leie_linsys_state(sys)->fell_back);
        leie_linsys_free(sys);
    }
    example_free(&e);
}

/* ---- back ends ---- */

/* The assembled table against all ways that know the factors. */
static void compare(example *e, leie_size k, double tolerance, uint64_t *seed)
{
    leie_size n = e->axis.n;
    leie_error err = {0};
    leie_matrix assembled;
    leie_linsys *sys = NULL;
    leie_linsys_opts lu = {.method = LEIE_SOLVER_LU};
    check_ok(leie_matrix_copy(&assembled, &e->Z, LEIE_SPARSE, &err), &err);
    double *b = leie_new(3 * n * k, sizeof *b), *want = b + n * k, *x = want + n * k;
    for (leie_size t = 0; t < n * k; t++)
        b[t] = check_random(seed);
    for (leie_size i = 0; i < n; i++)
        b[i * k] = 0;
    for (int transposed = 0; transposed < 2; transposed++) {
        check_ok(leie_linsys_setup(&sys, &assembled, e->scale, &e->axis, &lu, &err), &err);
        check_ok(leie_linsys_solve(sys, transposed, k, want, b, NULL, &err), &err);
        leie_linsys_free(sys);
        for (int method = LEIE_SOLVER_LU; method < LEIE_SOLVERS; method++) {
            leie_linsys_opts opts = {.method = (leie_solver)method};
            double worst = 0, size = 0;
            char text[400];
            check_ok(leie_linsys_setup(&sys, &e->Z, e->scale, &e->axis, &opts, &err), &err);
            check_ok(leie_linsys_solve(sys, transposed, k, x, b, NULL, &err), &err);
            for (leie_size t = 0; t < n * k; t++) {
                worst = fmax(worst, fabs(x[t] - want[t]));
                size = fmax(size, fabs(want[t]));
            }
            const leie_linsys_info *info = leie_linsys_state(sys);
            snprintf(text, sizeof text, "%s%s: differs by %.2e of %.2e, residual %.1e, %lld sweeps %s",
                     leie_solver_name((leie_solver)method), transposed ? " transposed" : "", worst, size, info->residual,
                     (long long)info->iterations, info->message);
            check_true_at(worst <= tolerance * size && info->converged && !info->fell_back, text, __FILE__, __LINE__);
            leie_linsys_free(sys);
        }
    }
    leie_matrix_free(&assembled);
    leie_free(b);
}

static void test_back_ends(void)
{
    uint64_t seed = 77;
    for (int round = 0; round < 3 * check_effort(); round++) {
        example e;
        random_example(&e, 1 + round * 5 % 13, 3 + 20 * (round % 3), 0.3, &seed);
        compare(&e, round % 2 ? 3 : 37, 1e-10, &seed);
        example_free(&e);
    }
    example e;
    random_example(&e, 9, 30, 0.02, &seed); // nearly all output is used up
    compare(&e, 20, 1e-10, &seed);
    example_free(&e);
}

/* A region that uses up its own products: the iteration cannot begin, LU finds the solution. */
static void test_no_inverse(void)
{
    static const leie_size one[] = {1, 1};
    static const leie_index number[] = {0, 0};
    example e;
    leie_factored *f = example_new(&e, 2, one, one, number);
    leie_error err = {0};
    leie_linsys *sys = NULL;
    leie_linsys_opts opts = {.method = LEIE_SOLVER_FACTORED};
    for (int r = 0; r < 2; r++) {
        leie_factored_use(f, r)[0] = 1; // of an output of 1
        leie_factored_supply(f, r)[0] = 1;
        leie_factored_share(f, r, r)[0] = r ? 0.3 : 1;
        leie_factored_share(f, r, 1 - r)[0] = r ? 0.6 : 0.5;
        e.scale[2 * r] = e.scale[2 * r + 1] = 1;
    }
    double b[] = {1, 2, 3, 4}, x[4], ax[4];
    check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), &err);
    check_ok(leie_linsys_solve(sys, false, 1, x, b, NULL, &err), &err);
    check_true(leie_linsys_state(sys)->fell_back && leie_linsys_state(sys)->converged);
    check_has(leie_linsys_state(sys)->message, "the use of region 'R0' of its own products has no inverse");
    leie_matrix_product_ref(ax, &e.Z, false, e.scale, 1, x);
    for (int i = 0; i < 4; i++)
        check_close(x[i] - ax[i], b[i], 1e-12, 1e-12);
    leie_linsys_free(sys);
    example_free(&e);
}

static void test_refused(void)
{
    static const leie_size one[] = {1};
    static const leie_index number[] = {0};
    example e;
    leie_error err = {0};
    leie_linsys *sys = NULL;
    leie_linsys_opts opts = {.method = LEIE_SOLVER_FACTORED};
    leie_factored *f = example_new(&e, 1, one, one, number);
    leie_factored_use(f, 0)[0] = 0.5;
    leie_factored_supply(f, 0)[0] = INFINITY;
    e.scale[0] = e.scale[1] = 1;
    check_status(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "region 'R0', sector 'i0' to region 'R0', sector 'p0'");
    leie_factored_supply(f, 0)[0] = 1;
    leie_matrix plain;
    err = (leie_error){0};
    check_ok(leie_matrix_copy(&plain, &e.Z, LEIE_SPARSE, &err), &err);
    check_status(leie_linsys_setup(&sys, &plain, e.scale, &e.axis, &opts, &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, "solver 'factored' cannot be used: the table is not in factors");
    leie_matrix_free(&plain);
    example_free(&e);
}

static void test_same_bytes(void)
{
    static const int threads[] = {1, 2, 3, 7};
    int before = leie_threads();
    uint64_t seed = 9;
    example e;
    random_example(&e, 11, 40, 0.2, &seed);
    leie_size k = 40, count = e.axis.n * k;
    double *b = leie_new(3 * count, sizeof *b), *x = b + count, *first = x + count;
    for (leie_size t = 0; t < count; t++)
        b[t] = check_random(&seed);
    for (int method = LEIE_SOLVER_LU; method < LEIE_SOLVERS; method++)
        for (int transposed = 0; transposed < 2; transposed++)
            for (int t = 0; t < 4; t++) {
                leie_error err = {0};
                leie_linsys *sys = NULL;
                leie_linsys_opts opts = {.method = (leie_solver)method};
                leie_threads_set(threads[t]);
                check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), &err);
                check_ok(leie_linsys_solve(sys, transposed, k, t ? x : first, b, NULL, &err), &err);
                check_true(t == 0 || memcmp(x, first, (size_t)count * sizeof *x) == 0);
                leie_linsys_free(sys);
            }
    leie_threads_set(before);
    leie_free(b);
    example_free(&e);
}

/* A system that is solved again, by more threads and for other numbers of right-hand sides, says what a new one says. */
static void test_again(void)
{
    static const leie_size sides[] = {20, 3, 41, 20, 12};
    int before = leie_threads();
    uint64_t seed = 12;
    example e;
    leie_error err = {0};
    leie_linsys *sys = NULL, *fresh = NULL;
    leie_linsys_opts opts = {.method = LEIE_SOLVER_FACTORED};
    random_example(&e, 11, 40, 0.2, &seed);
    leie_threads_set(1);
    check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), &err);
    for (int s = 0; s < 5; s++) {
        leie_size count = e.axis.n * sides[s];
        double *b = leie_new(3 * count, sizeof *b), *x = b + count, *want = x + count;
        for (leie_size t = 0; t < count; t++)
            b[t] = check_random(&seed);
        leie_threads_set(1 + 2 * s);
        check_ok(leie_linsys_solve(sys, s % 2, sides[s], x, b, NULL, &err), &err);
        check_ok(leie_linsys_setup(&fresh, &e.Z, e.scale, &e.axis, &opts, &err), &err);
        check_ok(leie_linsys_solve(fresh, s % 2, sides[s], want, b, NULL, &err), &err);
        check_true(memcmp(x, want, (size_t)count * sizeof *x) == 0);
        check_ok(leie_linsys_solve(fresh, s % 2, sides[s], b, b, NULL, &err), &err); // in its own place
        check_true(memcmp(b, want, (size_t)count * sizeof *x) == 0);
        leie_linsys_free(fresh);
        leie_free(b);
    }
    leie_threads_set(before);
    leie_linsys_free(sys);
    example_free(&e);
}

/* Few right-hand sides and many regions: the factors are not multiplied out. */
static void test_plan(void)
{
    uint64_t seed = 15;
    example e;
    leie_error err = {0};
    leie_plan plan;
    random_example(&e, 16, 60, 0.2, &seed);
    check_ok(leie_plan_make(&plan, &e.Z, &e.axis, 5, 5, NULL, &err), &err);
    check_size(plan.solver, LEIE_SOLVER_FACTORED);
    check_true(plan.candidate[LEIE_SOLVER_FACTORED - 1].bytes < plan.candidate[LEIE_SOLVER_LU - 1].bytes);
    check_size(plan.nonzeros, leie_matrix_nonzeros(&e.Z));
    example_free(&e);
}

CHECK_SUITE(factored, {"as a matrix", test_matrix, NULL}, {"trade shares", test_trade_shares, NULL},
            {"back ends agree", test_back_ends, NULL}, {"region without inverse", test_no_inverse, NULL},
            {"refused", test_refused, NULL}, {"same bytes", test_same_bytes, NULL}, {"trade by product", test_trade, NULL}, {"solved again", test_again, NULL}, {"plan", test_plan, NULL})
