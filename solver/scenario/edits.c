// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/edits.h"

#include <string.h>

#include "kernels/memory.h"

static leie_size slot_of(const leie_edits *e, leie_size row, leie_size col)
{
    uint64_t key = (uint64_t)row * 0x9E3779B97F4A7C15u ^ (uint64_t)col * 0xC2B2AE3D27D4EB4Fu;
    key ^= key >> 29;
    key *= 0xBF58476D1CE4E5B9u;
    leie_size at = (leie_size)((key >> 32) & (uint64_t)(e->slots - 1));
    for (; e->slot[at]; at = (at + 1) & (e->slots - 1)) {
        const leie_edit *c = &e->edit[e->slot[at] - 1];
        if (c->row == row && c->col == col)
            break;
    }
    return at;
}

leie_edit *leie_edits_find(const leie_edits *e, leie_size row, leie_size col)
{
    if (e->n == 0)
        return NULL;
    leie_index at = e->slot[slot_of(e, row, col)];
    return at ? &e->edit[at - 1] : NULL;
}

// Room for one more cell; at most half of the slots are taken.
static leie_status grow(leie_edits *e, leie_error *err)
{
    if (e->n < e->room)
        return LEIE_OK;
    leie_size room = e->room ? 2 * e->room : 64;
    leie_edit *edit = leie_resize(e->edit, e->n, room, sizeof *edit);
    if (!edit)
        return leie_fail_memory(err, "changed cells", room, sizeof *edit);
    e->edit = edit;
    leie_index *slot = leie_new(2 * room, sizeof *slot);
    if (!slot)
        return leie_fail_memory(err, "changed cells", 2 * room, sizeof *slot);
    leie_free(e->slot);
    e->slot = slot;
    e->slots = 2 * room;
    e->room = room;
    for (leie_size i = 0; i < e->n; i++)
        e->slot[slot_of(e, e->edit[i].row, e->edit[i].col)] = (leie_index)(i + 1);
    return LEIE_OK;
}

leie_status leie_edits_set(leie_edits *e, leie_size row, leie_size col, double old, double now, leie_error *err)
{
    leie_edit *there = leie_edits_find(e, row, col);
    if (there) {
        there->now = now;
        return LEIE_OK;
    }
    leie_status st = grow(e, err);
    if (st)
        return st;
    e->edit[e->n] = (leie_edit){(leie_index)row, (leie_index)col, old, now};
    e->slot[slot_of(e, row, col)] = (leie_index)++e->n;
    return LEIE_OK;
}

void leie_edits_reset(leie_edits *e)
{
    e->n = 0;
    if (e->slot)
        memset(e->slot, 0, (size_t)e->slots * sizeof *e->slot);
}

void leie_edits_clear(leie_edits *e)
{
    leie_free(e->edit);
    leie_free(e->slot);
    *e = (leie_edits){0};
}
