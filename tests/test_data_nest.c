// SPDX-License-Identifier: GPL-3.0-or-later
/* Belgium's own table of 2015 in the world table of 2011, with every option: what others have stays to the bit, totals
 * hold, regions add up; the feedback of the region on the world is measured. LEIE_TEST_PRINT=1 prints imports, exports
 * and footprints of each option. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "tests/check.h"
#include "tests/write_files.h"

static const char world_text[] =
    "leie: 1\nstudy: nest\ntitle: nest\n"
    "tables:\n"
    "  - {year: 2011, format: triplets, path: %s/wiod2013, labels: labels.csv, Z: 'Z_{year}.csv.gz', Y: 'Y_{year}.csv.gz',\n"
    "     demand: [{code: households, kind: household}, {code: npish, kind: npish}, {code: government, kind: government},\n"
    "              {code: gfcf, kind: gfcf}, {code: inventories, kind: inventories}],\n"
    "     x_from: row, currency: USD, unit: MUSD, valuation: basic, prices: current, system: ixi, source: WIOD}\n"
    "extensions:\n"
    "  - {name: materials, path: %s/wiod2011_materials/F_materials.csv.gz,\n"
    "     final_demand: %s/wiod2011_materials/F_Y_materials.csv}\n";

static const char nest_text[] =
    "nest:\n"
    "  country: BEL\n"
    "  regions: %s\n"
    "  sut: {path: %s/be_sut_2015/csv, format: be2015}\n"
    "%s"
    "  bridge:\n"
    "    currency: {EUR: 1.392, source: 'Eurostat, annual mean of 2011'}\n"
    "    concordance: datasets/concordances/nace64_wiod35.csv\n"
    "%s";

static const char keys_text[] =
    "  keys: {path: datasets/flanders-2011/keys.csv, years: nearest}\n"
    "  sectors: datasets/concordances/nace_sections_nace64.csv\n"
    "  use: {pressure: none}\n";

static bool assemble(leie_table *t, leie_labels *inside, const char *nest, leie_error *err)
{
    static char text[8192];
    const char *data = check_data();
    leie_study study = {0};
    leie_size used = snprintf(text, sizeof text, world_text, data, data, data);
    snprintf(text + used, sizeof text - (size_t)used, "%s", nest);
    bool good = check_ok(leie_study_parse(&study, "nest.yaml", text, 0, NULL, err), err) &&
                check_ok(leie_assemble(t, &study, 2011, NULL, err), err);
    if (good && inside && study.nests > 0)
        check_ok(leie_labels_copy(inside, &study.nest[0].region, err), err);
    leie_study_clear(&study);
    return good;
}

static void nest_with(char *text, size_t size, const char *regions, const char *keys, const char *bridge)
{
    snprintf(text, size, nest_text, regions, check_data(), keys, bridge);
}

// What is foreign stays to the bit.
static void check_others(const leie_table *to, const leie_table *t, bool rerouted)
{
    leie_size changed = 0;
    leie_index *at = leie_new(t->sector.n, sizeof *at);
    for (leie_size i = 0; i < t->sector.n; i++)
        at[i] = (leie_index)leie_axis_find(&to->sector, t->sector.region.code[t->sector.of[i]], t->sector.code[i]);
    for (leie_size i = 0; i < t->sector.n; i++) {
        if (at[i] < 0)
            continue;
        check_true(to->x[at[i]] == t->x[i]);
        for (leie_size j = 0; j < t->sector.n; j++)
            if (at[j] >= 0)
                changed += leie_matrix_get(&to->Z, at[i], at[j]) != leie_matrix_get(&t->Z, i, j);
        for (leie_size s = 0; s < t->stressor.n; s++)
            changed += to->F[s * to->sector.n + at[i]] != t->F[s * t->sector.n + i];
    }
    check_true(rerouted ? changed > 0 : changed == 0);
    leie_free(at);
}

static void check_whole(const leie_table *to, const leie_table *t)
{
    leie_error err = {0};
    leie_identities list = {0};
    check_ok(leie_identities_table(&list, to, &err), &err);
    for (leie_size i = 0; i < list.n; i++)
        if (!check_true(list.item[i].verdict != LEIE_FAIL))
            printf("    %s: %g\n", list.item[i].name, list.item[i].size);
    leie_identities_clear(&list);
    for (leie_size s = 0; s < t->stressor.n; s++)
        check_near(leie_sum(to->F + s * to->sector.n, to->sector.n, 1), leie_sum(t->F + s * t->sector.n, t->sector.n, 1), 1e-10);
}

static double total_of(const leie_adjustments *list, const char *step, bool after)
{
    double sum = 0;
    for (leie_size i = 0; i < list->n; i++)
        if (strcmp(list->item[i].step, step) == 0)
            sum += after ? list->item[i].after : list->item[i].before;
    return sum;
}

// Fossil CO2 and all minerals of the country's final demand, in Mt: of the regions together.
static void footprints(double *co2, double *gravel, double *error, const leie_table *t, const leie_labels *inside, int ways)
{
    leie_error err = {0};
    leie_size S = t->stressor.n, R = inside->n;
    double *D[3];
    for (int k = 0; k < 3; k++) {
        D[k] = leie_new(S * R, sizeof **D);
        if (k < ways)
            check_ok(leie_coupling_footprint(D[k], NULL, NULL, t, inside, (leie_coupling)k, NULL, &err), &err);
    }
    *co2 = *gravel = *error = 0;
    for (leie_size s = 0; s < S; s++) {
        double exact = leie_sum(D[0] + s * R, R, 1), schur = leie_sum(D[1] + s * R, R, 1), one_way = leie_sum(D[2] + s * R, R, 1);
        if (!(exact > 0))
            continue;
        if (ways == 3)
            check_near(schur, exact, 1e-9);
        *error = ways == 3 ? fmax(*error, fabs(one_way - exact) / exact) : NAN;
        if (strcmp(t->stressor.code[s], "Carbon dioxide, fossil [air]") == 0)
            *co2 = exact / 1e6;
        if (strcmp(t->stressor.code[s], "Gravel and sand") == 0)
            *gravel = exact / 1e6;
    }
    for (int k = 0; k < 3; k++)
        leie_free(D[k]);
}

static void one_option(const leie_table *world, const char *name, const char *regions, const char *keys, const char *bridge)
{
    static char text[4096];
    leie_error err = {0};
    leie_table t = {0};
    leie_labels inside = {0};
    double co2, gravel, error;
    nest_with(text, sizeof text, regions, keys, bridge);
    if (!assemble(&t, &inside, text, &err))
        return;
    check_others(&t, world, strstr(bridge, "reroute") != NULL);
    check_whole(&t, world);
    footprints(&co2, &gravel, &error, &t, &inside, strstr(name, "keep") ? 3 : 1);
    check_true(co2 > 80 && co2 < 250 && !(error > 0.1));
    if (strstr(bridge, "totals: world"))
        check_near(total_of(&t.adjusted, "imports", true), total_of(&t.adjusted, "imports", false), 1e-9);
    if (getenv("LEIE_TEST_PRINT"))
        printf("| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.2f %% |\n", name, total_of(&t.adjusted, "imports", true) / 1e3,
               total_of(&t.adjusted, "exports", true) / 1e3, total_of(&t.adjusted, "output", true) / 1e3, co2, gravel, 100 * error);
    leie_labels_clear(&inside);
    leie_table_clear(&t);
}

/* product,to,value of the Belgian workbook: a quarter of what trade earns on each product inside the country, as a share of
 * its purchasers' price, stands for the margin between the exporter's basic price and the border. */
static void write_margins(const char *folder, const char *name)
{
    static char text[8192];
    leie_error err = {0};
    leie_sut s = {0};
    leie_size used = snprintf(text, sizeof text, "product,to,value,source\n"), count = 0;
    const leie_sut_source from = {.folder = path_in(check_data(), "be_sut_2015/csv"), .format = LEIE_SUT_BE2015};
    if (!check_ok(leie_read_sut(&s, &from, &err), &err))
        return;
    const double *margin = s.layer[LEIE_ALL_ORIGINS][LEIE_TRADE_MARGIN].use, *all = s.layer[LEIE_ALL_ORIGINS][LEIE_PURCHASERS].use;
    for (leie_size i = 0; margin && all && i < s.product.n; i++) {
        double share = 0.25 * leie_sum(margin + i * s.account.sector.n, s.account.sector.n, 1) /
                       leie_sum(all + i * s.account.sector.n, s.account.sector.n, 1);
        if (!(share > 0) || strcmp(s.product.code[i], "46") == 0)
            continue;
        used += snprintf(text + used, sizeof text - (size_t)used, "%s,46,%.6f,test\n", s.product.code[i], share);
        count++;
    }
    check_true(count > 20);
    write_text(folder, name, text);
    leie_sut_clear(&s);
}

static const leie_adjustment *adjustment_of(const leie_adjustments *list, const char *step, const char *code)
{
    for (leie_size i = 0; i < list->n; i++)
        if (strcmp(list->item[i].step, step) == 0 && strcmp(list->item[i].code, code) == 0)
            return &list->item[i];
    return NULL;
}

// Bridges with a file: what leaves a product arrives at another, prices move every product by its own figure.
static void test_bridge_files(void)
{
    static const char prices[] = "product,value,source\n*,0.96,test\n19,1.35,test\n24,1.12,test\n01,1.02,test\n35,1.05,test\n";
    char text[4096], bridge[1024];
    const char *folder = check_folder();
    leie_error err = {0};
    leie_table world = {0}, t = {0};
    if (!assemble(&world, NULL, "", &err))
        return;
    write_margins(folder, "cif.csv");
    write_text(folder, "prices.csv", prices);
    snprintf(bridge, sizeof bridge, "    totals: world\n    cif_fob: %s/cif.csv\n", folder);
    one_option(&world, "world, remove, imports from cif to basic prices", "[BE]", "", bridge);
    nest_with(text, sizeof text, "[BE]", "", bridge);
    if (assemble(&t, NULL, text, &err)) {
        const leie_adjustment *trade = adjustment_of(&t.adjusted, "cif_fob", "46"), *cars = adjustment_of(&t.adjusted, "cif_fob", "29");
        check_near(total_of(&t.adjusted, "cif_fob", true), total_of(&t.adjusted, "cif_fob", false), 1e-12);
        check_true(trade && trade->after > trade->before + 1000 && cars && cars->after < cars->before);
        leie_table_clear(&t);
    }
    snprintf(bridge, sizeof bridge, "    totals: world\n    price_year: %s/prices.csv\n", folder);
    one_option(&world, "world, remove, prices of 2011", "[BE]", "", bridge);
    nest_with(text, sizeof text, "[BE]", "", bridge);
    if (assemble(&t, NULL, text, &err)) {
        const leie_adjustment *fuel = adjustment_of(&t.adjusted, "prices", "19"), *food = adjustment_of(&t.adjusted, "prices", "10-12");
        if (check_true(fuel && food)) {
            check_near(fuel->after, 1.35 * fuel->before, 1e-12);
            check_near(food->after, 0.96 * food->before, 1e-12);
        }
        leie_table_clear(&t);
    }
    leie_table_clear(&world);
}

static void test_options(void)
{
    leie_error err = {0};
    leie_table world = {0};
    if (!assemble(&world, NULL, "", &err))
        return;
    static const struct {
        const char *name, *bridge;
    } option[] = {{"world, remove", "    totals: world\n"},
                  {"world, reroute", "    totals: world\n    re_exports: reroute\n"},
                  {"world, keep", "    totals: world\n    re_exports: keep\n"},
                  {"world, remove, end use", "    totals: world\n    end_use: true\n"},
                  {"world, remove, vintage", "    totals: world\n    vintage: world\n"},
                  {"world, remove, pressures by list", "    totals: world\n    back: datasets/concordances/wiod35_nace64.csv\n"},
                  {"national, remove", "    totals: national\n"},
                  {"national, reroute", "    totals: national\n    re_exports: reroute\n"},
                  {"national, keep", "    totals: national\n    re_exports: keep\n"},
                  {"national, remove, vintage", "    totals: national\n    vintage: world\n"}};
    for (size_t i = 0; i < sizeof option / sizeof option[0]; i++)
        one_option(&world, option[i].name, "[BE]", "", option[i].bridge);
    one_option(&world, "three regions, world, remove", "[BE-VLG, BE-WAL, BE-BRU]", keys_text, "    totals: world\n");
    one_option(&world, "three regions, national, keep", "[BE-VLG, BE-WAL, BE-BRU]", keys_text,
               "    totals: national\n    re_exports: keep\n");
    leie_table_clear(&world);
}

static const char two_text[] =
    "nest:\n"
    "- country: BEL\n"
    "  regions: [BE]\n"
    "  sut: {path: %s/be_sut_2015/csv, format: be2015}\n"
    "  bridge: {currency: {EUR: 1.392}, concordance: datasets/concordances/nace64_wiod35.csv, re_exports: keep}\n"
    "- country: NLD\n" // with Belgium's table, for want of another
    "  regions: [NL]\n"
    "  sut: {path: %s/be_sut_2015/csv, format: be2015}\n"
    "  bridge: {currency: {EUR: 1.392}, concordance: datasets/concordances/nace64_wiod35.csv, totals: %s}\n";

// One nest after the other: the second leaves what is not its country's to the bit, the first nest's 64 sectors included.
static void test_two(void)
{
    static char text[2048];
    static const char *const totals[] = {"world", "national"};
    leie_error err = {0};
    for (int k = 0; k < 2; k++) {
        leie_table one = {0}, two = {0};
        snprintf(text, sizeof text, two_text, check_data(), check_data(), totals[k]);
        if (!assemble(&two, NULL, text, &err))
            return;
        *strstr(text, "- country: NLD") = '\0';
        if (assemble(&one, NULL, text, &err)) {
            check_true(leie_labels_find(&one.sector.region, "NLD") >= 0 && leie_labels_find(&two.sector.region, "NLD") < 0);
            check_others(&two, &one, false);
            check_whole(&two, &one);
            leie_size from = leie_labels_find(&one.sector.region, "NLD"), be = leie_labels_find(&one.sector.region, "BE"), to = -1;
            to = leie_labels_find(&two.sector.region, "NL");
            double before = 0, after = 0;
            for (leie_size i = one.sector.first[be]; i < one.sector.first[be + 1]; i++) {
                leie_size at = leie_axis_find(&two.sector, "BE", one.sector.code[i]);
                for (leie_size j = one.sector.first[from]; j < one.sector.first[from + 1]; j++)
                    before += leie_matrix_get(&one.Z, i, j);
                for (leie_size j = two.sector.first[to]; j < two.sector.first[to + 1]; j++)
                    after += leie_matrix_get(&two.Z, at, j);
                for (leie_size f = one.demand.first[from]; f < one.demand.first[from + 1]; f++)
                    before += one.Y[i * one.demand.n + f];
                for (leie_size f = two.demand.first[to]; f < two.demand.first[to + 1]; f++)
                    after += two.Y[at * two.demand.n + f];
            }
            check_true(before > 1e4);
            check_close(after, before, k == 0 ? 1e-9 : 1, 0); // world totals: what Belgium sells to the Netherlands stays
            bool noted = false;
            for (leie_size i = 0; i < two.provenance.notes; i++)
                noted |= strstr(two.provenance.note[i].text, "sell") && strstr(two.provenance.note[i].text, "mostly are");
            check_true(noted);
        }
        leie_table_clear(&one);
        leie_table_clear(&two);
    }
}

static const char again_text[] =
    "nest:\n"
    "- country: BEL\n"
    "  regions: [BE-VLG, BE-WAL, BE-BRU]\n"
    "  sut: {path: %s/be_sut_2015/csv, format: be2015}\n"
    "  bridge: {currency: {EUR: 1.392}, concordance: datasets/concordances/nace64_wiod35.csv}\n"
    "  keys: {path: datasets/flanders-2011/keys.csv, years: nearest}\n"
    "  sectors: datasets/concordances/nace_sections_nace64.csv\n"
    "  use: {pressure: none}\n"
    "- country: BE-VLG\n"
    "  regions: [BE21, BE22, BE23, BE24, BE25]\n"
    "  keys: {path: datasets/flanders-2011/provinces.csv, years: nearest}\n"
    "  sectors: datasets/concordances/nace_sections_nace64.csv\n"
    "  use: {pressure: none}\n";

// A nested region nested again by keys: its parts have its footprint.
static void test_again(void)
{
    static char text[2048];
    leie_error err = {0};
    leie_table one = {0}, two = {0};
    leie_labels region = {0}, parts = {0};
    double all[3], sum[3];
    snprintf(text, sizeof text, again_text, check_data());
    if (!assemble(&two, NULL, text, &err))
        return;
    *strstr(text, "- country: BE-VLG") = '\0';
    if (assemble(&one, NULL, text, &err)) {
        static const char *const part[] = {"BE21", "BE22", "BE23", "BE24", "BE25"};
        leie_labels_add(&region, "BE-VLG", NULL, NULL, NULL, &err);
        for (int i = 0; i < 5; i++)
            leie_labels_add(&parts, part[i], NULL, NULL, NULL, &err);
        check_others(&two, &one, false);
        footprints(&all[0], &all[1], &all[2], &one, &region, 1);
        footprints(&sum[0], &sum[1], &sum[2], &two, &parts, 1);
        check_near(sum[0], all[0], 1e-9);
        check_near(sum[1], all[1], 1e-9);
    }
    leie_labels_clear(&region);
    leie_labels_clear(&parts);
    leie_table_clear(&one);
    leie_table_clear(&two);
}

CHECK_SUITE(data_nest, {"options", test_options, check_needs_data}, {"bridges with files", test_bridge_files, check_needs_data}, {"two countries", test_two, check_needs_data},
            {"a region nested again", test_again, check_needs_data})
