// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/rme.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/grow.h"
#include "kernels/memory.h"

leie_status leie_rme_add(leie_rme *rme, const leie_rme_coefficient *item, leie_error *err)
{
    leie_status st = leie_grow(&rme->item, &rme->room, rme->n, sizeof *rme->item, "RME coefficients", err);
    if (st)
        return st;
    rme->item[rme->n++] = *item;
    return LEIE_OK;
}

// ---- keys ----

static int compare_keys(const leie_rme_coefficient *p, const leie_rme_coefficient *q)
{
    const leie_size left[] = {p->exports, p->product, p->origin, p->year};
    const leie_size right[] = {q->exports, q->product, q->origin, q->year};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

static int by_key(const void *a, const void *b)
{
    const leie_rme_coefficient *p = a, *q = b;
    int order = compare_keys(p, q);
    if (order)
        return order;
    if (p->material != q->material)
        return p->material < q->material ? -1 : 1;
    return (p->line > q->line) - (p->line < q->line);
}

static leie_status check_items(const leie_rme *rme, const leie_materials *m, leie_error *err)
{
    for (leie_size i = 1; i < rme->n; i++) {
        const leie_rme_coefficient *p = &rme->item[i - 1], *q = &rme->item[i];
        if (compare_keys(p, q) != 0)
            continue;
        if (p->material == q->material)
            return leie_fail(err, LEIE_ERR_DATA, "line %lld of the RME coefficients repeats line %lld: '%s' of '%s'",
                             (long long)q->line, (long long)p->line, m->label.code[q->material],
                             rme->product.code[q->product]);
        if (p->money != q->money)
            return leie_fail(err, LEIE_ERR_UNIT,
                             "RME coefficients of '%s': line %lld is per EUR and line %lld per tonne",
                             rme->product.code[q->product], (long long)(q->money ? q : p)->line,
                             (long long)(q->money ? p : q)->line);
    }
    return LEIE_OK;
}

static leie_size count_keys(const leie_rme *rme)
{
    leie_size keys = 0;
    for (leie_size i = 0; i < rme->n; i++)
        keys += i == 0 || compare_keys(&rme->item[i - 1], &rme->item[i]) != 0;
    return keys;
}

static leie_status fill_vectors(leie_rme *rme, const leie_materials *m, leie_error *err)
{
    bool *given = leie_new(2 * rme->M, sizeof *given); // and the work of rolling up
    if (!given)
        return leie_fail_memory(err, "materials", 2 * rme->M, sizeof *given);
    leie_size key = 0;
    for (leie_size i = 0; i < rme->n; key++) {
        double *vector = rme->vector + key * rme->M;
        leie_size first = i;
        for (leie_size k = 0; k < rme->M; k++)
            given[k] = false;
        for (; i < rme->n && compare_keys(&rme->item[first], &rme->item[i]) == 0; i++) {
            vector[rme->item[i].material] = rme->item[i].value;
            given[rme->item[i].material] = true;
        }
        rme->first[key] = first;
        leie_materials_roll(m, vector, given, NULL, given + rme->M);
    }
    rme->first[key] = rme->n;
    leie_free(given);
    return LEIE_OK;
}

leie_status leie_rme_close(leie_rme *rme, const leie_materials *m, leie_error *err)
{
    if (rme->n)
        qsort(rme->item, (size_t)rme->n, sizeof *rme->item, by_key);
    leie_status st = check_items(rme, m, err);
    if (st)
        return st;
    rme->keys = count_keys(rme);
    rme->M = m->label.n;
    rme->first = leie_new(rme->keys + 1, sizeof *rme->first);
    rme->vector = leie_new(rme->keys * rme->M, sizeof *rme->vector);
    if (!rme->first || !rme->vector)
        return leie_fail_memory(err, "RME coefficients", rme->keys * rme->M, sizeof *rme->vector);
    return fill_vectors(rme, m, err);
}

// ---- looking up ----

static leie_size find_key(const leie_rme *rme, const leie_rme_coefficient *wanted)
{
    leie_size low = 0, high = rme->keys;
    while (low < high) {
        leie_size middle = low + (high - low) / 2;
        if (compare_keys(&rme->item[rme->first[middle]], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < rme->keys && compare_keys(&rme->item[rme->first[low]], wanted) == 0 ? low : -1;
}

leie_size leie_rme_find(const leie_rme *rme, bool exports, const char *product, const char *origin, int year)
{
    leie_size p = leie_labels_find(&rme->product, product), o = leie_labels_find(&rme->origin, origin);
    leie_size key = -1;
    for (int average = o < 0; p >= 0 && key < 0 && average < 2; average++)
        for (int every = 0; key < 0 && every < 2; every++)
            key = find_key(rme, &(leie_rme_coefficient){.exports = exports, .product = (leie_index)p,
                                                        .origin = average ? -1 : (leie_index)o, .year = every ? 0 : year});
    return key;
}

// t per EUR of the table that the coefficients of a key were made with, NaN for none.
static double reference_of(const leie_rme *rme, leie_size key, int year)
{
    const leie_rme_coefficient *c = &rme->item[rme->first[key]];
    const char *origin = c->origin >= 0 ? rme->origin.code[c->origin] : "";
    return leie_unit_value_find(&rme->reference, c->exports, rme->product.code[c->product], origin, year, LEIE_MATERIAL_TOTAL);
}

double leie_rme_amount(const leie_rme *rme, const leie_flow *row, leie_size key, bool *corrected)
{
    bool money = leie_rme_is_money(rme, key);
    double reference = money && row->tonnes > 0 ? reference_of(rme, key, row->year) : NAN;
    if (corrected)
        *corrected = reference > 0;
    if (reference > 0)
        return row->tonnes / reference; // EUR x (t / EUR) / reference
    return money ? row->value_eur : row->tonnes;
}

leie_size leie_rme_key_of(const leie_rme *rme, const leie_flows *f, const leie_materials *m, const leie_flow *row)
{
    const char *product = row->tag[0] >= 0 ? f->tag[0].code[row->tag[0]] : m->label.code[row->material];
    leie_index supplier = row->kind == LEIE_FLOW_EXP ? row->region : leie_flow_partner_region(f, row);
    const char *origin = supplier >= 0 ? f->region.code[supplier] : row->partner >= 0 ? f->partner.code[row->partner] : "";
    leie_size key = leie_rme_find(rme, supplier >= 0, product, origin, row->year);
    return key >= 0 && isnan(leie_rme_amount(rme, row, key, NULL)) ? -1 : key;
}

void leie_rme_clear(leie_rme *rme)
{
    leie_labels_clear(&rme->product);
    leie_labels_clear(&rme->origin);
    leie_unit_value_list_clear(&rme->reference);
    leie_free(rme->item);
    leie_free(rme->first);
    leie_free(rme->vector);
    *rme = (leie_rme){0};
}
