// SPDX-License-Identifier: GPL-3.0-or-later
/* Lifetimes and cohort stocks: published answers, identities, two ways that agree, mistakes by name. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/special.h"
#include "solver/mfa/end_of_life.h"
#include "solver/mfa/stock.h"
#include "tests/check.h"

enum { T = 10 };

static leie_lifetime life_of(leie_lifetime_kind kind, double a, double b)
{
    leie_lifetime life = {.kind = kind, .mean = NAN, .sd = NAN, .shape = NAN, .scale = NAN, .oldest = INFINITY};
    if (kind == LEIE_LIFE_WEIBULL || kind == LEIE_LIFE_GAMMA) {
        life.shape = a;
        life.scale = b;
    } else {
        life.mean = a;
        life.sd = b;
    }
    return life;
}

// Inflow 1 .. 10 (or a given stock) through one lifetime; the caller clears.
static void run_one(leie_stocks *s, leie_lifetime life, const leie_survival_opts *opts, bool by_stock, const double *given)
{
    leie_error err = {0};
    leie_survival survival = {0};
    check_ok(leie_lifetime_settle(&life, &err), &err);
    check_ok(leie_survival_new(&survival, T, 0, &life, opts, &err), &err);
    const leie_stock_item item = {.name = "thing", .survival = &survival, .by_stock = by_stock, .given = given};
    const leie_stock_opts model = {.first_year = 2001, .by_cohort = true};
    check_ok(leie_stocks_make(s, 1, &item, &model, &err), &err);
    leie_survival_clear(&survival);
}

static const double ONE_TO_TEN[T] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

// ---- special functions ----

static void test_special(void)
{
    check_near(leie_gamma_tail(1, 2.5), exp(-2.5), 1e-14);
    check_near(leie_gamma_tail(0.5, 3.2), erfc(sqrt(3.2)), 1e-13);
    check_near(leie_gamma_tail(3, 1.7), exp(-1.7) * (1 + 1.7 + 1.7 * 1.7 / 2), 1e-13);
    check_near(leie_gamma_tail(1.5, 7.815 / 2), 0.05, 1e-3); // chi-square 7.815 with 3 degrees of freedom
    check_near(leie_gamma_tail(1e4, 1e4), 0.5 - 1 / (3 * sqrt(2 * acos(-1) * 1e4)), 1e-6);
    check_true(isnan(leie_gamma_tail(-1, 1)));
    for (double p = 1e-12; p < 1; p = p < 0.1 ? p * 7 : p + 0.11)
        check_near(leie_normal_tail(leie_normal_tail_at(p)), p, 1e-9);
    double node[12], weight[12], sum = 0, power = 0;
    leie_legendre(12, node, weight);
    for (int i = 0; i < 12; i++) {
        sum += weight[i];
        power += weight[i] * pow(node[i], 23);
    }
    check_near(sum, 1, 1e-14);
    check_near(power, 1.0 / 24, 1e-13);
}

// ---- lifetimes ----

// Mean of a distribution by summing sf over fine steps.
static double mean_by_sum(const leie_lifetime *life)
{
    double sum = 0, step = 0.01;
    for (double a = 0.5 * step; a < 400; a += step)
        sum += step * leie_lifetime_survival(life, a);
    return sum;
}

static void test_lifetimes(void)
{
    leie_error err = {0};
    for (int k = 0; k < LEIE_LIFE_KINDS; k++) {
        leie_lifetime life = life_of(LEIE_LIFE_NORMAL, 30, 7);
        life.kind = (leie_lifetime_kind)k;
        if (k == LEIE_LIFE_FIXED)
            life.sd = NAN;
        check_ok(leie_lifetime_settle(&life, &err), &err);
        check_size(leie_lifetime_find(leie_lifetime_name(life.kind)), k);
        check_near(mean_by_sum(&life), 30, 2e-4);
        check_near(leie_lifetime_mean(&life), 30, 1e-5);
        check_near(leie_lifetime_survival(&life, 0), 1, 1e-4);
        for (int a = 0; a < 120; a++)
            check_true(leie_lifetime_survival(&life, a + 1) <= leie_lifetime_survival(&life, a));
    }
    leie_lifetime folded = life_of(LEIE_LIFE_FOLDED_NORMAL, 5, 8);
    check_ok(leie_lifetime_settle(&folded, &err), &err);
    check_near(mean_by_sum(&folded), leie_lifetime_mean(&folded), 1e-5);
    check_near(leie_lifetime_survival(&folded, 0), 1, 1e-15);
    // Figures of the case mfa_stock_cohort: the lognormal with mean 5 and standard deviation 1.5.
    leie_lifetime lognormal = life_of(LEIE_LIFE_LOGNORMAL, 5, 1.5);
    check_near(leie_lifetime_survival(&lognormal, 3), 0.9444562289308868, 1e-13);
}

static void test_truncated(void)
{
    leie_error err = {0};
    leie_lifetime life = life_of(LEIE_LIFE_NORMAL, 5, 4);
    life.truncated = true;
    life.oldest = 9;
    check_ok(leie_lifetime_settle(&life, &err), &err);
    double low = leie_normal_tail(-1.25), high = leie_normal_tail(1);
    check_near(leie_lifetime_survival(&life, 0), 1, 1e-15);
    check_near(leie_lifetime_survival(&life, 5), (0.5 - high) / (low - high), 1e-14);
    check_near(leie_lifetime_survival(&life, 9), 0, 1e-15);
}

static void refuse_life(leie_lifetime life, const char *message)
{
    leie_error err = {0};
    check_status(leie_lifetime_settle(&life, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, message);
}

static void test_bad_lifetimes(void)
{
    refuse_life(life_of(LEIE_LIFE_FIXED, 0, NAN), "a fixed lifetime with a mean of 0 years");
    refuse_life(life_of(LEIE_LIFE_FIXED, 3, 1), "no standard deviation, found 1");
    refuse_life(life_of(LEIE_LIFE_NORMAL, 3, NAN), "needs a standard deviation");
    refuse_life(life_of(LEIE_LIFE_NORMAL, NAN, 3), "needs a mean");
    refuse_life(life_of(LEIE_LIFE_LOGNORMAL, 3, -2), "a standard deviation of -2 years");
    refuse_life(life_of(LEIE_LIFE_WEIBULL, 2, NAN), "shape 2 and scale nan");
    leie_lifetime both = life_of(LEIE_LIFE_GAMMA, 2, 3);
    both.mean = 6;
    refuse_life(both, "not both");
    leie_lifetime shaped = life_of(LEIE_LIFE_NORMAL, 5, 1);
    shaped.shape = 2;
    refuse_life(shaped, "takes no shape or scale");
    leie_lifetime cut = life_of(LEIE_LIFE_FIXED, 5, NAN);
    cut.truncated = true;
    cut.oldest = 3;
    refuse_life(cut, "truncated at 3 years");
}

// ---- published answers ----

/* Stock and outflow of ODYM's tests (IndEcol/ODYM, tests/test_dynamic_stock_model.py), printed with 9 to 10 digits;
 * the lognormal with the correct parameters, computed with SciPy. */
static void test_published(void)
{
    static const struct {
        leie_lifetime_kind kind;
        double a, b, stock[T], outflow[T];
    } known[] = {
        {LEIE_LIFE_FIXED, 5, NAN, {1, 3, 6, 10, 15, 20, 25, 30, 35, 40}, {0, 0, 0, 0, 0, 1, 2, 3, 4, 5}},
        {LEIE_LIFE_NORMAL, 5, 1.5,
         {.99957094, 2.9953115, 5.96830193, 9.85008113, 14.4793678, 19.60865447, 24.99043368, 30.46342411, 35.95916467, 41.45873561},
         {.000429060333, .0042594409, .0270095728, .118220793, .37071333, .87071333, 1.61822079, 2.52700957, 3.50425944, 4.50042906}},
        {LEIE_LIFE_WEIBULL, 1.2, 1,
         {1, 2.367879441, 3.836279069, 5.328499576, 6.825822547, 8.324154666, 9.822673522, 11.321225, 12.8197819, 14.31833966},
         {0, .632120559, 1.531600372, 2.507779493, 3.502677029, 4.50166788, 5.501481144, 6.501448519, 7.5014431, 8.501442241}},
        {LEIE_LIFE_LOGNORMAL, 5, 1.5,
         {1, 2.999999952410734, 5.998532679018831, 9.941521634557814, 14.614687495139226, 19.729506116577745,
          25.065612822167594, 30.49973241252816, 35.974099079612614, 41.46428102170812},
         {0, 4.758926608339209e-08, .0014672733919030012, .05701104446101646, .32683413941858797, .8851813785614815,
          1.6638932944101514, 2.565880409639434, 3.525633332915544, 4.5098180579045}}};
    const leie_survival_opts opts = {0};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        leie_stocks s;
        run_one(&s, life_of(known[k].kind, known[k].a, known[k].b), &opts, false, ONE_TO_TEN);
        for (int t = 0; t < T; t++) {
            check_close(s.stock[t], known[k].stock[t], 0, 1e-8);
            check_close(s.outflow[t], known[k].outflow[t], 0, 1e-8);
        }
        leie_stocks_clear(&s);
    }
}

// ---- identities ----

static void test_stock_driven_is_the_inverse(void)
{
    const leie_survival_opts opts = {.age = 0.5};
    const leie_lifetime_kind kinds[] = {LEIE_LIFE_NORMAL, LEIE_LIFE_LOGNORMAL, LEIE_LIFE_GAMMA};
    for (int k = 0; k < 3; k++) {
        leie_stocks s, back;
        leie_lifetime life = life_of(kinds[k], 4.3, 1.9);
        run_one(&s, life, &opts, false, ONE_TO_TEN);
        run_one(&back, life, &opts, true, s.stock);
        for (int t = 0; t < T; t++) {
            check_near(back.inflow[t], ONE_TO_TEN[t], 1e-12);
            check_close(back.outflow[t], s.outflow[t], 1e-12, 1e-15);
        }
        leie_stocks_clear(&s);
        leie_stocks_clear(&back);
    }
}

// Stock change is inflow less outflow, and the cohorts add up to the stock.
static void check_identities(const leie_stocks *s, const double *initial)
{
    leie_size C = s->before + s->years;
    for (leie_size i = 0; i < s->items; i++) {
        double before = 0;
        for (leie_size a = 0; initial && a < s->before; a++)
            before += initial[i * s->before + a];
        for (leie_size t = 0; t < s->years; t++) {
            leie_size at = i * s->years + t;
            check_close(s->stock[at] - before, s->inflow[at] - s->outflow[at], 0, 1e-11);
            before = s->stock[at];
            double sum = 0;
            for (leie_size c = 0; c < C; c++)
                sum += s->cohort[at * C + c];
            check_close(sum, s->stock[at], 1e-13, 1e-13);
        }
    }
}

// Many items with an initial stock, every kind of change, given by inflow or by a stock that falls.
static void make_many(leie_stocks *s, leie_lifetime_change change, int threads, double *initial, leie_error *err)
{
    enum { ITEMS = 50, A = 6 };
    static double given[ITEMS * T];
    leie_lifetime life[A + T];
    leie_survival survival = {0};
    leie_stock_item item[ITEMS];
    const leie_survival_opts within = {.change = change, .points = 5};
    const leie_stock_opts opts = {.first_year = 2001, .scale_down = true, .by_cohort = true};
    uint64_t seed = 17;
    for (int k = 0; k < A + T; k++) {
        life[k] = life_of(LEIE_LIFE_NORMAL, 3 + 0.2 * k, 1.2);
        check_ok(leie_lifetime_settle(&life[k], err), err);
    }
    check_ok(leie_survival_new(&survival, T, A, life, &within, err), err);
    for (int i = 0; i < ITEMS; i++) {
        for (int t = 0; t < T; t++)
            given[i * T + t] = 20 * check_random(&seed);
        for (int a = 0; a < A; a++)
            initial[i * A + a] = 3 * check_random(&seed);
        item[i] = (leie_stock_item){"x", &survival, i % 2 == 1, given + i * T, initial + i * A};
    }
    leie_threads_set(threads);
    check_ok(leie_stocks_make(s, ITEMS, item, &opts, err), err);
    leie_threads_set(0);
    leie_survival_clear(&survival);
}

static void test_many(void)
{
    static double initial[50 * 6];
    for (int change = LEIE_LIFE_CONSTANT; change <= LEIE_LIFE_BY_YEAR; change++) {
        leie_error err = {0};
        leie_stocks one, three;
        make_many(&one, (leie_lifetime_change)change, 1, initial, &err);
        make_many(&three, (leie_lifetime_change)change, 3, initial, &err);
        check_identities(&one, initial);
        check_true(memcmp(one.stock, three.stock, 50 * T * sizeof(double)) == 0);
        check_true(memcmp(one.outflow, three.outflow, 50 * T * sizeof(double)) == 0);
        leie_size scaled = 0;
        for (int i = 0; i < 50; i++) {
            check_true(i % 2 == 1 || one.scaled[i] == 0);
            scaled += one.scaled[i];
        }
        check_true(scaled > 0);
        leie_stocks_clear(&one);
        leie_stocks_clear(&three);
    }
}

// A lifetime that does not change gives the same by all three routes.
static void test_changes_agree(void)
{
    enum { A = 4 };
    leie_error err = {0};
    leie_lifetime life[A + T];
    leie_stocks s[3];
    const double initial[A] = {3.1, 2.7, 2.2, 1.4};
    for (int k = 0; k < A + T; k++)
        life[k] = life_of(LEIE_LIFE_LOGNORMAL, 4, 1.5);
    for (int change = 0; change < 3; change++) {
        leie_survival survival = {0};
        const leie_survival_opts within = {.change = (leie_lifetime_change)change, .age = 0.5};
        check_ok(leie_survival_new(&survival, T, A, life, &within, &err), &err);
        const leie_stock_item item = {"x", &survival, false, ONE_TO_TEN, initial};
        const leie_stock_opts opts = {.first_year = 2001};
        check_ok(leie_stocks_make(&s[change], 1, &item, &opts, &err), &err);
        leie_survival_clear(&survival);
        for (int t = 0; t < T; t++)
            check_near(s[change].stock[t], s[0].stock[t], 1e-12);
    }
    for (int change = 0; change < 3; change++)
        leie_stocks_clear(&s[change]);
}

/* Fixed lifetimes that are cut from 6 to 3 years in year 4: by year the older goods leave at once, by cohort
 * only new goods are affected. */
static void test_shorter_lives(void)
{
    leie_error err = {0};
    leie_lifetime life[T];
    const double ones[T] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const double by_year[T] = {1, 2, 3, 4, 3, 3, 3, 3, 3, 3}, by_cohort[T] = {1, 2, 3, 4, 5, 6, 6, 5, 4, 3};
    for (int t = 0; t < T; t++)
        life[t] = life_of(LEIE_LIFE_FIXED, t < 4 ? 6 : 3, NAN);
    for (int change = LEIE_LIFE_BY_COHORT; change <= LEIE_LIFE_BY_YEAR; change++) {
        leie_survival survival = {0};
        leie_stocks s;
        const leie_survival_opts within = {.change = (leie_lifetime_change)change};
        check_ok(leie_survival_new(&survival, T, 0, life, &within, &err), &err);
        const leie_stock_item item = {"x", &survival, false, ones, NULL};
        const leie_stock_opts opts = {.first_year = 2001};
        check_ok(leie_stocks_make(&s, 1, &item, &opts, &err), &err);
        for (int t = 0; t < T; t++)
            check_near(s.stock[t], change == LEIE_LIFE_BY_YEAR ? by_year[t] : by_cohort[t], 1e-14);
        leie_stocks_clear(&s);
        leie_survival_clear(&survival);
    }
}

static void test_within_year(void)
{
    leie_stocks s;
    const leie_survival_opts spread = {.points = 3};
    run_one(&s, life_of(LEIE_LIFE_FIXED, 2.25, NAN), &spread, false, ONE_TO_TEN);
    check_near(s.stock[3], 4 + 3 + 2 * 0.25, 1e-14); // the third year of a cohort: a quarter is left
    leie_stocks_clear(&s);
    const leie_survival_opts many = {.points = 20};
    run_one(&s, life_of(LEIE_LIFE_WEIBULL, 1, 3), &many, false, ONE_TO_TEN);
    check_near(s.stock[0], 3 * (1 - exp(-1.0 / 3)), 1e-14); // mean of exp(-a / 3) over the year
    leie_stocks_clear(&s);
}

// ---- mistakes ----

static void refuse_item(const double *given, bool by_stock, leie_lifetime life, double age, const char *message)
{
    leie_error err = {0};
    leie_survival survival = {0};
    leie_stocks s;
    const leie_survival_opts within = {.age = age};
    check_ok(leie_survival_new(&survival, 3, 0, &life, &within, &err), &err);
    const leie_stock_item item = {"roads", &survival, by_stock, given, NULL};
    const leie_stock_opts opts = {.first_year = 2001};
    check_status(leie_stocks_make(&s, 1, &item, &opts, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, message);
    leie_survival_clear(&survival);
}

static void test_bad_items(void)
{
    const leie_lifetime life = life_of(LEIE_LIFE_FIXED, 5, NAN), brief = life_of(LEIE_LIFE_FIXED, 0.3, NAN);
    refuse_item((const double[]){1, -2, 3}, false, life, 0, "roads: an inflow of -2 in 2002");
    refuse_item((const double[]){1, 2, NAN}, true, life, 0, "roads: a stock of nan in 2003");
    refuse_item((const double[]){5, 3, 3}, true, life, 0, "roads: the stock of 2002 is given as 3, but 5 is left");
    refuse_item((const double[]){5, 3, 3}, true, brief, 0.5, "roads: nothing put into use in 2001 is left");
    leie_error err = {0};
    leie_survival survival;
    const leie_survival_opts within = {.age = 1.5};
    check_status(leie_survival_new(&survival, 3, 0, &life, &within, &err), LEIE_ERR_SHAPE, &err);
    check_has(err.text, "an age of 1.5");
}

// Outflow 10 each year, a fifth hibernates, a quarter of that is let go, nine tenths are demolished; by hand.
static void test_end_of_life(void)
{
    const double outflow[] = {10, 10, 10};
    const leie_end_of_life end = {.hibernates = 0.2, .release = 0.25, .demolished = 0.9}, bad = {.hibernates = 1.5};
    double hibernating[3], demolished[3], abandoned[3], gone = 0;
    leie_error err = {0};
    check_ok(leie_end_of_life_follow(hibernating, demolished, abandoned, &end, 3, outflow, &err), &err);
    check_near(hibernating[0], 2, 1e-15);
    check_near(hibernating[1], 3.5, 1e-15);
    check_near(hibernating[2], 4.625, 1e-15);
    check_near(demolished[1], 0.9 * 8.5, 1e-15);
    for (int t = 0; t < 3; t++)
        gone += demolished[t] + abandoned[t];
    check_near(gone + hibernating[2], 30, 1e-15);
    check_status(leie_end_of_life_follow(hibernating, demolished, abandoned, &bad, 3, outflow, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "1.5");
}

CHECK_SUITE(stock, {"end of life", test_end_of_life, NULL}, {"special functions", test_special, NULL}, {"lifetimes", test_lifetimes, NULL},
            {"truncated lifetimes", test_truncated, NULL}, {"bad lifetimes", test_bad_lifetimes, NULL},
            {"published answers", test_published, NULL},
            {"stock-driven is the inverse of inflow-driven", test_stock_driven_is_the_inverse, NULL},
            {"identities and threads", test_many, NULL}, {"a lifetime that does not change", test_changes_agree, NULL},
            {"lifetimes that get shorter", test_shorter_lives, NULL}, {"inflow within the year", test_within_year, NULL},
            {"bad items", test_bad_items, NULL})
