// SPDX-License-Identifier: GPL-3.0-or-later
/* The part of a published matrix that can be held against a table. */
#include "io/read/read_impl.h"
#include "io/read/read_sut.h"
#include "io/read/wide.h"
#include "kernels/memory.h"

static leie_status find_codes(leie_size *take_row, leie_size *col, const leie_wide *wide, const leie_axis *sector,
                              leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < wide->row.n; i++)
        take_row[i] = -1;
    for (leie_size i = 0; !st && i < sector->n; i++) {
        leie_size at;
        st = leie_wide_find(&at, wide, true, sector->code[i], err);
        if (!st)
            take_row[at] = i;
        if (!st)
            st = leie_wide_find(&col[i], wide, false, sector->code[i], err);
    }
    return st;
}

leie_status leie_read_reference(double *Z, const char *file, const leie_axis *sector, leie_provenance *p,
                                leie_error *err)
{
    leie_place place;
    leie_wide wide = {0};
    leie_size *take_row = NULL, *col = NULL;
    leie_status st = leie_place_at(&place, file, err);
    const leie_path path = {.real = place.real, .shown = place.shown};
    if (!st)
        st = leie_wide_open(&wide, &path, 0, err);
    if (!st) {
        take_row = leie_new(wide.row.n, sizeof *take_row);
        col = leie_new(sector->n, sizeof *col);
        if (!take_row || !col)
            st = leie_fail_memory(err, file, wide.row.n, sizeof *col);
    }
    if (!st)
        st = find_codes(take_row, col, &wide, sector, err);
    if (!st)
        st = leie_wide_values(&wide, take_row, col, sector->n, Z, p, "published table", err);
    leie_free(take_row);
    leie_free(col);
    leie_wide_clear(&wide);
    leie_place_clear(&place);
    return st;
}
