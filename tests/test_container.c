// SPDX-License-Identifier: GPL-3.0-or-later
/* Paths into archives and workbooks: what is in them reads as it does beside them. */
#include "io/read/container.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/leie_io.h"
#include "io/read/text.h"
#include "tests/check.h"
#include "tests/write_files.h"
#include "tests/write_zip.h"

static void reads(const char *path, const char *expected)
{
    leie_text text;
    leie_error err = {0};
    if (check_ok(leie_text_read(&text, path, 0, &err), &err)) {
        check_text(text.data, expected);
        check_size(text.size, (leie_size)strlen(expected));
        check_size((leie_size)strlen(text.sha256), 64);
    }
    leie_text_free(&text);
}

static void refused(const char *path, leie_status expected, const char *piece)
{
    leie_text text;
    leie_error err = {0};
    check_status(leie_text_read(&text, path, 0, &err), expected, &err);
    check_has(err.text, piece);
}

static const char *inside(const char *archive, const char *rest)
{
    static char path[1200];
    snprintf(path, sizeof path, "%s%s", archive, rest);
    return path;
}

static void test_members(void)
{
    const char *zip = write_zip(check_folder(), "a.zip", (const zip_part[]){{"a.csv", "x\n1\n"}, {"b/c.csv", "y\n2\n"}, {NULL, NULL}}, 1);
    bool there = false;
    leie_error err = {0};
    reads(inside(zip, "#a.csv"), "x\n1\n");
    reads(inside(zip, "/a.csv"), "x\n1\n");
    reads(inside(zip, "#b/c.csv"), "y\n2\n");
    reads(inside(zip, "/b/c.csv"), "y\n2\n");
    refused(zip, LEIE_ERR_DATA, "an archive of 2 files: name one of them");
    refused(inside(zip, "#d.csv"), LEIE_ERR_IO, "no such file in the archive, which has a.csv, ...");
    refused(inside(check_folder(), "/none.zip#a.csv"), LEIE_ERR_IO, "none.zip");
    check_ok(leie_text_exists(&there, inside(zip, "/a.csv"), &err), &err);
    check_true(there);
    check_ok(leie_text_exists(&there, inside(zip, "/d.csv"), &err), &err);
    check_true(!there);
    check_ok(leie_text_exists(&there, inside(check_folder(), "/none.zip/a.csv"), &err), &err);
    check_true(!there);
}

// One folder around all files may be left out; what Macs leave behind is no file.
static void test_only_one(void)
{
    const char *zip = write_zip(check_folder(), "one.zip",
                                (const zip_part[]){{"top/a.csv", "x\n"}, {"__MACOSX/top/._a.csv", "junk"}, {NULL, NULL}}, 1);
    char name[64];
    leie_error err = {0};
    leie_labels files = {0};
    reads(zip, "x\n");
    reads(inside(zip, "/a.csv"), "x\n");
    reads(inside(zip, "/top/a.csv"), "x\n");
    check_ok(leie_container_name(name, sizeof name, zip, &err), &err);
    check_text(name, "top/a.csv");
    check_ok(leie_container_list(&files, zip, &err), &err);
    check_size(files.n, 1);
    check_text(files.n ? files.code[0] : "", "a.csv");
    leie_labels_clear(&files);
    refused(write_zip(check_folder(), "bad.zip", (const zip_part[]){{"../a.csv", "x\n"}, {NULL, NULL}}, 1), LEIE_ERR_DATA,
            "leads out of the archive");
    // a folder that is called like an archive is a folder
    char folder[1000];
    snprintf(folder, sizeof folder, "%s/folder.zip", check_folder());
    mkdir(folder, 0700);
    write_text(folder, "a.csv", "z\n");
    reads(inside(folder, "/a.csv"), "z\n");
    check_ok(leie_container_list(&files, folder, &err), &err);
    check_size(files.n, 1);
    leie_labels_clear(&files);
}

static void test_sheets(void)
{
    const char *sheet = write_workbook(check_folder(), "book.xlsx", "S", "<row><c><v>7</v></c></row>", NULL);
    reads(sheet, "7\n");
    reads(inside(sheet, "#S"), "7\n");
    refused(inside(sheet, "#T"), LEIE_ERR_DATA, "T");
}

/* Leie's folder as an archive, with and without its folder: the same table, and one source that is the archive. */
static void test_table(void)
{
    leie_error err = {0};
    static const char regions[] = "region,sector,to_region,to_sector,value\nBE,a,BE,a,2.385\n",
                      demand[] = "region,sector,to_region,category,value\nBE,a,BE,household,7\n",
                      about[] = "year: 2015\nunit: MEUR\ncurrency: EUR\n", F[] = "stressor,region,sector,value,unit\nco2,BE,a,3,t\n";
    const zip_part part[] = {{"x/Z.csv", regions}, {"x/Y.csv", demand}, {"x/table.yaml", about}, {"x/F_air.csv", F},
                             {"x/categories.csv", "category,name,kind\nhousehold,,household\n"}, {NULL, NULL}};
    const char *zip = write_zip(check_folder(), "table.zip", part, 1);
    leie_study study = {0};
    leie_table t = {0};
    check_ok(leie_study_open(&study, zip, 0, NULL, &err), &err);
    check_ok(leie_assemble(&t, &study, 2015, NULL, &err), &err);
    check_size(t.sector.n, 1);
    check_near(t.x ? t.x[0] : 0, 9.385, 1e-15);
    check_text(t.stressor.n ? t.stressor.code[0] : "", "co2");
    leie_table_clear(&t);
    leie_study_clear(&study);
}

CHECK_SUITE(container, {"members", test_members, NULL}, {"one file, one folder", test_only_one, NULL},
            {"sheets", test_sheets, NULL}, {"a table", test_table, NULL})
