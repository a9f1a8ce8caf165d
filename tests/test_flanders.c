// SPDX-License-Identifier: GPL-3.0-or-later
/* The embedded study against the figures of another program, and what a proportional split must satisfy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/csv.h"
#include "tests/check.h"
#include "tests/results.h"

#define STUDY "datasets/flanders-2011/proportional.yaml"
#define CASE "tests/cases/flanders_2011/"

enum { PATH_SIZE = 512, PLACE_SIZE = 256 };

static const char *const parts[] = {"BE-VLG", "BE-WAL", "BE-BRU"};
enum { PARTS = 3 };

// The result in ds, and where it was written.
static void run_study(leie_dataset *ds, char path[PATH_SIZE])
{
    *ds = (leie_dataset){0};
    snprintf(path, PATH_SIZE, "%s/flanders.nc", check_folder());
    check_size(result_run(ds, STUDY, path, NULL), 1);
}

/* Calls see(ctx, texts, value) for every line of a file with two label columns, `value` and `unit`; returns
 * the number of lines. */
static leie_size each_line(const char *path, const char *const names[4], void (*see)(void *, char[2][128], double),
                           void *ctx)
{
    leie_error err = {0};
    leie_csv csv = {0};
    leie_size lines = 0;
    check_ok(leie_csv_open(&csv, path, names, NULL, &err), &err);
    leie_size value = leie_csv_column(&csv, "value");
    for (bool more = true; check_ok(leie_csv_next(&csv, &more, &err), &err) && more; lines++) {
        char text[2][128];
        double number;
        for (int i = 0; i < 2; i++)
            check_ok(leie_csv_string(&csv, leie_csv_column(&csv, names[i]), text[i], sizeof text[i], &err), &err);
        check_ok(leie_csv_number(&csv, value, &number, &err), &err);
        see(ctx, text, number);
    }
    leie_csv_close(&csv);
    return lines;
}

static void see_d_cba(void *ctx, char text[2][128], double value)
{
    char where[PLACE_SIZE + 64];
    snprintf(where, sizeof where, "region=%s|stressor=%s", text[0], text[1]);
    check_near(result_value(ctx, "D_cba", where), value, 1e-9);
}

// category.csv: material groups added, variants left out.
static void see_category(void *ctx, char text[2][128], double value)
{
    const leie_dataset *ds = ctx;
    const leie_var *code = leie_dataset_find(ds, "stressor"), *kind = leie_dataset_find(ds, "stressor_kind");
    double sum = 0;
    for (leie_size s = 0; s < code->count; s++) {
        char where[PLACE_SIZE + 128];
        if (strcmp(kind->text[s], "material") != 0)
            continue;
        snprintf(where, sizeof where, "region=%s|category=%s|stressor=%s", text[0], text[1], code->text[s]);
        sum += result_value(ds, "footprint_category", where);
    }
    check_near(sum, value, 1e-9);
}

// origin_bel.csv was made before the split: extraction in Belgium is that in its three regions.
static void see_origin(void *ctx, char text[2][128], double value)
{
    char where[PLACE_SIZE + 128];
    double sum = 0;
    bool belgium = strcmp(text[1], "BEL") == 0;
    for (int i = 0; i < (belgium ? PARTS : 1); i++) {
        snprintf(where, sizeof where, "region=BEL|stressor=%s|origin=%s", text[0], belgium ? parts[i] : text[1]);
        sum += result_value(ctx, "footprint_origin", where);
    }
    check_close(sum, value, 1e-9, 1e-6);
}

static void test_answers(void)
{
    leie_dataset ds;
    char path[PATH_SIZE];
    static const char *const by_region[] = {"region", "stressor", "value", "unit", NULL};
    static const char *const by_category[] = {"region", "category", "value", "unit", NULL};
    static const char *const by_origin[] = {"stressor", "origin", "value", "unit", NULL};
    run_study(&ds, path);
    check_size(each_line(CASE "d_cba.csv", by_region, see_d_cba, &ds), 16 * 11);
    check_size(each_line(CASE "category.csv", by_category, see_category, &ds), PARTS * 5);
    check_size(each_line(CASE "origin_bel.csv", by_origin, see_origin, &ds), 14 * 11);
    leie_dataset_clear(&ds);
}

// Every account of Belgium is the sum of those of its regions, but D_imp and D_exp, which trade among them enters.
static void test_regions_add_up(void)
{
    leie_dataset ds;
    char path[PATH_SIZE];
    static const char *const account[] = {"D_cba", "D_pba", "unallocated", "direct"};
    run_study(&ds, path);
    const leie_var *stressor = leie_dataset_find(&ds, "stressor");
    for (leie_size s = 0; s < stressor->count; s++)
        for (size_t a = 0; a < sizeof account / sizeof account[0]; a++) {
            char where[PLACE_SIZE];
            double sum = 0;
            for (int i = 0; i < PARTS; i++) {
                snprintf(where, sizeof where, "region=%s|stressor=%s", parts[i], stressor->text[s]);
                sum += result_value(&ds, account[a], where);
            }
            snprintf(where, sizeof where, "region=BEL|stressor=%s", stressor->text[s]);
            check_close(sum, result_value(&ds, account[a], where), 1e-12, 0);
        }
    leie_dataset_clear(&ds);
}

/* RMC_r = sum over f of c[r, f] D_cba(BEL, f): the shares c are read off final demand, which the split leaves in
 * their proportion; the national side is the table as it was before the split. */
static void test_proportional(void)
{
    leie_error err = {0};
    leie_dataset ds;
    char path[PATH_SIZE];
    leie_study study;
    leie_table t;
    leie_account_regions q = {0};
    leie_accounts a = {0};
    run_study(&ds, path);
    result_assemble(&study, &t, STUDY, 2011, "nest=~|groups=~");
    check_ok(leie_account_regions_add(&q, &t.sector, "BEL", NULL, 0, NULL, &err), &err);
    check_ok(leie_accounts_make(&a, &t, &q, &(leie_accounts_opts){.by = LEIE_BY_CATEGORY}, &err), &err);
    check_size(a.C, 5);
    for (int r = 0; r < PARTS; r++)
        for (leie_size s = 0; s < a.k; s++) {
            char where[PLACE_SIZE];
            double sum = 0;
            for (leie_size f = 0; f < a.C; f++) {
                snprintf(where, sizeof where, "region=%s|category=%s", parts[r], a.category.code[f]);
                double key = result_value(&ds, "final_demand", where) / a.final_demand[f];
                sum += key * a.by_category[f * a.k + s];
            }
            snprintf(where, sizeof where, "region=%s|stressor=%s", parts[r], t.stressor.code[s]);
            check_near(result_value(&ds, "D_cba", where), sum, 1e-12);
        }
    leie_dataset_clear(&ds);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    leie_study_clear(&study);
}

// The page of the study: t per inhabitant of Flanders, Wallonia, Brussels and Belgium; Mt in all.
static void test_page(void)
{
    static const char *const region[] = {"BE-VLG", "BE-WAL", "BE-BRU", "BEL"};
    static const double per_head[] = {22.25, 18.02, 22.78, 20.94}, megatonnes[] = {141.2, 64.0, 26.0, 231.2};
    leie_dataset ds;
    char path[PATH_SIZE];
    run_study(&ds, path);
    const leie_var *code = leie_dataset_find(&ds, "stressor"), *kind = leie_dataset_find(&ds, "stressor_kind");
    for (int r = 0; r < 4; r++) {
        double total = 0, head = 0;
        for (leie_size s = 0; s < code->count; s++) {
            char where[PLACE_SIZE];
            if (strcmp(kind->text[s], "material") != 0)
                continue;
            snprintf(where, sizeof where, "region=%s|stressor=%s", region[r], code->text[s]);
            total += result_value(&ds, "D_cba", where);
            head += result_value(&ds, "footprint_per_capita", where);
        }
        check_close(total / 1e6, megatonnes[r], 0, 0.05);
        check_close(head, per_head[r], 0, 0.005);
    }
    check_text(leie_dataset_get_text(&ds, NULL, "label"), "demonstration");
    leie_dataset_clear(&ds);
}

// Sum of an account along regions for a list of stressors, groups of regions left out.
static double world(const leie_dataset *ds, const char *account, const char *const *stressors)
{
    const leie_var *region = leie_dataset_find(ds, "region"), *kind = leie_dataset_find(ds, "region_kind");
    double sum = 0;
    for (leie_size r = 0; r < region->count; r++)
        for (int s = 0; strcmp(kind->text[r], "region") == 0 && stressors[s]; s++) {
            char where[PLACE_SIZE];
            snprintf(where, sizeof where, "region=%s|stressor=%s", region->text[r], stressors[s]);
            sum += result_value(ds, account, where);
        }
    return sum;
}

// Share of an origin in Belgium's footprint of a stressor; Belgium's own is that of its three regions.
static double origin_share(const leie_dataset *ds, const char *stressor, const char *const *origin, int count)
{
    char where[PLACE_SIZE];
    double sum = 0;
    for (int i = 0; i < count; i++) {
        snprintf(where, sizeof where, "region=BEL|origin=%s|stressor=%s", origin[i], stressor);
        sum += result_value(ds, "footprint_origin", where);
    }
    snprintf(where, sizeof where, "region=BEL|stressor=%s", stressor);
    return sum / result_value(ds, "D_cba", where);
}

/* World biomass within 15 % of 22.0 Gt (the page's (a)); at least half of the construction minerals from Belgium
 * itself; only construction minerals (Belgium) and fish (rest of the world) come by more than half from one region, as
 * the page explains. */
static void test_accepted(void)
{
    static const char *const biomass[] = {"crops", "grazing", "wood", "fish", NULL};
    leie_dataset ds;
    char path[PATH_SIZE];
    run_study(&ds, path);
    const leie_var *stressor = leie_dataset_find(&ds, "stressor"), *origin = leie_dataset_find(&ds, "origin");
    check_close(world(&ds, "D_pba", biomass) / 22.0e9, 1, 0, 0.15);
    check_true(origin_share(&ds, "construction", parts, PARTS) >= 0.5);
    for (leie_size s = 0; s < stressor->count; s++) {
        bool abroad = false;
        for (leie_size o = 0; o < origin->count; o++)
            abroad |= origin_share(&ds, stressor->text[s], (const char *const *)&origin->text[o], 1) > 0.5;
        bool home = origin_share(&ds, stressor->text[s], parts, PARTS) > 0.5;
        check_true(abroad == (strcmp(stressor->text[s], "fish") == 0));
        check_true(home == (strcmp(stressor->text[s], "construction") == 0));
    }
    leie_dataset_clear(&ds);
}

static void test_other_readers(void)
{
    leie_dataset ds;
    char path[PATH_SIZE];
    run_study(&ds, path);
    check_size(result_check_netcdf(path), 0);
    leie_dataset_clear(&ds);
}

// ---- from the public originals ----

// Every file of the committed table, and nothing else, comes out of the recipe.
static void test_rebuilt(void)
{
    static const char *const files[] = {
        "table.yaml", "regions.csv", "sectors.csv", "categories.csv",     "stressors.csv",
        "Z.csv.gz",   "Y.csv.gz",    "x.csv",       "F_materials.csv.gz", "F_Y_materials.csv.gz"};
    leie_error err = {0};
    leie_study study;
    leie_table t;
    char folder[PATH_SIZE], made[2 * PATH_SIZE], committed[PATH_SIZE];
    snprintf(made, sizeof made, "%s/wiod2013", check_data());
    setenv("WIOD", made, 1);
    snprintf(made, sizeof made, "%s/wiod2011_materials", check_data());
    setenv("MATERIALS", made, 1);
    result_assemble(&study, &t, "datasets/flanders-2011/recipe/study.yaml", 2011, NULL);
    snprintf(folder, sizeof folder, "%s/2011", check_folder());
    check_ok(leie_write_csv_table(folder, &t, 0, &err), &err);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(made, sizeof made, "%s/%s", folder, files[i]);
        snprintf(committed, sizeof committed, "datasets/flanders-2011/tables/2011/%s", files[i]);
        if (!check_true(result_same_file(made, committed)))
            printf("%s differs from what the recipe makes\n", committed);
    }
    leie_table_clear(&t);
    leie_study_clear(&study);
}

CHECK_SUITE(flanders, {"answers of another program", test_answers, NULL}, {"regions add up", test_regions_add_up, NULL},
            {"proportional split", test_proportional, NULL}, {"figures of the page", test_page, NULL},
            {"acceptance", test_accepted, NULL}, {"result in other readers", test_other_readers, result_needs_xarray})
CHECK_SUITE(data_flanders, {"rebuilt from the originals", test_rebuilt, check_needs_data})
