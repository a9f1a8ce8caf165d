// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/result/result.h"
#include "io/result/result_flows.h"
#include "io/result/result_impl.h"

leie_size leie_result_find_year(const leie_dataset *old, int year, const char *hash)
{
    const leie_var *years = leie_dataset_find(old, "year"), *hashes = leie_dataset_find(old, "input_hash");
    if (!years || !hashes || years->type != LEIE_VAR_INT || hashes->type != LEIE_VAR_TEXT || years->count != hashes->count)
        return -1;
    for (leie_size y = 0; y < years->count; y++)
        if (years->integer[y] == year && strcmp(hashes->text[y], hash) == 0)
            return y;
    return -1;
}

leie_status leie_reuse_stressors(leie_labels *all, const leie_dataset *old, leie_size old_year, leie_error *err)
{
    const leie_var *code = leie_dataset_find(old, "stressor"), *unit = leie_dataset_find(old, "stressor_unit");
    const leie_var *kind = leie_dataset_find(old, "stressor_kind"), *name = leie_dataset_find(old, "stressor_name");
    const leie_var *D_pba = leie_dataset_find(old, "D_pba");
    if (!code || !unit || !kind || !D_pba || D_pba->rank != 4 || D_pba->type != LEIE_VAR_DOUBLE)
        return LEIE_OK; // leie_reuse_year will find out what does not fit
    leie_size regions = old->dim[D_pba->dim[2]].n, stressors = code->count;
    for (leie_size k = 0; k < stressors; k++) {
        if (isnan(D_pba->number[old_year * regions * stressors + k]) || leie_labels_find(all, code->text[k]) >= 0)
            continue;
        leie_size at = leie_labels_add(all, code->text[k], name ? name->text[k] : NULL, unit->text[k], kind->text[k], err);
        if (at < 0)
            return (leie_status)at;
    }
    return LEIE_OK;
}

// map[i] = position in old's coordinate of item i of ds's; false when one is missing.
static bool match_dim(leie_size *map, const leie_dataset *ds, const leie_dim *dim, const leie_dataset *old)
{
    const leie_var *a = leie_dataset_find(ds, dim->name), *b = leie_dataset_find(old, dim->name);
    if (a && b && a->type == LEIE_VAR_DOUBLE && b->type == LEIE_VAR_DOUBLE) { // quantiles, draws: the same numbers
        for (leie_size i = 0; i < dim->n; i++)
            map[i] = i;
        return a->count == b->count && memcmp(a->number, b->number, (size_t)a->count * sizeof *a->number) == 0;
    }
    if (!a || !b || a->type != LEIE_VAR_TEXT || b->type != LEIE_VAR_TEXT)
        return false;
    for (leie_size i = 0; i < dim->n; i++) {
        leie_size j = i < b->count && strcmp(a->text[i], b->text[i]) == 0 ? i : 0;
        while (j < b->count && strcmp(a->text[i], b->text[j]) != 0)
            j++;
        map[i] = j < b->count ? j : -1;
        // a stressor of another year is not in the old result: what is missing stays missing
        if (map[i] < 0 && strcmp(dim->name, "stressor") != 0)
            return false;
    }
    return true;
}

static leie_status copy_value(leie_var *to, leie_size i, const leie_var *from, leie_size j, leie_error *err)
{
    if (to->type == LEIE_VAR_DOUBLE)
        to->number[i] = from->number[j];
    else if (to->type == LEIE_VAR_INT)
        to->integer[i] = from->integer[j];
    else
        return leie_var_set_text(to, i, from->text[j], err);
    return LEIE_OK;
}

// Position in the old variable of position i in the new one, -1 when the old one has no such label.
static leie_size old_position(leie_size i, const leie_var *to, const leie_dataset *ds, const leie_var *from,
                              const leie_dataset *old, leie_size old_year, leie_size *const *map)
{
    leie_size j = 0, step = 1;
    for (int d = to->rank - 1; d >= 0; d--) {
        leie_size n = ds->dim[to->dim[d]].n;
        leie_size target = map[d] ? map[d][i % n] : old_year;
        if (target < 0)
            return -1;
        j += step * target;
        step *= old->dim[from->dim[d]].n;
        i /= n;
    }
    return j;
}

// The cells of one year of a variable, through the maps of the other dimensions.
static leie_status copy_slab(leie_var *to, const leie_dataset *ds, leie_size y, const leie_var *from,
                             const leie_dataset *old, leie_size old_year, leie_size *const *map, leie_error *err)
{
    leie_size outer = 1, inner = 1, years = 1;
    bool behind = false;
    for (int d = 0; d < to->rank; d++) {
        leie_size n = ds->dim[to->dim[d]].n;
        if (!map[d]) {
            years = n;
            behind = true;
        } else if (behind) {
            inner *= n;
        } else {
            outer *= n;
        }
    }
    leie_status st = LEIE_OK;
    for (leie_size o = 0; o < outer; o++)
        for (leie_size k = 0; !st && k < inner; k++) {
            leie_size i = (o * years + y) * inner + k;
            leie_size j = old_position(i, to, ds, from, old, old_year, map);
            if (j >= 0)
                st = copy_value(to, i, from, j, err);
        }
    return st;
}

static leie_status reuse_variable(leie_var *to, const leie_dataset *ds, leie_size y, const leie_dataset *old,
                                  leie_size old_year, bool *fits, leie_error *err)
{
    const leie_var *from = leie_dataset_find(old, to->name);
    leie_size *map[LEIE_RANK_MAX] = {0};
    leie_status st = LEIE_OK;
    *fits = from && from->type == to->type && from->rank == to->rank;
    for (int d = 0; !st && *fits && d < to->rank; d++) {
        const leie_dim *dim = &ds->dim[to->dim[d]];
        *fits = strcmp(dim->name, old->dim[from->dim[d]].name) == 0;
        if (!*fits || strcmp(dim->name, "year") == 0)
            continue;
        map[d] = leie_new(dim->n, sizeof *map[d]);
        if (!map[d])
            st = leie_fail_memory(err, "positions", dim->n, sizeof *map[d]);
        else
            *fits = match_dim(map[d], ds, dim, old);
    }
    if (!st && *fits)
        st = copy_slab(to, ds, y, from, old, old_year, map, err);
    for (int d = 0; d < to->rank; d++)
        leie_free(map[d]);
    return st;
}

leie_status leie_reuse_year(leie_dataset *ds, leie_size y, const leie_dataset *old, leie_size old_year, bool *fits,
                            leie_error *err)
{
    leie_size year = leie_dataset_find_dim(ds, "year");
    leie_status st = LEIE_OK;
    // what only the old result has would be lost
    for (leie_size v = 0; v < old->vars; v++)
        *fits &= leie_result_from_flows(old, old->var[v]) || leie_dataset_find(ds, old->var[v]->name);
    for (leie_size v = 0; !st && *fits && v < ds->vars; v++) {
        leie_var *to = ds->var[v];
        bool yearly = false;
        for (int d = 0; d < to->rank; d++)
            yearly |= to->dim[d] == year;
        if (yearly && strcmp(to->name, "year") != 0)
            st = reuse_variable(to, ds, y, old, old_year, fits, err);
    }
    return st;
}

leie_size leie_reuse_rows(const leie_dataset *old, const char *year_variable, int year)
{
    const leie_var *years = leie_dataset_find(old, year_variable);
    leie_size rows = 0;
    for (leie_size i = 0; years && years->type == LEIE_VAR_INT && i < years->count; i++)
        rows += years->integer[i] == year;
    return rows;
}

// ---- lists of records ----

// The next piece of a list up to a separator.
static const char *next_piece(char *piece, size_t size, const char *list, char separator)
{
    size_t length = 0;
    while (list[length] && list[length] != separator)
        length++;
    snprintf(piece, size, "%.*s", (int)length, list);
    return list[length] ? list + length + 1 : list + length;
}

leie_status leie_record_open(leie_record *record, leie_dataset *ds, leie_size rows, const char *names,
                             const char *long_names, leie_error *err)
{
    if (!rows)
        return LEIE_OK;
    leie_size dim = leie_dataset_dim(ds, record->dim, rows, err);
    leie_status st = dim < 0 ? (leie_status)dim : LEIE_OK;
    while (!st && *names) {
        char name[64], long_name[128];
        names = next_piece(name, sizeof name, names, ' ');
        long_names = next_piece(long_name, sizeof long_name, long_names, '|');
        bool number = record->columns == 0 || record->columns == 2;
        bool real = name[0] == '#';
        st = leie_dataset_var(&record->column[record->columns++], ds, name + real,
                              real ? LEIE_VAR_DOUBLE : number ? LEIE_VAR_INT : LEIE_VAR_TEXT, record->dim,
                              number || real ? "1" : NULL, long_name, err);
    }
    return st;
}

leie_status leie_record_add(leie_record *record, int year, const char *kind, leie_size count, const char *const *texts,
                            leie_error *err)
{
    leie_size row = record->used++;
    record->column[0]->integer[row] = year;
    record->column[2]->integer[row] = count;
    leie_status st = leie_var_set_text(record->column[1], row, kind, err);
    for (int c = 3; !st && c < record->columns && record->column[c]->type == LEIE_VAR_TEXT; c++)
        st = leie_var_set_text(record->column[c], row, texts[c - 3] ? texts[c - 3] : "", err);
    return st;
}

leie_status leie_record_reuse(leie_record *record, const leie_dataset *old, int year, leie_error *err)
{
    const leie_var *from[10] = {0};
    if (!record->columns)
        return LEIE_OK;
    for (int c = 0; c < record->columns; c++) {
        from[c] = leie_dataset_find(old, record->column[c]->name);
        if (!from[c] || from[c]->type != record->column[c]->type)
            return LEIE_OK; // an old result without the list has no rows of it
    }
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < from[0]->count; i++) {
        if (from[0]->integer[i] != year)
            continue;
        leie_size row = record->used++;
        for (int c = 0; !st && c < record->columns; c++)
            st = copy_value(record->column[c], row, from[c], i, err);
    }
    return st;
}
