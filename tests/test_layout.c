// SPDX-License-Identifier: GPL-3.0-or-later
/* Databases by their layouts: files of the same form as the published ones, made here, and samples of the real ones. */
#include "io/read/layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/read/read_table.h"
#include "kernels/memory.h"
#include "solver/leie.h"
#include "tests/check.h"
#include "tests/write_files.h"
#include "tests/write_zip.h"

// ---- patterns ----

static void check_match(const char *pattern, const char *text, const char *name, const char *expected)
{
    leie_captures c = {0};
    bool same = leie_pattern_match(&c, pattern, text, false);
    check_true(same == (expected != NULL));
    const char *value = leie_captures_get(&c, name);
    if (expected)
        check_text(value ? value : "(none)", expected);
}

static void test_patterns(void)
{
    check_match("{region}_{code}", "AR_P3_S13", "code", "P3_S13"); // as few as fit
    check_match("{code}_{region}", "HFCE_AUS", "region", "AUS");
    check_match("{name+} ({unit})", "CO2 (fossil) (kg)", "unit", "kg"); // as many as fit
    check_match("{region}{code#}", "AUS57", "code", "57");
    check_match("{region}{code#}", "AUS", "code", NULL);
    check_match("ICIO2018_{year}.csv", "ICIO2018_2010.csv", "year", "2010");
    check_match("ICIO2018_{year}.csv", "ICIO2018_201.csv", "year", NULL);
    check_match("{a}-{a}", "x-x", "a", "x");
    check_match("{a}-{a}", "x-y", "a", NULL);
    check_match("*_T-Results_{year}.csv", "0_12_T-Results_2022.csv", "year", "2022");
    check_match("*.csv", "a/b.csv", "year", NULL); // a part of a path only
    leie_captures c = {0};
    check_true(leie_pattern_match_end(&c, "{extension}/F.txt", "IOT_2011_ixi.zip/IOT_2011_ixi/satellite/F.txt", true));
    check_text(leie_captures_get(&c, "extension"), "satellite");
    check_true(leie_pattern_match_inside(&c, "IOT_{year}_{system}/", "x/IOT_2011_ixi/A.txt", true));
    check_text(leie_captures_get(&c, "system"), "ixi");
    char text[20];
    check_true(leie_pattern_fill(text, sizeof text, "{extension}: {year}{none}", &c));
    check_text(text, "satellite: 2011");
    check_true(!leie_pattern_fill(text, 10, "{extension}: {year}", &c));
}

// Every layout of the program reads without fault.
static void test_all_layouts(void)
{
    const char *const *name = leie_layout_names();
    leie_size n = 0;
    for (; name[n]; n++) {
        leie_layout layout;
        leie_error err = {0};
        check_ok(leie_layout_open(&layout, name[n], &err), &err);
        check_text(layout.name, name[n]);
        leie_layout_close(&layout);
    }
    check_true(n >= 10);
    leie_layout layout;
    leie_error err = {0};
    check_status(leie_layout_open(&layout, "exiobase33", &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, "'exiobase3' is near");
}

// ---- a world of three regions ----

enum { REGIONS = 3, SECTORS = 2, N = REGIONS * SECTORS, M = REGIONS * 2 };
static const char *const region[] = {"BE", "DE", "FIGW1"}, *const sector[] = {"A01", "C10T12"},
                  *const category[] = {"P3_S14", "P51G"};

static double cell(int i, int j)
{
    return (i * 7 + j * 3) % 5 ? 2.385 + i * 1.25 + j * 0.0625 : 0;
}

static leie_status read_as(leie_table *t, const char *format, const char *path, int year, leie_error *err)
{
    leie_study_tables spec = {.format = LEIE_FORMAT_LAYOUT,
                              .layout = (char *)(uintptr_t)format,
                              .path = {.real = (char *)(uintptr_t)path, .shown = (char *)(uintptr_t)path}};
    return leie_read_table(t, &spec, year, err);
}

static void check_world(const leie_table *t)
{
    check_size(t->sector.n, N);
    check_size(t->demand.n, M);
    if (t->sector.n != N || t->demand.n != M)
        return;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++)
            check_near(leie_matrix_get(&t->Z, i, j), cell(i, j), 0);
        for (int j = 0; j < M; j++)
            check_near(t->Y[i * M + j], cell(i, N + j), 0);
    }
    check_text(t->sector.region.code[2], "FIGW1");
    check_text(t->sector.code[1], "C10T12");
    check_true(t->demand.kind[1] == LEIE_DEMAND_GFCF);
}

// FIGARO as a matrix and as records.
static const char *write_figaro(bool matrix, const char *last)
{
    static char text[60000];
    char *to = text;
    if (matrix)
        to += sprintf(to, "rowLabels");
    for (int j = 0; matrix && j < N + M; j++)
        to += sprintf(to, ",%s_%s", region[(j < N ? j : j - N) / 2], j < N ? sector[j % 2] : category[j % 2]);
    to += sprintf(to, "%s", matrix ? "\n" : "icioiRow,icioiCol,refArea,rowIi,counterpartArea,colIi,obsValue\n");
    for (int i = 0; i <= N; i++) {
        const char *r = i < N ? region[i / 2] : "W2", *s = i < N ? sector[i % 2] : "D1";
        if (matrix)
            to += sprintf(to, "%s_%s", r, s);
        for (int j = 0; j < N + M; j++) {
            const char *cr = region[(j < N ? j : j - N) / 2], *cs = j < N ? sector[j % 2] : category[j % 2];
            double value = i == N && j >= N ? 0 : cell(i, j);
            if (matrix)
                to += sprintf(to, ",%.17g", value);
            else
                to += sprintf(to, "%s_%s,%s_%s,%s,%s,%s,%s,%.17g\n", r, s, cr, cs, r, s, cr, cs, value);
        }
        to += sprintf(to, "%s", matrix ? "\n" : "");
    }
    sprintf(to, "%s", last);
    return write_text(check_folder(), matrix ? "matrix_eu-ic-io_ind-by-ind_24ed_2021.csv" : "flatfile_eu-ic-io_ind-by-ind_24ed_2021.csv", text);
}

static void test_figaro(void)
{
    for (int matrix = 0; matrix < 2; matrix++) {
        leie_table t;
        leie_error err = {0};
        check_ok(read_as(&t, "auto", write_figaro(matrix, ""), 2021, &err), &err);
        check_world(&t);
        check_size(t.input.n, 1);
        check_text(t.input.n ? t.input.code[0] : "", "D1");
        check_near(t.W ? t.W[4] : 0, cell(N, 4), 0);
        check_text(t.system, "ixi");
        check_text(t.unit, "MEUR");
        check_size(t.provenance.sources, 1);
        leie_table_clear(&t);
    }
}

static void figaro_fails(bool matrix, const char *last, const char *why)
{
    leie_table t;
    leie_error err = {0};
    check_status(read_as(&t, "figaro", write_figaro(matrix, last), 2021, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, why);
    check_size(t.sector.n, 0);
}

static void test_wrong_cells(void)
{
    figaro_fails(true, "BE_A01,0,0,0,0,0,0,0,0,0,0,0,0\n", "'BE_A01' is there twice");
    figaro_fails(true, "BE_X,0,0,0,0,0,0,0,0,0,0,0,0\n", "'BE_X' is a sector that no column has");
    figaro_fails(true, "W2_D2,0,0,0,x,0,0,0,0,0,0,0,0\n", ":9: row 'W2_D2', column 'DE_C10T12'");
    figaro_fails(true, "W2_D2,0,0\n", ":9: row 'W2_D2', 3 fields where 13 are expected");
    figaro_fails(true, "nothing,0,0,0,0,0,0,0,0,0,0,0,0\n", "row 8 with the label 'nothing' is nothing that the layout knows");
    figaro_fails(false, "a,b,BE,A01,BE,A01,5\n", ":86: this cell was given before");
    leie_table t;
    leie_error err = {0};
    check_status(read_as(&t, "figaro", write_figaro(true, ""), 2020, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no file for the part 'records' of figaro in 2020: looked for flatfile_eu-ic-io_*_{year}.csv");
    err = (leie_error){0};
    check_status(read_as(&t, "auto", write_text(check_folder(), "a.csv", "1\n"), 2020, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "none of its 1 files has a name by which a database is known");
    err = (leie_error){0};
    check_status(read_as(&t, "figaro", path_in(check_folder(), "nowhere"), 2020, &err), LEIE_ERR_IO, &err);
}

// A file that ends early, at a line or behind its header.
static void test_incomplete(void)
{
    leie_table cut;
    leie_error why = {0};
    const char *whole = write_figaro(true, "");
    leie_text text;
    check_ok(leie_text_read(&text, whole, 0, &why), &why);
    char *last = strstr(strchr(text.data, '\n'), "\nFIGW1_C10T12,");
    last[1] = '\0';
    check_status(read_as(&cut, "figaro", write_text(check_folder(), "matrix_eu-ic-io_ind-by-ind_24ed_2021.csv", text.data),
                         2021, &why), LEIE_ERR_DATA, &why);
    check_has(why.text, "5 rows of sectors, expected 6: the first one missing is 'C10T12' of 'FIGW1'");
    strchr(text.data, '\n')[1] = '\0';
    why = (leie_error){0};
    check_status(read_as(&cut, "figaro", write_text(check_folder(), "matrix_eu-ic-io_ind-by-ind_24ed_2021.csv", text.data),
                         2021, &why), LEIE_ERR_DATA, &why);
    leie_text_free(&text);
}

// ---- EXIOBASE 3 in its variants ----

static const char *exio_matrix(char *text, bool header_names, int cols, const char *second, double (*value)(int, int))
{
    static const char *const demand[] = {"Final consumption expenditure by households", "Gross fixed capital formation"};
    char *to = text;
    for (int level = 0; level < 2; level++) {
        to += sprintf(to, "%s\t", level ? second : "region");
        for (int j = 0; j < cols; j++)
            to += sprintf(to, "\t%s", !level ? region[j / 2] : strcmp(second, "sector") ? demand[j % 2] : sector[j % 2]);
        to += sprintf(to, "\n");
    }
    if (header_names) {
        to += sprintf(to, "region\tsector");
        for (int j = 0; j < cols; j++)
            *to++ = '\t';
        *to++ = '\n';
    }
    for (int i = 0; i < N; i++) {
        to += sprintf(to, "%s\t%s", region[i / 2], sector[i % 2]);
        for (int j = 0; j < cols; j++)
            to += sprintf(to, "\t%.17g", value(i, j));
        to += sprintf(to, "\n");
    }
    return text;
}

static double output(int i)
{
    double x = 0;
    for (int j = 0; j < N + M; j++)
        x += cell(i, j);
    return x;
}

static double demand_cell(int i, int j)
{
    return cell(i, N + j);
}

static double coefficient(int i, int j)
{
    return cell(i, j) / output(j);
}

/* An archive as EXIOBASE ships it: Z or A, with x or without, F_Y or F_hh. */
static const char *write_exiobase(bool Z, bool x, bool old)
{
    static char Zt[5000], At[5000], Yt[5000], xt[1000], unit[1000];
    char *to = xt + sprintf(xt, "region\tsector\tindout\n"), *at = unit + sprintf(unit, "region\tsector\tunit\n");
    for (int i = 0; i < N; i++) {
        to += sprintf(to, "%s\t%s\t%.17g\n", region[i / 2], sector[i % 2], output(i));
        at += sprintf(at, "%s\t%s\tM.EUR\n", region[i / 2], sector[i % 2]);
    }
    const char *F = "region\tBE\tBE\tDE\tDE\tFIGW1\tFIGW1\nsector\tA01\tC10T12\tA01\tC10T12\tA01\tC10T12\nstressor\t\t\t\t\t\t\n"
                    "Other net taxes on production\t1\t2\t3\t4\t5\t6\nCO2 - air\t1.5\t0\t2.5\t0\t0\t7\nland\t1\t1\t1\t1\t1\t1\n",
               *FY = "region\tBE\tBE\tDE\tDE\tFIGW1\tFIGW1\ncategory\tFinal consumption expenditure by households\tGross fixed "
                     "capital formation\tFinal consumption expenditure by households\tGross fixed capital formation\tFinal "
                     "consumption expenditure by households\tGross fixed capital formation\nCO2 - air\t9\t0\t8\t0\t7\t0\n";
    const zip_part part[] = {
        {"IOT_2011_pxp/file_parameters.json", "{}"},
        {"IOT_2011_pxp/Y.txt", exio_matrix(Yt, true, M, "category", demand_cell)},
        {"IOT_2011_pxp/unit.txt", unit},
        {"IOT_2011_pxp/satellite/F.txt", F},
        {old ? "IOT_2011_pxp/satellite/F_hh.txt" : "IOT_2011_pxp/satellite/F_Y.txt", FY},
        {"IOT_2011_pxp/satellite/unit.txt", "\tunit\nOther net taxes on production\tM.EUR\nCO2 - air\tkg\nland\todd unit\n"},
        {"IOT_2011_pxp/impacts/F.txt", F},
        {"IOT_2011_pxp/impacts/unit.txt", "\tunit\nOther net taxes on production\tM.EUR\nCO2 - air\tkg CO2 eq.\nland\tkm2\n"},
        {Z ? "IOT_2011_pxp/Z.txt" : "IOT_2011_pxp/A.txt",
         Z ? exio_matrix(Zt, true, N, "sector", cell) : exio_matrix(At, true, N, "sector", coefficient)},
        {x ? "IOT_2011_pxp/x.txt" : NULL, xt},
        {NULL, NULL}};
    return write_zip(check_folder(), "IOT_2011_pxp.zip", part, 1);
}

static void test_exiobase(void)
{
    for (int variant = 0; variant < 6; variant++) {
        bool Z = variant & 1, x = variant & 2, old = variant & 4;
        leie_table t;
        leie_error err = {0};
        check_ok(read_as(&t, "auto", write_exiobase(Z, x, old), 2011, &err), &err);
        check_size(t.sector.n, N);
        if (t.sector.n != N)
            return;
        for (int i = 0; i < N; i++) {
            check_near(t.x[i], output(i), 1e-13);
            for (int j = 0; j < N; j++)
                check_near(leie_matrix_get(&t.Z, i, j), cell(i, j), 1e-13);
        }
        check_text(t.system, "pxp");
        check_text(t.unit, "MEUR");
        check_size(t.input.n, 1);
        check_near(t.W[3], 8, 0); // of both folders
        check_size(t.stressor.n, 4);
        check_text(t.stressor.code[0], "CO2 - air"); // impacts come before satellite
        check_text(t.stressor.unit[0], "kg CO2eq");
        check_text(t.stressor.code[2], "satellite: CO2 - air");
        check_text(t.stressor.unit[3], "1");
        check_has(t.stressor.name[3], "[odd unit]");
        check_near(t.F[2 * N + 5], 7, 0);
        check_near(t.F_Y[2 * M + 2], 8, 0);
        leie_table_clear(&t);
    }
}

// Regions and stressors of choice.
static void test_choice(void)
{
    leie_table t;
    leie_error err = {0};
    const char *path = write_exiobase(true, true, false);
    char keep[] = "DE", rest[] = "ROW", pattern[] = "CO2*", layout[] = "exiobase3", *list = keep, *patterns = pattern;
    leie_study_tables spec = {.format = LEIE_FORMAT_LAYOUT, .layout = layout, .keeps = 1, .keep = &list, .rest = rest,
                              .stressor_patterns = 1, .stressor_pattern = &patterns,
                              .path = {.real = (char *)(uintptr_t)path, .shown = (char *)(uintptr_t)path}};
    check_ok(leie_read_table(&t, &spec, 2011, &err), &err);
    check_size(t.sector.region.n, 2);
    check_size(leie_labels_find(&t.sector.region, "ROW"), 0);
    check_size(t.stressor.n, 2);
    double before = 0, after = 0;
    for (int i = 0; i < N; i++)
        before += output(i);
    for (leie_size i = 0; i < t.sector.n; i++)
        after += t.x[i];
    check_near(after, before, 1e-14);
    leie_table_clear(&t);
    keep[0] = 'X';
    check_status(leie_read_table(&t, &spec, 2011, &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, "no region 'XE'");
}

/* Files with bytes changed at random: an error with a text, or a table, never a crash. */
static void test_noise(void)
{
    static const char bytes[] = "0123456789,._-\n\"\tBEDx\x80";
    uint64_t state = 9;
    for (int kind = 0; kind < 3; kind++) {
        const char *path = kind < 2 ? write_figaro(kind, "") : write_exiobase(false, false, true), *name = strrchr(path, '/') + 1;
        char copy_of_name[100];
        size_t size;
        unsigned char *data = read_bytes(path, &size);
        snprintf(copy_of_name, sizeof copy_of_name, "%s", name);
        for (int run = 0; run < 150 * check_effort(); run++) {
            leie_table t;
            leie_error err = {0};
            unsigned char *copy = malloc(size);
            memcpy(copy, data, size);
            for (int changes = 1 + (int)(check_random(&state) * 3); changes > 0; changes--)
                copy[(size_t)(check_random(&state) * (double)size)] =
                    (unsigned char)bytes[(size_t)(check_random(&state) * (double)(sizeof bytes - 1))];
            leie_status st = read_as(&t, kind < 2 ? "figaro" : "exiobase3",
                                     write_bytes(check_folder(), copy_of_name, copy, size), kind < 2 ? 2021 : 2011, &err);
            check_true(st == LEIE_OK || err.text[0]);
            leie_table_clear(&t);
            free(copy);
        }
        free(data);
    }
}

// Two files that fit equally well.
static void test_ambiguous(void)
{
    leie_table t;
    leie_error err = {0};
    const char *folder = check_folder();
    write_text(folder, "matrix_eu-ic-io_ind-by-ind_24ed_2021.csv", "x");
    write_text(folder, "matrix_eu-ic-io_ind-by-ind_25ed_2021.csv", "x");
    check_status(read_as(&t, "figaro", folder, 2021, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "two files could be the part 'matrix'");
}

// The same bytes at any number of threads.
static void test_threads(void)
{
    leie_table one, many;
    leie_error err = {0};
    const char *path = write_figaro(true, "");
    leie_threads_set(1);
    check_ok(read_as(&one, "figaro", path, 2021, &err), &err);
    leie_threads_set(5);
    check_ok(read_as(&many, "figaro", path, 2021, &err), &err);
    leie_threads_set(0);
    check_true(one.Y && many.Y && memcmp(one.Y, many.Y, N * M * sizeof *one.Y) == 0);
    check_true(one.x && many.x && memcmp(one.x, many.x, N * sizeof *one.x) == 0);
    leie_table_clear(&one);
    leie_table_clear(&many);
}

static double at(const leie_table *t, const char *r, const char *s, const char *to_r, const char *to_s)
{
    leie_size i = leie_axis_find(&t->sector, r, s), j = leie_axis_find(&t->sector, to_r, to_s);
    return i < 0 || j < 0 ? (double)NAN : leie_matrix_get(&t->Z, i, j);
}

// ---- WIOD 2016 as a workbook and as CSV, MARIO ----

static void test_wiod(void)
{
    static const char *const country[] = {"BEL", "DEU", "ROW"}, *const demand[] = {"CONS_h", "GFCF"}, *const number[] = {"1", "2"}, *const wish[] = {"57", "60"};
    static char book[60000], csv[20000];
    char *to = book, *at = csv;
    to += sprintf(to, "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>Intercountry table</v></c></row>");
    for (int level = 0; level < 4; level++) { // r = 3 to 6
        to += sprintf(to, "<row r=\"%d\"><c r=\"A%d\" t=\"str\"><v>(m. of US$)</v></c><c/><c/><c/>", level + 3, level + 3);
        for (int j = 0; j <= N + M; j++) {
            const char *r = j < N + M ? country[(j < N ? j : j - N) / 2] : "TOT";
            const char *s = j == N + M ? "GO" : j < N ? sector[j % 2] : demand[j % 2];
            to += sprintf(to, "<c t=\"str\"><v>%s</v></c>", level == 0 ? s : level == 1 ? "name" : level == 2 ? r : "c");
        }
        to += sprintf(to, "</row>");
    }
    at += sprintf(at, "\"IndustryCode\",\"IndustryDescription\",\"Country\",\"RNr\",\"Year\"");
    for (int j = 0; j < N + M; j++)
        at += sprintf(at, ",\"%s%s\"", country[(j < N ? j : j - N) / 2], j < N ? number[j % 2] : wish[j % 2]);
    at += sprintf(at, ",\"TOT\"\n");
    for (int i = 0; i < N + 2; i++) {
        const char *code = i < N ? sector[i % 2] : i == N ? "VA" : "II_fob", *r = i < N ? country[i / 2] : "TOT";
        to += sprintf(to, "<row><c t=\"str\"><v>%s</v></c><c t=\"str\"><v>name, long</v></c><c t=\"str\"><v>%s</v></c><c/>", code, r);
        at += sprintf(at, "\"%s\",\"name, long\",\"%s\",%d,2014", code, r, i < N ? i % 2 + 1 : 65);
        for (int j = 0; j <= N + M; j++) {
            double value = j == N + M ? (i < N ? output(i) : 0) : i > N || (i == N && j >= N) ? 0 : cell(i, j);
            to += sprintf(to, "<c><v>%.17g</v></c>", value);
            at += sprintf(at, ",%.17g", value);
        }
        to += sprintf(to, "</row>");
        at += sprintf(at, "\n");
    }
    for (int variant = 0; variant < 2; variant++) {
        leie_table t;
        leie_error err = {0};
        const char *path = variant ? write_text(check_folder(), "WIOT2014_Nov16_ROW.csv", csv)
                                   : write_workbook(check_folder(), "WIOT2014_Nov16_ROW.xlsx", "2014", book, NULL);
        check_ok(read_as(&t, "auto", path, 2014, &err), &err);
        check_size(t.sector.n, N);
        if (t.sector.n != N)
            return;
        for (int i = 0; i < N; i++) {
            check_near(t.x[i], output(i), 1e-15);
            for (int j = 0; j < N; j++)
                check_near(leie_matrix_get(&t.Z, i, j), cell(i, j), 0);
        }
        check_true(t.demand.kind[1] == LEIE_DEMAND_GFCF);
        check_text(t.input.code[0], "VA");
        check_near(t.W[2], cell(N, 2), 0);
        leie_table_clear(&t);
    }
}

static void test_mario(void)
{
    leie_table t;
    leie_error err = {0};
    const zip_part part[] = {
        {"flows/Z.txt", "Region,,,IT,IT\nLevel,,,Sector,Sector\nItem,,,Agriculture,Industry\nRegion,Level,Item,,\n"
                        "IT,Sector,Agriculture,1,2.385\nIT,Sector,Industry,3,4\n"},
        {"flows/Y.txt", "Region,,,IT,IT\nLevel,,,Consumption category,Consumption category\nItem,,,Final demand of households,Investment\n"
                        "Region,Level,Item,,\nIT,Sector,Agriculture,10,1\nIT,Sector,Industry,20,2\n"},
        {"flows/V.txt", "Region,IT,IT\nLevel,Sector,Sector\nItem,Agriculture,Industry\nItem,,\nWages,5,6\n"},
        {"flows/E.txt", "Region,IT,IT\nLevel,Sector,Sector\nItem,Agriculture,Industry\nItem,,\nCO2,7,8\n"},
        {"flows/EY.txt", "Region,IT,IT\nLevel,Consumption category,Consumption category\nItem,Final demand of households,Investment\nItem,,\nCO2,9,0\n"},
        {"flows/units.txt", ",,unit\nSector,Agriculture,M EUR\nSector,Industry,M EUR\nSatellite account,CO2,ton\n"
                            "Factor of production,Wages,M EUR\n"},
        {NULL, NULL}};
    check_ok(read_as(&t, "auto", write_zip(check_folder(), "italy.zip", part, 1), 2020, &err), &err);
    check_near(at(&t, "IT", "Agriculture", "IT", "Industry"), 2.385, 0);
    check_near(t.W ? t.W[1] : 0, 6, 0);
    check_near(t.F_Y ? t.F_Y[0] : 0, 9, 0);
    check_true(t.demand.n == 2 && t.demand.kind[1] == LEIE_DEMAND_GFCF);
    check_text(t.stressor.n ? t.stressor.unit[0] : "", "t");
    check_text(t.unit, "MEUR");
    leie_table_clear(&t);
}

// ---- samples of the real files ----

static const leie_table *read_sample(leie_table *t, const char *name, int year)
{
    char path[1000];
    leie_error err = {0};
    snprintf(path, sizeof path, "%s/formats/%s", check_data(), name);
    check_ok(read_as(t, "auto", path, year, &err), &err);
    return t;
}

static double sum_Z(const leie_table *t)
{
    double sum = 0;
    for (leie_size i = 0; i < t->sector.n; i++)
        for (leie_size j = 0; j < t->sector.n; j++)
            sum += leie_matrix_get(&t->Z, i, j);
    return sum;
}

// Values read off the files by hand.
static void test_samples(void)
{
    leie_table t;
    read_sample(&t, "exiobase3", 2009);
    check_size(t.sector.n, 48);
    check_near(at(&t, "AUS", "food", "AUS", "food") / t.x[0], 0.0990875448681, 1e-12);
    check_near(t.F[0], 1848064.8, 0);
    check_text(t.unit, "MUSD");
    leie_table_clear(&t);
    read_sample(&t, "icio/ICIO2016_2003.csv", 2003);
    check_size(t.sector.region.n, 4); // CN1 and CN2 are in CHN
    check_near(at(&t, "AUS", "C01T05AGR", "AUS", "C01T05AGR"), 23697.221, 0);
    check_near(at(&t, "AUS", "C01T05AGR", "CHN", "C01T05AGR"), 0 + 86.04706 + 2897.532, 1e-15);
    leie_table_clear(&t);
    read_sample(&t, "icio/ICIO2018_2010.zip", 2010);
    check_size(t.sector.region.n, 5); // MX1 is in MEX
    check_size(t.input.n, 6);
    check_near(at(&t, "AUS", "01T03", "MEX", "01T03"), 0 + 3.4082018, 0);
    leie_table_clear(&t);
    read_sample(&t, "eora26", 2010);
    check_size(t.sector.n, 48);
    check_text(t.stressor.unit[0], "kg");
    check_near(at(&t, "reg1", "food", "reg1", "mining"), 57.495387, 0);
    check_near(t.Y[0], 58180.65, 0);
    check_near(t.W[1], 24314.351, 0);
    leie_table_clear(&t);
    read_sample(&t, "gloria", 2022);
    check_size(t.sector.n, 18);
    check_near(at(&t, "AUS", "Industry: Forestry and logging", "AUS", "Product: Forestry and logging"), 5295100, 0);
    check_text(t.stressor.unit[0], "kt");
    check_near(sum_Z(&t), 23633975.35, 1e-9);
    leie_table_clear(&t);
}

// ---- the extensions of EXIOBASE hybrid, as published ----

// The labels of the two header lines of a file, behind `skip` columns, as an axis.
static void read_axis(leie_axis *axis, const char *name, leie_size skip)
{
    char path[1000], *line[2];
    leie_text text;
    leie_error err = {0};
    snprintf(path, sizeof path, "%s/exiobase_hybrid_2011/%s", check_data(), name);
    check_ok(leie_text_read(&text, path, 0, &err), &err);
    line[0] = text.data;
    line[1] = strchr(text.data, '\n') + 1;
    for (leie_size f = 0; line[0] && line[1]; f++) {
        size_t a = strcspn(line[0], "\t\r\n"), b = strcspn(line[1], "\t\r\n");
        bool quoted = line[1][0] == '"';
        char *r = leie_strndup(line[0], a), *c = leie_strndup(line[1] + quoted, b - 2 * quoted);
        if (f >= skip)
            leie_axis_add(axis, r, c, NULL, NULL, LEIE_DEMAND_HOUSEHOLD, &err);
        leie_free(r);
        leie_free(c);
        line[0] = line[0][a] == '\t' ? line[0] + a + 1 : NULL;
        line[1] = line[1][b] == '\t' ? line[1] + b + 1 : NULL;
    }
    leie_text_free(&text);
}

static leie_status add_extension(leie_table *t, const char *name, leie_error *err)
{
    char folder[1000], layout[] = "exiobase_hybrid";
    snprintf(folder, sizeof folder, "%s/exiobase_hybrid_2011", check_data());
    const leie_study_extension spec = {.name = (char *)(uintptr_t)name, .layout = layout,
                                       .F = {.real = folder, .shown = folder}};
    return leie_read_extension(t, &spec, 2011, err);
}

// Belgium's extraction of 103.4 Mt is what the authors publish: rows 0 to 34, carbon of carbon dioxide in row 33.
static void test_hybrid(void)
{
    leie_table t = {0};
    leie_error err = {0};
    read_axis(&t.sector, "RE_ACT.txt", 2);
    read_axis(&t.demand, "RE_FD.txt", 2);
    check_size(t.sector.n, 48 * 164);
    check_size(t.demand.n, 48 * 6);
    check_ok(add_extension(&t, "RE", &err), &err);
    check_size(t.stressor.n, 39);
    leie_size be = leie_labels_find(&t.sector.region, "BE"), fd = leie_labels_find(&t.demand.region, "BE");
    double sum = 0;
    for (leie_size k = 0; t.F && be >= 0 && fd >= 0 && k < 35; k++) {
        double factor = k == 33 ? 12.0 / 44 : 1;
        for (leie_size j = t.sector.first[be]; j < t.sector.first[be + 1]; j++)
            sum += factor * t.F[k * t.sector.n + j];
        for (leie_size j = t.demand.first[fd]; j < t.demand.first[fd + 1]; j++)
            sum += factor * t.F_Y[k * t.demand.n + j];
    }
    check_close(1e-6 * sum, 103.4, 0, 0.05);
    check_ok(add_extension(&t, "EM", &err), &err);
    check_size(t.stressor.n, 39 + 66);
    if (t.stressor.n != 39 + 66)
        return;
    check_text(t.stressor.code[39], "Carbon dioxide, fossil (air)");
    check_near(t.F ? t.F[39 * t.sector.n] : 0, 28333.352, 0);
    check_ok(add_extension(&t, "SD", &err), &err);
    check_status(add_extension(&t, "XX", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no extension 'XX'");
    leie_table_clear(&t);
}

CHECK_SUITE(layout, {"patterns", test_patterns, NULL}, {"all layouts", test_all_layouts, NULL},
            {"figaro", test_figaro, NULL}, {"wrong cells", test_wrong_cells, NULL}, {"incomplete", test_incomplete, NULL}, {"exiobase", test_exiobase, NULL},
            {"choice", test_choice, NULL}, {"noise", test_noise, NULL}, {"ambiguous", test_ambiguous, NULL}, {"threads", test_threads, NULL},
            {"wiod", test_wiod, NULL}, {"mario", test_mario, NULL},
            {"samples", test_samples, check_needs_data},
            {"hybrid", test_hybrid, check_needs_data})
