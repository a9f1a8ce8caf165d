// SPDX-License-Identifier: GPL-3.0-or-later
/* Lines "row,col,value" read by all threads, against sscanf; lines that are left to the reader of records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/triplets.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "tests/check.h"

enum { LINES = 120000, ROWS = 4000, COLS = 70000, LINE_ROOM = 64 };

// Lines in no order, values of every length; some end in CR. Together some MB, so several pieces.
static char *make_text(leie_size *size)
{
    char *text = malloc((size_t)LINES * LINE_ROOM), *at = text;
    uint64_t state = 20111995;
    for (int i = 0; i < LINES; i++) {
        int digits = 1 + (int)(17 * check_random(&state));
        double value = (check_random(&state) - 0.5) * (check_random(&state) < 0.1 ? 1e-200 : 1e5);
        at += sprintf(at, "%d,%d,%.*g%s", (int)(ROWS * check_random(&state)), (int)(COLS * check_random(&state)), digits,
                      value, check_random(&state) < 0.01 ? "\r\n" : "\n");
    }
    *size = at - text;
    return text;
}

static void check_cells(const leie_cells *cells, const char *text)
{
    leie_size wrong = 0;
    for (leie_size i = 0; i < cells->n; i++) {
        char *rest;
        leie_size row = strtoll(text, &rest, 10), col = strtoll(rest + 1, &rest, 10);
        double value = strtod(rest + 1, &rest);
        wrong += row != cells->cell[i].row || col != cells->cell[i].col || value != cells->cell[i].val;
        text = strchr(rest, '\n') + 1;
    }
    check_size(wrong, 0);
}

static void test_plain(void)
{
    leie_size size;
    char *text = make_text(&size);
    check_true(size > 2 << 20);
    for (int threads = 1; threads <= 3; threads++) {
        leie_cells cells;
        leie_error err = {0};
        bool plain = false;
        leie_threads_set(threads);
        check_ok(leie_triplets_scan(&cells, &plain, text, size, ROWS, COLS, &err), &err);
        check_true(plain);
        check_size(cells.n, LINES);
        check_cells(&cells, text);
        leie_cells_free(&cells);
    }
    leie_threads_set(0);
    free(text);
}

static bool is_plain(const char *text, leie_size lines)
{
    leie_cells cells;
    leie_error err = {0};
    bool plain = false;
    check_ok(leie_triplets_scan(&cells, &plain, text, (leie_size)strlen(text), 3, 3, &err), &err);
    check_size(cells.n, plain ? lines : 0);
    leie_cells_free(&cells);
    return plain;
}

static void test_odd(void)
{
    check_true(is_plain("", 0));
    check_true(is_plain("0,1,2.385", 1)); // no newline at the end
    check_true(is_plain("0,1,2.385\r\n2,2,-1e-3\n", 2));
    check_true(is_plain("0,1,2\n0,1,3\n", 2)); // repeated: for the matrix to find
    static const char *const odd[] = {"0,1,2\n\n1,1,1\n", "0,1\n",        "0,1,2,5\n",     "0,3,1\n",       "3,0,1\n",
                                      "\"0\",1,1\n",       "-1,0,1\n",     " 0,1,1\n",      "0,1,\n",        "0,1,x\n",
                                      "0,1,nan\n",         "0,1,1e400\n",  "0,1.0,1\n",     "00000000000,1,1\n", ",,\n",
                                      "0,1,1;\n",          "0,1,2\n0,1,3\n0", "0,1,\"2\"\n"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        if (!check_true(!is_plain(odd[i], 0)))
            printf("%s\n", odd[i]);
}

CHECK_SUITE(triplets, {"plain lines against strtod", test_plain, NULL}, {"anything else", test_odd, NULL})
