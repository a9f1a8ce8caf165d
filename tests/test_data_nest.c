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
    "  keys: datasets/flanders-2011/keys.csv\n"
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

CHECK_SUITE(data_nest, {"options", test_options, check_needs_data})
