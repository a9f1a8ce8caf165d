// SPDX-License-Identifier: GPL-3.0-or-later
/* Structural decomposition: a worked example to its digits, exact sums, properties, refusals. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/analysis/additive.h"
#include "solver/analysis/decomposition.h"
#include "solver/build/deflate.h"
#include "solver/linear/linsys.h"
#include "tests/check.h"
#include "tests/small_table.h"

enum { F = LEIE_SDA_FACTORS };

// ---- the example of three sectors (Miller and Blair 2009, chapter 13; Dietzenbacher and Los 1998) ----

static const double Z0[] = {10, 20, 25, 15, 5, 30, 30, 40, 5}, Z1[] = {12, 15, 35, 24, 11, 30, 36, 50, 8};
static const double f0[] = {45, 30, 25}, f1[] = {50, 35, 26}, s0[] = {0.5, 0.2, 0.9}, s1[] = {0.45, 0.21, 0.8};

typedef struct pair {
    leie_table t[2];
    leie_account_regions q;
    leie_sda_side side[2];
} pair;

static void open_pair(pair *p)
{
    leie_error err = {0};
    for (int i = 0; i < 2; i++) {
        p->t[i].year = 2000 + i;
        p->side[i].t = &p->t[i];
    }
    check_ok(leie_account_regions_all(&p->q, &p->t[0].sector, &err), &err);
}

static void clear_pair(pair *p)
{
    leie_table_clear(&p->t[0]);
    leie_table_clear(&p->t[1]);
    leie_account_regions_clear(&p->q);
}

// One stressor with the given intensities, or (NULL) the output of each sector as a stressor of its own.
static void example(pair *p, bool intensities)
{
    const double *Z[] = {Z0, Z1}, *f[] = {f0, f1}, *s[] = {s0, s1};
    *p = (pair){0};
    for (int i = 0; i < 2; i++) {
        double pressure[9] = {0};
        for (int r = 0; r < 3; r++) {
            double x = f[i][r];
            for (int c = 0; c < 3; c++)
                x += Z[i][3 * r + c];
            pressure[intensities ? r : 4 * r] = intensities ? s[i][r] * x : x;
        }
        small_table(&p->t[i], "A:1 A:2 A:3", "A:hh:household", intensities ? "CO2:t:" : "x1:t: x2:t: x3:t:", Z[i], f[i], pressure, NULL);
    }
    open_pair(p);
}

static double demand_of(const double *total)
{
    return total[LEIE_SDA_MIX] + total[LEIE_SDA_VOLUME] + total[LEIE_SDA_POPULATION];
}

static void check_three(const pair *p, leie_sda_mean mean, double intensity, double technology, double demand)
{
    leie_error err = {0};
    leie_sda d;
    const leie_sda_opts opts = {.mean = mean, .demand_whole = true};
    if (!check_ok(leie_sda_make(&d, p->side, &p->q, &opts, &err), &err))
        return;
    check_near(d.total[LEIE_SDA_INTENSITY], intensity, 1e-10);
    check_near(d.total[LEIE_SDA_TECHNOLOGY] + d.total[LEIE_SDA_TRADE], technology, 1e-10);
    check_near(demand_of(d.total), demand, 1e-10);
    check_near(d.total_to[0] - d.total_from[0], 11.39999999999992, 1e-11);
    leie_sda_clear(&d);
}

static void test_example_orders(void)
{
    pair p;
    example(&p, true);
    check_three(&p, LEIE_SDA_FORWARD, -14.200000000000017, 9.42288175558835, 16.177118244411588);
    check_three(&p, LEIE_SDA_MIRROR, -16.600000000000023, 11.291937424789381, 16.708062575210562);
    check_three(&p, LEIE_SDA_POLAR, -15.40000000000002, 10.357409590188865, 16.442590409811075);
    check_three(&p, LEIE_SDA_ALL, -15.38678071896498, 10.330971028118787, 16.455809690846113);
    clear_pair(&p);
}

// The two-factor case: outputs by sector, technology and demand.
static void test_example_outputs(void)
{
    const double technology[] = {0.8415077291714455, 9.14132563285854, 9.486932638286913};
    const double demand[] = {11.158492270828532, 10.858674367141443, 10.513067361713059};
    pair p;
    leie_sda d;
    leie_error err = {0};
    example(&p, false);
    if (check_ok(leie_sda_make(&d, p.side, &p.q, NULL, &err), &err)) {
        for (int s = 0; s < 3; s++) {
            const double *total = d.total + s * F;
            check_close(total[LEIE_SDA_INTENSITY], 0, 0, 1e-12);
            check_near(total[LEIE_SDA_TECHNOLOGY], technology[s], 1e-10);
            check_near(demand_of(total), demand[s], 1e-10);
        }
        leie_sda_clear(&d);
    }
    clear_pair(&p);
}

// ---- random tables ----

static void random_pair(pair *p, uint64_t seed, int k)
{
    *p = (pair){0};
    uint64_t state = seed + 1;
    for (int i = 0; i < 2; i++)
        small_table_random(&p->t[i], seed, k);
    leie_table *t = &p->t[1]; // the second one moved, each number by its own factor
    for (leie_size i = 0; i < t->sector.n; i++) {
        for (leie_size j = 0; j < t->sector.n; j++)
            if (t->Z.form == LEIE_DENSE)
                t->Z.val[i * t->Z.ld + j] *= 0.6 + 0.5 * check_random(&state);
        for (leie_size j = 0; j < t->demand.n; j++)
            t->Y[i * t->demand.n + j] *= 0.9 + 0.8 * check_random(&state);
        for (leie_size s = 0; s < t->stressor.n; s++)
            t->F[s * t->sector.n + i] *= 0.7 + 0.5 * check_random(&state);
    }
    open_pair(p);
    leie_error err = {0};
    char *both[] = {t->sector.region.code[0], t->sector.region.code[1]};
    check_ok(leie_account_regions_add(&p->q, &t->sector, "BOTH", NULL, 2, both, &err), &err);
}

/* Sums to the last bit, in any order: factors, products, and the chain of two steps. */
static void check_exact(const leie_sda *d)
{
    for (leie_size at = 0; at < d->q * d->k; at++) {
        double forth = 0, back = 0, products = 0;
        for (int f = 0; f < F; f++) {
            forth += d->total[at * F + f];
            back += d->total[at * F + F - 1 - f];
        }
        check_true(forth == d->total_to[at] - d->total_from[at]);
        check_true(back == forth);
        for (leie_size p = 0; p < d->P; p++) {
            double sum = 0;
            for (int f = 0; f < F; f++)
                sum += d->effect[(at * d->P + p) * F + f];
            check_true(sum == d->to[at * d->P + p] - d->from[at * d->P + p]);
            products += sum;
        }
        check_true(products == forth);
    }
    check_true(d->remainder < 1e-13);
}

// Footprints of the accounts are the ends, products and direct pressures included.
static void check_ends(const leie_sda *d, const pair *p)
{
    leie_error err = {0};
    for (int i = 0; i < 2; i++) {
        leie_accounts a = {0};
        if (!check_ok(leie_accounts_make(&a, &p->t[i], &p->q, NULL, &err), &err))
            return;
        for (leie_size at = 0; at < d->q * d->k; at++)
            check_close((i ? d->total_to : d->total_from)[at], a.D_cba[at] + a.direct[at], 1e-11, 1e-12);
        leie_accounts_clear(&a);
    }
}

static void test_exact(void)
{
    const leie_sda_mean mean[] = {LEIE_SDA_POLAR, LEIE_SDA_ALL};
    for (uint64_t seed = 1; seed <= (uint64_t)(4 * check_effort()); seed++)
        for (int i = 0; i < 4; i++) {
            pair p;
            leie_sda d;
            leie_error err = {0};
            const double people[2][8] = {{10, 20, 30, 30, 40}, {11, 19, 33, 30, 42}};
            const leie_sda_opts opts = {.mean = mean[i & 1], .current_prices = i > 1};
            random_pair(&p, seed, 4);
            for (int t = 0; t < 2 && i; t++)
                p.side[t].population = people[t];
            if (check_ok(leie_sda_make(&d, p.side, &p.q, &opts, &err), &err)) {
                check_exact(&d);
                check_ends(&d, &p);
                check_true(d.unsplit > 0); // inventories have both signs
            }
            leie_sda_clear(&d);
            clear_pair(&p);
        }
}

// A table beside itself: no factor has any effect.
static void test_identity(void)
{
    pair p;
    leie_sda d;
    leie_error err = {0};
    random_pair(&p, 3, 4);
    p.side[1] = p.side[0];
    const leie_sda_opts opts = {.current_prices = true, .mean = LEIE_SDA_ALL};
    if (check_ok(leie_sda_make(&d, p.side, &p.q, &opts, &err), &err))
        for (leie_size i = 0; i < d.q * d.k * d.P * F; i++)
            check_close(d.effect[i], 0, 0, 1e-13);
    leie_sda_clear(&d);
    clear_pair(&p);
}

static void scale_sales(leie_table *t, const double *factor)
{
    leie_error err = {0};
    double price[64];
    for (leie_size i = 0; i < t->sector.n; i++)
        price[i] = 1 / factor[i];
    check_ok(leie_table_deflate(t, price, 2000, &err), &err);
}

/* Each factor alone: what was changed is what is shown. */
static void check_only(const pair *p, leie_sda_factor factor, const leie_sda_opts *opts)
{
    leie_sda d;
    leie_error err = {0};
    bool moved = false;
    if (!check_ok(leie_sda_make(&d, p->side, &p->q, opts, &err), &err))
        return;
    for (leie_size at = 0; at < d.q * d.k; at++)
        for (int f = 0; f < F; f++) {
            if (f != (int)factor)
                check_close(d.total[at * F + f], 0, 0, 1e-11 * (1 + fabs(d.total_from[at])));
            moved |= f == (int)factor && fabs(d.total[at * F + f]) > 1e-6 * fabs(d.total_from[at]);
        }
    check_true(moved);
    leie_sda_clear(&d);
}

static void toy_pair(pair *p)
{
    const double Z[] = {10, 4, 2, 1, 6, 12, 3, 5, 3, 2, 9, 4, 1, 3, 5, 11}, Y[] = {20, 6, 12, 3, 5, 14, 2, 21}, P[] = {7, 3, 11, 2};
    const double D[] = {1.5, 2.5};
    *p = (pair){0};
    for (int i = 0; i < 2; i++)
        small_table(&p->t[i], "A:1 A:2 B:1 B:2", "A:hh:household B:hh:household", "ore:t:material", Z, Y, P, D);
    open_pair(p);
}

static void test_alone_intensity(void)
{
    pair p;
    toy_pair(&p);
    p.t[1].F[0] *= 1.3;
    check_only(&p, LEIE_SDA_INTENSITY, NULL);
    p.t[1].F[0] /= 1.3;
    for (int i = 0; i < 4; i++) // every industry alike: the mean of the world, which in current prices is a price
        p.t[1].F[i] *= 0.8;
    check_only(&p, LEIE_SDA_PRICE, &(leie_sda_opts){.current_prices = true});
    clear_pair(&p);
}

// Cells move between the regions that sell a product, its total stays; x is kept, so that A follows.
static void test_alone_trade(void)
{
    pair p;
    toy_pair(&p);
    leie_matrix *Z = &p.t[1].Z;
    Z->val[0 * Z->ld + 1] -= 1.5;
    Z->val[2 * Z->ld + 1] += 1.5;
    p.t[1].Y[0 * 2 + 0] -= 4;
    p.t[1].Y[2 * 2 + 0] += 4;
    check_only(&p, LEIE_SDA_TRADE, NULL);
    clear_pair(&p);
}

static void test_alone_technology(void)
{
    pair p;
    toy_pair(&p);
    leie_matrix *Z = &p.t[1].Z;
    for (int i = 0; i < 4; i += 2)
        Z->val[i * Z->ld + 3] *= 0.7;
    check_only(&p, LEIE_SDA_TECHNOLOGY, NULL);
    clear_pair(&p);
}

static void test_alone_demand(void)
{
    const double before[] = {10, 20}, after[] = {12, 21};
    pair p;
    toy_pair(&p);
    for (int i = 0; i < 8; i++)
        p.t[1].Y[i] *= 1.25;
    check_only(&p, LEIE_SDA_VOLUME, NULL);
    for (int i = 0; i < 8; i++) // the same per head
        p.t[1].Y[i] *= 1 / 1.25 * (i % 2 ? 21.0 / 20 : 1.2);
    p.t[1].F_Y[0] *= 1.2;
    p.t[1].F_Y[1] *= 21.0 / 20;
    p.side[0].population = before;
    p.side[1].population = after;
    check_only(&p, LEIE_SDA_POPULATION, NULL);
    p.side[1].population = before;
    p.side[0].population = before;
    for (int i = 0; i < 8; i++)
        p.t[1].Y[i] = p.t[0].Y[i];
    check_only(&p, LEIE_SDA_DIRECT, NULL);
    p.t[1].F_Y[0] = p.t[0].F_Y[0];
    p.t[1].F_Y[1] = p.t[0].F_Y[1];
    for (int c = 0; c < 2; c++) // money from product 1 to product 2, shares of regions kept
        for (int r = 0; r < 2; r++) {
            double one = p.t[0].Y[(2 * r) * 2 + c], two = p.t[0].Y[(2 * r + 1) * 2 + c];
            double sum1 = p.t[0].Y[c] + p.t[0].Y[4 + c], sum2 = p.t[0].Y[2 + c] + p.t[0].Y[6 + c];
            p.t[1].Y[(2 * r) * 2 + c] = one * (sum1 - 3) / sum1;
            p.t[1].Y[(2 * r + 1) * 2 + c] = two * (sum2 + 3) / sum2;
        }
    check_only(&p, LEIE_SDA_MIX, NULL);
    clear_pair(&p);
}

// Prices move footprints nowhere; deflated back, nothing has changed.
static void test_prices(void)
{
    const double factor[] = {1.4, 0.9, 1.2, 1.05};
    pair p;
    leie_sda d;
    leie_error err = {0};
    toy_pair(&p);
    scale_sales(&p.t[1], factor);
    if (check_ok(leie_sda_make(&d, p.side, &p.q, NULL, &err), &err)) {
        check_near(d.total_to[0], d.total_from[0], 1e-12);
        check_true(fabs(d.total[LEIE_SDA_VOLUME]) > 0.5);
        leie_sda_clear(&d);
    }
    check_ok(leie_table_deflate(&p.t[1], factor, 2000, &err), &err);
    check_text(p.t[1].prices, "constant 2000");
    if (check_ok(leie_sda_make(&d, p.side, &p.q, NULL, &err), &err))
        for (int i = 0; i < 2 * F; i++)
            check_close(d.total[i], 0, 0, 1e-12);
    leie_sda_clear(&d);
    const double wrong[] = {1, 0, 1, 1};
    check_status(leie_table_deflate(&p.t[1], wrong, 2000, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "A 2");
    clear_pair(&p);
}

// A new input is technology, a new purchase is mix: neither is trade.
static void test_new_purchase(void)
{
    pair p;
    leie_sda d;
    leie_error err = {0};
    toy_pair(&p);
    leie_matrix *Z = &p.t[0].Z;
    Z->val[0 * Z->ld + 3] = Z->val[2 * Z->ld + 3] = 0;
    p.t[0].Y[1 * 2 + 1] = p.t[0].Y[3 * 2 + 1] = 0;
    if (check_ok(leie_sda_make(&d, p.side, &p.q, NULL, &err), &err)) {
        check_size(d.borrowed, 2);
        check_size(d.unsplit, 0);
        check_close(d.total[LEIE_SDA_TRADE], 0, 0, 1e-12);
        check_close(d.total[F + LEIE_SDA_TRADE], 0, 0, 1e-12);
        check_true(d.total[LEIE_SDA_TECHNOLOGY] > 0.01);
    }
    leie_sda_clear(&d);
    clear_pair(&p);
}

/* Purchases with a cell below zero have no shares: that A's own product was drawn from stock and B's laid in is mix,
 * and in A, where a product is bought back, technology. */
static void test_negative(void)
{
    pair p;
    leie_sda d;
    leie_error err = {0};
    toy_pair(&p);
    p.t[0].Y[0 * 2 + 0] = 14;
    p.t[1].Y[0 * 2 + 0] = -2;
    p.t[1].Y[2 * 2 + 0] += 6;
    leie_matrix *Z = &p.t[1].Z;
    Z->val[1 * Z->ld + 2] = -0.5;
    if (check_ok(leie_sda_make(&d, p.side, &p.q, NULL, &err), &err)) {
        check_size(d.unsplit, 2);
        check_close(d.total[LEIE_SDA_TRADE], 0, 0, 1e-12);
        check_close(d.total[F + LEIE_SDA_TRADE], 0, 0, 1e-12);
        check_true(fabs(d.total[LEIE_SDA_MIX]) > 0.01 && fabs(d.total[LEIE_SDA_TECHNOLOGY]) > 0.001);
    }
    leie_sda_clear(&d);
    clear_pair(&p);
}

// Two steps meet exactly, and add up to the whole; the first is in other prices, so that its end is rounded otherwise.
static void test_chain(void)
{
    pair p;
    leie_sda step[2];
    leie_error err = {0};
    random_pair(&p, 11, 3);
    leie_table last = {0};
    check_ok(leie_table_copy(&last, &p.t[1], &err), &err);
    for (leie_size i = 0; i < last.sector.n * last.stressor.n; i++)
        last.F[i] *= 1.07;
    leie_table deflated = {0};
    double price[64];
    for (leie_size i = 0; i < last.sector.n; i++)
        price[i] = 1 + 0.0137 * (double)(i + 1);
    check_ok(leie_table_copy(&deflated, &p.t[1], &err), &err);
    check_ok(leie_table_deflate(&deflated, price, 2000, &err), &err);
    const leie_sda_side change[2] = {p.side[0], {&deflated, NULL}};
    const leie_sda_side revision[2] = {p.side[1], {&last, NULL}};
    if (check_ok(leie_sda_make(&step[0], change, &p.q, NULL, &err), &err) &&
        check_ok(leie_sda_make(&step[1], revision, &p.q, NULL, &err), &err)) {
        leie_sda_close(step, 2);
        check_exact(&step[0]);
        check_exact(&step[1]);
        for (leie_size at = 0; at < step[0].q * step[0].k; at++) {
            double sum = step[0].total_from[at];
            check_true(step[0].total_to[at] == step[1].total_from[at]);
            for (int i = 0; i < 2 * F; i++)
                sum += step[i / F].total[at * F + i % F];
            check_true(sum == step[1].total_to[at]);
        }
    }
    leie_sda_clear(&step[0]);
    leie_sda_clear(&step[1]);
    leie_table_clear(&last);
    leie_table_clear(&deflated);
    clear_pair(&p);
}

static void test_refused(void)
{
    pair p;
    leie_sda d;
    leie_error err = {0};
    toy_pair(&p);
    strcpy(p.t[1].stressor.unit[0], "g");
    check_status(leie_sda_make(&d, p.side, &p.q, NULL, &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "'t' and 'g'");
    strcpy(p.t[1].stressor.unit[0], "t");
    leie_free(p.t[1].currency);
    p.t[1].currency = leie_strdup("XTS");
    err = (leie_error){0};
    check_status(leie_sda_make(&d, p.side, &p.q, NULL, &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "currencies");
    clear_pair(&p);
    toy_pair(&p);
    strcpy(p.t[1].sector.code[2], "9");
    err = (leie_error){0};
    check_status(leie_sda_make(&d, p.side, &p.q, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "position 2 (B 1, B 9)");
    strcpy(p.t[1].sector.code[2], "1");
    for (int i = 0; i < 4; i++)
        p.t[1].Y[2 * i + 1] = 0;
    err = (leie_error){0};
    check_status(leie_sda_make(&d, p.side, &p.q, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "B: final demand");
    clear_pair(&p);
}

static void test_threads(void)
{
    leie_sda d[2];
    pair p;
    leie_error err = {0};
    int threads = leie_threads();
    random_pair(&p, 5, 6);
    for (int i = 0; i < 2; i++) {
        leie_threads_set(i ? 3 : 1);
        if (!check_ok(leie_sda_make(&d[i], p.side, &p.q, &(leie_sda_opts){.mean = LEIE_SDA_ALL}, &err), &err))
            return;
    }
    leie_threads_set(threads);
    check_true(memcmp(d[0].effect, d[1].effect, (size_t)(d[0].q * d[0].k * d[0].P * F) * sizeof *d[0].effect) == 0);
    check_size(d[0].unsplit, d[1].unsplit);
    leie_sda_clear(&d[0]);
    leie_sda_clear(&d[1]);
    clear_pair(&p);
}

static void test_additive(void)
{
    double part[] = {1.0 / 3, -1e-3 / 7, 1e6 / 9, 0.1, 0.2, 0.3}, from[] = {1, 0.7}, to[] = {1, 1.3};
    to[0] += part[0] + part[1] + part[2];
    double unit = leie_additive_unit(1e6);
    check_true(unit > 0 && 4503599627370496.0 * unit >= 1e6 && 4503599627370496.0 * unit < 2.1e6);
    check_true(leie_additive_round(part, 2, 3, from, to, unit) <= 4 * unit);
    check_true(part[0] + part[1] + part[2] == to[0] - from[0]);
    check_true(part[3] + part[4] + part[5] == to[1] - from[1]);
    double printed[] = {0.4, 0.4, 0.4}, zero[] = {0}, whole[] = {1.2}; // 0 + 0 + 0 is not 1
    leie_additive_round(printed, 1, 3, zero, whole, 1);
    check_true(printed[0] == 1 && printed[1] == 0 && printed[2] == 0 && whole[0] == 1);
    check_true(leie_additive_unit(0) == 0);
}

CHECK_SUITE(decomposition, {"example, every order", test_example_orders, NULL}, {"example, outputs", test_example_outputs, NULL},
            {"exact sums", test_exact, NULL}, {"identity", test_identity, NULL}, {"intensity alone", test_alone_intensity, NULL},
            {"trade alone", test_alone_trade, NULL}, {"technology alone", test_alone_technology, NULL},
            {"demand alone", test_alone_demand, NULL}, {"prices", test_prices, NULL}, {"new purchases", test_new_purchase, NULL},
            {"negative purchases", test_negative, NULL}, {"chain", test_chain, NULL}, {"refused", test_refused, NULL}, {"threads", test_threads, NULL},
            {"additive", test_additive, NULL})
