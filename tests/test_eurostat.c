// SPDX-License-Identifier: GPL-3.0-or-later
/* Eurostat's formats, and supply and use tables in them: small files in the layout of naio_10. */
#include "io/read/eurostat.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "tests/check.h"
#include "tests/write_files.h"
#include "tests/write_zip.h"

// ---- cubes ----

// The same four cells in every format: 2.5 provisional, missing and confidential, -3, not there.
static const char tsv[] = "freq,geo\\TIME_PERIOD\t2014 \t2015 \nA,BE\t2.5 p\t: c\nA,NL\t-3 \t: \n";
static const char sdmx[] =
    "DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    "ESTAT:X(1.0),01/01/25 11:00:00,A,BE,2014,2.5,p\nESTAT:X(1.0),01/01/25 11:00:00,A,BE,2015,,c\n"
    "ESTAT:X(1.0),01/01/25 11:00:00,A,NL,2014,-3,\n";
static const char json[] =
    "{\"version\":\"2.0\",\"class\":\"dataset\",\"value\":{\"0\":2.5,\"2\":-3},\"status\":{\"0\":\"p\",\"1\":\"c\"},"
    "\"id\":[\"freq\",\"geo\",\"time\"],\"size\":[1,2,2],\"dimension\":{"
    "\"freq\":{\"category\":{\"label\":{\"A\":\"Annual\"}}},"
    "\"geo\":{\"category\":{\"index\":{\"NL\":1,\"BE\":0},\"label\":{\"BE\":\"Belgium\",\"NL\":\"Netherlands\"}}},"
    "\"time\":{\"category\":{\"index\":[\"2014\",\"2015\"]}}}}";

static leie_status read_cube(leie_cube *cube, const char *folder, const char *file, const char *text, leie_error *err)
{
    const zip_part part[] = {{text == tsv ? "estat_x.tsv" : "x.json", text}, {NULL, NULL}};
    const char *path = strstr(file, ".zip")  ? write_zip(folder, file, part, 1)
                       : strstr(file, ".gz") ? write_gzip(folder, file, text)
                                             : write_text(folder, file, text);
    const leie_place place = {.real = (char *)(uintptr_t)path, .shown = (char *)(uintptr_t)path};
    leie_provenance p = {0};
    *err = (leie_error){0};
    leie_status st = leie_eurostat_read(cube, &place, &p, err);
    leie_provenance_clear(&p);
    return st;
}

static void test_formats(void)
{
    static const struct {
        const char *file, *text;
    } forms[] = {{"x.tsv", tsv}, {"x.csv", sdmx}, {"x.json", json}, {"x.tsv.gz", tsv}, {"x.zip", tsv}, {"y.zip", json}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        leie_error err;
        leie_cube cube;
        if (!check_ok(read_cube(&cube, check_folder(), forms[i].file, forms[i].text, &err), &err))
            continue;
        check_size(cube.dim.n, 3);
        check_text(cube.dim.code[1], "geo");
        check_text(cube.dim.code[2], "time");
        check_text(cube.label[1].code[1], "NL");
        check_size(cube.cells, 4);
        check_near(cube.value[0], 2.5, 0);
        check_text(cube.flag[0], "p");
        check_true(isnan(cube.value[1]));
        check_text(cube.flag[1], "c");
        check_near(cube.value[2], -3, 0);
        check_true(isnan(cube.value[3]));
        leie_cube_clear(&cube);
    }
}

static void refuse_cube(const char *file, const char *text, leie_status expected, const char *piece)
{
    leie_error err;
    leie_cube cube;
    check_status(read_cube(&cube, check_folder(), file, text, &err), expected, &err);
    check_has(err.text, piece);
    check_true(cube.value == NULL && cube.dim.n == 0);
}

static void test_bad_cubes(void)
{
    refuse_cube("x.txt", tsv, LEIE_ERR_DATA, "expected a file that ends in .tsv, .json or .csv");
    refuse_cube("x.tsv", "a,b\t2014\nA,BE\t1\n", LEIE_ERR_DATA, "no Eurostat TSV: the first field should be like");
    refuse_cube("x.tsv", "freq,geo\\TIME_PERIOD\t2014\nA\t1\n", LEIE_ERR_DATA, "x.tsv:2: the key has not the 2 codes");
    refuse_cube("x.tsv", "freq,geo\\TIME_PERIOD\t2014\nA,BE\tmany\n", LEIE_ERR_DATA, "x.tsv:2: column '2014':");
    refuse_cube("x.tsv", "freq,geo\\TIME_PERIOD\t2014\nA,BE\t1\nA,BE\t2\n", LEIE_ERR_DATA,
                "x.tsv:3: column '2014': this cell was given before");
    refuse_cube("x.csv", "geo,TIME_PERIOD,VALUE\nBE,2014,1\n", LEIE_ERR_DATA, "column 'OBS_VALUE' is missing");
    refuse_cube("x.json", "{\"id\":[\"geo\"],\"size\":[1]", LEIE_ERR_DATA, "x.json:1:");
    refuse_cube("x.json", "{\"id\":[\"geo\"],\"size\":[1,2]}", LEIE_ERR_DATA,
                "'id' and 'size' should be lists of one length");
    refuse_cube(
        "x.json",
        "{\"id\":[\"geo\"],\"size\":[2],\"dimension\":{\"geo\":{\"category\":{\"index\":{\"BE\":0,\"NL\":2}}}}}",
        LEIE_ERR_DATA, "a category index outside its size");
    refuse_cube("x.json",
                "{\"id\":[\"geo\"],\"size\":[1],\"dimension\":{\"geo\":{\"category\":{\"index\":[\"BE\"]}}},"
                "\"value\":{\"1\":4}}",
                LEIE_ERR_DATA, "position '1' is outside the 1 cells");
    refuse_cube("x.json",
                "{\"id\":[\"geo\"],\"size\":[1],\"dimension\":{\"geo\":{\"category\":{\"index\":[\"BE\"]}}},"
                "\"value\":[\"4\"]}",
                LEIE_ERR_DATA, "value 0 is no number");
}

// ---- supply and use: agriculture and mining; totals and another level lie between them ----

static const char supply_tsv[] = "freq,unit,stk_flow,ind_impv,prd_amo,geo\\TIME_PERIOD\t2014 \t2015 \n"
                                 "A,MIO_EUR,TOTAL,A01,CPA_A01,BE\t1 \t80 \nA,MIO_EUR,TOTAL,A01,CPA_B,BE\t1 \t20 p\n"
                                 "A,MIO_EUR,TOTAL,B,CPA_A01,BE\t: \t: \nA,MIO_EUR,TOTAL,B,CPA_B,BE\t1 \t50 \n"
                                 "A,MIO_EUR,TOTAL,A,CPA_A01,BE\t1 \t80 \nA,MIO_EUR,TOTAL,TOTAL,CPA_A01,BE\t1 \t80 \n"
                                 "A,MIO_EUR,TOTAL,TOTAL,CPA_TOTAL,BE\t1 \t150 \nA,MIO_EUR,TOTAL,P7,CPA_A01,BE\t1 \t8 \n"
                                 "A,MIO_EUR,TOTAL,P7,CPA_B,BE\t1 \t2 \n";

// prd_ava, ind_use, DOM, IMP; TOTAL is their sum
static const struct {
    const char *product, *column;
    double domestic, import;
} uses[] = {
    {"CPA_A01", "A01", 10, 1},    {"CPA_A01", "B", 5, 0},     {"CPA_B", "A01", 3, 0},    {"CPA_B", "B", 7, 2},
    {"CPA_A01", "P3_S14", 45, 7}, {"CPA_B", "P3_S14", 20, 0}, {"CPA_A01", "P51G", 5, 0}, {"CPA_B", "P51G", 30, 0},
    {"CPA_A01", "P6", 15, 0},     {"CPA_B", "P6", 10, 0},     {"CPA_A01", "P5M", 0, 0},  {"CPA_B", "P5M", 0, 0},
    {"D21X31", "A01", 1, 0},      {"D21X31", "P3_S14", 4, 0}, {"D1", "A01", 60, 0},      {"D1", "B", 30, 0},
    {"B2A3G", "A01", 25, 0},      {"B2A3G", "B", 6, 0},       {"P1", "A01", 100, 0},     {"P1", "B", 50, 0}};

static void write_use(const char *folder, const char *file)
{
    char text[8192] = "DATAFLOW,freq,unit,stk_flow,ind_use,prd_ava,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n";
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        const double value[] = {uses[i].domestic, uses[i].import, uses[i].domestic + uses[i].import};
        const char *const flow[] = {"DOM", "IMP", "TOTAL"};
        for (int f = 0; f < 3; f++) {
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "X,A,MIO_EUR,%s,%s,%s,BE,2015,%g,\n", flow[f], uses[i].column,
                     uses[i].product, value[f]);
        }
    }
    write_text(folder, file, text);
}

static leie_status read_tables(leie_sut *s, const char *folder, int year, leie_error *err)
{
    const leie_sut_source from = {.folder = folder, .year = year};
    *err = (leie_error){0};
    return leie_read_sut(s, &from, err);
}

static void test_naio(void)
{
    leie_error err;
    leie_sut s;
    leie_iot t;
    leie_identities list = {0};
    const char *folder = check_folder();
    write_text(folder, "naio_10_cp15.tsv", supply_tsv);
    write_use(folder, "estat_naio_10_cp1610_BE.csv");
    if (!check_ok(read_tables(&s, folder, 2015, &err), &err))
        return;
    check_size(s.product.n, 2);
    check_size(s.account.sector.n, 2);
    check_text(s.product.code[1], "B");
    check_text(s.product.region.code[0], "BE");
    check_near(s.supply[1 * 2], 20, 0);
    check_near(s.layer[LEIE_IMPORTED][LEIE_BASIC].final[0], 7, 0);
    check_true(s.account.demand.kind[leie_axis_find(&s.account.demand, "BE", "P6")] == LEIE_DEMAND_EXPORT);
    check_size(s.partner.n, 1);
    check_near(s.imports[0], 8, 0);
    check_near(s.account.x[1], 50, 0);
    check_near(s.inputs_final[0], 4, 0);
    check_ok(leie_identities_sut(&list, &s, &err), &err);
    for (leie_size i = 0; i < list.n; i++)
        if (!check_true(list.item[i].verdict != LEIE_FAIL))
            printf("%s: %s\n", list.item[i].name, list.item[i].worst);
    const leie_construct_opts B = {.model = LEIE_MODEL_B, .import_row = true};
    check_ok(leie_sut_complete(&s, NULL, &err), &err);
    check_ok(leie_construct(&t, &s, &B, NULL, &err), &err);
    check_near(t.table.x[0], 80, 0);
    leie_iot_clear(&t);
    leie_identities_clear(&list);
    leie_sut_clear(&s);
}

// ---- the same tables in each of the three formats ----

typedef struct cube_cell {
    const char *flow, *column, *product;
    double value;
} cube_cell;

static void write_tsv(char *text, size_t size, const char *column, const char *product, const cube_cell *c, size_t n)
{
    size_t used = (size_t)snprintf(text, size, "freq,unit,stk_flow,%s,%s,geo\\TIME_PERIOD\t2015 \n", column, product);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, size - used, "A,MIO_EUR,%s,%s,%s,BE\t%g \n", c[i].flow, c[i].column, c[i].product, c[i].value);
}

static void write_sdmx(char *text, size_t size, const char *column, const char *product, const cube_cell *c, size_t n)
{
    size_t used = (size_t)snprintf(text, size, "DATAFLOW,freq,unit,stk_flow,%s,%s,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n", column, product);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, size - used, "X,A,MIO_EUR,%s,%s,%s,BE,2015,%g,\n", c[i].flow, c[i].column, c[i].product, c[i].value);
}

static leie_size code_of(leie_labels *list, const char *code)
{
    leie_size at = leie_labels_find(list, code);
    return at < 0 ? leie_labels_add(list, code, NULL, NULL, NULL, NULL) : at;
}

static size_t put_index(char *text, size_t size, const char *name, const leie_labels *list)
{
    size_t used = (size_t)snprintf(text, size, "\"%s\":{\"category\":{\"index\":{", name);
    for (leie_size i = 0; i < list->n; i++)
        used += (size_t)snprintf(text + used, size - used, "%s\"%s\":%lld", i ? "," : "", list->code[i], (long long)i);
    return used + (size_t)snprintf(text + used, size - used, "}}},");
}

static void write_json(char *text, size_t size, const char *column, const char *product, const cube_cell *c, size_t n)
{
    leie_labels flow = {0}, col = {0}, prod = {0};
    for (size_t i = 0; i < n; i++) {
        code_of(&flow, c[i].flow);
        code_of(&col, c[i].column);
        code_of(&prod, c[i].product);
    }
    size_t used = (size_t)snprintf(text, size, "{\"class\":\"dataset\",\"version\":\"2.0\",\"id\":[\"unit\",\"stk_flow\",\"%s\",\"%s\","
                                   "\"geo\",\"time\"],\"size\":[1,%lld,%lld,%lld,1,1],\"dimension\":{", column, product,
                                   (long long)flow.n, (long long)col.n, (long long)prod.n);
    used += put_index(text + used, size - used, "stk_flow", &flow);
    used += put_index(text + used, size - used, column, &col);
    used += put_index(text + used, size - used, product, &prod);
    used += (size_t)snprintf(text + used, size - used, "\"unit\":{\"category\":{\"index\":{\"MIO_EUR\":0}}},\"geo\":{\"category\":{\"index\":"
                             "{\"BE\":0}}},\"time\":{\"category\":{\"index\":{\"2015\":0}}}},\"value\":{");
    for (size_t i = 0; i < n; i++) {
        leie_size at = (code_of(&flow, c[i].flow) * col.n + code_of(&col, c[i].column)) * prod.n + code_of(&prod, c[i].product);
        used += (size_t)snprintf(text + used, size - used, "%s\"%lld\":%g", i ? "," : "", (long long)at, c[i].value);
    }
    snprintf(text + used, size - used, "}}");
    leie_labels_clear(&flow);
    leie_labels_clear(&col);
    leie_labels_clear(&prod);
}

static bool same_numbers(const double *a, const double *b, leie_size n)
{
    return a && b && memcmp(a, b, (size_t)n * sizeof *a) == 0;
}

static void test_every_format(void)
{
    static const cube_cell made[] = {{"TOTAL", "A01", "CPA_A01", 80}, {"TOTAL", "A01", "CPA_B", 20}, {"TOTAL", "B", "CPA_B", 50},
                                     {"TOTAL", "P7", "CPA_A01", 8},   {"TOTAL", "P7", "CPA_B", 2}};
    static void (*const format[])(char *, size_t, const char *, const char *, const cube_cell *, size_t) = {write_tsv, write_sdmx, write_json};
    static const char *const ending[] = {"tsv", "csv", "json"};
    static char text[16384];
    cube_cell used[3 * sizeof uses / sizeof uses[0]];
    size_t n = 0;
    leie_sut s[3];
    leie_error err;
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        used[n++] = (cube_cell){"DOM", uses[i].column, uses[i].product, uses[i].domestic};
        used[n++] = (cube_cell){"IMP", uses[i].column, uses[i].product, uses[i].import};
        used[n++] = (cube_cell){"TOTAL", uses[i].column, uses[i].product, uses[i].domestic + uses[i].import};
    }
    for (int k = 0; k < 3; k++) {
        const char *folder = check_folder();
        char name[64];
        format[k](text, sizeof text, "ind_impv", "prd_amo", made, sizeof made / sizeof made[0]);
        snprintf(name, sizeof name, "naio_10_cp15.%s", ending[k]);
        write_text(folder, name, text);
        format[(k + 1) % 3](text, sizeof text, "ind_use", "prd_ava", used, n);
        snprintf(name, sizeof name, "naio_10_cp1610.%s", ending[(k + 1) % 3]);
        write_text(folder, name, text);
        check_ok(read_tables(&s[k], folder, 2015, &err), &err);
    }
    for (int k = 1; k < 3; k++) {
        leie_size cells = s[0].product.n * s[0].account.sector.n, final = s[0].product.n * s[0].account.demand.n;
        if (!check_true(leie_axis_same(&s[k].product, &s[0].product) && leie_axis_same(&s[k].account.demand, &s[0].account.demand)))
            continue;
        check_true(same_numbers(s[k].supply, s[0].supply, cells));
        for (int o = 0; o < 2; o++) {
            check_true(same_numbers(s[k].layer[o][LEIE_BASIC].use, s[0].layer[o][LEIE_BASIC].use, cells));
            check_true(same_numbers(s[k].layer[o][LEIE_BASIC].final, s[0].layer[o][LEIE_BASIC].final, final));
        }
        check_true(same_numbers(s[k].imports, s[0].imports, s[0].product.n));
    }
    check_near(s[0].layer[LEIE_IMPORTED][LEIE_BASIC].final[0], 7, 0);
    for (int k = 0; k < 3; k++)
        leie_sut_clear(&s[k]);
}

static void refuse_naio(const char *folder, int year, leie_status expected, const char *piece)
{
    leie_error err;
    leie_sut s;
    check_status(read_tables(&s, folder, year, &err), expected, &err);
    check_has(err.text, piece);
}

static void test_bad_naio(void)
{
    const char *folder = check_folder();
    write_text(folder, "naio_10_cp15.tsv", supply_tsv);
    refuse_naio(folder, 2015, LEIE_ERR_IO, "no file of naio_10_cp1610 or naio_10_cp16, the use table");
    write_use(folder, "naio_10_cp1610.csv");
    refuse_naio(folder, 0, LEIE_ERR_DATA,
                "naio_10_cp15.tsv: dimension 'time' has 2 codes, 2014, 2015, ...: choose one with --year");
    refuse_naio(folder, 2013, LEIE_ERR_DATA, "naio_10_cp15.tsv: no '2013' in dimension 'time'");
    write_text(folder, "naio_10_cp15.json", json);
    refuse_naio(folder, 2015, LEIE_ERR_DATA, "two files of naio_10_cp15");
    folder = check_folder();
    write_text(folder, "naio_10_cp15.tsv", supply_tsv);
    write_text(
        folder, "naio_10_cp1610.csv",
        "freq,unit,stk_flow,ind_use,prd_ava,geo,TIME_PERIOD,OBS_VALUE\nA,MIO_EUR,TOTAL,P3_S14,CPA_A01,BE,2015,3\n");
    refuse_naio(folder, 2015, LEIE_ERR_DATA, "naio_10_cp1610.csv: product 'CPA_B' of naio_10_cp15.tsv is not in it");
}

/* Use at purchasers' prices with margins and taxes: basic = purchasers' - margin - tax, then by origin as imports are. Trade
 * (G46) sells 5, 2 and 18 of margins on what A01, G46 and households buy of A01. */
static void test_purchasers(void)
{
    static const cube_cell supply[] = {{"TOTAL", "A01", "CPA_A01", 80}, {"TOTAL", "P7", "CPA_A01", 10}, {"TOTAL", "G46", "CPA_G46", 30}};
    static const cube_cell use[] = {{"TOTAL", "A01", "CPA_A01", 26}, {"TOTAL", "G46", "CPA_A01", 12}, {"TOTAL", "P3_S14", "CPA_A01", 84},
                                    {"TOTAL", "P3_S14", "CPA_G46", 5}};
    static const cube_cell margin[] = {{"TOTAL", "A01", "CPA_A01", 5},  {"TOTAL", "G46", "CPA_A01", 2},  {"TOTAL", "P3_S14", "CPA_A01", 18},
                                       {"TOTAL", "A01", "CPA_G46", -5}, {"TOTAL", "G46", "CPA_G46", -2}, {"TOTAL", "P3_S14", "CPA_G46", -18}};
    static const cube_cell tax[] = {{"TOTAL", "A01", "CPA_A01", 1}, {"TOTAL", "P3_S14", "CPA_A01", 6}, {"TOTAL", "A01", "CPA_G46", 0}};
    static const double domestic[] = {20 * 8.0 / 9, 10 * 8.0 / 9, 5, 2}, final[] = {60 * 8.0 / 9, 23};
    static const struct {
        const char *file, *column, *product;
        const cube_cell *cell;
        size_t n;
    } files[] = {{"naio_10_cp15.tsv", "ind_impv", "prd_amo", supply, sizeof supply / sizeof supply[0]},
                 {"naio_10_cp16.tsv", "ind_use", "prd_ava", use, sizeof use / sizeof use[0]},
                 {"naio_10_cp1620.tsv", "ind_use", "prd_ava", margin, sizeof margin / sizeof margin[0]},
                 {"naio_10_cp1630.tsv", "ind_use", "prd_ava", tax, sizeof tax / sizeof tax[0]}};
    const char *folder = check_folder();
    char text[4096];
    leie_sut s;
    leie_error err = {0};
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        write_tsv(text, sizeof text, files[f].column, files[f].product, files[f].cell, files[f].n);
        write_text(folder, files[f].file, text);
    }
    if (!check_ok(read_tables(&s, folder, 2015, &err), &err))
        return;
    check_ok(leie_sut_complete(&s, NULL, &err), &err);
    const leie_sut_layer *basic = &s.layer[LEIE_DOMESTIC][LEIE_BASIC];
    for (int i = 0; i < 4 && check_true(basic->use != NULL); i++)
        check_near(basic->use[i], domestic[i], 1e-12);
    for (int i = 0; i < 2 && basic->final; i++)
        check_near(basic->final[i], final[i], 1e-12);
    leie_sut_clear(&s);
}

CHECK_SUITE(eurostat, {"three formats, one cube", test_formats, NULL}, {"mistakes in a cube", test_bad_cubes, NULL},
            {"supply and use", test_naio, NULL}, {"supply and use in every format", test_every_format, NULL},
            {"use at purchasers' prices", test_purchasers, NULL}, {"mistakes in supply and use", test_bad_naio, NULL})
