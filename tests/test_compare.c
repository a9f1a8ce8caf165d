// SPDX-License-Identifier: GPL-3.0-or-later
/* Two results beside each other, and why they differ: labels, units, origins, editions, sums in the file. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/read_prices.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

#define TINY "tests/cases/tiny/study.yaml"
#define DATA_PAIR "tests/studies/wiod-pair.yaml"

enum { F = LEIE_SDA_FACTORS, PATH = 512 };

// ---- small results ----

/* mass(region, material) of the given labels, value 2.385 i + add; one value missing. */
static void small_result(leie_dataset *ds, int regions, char *const region[], const char *unit, double add)
{
    leie_error err = {0};
    leie_var *v = NULL;
    char *material[] = {(char[]){"MF1"}, (char[]){"MF2"}};
    check_ok(leie_dataset_coordinate(ds, "region", regions, region, NULL, "region", &err), &err);
    check_ok(leie_dataset_coordinate(ds, "material", 2, material, NULL, "material", &err), &err);
    check_ok(leie_dataset_var(&v, ds, "mass", LEIE_VAR_DOUBLE, "region material", unit, "mass", &err), &err);
    for (int i = 0; v && i < 2 * regions; i++)
        v->number[i] = i == 3 ? NAN : 2.385 * i + add * (i == 2 ? 10 : 1);
}

static void test_labels(void)
{
    leie_dataset ds[2] = {{0}, {0}};
    leie_comparison c = {0};
    leie_error err = {0};
    char *a[] = {(char[]){"AA"}, (char[]){"BB"}, (char[]){"CC"}}, *b[] = {(char[]){"CC"}, (char[]){"BB"}};
    small_result(&ds[0], 3, a, "t", 0);
    small_result(&ds[1], 2, b, "t", 0);
    ds[1].var[2]->number[3] = 2.385 * 3; // BB, MF2 of B is there, that of A is missing
    const leie_compare_side side[2] = {{.ds = &ds[0], .name = "a"}, {.ds = &ds[1], .name = "b"}};
    if (check_ok(leie_compare(&c, side, 0, &err), &err)) {
        check_size(c.n, 1);
        check_size(c.item[0].values, 4);
        check_size(c.item[0].appeared, 1);
        check_size(c.item[0].changed, 3); // BB MF1 is the same; CC both moved from rows 4, 5 to 0, 1; BB MF2 appeared
        check_near(c.item[0].largest, 2.385 * 4, 1e-14);
        char where[64];
        leie_comparison_where(where, sizeof where, &c, &c.item[0], c.item[0].at);
        check_text(where, "region=CC, material=MF1");
        check_size(c.dim[0].only[0], 1);
        check_true(!leie_comparison_same(&c));
    }
    leie_comparison_clear(&c);
    ds[1].var[2]->number[0] = ds[0].var[2]->number[4] * (1 + 1e-9);
    ds[1].var[2]->number[1] = ds[0].var[2]->number[5];
    check_ok(leie_compare(&c, side, 1e-8, &err), &err);
    check_size(c.item[0].changed, 1); // within the tolerance but for the one that appeared
    leie_comparison_clear(&c);
    leie_dataset_clear(&ds[0]);
    leie_dataset_clear(&ds[1]);
}

static void test_units(void)
{
    leie_dataset ds[2] = {{0}, {0}};
    leie_comparison c = {0};
    leie_error err = {0};
    char *a[] = {(char[]){"AA"}, (char[]){"BB"}}, *none[] = {(char[]){"XX"}};
    small_result(&ds[0], 2, a, "t", 0);
    small_result(&ds[1], 2, a, "MEUR", 0);
    leie_compare_side side[2] = {{.ds = &ds[0], .name = "a"}, {.ds = &ds[1], .name = "b"}};
    check_status(leie_compare(&c, side, 0, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "mass: in A it is in t, in B in MEUR");
    err = (leie_error){0};
    leie_dataset_clear(&ds[1]);
    small_result(&ds[1], 1, none, "t", 0);
    check_status(leie_compare(&c, side, 0, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no label of 'region' in common: AA, ... and XX");
    leie_dataset_clear(&ds[0]);
    leie_dataset_clear(&ds[1]);
}

static void test_movers(void)
{
    leie_dataset ds[2] = {{0}, {0}};
    leie_comparison c = {0};
    leie_error err = {0};
    leie_movers list[2];
    char *a[] = {(char[]){"AA"}, (char[]){"BB"}, (char[]){"CC"}};
    small_result(&ds[0], 3, a, "t", 0);
    small_result(&ds[1], 3, a, "t", 0.5);
    const leie_compare_side side[2] = {{.ds = &ds[0], .name = "a"}, {.ds = &ds[1], .name = "b"}};
    check_ok(leie_compare(&c, side, 0, &err), &err);
    check_size(leie_comparison_movers(list, 2, 3, &c, &c.item[0]), 1);
    check_size(list[0].n, 3);
    check_text(list[0].unit, "t");
    check_near(list[0].item[0].b - list[0].item[0].a, 5, 1e-12);
    check_size(list[0].item[0].at[0], 1);
    check_size(list[0].item[1].at[0], 0); // of equals the first
    leie_dataset out = {0};
    check_ok(leie_comparison_dataset(&out, &c, &err), &err);
    check_near(result_value(&out, "mass_change", "region=BB|material=MF1"), 5, 1e-12);
    check_near(result_value(&out, "mass_b", "region=CC|material=MF2"), 2.385 * 5 + 0.5, 1e-14);
    leie_dataset_clear(&out);
    leie_comparison_clear(&c);
    leie_dataset_clear(&ds[0]);
    leie_dataset_clear(&ds[1]);
}

// ---- whole results ----

/* The decomposition of two studies in a file and back. */
static void decompose_into(leie_dataset *ds, const char *const path[2], const int year[2], const char *set_b, const leie_decompose_opts *opts)
{
    char file[PATH];
    char *sets[1];
    leie_study study[2] = {{0}, {0}};
    leie_decomposition d = {0};
    leie_dataset out = {0};
    leie_error err = {0};
    setenv("LEIE_DATA", check_data() ? check_data() : "", 1);
    sets[0] = strdup(set_b ? set_b : "");
    bool two = set_b != NULL;
    check_ok(leie_study_read(&study[0], path[0], 0, NULL, &err), &err);
    if (two)
        check_ok(leie_study_read(&study[1], path[1], set_b[0] != '\0', sets, &err), &err);
    const leie_decompose_side side[2] = {{.study = &study[0], .year = year[0]}, {.study = &study[two], .year = year[1]}};
    snprintf(file, sizeof file, "%s/decomposition.nc", check_folder());
    if (check_ok(leie_decompose(&d, side, opts, NULL, &err), &err)) {
        check_ok(leie_decomposition_dataset(&out, &d, &err), &err);
        check_ok(leie_netcdf_write(file, &out, 0, &err), &err);
        check_ok(leie_netcdf_read(ds, file, false, &err), &err);
    }
    leie_dataset_clear(&out);
    leie_decomposition_clear(&d);
    leie_study_clear(&study[0]);
    leie_study_clear(&study[1]);
    free(sets[0]);
}

// Bit for bit: over factors forth and back, over products, from step to step.
static void check_sums(const leie_dataset *ds)
{
    const double *from = leie_dataset_find(ds, "sda_from")->number, *to = leie_dataset_find(ds, "sda_to")->number,
                 *effect = leie_dataset_find(ds, "sda_effect")->number, *part = leie_dataset_find(ds, "sda_product_effect")->number;
    leie_size steps = result_size(ds, "step"), P = result_size(ds, "sda_product"), n = leie_dataset_find(ds, "sda_from")->count;
    leie_size wrong = 0, moved = 0;
    for (leie_size i = 0; i < n; i++) {
        double forth = 0, back = 0;
        for (int f = 0; f < F; f++) {
            double products = 0;
            for (leie_size p = 0; p < P; p++)
                products += part[(i * P + p) * F + f];
            wrong += products != effect[i * F + f];
            forth += effect[i * F + f];
            back += effect[i * F + F - 1 - f];
        }
        wrong += forth != to[i] - from[i] || back != forth;
        wrong += i >= n / steps && from[i] != to[i - n / steps];
        moved += forth != 0;
    }
    check_size(wrong, 0);
    check_true(moved > n / 4);
}

static void test_revision(void)
{
    leie_dataset ds = {0};
    const leie_decompose_opts opts = {0};
    // two editions with the same figures: all is change, the revision is zero
    decompose_into(&ds, (const char *const[]){TINY, "tests/cases/tiny/study.yaml"}, (const int[]){2015, 2016}, "", &opts);
    check_size(result_size(&ds, "step"), 2);
    check_sums(&ds);
    const leie_var *kind = leie_dataset_find(&ds, "step_kind");
    check_text(kind->text[0], "change");
    check_text(kind->text[1], "revision");
    leie_dataset_clear(&ds);
}

static void test_other_study(void)
{
    char path[PATH];
    leie_dataset result = {0};
    leie_study study = {0};
    leie_decomposition d = {0};
    leie_error err = {0};
    snprintf(path, sizeof path, "%s/tiny.nc", check_folder());
    result_run(&result, TINY, path, NULL);
    check_ok(leie_study_read(&study, TINY, 0, NULL, &err), &err);
    leie_decompose_side side[2] = {{.study = &study, .year = 2015, .result = &result, .name = "r.nc"},
                                   {.study = &study, .year = 2016, .result = &result, .name = "r.nc"}};
    const leie_decompose_opts opts = {.region = "EAST", .mean = LEIE_SDA_ALL};
    check_ok(leie_decompose(&d, side, &opts, NULL, &err), &err);
    check_size(d.q.label.n, 1);
    leie_decomposition_clear(&d);
    leie_var *v = leie_dataset_find(&result, "D_cba");
    v->number[v->count - 2] *= 1.001; // EAST, ore, 2016
    check_status(leie_decompose(&d, side, &opts, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "it is not the study of that result");
    check_has(err.text, "EAST, ore in 2016");
    leie_study_clear(&study);
    leie_dataset_clear(&result);
}

static void test_origins(void)
{
    char path[2][PATH];
    leie_dataset ds[2] = {{0}, {0}};
    leie_origin_changes list = {0};
    leie_error err = {0};
    for (int i = 0; i < 2; i++)
        snprintf(path[i], PATH, "%s/origin%d.nc", check_folder(), i);
    result_run(&ds[0], TINY, path[0], NULL);
    result_run(&ds[1], TINY, path[1], "edition=test-2|solver.method=lu");
    const leie_compare_side side[2] = {{.ds = &ds[0], .name = "a"}, {.ds = &ds[1], .name = "b"}};
    check_ok(leie_compare_origins(&list, side, &err), &err);
    check_true(list.n >= 1 && list.files == list.same_files && list.files > 5);
    check_text(list.item[0].what, "edition");
    check_text(list.item[0].a, "test-1");
    check_text(list.item[0].b, "test-2");
    // every variable of a table knows its edition
    check_text(leie_dataset_get_text(&ds[1], leie_dataset_find(&ds[1], "D_cba"), "edition"), "test-2");
    leie_origin_changes_clear(&list);
    leie_dataset_clear(&ds[0]);
    leie_dataset_clear(&ds[1]);
}

// ---- prices ----

// The most exact row counts, whatever the order; exchange rates multiply.
static void test_prices(void)
{
    leie_study study = {0};
    leie_table t = {0};
    leie_error err = {0};
    double price[32];
    const char *deflators = write_text(check_folder(), "deflators.csv", "region,product,year,value\nAA,serv,2015,100\nAA,serv,2016,110\n,,2015,100\n,,2016,102\n"
                                                                        "AA,,2016,104\n,serv,2016,106\n,,2017,900\n");
    const char *exchange = write_text(check_folder(), "exchange.csv", "region,year,value\n,2015,1\nBB,2015,1.25\n,2016,1\nBB,2016,1.2\n");
    result_assemble(&study, &t, TINY, 2016, NULL);
    const struct {
        const char *region, *code;
        double own, rate;
    } row[] = {{"AA", "serv", 1.10, 1}, {"AA", "fab", 1.04, 1}, {"BB", "fab", 1.02, 0.96}, {"CC", "mine", 1.02, 1}};
    for (int with = 0; with < 2; with++) {
        check_ok(leie_read_prices(price, deflators, with ? exchange : NULL, 2015, 2016, &t, &err), &err);
        for (int i = 0; i < 4; i++)
            check_near(price[leie_axis_find(&t.sector, row[i].region, row[i].code)], row[i].own * (with ? row[i].rate : 1), 1e-14);
    }
    check_status(leie_read_prices(price, deflators, exchange, 2014, 2016, &t, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no value in 2014 for");
    leie_table_clear(&t);
    leie_study_clear(&study);
}

// ---- Belgium, 2000 to 2011 ----

// Pressures of 2011 in both years: what moves them is the table.
static void test_data_belgium(void)
{
    leie_dataset polar = {0}, all = {0};
    leie_decompose_opts opts = {.region = "BEL"};
    const char *const path[2] = {DATA_PAIR, DATA_PAIR};
    const int year[2] = {2000, 2011};
    decompose_into(&polar, path, year, NULL, &opts);
    check_sums(&polar);
    opts.mean = LEIE_SDA_ALL;
    decompose_into(&all, path, year, NULL, &opts);
    check_sums(&all);
    static const char *const factor[] = {"price", "intensity", "technology", "trade", "mix", "volume"};
    double change = result_value(&polar, "sda_to", "sda_stressor=Building stones") - result_value(&polar, "sda_from", "sda_stressor=Building stones");
    check_near(result_value(&polar, "sda_to", "sda_stressor=Building stones"), 21422008, 1e-7);
    check_true(change > 4.0e6 && change < 4.2e6);
    double largest = fabs(result_value(&polar, "sda_effect", "sda_stressor=Building stones|factor=price"));
    for (int f = 0; f < 6; f++) { // two methods: the polar mean is near the mean over all orders
        char where[96];
        snprintf(where, sizeof where, "sda_stressor=Building stones|factor=%s", factor[f]);
        check_close(result_value(&polar, "sda_effect", where), result_value(&all, "sda_effect", where), 0, 0.12 * largest);
    }
    leie_dataset_clear(&polar);
    leie_dataset_clear(&all);
}

// Year by year: as many steps as years, exact as a whole, and the sum of the steps is what is shown.
static void test_data_chain(void)
{
    leie_study study = {0};
    leie_decomposition d = {0};
    leie_error err = {0};
    char *years[] = {(char[]){"tables=[{years: 2008-2011, format: triplets, path: \"${LEIE_DATA}/wiod2013\", labels: labels.csv, Z: \"Z_{year}.csv.gz\", "
                              "Y: \"Y_{year}.csv.gz\", x: \"x_{year}.csv.gz\", x_from: row, currency: USD, unit: MUSD, demand: [{code: c, kind: household}, "
                              "{code: n, kind: npish}, {code: g, kind: government}, {code: i, kind: gfcf}, {code: s, kind: inventories}]}]"},
                     (char[]){"extensions=[{name: value_added, derive: value_added}]"}};
    setenv("LEIE_DATA", check_data(), 1);
    if (!check_ok(leie_study_read(&study, DATA_PAIR, 2, years, &err), &err))
        return;
    leie_decompose_side side[2] = {{.study = &study, .year = 2008}, {.study = &study, .year = 2011}};
    const leie_decompose_opts opts = {.region = "BEL", .chain = true};
    if (check_ok(leie_decompose(&d, side, &opts, NULL, &err), &err)) {
        check_size(d.steps, 3);
        check_size(d.kinds, 1);
        check_size(d.kind[0].steps, 3);
        check_text(d.step[1].from, "B 2009");
        const leie_sda *sum = &d.kind[0].sda, *last = &d.step[2].sda;
        for (leie_size s = 0; s < sum->k; s++) {
            double forth = 0, steps = d.step[0].sda.total_from[s];
            for (int f = 0; f < F; f++) {
                forth += sum->total[s * F + f];
                for (int i = 0; i < 3; i++)
                    steps += d.step[i].sda.total[s * F + f];
            }
            check_true(sum->total_from[s] + forth == last->total_to[s] && steps == last->total_to[s]);
        }
        leie_decomposition_clear(&d);
    }
    leie_study_clear(&study);
}

CHECK_SUITE(compare, {"labels", test_labels, NULL}, {"units", test_units, NULL}, {"movers", test_movers, NULL},
            {"revision", test_revision, NULL}, {"another study", test_other_study, NULL}, {"origins", test_origins, NULL},
            {"prices", test_prices, NULL})
CHECK_SUITE(data_compare, {"Belgium 2000 to 2011", test_data_belgium, check_needs_data}, {"year by year", test_data_chain, check_needs_data})
