// SPDX-License-Identifier: GPL-3.0-or-later
/* Whole studies on the shared data: from the study file to the NetCDF file and back. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/read/csv.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/sum.h"
#include "solver/linear/linsys.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

#define WIOD_2011 "tests/studies/wiod-2011.yaml"
#define WIOD_SERIES "tests/studies/wiod-series.yaml"
#define BELGIUM "tests/studies/belgium-2015.yaml"

enum { PATH_SIZE = 512, PLACE_SIZE = 256 };

static void new_path(char path[PATH_SIZE], const char *name)
{
    snprintf(path, PATH_SIZE, "%s/%s", check_folder(), name);
}

// ---- WIOD against its reference ----

// One line of the reference against the result; where holds the year.
static void see_record(const leie_dataset *ds, const leie_csv *csv, const char *year)
{
    static const char *const column[] = {"d_pba_industry", "unallocated", "d_cba_industry", "direct_households"};
    static const char *const account[] = {"D_pba", "unallocated", "D_cba", "direct"};
    static const double tolerance[] = {1e-12, 1e-12, 1e-9, 1e-12};
    char stressor[128], region[32], where[PLACE_SIZE];
    leie_error err = {0};
    check_ok(leie_csv_string(csv, leie_csv_column(csv, "stressor"), stressor, sizeof stressor, &err), &err);
    check_ok(leie_csv_string(csv, leie_csv_column(csv, "region"), region, sizeof region, &err), &err);
    snprintf(where, sizeof where, "year=%s|region=%s|stressor=%s", year, region, stressor);
    for (int a = 0; a < 4; a++) {
        double value;
        check_ok(leie_csv_number(csv, leie_csv_column(csv, column[a]), &value, &err), &err);
        check_near(result_value(ds, account[a], where), value, tolerance[a]);
    }
}

// wiod2011_materials/reference_accounts.csv: dense LU with two refinement steps, in numpy.
static void check_reference(const leie_dataset *ds, const char *year)
{
    static const char *const names[] = {
        "stressor", "region", "d_pba_industry", "unallocated", "d_cba_industry", "direct_households", NULL};
    static const char *const unit[] = {"unit", NULL};
    char path[PATH_SIZE];
    leie_csv csv = {0};
    leie_error err = {0};
    leie_size lines = 0;
    snprintf(path, sizeof path, "%s/wiod2011_materials/reference_accounts.csv", check_data());
    check_ok(leie_csv_open(&csv, path, names, unit, &err), &err);
    for (bool more = true; check_ok(leie_csv_next(&csv, &more, &err), &err) && more; lines++)
        see_record(ds, &csv, year);
    check_size(lines, 50 * 41);
    leie_csv_close(&csv);
}

static void test_wiod_2011(void)
{
    char path[PATH_SIZE];
    double amount = 0;
    leie_dataset ds = {0};
    new_path(path, "wiod.nc");
    check_size(result_run(&ds, WIOD_2011, path, NULL), 1);
    check_reference(&ds, "2011");
    // README of the shared data: 76.06 Mt of fossil CO2 on industries without output
    check_size(sscanf(result_note(&ds, "'Carbon dioxide, fossil [air]'"), "%lf t of", &amount), 1);
    check_near(amount, 76.06e6, 1e-4);
    check_has(result_note(&ds, "differs from x"), "the given output differs from x in ");
    check_has(result_note(&ds, "negative cells"), "negative cells of final demand Y, together -");
    leie_dataset_clear(&ds);
}

// ---- seventeen years ----

/* Price identity: value added per unit of output, times L, is one. Where a sector without positive output sells (the
 * refineries of Luxembourg in 1999: output -2 MUSD, sales 1 MUSD), what is bought from it is nobody's value added. */
static void check_prices(const leie_dataset *ds, const leie_var *year, leie_size y)
{
    const leie_var *M = leie_dataset_find(ds, "multiplier"), *x = leie_dataset_find(ds, "x");
    leie_size n = result_size(ds, "sector"), k = result_size(ds, "stressor");
    double worst = 0;
    for (leie_size i = 0; i < n; i++)
        if (x->number[y * n + i] > 0)
            worst = fmax(worst, fabs(M->number[y * k * n + i] - 1)); // value added is the first stressor
    check_close(worst, 0, 0, year->integer[y] == 1999 ? 1.1e-4 : 1e-9);
}

// World: value added in final demand, on sectors without output, and behind what those buy, is final demand.
static void check_world(const leie_dataset *ds, const char *year)
{
    const leie_var *region = leie_dataset_find(ds, "region"), *category = leie_dataset_find(ds, "category");
    char where[PLACE_SIZE];
    snprintf(where, sizeof where, "year=%s|stressor=value_added", year);
    double added = result_value(ds, "imbalance", where), demand = 0;
    for (leie_size r = 0; r < region->count; r++) {
        snprintf(where, sizeof where, "year=%s|region=%s|stressor=value_added", year, region->text[r]);
        added += result_value(ds, "D_cba", where) + result_value(ds, "unallocated", where);
        for (leie_size c = 0; c < category->count; c++) {
            snprintf(where, sizeof where, "year=%s|region=%s|category=%s", year, region->text[r], category->text[c]);
            demand += result_value(ds, "final_demand", where);
        }
    }
    check_near(added, demand, 1e-12);
}

// Materials are known in 2011 only: missing elsewhere, not zero.
static void check_missing(const leie_dataset *ds, const char *year)
{
    static const char *const account[] = {"D_cba", "D_pba", "D_imp", "D_exp", "unallocated", "direct"};
    const leie_var *stressor = leie_dataset_find(ds, "stressor");
    leie_size wrong = 0;
    for (leie_size s = 1; s < stressor->count; s++)
        for (size_t a = 0; a < sizeof account / sizeof account[0]; a++) {
            char where[PLACE_SIZE];
            snprintf(where, sizeof where, "year=%s|region=BEL|stressor=%s", year, stressor->text[s]);
            wrong += isnan(result_value(ds, account[a], where)) != (strcmp(year, "2011") != 0);
        }
    check_size(wrong, 0);
}

static void test_wiod_series(void)
{
    char path[PATH_SIZE], text[32];
    leie_dataset ds = {0};
    new_path(path, "series.nc");
    check_size(result_run(&ds, WIOD_SERIES, path, "accounts.by.5=multiplier"), 17);
    const leie_var *year = leie_dataset_find(&ds, "year");
    check_size(year->count, 17);
    check_size(result_size(&ds, "stressor"), 51);
    check_text(leie_dataset_find(&ds, "stressor")->text[0], "value_added");
    for (leie_size y = 0; y < year->count; y++) {
        check_size(year->integer[y], 1995 + y);
        snprintf(text, sizeof text, "%lld", (long long)year->integer[y]);
        check_prices(&ds, year, y);
        check_world(&ds, text);
        check_missing(&ds, text);
    }
    check_reference(&ds, "2011");
    leie_dataset_clear(&ds);
}

// ---- same bytes ----

// Runs the study of years `set` anew and compares with what stands in path.
static void check_fresh(const char *path, const char *study, const char *set)
{
    char fresh[PATH_SIZE];
    new_path(fresh, "fresh.nc");
    result_run(NULL, study, fresh, set);
    check_true(result_same_file(path, fresh));
}

static void test_years_added(void)
{
    char path[PATH_SIZE];
    new_path(path, "years.nc");
    check_size(result_run(NULL, WIOD_SERIES, path, "tables.0.years=1995-1996"), 2);
    check_size(result_run(NULL, WIOD_SERIES, path, "tables.0.years=1995-1997"), 1);
    check_fresh(path, WIOD_SERIES, "tables.0.years=1995-1997");
    check_size(result_run(NULL, WIOD_SERIES, path, "tables.0.years=[1996, 1997, 2011]"), 1); // with 50 stressors more
    check_fresh(path, WIOD_SERIES, "tables.0.years=[1996, 1997, 2011]");
    result_run(NULL, WIOD_SERIES, path, "tables.0.years=1996-1997"); // and without them again
    check_fresh(path, WIOD_SERIES, "tables.0.years=1996-1997");
}

static void same_bytes(const char *study)
{
    static const int threads[] = {1, 2, 3, 7};
    char first[PATH_SIZE], other[PATH_SIZE], full[PATH_SIZE], here[PATH_SIZE];
    new_path(first, "first.nc");
    result_run(NULL, study, first, NULL);
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        leie_threads_set(threads[i]);
        new_path(other, "other-name.nc");
        check_size(result_run(NULL, study, other, NULL), 1);
        check_true(result_same_file(first, other));
    }
    leie_threads_set(0);
    check_size(result_run(NULL, study, other, NULL), 0); // a second run computes nothing
    check_true(result_same_file(first, other));
    if (!check_true(realpath(study, full) && getcwd(here, sizeof here)))
        return;
    snprintf(other, sizeof other, "%s", check_folder());
    check_size(chdir(other), 0);
    check_size(result_run(NULL, full, "elsewhere.nc", NULL), 1);
    check_true(result_same_file(first, "elsewhere.nc"));
    check_size(chdir(here), 0);
}

static void test_same_bytes(void)
{
    same_bytes(WIOD_2011);
    same_bytes(BELGIUM);
}

// ---- Belgium 2015 ----

// README of the shared data: the published figures of the domestic table, solved without its imports.
static void test_belgium_domestic(void)
{
    leie_error err = {0};
    leie_study study;
    leie_table t;
    leie_linsys *sys = NULL;
    result_assemble(&study, &t, BELGIUM, 2015, "tables.0.imports=~");
    leie_size n = t.sector.n, m = t.demand.n;
    check_size(n, 64);
    double *work = leie_new(5 * n, sizeof *work);
    double *scale = work, *y = work + n, *x = work + 2 * n, *ones = work + 3 * n, *L = work + 4 * n, least = 1e9,
           most = 0;
    for (leie_size i = 0; i < n; i++) {
        scale[i] = 1 / t.x[i];
        y[i] = leie_sum(t.Y + i * m, m, 1);
        ones[i] = 1;
    }
    check_ok(leie_linsys_setup(&sys, &t.Z, scale, &t.sector, NULL, &err), &err);
    check_ok(leie_linsys_solve(sys, false, 1, x, y, NULL, &err), &err);
    check_ok(leie_linsys_solve(sys, true, 1, L, ones, NULL, &err), &err);
    for (leie_size i = 0; i < n; i++) {
        check_near(x[i], t.x[i], 3e-6); // rows of tbl_10bis differ from P.1 by up to 2.2e-6
        least = fmin(least, L[i]);
        most = fmax(most, L[i]);
    }
    check_near(least, 1, 1e-12);
    check_close(most, 2.105, 0, 0.0005);
    leie_linsys_free(sys);
    leie_free(work);
    leie_table_clear(&t);
    leie_study_clear(&study);
}

static void test_belgium_identities(void)
{
    leie_error err = {0};
    leie_study study;
    leie_table t;
    leie_account_regions q = {0};
    leie_accounts a = {0};
    leie_identities list = {0};
    result_assemble(&study, &t, BELGIUM, 2015, NULL);
    check_ok(leie_study_account_regions(&q, &study, &t, &err), &err);
    check_ok(leie_accounts_make(&a, &t, &q, &(leie_accounts_opts){.by = study.by}, &err), &err);
    check_ok(leie_identities_table(&list, &t, &err), &err);
    check_ok(leie_identities_accounts(&list, &t, &q, &a, &err), &err);
    for (leie_size i = 0; i < list.n; i++)
        if (!check_true(list.item[i].verdict != LEIE_FAIL))
            printf("%s: %g, %s\n", list.item[i].name, list.item[i].size, list.item[i].worst);
    leie_identities_clear(&list);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    leie_study_clear(&study);
}

static double belgian(const leie_dataset *ds, const char *account, const char *stressor)
{
    char where[PLACE_SIZE];
    snprintf(where, sizeof where, "region=BEL|stressor=%s", stressor);
    return result_value(ds, account, where);
}

/* Value added (wages, taxes less subsidies on production, surplus, capital use) 373,301.7 MEUR; exports are in no
 * footprint; nothing is said about rows or columns that do not balance but the rounding of the source. */
static void test_belgium_result(void)
{
    static const char *const added[] = {"D.1", "D.29", "D.39", "B.2n+B3.n", "P.51c"};
    char path[PATH_SIZE];
    leie_dataset ds = {0};
    double value = 0, content = 0, outside = 0;
    new_path(path, "belgium.nc");
    check_size(result_run(&ds, BELGIUM, path, NULL), 1);
    for (size_t i = 0; i < sizeof added / sizeof added[0]; i++) {
        char where[PLACE_SIZE];
        snprintf(where, sizeof where, "stressor=%s", added[i]);
        value += belgian(&ds, "D_pba", added[i]);
        content += belgian(&ds, "D_pba", added[i]) - belgian(&ds, "D_exp", added[i]);
        outside += result_value(&ds, "outside", where);
    }
    check_near(value, 373301.7, 1e-6);
    check_true(content > 0 && content < value && outside > 0);
    check_near(belgian(&ds, "D_pba", "D.39"), -12555.2, 1e-12);
    check_size(result_size(&ds, "category"), 5);
    check_has(result_note(&ds, "D.39"), "input 'D.39' is counted with the sign -1");
    check_text(result_note(&ds, "the column sum"), "");
    check_has(result_note(&ds, "the row sum"), "differs from x in 52 of 64 sectors");
    leie_dataset_clear(&ds);
}

// Half a euro of wages in every euro of imports: what is imported for home use carries its half, no more.
static void test_belgium_multipliers(void)
{
    char path[PATH_SIZE], folder[PATH_SIZE], set[3 * PATH_SIZE], text[8192] = "stressor,sector,value,unit\n";
    leie_dataset ds = {0};
    leie_study study;
    leie_table t;
    result_assemble(&study, &t, BELGIUM, 2015, "tables.0.imports=~");
    for (leie_size i = 0; i < t.sector.n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "D.1,%s,500,1000 EUR/MEUR\n", t.sector.code[i]);
    leie_table_clear(&t);
    leie_study_clear(&study);
    snprintf(folder, sizeof folder, "%s", check_folder());
    snprintf(set, sizeof set, "tables.0.imports.method=multipliers|tables.0.imports.multipliers=%s",
             write_text(folder, "multipliers.csv", text));
    new_path(path, "multipliers.nc");
    check_size(result_run(&ds, BELGIUM, path, set), 1);
    check_near(result_value(&ds, "D_pba", "region=IMP|stressor=D.1"), 0.5 * 309776.470, 1e-8); // all imports, P.7
    check_near(result_value(&ds, "D_pba", "region=BEL|stressor=D.1"), 208128, 1e-12);
    check_near(belgian(&ds, "D_imp", "D.1"),
               result_value(&ds, "footprint_origin", "region=BEL|origin=IMP|stressor=D.1"), 1e-12);
    check_near(belgian(&ds, "D_imp", "D.29"), 0, 0);
    const double *M = leie_dataset_find(&ds, "multiplier")->number + 2 * 128, *x = leie_dataset_find(&ds, "x")->number;
    for (leie_size i = 64; i < 128; i++) // D.1 is the third; two products are not imported
        check_near(M[i], x[i] > 0 ? 0.5 : 0, 1e-12);
    leie_dataset_clear(&ds);
}

// ---- other readers ----

static const char *needs_data_and_xarray(void)
{
    const char *why = check_needs_data();
    return why ? why : result_needs_xarray();
}

static void test_other_readers(void)
{
    static const char *const study[] = {WIOD_2011, WIOD_SERIES, BELGIUM};
    static const char *const set[] = {NULL, "tables.0.years=2010-2011|accounts.by.5=multiplier", NULL};
    for (int i = 0; i < 3; i++) {
        char path[PATH_SIZE];
        new_path(path, "result.nc");
        result_run(NULL, study[i], path, set[i]);
        check_size(result_check_netcdf(path), 0);
    }
}

CHECK_SUITE(data_studies, {"WIOD 2011 against the reference", test_wiod_2011, check_needs_data},
            {"WIOD 1995 to 2011", test_wiod_series, check_needs_data},
            {"years added and taken away", test_years_added, check_needs_data},
            {"same bytes", test_same_bytes, check_needs_data},
            {"Belgium: domestic table", test_belgium_domestic, check_needs_data},
            {"Belgium: identities", test_belgium_identities, check_needs_data},
            {"Belgium: result", test_belgium_result, check_needs_data},
            {"Belgium: given multipliers", test_belgium_multipliers, check_needs_data},
            {"results in other readers", test_other_readers, needs_data_and_xarray})
