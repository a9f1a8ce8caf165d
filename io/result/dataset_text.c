// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/dataset_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *leie_dataset_label(char *text, const leie_dataset *ds, leie_size dim, leie_size i)
{
    const leie_var *c = leie_dataset_find(ds, ds->dim[dim].name);
    if (c && c->text)
        return c->text[i];
    if (c && c->number)
        snprintf(text, LEIE_LABEL_ROOM, "%.15g", c->number[i]);
    else
        snprintf(text, LEIE_LABEL_ROOM, "%" PRId64, c && c->integer ? c->integer[i] : ds->dim[dim].from + i);
    return text;
}

/* ---- units ---- */

const char *leie_dataset_units(char *text, const leie_dataset *ds, const leie_var *v)
{
    const char *units = leie_dataset_get_text(ds, v, "units"), *by = leie_dataset_get_text(ds, v, "units_by");
    if (!by)
        return units ? units : "";
    snprintf(text, LEIE_LABEL_ROOM, "by %s", by);
    return text;
}

void leie_dataset_label_unit(char text[LEIE_LABEL_ROOM], const leie_dataset *ds, const leie_var *v, leie_size dim, leie_size i)
{
    const char *by = leie_dataset_get_text(ds, v, "units_by");
    text[0] = '\0';
    for (bool below = false; by && *by; below = true) {
        char name[LEIE_LABEL_ROOM];
        size_t length = strcspn(by, "/");
        snprintf(name, sizeof name, "%.*s", (int)length, by);
        const leie_var *unit = leie_dataset_find(ds, name);
        if (unit && unit->text && unit->rank == 1 && unit->dim[0] == dim) {
            snprintf(text, LEIE_LABEL_ROOM, "%s%.200s", below ? "/" : "", unit->text[i]);
            return;
        }
        by += length + (by[length] == '/');
    }
}

const char *leie_dataset_value_unit(char text[LEIE_LABEL_ROOM], const leie_dataset *ds, const leie_var *v, const leie_size *here)
{
    char above[LEIE_LABEL_ROOM] = "", below[LEIE_LABEL_ROOM] = "", unit[LEIE_LABEL_ROOM];
    if (!leie_dataset_get_text(ds, v, "units_by"))
        return leie_dataset_units(text, ds, v);
    for (int k = 0; k < v->rank; k++) {
        leie_dataset_label_unit(unit, ds, v, v->dim[k], here[k]);
        if (unit[0])
            memcpy(unit[0] == '/' ? below : above, unit, sizeof unit);
    }
    snprintf(text, LEIE_LABEL_ROOM, "%.200s%.200s", above, below);
    return text;
}

/* ---- values ---- */

leie_size leie_dataset_offset(const leie_dataset *ds, const leie_var *v, const leie_size *at)
{
    leie_size sum = 0;
    for (int k = 0; k < v->rank; k++)
        sum = sum * ds->dim[v->dim[k]].n + at[k];
    return sum;
}

bool leie_dataset_step(leie_size *at, const bool *free_dim, const leie_dataset *ds, const leie_var *v)
{
    for (int k = v->rank - 1; k >= 0; k--) {
        if (!free_dim[k])
            continue;
        if (++at[k] < ds->dim[v->dim[k]].n)
            return true;
        at[k] = 0;
    }
    return false;
}

const char *leie_dataset_exact(char *text, const leie_var *v, leie_size i)
{
    if (v->type == LEIE_VAR_TEXT)
        return v->text[i];
    if (v->type == LEIE_VAR_INT) {
        snprintf(text, LEIE_LABEL_ROOM, "%" PRId64, v->integer[i]);
        return text;
    }
    text[0] = '\0';
    for (int digits = 15; digits <= 17 && !isnan(v->number[i]); digits++) {
        snprintf(text, LEIE_LABEL_ROOM, "%.*g", digits, v->number[i]);
        if (strtod(text, NULL) == v->number[i])
            break;
    }
    return text;
}

/* ---- CSV ---- */

// A line under construction.
typedef struct csv_line {
    leie_dataset_put put;
    void *ctx;
} csv_line;

static void put_text(const csv_line *line, const char *text)
{
    line->put(line->ctx, text, strlen(text));
}

static void put_field(const csv_line *line, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        put_text(line, text);
        return;
    }
    put_text(line, "\"");
    for (; *text; text++) {
        if (*text == '"')
            put_text(line, "\"");
        line->put(line->ctx, text, 1);
    }
    put_text(line, "\"");
}

void leie_dataset_csv_field(const char *text, leie_dataset_put put, void *ctx)
{
    put_field(&(csv_line){put, ctx}, text);
}

void leie_dataset_csv(const leie_dataset *ds, const leie_var *v, const leie_size *at, leie_dataset_put put, void *ctx)
{
    char text[LEIE_LABEL_ROOM];
    const csv_line line = {put, ctx};
    leie_size here[LEIE_RANK_MAX] = {0};
    bool free_dim[LEIE_RANK_MAX] = {false};
    for (int k = 0; k < v->rank; k++) {
        free_dim[k] = !at || at[k] < 0;
        here[k] = free_dim[k] ? 0 : at[k];
        put_text(&line, ds->dim[v->dim[k]].name);
        put_text(&line, ",");
    }
    put_text(&line, "value,unit\n");
    do {
        for (int k = 0; k < v->rank; k++) {
            put_field(&line, leie_dataset_label(text, ds, v->dim[k], here[k]));
            put_text(&line, ",");
        }
        put_field(&line, leie_dataset_exact(text, v, leie_dataset_offset(ds, v, here)));
        put_text(&line, ",");
        put_field(&line, leie_dataset_value_unit(text, ds, v, here));
        put_text(&line, "\n");
    } while (leie_dataset_step(here, free_dim, ds, v));
}
