// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/write_csv.h"
#include "tests/check.h"
#include "tests/toy_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { PATH_SIZE = 512, TEXT_SIZE = 1 << 16 };

static void path_in(char *path, const char *folder, const char *name)
{
    check_true(snprintf(path, PATH_SIZE, "%s/%s", folder, name) < PATH_SIZE);
}

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[PATH_SIZE];
    path_in(path, folder, name);
    FILE *file = fopen(path, "w");
    check_true(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

// Content of a file, unpacked when it is gzip; "" when it is not there.
static const char *content(const char *folder, const char *name)
{
    static char text[TEXT_SIZE];
    char path[PATH_SIZE];
    path_in(path, folder, name);
    gzFile file = gzopen(path, "rb");
    int length = file ? gzread(file, text, TEXT_SIZE - 1) : 0;
    if (file)
        gzclose(file);
    text[length > 0 ? length : 0] = 0;
    return text;
}

// Bytes of a file as it lies on disk.
static leie_size bytes_of(unsigned char *bytes, const char *folder, const char *name)
{
    char path[PATH_SIZE];
    path_in(path, folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return -1;
    size_t length = fread(bytes, 1, TEXT_SIZE, file);
    fclose(file);
    return (leie_size)length;
}

static bool exists(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    path_in(path, folder, name);
    return access(path, F_OK) == 0;
}

static const char *const files[] = {"table.yaml",    "regions.csv",  "sectors.csv",   "categories.csv",
                                    "stressors.csv", "Z.csv.gz",     "Y.csv.gz",      "x.csv",
                                    "W.csv",         "F_ext.csv.gz", "F_Y_ext.csv.gz"};
enum { FILES = sizeof files / sizeof *files };

static void make(leie_table *t)
{
    toy_table(t, "BE a, b\"c|FR a", "BE household|FR household x", 2, 2);
    *toy_Z(t, 0, 1) = 2.385;
    *toy_Z(t, 2, 0) = 1.0 / 3;
    t->Y[0] = -0.5;
    t->Y[7] = 12.25;
    t->x[0] = 2.385;
    t->W[4] = 5;
    t->F[1] = 0.1;
    t->F_Y[2] = 4;
    leie_free(t->source);
    t->source = leie_strdup("a \"toy\" \\ one");
}

static void test_content(void)
{
    leie_error err = {0};
    leie_table t;
    const char *folder = check_folder();
    make(&t);
    check_ok(leie_write_csv_table(folder, &t, 0, &err), &err);
    check_text(content(folder, "table.yaml"), "year: 2011\ncurrency: \"EUR\"\nunit: \"MEUR\"\n"
                                              "source: \"a \\\"toy\\\" \\\\ one\"\nx_from: given\n");
    check_text(content(folder, "regions.csv"), "region,name\nBE,\nFR,\n");
    check_text(content(folder, "sectors.csv"), "region,sector,name,unit\nBE,\"a,\",,\nBE,\"b\"\"c\",,\nFR,a,,\n");
    check_text(content(folder, "categories.csv"), "category,name,kind\nhousehold,,household\nx,,household\n");
    check_text(content(folder, "stressors.csv"), "stressor,name,unit,kind,basis,extension\n"
                                                 "f0,,t,material,residence,ext\nf1,,t,material,residence,ext\n");
    check_text(content(folder, "Z.csv.gz"), "region,sector,to_region,to_sector,value\n"
                                            "BE,\"a,\",BE,\"b\"\"c\",2.385\nFR,a,BE,\"a,\",0.3333333333333333\n");
    // the column FR household is empty: its first zero keeps the label
    check_has(content(folder, "Y.csv.gz"), "BE,\"a,\",BE,household,-0.5\n");
    check_has(content(folder, "Y.csv.gz"), "BE,\"a,\",FR,x,0\n");
    check_has(content(folder, "Y.csv.gz"), "FR,a,FR,household,12.25\n");
    check_text(content(folder, "x.csv"), "region,sector,value\nBE,\"a,\",2.385\nBE,\"b\"\"c\",0\nFR,a,0\n");
    check_text(content(folder, "W.csv"), "input,region,sector,value\nw0,BE,\"a,\",0\nw1,BE,\"b\"\"c\",5\n");
    check_text(content(folder, "F_ext.csv.gz"), "stressor,region,sector,value,unit\n"
                                                "f0,BE,\"b\"\"c\",0.1,t\nf1,BE,\"a,\",0,t\n");
    check_text(content(folder, "F_Y_ext.csv.gz"), "stressor,region,category,value,unit\n"
                                                  "f0,FR,x,4,t\nf1,BE,household,0,t\n");
    leie_table_clear(&t);
}

static void test_digits(void)
{
    leie_error err = {0};
    leie_table t;
    const char *folder = check_folder();
    make(&t);
    check_ok(leie_write_csv_table(folder, &t, 3, &err), &err);
    check_has(content(folder, "Z.csv.gz"), ",0.333\n");
    check_has(content(folder, "Z.csv.gz"), ",2.38\n"); // 2.385 is a little less than that
    leie_table_clear(&t);
}

// The same bytes on a second run, into another folder, and over an older file.
static void test_same_bytes(void)
{
    static unsigned char first[TEXT_SIZE], second[TEXT_SIZE];
    leie_error err = {0};
    leie_table t, sparse = {0};
    char one[PATH_SIZE], two[PATH_SIZE];
    const char *folder = check_folder();
    path_in(one, folder, "one");
    path_in(two, folder, "two");
    toy_table(&t, "BE a b c|FR a b c d", "BE household gfcf|FR household inventories", 3, 1);
    toy_fill(&t, 4, 0.8);
    check_ok(leie_table_copy(&sparse, &t, &err), &err);
    leie_matrix_free(&sparse.Z);
    check_ok(leie_matrix_copy(&sparse.Z, &t.Z, LEIE_SPARSE, &err), &err);
    check_ok(leie_write_csv_table(one, &t, 0, &err), &err);
    write_text(one, "x.csv", "older and longer than what comes, as long as this line at least.........");
    check_ok(leie_write_csv_table(one, &t, 0, &err), &err);
    check_ok(leie_write_csv_table(two, &sparse, 0, &err), &err);
    for (int i = 0; i < FILES; i++) {
        leie_size length = bytes_of(first, one, files[i]);
        check_true(length > 0);
        check_size(bytes_of(second, two, files[i]), length);
        check_true(length > 0 && memcmp(first, second, (size_t)length) == 0);
    }
    bytes_of(first, one, "Z.csv.gz");
    check_true(first[0] == 0x1f && first[1] == 0x8b && first[3] == 0); // no name, no comment
    for (int i = 4; i < 8; i++)
        check_size(first[i], 0); // no time
    check_size(first[9], 255);   // no system
    leie_table_clear(&t);
    leie_table_clear(&sparse);
}

static void refuse(const char *folder, const leie_table *t, leie_status expected, const char *piece)
{
    leie_error err = {0};
    check_status(leie_write_csv_table(folder, t, 0, &err), expected, &err);
    check_has(err.text, piece);
}

// A file that a reader would take for a part of this table is neither overwritten nor read with it.
static void test_foreign_files(void)
{
    static const char *const foreign[] = {"Z.csv",     "W.csv.gz",       "x.csv.gz",
                                          "F_old.csv", "F_Y_old.csv.gz", "sectors.csv.gz"};
    leie_table t;
    make(&t);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        const char *folder = check_folder();
        char piece[PATH_SIZE];
        write_text(folder, foreign[i], "kept");
        snprintf(piece, sizeof piece, "/%s would be read as a part of this table", foreign[i]);
        refuse(folder, &t, LEIE_ERR_OUTPUT, piece);
        check_text(content(folder, foreign[i]), "kept");
        check_true(!exists(folder, "Y.csv.gz"));
    }
    const char *folder = check_folder();
    leie_error err = {0};
    write_text(folder, "README.md", "kept");
    check_ok(leie_write_csv_table(folder, &t, 0, &err), &err);
    check_text(content(folder, "README.md"), "kept");
    t.W = leie_free(t.W);
    refuse(folder, &t, LEIE_ERR_OUTPUT, "W.csv would be read");
    leie_table_clear(&t);
}

static void test_output_errors(void)
{
    leie_table t;
    leie_error err = {0};
    char path[PATH_SIZE];
    const char *folder = check_folder();
    make(&t);
    path_in(path, folder, "missing/table");
    refuse(path, &t, LEIE_ERR_OUTPUT, "missing/table: the folder cannot be created: No such file or directory");
    write_text(folder, "file", "");
    path_in(path, folder, "file");
    refuse(path, &t, LEIE_ERR_OUTPUT, "the folder cannot be created: File exists");
    // a full disk in the middle: what was there stays
    path_in(path, folder, "table");
    check_ok(leie_write_csv_table(path, &t, 0, &err), &err);
    char full[PATH_SIZE + 32];
    snprintf(full, sizeof full, "%s/Y.csv.gz.part", path);
    check_true(symlink("/dev/full", full) == 0);
    t.Y[0] = 77;
    refuse(path, &t, LEIE_ERR_OUTPUT, "Y.csv.gz: cannot be written: No space left on device");
    check_true(!exists(path, "Y.csv.gz.part"));
    check_has(content(path, "Y.csv.gz"), "household,-0.5\n");
    leie_table_clear(&t);
}

static void test_data_errors(void)
{
    leie_table t;
    const char *folder = check_folder();
    make(&t);
    t.Y[0] = NAN;
    refuse(folder, &t, LEIE_ERR_DATA, "Y.csv.gz: a value is nan: expected a finite number");
    check_true(!exists(folder, "Y.csv.gz") && !exists(folder, "Y.csv.gz.part"));
    t.Y[0] = 1;
    leie_free(t.extension[1]);
    t.extension[1] = leie_strdup("a/b");
    refuse(folder, &t, LEIE_ERR_DATA, "extension 'a/b' of stressor 'f1' cannot be part of a file name");
    t.extension[1][0] = 0;
    refuse(folder, &t, LEIE_ERR_DATA, "extension ''");
    leie_free(t.extension[1]);
    t.extension[1] = leie_strdup("ext");
    t.demand.kind[1] = LEIE_DEMAND_EXPORT;
    refuse(folder, &t, LEIE_ERR_DATA, "category 'household' is export in region 'FR' and household before it");
    leie_table_clear(&t);
}

CHECK_SUITE(write_csv, {"content", test_content, NULL}, {"significant digits", test_digits, NULL},
            {"same bytes", test_same_bytes, NULL}, {"files of another table", test_foreign_files, NULL},
            {"output errors", test_output_errors, NULL}, {"data errors", test_data_errors, NULL})
