// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/check.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels/grow.h"
#include "kernels/memory.h"

typedef struct odd_item {
    char text[5];
} odd_item;

static void test_one_by_one(void)
{
    odd_item *list = NULL;
    leie_size room = 0, moves = 0;
    bool zero = true, kept = true;
    for (leie_size n = 0; n < 1000; n++) {
        leie_size before = room;
        leie_error err = {0};
        if (!check_ok(leie_grow(&list, &room, n, sizeof *list, "items", &err), &err) || !check_true(n < room))
            return;
        moves += room != before;
        for (int c = 0; c < 5; c++)
            zero &= list[n].text[c] == 0;
        snprintf(list[n].text, sizeof list[n].text, "%d", (int)n % 1000);
    }
    for (int n = 0; n < 1000; n++)
        kept &= atoi(list[n].text) == n;
    check_true(zero);
    check_true(kept);
    check_size(moves, 7); // 16, 32, ... 1024
    leie_free(list);
}

static void test_there_already(void)
{
    enum { THERE = 40 };
    double *list = leie_new(THERE, sizeof *list);
    leie_size room = 0;
    leie_error err = {0};
    if (!check_true(list != NULL))
        return;
    for (int i = 0; i < THERE; i++)
        list[i] = i;
    check_ok(leie_grow(&list, &room, THERE, sizeof *list, "items", &err), &err);
    check_true(room > THERE);
    for (int i = 0; i < THERE; i++)
        check_near(list[i], i, 0);
    leie_free(list);
}

static void test_fails_whole(void)
{
    double one = 1, *list = &one;
    leie_size room = 1;
    leie_error err = {0};
    check_status(leie_grow(&list, &room, 1, SIZE_MAX / 4, "many items", &err), LEIE_ERR_NOMEM, &err);
    check_true(list == &one);
    check_size(room, 1);
    check_has(err.text, "many items");
}

/* A large block that is freed between hold and let go is the one that the next gets, zeroed; a small one or one that is much
 * larger is not. */
static void test_held(void)
{
    enum { MANY = 1 << 18, FEW = 1 << 10 };
    leie_memory_hold();
    leie_memory_hold();
    leie_memory_let_go(); // the other still holds
    double *block = leie_new(MANY, sizeof *block), *again, *less;
    uintptr_t was = (uintptr_t)block;
    block[MANY - 1] = 2.385;
    leie_free(block);
    less = leie_new(MANY / 2, sizeof *less);
    check_true((uintptr_t)less != was);
    again = leie_new(MANY - FEW, sizeof *again);
#ifndef __SANITIZE_ADDRESS__
    check_true((uintptr_t)again == was);
#endif
    bool zero = true;
    for (leie_size i = 0; i < MANY - FEW; i++)
        zero &= again[i] == 0;
    check_true(zero);
    again = leie_resize(again, MANY - FEW, 2 * MANY, sizeof *again);
    check_near(again[2 * MANY - 1], 0, 0);
    void *library = leie_library_calloc(MANY, 8);
    check_true(((double *)library)[MANY - FEW] == 0);
    leie_library_free(leie_library_realloc(library, (size_t)3 * MANY * 8));
    leie_free(less);
    leie_free(again);
    leie_memory_let_go();
}

CHECK_SUITE(grow, {"items one by one", test_one_by_one, NULL}, {"items that are there already", test_there_already, NULL},
            {"a failure leaves the list", test_fails_whole, NULL}, {"held", test_held, NULL})
