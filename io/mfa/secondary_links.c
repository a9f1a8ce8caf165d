// SPDX-License-Identifier: GPL-3.0-or-later
/* Links of a stock model to a table: recovery of secondary material, and what it replaces. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/stock_links_impl.h"
#include "kernels/memory.h"

// ---- recovery ----

// Whether an item has this product and material.
static bool fits(const leie_links_reading *r, leie_size item, const char *product, const char *material)
{
    return (!product[0] || strcmp(product, leie_links_part(r, item, 0)) == 0) && strcmp(material, leie_links_part(r, item, 1)) == 0;
}

static leie_status find_secondary(leie_index *at, leie_links_reading *r, const leie_csv *csv, const char *code, leie_error *err)
{
    leie_size found = leie_labels_find(&r->links->secondary, code);
    leie_status st = found >= 0 ? LEIE_OK : leie_lookup_add_label(&r->links->secondary, csv, leie_csv_column(csv, "secondary"), code, NULL, NULL, NULL, err);
    *at = (leie_index)(found >= 0 ? found : r->links->secondary.n - 1);
    return st;
}

static leie_status read_stressor(leie_recovery *e, const leie_links_reading *r, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE];
    leie_size at, c = leie_csv_column(csv, "stressor");
    leie_error why = {0};
    e->stressor = -1;
    leie_status st = leie_links_text(code, csv, "stressor", err);
    if (st || !code[0])
        return st;
    st = leie_lookup_label(&at, csv, c, &r->t->stressor, "stressor", err);
    if (!st && (st = leie_unit_factor(&e->per_stressor, r->t->stressor.unit[at], r->model->unit, &why)))
        return leie_csv_fail(csv, c, st, err, "waste '%s': %s", code, why.text);
    e->stressor = (leie_index)at;
    return st;
}

static leie_status read_capacity(leie_recovery *e, const leie_links_reading *r, const leie_csv *csv, leie_error *err)
{
    char unit[LEIE_LABEL_SIZE];
    double factor = 1;
    leie_error why = {0};
    e->capacity = INFINITY;
    leie_status st = leie_links_number(&e->capacity, csv, "capacity", 0, INFINITY, err);
    st = st ? st : leie_links_text(unit, csv, "unit", err);
    if (!st && unit[0] && (st = leie_unit_factor(&factor, unit, r->model->unit, &why)))
        return leie_csv_fail(csv, leie_csv_column(csv, "unit"), st, err, "%s", why.text);
    e->capacity *= factor;
    return st;
}

static leie_status add_recovery(leie_links_reading *r, const leie_csv *csv, const char *product, const char *material, const char *region, leie_error *err)
{
    leie_stock_links *l = r->links;
    char secondary[LEIE_LABEL_SIZE], name[4 * LEIE_LABEL_SIZE];
    leie_size at = 0;
    leie_recovery *grown = leie_resize(l->recovery, l->recoveries, l->recoveries + 1, sizeof *grown);
    if (!grown)
        return leie_fail_memory(err, "recoveries", l->recoveries + 1, sizeof *grown);
    l->recovery = grown;
    leie_recovery *e = &grown[l->recoveries++];
    *e = (leie_recovery){.share = 1, .collection = 1, .sorting = 1, .yield = 1};
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "secondary"), secondary, sizeof secondary, err);
    st = st ? st : find_secondary(&e->secondary, r, csv, secondary, err);
    st = st ? st : leie_links_region(&at, &r->t->sector.region, csv, region, err);
    e->region = (leie_index)at;
    st = st ? st : leie_links_number(&e->share, csv, "share", 0, 1, err);
    st = st ? st : leie_links_number(&e->collection, csv, "collection", 0, 1, err);
    st = st ? st : leie_links_number(&e->sorting, csv, "sorting", 0, 1, err);
    st = st ? st : leie_links_number(&e->yield, csv, "yield", 0, 1, err);
    st = st ? st : read_capacity(e, r, csv, err);
    st = st ? st : read_stressor(e, r, csv, err);
    snprintf(name, sizeof name, "%s%s%s/%s > %s", product, product[0] ? "/" : "", material, region, secondary);
    e->name = st ? NULL : leie_strdup(name);
    e->item = st ? NULL : leie_new(r->data->item.n, sizeof *e->item);
    if (!st && (!e->name || !e->item))
        return leie_fail_memory(err, "a recovery", r->data->item.n, sizeof *e->item);
    for (leie_size i = 0; i < r->data->item.n && !st; i++)
        if (fits(r, i, product, material) && strcmp(region, leie_links_part(r, i, 2)) == 0)
            e->item[e->items++] = (leie_index)i;
    return st;
}

static leie_status take_recovery(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_links_reading *r = ctx;
    char product[LEIE_LABEL_SIZE], material[LEIE_LABEL_SIZE], region[LEIE_LABEL_SIZE];
    leie_labels regions = {0}, materials = {0};
    leie_status st = leie_links_text(product, csv, "product", err);
    st = st ? st : leie_links_text(material, csv, "material", err);
    st = st ? st : leie_links_text(region, csv, "region", err);
    for (leie_size i = 0; i < r->data->item.n && !st; i++) {
        const char *of = leie_links_part(r, i, 2), *own = leie_links_part(r, i, 1);
        if (own[0] && leie_labels_find(&materials, own) < 0 && leie_labels_add(&materials, own, NULL, NULL, NULL, err) < 0)
            st = LEIE_ERR_NOMEM;
        bool here = fits(r, i, product, material) && of[0] && (!region[0] || strcmp(region, of) == 0);
        if (!st && here && leie_labels_find(&regions, of) < 0 && leie_labels_add(&regions, of, NULL, NULL, NULL, err) < 0)
            st = LEIE_ERR_NOMEM;
    }
    if (!st && !regions.n)
        st = leie_lookup_fail(csv, leie_csv_column(csv, "material"), "material with a region in the stock model", material, leie_labels_nearest(&materials, material), err);
    for (leie_size k = 0; k < regions.n && !st; k++)
        st = add_recovery(r, csv, product, material, regions.code[k], err);
    leie_labels_clear(&regions);
    leie_labels_clear(&materials);
    return st;
}

// ---- replacement ----

// Price of the primary material and of the secondary, in the units of their rows per mass of the model.
static leie_status read_prices(leie_replacement *k, const leie_links_reading *r, const leie_csv *csv, leie_error *err)
{
    char unit[LEIE_LABEL_SIZE], wanted[2 * LEIE_LABEL_SIZE];
    const char *of = r->t->unit;
    leie_status st = leie_links_text(unit, csv, "unit", err);
    if (!st && k->pressure)
        of = r->t->stressor.unit[k->row[0]];
    else
        st = st ? st : leie_links_unit(&of, r, csv, "rows", k->rows, k->row, err);
    k->price = k->to_price = 1;
    st = st ? st : leie_links_number(&k->price, csv, "price", 0, INFINITY, err);
    snprintf(wanted, sizeof wanted, "(%s)/(%s)", of, r->model->unit);
    st = st ? st : leie_links_per(&k->price, csv, "unit", unit[0] ? unit : "1", wanted, err);
    if (!st && !(k->price > 0))
        st = leie_csv_fail(csv, leie_csv_column(csv, "price"), LEIE_ERR_DATA, err, "a price of zero: nothing could be replaced");
    if (st || k->to < 0)
        return st;
    const leie_index to = k->to;
    st = leie_links_unit(&of, r, csv, "to", 1, &to, err);
    st = st ? st : leie_links_text(unit, csv, "to_unit", err);
    st = st ? st : leie_links_number(&k->to_price, csv, "to_price", 0, INFINITY, err);
    snprintf(wanted, sizeof wanted, "(%s)/(%s)", of, r->model->unit);
    return st ? st : leie_links_per(&k->to_price, csv, "to_unit", unit[0] ? unit : "1", wanted, err);
}

static leie_status read_target(leie_replacement *k, const leie_links_reading *r, const leie_csv *csv, leie_error *err)
{
    char region[LEIE_LABEL_SIZE], code[LEIE_LABEL_SIZE], buffer[LEIE_LABEL_SIZE];
    leie_size at = k->region;
    leie_status st = leie_links_text(region, csv, "to_region", err);
    st = st ? st : leie_links_text(code, csv, "to", err);
    k->to = -1;
    if (st || !code[0])
        return st;
    if (region[0])
        st = leie_lookup_label(&at, csv, leie_csv_column(csv, "to_region"), &r->t->sector.region, "region", err);
    leie_size sector = st ? -1 : leie_axis_find_in(&r->t->sector, at, code);
    if (!st && sector < 0)
        st = leie_lookup_fail(csv, leie_csv_column(csv, "to"), "sector", code, leie_lookup_nearest(buffer, &r->t->sector, at, code), err);
    k->to = (leie_index)sector;
    if (!st && k->pressure)
        st = leie_csv_fail(csv, leie_csv_column(csv, "to"), LEIE_ERR_DATA, err, "extraction by the users themselves is not bought: 'to' goes with 'rows'");
    return st;
}

// What is replaced: sectors, or a stressor.
static leie_status read_rows(leie_replacement *k, const leie_links_reading *r, const leie_csv *csv, leie_error *err)
{
    char rows[LEIE_LABEL_SIZE], stressor[LEIE_LABEL_SIZE];
    leie_size at;
    leie_status st = leie_links_text(rows, csv, "rows", err);
    st = st ? st : leie_links_text(stressor, csv, "stressor", err);
    if (!st && (rows[0] != 0) == (stressor[0] != 0))
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "a replacement needs 'rows', the sectors whose sales are replaced, or 'stressor', and not both");
    k->pressure = stressor[0];
    if (st || rows[0])
        return st ? st : leie_links_sectors(&k->row, &k->rows, r, csv, "rows", -1, err);
    st = leie_lookup_label(&at, csv, leie_csv_column(csv, "stressor"), &r->t->stressor, "stressor", err);
    k->row = st ? NULL : leie_new(1, sizeof *k->row);
    if (!st && !k->row)
        return leie_fail_memory(err, "a replacement", 1, sizeof *k->row);
    if (!st)
        k->row[k->rows++] = (leie_index)at;
    return st;
}

static leie_status add_replacement(leie_links_reading *r, const leie_csv *csv, leie_index secondary, leie_index region, leie_error *err)
{
    leie_stock_links *l = r->links;
    char users[LEIE_LABEL_SIZE], rows[LEIE_LABEL_SIZE], name[5 * LEIE_LABEL_SIZE];
    leie_replacement *grown = leie_resize(l->replacement, l->replacements, l->replacements + 1, sizeof *grown);
    if (!grown)
        return leie_fail_memory(err, "replacements", l->replacements + 1, sizeof *grown);
    l->replacement = grown;
    leie_replacement *k = &grown[l->replacements++];
    *k = (leie_replacement){.secondary = secondary, .region = region, .ratio = 1, .share = 1, .most = 1, .to = -1};
    leie_status st = leie_links_text(users, csv, "users", err);
    st = st ? st : leie_links_sectors(&k->user, &k->users, r, csv, "users", region, err);
    st = st ? st : read_rows(k, r, csv, err);
    st = st ? st : read_target(k, r, csv, err);
    st = st ? st : leie_links_number(&k->ratio, csv, "ratio", 1e-9, INFINITY, err);
    st = st ? st : leie_links_number(&k->share, csv, "share", 0, 1, err);
    st = st ? st : leie_links_number(&k->most, csv, "most", 0, 1, err);
    st = st ? st : read_prices(k, r, csv, err);
    st = st ? st : leie_links_text(rows, csv, k->pressure ? "stressor" : "rows", err);
    if (st)
        return st;
    snprintf(name, sizeof name, "%s/%s for %s in %s", l->secondary.code[secondary], r->t->sector.region.code[region], rows, users);
    k->name = leie_strdup(name);
    return k->name ? LEIE_OK : leie_fail_memory(err, "a replacement", 1, sizeof name);
}

static leie_status take_replacement(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_links_reading *r = ctx;
    char region[LEIE_LABEL_SIZE];
    leie_size secondary = 0, only = -1;
    leie_status st = leie_lookup_label(&secondary, csv, leie_csv_column(csv, "secondary"), &r->links->secondary, "secondary material of the recovery file", err);
    st = st ? st : leie_links_text(region, csv, "region", err);
    if (!st && region[0])
        st = leie_links_region(&only, &r->t->sector.region, csv, region, err);
    leie_size before = r->links->replacements;
    for (leie_size s = 0; s < r->t->sector.region.n && !st; s++) {
        bool made = false;
        for (leie_size e = 0; e < r->links->recoveries; e++)
            made |= r->links->recovery[e].secondary == secondary && r->links->recovery[e].region == s;
        if (made && (only < 0 || only == s))
            st = add_replacement(r, csv, (leie_index)secondary, (leie_index)s, err);
    }
    if (!st && r->links->replacements == before)
        st = leie_csv_fail(csv, leie_csv_column(csv, "region"), LEIE_ERR_DATA, err, "%s makes no '%s'", region, r->links->secondary.code[secondary]);
    return st;
}

// ---- all rows together ----

// Shares of one item over recoveries, of one secondary material over replacements.
static leie_status check_shares(const leie_links_reading *r, leie_error *err)
{
    const leie_stock_links *l = r->links;
    double *sum = leie_new(r->data->item.n, sizeof *sum);
    leie_status st = sum ? LEIE_OK : leie_fail_memory(err, "shares of recoveries", r->data->item.n, sizeof *sum);
    for (leie_size e = 0; e < l->recoveries && !st; e++)
        for (leie_size i = 0; i < l->recovery[e].items && !st; i++) {
            double *of = &sum[l->recovery[e].item[i]];
            *of += l->recovery[e].share;
            if (*of > 1 + 1e-9)
                st = leie_fail(err, LEIE_ERR_DATA, "%s: the shares of '%s' that are recovered add up to %g (with '%s'), more than there is",
                               r->study->recovery.shown, r->data->item.code[l->recovery[e].item[i]], *of, l->recovery[e].name);
        }
    for (leie_size k = 0; k < l->replacements && !st; k++) {
        double share = 0;
        for (leie_size j = 0; j <= k; j++) {
            const leie_replacement *a = &l->replacement[j], *b = &l->replacement[k];
            share += a->secondary == b->secondary && a->region == b->region && a->pressure == b->pressure ? a->share : 0;
        }
        if (share > 1 + 1e-9)
            st = leie_fail(err, LEIE_ERR_DATA, "%s: the shares of '%s' add up to %g (with '%s'), more than there is", r->study->replace.shown,
                           l->secondary.code[l->replacement[k].secondary], share, l->replacement[k].name);
    }
    leie_free(sum);
    return st;
}

leie_status leie_links_check(const leie_links_reading *r, leie_error *err)
{
    const leie_stock_links *l = r->links;
    leie_edits most[2] = {{0}, {0}};
    leie_status st = check_shares(r, err);
    for (leie_size k = 0; k < l->replacements && !st; k++) {
        const leie_replacement *x = &l->replacement[k];
        for (leie_size i = 0; i < x->rows; i++)
            for (leie_size j = 0; j < x->users && !st; j++) {
                const leie_edit *seen = leie_edits_find(&most[x->pressure], x->row[i], x->user[j]);
                double sum = (seen ? seen->now : 0) + x->most;
                st = sum <= 1 + 1e-9 ? leie_edits_set(&most[x->pressure], x->row[i], x->user[j], 0, sum, err)
                                     : leie_fail(err, LEIE_ERR_DATA,
                                                 "%s: '%s' and an earlier row could together replace %g of the same purchases; "
                                                 "'most' should keep them within all of it",
                                                 r->study->replace.shown, x->name, sum);
            }
    }
    leie_edits_clear(&most[0]);
    leie_edits_clear(&most[1]);
    return st;
}

static const char *const recovery_needs[] = {"material", "secondary", "collection", "sorting", "yield", NULL};
static const char *const recovery_takes[] = {"product", "region", "share", "capacity", "unit", "stressor", "source", "note", NULL};
const leie_record_file leie_links_recovery_file = {recovery_needs, recovery_takes, "recovery", take_recovery};

static const char *const replace_needs[] = {"secondary", "users", "ratio", NULL};
static const char *const replace_takes[] = {"region", "rows", "stressor", "price", "unit", "to_region", "to", "to_price", "to_unit",
                                            "share", "most", "source", "note", NULL};
const leie_record_file leie_links_replace_file = {replace_needs, replace_takes, "replacements", take_replacement};
