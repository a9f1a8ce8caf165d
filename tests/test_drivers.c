// SPDX-License-Identifier: GPL-3.0-or-later
/* The cells that drive the variance of a footprint: from adjoints, beside every cell moved by itself. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/account/accounts.h"
#include "solver/scenario/montecarlo.h"
#include "tests/check.h"
#include "tests/toy_table.h"

enum { RANKED = 20 };
static const double H = 1e-4; // of a cell, to either side

typedef struct moved {
    leie_edited block;
    leie_size row, col;
    double part; // (de/dc sd)^2
} moved;

static void open_table(leie_table *t, leie_account_regions *q)
{
    leie_error err = {0};
    toy_table(t, "BE a b c d e|FR a b c d|DE a b c", "BE household gfcf|FR household|DE household", 1, 0);
    toy_fill(t, 31, 0.6);
    *q = (leie_account_regions){0};
    check_ok(leie_account_regions_all(q, &t->sector, &err), &err);
}

// D_cba of the first region with its direct pressures.
static double footprint(const leie_table *t, const leie_account_regions *q)
{
    leie_accounts a = {0};
    leie_error err = {0};
    check_ok(leie_accounts_make(&a, t, q, NULL, &err), &err);
    double e = a.D_cba[0] + a.direct[0];
    leie_accounts_clear(&a);
    return e;
}

// A cell of the table by block: Z for A, F for S.
static double *cell(leie_table *t, leie_edited block, leie_size row, leie_size col)
{
    return block == LEIE_EDIT_A ? toy_Z(t, row, col) : block == LEIE_EDIT_Y ? t->Y + row * t->demand.n + col : t->F + row * t->sector.n + col;
}

static int by_part(const void *a, const void *b)
{
    double x = ((const moved *)a)->part, y = ((const moved *)b)->part;
    return (x < y) - (x > y);
}

// Every cell moved by itself; returns how many, the largest part first. *variance: their sum.
static leie_size move_all(moved *to, double *variance, leie_table *t, const leie_account_regions *q, const double cv[3])
{
    static const leie_edited blocks[] = {LEIE_EDIT_A, LEIE_EDIT_Y, LEIE_EDIT_S};
    leie_size n = 0;
    *variance = 0;
    for (int b = 0; b < 3; b++)
        for (leie_size i = 0; i < (b == 2 ? t->stressor.n : t->sector.n); i++)
            for (leie_size j = 0; j < (b == 1 ? t->demand.n : t->sector.n); j++) {
                double *c = cell(t, blocks[b], i, j), was = *c, e[2];
                if (was == 0)
                    continue;
                for (int side = 0; side < 2; side++) {
                    *c = was * (1 + (side ? -H : H));
                    e[side] = footprint(t, q);
                }
                *c = was;
                double slope = (e[0] - e[1]) / (2 * H) * cv[b];
                to[n++] = (moved){blocks[b], i, j, slope * slope};
                *variance += slope * slope;
            }
    qsort(to, (size_t)n, sizeof *to, by_part);
    return n;
}

static void test_brute_force(void)
{
    static const leie_edited blocks[] = {LEIE_EDIT_A, LEIE_EDIT_Y, LEIE_EDIT_S};
    static const double cv[] = {0.1, 0.05, 0.2};
    static char here[] = "test";
    leie_table t;
    leie_account_regions q;
    leie_montecarlo mc;
    leie_error err = {0};
    leie_uncertain u = {.draws = 2, .seed = 1, .design = LEIE_DESIGN_RANDOM};
    double variance;
    open_table(&t, &q);
    u.cells.intervention = leie_new(3, sizeof *u.cells.intervention);
    u.rule = leie_new(3, sizeof *u.rule);
    for (int b = 0; b < 3; b++) {
        u.cells.intervention[b] = (leie_intervention){.name = leie_strdup("rule"), .path = here, .line = b + 1, .matrix = blocks[b]};
        u.rule[b] = (leie_uncertain_rule){.distribution = LEIE_LOGNORMAL, .cv = cv[b]};
    }
    u.cells.interventions = 3;
    moved *all = leie_new(t.sector.n * (t.sector.n + t.demand.n + t.stressor.n), sizeof *all);
    const leie_montecarlo_opts opts = {.ranked = RANKED};
    check_ok(leie_montecarlo_open(&mc, &t, &q, &u, &opts, &err), &err);
    leie_size n = move_all(all, &variance, &t, &q, cv);
    check_true(n > RANKED);
    check_near(mc.first_order[0], sqrt(variance), 1e-6);
    for (int r = 0; r < RANKED; r++) {
        check_size(mc.driver[r].block, all[r].block);
        check_size(mc.driver[r].row, all[r].row);
        check_size(mc.driver[r].col, all[r].col);
        check_near(mc.driver[r].share, all[r].part / variance, 1e-6);
    }
    leie_montecarlo_close(&mc);
    leie_free(all);
    leie_uncertain_clear(&u);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

// ---- correlated cells, shares and keys ----

typedef struct rule_case {
    leie_edited block;
    leie_grouping grouping;
    double rho, concentration; // above 0: Dirichlet
    bool keys, industries;
} rule_case;

// e of the first region with the rows of members of an industry times their factors, every buyer's sum kept.
static double moved_origins(leie_table *t, const leie_account_regions *q, const leie_size *member, leie_size members, const double *factor)
{
    leie_size n = t->sector.n, m = t->demand.n;
    double *Z = leie_new(members * (n + m), sizeof *Z), e;
    for (leie_size j = 0; j < n + m; j++) {
        double before = 0, after = 0;
        for (leie_size r = 0; r < members; r++) {
            double v = Z[r * (n + m) + j] = j < n ? *toy_Z(t, member[r], j) : t->Y[member[r] * m + j - n];
            before += v;
            after += v * factor[r];
        }
        for (leie_size r = 0; r < members; r++) {
            double *to = j < n ? toy_Z(t, member[r], j) : t->Y + member[r] * m + j - n;
            *to *= after != 0 ? factor[r] * before / after : 1;
        }
    }
    e = footprint(t, q);
    for (leie_size j = 0; j < n + m; j++)
        for (leie_size r = 0; r < members; r++)
            *(j < n ? toy_Z(t, member[r], j) : t->Y + member[r] * m + j - n) = Z[r * (n + m) + j];
    leie_free(Z);
    return e;
}

// Keys of the industry `a`, made in all three regions: each factor by itself.
static double variance_of_industry(leie_table *t, const leie_account_regions *q, double concentration)
{
    leie_size member[3] = {0, 5, 9};
    double W = t->x[0] + t->x[5] + t->x[9], variance = 0;
    for (int r = 0; r < 3; r++) {
        double factor[3] = {1, 1, 1}, e[2];
        for (int side = 0; side < 2; side++) {
            factor[r] = 1 + (side ? -H : H);
            e[side] = moved_origins(t, q, member, 3, factor);
        }
        double slope = (e[0] - e[1]) / (2 * H);
        variance += slope * slope * W / (t->x[member[r]] * (concentration + 1));
    }
    return variance;
}

// A group of correlated cells, as the header of uncertain.h has them.
static leie_size group_of(const leie_table *t, const rule_case *c, leie_size row, leie_size col)
{
    leie_size region = c->block == LEIE_EDIT_Y ? t->demand.of[col] : t->sector.of[col];
    if (c->grouping == LEIE_GROUP_ALL)
        return 0;
    if (c->block == LEIE_EDIT_S)
        return c->grouping == LEIE_GROUP_COLUMN ? row : row * 3 + region;
    return c->grouping == LEIE_GROUP_COLUMN ? col : region;
}

// Variance of e by the definition of the rule, with a slope for every cell that was moved by itself.
static double variance_of(leie_table *t, const leie_account_regions *q, const rule_case *c, double cv)
{
    leie_size rows = c->block == LEIE_EDIT_S ? t->stressor.n : t->sector.n, cols = c->block == LEIE_EDIT_Y ? t->demand.n : t->sector.n;
    double G[64] = {0}, squares = 0, total[64] = {0}, mean[64] = {0}, own[64] = {0}, variance = 0;
    for (leie_size i = 0; i < rows; i++)
        for (leie_size j = 0; j < cols; j++) {
            double *v = cell(t, c->block, i, j), was = *v, e[2];
            if (was == 0)
                continue;
            for (int side = 0; side < 2; side++) {
                *v = was * (1 + (side ? -H : H));
                e[side] = footprint(t, q);
            }
            *v = was;
            double slope = (e[0] - e[1]) / (2 * H); // times the cell
            squares += slope * slope * cv * cv;
            G[group_of(t, c, i, j)] += slope * cv;
            double size = c->block == LEIE_EDIT_A ? was / t->x[j] : was;
            total[j] += size;
            mean[j] += slope;
            own[j] += slope * slope / size;
        }
    if (c->concentration > 0) { // cov of shares (p_i (i = j) - p_i p_j) / (concentration + 1)
        for (leie_size j = 0; j < cols; j++)
            variance += (own[j] * total[j] - mean[j] * mean[j]) / (c->concentration + 1);
        return variance;
    }
    for (int g = 0; g < 64; g++)
        variance += c->rho * G[g] * G[g];
    return variance + (1 - c->rho) * squares;
}

static void check_rule(const rule_case *c)
{
    static char here[] = "test";
    leie_table t;
    leie_account_regions q;
    leie_montecarlo mc;
    leie_error err = {0};
    leie_uncertain u = {.draws = 2, .seed = 1, .design = LEIE_DESIGN_RANDOM};
    const double cv = 0.1;
    open_table(&t, &q);
    u.cells.intervention = leie_new(1, sizeof *u.cells.intervention);
    u.rule = leie_new(1, sizeof *u.rule);
    u.cells.intervention[0] = (leie_intervention){.name = leie_strdup("rule"), .path = here, .line = 1, .matrix = c->block};
    u.rule[0] = (leie_uncertain_rule){.distribution = LEIE_LOGNORMAL, .cv = c->concentration > 0 ? 0 : cv, .rho = c->rho, .grouping = c->grouping,
                                      .shares = c->concentration > 0, .concentration = c->concentration, .keys = c->keys, .industries = c->industries};
    u.cells.interventions = 1;
    if (c->industries) {
        leie_selection *row = &u.cells.intervention[0].row;
        row->given = true;
        row->item = leie_new(1, sizeof *row->item);
        row->item[row->items++] = leie_strdup("a");
    }
    if (check_ok(leie_montecarlo_open(&mc, &t, &q, &u, &(leie_montecarlo_opts){.ranked = 400}, &err), &err)) {
        double variance = c->industries ? variance_of_industry(&t, &q, c->concentration) : variance_of(&t, &q, c, cv), shares = 0;
        if (!check_near(mc.first_order[0], sqrt(variance), 1e-5))
            printf("block %d, grouping %d, rho %g, concentration %g\n", c->block, c->grouping, c->rho, c->concentration);
        for (leie_size r = 0; r < 400; r++) {
            shares += mc.driver[r].share;
            check_true(r == 0 || mc.driver[r].share <= mc.driver[r - 1].share);
        }
        check_near(shares, 1, 1e-6); // in this table more of anything is more pressure
        leie_montecarlo_close(&mc);
    }
    leie_uncertain_clear(&u);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

static void test_rules(void)
{
    static const leie_edited blocks[] = {LEIE_EDIT_A, LEIE_EDIT_Y, LEIE_EDIT_S};
    static const leie_grouping groupings[] = {LEIE_GROUP_COLUMN, LEIE_GROUP_REGION, LEIE_GROUP_ALL};
    for (int b = 0; b < 3; b++)
        for (int g = 0; g < 3; g++)
            check_rule(&(rule_case){.block = blocks[b], .grouping = groupings[g], .rho = 0.4});
    check_rule(&(rule_case){.block = LEIE_EDIT_A, .concentration = 30});
    check_rule(&(rule_case){.block = LEIE_EDIT_Y, .concentration = 20});
    check_rule(&(rule_case){.block = LEIE_EDIT_A, .concentration = 15, .keys = true, .industries = true});
}

// A stressor that is no material is not in the total, though its cells are uncertain too.
static void test_total(void)
{
    static char here[] = "test";
    leie_table t;
    leie_account_regions q = {0};
    leie_montecarlo mc;
    leie_error err = {0};
    leie_uncertain u = {.draws = 2, .seed = 1, .design = LEIE_DESIGN_RANDOM};
    toy_table(&t, "BE a b c d e|FR a b c d|DE a b c", "BE household gfcf|FR household|DE household", 3, 0);
    toy_fill(&t, 31, 0.6);
    check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
    for (int s = 0; s < 3; s++) {
        leie_free(t.stressor.kind[s]);
        t.stressor.kind[s] = leie_strdup(s == 1 ? "emission" : LEIE_STRESSOR_MATERIAL);
    }
    u.cells.intervention = leie_new(1, sizeof *u.cells.intervention);
    u.rule = leie_new(1, sizeof *u.rule);
    u.cells.intervention[0] = (leie_intervention){.name = leie_strdup("rule"), .path = here, .line = 1, .matrix = LEIE_EDIT_S};
    u.rule[0] = (leie_uncertain_rule){.distribution = LEIE_LOGNORMAL, .cv = 0.1};
    u.cells.interventions = 1;
    if (check_ok(leie_montecarlo_open(&mc, &t, &q, &u, &(leie_montecarlo_opts){.ranked = 400}, &err), &err)) {
        const double *sd = mc.first_order;
        check_true(mc.has_total && sd[1] > 0);
        check_near(sd[3] * sd[3], sd[0] * sd[0] + sd[2] * sd[2], 1e-12);
        for (leie_size r = 0; r < 400; r++)
            check_true(!(mc.driver[r].share > 0) || mc.driver[r].row != 1);
        leie_montecarlo_close(&mc);
    }
    leie_uncertain_clear(&u);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
}

CHECK_SUITE(drivers, {"brute force", test_brute_force, NULL}, {"correlated, shared and keyed", test_rules, NULL}, {"the total", test_total, NULL})
