// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/records.h"

leie_status leie_records_read(const leie_place *place, const leie_record_file *file, void *ctx, leie_provenance *p,
                              leie_error *err)
{
    leie_csv csv = {0};
    bool more = false;
    leie_status st = leie_csv_open(&csv, place->real, file->required, file->optional, err);
    while (!st && !(st = leie_csv_next(&csv, &more, err)) && more)
        st = file->take(ctx, &csv, err);
    if (!st && file->role && p)
        st = leie_place_source(place, &csv, p, file->role, err);
    leie_csv_close(&csv);
    return st;
}

leie_status leie_records_read_given(const leie_path *path, int year, const leie_record_file *file, void *ctx, leie_provenance *p,
                                    leie_error *err)
{
    leie_place place;
    leie_status st = leie_place_of(&place, path, year, err);
    if (!st && place.real)
        st = leie_records_read(&place, file, ctx, p, err);
    leie_place_clear(&place);
    return st;
}
