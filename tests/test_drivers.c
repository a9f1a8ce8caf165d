// SPDX-License-Identifier: GPL-3.0-or-later
/* The cells that drive the variance of a footprint: from adjoints, beside every cell moved by itself. */
#include <math.h>
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

CHECK_SUITE(drivers, {"brute force", test_brute_force, NULL})
