// SPDX-License-Identifier: GPL-3.0-or-later
/* Accounts of places: what a nested table gives, known firms, standard deviations against draws, mistakes. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/account/local.h"
#include "tests/check.h"
#include "tests/toy_table.h"

enum { N = 3, SECTORS = 4, CATEGORIES = 3, STRESSORS = 3 };

typedef struct keys {
    leie_nest nest;
    double industry[N * SECTORS], demand[N * CATEGORIES], direct[N * CATEGORIES], pressure[N * STRESSORS];
} keys;

static void share_out(double *share, leie_size count, uint64_t *seed)
{
    for (leie_size i = 0; i < count; i++) {
        double sum = 0;
        for (leie_size r = 0; r < N; r++)
            sum += share[r * count + i] = 0.1 + check_random(seed);
        for (leie_size r = 0; r < N; r++)
            share[r * count + i] /= sum;
    }
}

static void make_keys(keys *k, uint64_t seed)
{
    static const char *const code[N] = {"A-town", "B-town", "C-town"};
    leie_error err = {0};
    *k = (keys){.nest = {.country = "BEL", .sectors = SECTORS, .categories = CATEGORIES, .stressors = STRESSORS}};
    for (leie_size r = 0; r < N; r++)
        leie_labels_add(&k->nest.region, code[r], "a town", "", "", &err);
    share_out(k->industry, SECTORS, &seed);
    share_out(k->demand, CATEGORIES, &seed);
    share_out(k->direct, CATEGORIES, &seed);
    share_out(k->pressure, STRESSORS, &seed);
    for (leie_size r = 0; r < N; r++)
        k->pressure[r * STRESSORS + 1] = -1; // f1 follows the industries
    k->nest.industry = k->industry;
    k->nest.demand = k->demand;
    k->nest.direct = k->direct;
    k->nest.pressure = k->pressure;
}

static void make_world(leie_table *t)
{
    toy_table(t, "AUT a b|BEL a b c d|CHN a b c d e",
              "AUT household inventories|BEL household gfcf inventories|CHN household export", STRESSORS, 2);
    toy_fill(t, 2385, 0.6);
}

static void draw_up(leie_accounts *a, leie_account_regions *q, const leie_table *t)
{
    leie_error err = {0};
    leie_accounts_opts opts = {.by = LEIE_BY_CATEGORY};
    *q = (leie_account_regions){0};
    check_ok(leie_account_regions_all(q, &t->sector, &err), &err);
    check_ok(leie_accounts_make(a, t, q, &opts, &err), &err);
}

// Places of a region against the same places nested in the table.
static void test_nested(void)
{
    leie_error err = {0};
    leie_table t, nested = {0};
    leie_accounts a, b;
    leie_account_regions qa, qb;
    leie_local l;
    keys k;
    make_world(&t);
    make_keys(&k, 7);
    check_ok(leie_table_copy(&nested, &t, &err), &err);
    check_ok(leie_table_nest(&nested, &k.nest, &err), &err);
    draw_up(&a, &qa, &t);
    draw_up(&b, &qb, &nested);
    check_ok(leie_local_make(&l, &a, &t, &qa, &k.nest, NULL, NULL, &err), &err);
    check_true(l.worst <= 1e-12);
    for (leie_size m = 0; m < N; m++) {
        leie_size q = leie_labels_find(&qb.label, k.nest.region.code[m]);
        check_text(l.place.code[m], k.nest.region.code[m]);
        for (leie_size s = 0; s < STRESSORS; s++) {
            check_near(l.D_pba[m * STRESSORS + s], b.D_pba[q * STRESSORS + s], 1e-12);
            check_near(l.D_cba[m * STRESSORS + s], b.D_cba[q * STRESSORS + s], 1e-9);
            check_near(l.direct[m * STRESSORS + s], b.direct[q * STRESSORS + s], 1e-12);
            check_near(l.D_cba_sd[m * STRESSORS + s], 0, 0);
            double sum = 0;
            for (leie_size c = 0; c < l.C; c++)
                sum += l.by_category[(m * l.C + c) * STRESSORS + s];
            check_near(sum, l.D_cba[m * STRESSORS + s], 1e-12);
        }
    }
    leie_local_clear(&l);
    leie_accounts_clear(&a);
    leie_accounts_clear(&b);
    leie_account_regions_clear(&qa);
    leie_account_regions_clear(&qb);
    leie_table_clear(&t);
    leie_table_clear(&nested);
    leie_labels_clear(&k.nest.region);
}

// A firm's pressure stays where it is, and the others share the rest of its sector.
static void test_firm(void)
{
    leie_error err = {0};
    leie_table t;
    leie_accounts a;
    leie_account_regions q;
    leie_local plain, l;
    keys k;
    make_world(&t);
    make_keys(&k, 8);
    draw_up(&a, &q, &t);
    leie_size sector = leie_axis_find(&t.sector, "BEL", "b");
    t.F[1 * t.sector.n + sector] = 500;
    a.production[1 * t.sector.n + sector] = 500;
    a.D_pba[leie_labels_find(&q.label, "BEL") * STRESSORS + 1] =
        leie_sum(a.production + 1 * t.sector.n + t.sector.first[1], SECTORS, 1);
    check_ok(leie_local_make(&plain, &a, &t, &q, &k.nest, NULL, NULL, &err), &err);
    leie_local_firm firm = {.place = 0, .sector = sector, .stressor = 1, .value = 300, .sd = 10};
    leie_local_opts opts = {.firms = 1, .firm = &firm};
    check_ok(leie_local_make(&l, &a, &t, &q, &k.nest, NULL, &opts, &err), &err);
    const double *share = k.industry + 1; // of sector b
    check_near(l.D_pba[0 * STRESSORS + 1], plain.D_pba[0 * STRESSORS + 1] - share[0] * 500 + 300, 1e-12);
    double rest = share[SECTORS] / (share[SECTORS] + share[2 * SECTORS]);
    check_near(l.D_pba[1 * STRESSORS + 1], plain.D_pba[1 * STRESSORS + 1] - share[SECTORS] * 500 + rest * 200, 1e-12);
    check_near(l.D_pba_sd[0 * STRESSORS + 1], 10, 1e-12);
    check_near(l.D_pba_sd[1 * STRESSORS + 1], rest * 10, 1e-12);
    check_true(l.worst <= 1e-12);
    leie_local_clear(&plain);
    leie_local_clear(&l);
    firm.value = 501;
    check_status(leie_local_make(&l, &a, &t, &q, &k.nest, NULL, &opts, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "known firms have 501 t of 'f1' in sector 'b' of BEL, which has 500");
    check_size(l.place.n, 0);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    leie_labels_clear(&k.nest.region);
}

// First-order standard deviations against draws of the key, 2 % each.
static void test_errors(void)
{
    enum { DRAWS = 40000 };
    leie_error err = {0};
    leie_table t;
    leie_accounts a;
    leie_account_regions q;
    leie_local l;
    keys k;
    make_world(&t);
    make_keys(&k, 9);
    for (leie_size m = 0; m < N; m++) // one key for all
        for (leie_size i = 0; i < CATEGORIES; i++)
            k.demand[m * CATEGORIES + i] = k.demand[m * CATEGORIES];
    draw_up(&a, &q, &t);
    for (leie_size s = 0; s < a.q * a.C * a.k; s++) // sums of absolutes: no cancelling between categories
        a.by_category[s] = fabs(a.by_category[s]);
    leie_local_opts opts = {.demand_error = 0.02};
    check_ok(leie_local_make(&l, &a, &t, &q, &k.nest, NULL, &opts, &err), &err);
    double square[N] = {0}, total = l.D_cba[0] + l.D_cba[1 * STRESSORS] + l.D_cba[2 * STRESSORS];
    uint64_t seed = 17;
    for (int d = 0; d < DRAWS; d++) {
        double key[N], sum = 0;
        for (leie_size m = 0; m < N; m++) { // uniform with the same variance
            key[m] = k.demand[m * CATEGORIES] * (1 + 0.02 * sqrt(12) * (check_random(&seed) - 0.5));
            sum += key[m];
        }
        for (leie_size m = 0; m < N; m++)
            square[m] += pow(total * key[m] / sum - l.D_cba[m * STRESSORS], 2);
    }
    for (leie_size m = 0; m < N; m++)
        check_near(l.D_cba_sd[m * STRESSORS], sqrt(square[m] / DRAWS), 0.03);
    leie_local_clear(&l);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    leie_labels_clear(&k.nest.region);
}

static void test_stocks_and_mistakes(void)
{
    leie_error err = {0};
    leie_table t;
    leie_accounts a;
    leie_account_regions q;
    leie_local l;
    keys k;
    double value[] = {120e6, 5e6}, sd[] = {12e6, 0}, share[] = {0.5, 0.3, 0.2};
    leie_local_stocks stocks = {.value = value, .sd = sd, .share = share};
    make_world(&t);
    make_keys(&k, 10);
    draw_up(&a, &q, &t);
    leie_labels_add(&stocks.label, "concrete", "Concrete in buildings", "t", NULL, &err);
    leie_labels_add(&stocks.label, "steel", "", "t", NULL, &err);
    leie_local_opts opts = {.stock_error = 0.1};
    check_ok(leie_local_make(&l, &a, &t, &q, &k.nest, &stocks, &opts, &err), &err);
    check_near(l.stocks[1 * 2 + 0], 36e6, 1e-15);
    double s = 0.1 * 0.3 * sqrt(0.7 * 0.7 + 0.25 + 0.04);
    check_near(l.stocks_sd[1 * 2 + 0], hypot(s * 120e6, 0.3 * 12e6), 1e-12);
    leie_local_clear(&l);
    share[0] = 0.4;
    check_status(leie_local_make(&l, &a, &t, &q, &k.nest, &stocks, &opts, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "shares of the 3 places of BEL in key 'floor_area' sum to 0.9");
    err = (leie_error){0};
    k.demand[1] += 0.5;
    check_status(leie_local_make(&l, &a, &t, &q, &k.nest, NULL, &opts, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "in final demand 'gfcf' sum to 1.5: expected 1");
    err = (leie_error){0};
    k.nest.country = "BEU";
    check_status(leie_local_make(&l, &a, &t, &q, &k.nest, NULL, &opts, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "local accounts of 'BEU': it is no region of the table; 'BEL' is near");
    err = (leie_error){0};
    k.nest.country = "BEL";
    a.by_category = leie_free(a.by_category);
    check_status(leie_local_make(&l, &a, &t, &q, &k.nest, NULL, &opts, &err), LEIE_ERR_USAGE, &err);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    leie_labels_clear(&k.nest.region);
    leie_labels_clear(&stocks.label);
}

CHECK_SUITE(local, {"as a nested table", test_nested, NULL}, {"known firms", test_firm, NULL},
            {"standard deviations against draws", test_errors, NULL},
            {"stocks, mistakes", test_stocks_and_mistakes, NULL})
