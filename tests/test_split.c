// SPDX-License-Identifier: GPL-3.0-or-later
/* Regional split: worked examples, regions that add up, known cells, every method, mistakes by name. */
#include "solver/build/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/sut_identities.h"
#include "tests/check.h"
#include "tests/toy_sut.h"

// ---- CHARM: three products, values of the case reg_charm_toy ----

static void test_charm(void)
{
    static const double nation[3][5] = {{200, 80, 60, 110, 70}, {90, 10, 35, 60, 55}, {150, 0, 0, 100, 50}};
    static const double region[3][3] = {{50, 35, 25}, {30, 10, 12}, {40, 25, 20}};
    static const double h[] = {0.3157894736842105, 0.0975609756097561, 0};
    static const double exports[] = {17.36842105263158, 10.536585365853659, 0};
    static const double imports[] = {27.36842105263158, 2.536585365853659, 5};
    for (int i = 0; i < 3; i++) {
        const double *n = nation[i], *r = region[i];
        double e, m, found = leie_charm_h(n[0], n[3] + n[4], n[1], n[2]);
        check_near(found, h[i], 1e-12);
        leie_charm(&e, &m, r[0], r[1] + r[2], found);
        check_near(e, exports[i], 1e-12);
        check_near(m, imports[i], 1e-12);
    }
    double e, m; // both directions are held to what there is
    leie_charm(&e, &m, 10, 100, 0.9);
    check_true(e <= 10 && m <= 100);
    check_near(m - e, 90, 1e-12);
}

// Location quotients by their formulas (Flegg and Webber 1997, 2000), with delta 0.25 and a region of a quarter of the nation.
static void test_quotients(void)
{
    double lambda = leie_flq_lambda(0.25, 0.25);
    check_near(lambda, sqrt(sqrt(log2(1.25))), 1e-15);
    check_near(leie_own_share(LEIE_TRADE_SLQ, 0.8, 1.6, false, lambda), 0.8, 1e-15);
    check_near(leie_own_share(LEIE_TRADE_SLQ, 1.3, 1.6, false, lambda), 1, 0);
    check_near(leie_own_share(LEIE_TRADE_CILQ, 0.8, 1.6, false, lambda), 0.5, 1e-15);
    check_near(leie_own_share(LEIE_TRADE_CILQ, 0.8, 1.6, true, lambda), 0.8, 1e-15);
    check_near(leie_own_share(LEIE_TRADE_FLQ, 0.8, 1.6, false, lambda), 0.5 * lambda, 1e-15);
    check_near(leie_own_share(LEIE_TRADE_FLQ, 0.8, NAN, false, lambda), 0.8 * lambda, 1e-15);
    check_near(leie_own_share(LEIE_TRADE_AFLQ, 0.8, 1.6, false, lambda), 0.5 * lambda * log2(2.6), 1e-15);
    check_near(leie_own_share(LEIE_TRADE_AFLQ, 0.4, 0.8, false, lambda), 0.5 * lambda, 1e-15); // no specialised buyer
    check_near(leie_own_share(LEIE_TRADE_FLQ, 0, 0, false, lambda), 0, 0);
}

// ---- three regions: values of the case reg_nest_three_regions ----

enum { N = 3, P = 3 };
static const char *const code[N] = {"R1", "R2", "R3"};
static const double output[] = {60, 20, 40, 25, 18, 15, 15, 12, 25}; // region x sector
static const double national[] = {100, 50, 80};
static const double distance[] = {20, 90, 45, 90, 30, 60, 45, 60, 8};
static const double first[] = {
    24, 2, 2.5, 1.51617199123, 0.583264373598, 0, 2.19702102034, 0.466933566979, 0.74312404317, 18, 1.27358447263,
    1.3182126122, 12, 1.80919146611, 4.16114037206, 3.61838293223, 0, 0, 0, 0, 0.363132230227, 0.743952824665,
    4.99336844647, 0, 0.145252892091, 3.2, 2.26148933264, 2, 10.8363030522, 0.258834263367, 0.542705231109,
    0.983117507893, 0, 0, 0, 18.2049891278, 2.05537100317, 0, 5, 0, 0, 0, 7.91526351206, 0.998011486303, 0.9375,
    0.686569068857, 0.145916739681, 0.232226263491, 0, 6.64882135013, 0.411941441314, 5, 0.510346514523,
    0.788082697689, 0.592121600475, 1.25, 5.4, 1.875, 0, 0.245114255403, 0.502168156649, 0.945699237227, 3.36,
    0.0980457021613, 2.88, 0.170425538621, 0, 0.383930064868, 0.748508614727, 0.748508614727, 2.78270982846, 0, 0, 0,
    0.645002508978, 5.81771868136, 0, 1.875, 0, 0, 0, 0.568564496712, 0.218724140099, 0, 3.1164099108,
    0.587149693339, 0.587149693339, 0, 0.477594177238, 1.86984594648, 3, 0.680462019364, 1.05077693025, 0.7894954673,
    0, 0, 0, 0.75, 2.99175351437, 1.87887901869, 1.2609323163, 0, 1.19670140575, 1.92, 0.568085128738, 0,
    1.27976688289, 0.242657121906, 0.508786154164, 0.92167266365, 0.75, 1.2, 7.8125, 2.15000836326, 1.92691031547,
    4.2, 3.125};
static const double balanced[] = {
    23.4663866153, 1.72631561099, 2.24781045129, 1.10381420856, 0.446918829899, 0, 1.50352933228, 0.360474974511,
    0.584228058114, 17.0291632231, 0.954381053379, 0.983633078375, 9.59334456417, 2.01237596757, 4.3994760764,
    3.86627829076, 0, 0, 0, 0, 0.343386496498, 0.695064971006, 5.39347979704, 0, 0.123744838011, 3.16619356271,
    2.26674787527, 1.91266592208, 10.4134634987, 0.193171463634, 0.460729619286, 0.785483480499, 0, 0, 0,
    17.9537652229, 1.60556759213, 0, 4.4084053255, 0, 0, 0, 8.33691580929, 1.10634676431, 1.01391383673,
    0.679758198369, 0.1629737538, 0.264134396113, 0, 7.20827330387, 0.444708749511, 5.78297518801, 0.589508080308,
    0.865287448655, 0.657036515504, 1.07509576982, 5.26326663843, 1.7298061743, 0, 0.24070604834, 0.487224582844,
    1.06078776016, 2.98530005546, 0.0867422897054, 2.95923863647, 0.237451453725, 0, 0.512858624112, 0.776514359827,
    0.88330443717, 3.09051624802, 0, 0, 0, 0.8842152595, 6.31717006656, 0, 2.29796955108, 0, 0, 0, 0.798003853493,
    0.323100523341, 0, 4.11159198266, 0.873869543147, 0.889913257759, 0, 0.689970968293, 2.68986962348,
    4.62368024783, 0.746862961334, 1.09625494187, 0.832416474119, 0, 0, 0, 0.576157220968, 2.7916223498,
    1.73217299146, 1.34393931884, 0, 1.00600594079, 1.87456780082, 0.680667046448, 0, 1.47013614549, 0.216484535373,
    0.51633318756, 0.880280260449, 0.628963265727, 1.2269668339, 7.8472617427, 2.53464941851, 1.79933696031,
    3.90529548012, 3.29362512342};

// Rows of the case are (region, sector), columns the 9 sectors, 3 final demands, exports of all.
static double cell(const leie_sut *s, leie_size i, leie_size c)
{
    const leie_sut_layer *d = &s->layer[LEIE_DOMESTIC][LEIE_BASIC];
    if (c < 9)
        return d->use[i * 9 + c];
    return c < 12 ? d->final[i * 6 + (c - 9) * 2] : d->final[i * 6 + i / P * 2 + 1];
}

typedef struct three {
    leie_sut s;
    double a[N * P], f[N * 2];
    leie_nest shares;
    leie_split_opts how;
} three;

static void three_make(three *t, double imports)
{
    static const double supply[] = {100, 0, 0, 0, 50, 0, 0, 0, 80}, use[] = {40, 5, 5, 5, 15, 10, 5, 5, 25};
    static const double final[] = {30, 20, 12, 8, 35, 10};
    const double W[] = {imports > 0 ? 45 : 50, imports > 0 ? 20 : 25, imports > 0 ? 32 : 40};
    static const double use_m[] = {4, 1, 0, 0, 3, 2, 1, 1, 6}, final_m[] = {3, 1, 2, 2, 1, 0};
    static const double income[] = {0.6, 0.28, 0.12};
    leie_error err = {0};
    *t = (three){0};
    toy_sut(&t->s, &(toy_sut_values){.p = P, .k = P, .m = 2, .v = 1, .demand = "household export", .supply = supply,
                                     .use = use, .final = final, .W = W, .use_m = imports > 0 ? use_m : NULL,
                                     .final_m = final_m});
    for (leie_size r = 0; r < N; r++) {
        leie_labels_add(&t->shares.region, code[r], "", "", "", &err);
        for (leie_size i = 0; i < P; i++)
            t->a[r * P + i] = output[r * P + i] / national[i];
        t->f[r * 2] = t->f[r * 2 + 1] = income[r];
    }
    t->shares.country = "BE";
    t->shares.sectors = P;
    t->shares.categories = 2;
    t->shares.industry = t->a;
    t->shares.demand = t->f;
    t->how = (leie_split_opts){.shares = &t->shares, .exports_by_output = true, .method = LEIE_TRADE_FLQ, .delta = 0.2,
                               .beta = 1, .distance = distance, .balance = {.tolerance = 1e-13}};
}

static void three_clear(three *t)
{
    leie_sut_clear(&t->s);
    leie_labels_clear(&t->shares.region);
}

static void test_three_regions(void)
{
    leie_error err = {0};
    three t;
    three_make(&t, 0);
    for (int k = 0; k < 2; k++) {
        leie_sut to;
        t.how.unbalanced = k == 0;
        if (!check_ok(leie_sut_split(&to, &t.s, &t.how, NULL, &err), &err))
            continue;
        for (leie_size i = 0; i < 9; i++)
            for (leie_size c = 0; c < 13; c++)
                check_close(cell(&to, i, c), (k == 0 ? first : balanced)[i * 13 + c], 1e-8, 1e-9);
        leie_sut_clear(&to);
    }
    three_clear(&t);
}

// ---- distances: what trade keeps of them ----

// What region r buys of product i from region s, all users but exports; unbalanced, or met by gravity alone.
static double bought(const leie_sut *to, leie_size s, leie_size r, leie_size i)
{
    double sum = 0;
    for (leie_size j = 0; j < P; j++)
        sum += cell(to, s * P + i, r * P + j);
    return sum + cell(to, s * P + i, 9 + r);
}

// Totals move rows and columns, so (T_sr T_rs) / (T_ss T_rr) is what the distances say: exactly, whatever the sizes.
static void test_gravity_ratios(void)
{
    leie_error err = {0};
    three t;
    three_make(&t, 0);
    t.how.method = LEIE_TRADE_GRAVITY;
    for (int beta = 0; beta < 3; beta++) {
        leie_sut to;
        t.how.beta = beta;
        if (!check_ok(leie_sut_split(&to, &t.s, &t.how, NULL, &err), &err))
            break;
        for (leie_size s = 0; s < N; s++)
            for (leie_size r = 0; r < s; r++)
                for (leie_size i = 0; i < P; i++) {
                    const double *d = distance;
                    double far = d[s * N + r] * d[r * N + s], near = d[s * N + s] * d[r * N + r];
                    check_close(bought(&to, s, r, i) * bought(&to, r, s, i) * pow(far / near, beta),
                                bought(&to, s, s, i) * bought(&to, r, r, i), 1e-8, 0);
                }
        leie_sut_clear(&to);
    }
    three_clear(&t);
}

// The other origins of what quotients leave: q_is d_sr^-beta. R1 takes p1 from R2 (18 made, 90 away) and R3 (12, 45 away).
static void test_quotient_origins(void)
{
    leie_error err = {0};
    three t;
    three_make(&t, 0);
    t.how.unbalanced = true;
    for (int beta = 0; beta < 3; beta++) {
        leie_sut to;
        t.how.beta = beta;
        if (!check_ok(leie_sut_split(&to, &t.s, &t.how, NULL, &err), &err))
            break;
        check_true(bought(&to, 1, 0, 1) > 0);
        check_close(bought(&to, 1, 0, 1) / bought(&to, 2, 0, 1), 18 * pow(90, -beta) / (12 * pow(45, -beta)), 1e-12, 0);
        leie_sut_clear(&to);
    }
    three_clear(&t);
}

// Two alike places, four times as far from each other as inside: four fifths stay. Without what stays, cycles keep their ratio.
static void test_gravity(void)
{
    static const double two[] = {10, 10}, inside[] = {1, 4, 4, 1}, total[] = {9, 7, 8}, one_way[] = {1, 2, 3, 4, 1, 5, 7, 6, 1};
    double flow[9];
    leie_gravity(flow, 2, two, two, inside, 1, true);
    check_near(flow[0], 8, 1e-12);
    check_near(flow[1], 2, 1e-12);
    leie_gravity(flow, 2, two, two, inside, 2, true);
    check_near(flow[0], 160. / 17, 1e-12);
    leie_gravity(flow, 3, total, total, one_way, 1, false);
    check_near(flow[0], 0, 0);
    check_close(flow[1] * flow[5] * flow[6] / (flow[3] * flow[7] * flow[2]), 4. * 6 * 3 / (2 * 5 * 7), 1e-9, 0);
}

// ---- what every method must keep ----

// Regions add up to the nation cell by cell, and sell what they make.
static void check_adds_up(const leie_sut *to, const leie_sut *s, double tolerance)
{
    leie_size p = s->product.n, k = s->account.sector.n, m = s->account.demand.n, R = to->product.region.n;
    for (int o = 0; o < 2; o++) {
        const leie_sut_layer *a = &to->layer[o][LEIE_BASIC], *b = &s->layer[o][LEIE_BASIC];
        for (leie_size i = 0; b->use && i < p; i++)
            for (leie_size u = 0; u < k + m; u++) {
                double sum = 0;
                for (leie_size q = 0; q < R; q++)
                    for (leie_size r = 0; r < R; r++)
                        sum += u < k ? a->use[(q * p + i) * R * k + r * k + u] : a->final[(q * p + i) * R * m + r * m + u - k];
                check_close(sum, u < k ? b->use[i * k + u] : b->final[i * m + u - k], tolerance, 1e-9);
            }
    }
    const leie_sut_layer *d = &to->layer[LEIE_DOMESTIC][LEIE_BASIC];
    for (leie_size i = 0; i < R * p; i++)
        check_close(leie_sum(d->use + i * R * k, R * k, 1) + leie_sum(d->final + i * R * m, R * m, 1),
                    leie_sum(to->supply + i * R * k, R * k, 1), tolerance, 1e-9);
}

static void test_methods(void)
{
    static double given[3 * N * N * P];
    leie_error err = {0};
    three t;
    three_make(&t, 1);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        given[i] = i % 5 == 0 ? NAN : 1 + (double)(i % 7);
    t.how.given = given;
    t.how.balance.tolerance = 1e-11;
    for (int method = 0; method < LEIE_TRADE_METHODS; method++) {
        leie_sut to;
        leie_split_info info;
        t.how.method = (leie_trade_method)method;
        check_size(leie_trade_find(leie_trade_name(t.how.method)), method);
        if (!check_ok(leie_sut_split(&to, &t.s, &t.how, &info, &err), &err))
            break;
        check_true(info.balance.converged);
        check_adds_up(&to, &t.s, 1e-9);
        leie_size marks[4] = {0};
        for (leie_size i = 0; i < 81; i++)
            marks[info.mark[LEIE_PART_USE][i]]++;
        check_true(marks[LEIE_MARK_GIVEN] == 0);
        check_true((marks[LEIE_MARK_BALANCED] > 0) == (method != LEIE_TRADE_GRAVITY)); // gravity meets all totals
        leie_identities list = {0};
        check_ok(leie_identities_sut(&list, &to, &err), &err);
        for (leie_size i = 0; i < list.n; i++)
            check_true(list.item[i].verdict != LEIE_FAIL);
        leie_identities_clear(&list);
        leie_split_info_clear(&info);
        leie_sut_clear(&to);
    }
    three_clear(&t);
}

// Different sizes of split: supply by make and use with more products than industries, inventories below zero.
static void test_rectangular(void)
{
    enum { p = 7, k = 7 };
    leie_error err = {0};
    leie_sut s, to;
    leie_split_info info;
    toy_sut_random(&s, p, k, 11);
    leie_size m = s.account.demand.n;
    double *a = leie_new(2 * k, sizeof *a), *f = leie_new(2 * m, sizeof *f);
    leie_nest shares = {.country = "BE", .sectors = k, .categories = m, .industry = a, .demand = f};
    leie_labels_add(&shares.region, "N", "", "", "", &err);
    leie_labels_add(&shares.region, "S", "", "", "", &err);
    uint64_t seed = 5;
    for (leie_size j = 0; j < k; j++)
        a[k + j] = 1 - (a[j] = j == 2 ? 1 : 0.1 + 0.8 * check_random(&seed));
    for (leie_size j = 0; j < m; j++)
        f[m + j] = 1 - (f[j] = 0.2 + 0.6 * check_random(&seed));
    leie_split_opts how = {.shares = &shares, .exports_by_output = true, .method = LEIE_TRADE_CHARM, .beta = 1,
                           .balance = {.tolerance = 1e-11, .iterations = 20000}};
    if (check_ok(leie_sut_split(&to, &s, &how, &info, &err), &err)) {
        check_true(info.balance.converged);
        check_adds_up(&to, &s, 1e-8);
        leie_adjustments list = {0};
        check_ok(leie_sut_add_up(&list, &to, &s, &err), &err);
        for (leie_size i = 0; i < list.n; i++)
            check_close(list.item[i].after, list.item[i].before, 1e-8, 1e-8);
        check_true(list.n > 3 * p);
        leie_adjustments_clear(&list);
        leie_split_info_clear(&info);
        leie_sut_clear(&to);
    }
    leie_sut_clear(&s);
    leie_labels_clear(&shares.region);
    leie_free(a);
    leie_free(f);
}

// ---- known cells ----

static void test_known(void)
{
    leie_error err = {0};
    leie_sut to;
    leie_split_info info;
    three t;
    three_make(&t, 1);
    const leie_known_cell known[] = {{LEIE_PART_USE, 0, 0, 30, 2},         // R1's own use of p0 by p0
                                     {LEIE_PART_SUPPLY, 0, 0, 62, 3},      // R1 makes 62 of 100
                                     {LEIE_PART_IMPORT_USE, 8, 8, 4.5, 4}, // R3 imports 4.5 of 6
                                     {LEIE_PART_INPUTS, 0, 1, 20, 5}};
    t.how.cell = known;
    t.how.known = 4;
    t.how.known_path = "known.csv";
    if (check_ok(leie_sut_split(&to, &t.s, &t.how, &info, &err), &err)) {
        check_near(to.layer[LEIE_DOMESTIC][LEIE_BASIC].use[0], 30, 0);
        check_near(to.supply[0], 62, 0);
        check_near(to.supply[3 * 9 + 3], 100 * 0.25 * 38 / 40, 1e-12); // the rest in proportion
        check_near(to.layer[LEIE_IMPORTED][LEIE_BASIC].use[8 * 9 + 8], 4.5, 0);
        check_near(to.account.W[1], 20, 0);
        check_size(info.mark[LEIE_PART_USE][0], LEIE_MARK_GIVEN);
        check_size(info.mark[LEIE_PART_SUPPLY][0], LEIE_MARK_GIVEN);
        check_size(info.mark[LEIE_PART_SUPPLY][3 * 9 + 3], LEIE_MARK_ESTIMATED);
        check_adds_up(&to, &t.s, 1e-9);
        leie_split_info_clear(&info);
        leie_sut_clear(&to);
    }
    const leie_known_cell much[] = {{LEIE_PART_USE, 0, 0, 41, 7}}, imports[] = {{LEIE_PART_IMPORT_USE, 8, 8, 6.5, 8}};
    t.how.known = 1;
    t.how.cell = much;
    check_status(leie_sut_split(&to, &t.s, &t.how, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "known.csv:7: known use of 'p0' by 'p0' adds up to 41");
    err = (leie_error){0};
    t.how.cell = imports;
    check_status(leie_sut_split(&to, &t.s, &t.how, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "known.csv:8: known import_use cells exceed the nation: 6.5, the national cell is 6");
    three_clear(&t);
}

// ---- mistakes ----

static void check_fails(three *t, leie_status code_expected, const char *piece)
{
    leie_error err = {0};
    leie_sut to;
    check_status(leie_sut_split(&to, &t->s, &t->how, NULL, &err), code_expected, &err);
    check_has(err.text, piece);
}

static void test_mistakes(void)
{
    static double given[3 * N * N * P];
    three t;
    three_make(&t, 0);
    t.a[0] += 0.1;
    check_fails(&t, LEIE_ERR_DATA, "shares of the 3 regions in industry 'p0' sum to 1.1: expected 1");
    t.a[0] -= 0.1;
    t.f[0] = -0.1;
    check_fails(&t, LEIE_ERR_DATA, "share of region 'R1' in final use 'household' is -0.1");
    t.f[0] = 0.6;
    t.how.method = LEIE_TRADE_GRAVITY;
    t.how.distance = NULL;
    check_fails(&t, LEIE_ERR_USAGE, "needs distances");
    t.how.method = LEIE_TRADE_GIVEN;
    check_fails(&t, LEIE_ERR_USAGE, "needs a table of flows");
    t.how.given = given;
    given[1 * P] = 5; // R1 sells p0 to R2
    for (leie_size r = 0; r < N; r++)
        t.a[r * P] = r == 1 ? 1 : 0; // only R2 makes p0
    check_fails(&t, LEIE_ERR_DATA, "given trade: 'R1' sells 5 of 'p0' to 'R2' and has no output of it");
    t.shares.sectors = 5;
    check_fails(&t, LEIE_ERR_SHAPE, "shares for 5 industries");
    three_clear(&t);
}

CHECK_SUITE(split, {"charm", test_charm, NULL}, {"location quotients", test_quotients, NULL}, {"three regions", test_three_regions, NULL},
            {"gravity", test_gravity, NULL}, {"gravity keeps ratios of distances", test_gravity_ratios, NULL},
            {"origins by distance", test_quotient_origins, NULL},
            {"methods", test_methods, NULL}, {"rectangular", test_rectangular, NULL}, {"known cells", test_known, NULL},
            {"mistakes", test_mistakes, NULL})
