// SPDX-License-Identifier: GPL-3.0-or-later
/* What does a draw cost?
 *
 *   whole     all non-zeros of A new: random numbers and lognormal factors, domestic inverses, 20 multipliers, residual
 *   numbers   the same without the solve: the floor is one read of the cells (5 bytes) and one write (4 bytes)
 *   narrow    200 columns of A, all of Y and S: few account regions, draws solved together
 *
 * The roof of `whole` is the work that no draw can do without: numbers, and one solve from nothing as bench_solve
 * measures it. Published for EXIOBASE: 29 s a draw (a full inversion; Schulte et al. 2021, 4,897 draws in 40 hours).
 */
#include <math.h>
#include <stdio.h>

#include "perf/bench.h"
#include "perf/generate.h"

enum { FEW = 4 };

typedef struct draws {
    leie_montecarlo mc;
    leie_size steps;
} draws;

static void step(void *ctx)
{
    draws *d = ctx;
    leie_error err = {0};
    for (leie_size i = 0; i < d->steps; i++)
        bench_need(leie_montecarlo_step(&d->mc, &err), &err, "draw");
}

static char path[] = "bench";

static void add_rule(leie_uncertain *u, leie_edited block, double cv, const char *item)
{
    leie_size at = u->cells.interventions++;
    leie_intervention *v = &u->cells.intervention[at];
    v->name = leie_strdup("bench");
    v->path = path;
    v->matrix = block;
    u->rule[at] = (leie_uncertain_rule){.distribution = LEIE_LOGNORMAL, .cv = cv};
    if (item) {
        v->col.given = true;
        v->col.region = leie_new(1, sizeof *v->col.region);
        v->col.region[v->col.regions++] = leie_strdup(item);
    }
}

static void new_rules(leie_uncertain *u)
{
    *u = (leie_uncertain){.seed = 1, .draws = 1000000};
    u->cells.intervention = leie_new(4, sizeof *u->cells.intervention);
    u->rule = leie_new(4, sizeof *u->rule);
}

/* One kind of draw on a table; columns NULL: all of A. */
static void measure(const char *name, const leie_table *t, const char *columns, bool Y_and_S, leie_size account_regions, double tolerance)
{
    leie_error err = {0};
    leie_uncertain u;
    leie_account_regions q = {0};
    const leie_montecarlo_opts opts = {.linsys = {.method = LEIE_SOLVER_BLOCK, .tolerance = tolerance}};
    draws d = {.steps = 1};
    char sizes[64], note[160];
    new_rules(&u);
    add_rule(&u, LEIE_EDIT_A, 0.1, columns);
    if (Y_and_S) {
        add_rule(&u, LEIE_EDIT_Y, 0.1, NULL);
        add_rule(&u, LEIE_EDIT_S, 0.1, NULL);
    }
    for (leie_size r = 0; r < account_regions; r++)
        bench_need(leie_account_regions_add(&q, &t->sector, t->sector.region.code[r], NULL, 0, NULL, &err), &err, "regions");
    double start = leie_seconds();
    bench_need(leie_montecarlo_open(&d.mc, t, &q, &u, &opts, &err), &err, "baseline");
    double opened = leie_seconds() - start;
    bench_case c = {.name = name, .sizes = sizes, .allowed = tolerance};
    snprintf(sizes, sizeof sizes, "n=%lld k=%lld q=%lld", (long long)t->sector.n, (long long)d.mc.k, (long long)d.mc.q);
    leie_size before = d.mc.record.next;
    bench_measure(&c, step, &d);
    double together = (double)(d.mc.record.next - before) / (c.runs + 1);
    snprintf(note, sizeof note, "%s, %.0f draws together: %.3f s and %.1f per second; opened in %.2f s", leie_draw_way_name(d.mc.way), together,
             c.median / together, together / c.median, opened);
    c.note = note;
    c.residual = d.mc.record.residual;
    bench_report(&c);
    if (d.mc.record.failed)
        bench_need(LEIE_ERR_CONVERGE, NULL, "draws");
    leie_montecarlo_close(&d.mc);
    leie_account_regions_clear(&q);
    leie_uncertain_clear(&u);
}

/* The numbers alone: new values of every cell, and nothing solved. */
typedef struct numbers {
    leie_linsys *sys;
    leie_inputs in;
    uint32_t draw;
} numbers;

static void new_column(void *ctx, leie_size column, leie_size n, const leie_index *row, float *value, int worker)
{
    numbers *x = ctx;
    leie_inputs_draw_A(&x->in, x->draw, column, n, row, value, worker);
}

static void new_values(void *ctx)
{
    numbers *x = ctx;
    leie_error err = {0};
    x->draw++;
    bench_need(leie_linsys_redraw(x->sys, new_column, x, &err), &err, "numbers");
}

static void measure_numbers(const leie_table *t)
{
    leie_error err = {0};
    leie_uncertain u;
    numbers x = {0};
    const leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK};
    char sizes[64];
    new_rules(&u);
    add_rule(&u, LEIE_EDIT_A, 0.1, NULL);
    bench_need(leie_inputs_make(&x.in, t, &u, &err), &err, "inputs");
    bench_need(leie_linsys_setup(&x.sys, &t->Z, x.in.base.scale, &t->sector, &opts, &err), &err, "setup");
    double cells = (double)leie_matrix_nonzeros(&t->Z);
    bench_case c = {.name = "draw: numbers and domestic inverses", .sizes = sizes, .bytes = 9 * cells, .residual = NAN};
    snprintf(sizes, sizeof sizes, "n=%lld cells=%.3g", (long long)t->sector.n, cells);
    bench_measure(&c, new_values, &x);
    bench_report(&c);
    leie_linsys_free(x.sys);
    leie_inputs_clear(&x.in);
    leie_uncertain_clear(&u);
}

static void measure_table(int regions, int sectors)
{
    leie_error err = {0};
    bench_table made = {0};
    leie_table t = {0};
    bench_need(bench_generate(&made, regions, sectors, LEIE_SPARSE, &err), &err, "generate");
    bench_need(bench_generate_table(&t, &made, &err), &err, "table");
    const char *region = t.sector.region.code[0]; // as many columns as a region has sectors
    measure_numbers(&t);
    measure("draw: all of A, to 1e-12", &t, NULL, false, t.sector.region.n, 1e-12);
    measure("draw: all of A, to 1e-8", &t, NULL, false, t.sector.region.n, 1e-8);
    measure("draw: one region's columns, Y, S, 1 account", &t, region, true, 1, 1e-10);
    measure("draw: one region's columns, Y, S, 4 accounts", &t, region, true, 4, 1e-10);
    leie_table few = t; // the first stressors
    few.stressor.n = FEW;
    measure("draw: the same, 1 account, few stressors", &few, region, true, 1, 1e-10);
    measure("draw: the same, few stressors, to 1e-8", &few, region, true, 1, 1e-8);
    leie_table_clear(&t);
    bench_generate_clear(&made);
}

static void ask(void)
{
    measure_table(41, 35);
    if (bench_large())
        measure_table(49, 200);
    else
        bench_skip("n=9800", "BENCH_LARGE=1 asks for it");
}
BENCH_QUESTION(uncertainty, "draws of Monte Carlo", ask)
