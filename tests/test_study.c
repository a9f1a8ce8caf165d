// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/study/study.h"
#include "kernels/memory.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char study_path[600];

static void write_study(const char *text)
{
    snprintf(study_path, sizeof study_path, "%s/study.yaml", check_folder());
    FILE *f = fopen(study_path, "w");
    fputs(text, f);
    fclose(f);
}

static leie_status read_study(leie_study *study, const char *text, leie_error *err)
{
    *err = (leie_error){0};
    write_study(text);
    return leie_study_read(study, study_path, 0, NULL, err);
}

// The study is refused with this piece in the message, which begins with the file and its line.
static void refused(const char *text, int line, const char *piece)
{
    leie_study study;
    leie_error err;
    char where[700];
    check_status(read_study(&study, text, &err), LEIE_ERR_DATA, &err);
    snprintf(where, sizeof where, "%s:%d: ", study_path, line);
    check_has(err.text, where);
    check_has(err.text, piece);
    check_true(study.file == NULL);
}

#define HEAD "leie: 1\ntables: [{year: 2011, path: t}]\n"

static void test_minimal(void)
{
    leie_study s;
    leie_error err;
    check_ok(read_study(&s, HEAD, &err), &err);
    check_text(s.name, "study");
    check_text(s.title, "study");
    check_text(s.output, "study.nc");
    check_size(s.tables, 1);
    check_size(s.table[0].format, LEIE_FORMAT_CSV);
    check_size(s.table[0].x_choice, LEIE_X_ROW);
    check_size(s.table[0].line, 2);
    check_text(s.table[0].path.shown, "t");
    check_has(s.table[0].path.real, "/t");
    check_size(s.by, LEIE_BY_PRODUCT | LEIE_BY_CATEGORY | LEIE_BY_ORIGIN | LEIE_BY_SUPPLIER | LEIE_BY_TRADE);
    check_near(s.linsys.tolerance, 1e-12, 0);
    check_size((leie_size)strlen(s.options_sha256), 64);
    check_size((leie_size)strlen(s.sha256), 64);
    leie_study_clear(&s);
    leie_study_clear(&s);
}

static const char full[] =
    "leie: 1\n"
    "study: flanders\n"
    "title: Materials\n"
    "label: demonstration\n"
    "edition: demo-1\n"
    "output: out.nc\n"
    "tables:\n"
    "  - years: [2000, 1995-1997]\n"
    "    format: triplets\n"
    "    path: wiod\n"
    "    Z: Z_{year}.csv.gz\n"
    "    x: x_{year}.csv.gz\n"
    "    demand: [{code: c37, kind: household, name: Households}, gfcf]\n"
    "    x_from: given\n"
    "    currency: USD\n"
    "    unit: MUSD\n"
    "    prices: basic\n"
    "    system: ixi\n"
    "  - year: 2015\n"
    "    format: matrix\n"
    "    Z: be/domestic.csv\n"
    "    region: BEL\n"
    "    demand: {P3: household, P6: export}\n"
    "    inputs: [{code: D39, name: Subsidies, sign: -1}, B2]\n"
    "    output_row: P1\n"
    "    prices: constant 2010\n"
    "    valuation: purchasers\n"
    "    imports: {Z: be/imports.csv, region: ROW, name: Rest of the world, method: domestic_technology}\n"
    "aggregate: {regions: r.csv, sectors: s.csv}\n"
    "nest:\n"
    "  country: BEL\n"
    "  regions: {BE-VLG: Flanders, BE-WAL: Wallonia}\n"
    "  keys: keys.csv\n"
    "  sectors: nace.csv\n"
    "  use: {household: disposable_income}\n"
    "extensions:\n"
    "  - {name: materials, path: f.csv, final_demand: fy.csv, basis: residence, kind: material, years: 1995-1996}\n"
    "  - {name: money, derive: value_added, before_aggregation: false}\n"
    "population: pop.csv\n"
    "groups:\n"
    "  BEL: {name: Belgium, members: [BE-VLG, BE-WAL]}\n"
    "  BENE: [BE-VLG, NLD]\n"
    "accounts: {regions: [BE-VLG, BEL], by: [origin, multiplier], exclude: [inventories]}\n"
    "solver: {method: lu, tolerance: 1e-10, max_iterations: 50, memory: 1.5 GB, condition: true}\n";

static void test_full_tables(void)
{
    leie_study s;
    leie_error err;
    int *years = NULL;
    leie_size n = 0;
    check_ok(read_study(&s, full, &err), &err);
    const leie_study_tables *t = &s.table[0];
    check_size(t->years, 4);
    check_size(t->year[0], 1995);
    check_size(t->year[3], 2000);
    check_text(t->Z.shown, "wiod/Z_{year}.csv.gz");
    check_text(t->Y.shown, "wiod/Y_{year}.csv");
    check_text(t->labels.shown, "wiod/labels.csv");
    check_text(t->demand.kind[0], "household");
    check_text(t->demand.name[0], "Households");
    check_text(t->demand.kind[1], "gfcf");
    check_size(t->x_choice, LEIE_X_GIVEN);
    check_text(t->valuation, "basic");
    check_true(t->prices == NULL);
    char *real = leie_path_for(&t->Z, 1996);
    check_has(real, "/wiod/Z_1996.csv.gz");
    leie_free(real);
    t = &s.table[1];
    check_text(t->Z.shown, "be/domestic.csv");
    check_text(t->demand.kind[1], "export");
    check_text(t->inputs.code[0], "D39");
    check_text(t->inputs.name[0], "Subsidies");
    check_text(t->inputs.code[1], "B2");
    check_near(t->input_sign[0], -1, 0);
    check_near(t->input_sign[1], 1, 0);
    check_text(t->prices, "constant 2010");
    check_text(t->valuation, "purchasers");
    check_text(t->imports.shown, "be/imports.csv");
    check_text(t->import_region, "ROW");
    check_text(t->import_name, "Rest of the world");
    check_ok(leie_study_years(&years, &n, &s, &err), &err);
    check_size(n, 5);
    check_size(years[4], 2015);
    leie_free(years);
    leie_study_clear(&s);
}

static void test_full_rest(void)
{
    leie_study s;
    leie_error err;
    check_ok(read_study(&s, full, &err), &err);
    check_text(s.label, "demonstration");
    check_text(s.output, "out.nc");
    check_text(s.aggregate_sectors.shown, "s.csv");
    check_size(s.nests, 1);
    check_text(s.nest[0].region.name[1], "Wallonia");
    check_text(s.nest[0].demand[LEIE_DEMAND_HOUSEHOLD], "disposable_income");
    check_text(s.nest[0].demand[LEIE_DEMAND_NPISH], "population");
    check_text(s.nest[0].demand[LEIE_DEMAND_INVENTORIES], "output");
    check_text(s.nest[0].industries, "employment");
    check_text(s.nest[0].pressure, "extraction");
    check_size(s.extensions, 2);
    check_text(s.extension[0].F_Y.shown, "fy.csv");
    check_size(s.extension[0].years, 2);
    check_true(s.extension[0].before_aggregation);
    check_true(!s.extension[1].before_aggregation);
    check_text(s.extension[1].derive, "value_added");
    check_size(s.groups, 2);
    check_text(s.group[0].name, "Belgium");
    check_text(s.group[1].member[1], "NLD");
    check_text(s.account_region[1], "BEL");
    check_size(s.by, LEIE_BY_ORIGIN | LEIE_BY_MULTIPLIER);
    check_true(s.exclude[LEIE_DEMAND_INVENTORIES]);
    check_true(!s.exclude[LEIE_DEMAND_HOUSEHOLD]);
    check_size(s.linsys.method, LEIE_SOLVER_LU);
    check_size(s.linsys.memory_limit, 1500000000);
    check_size(s.linsys.max_iterations, 50);
    check_true(s.linsys.condition);
    leie_study_clear(&s);
}

static void test_refused_top(void)
{
    refused("tables: []\n", 1, "'leie: 1' is missing");
    refused("leie: 2\n", 1, "this program reads studies of version 1, found 2");
    refused("[leie, 1]\n", 1, "a study is a map");
    refused("leie: 1\n", 1, "a study needs 'tables'");
    refused(HEAD "solvr: {}\n", 3, "unknown key 'solvr', did you mean 'solver'?");
    refused(HEAD "scenario: [a]\n", 3, "unknown key 'scenario', did you mean 'scenarios'?");
    refused(HEAD "scenarios: [a.yaml, a.yaml]\n", 3, "'scenarios' names 'a.yaml' twice");
    refused(HEAD "title: x\ntitle: y\n", 4, "key 'title' is already on line 3");
    refused(HEAD "solver: {method: gauss}\n", 3, "'method' does not know 'gauss'");
    refused(HEAD "solver: {method: blok}\n", 3, "did you mean 'block'?");
    refused(HEAD "solver: {tolerance: 2}\n", 3, "between 0 and 1, found 2");
    refused(HEAD "solver: {memory: 4 apples}\n", 3, "an amount like 4 GB");
    refused(HEAD "accounts: {by: [categry]}\n", 3, "did you mean 'category'?");
    refused(HEAD "accounts: {only: footprint}\n", 3, "did you mean 'footprints'?");
    refused(HEAD "accounts: {only: footprints, by: [trade]}\n", 3, "'only: footprints' leaves out what 'trade' needs");
    refused(HEAD "accounts: {only: footprints}\nscenarios: s.yaml\n", 3, "leaves out what 'scenarios' needs");
    refused(HEAD "accounts: {exclude: [stocks]}\n", 3, "'exclude' does not know 'stocks'");
    refused(HEAD "accounts: {regions: [A, A]}\n", 3, "'regions' names 'A' twice");
    refused(HEAD "groups: [A]\n", 3, "'groups' should be a map");
    refused(HEAD "groups: {A: []}\n", 3, "group 'A' needs members");
    refused(HEAD "population: [a]\n", 3, "'population' should be a text, found a list");
}

static void test_refused_tables(void)
{
    refused("leie: 1\ntables: [{path: t}]\n", 2, "needs 'year' (2011) or 'years'");
    refused("leie: 1\ntables: [{year: 11, path: t}]\n", 2, "found '11'");
    refused("leie: 1\ntables: [{years: 2011-1995, path: t}]\n", 2, "runs backwards");
    refused("leie: 1\ntables: [{years: [2000, 1999-2001], path: 't{year}'}]\n", 2, "the year 2000 is given twice");
    refused("leie: 1\ntables:\n - {year: 2000, path: a}\n - {year: 2000, path: b}\n", 4,
            "the year 2000 already has a table (line 3)");
    refused("leie: 1\ntables: [{years: 2000-2001, path: a}]\n", 2, "2 years need {year} in 'path', found 'a'");
    refused("leie: 1\ntables: [{year: 2000, year: 2001, path: a}]\n", 2, "already on line 2");
    refused("leie: 1\ntables: [{year: 2000, format: xls}]\n", 2, "one of: csv, triplets, matrix");
    refused("leie: 1\ntables: [{year: 2000}]\n", 2, "format csv needs 'path'");
    refused("leie: 1\ntables: [{year: 2000, format: triplets, path: a}]\n", 2, "needs 'demand'");
    refused("leie: 1\ntables: [{year: 2000, format: triplets, path: a, demand: [c37]}]\n", 2, "'c37' needs a kind");
    refused("leie: 1\ntables: [{year: 2000, format: triplets, path: a, demand: {c37: housholds}}]\n", 2,
            "did you mean 'household'?");
    refused("leie: 1\ntables: [{year: 2000, path: a, prices: cheap}]\n", 2, "constant and a year");
    refused("leie: 1\ntables: [{year: 2000, path: a, prices: basic, valuation: purchasers}]\n", 2, "contradicts");
    refused("leie: 1\ntables: [{year: 2000, path: a, imports: {Z: m.csv}}]\n", 2, "format matrix");
    refused("leie: 1\ntables: [{year: 2000, path: a, inputs: [B1, {code: D39, sign: -2}]}]\n", 2,
            "the sign of the input 'D39' should be 1 or -1, found -2");
    refused("leie: 1\ntables: [{year: 2000, path: a, inputs: [{code: D39, kind: tax}]}]\n", 2, "unknown key 'kind'");
    refused("leie: 1\ntables: [{year: 2000, format: matrix, Z: z, region: B, demand: {C: household}, x_from: column, "
            "imports: {Z: m}}]\n", 2, "needs a column that is complete");
    refused("leie: 1\ntables: [{year: 2000, path: a, demands: []}]\n", 2, "did you mean 'demand'?");
}

static void test_refused_parts(void)
{
    refused(HEAD "extensions: [{path: f.csv}]\n", 3, "an extension needs 'name'");
    refused(HEAD "extensions: [{name: a}]\n", 3, "extension 'a' needs 'path'");
    refused(HEAD "extensions: [{name: a, path: f, derive: inputs}]\n", 3, "both 'path' and 'derive'");
    refused(HEAD "extensions:\n - {name: a, path: f}\n - {name: a, path: g}\n", 5, "already on line 4");
    refused(HEAD "extensions: [{name: a, path: f, basis: global}]\n", 3, "one of: residence, territory");
    refused(HEAD "extensions: [{name: a, path: f, before_aggregation: 1}]\n", 3, "true or false, found '1'");
    refused(HEAD "nest: {regions: [A, B], keys: k}\n", 3, "a nest needs 'country'");
    refused(HEAD "nest: {country: C, regions: [A], keys: k}\n", 3, "at least two codes");
    refused(HEAD "nest: {country: C, regions: [A, B]}\n", 3, "a nest needs 'keys'");
    refused(HEAD "nest: {country: C, regions: [A, B], keys: k, trade: {method: charm}}\n", 3, "'trade' needs 'sut', a supply-use table of the country");
    refused(HEAD "nest: {country: C, regions: [A, B], keys: k, use: {houshold: x}}\n", 3, "did you mean 'household'?");
}

static void test_environment(void)
{
    leie_study s;
    leie_error err;
    unsetenv("LEIE_TEST_FOLDER");
    refused("leie: 1\ntables:\n - {year: 2000, path: '${LEIE_TEST_FOLDER}/a'}\n", 3,
            "'path': the environment variable LEIE_TEST_FOLDER is not set; set it to a path first: export "
            "LEIE_TEST_FOLDER=");
    refused(HEAD "population: '${LEIE'\n", 3, "should be ${NAME}");
    setenv("LEIE_TEST_FOLDER", "/data", 1);
    check_ok(read_study(&s, "leie: 1\ntables: [{year: 2000, path: '${LEIE_TEST_FOLDER}/a${LEIE_TEST_FOLDER}'}]\n", &err),
             &err);
    check_text(s.table[0].path.shown, "${LEIE_TEST_FOLDER}/a${LEIE_TEST_FOLDER}");
    check_text(s.table[0].path.real, "/data/a/data");
    leie_study_clear(&s);
    setenv("LEIE_TEST_FOLDER", "../data", 1); // relative to the working folder, not to the study
    check_ok(read_study(&s, "leie: 1\ntables: [{year: 2000, path: '${LEIE_TEST_FOLDER}/a'}]\n", &err), &err);
    check_text(s.table[0].path.real, "../data/a");
    leie_study_clear(&s);
    unsetenv("LEIE_TEST_FOLDER");
}

static void test_set(void)
{
    leie_study s;
    leie_error err = {0};
    static char tolerance[] = "solver.tolerance=1e-9", by[] = "accounts.by=[sector]", year[] = "tables.0.year=1999";
    static char misspelt[] = "solver.tolerence=1e-9", word[] = "solver.tolerance=small";
    char *const good[] = {tolerance, by, year}, *const unknown[] = {misspelt}, *const wrong[] = {word};
    write_study(HEAD);
    check_ok(leie_study_read(&s, study_path, 3, good, &err), &err);
    check_near(s.linsys.tolerance, 1e-9, 0);
    check_size(s.by, LEIE_BY_SECTOR);
    check_size(s.table[0].year[0], 1999);
    leie_study_clear(&s);
    check_status(leie_study_read(&s, study_path, 1, unknown, &err), LEIE_ERR_USAGE, &err);
    check_text(err.text, "--set: unknown key 'tolerence', did you mean 'tolerance'?");
    err = (leie_error){0};
    check_status(leie_study_read(&s, study_path, 1, wrong, &err), LEIE_ERR_USAGE, &err);
    check_text(err.text, "--set: 'tolerance' should be a number, found 'small'");
}

static void options_of(char hex[65], const char *text)
{
    leie_study s;
    leie_error err;
    check_ok(read_study(&s, text, &err), &err);
    memcpy(hex, s.options_sha256, 65);
    leie_study_clear(&s);
}

// What changes numbers changes the hash; titles, outputs, years and the order of keys do not.
static void test_options_hash(void)
{
    char plain[65], other[65];
    options_of(plain, HEAD);
    options_of(other, "tables: [{path: t, year: 2012}]\nleie: 1\ntitle: x\noutput: y.nc\nsolver: {tolerance: 1.0e-12}\n");
    check_text(other, plain);
    options_of(other, HEAD "solver: {tolerance: 1e-11}\n");
    check_true(strcmp(other, plain) != 0);
    options_of(other, HEAD "accounts: {exclude: [valuables]}\n");
    check_true(strcmp(other, plain) != 0);
    options_of(other, HEAD "accounts: {only: footprints}\n");
    check_true(strcmp(other, plain) != 0);
    options_of(other, "leie: 1\ntables: [{year: 2011, path: u}]\n");
    check_true(strcmp(other, plain) != 0);
}

// Another table entry is no reason to compute a year again.
static void test_options_of_year(void)
{
    leie_study one, two;
    leie_error err;
    char a[65], b[65];
    check_ok(read_study(&one, HEAD, &err), &err);
    check_ok(read_study(&two, "leie: 1\ntables: [{year: 2011, path: t}, {year: 2012, path: u}]\n", &err), &err);
    check_ok(leie_study_options_hash(a, &one, 2011, &err), &err);
    check_ok(leie_study_options_hash(b, &two, 2011, &err), &err);
    check_text(b, a);
    check_ok(leie_study_options_hash(b, &two, 2012, &err), &err);
    check_true(strcmp(a, b) != 0);
    leie_study_clear(&one);
    leie_study_clear(&two);
}

static void test_missing_file(void)
{
    leie_study s;
    leie_error err = {0};
    check_status(leie_study_read(&s, "nowhere/study.yaml", 0, NULL, &err), LEIE_ERR_IO, &err);
    check_has(err.text, "nowhere/study.yaml");
    check_true(s.file == NULL);
}

CHECK_SUITE(study, {"minimal", test_minimal, NULL}, {"full: tables", test_full_tables, NULL},
            {"full: the rest", test_full_rest, NULL}, {"refused: top", test_refused_top, NULL},
            {"refused: tables", test_refused_tables, NULL}, {"refused: parts", test_refused_parts, NULL},
            {"environment", test_environment, NULL}, {"set", test_set, NULL}, {"options hash", test_options_hash, NULL},
            {"options of a year", test_options_of_year, NULL}, {"missing file", test_missing_file, NULL})
