// SPDX-License-Identifier: GPL-3.0-or-later
/* `leie show` as a user runs it: the program that lies beside the test program. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "io/result/netcdf.h"
#include "tests/check.h"

static char file[1024];

/* A small result: footprint of two regions and two groups in two years, one value missing. */
static void write_result(void)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    leie_var *v = NULL;
    char *region[] = {(char[]){"BE-VLG"}, (char[]){"BE-WAL"}};
    char *name[] = {(char[]){"Vlaanderen"}, (char[]){"Walloni\xc3\xab"}};
    char *group[] = {(char[]){"MF1"}, (char[]){"MF2, metals"}};
    snprintf(file, sizeof file, "%s/result.nc", check_folder());
    leie_dataset_dim(&ds, "year", 2, &err);
    leie_dataset_coordinate(&ds, "region", 2, region, name, "region", &err);
    leie_dataset_coordinate(&ds, "stressor", 2, group, NULL, "material group", &err);
    leie_dataset_var(&v, &ds, "year", LEIE_VAR_INT, "year", "1", "year", &err);
    v->integer[0] = 2010;
    v->integer[1] = 2011;
    leie_dataset_var(&v, &ds, "footprint", LEIE_VAR_DOUBLE, "year region stressor", "1000 t", "raw material footprint",
                     &err);
    for (int i = 0; i < 8; i++)
        v->number[i] = i == 6 ? NAN : 2.385 + 1e6 * (i == 7) + i;
    leie_dataset_var(&v, &ds, "stressor_unit", LEIE_VAR_TEXT, "stressor", NULL, "unit of the group", &err);
    leie_var_set_text(v, 0, "t", &err);
    leie_var_set_text(v, 1, "kg", &err);
    leie_dataset_var(&v, &ds, "region_money", LEIE_VAR_TEXT, "region", NULL, "money of the region", &err);
    leie_var_set_text(v, 0, "MEUR", &err);
    leie_var_set_text(v, 1, "MUSD", &err);
    leie_dataset_var(&v, &ds, "mixed", LEIE_VAR_DOUBLE, "region stressor", "1", "pressure per money", &err);
    leie_dataset_text(&ds, v, "units_by", "stressor_unit/region_money", &err);
    for (int i = 0; i < 4; i++)
        v->number[i] = 2.385 * i;
    leie_dataset_text(&ds, NULL, "title", "Test, with a comma", &err);
    leie_netcdf_write(file, &ds, 0, &err);
    check_ok(err.code, &err);
    leie_dataset_clear(&ds);
}

/* Runs `leie show` with %s in the arguments standing for the file; text receives stdout and stderr. */
static int show(char *text, size_t room, const char *arguments)
{
    char command[4096], with_file[2048];
    if (!file[0])
        write_result();
    snprintf(with_file, sizeof with_file, arguments, file);
    snprintf(command, sizeof command, "'%s' show 2>&1 %s", check_program(), with_file);
    FILE *pipe = popen(command, "r");
    size_t n = pipe ? fread(text, 1, room - 1, pipe) : 0;
    text[n] = '\0';
    int status = pipe ? pclose(pipe) : -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_header(void)
{
    char text[8192];
    check_size(show(text, sizeof text, "%s"), 0);
    check_has(text, "year                        2  2010 .. 2011\n");
    check_has(text, "footprint(year, region, stressor) [1000 t]  raw material footprint\n");
    check_has(text, "title                Test, with a comma\n");
    check_size(show(text, sizeof text, "%s --format csv"), 0);
    check_has(text, "kind,name,shape,unit,text\ndimension,year,2,,2010 .. 2011\n");
    check_has(text, "variable,footprint,\"year, region, stressor\",1000 t,raw material footprint\n");
    check_has(text, "attribute,title,,,\"Test, with a comma\"\n");
}

// Values with units of their own say so: in titles, labels and lines.
static void test_mixed_units(void)
{
    char text[8192];
    check_size(show(text, sizeof text, "%s"), 0);
    check_has(text, "mixed(region, stressor) [by stressor_unit/region_money]  pressure per money\n");
    check_size(show(text, sizeof text, "%s mixed"), 0);
    check_text(text, "mixed: pressure per money, by stressor_unit/region_money\n\n"
                     "                MF1 [t]  MF2, metals [kg]\n"
                     "BE-VLG [/MEUR]        0             2.385\n"
                     "BE-WAL [/MUSD]     4.77             7.155\n");
    check_size(show(text, sizeof text, "%s mixed --where=region=BE-WAL"), 0);
    check_has(text, "region = BE-WAL [/MUSD]\n");
    check_size(show(text, sizeof text, "%s mixed --format csv --where=region=BE-WAL"), 0);
    check_text(text, "region,stressor,value,unit\nBE-WAL,MF1,4.77,t/MUSD\nBE-WAL,\"MF2, metals\",7.154999999999999,kg/MUSD\n");
    check_size(show(text, sizeof text, "%s stressor_unit"), 0);
    check_has(text, "MF1          t\nMF2, metals  kg\n");
}

static void test_tables(void)
{
    char text[8192];
    check_size(show(text, sizeof text, "%s footprint"), 0);
    check_text(text, "footprint: raw material footprint, 1000 t\n"
                     "\nyear = 2010\n"
                     "          MF1  MF2, metals\n"
                     "BE-VLG  2.385        3.385\n"
                     "BE-WAL  4.385        5.385\n"
                     "\nyear = 2011\n"
                     "          MF1  MF2, metals\n"
                     "BE-VLG  6.385        7.385\n"
                     "BE-WAL      -      1000009\n");
    check_size(show(text, sizeof text, "%s footprint --where year=2011 --where=region=BE-WAL"), 0);
    check_text(text, "footprint: raw material footprint, 1000 t\n"
                     "\nyear = 2011, region = BE-WAL\n"
                     "               value\n"
                     "MF1                -\n"
                     "MF2, metals  1000009\n");
    check_size(show(text, sizeof text, "%s region_name"), 0);
    check_has(text, "BE-VLG  Vlaanderen\nBE-WAL  Walloni\xc3\xab\n");
}

static void test_csv(void)
{
    char text[8192];
    check_size(show(text, sizeof text, "%s footprint --where year=2011 --where region=BE-WAL --format=csv"), 0);
    check_text(text, "year,region,stressor,value,unit\n"
                     "2011,BE-WAL,MF1,,1000 t\n"
                     "2011,BE-WAL,\"MF2, metals\",1000009.385,1000 t\n");
}

static void test_faults(void)
{
    const struct {
        const char *arguments;
        int code;
        const char *piece;
    } cases[] = {{"", 2, "leie show: no file"},
                 {"%s nope", 2, "has no variable 'nope'; it has region, region_name, stressor, year, footprint"},
                 {"%s footprint --where year=1999", 2, "'year' has no label '1999'; it has 2010, 2011"},
                 {"%s footprint --where month=1", 2, "'footprint' has no dimension 'month'; it has year, region"},
                 {"%s footprint --where year", 2, "expected dimension=label"},
                 {"%s --where year=2011", 2, "--where needs the NAME"},
                 {"%s --format xml", 2, "--format xml: expected text or csv"},
                 {"%s --where", 2, "unknown option or missing value: --where"},
                 {"%s a b", 2, "one argument too many: b"},
                 {"%s.absent", 3, "No such file"},
                 {"/dev/null", 3, "not a regular file"},
                 {"%s footprint >/dev/full", 5, "the output cannot be written"},
                 {"--help", 0, "example: leie show results.nc"}};
    char text[8192];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_size(show(text, sizeof text, cases[i].arguments), cases[i].code);
        check_has(text, cases[i].piece);
    }
}

CHECK_SUITE(show, {"header", test_header, check_needs_program}, {"mixed units", test_mixed_units, check_needs_program}, {"tables", test_tables, check_needs_program},
            {"csv", test_csv, check_needs_program}, {"faults", test_faults, check_needs_program})
