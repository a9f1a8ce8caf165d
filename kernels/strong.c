// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/strong.h"

#include <string.h>

#include "kernels/memory.h"

/* A walk along cells, depth first. */
typedef struct walk {
    const leie_csr *a;
    leie_index *number; // [n] order in which rows were met, from 1; 0 for those not met
    leie_index *low;    // [n] the earliest row on the stack that is reached
    leie_index *stack;  // [n] rows met and in no block yet
    leie_index *path;   // [n] rows from the start to where the walk is
    leie_size *next;    // [n] the cell to follow next
    leie_size met, held;
    leie_strong *s;
} walk;

static void meet(walk *w, leie_index row)
{
    w->number[row] = w->low[row] = (leie_index)++w->met;
    w->stack[w->held++] = row;
    w->next[row] = w->a->row[row];
}

/* Takes the rows from `row` on from the stack as a block. */
static void close_block(walk *w, leie_index row)
{
    leie_index taken;
    do {
        taken = w->stack[--w->held];
        w->s->of[taken] = (leie_index)w->s->blocks;
        w->low[taken] = INT32_MAX; // reached no more
        w->s->size[w->s->blocks]++;
    } while (taken != row);
    w->s->blocks++;
}

static void walk_from(walk *w, leie_index start)
{
    leie_size depth = 0;
    meet(w, start);
    w->path[depth++] = start;
    while (depth > 0) {
        leie_index row = w->path[depth - 1];
        if (w->next[row] < w->a->row[row + 1]) {
            leie_index to = w->a->col[w->next[row]++];
            if (w->number[to] == 0) {
                meet(w, to);
                w->path[depth++] = to;
            } else if (w->low[to] != INT32_MAX && w->number[to] < w->low[row]) {
                w->low[row] = w->number[to];
            }
            continue;
        }
        depth--;
        leie_index low = w->low[row];
        if (low == w->number[row])
            close_block(w, row);
        else if (depth > 0 && low < w->low[w->path[depth - 1]])
            w->low[w->path[depth - 1]] = low;
    }
}

static void count_inside(leie_strong *s, const leie_csr *a)
{
    for (leie_size i = 0; i < a->rows; i++)
        for (leie_size t = a->row[i]; t < a->row[i + 1]; t++)
            s->inside[s->of[i]] += s->of[a->col[t]] == s->of[i];
}

leie_status leie_strong_new(leie_strong *s, const leie_csr *a, leie_error *err)
{
    leie_size n = a->rows;
    *s = (leie_strong){.n = n,
                       .of = leie_new(n, sizeof *s->of),
                       .size = leie_new(n, sizeof *s->size),
                       .inside = leie_new(n, sizeof *s->inside)};
    leie_index *work = leie_new(4, (size_t)n * sizeof *work);
    leie_size *next = leie_new(n, sizeof *next);
    leie_status st = LEIE_OK;
    if (!s->of || !s->size || !s->inside || !work || !next) {
        st = leie_fail_memory(err, "the blocks of a table", n, 4 * sizeof *work + 3 * sizeof *next);
        leie_strong_free(s);
        goto done;
    }
    walk w = {.a = a, .number = work, .low = work + n, .stack = work + 2 * n, .path = work + 3 * n, .next = next, .s = s};
    for (leie_size i = 0; i < n; i++)
        if (w.number[i] == 0)
            walk_from(&w, (leie_index)i);
    count_inside(s, a);
done:
    leie_free(work);
    leie_free(next);
    return st;
}

void leie_strong_free(leie_strong *s)
{
    leie_free(s->of);
    leie_free(s->size);
    leie_free(s->inside);
    *s = (leie_strong){0};
}
