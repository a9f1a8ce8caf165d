/* Tables through all building steps, written and read back: on a small table and on real ones. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/read_table.h"
#include "tests/check.h"
#include "tests/toy_table.h"

enum { PATH_SIZE = 512, PARTS = 3 };

static leie_path path_of(char *text)
{
    return (leie_path){.shown = text, .real = text};
}

// Writes t and reads it back into *again.
static void round_trip(leie_table *again, const leie_table *t)
{
    leie_error err = {0};
    char folder[PATH_SIZE];
    snprintf(folder, sizeof folder, "%s/table", check_folder());
    check_ok(leie_write_csv_table(folder, t, 0, &err), &err);
    leie_study_tables spec = {.format = LEIE_FORMAT_CSV, .path = path_of(folder), .x_choice = LEIE_X_GIVEN};
    check_ok(leie_read_table(again, &spec, t->year, &err), &err);
}

static void same_numbers(const double *a, const double *b, leie_size count)
{
    leie_size off = 0;
    for (leie_size i = 0; i < count; i++)
        off += a[i] != b[i];
    check_size(off, 0);
}

static void check_same(const leie_table *a, const leie_table *b)
{
    leie_size n = a->sector.n, m = a->demand.n, off = 0;
    check_true(leie_axis_same(&a->sector, &b->sector));
    check_true(leie_axis_same(&a->demand, &b->demand));
    check_size(a->stressor.n, b->stressor.n);
    if (b->sector.n != n || b->demand.n != m || a->stressor.n != b->stressor.n)
        return;
    for (leie_size i = 0; i < n; i++)
        for (leie_size j = 0; j < n; j++)
            off += leie_matrix_get(&a->Z, i, j) != leie_matrix_get(&b->Z, i, j);
    check_size(off, 0);
    same_numbers(a->Y, b->Y, n * m);
    same_numbers(a->x, b->x, n);
    same_numbers(a->W, b->W, a->input.n * n);
    same_numbers(a->F, b->F, a->stressor.n * n);
    same_numbers(a->F_Y, b->F_Y, a->stressor.n * m);
    for (leie_size f = 0; f < m; f++)
        check_true(a->demand.kind[f] == b->demand.kind[f]);
    for (leie_size r = 0; r < a->sector.region.n; r++)
        check_text(b->sector.region.name[r], a->sector.region.name[r]);
    for (leie_size s = 0; s < a->stressor.n; s++) {
        check_text(b->stressor.code[s], a->stressor.code[s]);
        check_text(b->stressor.unit[s], a->stressor.unit[s]);
        check_text(b->stressor.kind[s], a->stressor.kind[s]);
        check_text(b->extension[s], a->extension[s]);
        check_text(b->basis[s], a->basis[s]);
    }
    check_text(b->unit, a->unit);
    check_text(b->currency, a->currency);
}

static void test_round_trip(void)
{
    leie_error err = {0};
    leie_table t, again = {0};
    toy_table(&t, "BE a b \"c|FR c,d a|US z", "BE household gfcf|FR household inventories|US export", 3, 2);
    toy_fill(&t, 15, 0.5);
    memset(t.F + 7, 0, 6 * sizeof *t.F);       // a stressor without pressures
    memset(t.W, 0, 6 * sizeof *t.W);           // an input that nobody pays
    for (leie_size i = 0; i < t.sector.n; i++) // a column without demand
        t.Y[i * t.demand.n + 3] = 0;
    leie_free(t.sector.region.name[1]);
    t.sector.region.name[1] = leie_strdup("France, all of it");
    t.Y[1] = 0.1 + 0.2;
    t.Y[2] = 5e-324;
    check_ok(leie_table_set_x(&t, LEIE_X_ROW, NULL, &err), &err);
    round_trip(&again, &t);
    check_same(&t, &again);
    leie_table_clear(&t);
    leie_table_clear(&again);
}

// ---- real tables ----

static leie_path data_path(char *buffer, const char *name)
{
    snprintf(buffer, PATH_SIZE, "%s/%s", check_data(), name);
    return path_of(buffer);
}

// WIOD 2011 with its materials; x is the row sum, as in the reference accounts.
static void read_wiod(leie_table *t)
{
    static const char *const kinds[] = {"household", "npish", "government", "gfcf", "inventories"};
    leie_error err = {0};
    char path[6][PATH_SIZE], unit[] = "MUSD", name[] = "materials";
    leie_study_tables spec = {.format = LEIE_FORMAT_TRIPLETS, .unit = unit, .x_choice = LEIE_X_ROW};
    leie_study_extension materials = {.name = name};
    for (int k = 0; k < 5; k++)
        leie_labels_add(&spec.demand, k ? kinds[k] : "households", NULL, NULL, kinds[k], &err);
    spec.labels = data_path(path[0], "wiod2013/labels.csv");
    spec.Z = data_path(path[1], "wiod2013/Z_{year}.csv.gz");
    spec.Y = data_path(path[2], "wiod2013/Y_{year}.csv.gz");
    spec.x = data_path(path[3], "wiod2013/x_{year}.csv.gz");
    materials.F = data_path(path[4], "wiod2011_materials/F_materials.csv.gz");
    materials.F_Y = data_path(path[5], "wiod2011_materials/F_Y_materials.csv");
    check_ok(leie_read_table(t, &spec, 2011, &err), &err);
    check_ok(leie_read_extension(t, &materials, 2011, &err), &err);
    leie_labels_clear(&spec.demand);
}

// Belgium, three neighbours, China, and one region for the other 36.
static void to_few_regions(leie_table *t)
{
    static const char *const kept[] = {"BEL", "DEU", "FRA", "NLD", "CHN"};
    leie_error err = {0};
    leie_concordance c = {0};
    for (leie_size r = 0; r < t->sector.region.n; r++) {
        const char *code = t->sector.region.code[r], *to = "OTHER";
        for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
            to = strcmp(code, kept[k]) == 0 ? code : to;
        check_ok(leie_concordance_add(&c, code, to, "", 1, r + 2, &err), &err);
    }
    check_ok(leie_table_aggregate(t, &c, NULL, &err), &err);
    leie_concordance_clear(&c);
}

static void test_wiod_notes(void)
{
    leie_error err = {0};
    leie_table t;
    read_wiod(&t);
    check_ok(leie_table_inspect(&t, &err), &err);
    // README of the shared data: 76.06 Mt of fossil CO2 on industries without output
    double amount = 0;
    check_true(sscanf(toy_note(&t, "'Carbon dioxide, fossil [air]'"), "%lf t of", &amount) == 1);
    check_near(amount, 76.06e6, 1e-4);
    check_has(toy_note(&t, "negative cells"), "negative cells of final demand Y, together -");
    leie_table_clear(&t);
}

static void test_wiod_aggregated(void)
{
    leie_table t;
    read_wiod(&t);
    leie_size n = t.sector.n, m = t.demand.n;
    double x = leie_sum(t.x, n, 1), Y = leie_sum(t.Y, n * m, 1), F = leie_sum(t.F, n, 1);
    to_few_regions(&t);
    check_size(t.sector.n, 6 * 35);
    check_size(t.demand.n, 6 * 5);
    check_near(leie_sum(t.x, t.sector.n, 1), x, 1e-15);
    check_near(leie_sum(t.Y, t.sector.n * t.demand.n, 1), Y, 1e-15);
    check_near(leie_sum(t.F, t.sector.n, 1), F, 1e-15);
    check_near(toy_sum(&t.Z) + Y, x, 1e-12);
    leie_table_clear(&t);
}

// The proportional split on real numbers: RMC_r = sum over f of c[r,f] D_cba(BEL, f); written and read back.
static void test_wiod_nested(void)
{
    leie_error err = {0};
    leie_table t, old = {0}, again = {0};
    double industry[PARTS * 35], demand[PARTS * 5];
    uint64_t seed = 2011;
    for (int i = 0; i < 35 + 5; i++) {
        double a = check_random(&seed), b = check_random(&seed), sum = a + b + 1;
        double *share = i < 35 ? industry + i : demand + i - 35;
        leie_size step = i < 35 ? 35 : 5;
        share[0] = a / sum;
        share[step] = b / sum;
        share[2 * step] = 1 / sum;
    }
    leie_nest nest = {.country = "BEL", .sectors = 35, .industry = industry, .categories = 5, .demand = demand};
    leie_labels_add(&nest.region, "BE-VLG", "Flanders", "", "", &err);
    leie_labels_add(&nest.region, "BE-WAL", "Wallonia", "", "", &err);
    leie_labels_add(&nest.region, "BE-BRU", "Brussels", "", "", &err);
    read_wiod(&t);
    to_few_regions(&t);
    check_ok(leie_table_copy(&old, &t, &err), &err);
    check_ok(leie_table_nest(&t, &nest, &err), &err);
    leie_size s = leie_labels_find(&t.stressor, "Carbon dioxide, fossil [air]");
    leie_size from = old.demand.first[leie_labels_find(&old.demand.region, "BEL")];
    for (leie_size f = 0; f < 5; f += 4) {
        double national = toy_footprint(&old, s, from + f);
        for (leie_size r = 0; r < PARTS; r++)
            check_near(toy_footprint(&t, s, from + r * 5 + f), demand[r * 5 + f] * national, 1e-11);
    }
    round_trip(&again, &t);
    check_same(&t, &again);
    leie_labels_clear(&nest.region);
    leie_table_clear(&t);
    leie_table_clear(&old);
    leie_table_clear(&again);
}

CHECK_SUITE(round_trip, {"written and read back", test_round_trip, NULL})
CHECK_SUITE(data_build, {"WIOD 2011: what is odd about it", test_wiod_notes, check_needs_data},
            {"WIOD 2011 to six regions", test_wiod_aggregated, check_needs_data},
            {"Belgium in three, written and read back", test_wiod_nested, check_needs_data})
