// SPDX-License-Identifier: GPL-3.0-or-later
/* Tables for other programs: pymrio's folder, workbooks and their limits. */
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/small_table.h"
#include "tests/toy_table.h"

// The text of a file of a folder, up to its buffer.
static const char *text_of(const char *folder, const char *name)
{
    static char text[8192];
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    size_t got = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[got] = '\0';
    if (file)
        fclose(file);
    return text;
}

static void test_pymrio_folder(void)
{
    const double Z[] = {1, 0.1, 2.5, 0}, Y[] = {3, 0, 0, 4.25, 0, -1}, F[] = {7, 1e-9}, F_Y[] = {0, 0.5, 0};
    leie_error err = {0};
    leie_table t = {0};
    leie_pymrio_notes notes;
    const char *folder = check_folder();
    small_table(&t, "NA:a BE:b\tc", "NA:hh:household BE:hh:household BE:ex:export", "CO2:kg:", Z, Y, F, F_Y);
    check_ok(leie_write_pymrio(folder, &t, 0, &notes, &err), &err);
    check_text(text_of(folder, "Z.txt"), "region\t\tNA\tBE\nsector\t\ta\t\"b\tc\"\nregion\tsector\t\t\nNA\ta\t1\t0.1\nBE\t\"b\tc\"\t2.5\t0\n");
    check_has(text_of(folder, "Y.txt"), "category\t\thh\thh\tex\n");
    check_has(text_of(folder, "Y.txt"), "BE\t\"b\tc\"\t4.25\t0\t-1\n");
    check_size(notes.not_demand, 1);
    check_size(notes.missing, 1);
    check_text(notes.missing_code, "NA");
    leie_table_clear(&t);
}

static void test_pymrio_refusals(void)
{
    leie_error err = {0};
    leie_table t = {0};
    toy_table(&t, "BE a b", "BE hh", 1, 1);
    toy_fill(&t, 5, 0.9);
    leie_free(t.extension[0]);
    t.extension[0] = leie_strdup("factor_inputs");
    check_status(leie_write_pymrio(check_folder(), &t, 0, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "the name of the primary inputs");
    leie_free(t.extension[0]);
    t.extension[0] = leie_strdup("ext");
    err = (leie_error){0};
    check_status(leie_write_pymrio("/dev/null/out", &t, 0, NULL, &err), LEIE_ERR_OUTPUT, &err);
    t.F[0] = 0.0 / 0.0;
    err = (leie_error){0};
    check_status(leie_write_pymrio(check_folder(), &t, 0, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "F.txt");
    leie_table_clear(&t);
}

static void test_workbook(void)
{
    char a[600], b[600];
    leie_error err = {0};
    leie_table t = {0};
    const char *folder = check_folder();
    snprintf(a, sizeof a, "%s/a.xlsx", folder);
    snprintf(b, sizeof b, "%s/b.xlsx", folder);
    small_table_random(&t, 7, 5);
    check_ok(leie_write_xlsx_table(a, &t, &err), &err);
    check_ok(leie_write_xlsx_table(b, &t, &err), &err);
    check_true(result_same_file(a, b));
    t.Y[0] = 1.0 / 0.0;
    check_status(leie_write_xlsx_table(a, &t, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "sheet 'Y': a value is infinite");
    check_true(result_same_file(a, b)); // the old one is whole
    leie_table_clear(&t);
}

// One column too many for a sheet: refused before anything is written.
static void test_workbook_limits(void)
{
    char path[600], code[16];
    leie_error err = {0};
    leie_table t = {0};
    leie_cells none = {0};
    enum { TOO_MANY = 16383 };
    for (int i = 0; i < TOO_MANY; i++) {
        snprintf(code, sizeof code, "s%d", i);
        leie_axis_add(&t.sector, "A", code, NULL, NULL, LEIE_DEMAND_HOUSEHOLD, &err);
    }
    check_ok(leie_matrix_from_cells(&t.Z, TOO_MANY, TOO_MANY, &none, NULL, &err), &err);
    t.Y = leie_new(0, sizeof *t.Y);
    snprintf(path, sizeof path, "%s/a.xlsx", check_folder());
    check_status(leie_write_xlsx_table(path, &t, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "sheet 'Z' would have 16385 rows and 16385 columns");
    FILE *file = fopen(path, "rb");
    check_true(!file);
    leie_table_clear(&t);
}

CHECK_SUITE(write_others, {"pymrio's folder", test_pymrio_folder, NULL}, {"pymrio: refusals", test_pymrio_refusals, NULL},
            {"workbook", test_workbook, NULL}, {"limits of a workbook", test_workbook_limits, NULL})
