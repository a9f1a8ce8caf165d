// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/check.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"

typedef struct odd_item {
    char text[5];
} odd_item;

static void grows_by_one(void)
{
    odd_item *list = NULL;
    leie_size room = 0, moves = 0;
    for (leie_size n = 0; n < 1000; n++) {
        leie_size before = room;
        leie_error err = {0};
        CU_ASSERT_EQUAL(leie_grow(&list, &room, n, sizeof *list, "items", &err), LEIE_OK);
        CU_ASSERT_FATAL(n < room);
        moves += room != before;
        for (int c = 0; c < 5; c++)
            CU_ASSERT_EQUAL(list[n].text[c], 0);
        snprintf(list[n].text, sizeof list[n].text, "%lld", (long long)n);
    }
    CU_ASSERT(moves <= 7); // 16, 32, ... 1024
    for (int n = 0; n < 1000; n++)
        CU_ASSERT_EQUAL(atoi(list[n].text), n);
    leie_free(list);
}

static void keeps_items_whose_room_is_not_known(void)
{
    double *list = leie_new(40, sizeof *list);
    leie_size room = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    for (int i = 0; i < 40; i++)
        list[i] = i;
    CU_ASSERT_EQUAL(leie_grow(&list, &room, 40, sizeof *list, "items", NULL), LEIE_OK);
    CU_ASSERT(room > 40);
    for (int i = 0; i < 40; i++)
        CU_ASSERT_EQUAL(list[i], i);
    leie_free(list);
}

static void fails_whole(void)
{
    double one = 1, *list = &one;
    leie_size room = 1;
    leie_error err = {0};
    CU_ASSERT_EQUAL(leie_grow(&list, &room, 1, SIZE_MAX / 4, "many items", &err), LEIE_ERR_NOMEM);
    CU_ASSERT_PTR_EQUAL(list, &one);
    CU_ASSERT_EQUAL(room, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "many items"));
}

CHECK_SUITE(grow, {"items one by one", grows_by_one, NULL}, {"items that are there already", keeps_items_whose_room_is_not_known, NULL},
            {"a failure leaves the list", fails_whole, NULL})
