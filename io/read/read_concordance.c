// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/read_table.h"
#include "io/read/records.h"
#include "kernels/memory.h"

static leie_status take_link(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_concordance *c = ctx;
    char from[LEIE_LABEL_SIZE], to[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE], optional[LEIE_LABEL_SIZE];
    double weight = 1;
    leie_error why = {0};
    leie_size at = leie_csv_column(csv, "weight");
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "from"), from, sizeof from, err);
    if (!st)
        st = leie_csv_label(csv, leie_csv_column(csv, "to"), to, sizeof to, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "optional"), optional, sizeof optional, err);
    if (!st && optional[0] && strcmp(optional, "yes") != 0 && strcmp(optional, "no") != 0)
        st = leie_csv_fail(csv, leie_csv_column(csv, "optional"), LEIE_ERR_DATA, err, "'%s': expected yes or no", optional);
    if (!st && at >= 0)
        st = leie_csv_number(csv, at, &weight, err);
    if (!st && weight < 0)
        st = leie_csv_fail(csv, at, LEIE_ERR_DATA, err, "a negative weight: %g", weight);
    if (st)
        return st;
    st = leie_concordance_add(c, from, to, name, weight, csv->line, &why);
    if (!st)
        c->link[c->n - 1].optional = strcmp(optional, "yes") == 0;
    return st ? leie_csv_fail(csv, -1, st, err, "%s", why.text) : LEIE_OK;
}

leie_status leie_read_concordance(leie_concordance *c, const leie_path *path, const char *role, leie_provenance *p,
                                  leie_error *err)
{
    static const char *const required[] = {"from", "to", NULL};
    static const char *const optional[] = {"weight", "name", "optional", "note", "source", NULL};
    const leie_record_file file = {required, optional, role, take_link};
    leie_place place;
    leie_status st = leie_place_of(&place, path, 0, err);
    if (st)
        return st;
    if (!place.real)
        return leie_fail(err, LEIE_ERR_DATA, "the concordance of %s has no file", role);
    c->path = leie_strdup(place.real);
    if (!c->path)
        st = leie_fail_memory(err, "a path", 1, strlen(place.real));
    if (!st)
        st = leie_records_read(&place, &file, c, p, err);
    if (!st && c->n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: a concordance without links", place.real);
    if (st)
        leie_concordance_clear(c);
    leie_place_clear(&place);
    return st;
}
