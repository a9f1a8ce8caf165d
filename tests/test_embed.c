// SPDX-License-Identifier: GPL-3.0-or-later
/* A country replaced by its own table: totals on both sides, bits of the others, re-exports, bridges, coupling. */
#include "solver/build/embed.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/account/coupling.h"
#include "solver/account/identities.h"
#include "solver/build/bridge.h"
#include "solver/build/split.h"
#include "tests/check.h"
#include "tests/toy_sut.h"
#include "tests/toy_table.h"

enum { REGIONS = 2, PRODUCTS = 5 };

// A world of three countries, three products each; BEL sits in the middle.
static void make_world(leie_table *t, uint64_t seed)
{
    leie_error err = {0};
    toy_table(t, "AUT a b c|BEL a b c|CHN a b c d", "AUT household inventories|BEL household gfcf inventories|CHN household",
              2, 0);
    toy_fill(t, seed, 0.8);
    for (leie_size j = 3; j < 6; j++)
        *toy_Z(t, 9, j) = 0; // CHN's d sells nothing to BEL, whose list lacks it
    for (leie_size f = 2; f < 5; f++)
        t->Y[9 * t->demand.n + f] = 0;
    check_ok(leie_table_set_x(t, LEIE_X_ROW, NULL, &err), &err);
}

static void make_concordance(leie_concordance *c)
{
    static const struct {
        const char *from, *to;
        double weight;
    } link[] = {{"p0", "a", 1}, {"p1", "a", 0.4}, {"p1", "b", 0.6}, {"p2", "b", 1}, {"p3", "c", 1}, {"p4", "c", 0.7}, {"p4", "a", 0.3}};
    leie_error err = {0};
    *c = (leie_concordance){0};
    for (size_t i = 0; i < sizeof link / sizeof link[0]; i++)
        check_ok(leie_concordance_add(c, link[i].from, link[i].to, "", link[i].weight, (leie_size)i + 2, &err), &err);
}

// The country in two regions with five products each.
static void make_country(leie_iot *t, uint64_t seed)
{
    leie_error err = {0};
    leie_sut s, regions;
    double a[REGIONS * PRODUCTS], f[REGIONS * 3];
    leie_nest shares = {.country = "BE", .sectors = PRODUCTS, .categories = 3, .industry = a, .demand = f};
    toy_sut_random(&s, PRODUCTS, PRODUCTS, seed);
    leie_labels_add(&shares.region, "BE-N", "North", "", "", &err);
    leie_labels_add(&shares.region, "BE-S", "South", "", "", &err);
    for (leie_size j = 0; j < PRODUCTS; j++)
        a[PRODUCTS + j] = 1 - (a[j] = 0.3 + 0.1 * (double)j);
    for (leie_size j = 0; j < 3; j++)
        f[3 + j] = 1 - (f[j] = 0.4);
    leie_split_opts how = {.shares = &shares, .exports_by_output = true, .method = LEIE_TRADE_SLQ};
    const leie_construct_opts model = {.model = LEIE_MODEL_D};
    if (check_ok(leie_sut_split(&regions, &s, &how, NULL, &err), &err))
        check_ok(leie_construct(t, &regions, &model, NULL, &err), &err);
    leie_sut_clear(&regions);
    leie_sut_clear(&s);
    leie_labels_clear(&shares.region);
}

// What foreign sector f of the old table sells in it to BEL, and what the same sells now to the regions.
static double sold(const leie_table *t, leie_size f, const char *const *region, int regions)
{
    double sum = 0;
    for (int r = 0; r < regions; r++) {
        leie_size s = leie_labels_find(&t->sector.region, region[r]), d = leie_labels_find(&t->demand.region, region[r]);
        for (leie_size j = t->sector.first[s]; j < t->sector.first[s + 1]; j++)
            sum += leie_matrix_get(&t->Z, f, j);
        for (leie_size j = t->demand.first[d]; j < t->demand.first[d + 1]; j++)
            sum += t->Y[f * t->demand.n + j];
    }
    return sum;
}

static double bought(const leie_table *t, leie_size user, const char *const *region, int regions)
{
    double sum = 0;
    for (int r = 0; r < regions; r++) {
        leie_size s = leie_labels_find(&t->sector.region, region[r]);
        for (leie_size i = t->sector.first[s]; i < t->sector.first[s + 1]; i++)
            sum += leie_matrix_get(&t->Z, i, user);
    }
    return sum;
}

static const char *const before_region[] = {"BEL"}, *const after_region[] = {"BE-N", "BE-S"};

static leie_size place(const leie_table *from, const leie_table *to, leie_size i)
{
    return leie_axis_find(&to->sector, from->sector.region.code[from->sector.of[i]], from->sector.code[i]);
}

// Blocks among others, their pressures and outputs: to the bit.
static void check_bits(const leie_table *to, const leie_table *t, bool rerouted)
{
    for (leie_size i = 0; i < t->sector.n; i++) {
        leie_size p = place(t, to, i);
        if (p < 0)
            continue;
        check_true(to->x[p] == t->x[i]);
        for (leie_size s = 0; s < t->stressor.n; s++)
            check_true(to->F[s * to->sector.n + p] == t->F[s * t->sector.n + i]);
        for (leie_size j = 0; j < t->sector.n; j++) {
            leie_size q = place(t, to, j);
            double old = leie_matrix_get(&t->Z, i, j);
            if (q >= 0)
                check_true(rerouted ? leie_matrix_get(&to->Z, p, q) >= old : leie_matrix_get(&to->Z, p, q) == old);
        }
        for (leie_size f = 0; f < t->demand.n; f++) {
            leie_size q = leie_axis_find(&to->demand, t->demand.region.code[t->demand.of[f]], t->demand.code[f]);
            if (q >= 0)
                check_true(rerouted || to->Y[p * to->demand.n + q] == t->Y[i * t->demand.n + f]);
        }
    }
}

// Rows add up to x, columns too, pressures to those of the country.
static void check_identities(const leie_table *to, const leie_table *t)
{
    leie_error err = {0};
    leie_identities list = {0};
    check_ok(leie_identities_table(&list, to, &err), &err);
    for (leie_size i = 0; i < list.n; i++)
        if (!check_true(list.item[i].verdict != LEIE_FAIL))
            printf("    %s: %g\n", list.item[i].name, list.item[i].size);
    leie_identities_clear(&list);
    for (leie_size s = 0; s < t->stressor.n; s++) {
        check_near(leie_sum(to->F + s * to->sector.n, to->sector.n, 1), leie_sum(t->F + s * t->sector.n, t->sector.n, 1), 1e-12);
        check_near(leie_sum(to->F_Y + s * to->demand.n, to->demand.n, 1), leie_sum(t->F_Y + s * t->demand.n, t->demand.n, 1),
                   1e-12);
    }
}

static void check_totals(const leie_table *to, const leie_table *t, const leie_embed *how)
{
    leie_size miss = leie_labels_find(&to->input, "discrepancy_BEL");
    bool world = how->totals == LEIE_TOTALS_WORLD, reroute = how->re_exports == LEIE_RE_EXPORTS_REROUTE;
    double off = 0;
    check_true((miss >= 0) == !world);
    for (leie_size f = 0; f < t->sector.n; f++) {
        leie_size p = place(t, to, f);
        if (p < 0)
            continue;
        leie_size d = leie_axis_find(&to->demand, t->sector.region.code[t->sector.of[f]], "discrepancy_BEL");
        double was = sold(t, f, before_region, 1), is = sold(to, p, after_region, REGIONS);
        double paid = bought(t, f, before_region, 1), pays = bought(to, p, after_region, REGIONS);
        if (world && !reroute) {
            check_close(is, was, 1e-9, 1e-9);
            check_close(pays, paid, 1e-9, 1e-9);
        } else if (!reroute) {
            check_close(is + to->Y[p * to->demand.n + d], was, 1e-12, 1e-9);
            check_close(pays + to->W[miss * to->sector.n + p], paid, 1e-12, 1e-9);
            off += fabs(to->Y[p * to->demand.n + d]);
        }
    }
    check_true(world || reroute || off > 1);
}

static void test_options(void)
{
    leie_error err = {0};
    for (int option = 0; option < 12; option++) {
        leie_table t, to = {0};
        leie_iot country;
        leie_concordance c;
        make_world(&t, 3);
        make_country(&country, 7);
        make_concordance(&c);
        const leie_embed how = {.country = "BEL", .sectors = &c, .totals = (leie_totals)(option % 2),
                                .re_exports = (leie_re_exports)(option / 2 % 3), .end_use = option >= 6};
        check_ok(leie_table_copy(&to, &t, &err), &err);
        if (check_ok(leie_table_embed(&to, &country, &how, &err), &err)) {
            check_size(to.sector.region.n, 4);
            bool keep = how.re_exports == LEIE_RE_EXPORTS_KEEP;
            check_true(keep ? to.sector.n > 7 + 2 * PRODUCTS : to.sector.n == 7 + 2 * PRODUCTS);
            check_bits(&to, &t, how.re_exports == LEIE_RE_EXPORTS_REROUTE);
            check_totals(&to, &t, &how);
            check_identities(&to, &t);
            check_text(to.sector.region.code[1], "BE-N");
            check_text(to.sector.region.name[1], "North");
            check_has(toy_note(&to, "replaced by its own table"), "BEL (3 sectors)");
        }
        leie_concordance_clear(&c);
        leie_iot_clear(&country);
        leie_table_clear(&t);
        leie_table_clear(&to);
    }
}

// National totals leave the country's own table as it is, cell by cell.
static void test_national_kept(void)
{
    leie_error err = {0};
    leie_table t;
    leie_iot country;
    leie_concordance c;
    make_world(&t, 5);
    make_country(&country, 9);
    make_concordance(&c);
    const leie_embed how = {.country = "BEL", .sectors = &c, .totals = LEIE_TOTALS_NATIONAL};
    if (check_ok(leie_table_embed(&t, &country, &how, &err), &err))
        for (leie_size i = 0; i < country.table.sector.n; i++) {
            leie_size p = place(&country.table, &t, i);
            check_true(t.x[p] == country.table.x[i]);
            for (leie_size j = 0; j < country.table.sector.n; j++)
                check_true(leie_matrix_get(&t.Z, p, place(&country.table, &t, j)) ==
                           leie_matrix_get(&country.table.Z, i, j));
        }
    leie_concordance_clear(&c);
    leie_iot_clear(&country);
    leie_table_clear(&t);
}

// Known pressures stay, the rest of the national row is scaled; keys by region.
static void test_pressures(void)
{
    leie_error err = {0};
    leie_table t, old = {0};
    leie_iot country;
    leie_concordance c;
    make_world(&t, 5);
    make_country(&country, 9);
    make_concordance(&c);
    check_ok(leie_table_copy(&old, &t, &err), &err);
    double known[2 * 10], key[REGIONS * 2] = {0.25, -1, 0.75, -1};
    for (int i = 0; i < 20; i++)
        known[i] = NAN;
    known[10 + 3] = 17; // f1 of BE-N p3
    const leie_embed how = {.country = "BEL", .sectors = &c, .pressure = key, .known = known};
    if (check_ok(leie_table_embed(&t, &country, &how, &err), &err)) {
        leie_size n = t.sector.n, first = t.sector.first[1];
        double all = leie_sum(old.F + 3, 3, 1), north = leie_sum(t.F + first, PRODUCTS, 1);
        check_near(north, 0.25 * all, 1e-12);
        check_near(t.F[n + first + 3], 17, 0);
        check_near(leie_sum(t.F + n + first, 2 * PRODUCTS, 1), leie_sum(old.F + 10 + 3, 3, 1), 1e-12);
        known[10 + 3] = 1e9;
        leie_table_clear(&t);
        check_ok(leie_table_copy(&t, &old, &err), &err);
        check_status(leie_table_embed(&t, &country, &how, &err), LEIE_ERR_DATA, &err);
        check_has(err.text, "known 'f1' in the regions of BEL adds up to 1e+09");
    }
    leie_concordance_clear(&c);
    leie_iot_clear(&country);
    leie_table_clear(&t);
    leie_table_clear(&old);
}

// A foreign sector of another list sells as the product that it mostly is, and keeps its total.
static void test_other_lists(void)
{
    leie_error err = {0};
    leie_table t, old = {0};
    leie_iot country;
    leie_concordance c, other = {0};
    make_world(&t, 11);
    make_country(&country, 12);
    make_concordance(&c);
    *toy_Z(&t, 9, 3) = 6;
    *toy_Z(&t, 9, 5) = 4;
    check_ok(leie_table_set_x(&t, LEIE_X_ROW, NULL, &err), &err);
    check_ok(leie_table_copy(&old, &t, &err), &err);
    check_ok(leie_concordance_add(&other, "d", "a", "", 0.3, 2, &err), &err);
    check_ok(leie_concordance_add(&other, "d", "b", "", 0.5, 3, &err), &err);
    check_ok(leie_concordance_add(&other, "d", "c", "", 0.2, 4, &err), &err);
    leie_embed how = {.country = "BEL", .sectors = &c, .others = 1, .other = &other};
    if (check_ok(leie_table_embed(&t, &country, &how, &err), &err)) {
        leie_size d = leie_axis_find(&t.sector, "CHN", "d"), b = leie_axis_find(&t.sector, "CHN", "b");
        check_near(sold(&t, d, after_region, 2), 10, 1e-9);
        double ratio = sold(&t, d, after_region, 2) / sold(&t, b, after_region, 2);
        for (leie_size j = t.sector.first[1]; j < t.sector.first[2]; j++)
            check_close(leie_matrix_get(&t.Z, d, j), ratio * leie_matrix_get(&t.Z, b, j), 1e-9, 1e-12);
        check_bits(&t, &old, false);
        check_identities(&t, &old);
    }
    leie_concordance_clear(&other);
    leie_concordance_clear(&c);
    leie_iot_clear(&country);
    leie_table_clear(&t);
    leie_table_clear(&old);
}

// ---- bridges ----

static double column_off(const leie_iot *t)
{
    double worst = 0;
    leie_size n = t->table.sector.n;
    for (leie_size j = 0; j < n; j++) {
        double sum = leie_sum(t->table.W + j, t->table.input.n, n);
        for (leie_size i = 0; i < n; i++)
            sum += leie_matrix_get(&t->table.Z, i, j) + leie_matrix_get(&t->Zm, i, j);
        worst = fmax(worst, fabs(sum - t->table.x[j]) / t->table.x[j]);
    }
    return worst;
}

static double row_off(const leie_iot *t)
{
    double worst = 0;
    leie_size n = t->table.sector.n, m = t->table.demand.n;
    for (leie_size i = 0; i < n; i++) {
        double sum = leie_sum(t->table.Y + i * m, m, 1);
        for (leie_size j = 0; j < n; j++)
            sum += leie_matrix_get(&t->table.Z, i, j);
        worst = fmax(worst, fabs(sum - t->table.x[i]) / t->table.x[i]);
    }
    return worst;
}

// What is imported of product i, by whomever.
static double import_of(const leie_iot *t, leie_size i)
{
    double sum = leie_sum(t->Ym + i * t->table.demand.n, t->table.demand.n, 1);
    for (leie_size j = 0; j < t->table.sector.n; j++)
        sum += leie_matrix_get(&t->Zm, i, j);
    return sum;
}

static void test_bridges(void)
{
    leie_error err = {0};
    leie_iot t;
    leie_code_values prices = {0}, margins = {0};
    make_country(&t, 21);
    double x = t.table.x[2], m0 = import_of(&t, 0);
    check_ok(leie_bridge_currency(&t, 1.392, "USD", "MUSD", "a central bank", &err), &err);
    check_near(t.table.x[2], 1.392 * x, 1e-15);
    check_text(t.table.unit, "MUSD");
    check_near(import_of(&t, 0), 1.392 * m0, 1e-14);
    check_ok(leie_code_values_add(&prices, "*", "", 0.9, "prices", 2, &err), &err);
    check_ok(leie_code_values_add(&prices, "p2", "", 1.1, "prices", 3, &err), &err);
    double m2 = import_of(&t, 2);
    check_ok(leie_bridge_prices(&t, &prices, &err), &err);
    check_near(t.table.x[2], 1.1 * 1.392 * x, 1e-14);
    check_near(import_of(&t, 0), 0.9 * 1.392 * m0, 1e-13);
    check_near(import_of(&t, 2), 1.1 * m2, 1e-13);
    check_close(column_off(&t), 0, 0, 1e-12);
    check_close(row_off(&t), 0, 0, 1e-9);
    check_ok(leie_code_values_add(&margins, "p0", "p4", 0.08, "freight", 2, &err), &err);
    double before = import_of(&t, 0), to = import_of(&t, 4);
    check_ok(leie_bridge_cif(&t, &margins, &err), &err);
    check_near(import_of(&t, 0), 0.92 * before, 1e-13);
    check_near(import_of(&t, 4), to + 0.08 * before, 1e-13);
    check_close(column_off(&t), 0, 0, 1e-12);
    double goal[10];
    for (int i = 0; i < 10; i++)
        goal[i] = i == 3 ? NAN : t.table.x[i] * (0.8 + 0.05 * i);
    check_ok(leie_bridge_vintage(&t, goal, "accounts of 2020", NULL, &err), &err);
    for (int i = 0; i < 10; i++)
        if (i != 3)
            check_near(t.table.x[i], goal[i], 1e-15);
    check_close(column_off(&t), 0, 0, 1e-10);
    check_close(row_off(&t), 0, 0, 1e-10);
    leie_size most;
    static const char *const step[] = {"currency", "prices", "cif_fob", "vintage"};
    for (int i = 0; i < 4; i++)
        check_true(leie_adjustments_size(&most, &t.table.adjusted, step[i]) > 0);
    check_status(leie_bridge_currency(&t, 0, "USD", "MUSD", "", &err), LEIE_ERR_DATA, &err);
    err = (leie_error){0};
    check_status(leie_code_values_add(&margins, "p0", "p4", 0.1, "", 9, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "line 2 already");
    leie_code_values_clear(&prices);
    leie_code_values_clear(&margins);
    leie_iot_clear(&t);
}

// ---- mistakes ----

static void check_refused(leie_table *t, const leie_iot *country, const leie_embed *how, leie_status code, const char *piece)
{
    leie_error err = {0};
    check_status(leie_table_embed(t, country, how, &err), code, &err);
    check_has(err.text, piece);
    check_size(t->sector.n, 10);
}

static void test_mistakes(void)
{
    leie_error err = {0};
    leie_table t;
    leie_iot country;
    leie_concordance c, lost = {0}, doubled = {0};
    make_world(&t, 3);
    make_country(&country, 7);
    make_concordance(&c);
    leie_embed how = {.country = "BEK", .sectors = &c};
    check_refused(&t, &country, &how, LEIE_ERR_DATA, "the nearest is 'BEL'");
    how.country = "BEL";
    for (int i = 0; i < PRODUCTS; i++) {
        char code[8];
        snprintf(code, sizeof code, "p%d", i);
        leie_concordance_add(&lost, code, i < 3 ? "a" : "b", "", 1, i + 2, &err);
        leie_concordance_add(&doubled, code, i < 3 ? "a" : "b", "", 1, i + 2, &err);
        if (i == 0)
            leie_concordance_add(&doubled, code, "c", "", 0.5, 9, &err);
    }
    how.sectors = &lost;
    check_refused(&t, &country, &how, LEIE_ERR_DATA, "loses sector 'c' of BEL");
    how.sectors = &doubled;
    check_refused(&t, &country, &how, LEIE_ERR_DATA, "weights of 'p0' sum to 1.5");
    how.sectors = &c;
    *toy_Z(&t, 9, 3) = 2; // CHN d to BEL a
    check_refused(&t, &country, &how, LEIE_ERR_DATA, "'CHN d' sells 2 to 'BEL', whose list");
    *toy_Z(&t, 9, 3) = 0;
    leie_free(t.unit);
    t.unit = leie_strdup("MUSD");
    check_refused(&t, &country, &how, LEIE_ERR_UNIT, "in MEUR, the world's in MUSD");
    leie_concordance_clear(&c);
    leie_concordance_clear(&lost);
    leie_concordance_clear(&doubled);
    leie_iot_clear(&country);
    leie_table_clear(&t);
}

// ---- coupling: values of the case eeio_nested_coupling ----

static void test_coupling(void)
{
    static const double exact[] = {50.24287740891197, 18.84794525841009}, one_way[] = {37.499465543956, 13.84189363116345};
    static const double xf[] = {29.957827524420598, 7.043829849892824, 34.48454550548069};
    static const double xw[] = {16.634380418155516, 25.472789826513317, 15.019495692317504};
    static const double Mw[] = {0.08620535314654014, 0.7219586429146897, 0.22406230418046727,
                                0.17156029003670215, 0.24312953182347147, 0.4064542117984066};
    leie_error err = {0};
    leie_table t;
    leie_labels inside = {0};
    toy_small_mrio(&t);
    leie_labels_add(&inside, "reg1", "", "", "", &err);
    for (int k = 0; k < 3; k++) {
        double D[2], x[6], M[6] = {0};
        check_size(leie_coupling_find(leie_coupling_name((leie_coupling)k)), k);
        check_ok(leie_coupling_footprint(D, x, M, &t, &inside, (leie_coupling)k, NULL, &err), &err);
        for (int s = 0; s < 2; s++)
            check_near(D[s], k == LEIE_COUPLING_ONE_WAY ? one_way[s] : exact[s], 1e-9);
        for (int i = 0; i < 6; i++) {
            if (k != LEIE_COUPLING_ONE_WAY)
                check_near(x[i], i < 3 ? xf[i] : xw[i - 3], 1e-9);
            if (k != LEIE_COUPLING_MONOLITHIC)
                check_near(M[i], Mw[i], 1e-9);
        }
    }
    leie_labels_add(&inside, "reg2", "", "", "", &err);
    double D[4];
    check_status(leie_coupling_footprint(D, NULL, NULL, &t, &inside, LEIE_COUPLING_SCHUR, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no world left");
    leie_labels_clear(&inside);
    leie_table_clear(&t);
}

CHECK_SUITE(embed, {"options", test_options, NULL}, {"national totals", test_national_kept, NULL},
            {"pressures", test_pressures, NULL}, {"sectors of other lists", test_other_lists, NULL}, {"bridges", test_bridges, NULL}, {"mistakes", test_mistakes, NULL},
            {"coupling", test_coupling, NULL})
