// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/study/yaml.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static leie_status parse(leie_yaml **root, const char *text, leie_error *err)
{
    *err = (leie_error){0};
    return leie_yaml_parse(root, "s.yaml", text, (leie_size)strlen(text), err);
}

static void test_tree(void)
{
    leie_error err;
    leie_yaml *root;
    const char *text = NULL;
    double number = 7;
    leie_size integer = 7;
    bool flag = false;
    check_ok(parse(&root,
                   "a: 2.385\n"
                   "b:\n  - {code: NO, n: 12, on: true}\n  - '12'\n"
                   "c: ~\n"
                   "d: |\n  two\n  lines\n",
                   &err),
             &err);
    check_size(root->n, 4);
    check_ok(leie_yaml_number(root, "a", &number, &err), &err);
    check_near(number, 2.385, 0);
    const leie_yaml *b = leie_yaml_get(root, "b");
    check_size(b->kind, LEIE_YAML_LIST);
    check_size(b->line, 2);
    check_size(b->child[0]->child[1]->line, 3);
    check_ok(leie_yaml_text(b->child[0], "code", &text, &err), &err);
    check_text(text, "NO");
    check_ok(leie_yaml_integer(b->child[0], "n", &integer, &err), &err);
    check_size(integer, 12);
    check_ok(leie_yaml_flag(b->child[0], "on", &flag, &err), &err);
    check_true(flag);
    check_true(b->child[1]->quoted);
    check_true(leie_yaml_get(root, "c") == NULL);
    number = 3.5;
    check_ok(leie_yaml_number(root, "c", &number, &err), &err);
    check_near(number, 3.5, 0);
    check_ok(leie_yaml_text(root, "d", &text, &err), &err);
    check_text(text, "two\nlines\n");
    check_true(leie_yaml_free(root) == NULL);
}

// Each wrong type says what was expected, where, and what was found.
static void test_types(void)
{
    leie_error err;
    leie_yaml *root;
    const char *text;
    double number;
    leie_size integer;
    bool flag;
    check_ok(parse(&root, "a: '1'\nb: [1]\nc: {d: 1}\ne: 1,5\nf: 12.5\ng: yes\nh: 99999999999999999999\n", &err), &err);
    check_status(leie_yaml_number(root, "a", &number, &err), LEIE_ERR_DATA, &err);
    check_text(err.text, "s.yaml:1: 'a' should be a number, found the text '1'");
    err = (leie_error){0};
    check_status(leie_yaml_text(root, "b", &text, &err), LEIE_ERR_DATA, &err);
    check_text(err.text, "s.yaml:2: 'b' should be a text, found a list");
    err = (leie_error){0};
    check_status(leie_yaml_flag(root, "c", &flag, &err), LEIE_ERR_DATA, &err);
    check_text(err.text, "s.yaml:3: 'c' should be true or false, found a map");
    err = (leie_error){0};
    check_status(leie_yaml_number(root, "e", &number, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "s.yaml:4: 'e' should be a number, found '1,5'");
    err = (leie_error){0};
    check_status(leie_yaml_integer(root, "f", &integer, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "whole number, found '12.5'");
    err = (leie_error){0};
    check_status(leie_yaml_flag(root, "g", &flag, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "true or false, found 'yes'");
    err = (leie_error){0};
    check_status(leie_yaml_integer(root, "h", &integer, &err), LEIE_ERR_DATA, &err);
    leie_yaml_free(root);
}

static void test_known_keys(void)
{
    static const char *const keys[] = {"tables", "title", NULL};
    leie_error err;
    leie_yaml *root;
    check_ok(parse(&root, "title: x\ntabels: 3\n", &err), &err);
    check_status(leie_yaml_known(root, keys, &err), LEIE_ERR_DATA, &err);
    check_text(err.text, "s.yaml:2: unknown key 'tabels', did you mean 'tables'?");
    leie_yaml_free(root);
    check_ok(parse(&root, "[1, 2]", &err), &err);
    check_status(leie_yaml_known(root, keys, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "s.yaml:1: a map (key: value) is expected");
    leie_yaml_free(root);
}

static void refused(const char *text, const char *piece)
{
    leie_error err;
    leie_yaml *root;
    check_status(parse(&root, text, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, piece);
    check_true(root == NULL);
}

static void test_hostile(void)
{
    refused("", "s.yaml: empty");
    refused("# nothing\n", "s.yaml: empty");
    refused("a: 1\nb: 2\na: 3\n", "s.yaml:3: key 'a' is already on line 1");
    refused("a: {b: 1, c: 2, 'b': 3}\n", "key 'b' is already on line 1");
    refused("a: &x 1\n", "s.yaml:1: anchors (&x) are not used here");
    refused("a: 1\nb: *x\n", "s.yaml:2: aliases (*x) are not used here");
    refused("a: !!int 1\n", "s.yaml:1: tags (tag:yaml.org,2002:int) are not used here");
    refused("a: 1\nb:\n\tc: 2\n", "s.yaml:3: a tab indents this line");
    refused("a: [1, 2\n", "s.yaml:2:");
    refused("a: 'open\n", "s.yaml:2:");
    refused("a: 1\n---\nb: 2\n", "s.yaml:2: a second document begins");
    refused("? [a, b]\n: 1\n", "a key should be a text");
    refused("'': 1\n", "empty key");
    refused("a: \"x\\0y\"\n", "NUL");
    refused("a: \x01\n", "s.yaml: byte");
}

static void test_depth(void)
{
    leie_error err;
    leie_yaml *root;
    char text[2 * 70 + 1] = "";
    memset(text, '[', LEIE_YAML_DEPTH);
    memset(text + LEIE_YAML_DEPTH, ']', LEIE_YAML_DEPTH);
    check_ok(parse(&root, text, &err), &err);
    leie_yaml_free(root);
    memset(text, '[', 70);
    memset(text + 70, ']', 70);
    refused(text, "s.yaml:1: nested deeper than 64 levels");
    size_t size = 1 << 20; // a megabyte of opening brackets ends at once
    char *deep = malloc(size + 1);
    memset(deep, '[', size);
    deep[size] = '\0';
    refused(deep, "nested deeper than 64 levels");
    free(deep);
}

static void test_size(void)
{
    leie_error err = {0};
    leie_yaml *root;
    size_t size = 17 << 20;
    char *big = malloc(size);
    memset(big, 'a', size);
    check_status(leie_yaml_parse(&root, "s.yaml", big, (leie_size)size, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "s.yaml: 17825792 bytes of YAML, at most 16777216 are read");
    char path[600];
    snprintf(path, sizeof path, "%s/big.yaml", check_folder());
    FILE *f = fopen(path, "w");
    fwrite(big, 1, size, f);
    fclose(f);
    free(big);
    err = (leie_error){0};
    check_status(leie_yaml_read(&root, path, NULL, NULL, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, path);
    check_true(root == NULL);
}

// Many keys cost no square of their number: a map of 200,000 in well under the patience of a test.
static void test_many_keys(void)
{
    leie_error err = {0};
    leie_yaml *root;
    size_t room = 200000 * 12, used = 0;
    char *text = malloc(room);
    for (int i = 0; i < 200000; i++)
        used += (size_t)snprintf(text + used, room - used, "k%d: 1\n", i);
    check_ok(leie_yaml_parse(&root, "s.yaml", text, (leie_size)used, &err), &err);
    check_size(root->n, 200000);
    leie_yaml_free(root);
    free(text);
}

static void test_set(void)
{
    leie_error err;
    leie_yaml *root;
    double number = 0;
    const char *text = NULL;
    check_ok(parse(&root, "solver: {tolerance: 1e-8}\nlist: [a, b]\nempty: ~\n", &err), &err);
    check_ok(leie_yaml_set(root, "solver.tolerance=1e-10", &err), &err);
    check_ok(leie_yaml_number(leie_yaml_get(root, "solver"), "tolerance", &number, &err), &err);
    check_near(number, 1e-10, 0);
    check_ok(leie_yaml_set(root, "empty.x.y=[1, {z: two}]", &err), &err);
    const leie_yaml *y = leie_yaml_get(leie_yaml_get(leie_yaml_get(root, "empty"), "x"), "y");
    check_ok(leie_yaml_text(y->child[1], "z", &text, &err), &err);
    check_text(text, "two");
    check_ok(leie_yaml_set(root, "list.1=c", &err), &err);
    check_ok(leie_yaml_set(root, "list.2=d", &err), &err);
    check_size(leie_yaml_get(root, "list")->n, 3);
    check_text(leie_yaml_get(root, "list")->child[1]->text, "c");
    check_text(leie_yaml_get(root, "list")->child[2]->text, "d");
    check_ok(leie_yaml_set(root, "title=a=b", &err), &err);
    check_ok(leie_yaml_text(root, "title", &text, &err), &err);
    check_text(text, "a=b");
    check_ok(leie_yaml_set(root, "title=", &err), &err);
    check_true(leie_yaml_get(root, "title") == NULL);
    leie_yaml_free(root);
}

static void set_refused(leie_yaml *root, const char *assignment, const char *piece)
{
    leie_error err = {0};
    check_status(leie_yaml_set(root, assignment, &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, piece);
}

static void test_set_refused(void)
{
    leie_error err;
    leie_yaml *root;
    double number;
    check_ok(parse(&root, "a: 1\nlist: [x]\n", &err), &err);
    set_refused(root, "a", "--set needs key=value, found 'a'");
    set_refused(root, "=1", "--set needs key=value");
    set_refused(root, "a.b=1", "nothing called 'b' can be set there");
    set_refused(root, "list.5=1", "nothing called '5' can be set there");
    set_refused(root, "c..d=1", "nothing called '' can be set there");
    set_refused(root, "a.=1", "nothing called '' can be set there");
    set_refused(root, "a=[1", "--set");
    char deep[200] = "";
    for (int i = 0; i < 64; i++)
        strcat(deep, "a.");
    set_refused(root, strcat(deep, "a=1"), "nested deeper than 64 levels");
    check_ok(leie_yaml_set(root, "a=x", &err), &err);
    check_status(leie_yaml_number(root, "a", &number, &err), LEIE_ERR_USAGE, &err);
    check_text(err.text, "--set: 'a' should be a number, found 'x'");
    leie_yaml_free(root);
}

CHECK_SUITE(yaml, {"tree", test_tree, NULL}, {"types", test_types, NULL}, {"known keys", test_known_keys, NULL},
            {"hostile", test_hostile, NULL}, {"depth", test_depth, NULL}, {"size", test_size, NULL},
            {"many keys", test_many_keys, NULL}, {"set", test_set, NULL}, {"set refused", test_set_refused, NULL})
