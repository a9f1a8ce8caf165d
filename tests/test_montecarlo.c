// SPDX-License-Identifier: GPL-3.0-or-later
/* Uncertain inputs, Monte Carlo and first-order propagation. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/scenario/montecarlo_impl.h"
#include "tests/check.h"
#include "tests/toy_table.h"

static char here[] = "test";

/* One more rule over all cells of a block. */
static leie_uncertain_rule *add_rule(leie_uncertain *u, leie_edited block, leie_distribution distribution, double cv)
{
    leie_size at = u->cells.interventions++;
    u->cells.intervention = leie_resize(u->cells.intervention, at, at + 1, sizeof *u->cells.intervention);
    u->rule = leie_resize(u->rule, at, at + 1, sizeof *u->rule);
    leie_intervention *v = &u->cells.intervention[at];
    v->name = leie_strdup("rule");
    v->path = here;
    v->line = at + 1;
    v->matrix = block;
    u->rule[at].distribution = distribution;
    u->rule[at].cv = cv;
    return &u->rule[at];
}

static void select_item(leie_selection *s, const char *region, const char *item)
{
    s->given = true;
    if (region) {
        s->region = leie_new(1, sizeof *s->region);
        s->region[s->regions++] = leie_strdup(region);
    }
    if (item) {
        s->item = leie_new(1, sizeof *s->item);
        s->item[s->items++] = leie_strdup(item);
    }
}

static leie_intervention *last(leie_uncertain *u)
{
    return &u->cells.intervention[u->cells.interventions - 1];
}

/* The two sectors of Miller and Blair, ch. 2, with s = (0.3, 0.25). */
static void two_sectors(leie_table *t, leie_account_regions *q)
{
    static const double A[2][2] = {{0.15, 0.25}, {0.2, 0.05}}, f[2] = {600, 1500}, s[2] = {0.3, 0.25};
    leie_error err = {0};
    double det = 0.85 * 0.95 - 0.25 * 0.2;
    toy_table(t, "XX a b", "XX household", 1, 0);
    t->x[0] = (0.95 * f[0] + 0.25 * f[1]) / det;
    t->x[1] = (0.2 * f[0] + 0.85 * f[1]) / det;
    for (int i = 0; i < 2; i++) {
        t->Y[i] = f[i];
        t->F[i] = s[i] * t->x[i];
        for (int j = 0; j < 2; j++)
            *toy_Z(t, i, j) = A[i][j] * t->x[j];
    }
    *q = (leie_account_regions){0};
    check_ok(leie_account_regions_all(q, &t->sector, &err), &err);
}

static void all_steps(leie_montecarlo *mc, leie_size until)
{
    leie_error err = {0};
    while (mc->record.next < until)
        if (!check_ok(leie_montecarlo_step(mc, &err), &err))
            return;
}

/* First-order answers by hand (Sherman and Morrison's sensitivities), Monte Carlo of 2e6 draws made elsewhere. */
static void test_two_sectors(void)
{
    static const struct {
        leie_edited block;
        leie_size row, col;
        double share;
    } known[] = {{LEIE_EDIT_Y, 1, 0, 0.4025987163891581},        {LEIE_EDIT_S, 0, 1, 0.2632949941814616},
                 {LEIE_EDIT_S, 0, 0, 0.17398840073360589},       {LEIE_EDIT_Y, 0, 0, 0.08745935790074824},
                 {LEIE_EDIT_A, 0, 1, 0.0514952228596578},        {LEIE_EDIT_A, 1, 0, 0.011139051241415156},
                 {LEIE_EDIT_A, 0, 0, 0.008507160854525776},      {LEIE_EDIT_A, 1, 1, 0.001517095839427433}};
    leie_table t;
    leie_account_regions q;
    leie_error err = {0};
    for (int design = 0; design < LEIE_DESIGNS; design++) {
        leie_uncertain u = {.seed = 20, .draws = 4096, .design = (leie_design)design};
        const leie_montecarlo_opts opts = {.keep = true, .ranked = 8};
        leie_montecarlo mc;
        two_sectors(&t, &q);
        add_rule(&u, LEIE_EDIT_A, LEIE_LOGNORMAL, 0.05);
        add_rule(&u, LEIE_EDIT_Y, LEIE_LOGNORMAL, 0.05);
        add_rule(&u, LEIE_EDIT_S, LEIE_LOGNORMAL, 0.05);
        if (check_ok(leie_montecarlo_open(&mc, &t, &q, &u, &opts, &err), &err)) {
            check_near(mc.baseline[0], 834.6534653465346, 1e-12);
            check_near(mc.first_order[0], 44.86217057402354, 1e-9);
            for (int i = 0; i < 8; i++) {
                check_size(mc.driver[i].block, known[i].block);
                check_size(mc.driver[i].row, known[i].row);
                check_size(mc.driver[i].col, known[i].col);
                check_near(mc.driver[i].share, known[i].share, 1e-9);
                check_near(mc.driver[i].sd, 0.05, 1e-12);
            }
            all_steps(&mc, u.draws);
            static const double p[] = {0.025, 0.5, 0.975};
            static const double expected[] = {750.386256571796, 833.4342620152925, 926.1458665805687};
            double quantile[3];
            check_size(mc.record.failed, 0);
            check_near(mc.record.tally.mean[0], 834.6964757287762, 2e-3);
            check_near(leie_tally_sd(&mc.record.tally, 0), 44.86848831190427, design ? 0.015 : 0.035);
            check_ok(leie_tally_quantiles(quantile, &mc.record.tally, 0, 3, p, &err), &err);
            for (int i = 0; i < 3; i++)
                check_near(quantile[i], expected[i], 0.01);
            check_near(mc.record.tally.mean[1], mc.record.tally.mean[0], 1e-12); // one stressor: the total is itself
            check_true(mc.record.draw[2 * 7] != mc.record.draw[2 * 8]);
            leie_montecarlo_close(&mc);
        }
        leie_uncertain_clear(&u);
        leie_account_regions_clear(&q);
        leie_table_clear(&t);
    }
}

static void toy_world(leie_table *t, leie_account_regions *q, leie_size stressors)
{
    leie_error err = {0};
    char *members[] = {here, here};
    char be[] = "BE", fr[] = "FR";
    members[0] = be;
    members[1] = fr;
    toy_table(t, "BE a b c d|FR a b c|DE a b c d e", "BE household gfcf|FR household gfcf|DE household", stressors, 0);
    toy_fill(t, 11, 0.7);
    *q = (leie_account_regions){0};
    check_ok(leie_account_regions_all(q, &t->sector, &err), &err);
    check_ok(leie_account_regions_add(q, &t->sector, "BEFR", NULL, 2, members, &err), &err);
}

enum { CASES = 16 };

/* Rules whose Monte Carlo must agree with first order when they are small. */
static const char *fill_case(leie_uncertain *u, int which)
{
    leie_uncertain_rule *r;
    static const leie_grouping groups[] = {LEIE_GROUP_NONE, LEIE_GROUP_COLUMN, LEIE_GROUP_REGION, LEIE_GROUP_ALL};
    static const leie_edited blocks[] = {LEIE_EDIT_A, LEIE_EDIT_Y, LEIE_EDIT_S, LEIE_EDIT_F_Y};
    if (which < 4) { // one block each, correlated by a group each
        for (int b = 0; b < 4; b++) {
            r = add_rule(u, blocks[b], (leie_distribution)(LEIE_UNIFORM + b), 0.04);
            r->grouping = groups[(which + b) % 4];
            r->rho = r->grouping ? 0.6 : 0;
        }
        return "all blocks";
    }
    if (which < 8) {
        r = add_rule(u, LEIE_EDIT_A, LEIE_LOGNORMAL, 0.05);
        r->grouping = groups[which - 4];
        r->rho = r->grouping ? 0.5 : 0;
        return "A alone";
    }
    if (which == 8) {
        r = add_rule(u, LEIE_EDIT_A, LEIE_LOGNORMAL, 0.05);
        r->shares = true;
        return "shares of A";
    }
    if (which == 9) {
        r = add_rule(u, LEIE_EDIT_A, LEIE_LOGNORMAL, 0);
        r->shares = true;
        r->concentration = 2000;
        return "Dirichlet shares of A";
    }
    if (which == 10) {
        r = add_rule(u, LEIE_EDIT_Y, LEIE_LOGNORMAL, 0);
        r->shares = true;
        r->concentration = 2000;
        add_rule(u, LEIE_EDIT_S, LEIE_NORMAL, 0.02);
        return "Dirichlet shares of Y";
    }
    if (which == 11 || which == 12) {
        r = add_rule(u, LEIE_EDIT_Y, LEIE_LOGNORMAL, 0.05);
        r->keys = r->shares = true;
        r->concentration = which == 12 ? 1000 : 0;
        return "keys";
    }
    if (which > 13) {
        r = add_rule(u, LEIE_EDIT_A, LEIE_LOGNORMAL, 0.08);
        r->keys = r->industries = r->shares = true;
        r->concentration = which == 15 ? 800 : 0;
        return "keys of industries";
    }
    r = add_rule(u, LEIE_EDIT_A, LEIE_TRIANGULAR, 0); // a size law, a range and a domestic rule that comes later
    r->distribution = LEIE_LOGNORMAL;
    r->cv = 0.1;
    r->power = -0.2;
    r->most = 0.06;
    r = add_rule(u, LEIE_EDIT_A, LEIE_TRIANGULAR, 0);
    r->ranged = true;
    r->low = 0.93;
    r->mode = 1;
    r->high = 1.07;
    last(u)->cells = LEIE_CELLS_DOMESTIC;
    r = add_rule(u, LEIE_EDIT_Y, LEIE_UNIFORM, 0.03);
    select_item(&last(u)->row, NULL, "a");
    r = add_rule(u, LEIE_EDIT_A, LEIE_FIXED, 0);
    select_item(&last(u)->col, "FR", NULL);
    return "several rules";
}

static void test_first_order(void)
{
    leie_table t;
    leie_account_regions q;
    toy_world(&t, &q, 3);
    for (int which = 0; which < CASES; which++) {
        leie_uncertain u = {.seed = 5, .draws = 1000, .design = which % 2 ? LEIE_DESIGN_LATIN : LEIE_DESIGN_RANDOM};
        const leie_montecarlo_opts opts = {.ranked = 400};
        leie_montecarlo mc;
        leie_error err = {0};
        const char *what = fill_case(&u, which);
        if (check_ok(leie_montecarlo_open(&mc, &t, &q, &u, &opts, &err), &err)) {
            all_steps(&mc, u.draws);
            check_size(mc.record.failed, 0);
            for (leie_size o = 0; o < mc.outputs; o++) {
                double sd = leie_tally_sd(&mc.record.tally, o);
                if (!check_close(sd, mc.first_order[o], 0.09, 1e-9 * mc.baseline[o]))
                    printf("case %d (%s), output %d\n", which, what, (int)o);
                check_close(mc.record.tally.mean[o], mc.baseline[o], 0, 4 * sd / sqrt(1000) + 2e-3 * mc.baseline[o]);
            }
            double shares = 0;
            for (leie_size i = 0; i < mc.ranked; i++)
                shares += mc.driver[i].share;
            check_true(which < 4 || fabs(shares - 1) < 1e-9 || shares > 1); // negative shares are not listed
            leie_montecarlo_close(&mc);
        }
        leie_uncertain_clear(&u);
    }
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

/* Draws as few columns, and as a whole new A: the same but for the rounding of cells that no rule names. */
static void test_ways(void)
{
    leie_table t;
    leie_account_regions q;
    toy_world(&t, &q, 2);
    static const leie_solver solvers[] = {LEIE_SOLVER_BLOCK, LEIE_SOLVER_LU};
    for (int with_S = 0; with_S < 2; with_S++) {
        double *draws[3];
        for (int way = 0; way < 3; way++) {
            leie_uncertain u = {.seed = 9, .draws = 40};
            leie_montecarlo_opts opts = {.keep = true, .narrow = way == 0 ? 256 : -1};
            leie_montecarlo mc;
            leie_error err = {0};
            leie_size from = 0;
            opts.linsys.method = solvers[way == 2];
            add_rule(&u, LEIE_EDIT_A, LEIE_LOGNORMAL, with_S ? 4 : 0.3); // 4: some draws of few columns need LU factors
            select_item(&last(&u)->col, "FR", "b");
            add_rule(&u, LEIE_EDIT_Y, LEIE_LOGNORMAL, 0.2);
            if (with_S)
                add_rule(&u, LEIE_EDIT_S, LEIE_NORMAL, 0.1);
            draws[way] = leie_new(40 * 12, sizeof **draws);
            if (check_ok(leie_montecarlo_open(&mc, &t, &q, &u, &opts, &err), &err)) {
                check_size(mc.way, way == 0 ? LEIE_DRAW_NARROW : LEIE_DRAW_WHOLE);
                check_size(mc.columns, 1);
                check_size(mc.outputs, 12);
                all_steps(&mc, u.draws);
                check_size(mc.record.failed, from);
                check_true(mc.record.residual <= 1e-12);
                memcpy(draws[way], mc.record.draw, 40 * 12 * sizeof **draws);
                leie_montecarlo_close(&mc);
            }
            leie_uncertain_clear(&u);
        }
        for (int c = 0; c < 40 * 12; c++) {
            check_near(draws[1][c], draws[0][c], 1e-6);
            check_near(draws[2][c], draws[1][c], 1e-10);
        }
        for (int way = 0; way < 3; way++)
            leie_free(draws[way]);
    }
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

/* The residual of narrow draws is that of the changed system: rows of the solution that differ from those that dA was
 * multiplied with count, by the cells of dA. */
static void test_gap(void)
{
    leie_table t;
    leie_account_regions q;
    toy_world(&t, &q, 2);
    leie_uncertain u = {.seed = 9, .draws = 8};
    leie_montecarlo_opts opts = {.narrow = 256};
    leie_montecarlo mc;
    leie_error err = {0};
    opts.linsys.tolerance = 1e-10;
    add_rule(&u, LEIE_EDIT_A, LEIE_LOGNORMAL, 0.3);
    select_item(&last(&u)->col, "FR", "b");
    add_rule(&u, LEIE_EDIT_S, LEIE_NORMAL, 0.1);
    if (check_ok(leie_montecarlo_open(&mc, &t, &q, &u, &opts, &err), &err)) {
        check_ok(leie_montecarlo_step(&mc, &err), &err);
        const leie_montecarlo_work *w = mc.work;
        const leie_narrow *J = &w->narrow;
        leie_size batch = w->batch < 8 ? w->batch : 8, K = batch * mc.q, n = w->n;
        double *gap = leie_new(K, sizeof *gap), *x = leie_new(n * K, sizeof *x);
        memcpy(x, w->x, (size_t)(n * K) * sizeof *x); // b is y~
        check_ok(leie_narrow_gap(&mc, batch, x, w->b, gap, &err), &err);
        for (leie_size c = 0; c < K; c++)
            check_true(gap[c] <= 0.05 * 1e-10);
        check_ok(leie_narrow_gap(&mc, batch, NULL, w->b, gap, &err), &err); // L y~ itself
        for (leie_size c = 0; c < K; c++)
            check_true(gap[c] <= 0.05 * 1e-10);
        for (leie_size c = 0; c < K; c++)
            x[J->column[0] * K + c] += 0.5;
        check_ok(leie_narrow_gap(&mc, batch, x, w->b, gap, &err), &err);
        for (leie_size c = 0; c < K; c++) {
            double change = 0, size = 0;
            for (leie_size cell = 0; cell < J->cells; cell++)
                change += 0.5 * fabs((double)J->dA[cell * batch + c / mc.q]);
            for (leie_size i = 0; i < n; i++)
                size += fabs(w->b[i * K + c]);
            check_true(change / size > 1e-7);
            check_close(gap[c], change / size, 0, 0.05 * 1e-10); // what was left before
        }
        leie_free(gap);
        leie_free(x);
        leie_montecarlo_close(&mc);
    }
    leie_uncertain_clear(&u);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

/* What no rule names stays; shares keep totals; the same cell has the same factor in any way of drawing. */
static void test_inputs(void)
{
    leie_table t;
    leie_account_regions q;
    leie_error err = {0};
    toy_world(&t, &q, 2);
    leie_size n = t.sector.n, m = t.demand.n, k = 2;
    leie_uncertain u = {.seed = 3, .draws = 10};
    leie_uncertain_rule *r = add_rule(&u, LEIE_EDIT_Y, LEIE_LOGNORMAL, 0.4);
    r->shares = true;
    select_item(&last(&u)->col, "BE", NULL);
    r = add_rule(&u, LEIE_EDIT_Y, LEIE_LOGNORMAL, 0.3);
    r->keys = r->shares = true;
    select_item(&last(&u)->col, NULL, "gfcf");
    add_rule(&u, LEIE_EDIT_S, LEIE_NORMAL, 0.2);
    select_item(&last(&u)->row, NULL, "f1");
    leie_inputs in;
    double *Y = leie_new(n * m, sizeof *Y), *F_Y = leie_new(k * m, sizeof *F_Y), *S = leie_new(k * n, sizeof *S);
    if (check_ok(leie_inputs_make(&in, &t, &u, &err), &err)) {
        check_ok(leie_inputs_draw_Y(&in, 4, NULL, Y, F_Y, &err), &err);
        check_ok(leie_inputs_draw_S(&in, 4, S, &err), &err);
        double sums[2][8] = {{0}};
        int moved = 0;
        for (leie_size i = 0; i < n; i++)
            for (leie_size j = 0; j < m; j++) {
                sums[0][j] += t.Y[i * m + j];
                sums[1][j] += Y[i * m + j];
                moved += t.Y[i * m + j] != Y[i * m + j];
                if (t.demand.of[j] != 0 && strcmp(t.demand.code[j], "household") == 0)
                    check_true(t.Y[i * m + j] == Y[i * m + j]);
            }
        check_true(moved > n);
        check_near(sums[1][0], sums[0][0], 1e-12);                         // BE household: a composition
        check_near(sums[1][1] + sums[1][3], sums[0][1] + sums[0][3], 1e-6); // gfcf of BE and FR: a key (f32 variates)
        check_true(fabs(sums[1][1] / sums[0][1] - 1) > 1e-3);
        for (leie_size i = 0; i < n; i++) {
            check_near(S[i], t.F[i] / t.x[i], 1e-15);
            check_true(t.F[n + i] == 0 || S[n + i] != t.F[n + i] / t.x[i]);
        }
        leie_inputs_clear(&in);
    }
    leie_free(Y);
    leie_free(F_Y);
    leie_free(S);
    leie_uncertain_clear(&u);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

/* Keys of industries: every buyer keeps what it takes from a sector of all regions together, and their shares move alike. */
static void test_industries(void)
{
    leie_table t;
    leie_account_regions q;
    leie_error err = {0};
    leie_inputs in;
    toy_world(&t, &q, 2);
    leie_size n = t.sector.n, m = t.demand.n;
    leie_uncertain u = {.seed = 8, .draws = 10};
    leie_uncertain_rule *r = add_rule(&u, LEIE_EDIT_A, LEIE_LOGNORMAL, 0.3);
    r->keys = r->industries = r->shares = true;
    select_item(&last(&u)->row, NULL, "b");
    double *Y = leie_new(n * m, sizeof *Y), *F_Y = leie_new(2 * m, sizeof *F_Y);
    if (check_ok(leie_inputs_make(&in, &t, &u, &err), &err)) {
        leie_index row[16];
        double ratio = 0;
        leie_size columns = 0;
        leie_inputs_begin(&in, 3);
        check_ok(leie_inputs_draw_Y(&in, 3, NULL, Y, F_Y, &err), &err);
        for (leie_size j = 0; j < n; j++) {
            float before[16], after[16];
            double sum[2] = {0, 0}, moved = 0;
            for (leie_size i = 0; i < n; i++) {
                row[i] = (leie_index)i;
                before[i] = after[i] = (float)(leie_matrix_get(&t.Z, i, j) / t.x[j]);
            }
            leie_inputs_draw_A(&in, 3, j, n, row, after, 0);
            for (leie_size i = 0; i < n; i++) {
                bool b = strcmp(t.sector.code[i], "b") == 0;
                check_true(b || before[i] == after[i]);
                sum[0] += b ? (double)before[i] : 0;
                sum[1] += b ? (double)after[i] : 0;
                moved += fabs((double)after[i] - (double)before[i]);
            }
            check_near(sum[1], sum[0], 1e-6);
            columns += moved > 1e-3 * sum[0];
            if (before[1] > 0 && before[5] > 0) { // b of BE against b of FR
                double now = (double)after[1] / (double)before[1] / ((double)after[5] / (double)before[5]);
                check_near(ratio == 0 ? now : ratio, now, 1e-5);
                ratio = now;
            }
        }
        check_true(ratio > 0 && fabs(ratio - 1) > 1e-3);
        check_true(columns > n / 3); // the others buy b from one region at most
        for (leie_size j = 0; j < m; j++) {
            double sum[2] = {0, 0};
            for (leie_size i = 0; i < n; i++) {
                bool b = strcmp(t.sector.code[i], "b") == 0;
                sum[0] += b ? t.Y[i * m + j] : 0;
                sum[1] += b ? Y[i * m + j] : 0;
            }
            check_near(sum[1], sum[0], 1e-12);
        }
        leie_inputs_clear(&in);
    }
    leie_free(Y);
    leie_free(F_Y);
    leie_uncertain_clear(&u);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

/* One thread and three: the same bytes. */
static void test_threads(void)
{
    leie_table t;
    leie_account_regions q;
    double draws[2][20 * 12];
    int threads = leie_threads();
    toy_world(&t, &q, 2);
    for (int run = 0; run < 2; run++) {
        leie_uncertain u = {.seed = 77, .draws = 20, .design = LEIE_DESIGN_LATIN};
        const leie_montecarlo_opts opts = {.keep = true, .ranked = 5};
        leie_montecarlo mc;
        leie_error err = {0};
        leie_threads_set(run ? 3 : 1);
        fill_case(&u, 1);
        if (check_ok(leie_montecarlo_open(&mc, &t, &q, &u, &opts, &err), &err)) {
            all_steps(&mc, u.draws);
            memcpy(draws[run], mc.record.draw, sizeof draws[run]);
            leie_montecarlo_close(&mc);
        }
        leie_uncertain_clear(&u);
    }
    leie_threads_set(threads);
    check_true(memcmp(draws[0], draws[1], sizeof draws[0]) == 0);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

static void test_refusals(void)
{
    leie_table t;
    leie_account_regions q;
    toy_world(&t, &q, 1);
    for (int which = 0; which < 9; which++) {
        leie_uncertain u = {.draws = 5};
        leie_inputs in;
        leie_error err = {0};
        leie_uncertain_rule *r = add_rule(&u, which == 5 ? LEIE_EDIT_S : LEIE_EDIT_A, LEIE_LOGNORMAL, 0.1);
        leie_status expected = LEIE_ERR_DATA;
        if (which == 0)
            r->cv = -1;
        if (which == 1)
            r->rho = 0.5;
        if (which == 2)
            r->ranged = true;
        if (which == 3) {
            r->shares = true;
            r->distribution = LEIE_NORMAL;
        }
        if (which == 4)
            r->rho = 1.5;
        if (which == 5)
            r->shares = true;
        if (which == 6)
            select_item(&last(&u)->col, "BE", "zz");
        if (which == 7) {
            u.design = LEIE_DESIGN_SOBOL;
            r->concentration = 5;
            r->shares = true;
            expected = LEIE_ERR_USAGE;
        }
        if (which == 8) {
            for (int i = 0; i < LEIE_RULES_MAX; i++)
                add_rule(&u, LEIE_EDIT_A, LEIE_LOGNORMAL, 0.1);
            expected = LEIE_ERR_LIMIT;
        }
        check_status(leie_inputs_make(&in, &t, &u, &err), expected, &err);
        leie_uncertain_clear(&u);
    }
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

/* ---- statistics ---- */

static void test_tally(void)
{
    leie_error err = {0};
    uint64_t seed = 8;
    static const double p[] = {0, 0.05, 0.5, 0.95, 1};
    for (leie_size draws = 1000; draws <= 50000; draws *= 7) {
        leie_tally t;
        double quantile[5];
        if (!check_ok(leie_tally_new(&t, 2, draws, &err), &err))
            return;
        for (leie_size d = 0; d < draws; d++) {
            double value[2] = {(double)((d * 7919) % draws), check_random(&seed)}; // a permutation of 0 .. draws - 1
            leie_tally_add(&t, value);
        }
        check_size(t.draws, draws);
        check_near(t.mean[0], (double)(draws - 1) / 2, 1e-12);
        check_near(leie_tally_sd(&t, 0), sqrt((double)draws * (double)(draws + 1) / 12), 1e-9);
        check_ok(leie_tally_quantiles(quantile, &t, 0, 5, p, &err), &err);
        double bound = leie_tally_rank_error(&t);
        check_true(draws > LEIE_TALLY_EXACT ? bound > 0 && bound < 0.02 : bound == 0);
        for (int i = 0; i < 5; i++)
            check_close(quantile[i], p[i] * (double)(draws - 1), 1e-12, (bound + 1e-3 * (bound > 0)) * (double)draws);
        leie_tally_clear(&t);
    }
}

CHECK_SUITE(montecarlo, {"two sectors", test_two_sectors, NULL}, {"first order and draws", test_first_order, NULL},
            {"ways of drawing", test_ways, NULL}, {"what narrow draws leave", test_gap, NULL}, {"uncertain inputs", test_inputs, NULL}, {"keys of industries", test_industries, NULL}, {"threads", test_threads, NULL},
            {"refusals", test_refusals, NULL}, {"statistics", test_tally, NULL})
