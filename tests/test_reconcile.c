// SPDX-License-Identifier: GPL-3.0-or-later
/* Reconciliation: the published example of STAN, linear systems by hand, observability, bounds, gross errors. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/cholesky.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/mfa/reconcile.h"
#include "tests/check.h"

// ---- systems from lines of text ----

// Adds a constraint  sum coef v_p [v_q]  of `count` terms.
static void add(leie_mfa_system *s, int count, const leie_mfa_term *term)
{
    leie_size at = s->first[s->m];
    memcpy(s->term + at, term, (size_t)count * sizeof *term);
    s->first[++s->m] = at + count;
}
#define ADD(s, ...) \
    add((s), (int)(sizeof((leie_mfa_term[]){__VA_ARGS__}) / sizeof(leie_mfa_term)), (leie_mfa_term[]){__VA_ARGS__})

static void start(leie_mfa_system *s, leie_size n)
{
    leie_error err = {0};
    check_ok(leie_mfa_system_new(s, n, 64, 256, &err), &err);
    s->m = 0;
}

static void set(leie_mfa_system *s, int i, double value, double sd)
{
    s->value[i] = value;
    s->sd[i] = sd;
}

static void solve(leie_reconciled *r, leie_mfa_system *s, const leie_reconcile_opts *opts)
{
    leie_error err = {0};
    check_ok(leie_reconcile(r, s, opts, &err), &err);
    check_true(r->converged);
    check_true(r->violation < 1e-9);
}

// ---- the example of STAN ----

enum { M1, M2, M3, M4, M5, M6, M7, TC, STAN };

/* Cencic (2016): m1, m3, m5 and TC measured, m2 constant, m4, m6 and m7 unknown. */
static void stan(leie_mfa_system *s)
{
    start(s, STAN);
    set(s, M1, 100, 10);
    set(s, M2, 50, 0);
    set(s, M3, 300, 30);
    set(s, M5, 160, 16);
    set(s, TC, 0.5, 0.05);
    ADD(s, {1, M1, -1}, {1, M2, -1}, {1, M4, -1}, {-1, M3, -1});
    ADD(s, {1, M3, -1}, {-1, M4, -1}, {-1, M5, -1});
    ADD(s, {1, M5, -1}, {-1, M6, -1}, {-1, M7, -1});
    ADD(s, {1, M4, -1}, {-1, M3, TC});
}

static void test_stan(void)
{
    leie_mfa_system s;
    leie_reconciled r;
    stan(&s);
    solve(&r, &s, NULL);
    const int which[] = {M1, M3, M5, TC, M4};
    const double x[] = {102.42595965896497, 302.4162293848976, 152.42595965896498, 0.4959729510251707, 149.99026972593262};
    const double sd[] = {7.882792411688981, 22.60861433916857, 7.88279241168898, 0.03768102389861429, 21.213296930751245};
    for (int k = 0; k < 5; k++) {
        check_near(r.value[which[k]], x[k], 1e-9);
        check_near(r.sd[which[k]], sd[k], 1e-9);
    }
    check_near(r.objective, 0.29591277911183167, 1e-9);
    check_size(r.dof, 2);
    check_near(r.probability, exp(-0.29591277911183167 / 2), 1e-9);
    check_size(r.state[M2], LEIE_MFA_CONSTANT);
    check_size(r.state[M3], LEIE_MFA_REDUNDANT);
    check_size(r.state[M4], LEIE_MFA_OBSERVABLE);
    check_size(r.state[M6], LEIE_MFA_NOT_OBSERVABLE);
    check_true(isnan(r.value[M7]) && isnan(r.sd[M6]));
    leie_reconciled_clear(&r);
    ADD(&s, {1, M6, -1}, {-1, M7, -1});
    solve(&r, &s, NULL);
    check_near(r.value[M6], 76.212980, 1e-7);
    check_near(r.value[M7], 76.212980, 1e-7);
    check_near(r.sd[M6], 3.941396, 2e-7);
    check_size(r.state[M6], LEIE_MFA_OBSERVABLE);
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

// ---- linear systems by hand ----

// Two measurements of one flow with the same uncertainty: each moves by half the gap.
static void test_half_the_gap(void)
{
    leie_mfa_system s;
    leie_reconciled r;
    start(&s, 2);
    set(&s, 0, 10, 2);
    set(&s, 1, 13, 2);
    ADD(&s, {1, 0, -1}, {-1, 1, -1});
    solve(&r, &s, NULL);
    check_near(r.value[0], 11.5, 1e-12);
    check_near(r.sd[1], sqrt(2), 1e-12);
    check_near(r.test[0], 1.5 / sqrt(2), 1e-12);
    check_near(r.test[1], 1.5 / sqrt(2), 1e-12);
    check_near(r.nodal[0], 3 / sqrt(8), 1e-12);
    check_near(r.objective, 2 * 0.75 * 0.75, 1e-12);
    check_near(r.critical, 2.2364774, 1e-6); // Sidak for two tests at 5 %
    check_near(r.nodal_critical, 1.959963985, 1e-8);
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

// Nothing redundant: measured values stay, unknowns follow with the sum of the variances.
static void test_not_redundant(void)
{
    leie_mfa_system s;
    leie_reconciled r;
    start(&s, 3);
    set(&s, 0, 3.1, 0.3);
    set(&s, 1, 4.2, 0.4);
    ADD(&s, {1, 0, -1}, {1, 1, -1}, {-1, 2, -1});
    solve(&r, &s, NULL);
    check_near(r.value[2], 7.3, 1e-14);
    check_near(r.sd[2], 0.5, 1e-14);
    check_size(r.state[0], LEIE_MFA_NOT_REDUNDANT);
    check_near(r.sd[0], 0.3, 1e-14);
    check_size(r.dof, 0);
    check_true(isnan(r.probability) && isnan(r.critical));
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

// Unknowns of a loop that cancel: y1 = y2 + y3, y2 = f, y3 = x - f; y1 is x, the others are free.
static void test_observable_by_cancelling(void)
{
    leie_mfa_system s;
    leie_reconciled r;
    start(&s, 5);
    set(&s, 0, 2.5, 0.1);
    ADD(&s, {1, 1, -1}, {-1, 2, -1}, {-1, 3, -1});
    ADD(&s, {1, 2, -1}, {-1, 4, -1});
    ADD(&s, {1, 3, -1}, {1, 4, -1}, {-1, 0, -1});
    solve(&r, &s, NULL);
    check_near(r.value[1], 2.5, 1e-13);
    check_near(r.sd[1], 0.1, 1e-13);
    check_size(r.state[2], LEIE_MFA_NOT_OBSERVABLE);
    check_size(r.state[3], LEIE_MFA_NOT_OBSERVABLE);
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

// A constraint that says the same twice changes nothing.
static void test_dependent(void)
{
    leie_mfa_system s;
    leie_reconciled r, twice;
    stan(&s);
    solve(&r, &s, NULL);
    ADD(&s, {2, M1, -1}, {2, M2, -1}, {-2, M5, -1});
    solve(&twice, &s, NULL);
    leie_size dependent = 0;
    for (leie_size k = 0; k < twice.m; k++)
        dependent += twice.dependent[k];
    check_size(dependent, 1);
    check_size(twice.dof, 2);
    check_near(twice.value[M3], r.value[M3], 1e-10);
    check_near(twice.sd[M4], r.sd[M4], 1e-9);
    leie_reconciled_clear(&r);
    leie_reconciled_clear(&twice);
    leie_mfa_system_clear(&s);
}

// ---- against a dense solution ----

enum { N = 24, ROWS = 9 };

// u = A' (A A')^-1 b and the diagonal of I - A' (A A')^-1 A by Gauss-Jordan on a small dense matrix.
static void dense(double *x, double *sd, const double *a, const double *m, const double *s)
{
    double g[ROWS][2 * ROWS] = {{0}}, b[ROWS] = {0};
    for (int i = 0; i < ROWS; i++) {
        g[i][ROWS + i] = 1;
        for (int j = 0; j < N; j++)
            b[i] += a[i * N + j] * m[j];
        for (int k = 0; k < ROWS; k++)
            for (int j = 0; j < N; j++)
                g[i][k] += a[i * N + j] * s[j] * s[j] * a[k * N + j];
    }
    for (int p = 0; p < ROWS; p++)
        for (int i = -1; i < ROWS; i++) { // first the pivot row, then the others
            double f = i < 0 ? g[p][p] : g[i][p];
            for (int k = 0; k < 2 * ROWS && i != p; k++) {
                if (i < 0)
                    g[p][k] /= f;
                else
                    g[i][k] -= f * g[p][k];
            }
        }
    for (int j = 0; j < N; j++) {
        double move = 0, taken = 0;
        for (int i = 0; i < ROWS; i++)
            for (int k = 0; k < ROWS; k++) {
                move += a[i * N + j] * g[i][ROWS + k] * b[k];
                taken += a[i * N + j] * g[i][ROWS + k] * a[k * N + j];
            }
        x[j] = m[j] - s[j] * s[j] * move;
        sd[j] = s[j] * sqrt(1 - s[j] * s[j] * taken);
    }
}

static void test_against_dense(void)
{
    uint64_t seed = 5;
    for (int round = 0; round < 20 * check_effort(); round++) {
        double a[ROWS * N] = {0}, x[N], sd[N];
        leie_mfa_system s;
        leie_reconciled r, three;
        start(&s, N);
        for (int j = 0; j < N; j++)
            set(&s, j, 10 * check_random(&seed), 0.1 + check_random(&seed));
        for (int i = 0; i < ROWS; i++) {
            for (int k = 0; k < 5; k++)
                a[i * N + (int)(N * check_random(&seed))] = check_random(&seed) < 0.5 ? -1 : 1.3;
            leie_mfa_term term[N];
            int count = 0;
            for (int j = 0; j < N; j++)
                if (a[i * N + j] != 0)
                    term[count++] = (leie_mfa_term){a[i * N + j], j, -1};
            add(&s, count, term);
        }
        leie_threads_set(1);
        solve(&r, &s, NULL);
        leie_threads_set(3);
        solve(&three, &s, NULL);
        leie_threads_set(0);
        if (r.dof == ROWS) {
            dense(x, sd, a, s.value, s.sd);
            for (int j = 0; j < N; j++) {
                check_close(r.value[j], x[j], 1e-9, 1e-10);
                check_close(r.sd[j], sd[j], 1e-8, 1e-9);
            }
        }
        check_true(memcmp(r.value, three.value, sizeof x) == 0 && memcmp(r.sd, three.sd, sizeof sd) == 0);
        leie_reconciled_clear(&r);
        leie_reconciled_clear(&three);
        leie_mfa_system_clear(&s);
    }
}

/* An unknown computed, and the same system with that unknown as a measurement of great uncertainty: value and
 * standard deviation agree. */
static void test_unknown_is_vague(void)
{
    uint64_t seed = 11;
    for (int round = 0; round < 20; round++) {
        leie_mfa_system s;
        leie_reconciled r, vague;
        start(&s, 9);
        for (int j = 0; j < 6; j++)
            set(&s, j, 5 + 5 * check_random(&seed), 0.2 + check_random(&seed));
        ADD(&s, {1, 0, -1}, {1, 1, -1}, {-1, 6, -1});
        ADD(&s, {1, 6, -1}, {1, 2, -1}, {-1, 7, -1}, {-1, 3, -1});
        ADD(&s, {1, 7, -1}, {-1, 4, -1}, {-1, 8, -1});
        ADD(&s, {1, 8, -1}, {-1, 5, -1});
        ADD(&s, {1, 3, -1}, {-0.8, 2, -1});
        solve(&r, &s, NULL);
        for (int j = 6; j < 9; j++)
            set(&s, j, 0, 100);
        solve(&vague, &s, NULL);
        for (int j = 0; j < 9; j++) {
            check_close(r.value[j], vague.value[j], 1e-3, 1e-3);
            check_close(r.sd[j], vague.sd[j], 1e-3, 0);
        }
        leie_reconciled_clear(&r);
        leie_reconciled_clear(&vague);
        leie_mfa_system_clear(&s);
    }
}

// ---- products ----

/* Flow x concentration: 100 +- 5 kt of which 2 % +- 0.4 % is copper, and the copper measured as 2.6 +- 0.2 kt. The
 * optimum is checked by its own conditions. */
static void test_concentration(void)
{
    leie_mfa_system s;
    leie_reconciled r;
    start(&s, 3);
    set(&s, 0, 100, 5);
    set(&s, 1, 0.02, 0.004);
    set(&s, 2, 2.6, 0.2);
    ADD(&s, {1, 2, -1}, {-1, 0, 1});
    solve(&r, &s, NULL);
    double lambda = (r.value[2] - 2.6) / 0.04; // of the copper
    check_close((r.value[0] - 100) / 25, -lambda * r.value[1], 1e-7, 1e-12);
    check_close((r.value[1] - 0.02) / 16e-6, -lambda * r.value[0], 1e-7, 1e-9);
    check_near(r.value[2], r.value[0] * r.value[1], 1e-9);
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

// ---- bounds ----

/* 3 +- 1 in and 5 +- 1 out, the rest from stock, which cannot be negative: both become 4, and the sum of squares is
 * that of the bound. */
static void test_bounds(void)
{
    leie_mfa_system s;
    leie_reconciled r;
    start(&s, 3);
    set(&s, 0, 3, 1);
    set(&s, 1, 5, 1);
    ADD(&s, {1, 0, -1}, {-1, 1, -1}, {-1, 2, -1});
    solve(&r, &s, NULL);
    check_near(r.value[2], -2, 1e-12);
    leie_reconciled_clear(&r);
    s.low[2] = 0;
    solve(&r, &s, NULL);
    check_size(r.state[2], LEIE_MFA_AT_BOUND);
    check_near(r.value[0], 4, 1e-12);
    check_near(r.objective, 2, 1e-12);
    leie_reconciled_clear(&r);
    s.low[2] = -INFINITY; // a bound that does not bind
    s.high[0] = 3.5;
    solve(&r, &s, NULL);
    check_near(r.value[2], -2, 1e-12);
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

/* Held at first, let go later: both differences are negative at first, but holding one makes the other positive. */
static void test_let_go(void)
{
    leie_mfa_system s;
    leie_reconciled r;
    start(&s, 4);
    set(&s, 0, -1, 1);
    set(&s, 1, -0.1, 1);
    set(&s, 2, 4, 0.5);
    ADD(&s, {1, 0, -1}, {2, 1, -1}, {-1, 2, -1}, {3, 3, -1});
    set(&s, 3, 0, 0);
    s.low[0] = s.low[1] = 0;
    solve(&r, &s, NULL);
    // min (a+1)^2 + (b+0.1)^2 + (2 (a + 2 b - 4))^2 over a, b >= 0
    double best = INFINITY, a_best = 0, b_best = 0;
    for (double a = 0; a < 2; a += 0.001)
        for (double b = 0; b < 3; b += 0.001) {
            double f = (a + 1) * (a + 1) + (b + 0.1) * (b + 0.1) + 4 * (a + 2 * b - 4) * (a + 2 * b - 4);
            if (f < best) {
                best = f;
                a_best = a;
                b_best = b;
            }
        }
    check_close(r.objective, best, 1e-5, 0);
    check_close(r.value[0], a_best, 0, 2e-3);
    check_close(r.value[1], b_best, 0, 2e-3);
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

// ---- gross errors ----

/* A line of three processes, four measurements of one flow, one of them far off: the measurement test points to
 * it, and without it the rest agrees. */
static void test_gross_error(void)
{
    leie_mfa_system s;
    leie_reconciled r;
    const double value[4] = {100, 101, 150, 99.5};
    start(&s, 4);
    for (int j = 0; j < 4; j++)
        set(&s, j, value[j], 2);
    for (int k = 0; k < 3; k++)
        ADD(&s, {1, k, -1}, {-1, k + 1, -1});
    solve(&r, &s, NULL);
    check_true(r.probability < 1e-6);
    for (int j = 0; j < 4; j++)
        check_true(j == 2 || r.test[j] < r.test[2]);
    check_true(r.nodal[0] < r.nodal_critical && r.nodal[1] > r.nodal_critical);
    leie_reconciled_clear(&r);
    solve(&r, &s, &(leie_reconcile_opts){.eliminate = 3});
    check_size(r.set_aside, 1);
    check_size(r.state[2], LEIE_MFA_SET_ASIDE);
    check_near(r.value[2], (100 + 101 + 99.5) / 3, 1e-10);
    check_near(r.sd[2], 2 / sqrt(3), 1e-10);
    check_true(r.probability > 0.5);
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

// ---- mistakes ----

static void name(const void *ctx, bool constraint, leie_size i, char *text, size_t size)
{
    (void)ctx;
    snprintf(text, size, "%s %c", constraint ? "balance" : "flow", (char)('A' + i));
}

static void refuse(leie_mfa_system *s, leie_status expected, const char *message)
{
    leie_error err = {0};
    leie_reconciled r;
    s->name = name;
    check_status(leie_reconcile(&r, s, NULL, &err), expected, &err);
    check_has(err.text, message);
    leie_mfa_system_clear(s);
}

static void test_mistakes(void)
{
    leie_mfa_system s;
    start(&s, 2); // constants that do not balance
    set(&s, 0, 5, 0);
    set(&s, 1, 7, 0);
    ADD(&s, {1, 0, -1}, {-1, 1, -1});
    refuse(&s, LEIE_ERR_DATA, "balance A cannot close: it contradicts other constraints");
    start(&s, 3); // 0 certain on both sides of an unknown
    set(&s, 0, 5, 0);
    set(&s, 2, 7, 0);
    ADD(&s, {1, 0, -1}, {-1, 1, -1});
    ADD(&s, {1, 1, -1}, {-1, 2, -1});
    refuse(&s, LEIE_ERR_DATA, "cannot close");
    start(&s, 2); // a bound that cannot be met
    set(&s, 0, 5, 0);
    s.high[1] = 3;
    ADD(&s, {1, 0, -1}, {-1, 1, -1});
    refuse(&s, LEIE_ERR_DATA, "1 variables are at their bounds, the first is flow B");
    start(&s, 1);
    set(&s, 0, 5, -1);
    refuse(&s, LEIE_ERR_DATA, "flow A: a standard deviation of -1");
    start(&s, 1);
    set(&s, 0, -5, 0);
    s.low[0] = 0;
    refuse(&s, LEIE_ERR_DATA, "flow A: the constant -5 is outside its bounds 0 and inf");
    start(&s, 1);
    s.low[0] = 2;
    s.high[0] = 1;
    refuse(&s, LEIE_ERR_DATA, "the bounds 2 and 1 exclude each other");
    start(&s, 1);
    ADD(&s, {1, 4, -1});
    refuse(&s, LEIE_ERR_SHAPE, "term 0 refers to variables 4");
}

static void test_empty(void)
{
    leie_mfa_system s;
    leie_reconciled r;
    start(&s, 2);
    set(&s, 0, 3, 1);
    solve(&r, &s, NULL);
    check_near(r.value[0], 3, 0);
    check_size(r.state[1], LEIE_MFA_NOT_OBSERVABLE);
    check_text(leie_mfa_state_name((leie_mfa_state)r.state[1]), "not observable");
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

// Two copies of the system of STAN beside each other, and a flow that nothing ties: each as if it were alone.
static void test_parts(void)
{
    leie_mfa_system one, two = {0};
    leie_reconciled a, b;
    leie_error err = {0};
    stan(&one);
    leie_size terms = one.first[one.m];
    check_ok(leie_mfa_system_new(&two, 2 * STAN + 1, 2 * one.m, 2 * terms, &err), &err);
    two.m = 0;
    for (leie_index copy = 0; copy < 2; copy++) {
        for (int i = 0; i < STAN; i++)
            set(&two, copy * STAN + i, one.value[i], one.sd[i]);
        for (leie_size k = 0; k < one.m; k++) {
            leie_mfa_term row[8];
            int n = 0;
            for (leie_size t = one.first[k]; t < one.first[k + 1]; t++, n++) {
                row[n] = one.term[t];
                row[n].p += copy * STAN;
                row[n].q += row[n].q < 0 ? 0 : copy * STAN;
            }
            add(&two, n, row);
        }
    }
    set(&two, 2 * STAN, 7, 1);
    solve(&a, &one, NULL);
    solve(&b, &two, NULL);
    check_size(a.parts, 1);
    check_size(b.parts, 3);
    check_near(b.objective, 2 * a.objective, 1e-14);
    check_size(b.dof, 2 * a.dof);
    check_size(b.state[2 * STAN], LEIE_MFA_NOT_REDUNDANT);
    check_near(b.value[2 * STAN], 7, 1e-15);
    for (int i = 0; i < STAN; i++) {
        check_size(b.state[STAN + i], a.state[i]);
        if (!isnan(a.value[i])) {
            check_near(b.value[STAN + i], a.value[i], 1e-14);
            check_near(b.sd[i], a.sd[i], 1e-14);
        }
    }
    leie_reconciled_clear(&a);
    leie_reconciled_clear(&b);
    leie_mfa_system_clear(&one);
    leie_mfa_system_clear(&two);
}

/* Three measurements of one flow, 10, 10.2 and 20 with sd 1, by hand: with Huber's loss at 1.5 the gross one pulls with
 * 1.5 whatever it says, so (x - 10) + (x - 10.2) = 1.5. */
static void test_huber(void)
{
    static const double measured[] = {10, 10.2, 20};
    leie_mfa_system s;
    leie_reconciled r;
    const leie_reconcile_opts opts = {.huber = 1.5};
    start(&s, 3);
    for (int i = 0; i < 3; i++)
        set(&s, i, measured[i], 1);
    ADD(&s, {1, 0, -1}, {-1, 1, -1});
    ADD(&s, {1, 1, -1}, {-1, 2, -1});
    solve(&r, &s, &opts);
    for (int i = 0; i < 3; i++)
        check_near(r.value[i], 10.85, 1e-6);
    check_near(r.weight[0], 1, 1e-15);
    check_near(r.weight[2], 1.5 / 9.15, 1e-5);
    check_true(isnan(r.probability));
    leie_reconciled_clear(&r);
    solve(&r, &s, NULL);
    check_near(r.value[0], 40.2 / 3, 1e-12);
    check_near(r.weight[2], 1, 1e-15);
    leie_reconciled_clear(&r);
    leie_mfa_system_clear(&s);
}

/* Two measurements of one flow with sd 2 and 3 and correlation 0.5: x = m - Q A' (A Q A')^-1 A m, by hand. */
static void test_correlated(void)
{
    leie_mfa_system s;
    leie_reconciled r;
    leie_error err = {0};
    start(&s, 3);
    set(&s, 0, 10, 2);
    set(&s, 1, 13, 3);
    set(&s, 2, 5, 1);
    ADD(&s, {1, 0, -1}, {-1, 1, -1});
    s.correlation = leie_new(2, sizeof *s.correlation);
    s.correlation[s.correlations++] = (leie_mfa_correlation){0, 1, 0.5};
    solve(&r, &s, NULL);
    double gap = -3, var = 4 + 9 - 2 * 3; // Var(m0 - m1)
    check_near(r.value[0], 10 - (4 - 3) / var * gap, 1e-10);
    check_near(r.value[1], r.value[0], 1e-12);
    check_near(r.objective, gap * gap / var, 1e-10);
    check_near(r.sd[0], sqrt(4 - 1 / var), 1e-10);
    check_near(r.test[0], fabs(gap) / sqrt(var), 1e-10);
    check_size(r.state[0], LEIE_MFA_REDUNDANT);
    check_size(r.state[2], LEIE_MFA_NOT_REDUNDANT);
    check_size(r.n, 3);
    leie_reconciled_clear(&r);
    s.correlation[0].value = 1;
    check_status(leie_reconcile(&r, &s, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no covariance");
    err = (leie_error){0};
    s.correlation[0] = (leie_mfa_correlation){0, 0, 0.5};
    check_status(leie_reconcile(&r, &s, NULL, &err), LEIE_ERR_DATA, &err);
    leie_mfa_system_clear(&s);
}

CHECK_SUITE(reconcile, {"correlated errors", test_correlated, NULL}, {"Huber's loss", test_huber, NULL}, {"parts that share nothing", test_parts, NULL}, {"the example of STAN", test_stan, NULL}, {"half the gap", test_half_the_gap, NULL},
            {"not redundant", test_not_redundant, NULL},
            {"observable because parts cancel", test_observable_by_cancelling, NULL},
            {"dependent constraints", test_dependent, NULL}, {"against a dense solution", test_against_dense, NULL},
            {"an unknown is a vague measurement", test_unknown_is_vague, NULL},
            {"flow times concentration", test_concentration, NULL}, {"bounds", test_bounds, NULL},
            {"a bound is let go", test_let_go, NULL}, {"gross errors", test_gross_error, NULL},
            {"mistakes by name", test_mistakes, NULL}, {"nothing to reconcile", test_empty, NULL})
