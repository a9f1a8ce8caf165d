// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/labels.h"
#include "tests/check.h"

#include <stdio.h>

static void test_list(void)
{
    leie_error err = {0};
    leie_labels list = {0};
    for (int i = 0; i < 100; i++) {
        char code[16];
        snprintf(code, sizeof code, "c%d", i);
        check_size(leie_labels_add(&list, code, "", "t", NULL, &err), i);
    }
    check_size(leie_labels_find(&list, "c57"), 57);
    check_size(leie_labels_find(&list, "c100"), -1);
    check_size(leie_labels_add(&list, "c57", NULL, NULL, NULL, &err), LEIE_ERR_DATA);
    check_has(err.text, "'c57' appears twice");
    check_text(leie_labels_nearest(&list, "cc57"), "c57");
    leie_labels copy = {0};
    err.code = LEIE_OK;
    check_ok(leie_labels_copy(&copy, &list, &err), &err);
    check_size(leie_labels_find(&copy, "c99"), 99);
    leie_labels_clear(&copy);
    leie_labels_clear(&list);
}

static void test_axis_unequal_regions(void)
{
    leie_error err = {0};
    leie_axis axis = {0};
    check_size(leie_axis_add(&axis, "BE", "A", "", "", 0, &err), 0);
    check_size(leie_axis_add(&axis, "BE", "B", "", "", 0, &err), 1);
    check_size(leie_axis_add(&axis, "FR", "B", "", "", 0, &err), 2);
    check_size(axis.first[1], 2);
    check_size(axis.first[2], 3);
    check_size(leie_axis_find(&axis, "FR", "B"), 2);
    check_size(leie_axis_find(&axis, "FR", "A"), -1);
    check_size(leie_axis_add(&axis, "BE", "C", "", "", 0, &err), LEIE_ERR_DATA);
    check_has(err.text, "'BE' are not together");
    leie_labels codes = {0};
    leie_index item[3];
    err.code = LEIE_OK;
    check_ok(leie_axis_codes(&codes, item, &axis, &err), &err);
    check_size(codes.n, 2);
    check_size(item[2], 1);
    leie_labels_clear(&codes);
    leie_axis_clear(&axis);
}

CHECK_SUITE(labels, {"list", test_list, NULL}, {"axis with unequal regions", test_axis_unequal_regions, NULL})
