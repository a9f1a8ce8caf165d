// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/triplets.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/number.h"
#include "kernels/parallel.h"

enum {
    PIECE = 1 << 20,  // bytes of text of one item of work
    DIGITS_MOST = 10, // of a row or column number
    VALUE_MOST = 64   // bytes of a value
};

typedef struct scan {
    const char *text, *end;
    leie_size pieces;
    leie_size *lines; // [pieces + 1] lines that begin in each piece, then the first line of each
    bool *odd;        // [pieces] something else than triplets
    leie_size rows, cols;
    leie_cell *cell;
} scan;

// Where the first line begins that begins in piece p.
static const char *first_line(const scan *s, leie_size p)
{
    const char *at = s->text + p * PIECE;
    if (p == 0)
        return at;
    if (at >= s->end)
        return s->end;
    const char *newline = memchr(at - 1, '\n', (size_t)(s->end - at + 1));
    return newline ? newline + 1 : s->end;
}

static leie_status count_lines(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    scan *s = ctx;
    for (leie_size p = first; p < last; p++) {
        const char *at = first_line(s, p), *end = first_line(s, p + 1);
        while (at < end) {
            const char *newline = memchr(at, '\n', (size_t)(end - at));
            at = newline ? newline + 1 : end;
            s->lines[p + 1]++;
        }
    }
    return LEIE_OK;
}

// Digits up to a comma, as a number below limit; NULL for anything else, else the byte behind the comma.
static const char *read_index(leie_index *index, const char *at, leie_size limit)
{
    leie_size value = 0;
    const char *start = at;
    for (; *at >= '0' && *at <= '9' && at - start < DIGITS_MOST; at++)
        value = 10 * value + (*at - '0');
    if (at == start || *at != ',' || value >= limit)
        return NULL;
    *index = (leie_index)value;
    return at + 1;
}

// A number up to the end of its line; NULL for anything else, else the byte behind the line.
static const char *read_value(double *value, const char *at, const char *end)
{
    leie_size room = end - at < VALUE_MOST ? end - at : VALUE_MOST;
    const char *newline = memchr(at, '\n', (size_t)room);
    if (!newline && room < end - at)
        return NULL;
    const char *stop = newline ? newline : end;
    leie_size size = stop - at - (stop > at && stop[-1] == '\r');
    bool good = leie_number_read(value, at, size) == LEIE_NUMBER_OK && isfinite(*value);
    return !good ? NULL : newline ? newline + 1 : end;
}

static leie_status read_lines(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    scan *s = ctx;
    for (leie_size p = first; p < last; p++) {
        const char *at = first_line(s, p), *end = first_line(s, p + 1);
        leie_cell *cell = s->cell + s->lines[p];
        for (; at && at < end; cell++) {
            at = read_index(&cell->row, at, s->rows);
            at = at ? read_index(&cell->col, at, s->cols) : NULL;
            at = at ? read_value(&cell->val, at, end) : NULL;
        }
        s->odd[p] = !at;
    }
    return LEIE_OK;
}

leie_status leie_triplets_scan(leie_cells *cells, bool *plain, const char *text, leie_size size, leie_size rows,
                               leie_size cols, leie_error *err)
{
    scan s = {.text = text, .end = text + size, .pieces = size / PIECE + 1, .rows = rows, .cols = cols};
    s.lines = leie_new(s.pieces + 1, sizeof *s.lines);
    s.odd = leie_new(s.pieces, sizeof *s.odd);
    leie_status st = s.lines && s.odd ? LEIE_OK : leie_fail_memory(err, "pieces of a text", s.pieces, sizeof *s.lines);
    *cells = (leie_cells){0};
    *plain = !st;
    if (!st)
        st = leie_parallel_for(s.pieces, 1, count_lines, &s, err);
    for (leie_size p = 0; !st && p < s.pieces; p++)
        s.lines[p + 1] += s.lines[p];
    leie_size n = st ? 0 : s.lines[s.pieces];
    if (!st && n) {
        s.cell = leie_new(n, sizeof *s.cell);
        st = s.cell ? leie_parallel_for(s.pieces, 1, read_lines, &s, err)
                    : leie_fail_memory(err, "cells of a text", n, sizeof *s.cell);
    }
    for (leie_size p = 0; !st && p < s.pieces; p++)
        *plain &= !s.odd[p];
    if (!st && *plain)
        *cells = (leie_cells){.n = n, .room = n, .cell = s.cell};
    else
        leie_free(s.cell);
    leie_free(s.lines);
    leie_free(s.odd);
    return st;
}
