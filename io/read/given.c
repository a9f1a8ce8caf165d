// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/given.h"

#include <assert.h>

#include "kernels/memory.h"

static leie_size words(leie_size cols)
{
    return (cols + 63) / 64;
}

leie_status leie_given_room(leie_given *given, leie_size rows, leie_size cols, leie_error *err)
{
    assert(given->rows == 0 || given->cols == cols);
    if (rows <= given->rows)
        return LEIE_OK;
    leie_size room = rows < 2 * given->rows ? 2 * given->rows : rows;
    uint64_t *bit = leie_resize(given->bit, given->rows * words(cols), room * words(cols), sizeof *bit);
    if (!bit)
        return leie_fail_memory(err, "a map of the cells read", room * words(cols), sizeof *bit);
    *given = (leie_given){.rows = room, .cols = cols, .bit = bit};
    return LEIE_OK;
}

bool leie_given_mark(leie_given *given, leie_size row, leie_size col)
{
    assert(row >= 0 && row < given->rows && col >= 0 && col < given->cols);
    uint64_t *word = &given->bit[row * words(given->cols) + col / 64];
    uint64_t mask = (uint64_t)1 << (col % 64);
    bool fresh = !(*word & mask);
    *word |= mask;
    return fresh;
}

void leie_given_free(leie_given *given)
{
    leie_free(given->bit);
    *given = (leie_given){0};
}
