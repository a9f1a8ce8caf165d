// SPDX-License-Identifier: GPL-3.0-or-later
/* Weights of the parts of a sector: part,what,value[,in][,region][,item][,source][,note]. */
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/read_table.h"
#include "io/read/records.h"
#include "kernels/memory.h"

static leie_status take_weight(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_disaggregation *d = ctx;
    char what[LEIE_LABEL_SIZE], in[LEIE_LABEL_SIZE], region[LEIE_LABEL_SIZE], item[LEIE_LABEL_SIZE];
    leie_part_weight w = {.in = in, .region = region, .item = item, .line = csv->line};
    leie_size part, c = leie_csv_column(csv, "what");
    leie_status st = leie_lookup_label(&part, csv, leie_csv_column(csv, "part"), &d->part, "part", err);
    st = st ? st : leie_csv_label(csv, c, what, sizeof what, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "in"), in, sizeof in, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "region"), region, sizeof region, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "item"), item, sizeof item, err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &w.value, err);
    int known = st ? 0 : leie_part_what_find(what);
    if (!st && known < 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' is none of output, row, column, coefficient, extension", what);
    if (st)
        return st;
    w.what = (leie_part_what)known;
    w.part = (leie_index)part;
    return leie_disaggregation_add(d, &w, err);
}

leie_status leie_read_part_weights(leie_disaggregation *d, const leie_path *path, int year, leie_provenance *p,
                                   leie_error *err)
{
    static const char *const required[] = {"part", "what", "value", NULL};
    static const char *const optional[] = {"in", "region", "item", "source", "note", NULL};
    static const leie_record_file file = {required, optional, "weights of parts", take_weight};
    leie_place place;
    leie_status st = leie_place_of(&place, path, year, err);
    if (!st && !(d->path = leie_strdup(place.real)))
        st = leie_fail_memory(err, "a path", 1, strlen(place.real));
    if (!st)
        st = leie_records_read(&place, &file, d, p, err);
    leie_place_clear(&place);
    return st;
}
