// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/axis_builder.h"

#include <stdio.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"

enum { SEPARATOR = '\x1f', PAIR_SIZE = 520 };

static void join(char pair[PAIR_SIZE], const char *region, const char *code)
{
    snprintf(pair, PAIR_SIZE, "%s%c%s", region, SEPARATOR, code);
}

bool leie_axis_builder_has(const leie_axis_builder *b, const char *region, const char *code)
{
    char pair[PAIR_SIZE];
    join(pair, region, code);
    return leie_labels_find(&b->pair, pair) >= 0;
}

leie_status leie_axis_builder_add(leie_axis_builder *b, const char *region, const char *code, const char *name,
                                  const char *unit, bool *fresh, leie_error *err)
{
    char pair[PAIR_SIZE];
    join(pair, region, code);
    bool known = leie_labels_find(&b->pair, pair) >= 0;
    if (fresh)
        *fresh = !known;
    if (known)
        return LEIE_OK;
    leie_status st = leie_grow(&b->of, &b->room, b->pair.n, sizeof *b->of, "labels", err);
    if (st)
        return st;
    leie_size r = leie_labels_find(&b->region, region);
    if (r < 0)
        r = leie_labels_add(&b->region, region, NULL, NULL, NULL, err);
    if (r < 0)
        return (leie_status)r;
    leie_size at = leie_labels_add(&b->pair, pair, name, unit, NULL, err);
    if (at < 0)
        return (leie_status)at;
    b->of[at] = (leie_index)r;
    return LEIE_OK;
}

static leie_status copy_region_name(leie_axis *axis, const char *code, const char *name, leie_error *err)
{
    leie_size r = leie_labels_find(&axis->region, code);
    if (r < 0 || !name[0])
        return LEIE_OK;
    char *copy = leie_strdup(name);
    if (!copy)
        return leie_fail_memory(err, "region names", 1, strlen(name));
    leie_free(axis->region.name[r]);
    axis->region.name[r] = copy;
    return LEIE_OK;
}

leie_status leie_axis_builder_finish(leie_axis *axis, const leie_axis_builder *b, leie_error *err)
{
    for (leie_size r = 0; r < b->region.n; r++) {
        for (leie_size i = 0; i < b->pair.n; i++) {
            if (b->of[i] != r)
                continue;
            const char *code = strchr(b->pair.code[i], SEPARATOR) + 1;
            leie_size at = leie_axis_add(axis, b->region.code[r], code, b->pair.name[i], b->pair.unit[i],
                                         LEIE_DEMAND_HOUSEHOLD, err);
            if (at < 0)
                return (leie_status)at;
        }
        leie_status st = copy_region_name(axis, b->region.code[r], b->region.name[r], err);
        if (st)
            return st;
    }
    return LEIE_OK;
}

void leie_axis_builder_clear(leie_axis_builder *b)
{
    leie_labels_clear(&b->region);
    leie_labels_clear(&b->pair);
    leie_free(b->of);
    *b = (leie_axis_builder){0};
}
