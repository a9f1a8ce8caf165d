// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/texttable.h"
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// What a table prints, to be freed.
static char *printed(const leie_texttable *t, int indent)
{
    char *text = NULL;
    size_t size = 0;
    leie_error err = {0};
    FILE *f = open_memstream(&text, &size);
    check_ok(leie_texttable_print(t, f, indent, &err), &err);
    fclose(f);
    return text;
}

static void test_alignment(void)
{
    leie_texttable t;
    leie_texttable_start(&t, "lrl");
    const char *const cell[] = {"group", "Mt", "note", "Biomass", "12.5", "", "Erts\xc3\xab", "2.385", "x"};
    for (int i = 0; i < 9; i++)
        leie_texttable_add(&t, "%s", cell[i]);
    char *text = printed(&t, 1);
    check_text(text, " group       Mt  note\n"
                     " Biomass   12.5\n"
                     " Erts\xc3\xab    2.385  x\n");
    free(text);
    leie_texttable_clear(&t);
}

static void test_numbers(void)
{
    leie_texttable t;
    leie_texttable_start(&t, "rrr");
    leie_texttable_number(&t, 2, 2.385);
    leie_texttable_number(&t, 1, NAN);
    leie_texttable_number(&t, 1, -0.0);
    char *text = printed(&t, 0);
    check_text(text, "2.38  -  0.0\n"); // 2.385 is stored a little below
    free(text);
    leie_texttable_clear(&t);
}

static void test_limit(void)
{
    leie_texttable t;
    leie_texttable_start(&t, "ll");
    t.limit[0] = 6;
    leie_texttable_add(&t, "\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab");
    leie_texttable_add(&t, "a longer one");
    leie_texttable_add(&t, "123456");
    leie_texttable_end_row(&t);
    char *text = printed(&t, 0);
    check_text(text, "\xc3\xab\xc3\xab\xc3\xab\xc3\xab..  a longer one\n123456\n");
    free(text);
    leie_texttable_clear(&t);
}

static void test_empty(void)
{
    leie_texttable t;
    leie_texttable_start(&t, "l");
    char *text = printed(&t, 0);
    check_text(text, "");
    free(text);
    leie_texttable_clear(&t);
}

CHECK_SUITE(texttable, {"alignment", test_alignment, NULL}, {"numbers", test_numbers, NULL},
            {"limit", test_limit, NULL}, {"empty", test_empty, NULL})
