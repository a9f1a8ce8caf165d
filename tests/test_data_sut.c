// SPDX-License-Identifier: GPL-3.0-or-later
/* Belgium 2015 by its own supply and use tables (Federal Planning Bureau and National Bank of Belgium), and
 * Eurostat's files, when the shared data are there. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/eurostat.h"
#include "tests/check.h"
#include "tests/write_files.h"

static leie_status read_belgium(leie_sut *s, leie_error *err)
{
    const leie_sut_source from = {.folder = path_in(check_data(), "be_sut_2015/csv")};
    return leie_read_sut(s, &from, err);
}

// Sizes in M EUR as stated with the data: supply = use 0.012, the others 1e-9, value added, GDP, re-exports.
static void test_belgium_identities(void)
{
    static const struct {
        const char *name;
        double most;
    } sizes[] = {{"supply of products = domestic use", 0.012},
                 {"imports of products = imported use", 0.012},
                 {"supply and imports of products = all use", 0.012},
                 {"all = domestic + import, basic", 1e-9},
                 {"purchasers' = basic + margins + taxes - subsidies, all", 1e-9},
                 {"trade_margins of a use add up to zero, all", 1e-9},
                 {"output as published = supply of the industry", 0.0051},
                 {"use at basic prices + taxes + inputs = output", 1e-9},
                 {"use at purchasers' prices + inputs = output", 1e-9}};
    leie_error err = {0};
    leie_sut s;
    leie_identities list = {0};
    if (!check_ok(read_belgium(&s, &err), &err))
        return;
    check_size(s.product.n, 64);
    check_text(s.product.code[3], "05-09");
    check_true(s.product.name[0][0] != '\0');
    check_ok(leie_identities_sut(&list, &s, &err), &err);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        bool found = false;
        for (leie_size k = 0; k < list.n; k++)
            if (strcmp(list.item[k].name, sizes[i].name) == 0) {
                found = true;
                check_close(list.item[k].size, 0, 0, sizes[i].most);
                check_true(list.item[k].verdict == LEIE_PASS);
            }
        check_true(found);
    }
    for (leie_size k = 0; k < list.n; k++) {
        if (strcmp(list.item[k].name, "value added") == 0)
            check_close(list.item[k].size, 373301.7, 0, 0.05);
        if (strstr(list.item[k].name, "by production") && list.item[k].verdict == LEIE_INFO)
            check_close(list.item[k].size, 416701.3, 0, 0.1);
        if (strstr(list.item[k].name, "re-exports"))
            check_close(list.item[k].size, 90.6e3, 0, 50);
    }
    leie_identities_clear(&list);
    leie_sut_clear(&s);
}

static void test_belgium_constructs(void)
{
    leie_error err = {0};
    leie_sut s;
    if (!check_ok(read_belgium(&s, &err), &err))
        return;
    for (int model = LEIE_MODEL_A; model <= LEIE_MODEL_D; model++) {
        const leie_construct_opts opts = {.model = (leie_model)model, .import_row = true};
        leie_identities list = {0};
        leie_iot t;
        if (!check_ok(leie_construct(&t, &s, &opts, NULL, &err), &err))
            continue;
        check_ok(leie_identities_construct(&list, &t, &s, opts.model, &err), &err);
        check_ok(leie_identities_table(&list, &t.table, &err), &err);
        for (leie_size i = 0; i < list.n; i++)
            if (!check_true(list.item[i].verdict != LEIE_FAIL))
                printf("%s: %s\n", list.item[i].name, list.item[i].worst);
        check_close(leie_sum(t.table.W + 2 * 64, 5 * 64, 1), 373301.7, 0, 0.05); // D.1 to P.51c
        leie_identities_clear(&list);
        leie_iot_clear(&t);
    }
    leie_sut_clear(&s);
}

/* The official table by industry is compiled in finer detail, so model D on 64 products is near it, not on
 * it: 3.2 % was stated with the data; with the margins shared as the reader does it is 3.0 %. */
static void test_belgium_published(void)
{
    enum { N = 64 };
    static double published[N * N], difference[N];
    const leie_construct_opts opts = {.model = LEIE_MODEL_D};
    leie_error err = {0};
    leie_sut s;
    leie_iot t;
    double share = 1;
    if (!check_ok(read_belgium(&s, &err), &err))
        return;
    check_ok(leie_construct(&t, &s, &opts, NULL, &err), &err);
    check_ok(leie_read_reference(published, path_in(check_data(), "be_sut_2015/csv/tbl_10bis.csv"), &t.table.sector,
                                 &t.table.provenance, &err),
             &err);
    leie_construct_against(difference, &share, &t.table, published);
    check_close(share, 0.0297, 0, 1e-4);
    leie_size most = 0;
    for (leie_size i = 0; i < N; i++)
        if (difference[i] > difference[most])
            most = i;
    check_text(t.table.sector.code[most], "36");
    check_close(difference[most], 924, 0, 1);
    leie_iot_clear(&t);
    leie_sut_clear(&s);
}

// Without negatives; rows that Almon's procedure does not finish are counted, not hidden.
static void test_belgium_almon(void)
{
    const leie_construct_opts opts = {.model = LEIE_MODEL_ALMON}, A = {.model = LEIE_MODEL_A};
    leie_construct_info info, info_A;
    leie_error err = {0};
    leie_sut s;
    leie_iot t;
    if (!check_ok(read_belgium(&s, &err), &err))
        return;
    check_ok(leie_construct(&t, &s, &A, &info_A, &err), &err);
    check_true(info_A.negatives[LEIE_DOMESTIC] > 100);
    leie_iot_clear(&t);
    check_ok(leie_construct(&t, &s, &opts, &info, &err), &err);
    check_size(info.negatives[LEIE_DOMESTIC] + info.negatives[LEIE_IMPORTED], 0);
    double row[64];
    leie_matrix_row_sums(row, &t.table.Z);
    for (leie_size i = 0; i < 64; i++)
        check_close(row[i], leie_sum(s.layer[LEIE_DOMESTIC][LEIE_BASIC].use + i * 64, 64, 1), 1e-9, 1e-9);
    leie_iot_clear(&t);
    leie_sut_clear(&s);
}

// ---- Eurostat's own files ----

static double cell(const leie_cube *cube, const char *dim, const char *code, const char *dim2, const char *code2,
                   const char **flag)
{
    leie_size at[LEIE_CUBE_DIMS] = {0};
    leie_size d = leie_labels_find(&cube->dim, dim), e = leie_labels_find(&cube->dim, dim2);
    at[d] = leie_labels_find(&cube->label[d], code);
    at[e] = leie_labels_find(&cube->label[e], code2);
    check_true(at[d] >= 0 && at[e] >= 0);
    leie_size c = leie_cube_cell(cube, at);
    *flag = cube->flag[c];
    return cube->value[c];
}

static leie_status read_cube(leie_cube *cube, const char *file, leie_error *err)
{
    const char *path = path_in(check_data(), file);
    const leie_place place = {.real = (char *)(uintptr_t)path, .shown = (char *)(uintptr_t)path};
    leie_provenance p = {0};
    leie_status st = leie_eurostat_read(cube, &place, &p, err);
    check_size(p.sources, st ? 0 : 1);
    leie_provenance_clear(&p);
    return st;
}

static void test_jsonstat(void)
{
    leie_error err = {0};
    leie_cube cube;
    const char *flag;
    if (!check_ok(read_cube(&cube, "eurostat_material/raw/rmc_total_env_ac_rme.json.gz", &err), &err))
        return;
    check_size(cube.dim.n, 6);
    check_near(cell(&cube, "geo", "BE", "time", "2010", &flag), 149237.362, 0);
    check_text(flag, "");
    check_near(cell(&cube, "geo", "BE", "time", "2021", &flag), 157759.8, 0);
    check_text(flag, "i");
    leie_cube_clear(&cube);
}

static void test_every_json(void)
{
    static const char *const files[] = {"average_population_demo_gind",
                                        "cmur_env_ac_cur",
                                        "cmur_sdg_12_41",
                                        "consumption_ghg_per_capita_cli_gge_foot",
                                        "consumption_ghg_total_cli_gge_foot",
                                        "dmc_per_capita_env_ac_mfa",
                                        "dmc_total_env_ac_mfa",
                                        "production_ghg_total_cli_gge_foot",
                                        "rmc_per_capita_env_ac_rme",
                                        "rmc_total_env_ac_rme",
                                        "territorial_ghg_per_capita_sdg_13_10",
                                        "territorial_ghg_total_sdg_13_10"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char file[128];
        leie_error err = {0};
        leie_cube cube;
        leie_size given = 0;
        snprintf(file, sizeof file, "eurostat_material/raw/%s.json.gz", files[i]);
        if (!check_ok(read_cube(&cube, file, &err), &err))
            continue;
        for (leie_size c = 0; c < cube.cells; c++)
            given += !isnan(cube.value[c]);
        check_true(given >= 300);
        leie_cube_clear(&cube);
    }
}

static void test_tsv(void)
{
    leie_error err = {0};
    leie_cube cube;
    const char *flag;
    if (!check_ok(read_cube(&cube, "be_regional/nama_10r_2gfcf_BE.tsv", &err), &err))
        return;
    check_size(cube.dim.n, 5);
    check_text(cube.dim.code[4], "time");
    check_near(cell(&cube, "geo", "BE2", "time", "2019", &flag), 1167.8, 0); // NACE A
    check_true(isnan(cell(&cube, "geo", "BE", "time", "2020", &flag)));
    leie_cube_clear(&cube);
}

CHECK_SUITE(data_sut, {"Belgium 2015: identities", test_belgium_identities, check_needs_data},
            {"Belgium 2015: models A to D", test_belgium_constructs, check_needs_data},
            {"Belgium 2015: the published table by industry", test_belgium_published, check_needs_data},
            {"Belgium 2015: Almon", test_belgium_almon, check_needs_data},
            {"Eurostat JSON-stat", test_jsonstat, check_needs_data},
            {"every JSON-stat file", test_every_json, check_needs_data}, {"Eurostat TSV", test_tsv, check_needs_data})
