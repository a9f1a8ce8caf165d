// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "io/result/dataset.h"
#include "tests/check.h"

static void test_building(void)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    leie_var *v = NULL;
    char *code[] = {(char[]){"BE-VLG"}, (char[]){"BE-WAL"}}, *name[] = {(char[]){"Vlaanderen"}, NULL};
    check_ok(leie_dataset_coordinate(&ds, "region", 2, code, name, "region", &err), &err);
    check_size(leie_dataset_dim(&ds, "year", 3, &err), 1);
    check_size(leie_dataset_find_dim(&ds, "year"), 1);
    check_size(leie_dataset_find_dim(&ds, "month"), -1);
    check_text(leie_dataset_find(&ds, "region")->text[1], "BE-WAL");
    check_text(leie_dataset_find(&ds, "region_name")->text[0], "Vlaanderen");
    check_text(leie_dataset_get_text(&ds, leie_dataset_find(&ds, "region_name"), "long_name"), "name of region");
    check_ok(leie_dataset_var(&v, &ds, "rmc", LEIE_VAR_DOUBLE, " year  region ", "1000 t", "footprint", &err), &err);
    check_size(v->rank, 2);
    check_size(v->dim[0], 1);
    check_size(v->count, 6);
    check_true(isnan(v->number[5]));
    check_text(leie_dataset_get_text(&ds, v, "units"), "1000 t");
    check_ok(leie_dataset_var(&v, &ds, "n", LEIE_VAR_INT, "", "1", "number of years", &err), &err);
    check_size(v->count, 1);
    check_size(v->integer[0], 0);
    leie_dataset_clear(&ds);
    check_size(ds.vars, 0);
}

static void test_attributes(void)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    check_ok(leie_dataset_text(&ds, NULL, "title", "first", &err), &err);
    check_ok(leie_dataset_number(&ds, NULL, "residual", 2.385e-13, &err), &err);
    check_ok(leie_dataset_integer(&ds, NULL, "count", 17, &err), &err);
    check_ok(leie_dataset_text(&ds, NULL, "title", "second", &err), &err);
    check_size(ds.attribute.n, 3);
    check_text(leie_dataset_get_text(&ds, NULL, "title"), "second");
    check_true(!leie_dataset_get_text(&ds, NULL, "residual"));
    check_near(leie_dataset_get(&ds, NULL, "residual")->number[0], 2.385e-13, 0);
    check_size(leie_dataset_get(&ds, NULL, "count")->integer[0], 17);
    check_status(leie_dataset_text(&ds, NULL, "title", "Walloni\xeb", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "attribute 'title': the text is not UTF-8");
    check_text(leie_dataset_get_text(&ds, NULL, "title"), "second");
    leie_dataset_clear(&ds);
}

/* A call that must fail with a piece of text and leave the dataset as it was. */
static void refused(leie_dataset *ds, const char *name, leie_var_type type, const char *dims, const char *units,
                    const char *long_name, leie_status expected, const char *piece)
{
    leie_error err = {0};
    leie_var *v = NULL;
    leie_size vars = ds->vars;
    check_status(leie_dataset_var(&v, ds, name, type, dims, units, long_name, &err), expected, &err);
    check_has(err.text, piece);
    check_true(!v);
    check_size(ds->vars, vars);
}

static void test_refusals(void)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    check_size(leie_dataset_dim(&ds, "year", 3, &err), 0);
    check_size(leie_dataset_dim(&ds, "big", INT32_MAX, &err), 1);
    check_size(leie_dataset_dim(&ds, "bigger", INT32_MAX, &err), 2);
    check_size(leie_dataset_dim(&ds, "biggest", INT32_MAX, &err), 3);
    check_ok(leie_dataset_var(NULL, &ds, "rmc", LEIE_VAR_DOUBLE, "year", "t", "footprint", &err), &err);
    refused(&ds, "rmc", LEIE_VAR_DOUBLE, "year", "t", "x", LEIE_ERR_DATA, "'rmc' appears twice");
    refused(&ds, "a b", LEIE_VAR_DOUBLE, "year", "t", "x", LEIE_ERR_DATA, "'a b' is no name for a variable");
    refused(&ds, "a", LEIE_VAR_DOUBLE, "year month", "t", "x", LEIE_ERR_DATA, "unknown dimension 'month'");
    refused(&ds, "a", LEIE_VAR_DOUBLE, "year year", "t", "x", LEIE_ERR_SHAPE, "has dimension 'year' twice");
    refused(&ds, "a", LEIE_VAR_DOUBLE, "year", NULL, "x", LEIE_ERR_DATA, "'a' has no units");
    refused(&ds, "a", LEIE_VAR_INT, "year", "1", "", LEIE_ERR_DATA, "'a' has no long_name");
    refused(&ds, "year", LEIE_VAR_INT, "year big", "1", "x", LEIE_ERR_DATA, "has the name of a dimension");
    refused(&ds, "a", LEIE_VAR_DOUBLE, "big bigger biggest", "1", "x", LEIE_ERR_SHAPE, "more than 2^63 values");
    refused(&ds, "a", LEIE_VAR_DOUBLE, "big bigger", "1", "x", LEIE_ERR_NOMEM, "out of memory for a");
    refused(&ds, "a", LEIE_VAR_DOUBLE, "year year year year year year year year year", "1", "x", LEIE_ERR_SHAPE,
            "more than 8 dimensions");
    check_size(leie_dataset_dim(&ds, "year", 4, &err), LEIE_ERR_DATA);
    check_has(err.text, "dimension 'year' appears twice");
    check_size(leie_dataset_dim(&ds, "rmc", 4, NULL), LEIE_ERR_DATA);
    err = (leie_error){0};
    check_size(leie_dataset_dim(&ds, "empty", 0, &err), LEIE_ERR_SHAPE);
    check_has(err.text, "dimension 'empty' has length 0, expected 1 to");
    leie_dataset_clear(&ds);
}

/* A coordinate that fails half-way leaves neither its dimension nor its variables. */
static void test_coordinate_is_whole(void)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    char *code[] = {(char[]){"A"}, (char[]){"B"}}, *bad[] = {(char[]){"good"}, (char[]){"\xff"}};
    check_status(leie_dataset_coordinate(&ds, "region", 2, code, bad, "region", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "variable 'region_name': text 1 is not UTF-8");
    check_size(ds.dims, 0);
    check_size(ds.vars, 0);
    leie_dataset_clear(&ds);
}

static void test_texts(void)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    leie_var *v = NULL;
    const char *good[] = {"", "plain", "Walloni\xc3\xab", "\xe2\x82\xac", "\xf0\x9f\x8c\x8a"};
    const char *bad[] = {"\xeb", "\xc0\x80", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80"};
    check_ok(leie_dataset_var(&v, &ds, "note", LEIE_VAR_TEXT, "", NULL, "note", &err), &err);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        check_ok(leie_var_set_text(v, 0, good[i], &err), &err);
        check_text(v->text[0], good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_size(leie_var_set_text(v, 0, bad[i], NULL), LEIE_ERR_DATA);
    check_size(leie_var_set_text(v, 1, "beyond", NULL), LEIE_ERR_SHAPE);
    leie_dataset_clear(&ds);
}

CHECK_SUITE(dataset, {"building", test_building, NULL}, {"attributes", test_attributes, NULL},
            {"refusals", test_refusals, NULL}, {"a coordinate is whole or not there", test_coordinate_is_whole, NULL},
            {"texts are UTF-8", test_texts, NULL})
