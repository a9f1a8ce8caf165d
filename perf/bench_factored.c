// SPDX-License-Identifier: GPL-3.0-or-later
/* What does a multi-regional supply-use table in factors cost: set-up and first solve of 20 right-hand sides, each
 * further solve, both directions? Made up: a third of the use cells and one cell in thirty of supply are used. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/factored.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/profile.h"
#include "perf/bench.h"
#include "perf/generate.h"
#include "solver/linear/linsys.h"

enum { USED = 201, USE, MADE, MAKE, ORIGIN, COST, RIGHT_HAND_SIDE, SIDES = 20 };

typedef struct job {
    leie_matrix Z;
    leie_axis axis;
    double *scale, *b, *x;
    leie_linsys *sys;
    bool transposed;
    double residual[SIDES], worst;
    leie_linsys_info info;
} job;

/* A number of part r at place t of its own stream. */
static double made_up(int stream, leie_size r, leie_size t)
{
    return bench_hash((uint64_t)stream, (uint64_t)r * 1000000 + (uint64_t)t);
}

static void fill_part(const leie_factored *f, leie_size r, double *scale)
{
    leie_size I = leie_factored_industries(f, r), P = leie_factored_products(f, r);
    double *use = leie_factored_use(f, r), *supply = leie_factored_supply(f, r);
    for (leie_size t = 0; t < I * P; t++) {
        use[t] = made_up(USED, r, t) < 0.33 ? made_up(USE, r, t) : 0;
        supply[t] = made_up(MADE, r, t) < 0.03 ? made_up(MAKE, r, t) : 0;
    }
    for (leie_size p = 0; p < P; p++) {
        double made = 0, taken = 0;
        supply[p % I * P + p] = 5;
        for (leie_size s = 0; s < f->parts; s++) {
            double u = made_up(ORIGIN, r, s * P + p);
            leie_factored_share(f, r, s)[p] = s == r ? 40 * u : u * u * u * u;
            taken += leie_factored_share(f, r, s)[p];
        }
        for (leie_size s = 0; s < f->parts; s++)
            leie_factored_share(f, r, s)[p] /= taken;
        for (leie_size i = 0; i < I; i++)
            made += supply[i * P + p];
        scale[f->first[r] + I + p] = 1 / made;
    }
    for (leie_size j = 0; j < I; j++) {
        double used = 0;
        for (leie_size p = 0; p < P; p++)
            used += use[p * I + j];
        scale[f->first[r] + j] = (0.3 + 0.4 * made_up(COST, r, j)) / used;
    }
}

static leie_status make_axis(leie_axis *axis, int parts, int industries, int products, leie_error *err)
{
    for (int r = 0; r < parts; r++)
        for (int i = 0; i < industries + products; i++) {
            char region[16], code[16];
            snprintf(region, sizeof region, "R%03d", r);
            snprintf(code, sizeof code, "%c%03d", i < industries ? 'i' : 'p', i < industries ? i : i - industries);
            leie_size at = leie_axis_add(axis, region, code, NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err);
            if (at < 0)
                return (leie_status)at;
        }
    return LEIE_OK;
}

static void make(job *j, int parts, int industries, int products)
{
    leie_error err = {0};
    leie_factored *f = NULL;
    leie_size *count = leie_new(2 * parts, sizeof *count), all = (leie_size)parts * products;
    leie_index *number = leie_new(all, sizeof *number);
    *j = (job){0};
    if (!count || !number)
        bench_need(LEIE_ERR_NOMEM, NULL, "factored");
    for (int r = 0; r < parts; r++) {
        count[r] = industries;
        count[parts + r] = products;
    }
    for (leie_size p = 0; p < all; p++)
        number[p] = (leie_index)(p % products);
    bench_need(leie_factored_new(&f, parts, count, count + parts, number, &err), &err, "factored");
    bench_need(make_axis(&j->axis, parts, industries, products, &err), &err, "factored");
    j->scale = leie_new(f->n, sizeof *j->scale);
    j->b = leie_new(2 * f->n * SIDES, sizeof *j->b);
    if (!j->scale || !j->b)
        bench_need(LEIE_ERR_NOMEM, NULL, "factored");
    j->x = j->b + f->n * SIDES;
    for (int r = 0; r < parts; r++)
        fill_part(f, r, j->scale);
    for (leie_size t = 0; t < f->n * SIDES; t++)
        j->b[t] = bench_hash(RIGHT_HAND_SIDE, (uint64_t)t);
    leie_matrix_from_factors(&j->Z, &f);
    leie_free(count);
    leie_free(number);
}

static void set_up(void *ctx)
{
    job *j = ctx;
    leie_error err = {0};
    leie_linsys_opts opts = {.method = LEIE_SOLVER_FACTORED};
    leie_linsys_free(j->sys);
    bench_need(leie_linsys_setup(&j->sys, &j->Z, j->scale, &j->axis, &opts, &err), &err, "setup");
}

static void solve(void *ctx)
{
    job *j = ctx;
    leie_error err = {0};
    bench_need(leie_linsys_solve(j->sys, j->transposed, SIDES, j->x, j->b, j->residual, &err), &err, "solve");
    j->worst = 0;
    for (int c = 0; c < SIDES; c++)
        j->worst = fmax(j->worst, j->residual[c]);
    j->info = *leie_linsys_state(j->sys);
}

static void set_up_and_solve(void *ctx)
{
    set_up(ctx);
    solve(ctx);
}

/* Milliseconds of a kind of work. */
static double spent(leie_work work)
{
    return 1e3 * leie_profile_of(work).seconds;
}

/* What the plan says of 20 transposed right-hand sides. */
static double model(const job *j)
{
    leie_error err = {0};
    leie_plan plan;
    bench_need(leie_plan_make(&plan, &j->Z, &j->axis, 0, SIDES, NULL, &err), &err, "plan");
    return plan.candidate[LEIE_SOLVER_FACTORED - 1].seconds;
}

static void measure(job *j, const char *name, const char *sizes, bench_work work)
{
    char note[240];
    bench_case c = {.name = name, .sizes = sizes, .allowed = 1e-12};
    bench_measure(&c, work, j);
    c.residual = j->worst;
    leie_profile_start(true);
    work(j);
    leie_profile_start(false);
    double inside = spent(LEIE_WORK_SWEEP) + spent(LEIE_WORK_MIXING) + spent(LEIE_WORK_RESIDUAL);
    snprintf(note, sizeof note, "%lld sweeps, %.0f MB; once more, ms: survey %.1f, setup %.1f, sweeps %.1f, mixing %.1f, residuals %.1f, rest of solve %.1f",
             (long long)j->info.iterations, 1e-6 * (double)j->info.bytes, spent(LEIE_WORK_SURVEY), spent(LEIE_WORK_FACTOR),
             spent(LEIE_WORK_SWEEP), spent(LEIE_WORK_MIXING), spent(LEIE_WORK_RESIDUAL), spent(LEIE_WORK_SOLVE) - inside);
    if (work == set_up_and_solve)
        snprintf(note + strlen(note), sizeof note - strlen(note), "; model %.2f of measured", model(j) / c.median);
    c.note = note;
    bench_report(&c);
}

static void measure_table(int parts, int industries, int products)
{
    job j;
    char sizes[64];
    int before = leie_threads();
    make(&j, parts, industries, products);
    snprintf(sizes, sizeof sizes, "%d x (%d + %d)", parts, industries, products);
    for (int threads = 1; threads <= 2; threads++) {
        leie_threads_set(threads);
        j.transposed = true;
        measure(&j, "factors, set-up and 20 transposed", sizes, set_up_and_solve);
        measure(&j, "factors, 20 more transposed", sizes, solve);
        j.transposed = false;
        measure(&j, "factors, 20 more plain", sizes, solve);
    }
    leie_threads_set(before);
    leie_linsys_free(j.sys);
    leie_matrix_free(&j.Z);
    leie_axis_clear(&j.axis);
    leie_free(j.scale);
    leie_free(j.b);
}

static void ask(void)
{
    measure_table(49, 163, 200);
    measure_table(164, 120, 120);
}
BENCH_QUESTION(factored, "supply-use tables in factors, never multiplied out", ask)
