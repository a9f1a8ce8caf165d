// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/mfa/stock_links.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/mfa_dataset.h"
#include "io/mfa/stock_links_impl.h"
#include "io/read/records.h"
#include "kernels/memory.h"

// ---- what the files share ----

const char *leie_links_part(const leie_links_reading *r, leie_size item, int part)
{
    return r->data->part[item * LEIE_STOCK_PARTS + part];
}

leie_status leie_links_text(char *text, const leie_csv *csv, const char *column, leie_error *err)
{
    return leie_csv_string(csv, leie_csv_column(csv, column), text, LEIE_LABEL_SIZE, err);
}

// A number of a column that may be missing, between low and high.
leie_status leie_links_number(double *value, const leie_csv *csv, const char *column, double low, double high, leie_error *err)
{
    leie_size c = leie_csv_column(csv, column);
    leie_status st = leie_mfa_number(value, csv, c, err);
    if (!st && !(*value >= low && *value <= high))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, isinf(high) ? "found %g; it should be at least %g" : "found %g; it should lie between %g and %g",
                           *value, low, high);
    return st;
}

leie_status leie_links_per(double *value, const leie_csv *csv, const char *column, const char *unit, const char *wanted, leie_error *err)
{
    char inverse[2 * LEIE_LABEL_SIZE];
    double factor;
    leie_error why = {0};
    if (leie_unit_factor(&factor, unit, wanted, &why) == LEIE_OK) {
        *value *= factor;
        return LEIE_OK;
    }
    snprintf(inverse, sizeof inverse, "(%s)-1", unit);
    if (*value > 0 && leie_unit_factor(&factor, inverse, wanted, NULL) == LEIE_OK) {
        *value = factor / *value;
        return LEIE_OK;
    }
    return leie_csv_fail(csv, leie_csv_column(csv, column), LEIE_ERR_UNIT, err, "'%s' is neither a unit of %s nor of its inverse (%s)", unit, wanted, why.text);
}

// The next word of a list with blanks between; false at the end.
static bool next_word(char *word, const char **at)
{
    *at += strspn(*at, " ");
    size_t size = strcspn(*at, " ");
    snprintf(word, LEIE_LABEL_SIZE, "%.*s", (int)size, *at);
    *at += size;
    return size > 0;
}

static leie_status add_index(leie_index **list, leie_size *n, leie_size at, leie_error *err)
{
    leie_index *grown = leie_resize(*list, *n, *n + 1, sizeof *grown);
    if (!grown)
        return leie_fail_memory(err, "links of a stock model", *n + 1, sizeof *grown);
    grown[(*n)++] = (leie_index)at;
    *list = grown;
    return LEIE_OK;
}

static bool word_fits(const char *word, const char *code)
{
    return strcmp(word, code) == 0 || (strpbrk(word, "*?") && fnmatch(word, code, FNM_NOESCAPE) == 0);
}

leie_status leie_links_sectors(leie_index **list, leie_size *n, const leie_links_reading *r, const leie_csv *csv, const char *column,
                               leie_size region, leie_error *err)
{
    char text[LEIE_LABEL_SIZE], word[LEIE_LABEL_SIZE], buffer[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, column);
    const leie_axis *axis = &r->t->sector;
    leie_status st = leie_csv_label(csv, c, text, sizeof text, err);
    for (const char *at = text; !st && next_word(word, &at);) {
        leie_size before = *n;
        for (leie_size j = 0; j < axis->n && !st; j++)
            if ((region < 0 || axis->of[j] == region) && word_fits(word, axis->code[j]))
                st = add_index(list, n, j, err);
        if (!st && *n == before)
            st = leie_lookup_fail(csv, c, "sector", word, leie_lookup_nearest(buffer, axis, region < 0 ? 0 : region, word), err);
    }
    return st;
}

// Columns of a region by kind or code.
static leie_status read_columns(leie_durable *d, const leie_links_reading *r, const leie_csv *csv, leie_size region, leie_error *err)
{
    char text[LEIE_LABEL_SIZE], word[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "columns");
    const leie_axis *axis = &r->t->demand;
    leie_status st = leie_csv_label(csv, c, text, sizeof text, err);
    for (const char *at = text; !st && next_word(word, &at);) {
        leie_size before = d->cols;
        for (leie_size j = axis->first[region]; j < axis->first[region + 1] && !st; j++)
            if (word_fits(word, axis->code[j]) || strcmp(word, leie_demand_name(axis->kind[j])) == 0)
                st = add_index(&d->col, &d->cols, j, err);
        if (!st && d->cols == before)
            st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' is neither a kind nor a code of final demand of %s", word, axis->region.code[region]);
    }
    return st;
}

// The one unit of these rows.
leie_status leie_links_unit(const char **unit, const leie_links_reading *r, const leie_csv *csv, const char *column, leie_size n,
                            const leie_index *row, leie_error *err)
{
    for (leie_size i = 0; i < n; i++) {
        const char *own = r->t->sector.unit[row[i]][0] ? r->t->sector.unit[row[i]] : r->t->unit;
        if (i && strcmp(own, *unit) != 0)
            return leie_csv_fail(csv, leie_csv_column(csv, column), LEIE_ERR_UNIT, err, "sectors of different units: %s and %s", *unit, own);
        *unit = own;
    }
    return LEIE_OK;
}

leie_status leie_links_region(leie_size *at, const leie_labels *region, const leie_csv *csv, const char *code, leie_error *err)
{
    *at = leie_labels_find(region, code);
    return *at >= 0 ? LEIE_OK : leie_lookup_fail(csv, leie_csv_column(csv, "region"), "region of the table", code, leie_labels_nearest(region, code), err);
}

static leie_status read_file(leie_links_reading *r, const leie_path *path, const leie_record_file *file, leie_error *err)
{
    return leie_records_read_given(path, r->t->year, file, r, &r->links->provenance, err);
}

// ---- intensities ----

static leie_status take_intensity(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_links_reading *r = ctx;
    char product[LEIE_LABEL_SIZE], material[LEIE_LABEL_SIZE], region[LEIE_LABEL_SIZE];
    leie_links_intensity x = {.value = NAN};
    leie_status st = leie_links_text(product, csv, "product", err);
    st = st ? st : leie_links_text(material, csv, "material", err);
    st = st ? st : leie_links_text(region, csv, "region", err);
    st = st ? st : leie_links_text(x.unit, csv, "unit", err);
    st = st ? st : leie_links_number(&x.value, csv, "value", 0, INFINITY, err);
    bool used = false;
    x.own = region[0];
    for (leie_size i = 0; i < r->data->item.n && !st; i++) {
        leie_links_intensity *now = &r->intensity[i];
        if (strcmp(product, leie_links_part(r, i, 0)) != 0 || strcmp(material, leie_links_part(r, i, 1)) != 0 ||
            (region[0] && strcmp(region, leie_links_part(r, i, 2)) != 0))
            continue;
        if (!isnan(now->value) && now->own == x.own)
            return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "the intensity of '%s' was given before", r->data->item.code[i]);
        if (isnan(now->value) || x.own) // the row that names the region wins
            *now = x;
        used = true;
    }
    return st || used ? st : leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "the stock model has no '%s' of '%s'", material, product);
}

// ---- durables ----

// Mass per money of item i: the factor of the product times the item's intensity.
static leie_status item_mass(double *mass, const leie_links_reading *r, const leie_csv *csv, leie_size i, double value, const char *unit,
                             const char *money, bool alone, leie_error *err)
{
    char product_unit[3 * LEIE_LABEL_SIZE], wanted[2 * LEIE_LABEL_SIZE];
    const leie_links_intensity *x = &r->intensity[i];
    double inverse, factor;
    if (isnan(x->value) && !alone)
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "no intensity for '%s': the product holds several materials, each needs a row in %s",
                             r->data->item.code[i], r->study->intensities.shown ? r->study->intensities.shown : "'intensities'");
    snprintf(wanted, sizeof wanted, "(%s)/(%s)", r->model->unit, money);
    snprintf(product_unit, sizeof product_unit, "(%s) (%s)", unit, isnan(x->value) || !x->unit[0] ? "1" : x->unit);
    double intensity = isnan(x->value) ? 1 : x->value;
    if (leie_unit_factor(&factor, product_unit, wanted, NULL) == LEIE_OK) {
        *mass = value * factor * intensity;
        return LEIE_OK;
    }
    snprintf(product_unit, sizeof product_unit, "(%s)-1 (%s)", unit, isnan(x->value) || !x->unit[0] ? "1" : x->unit);
    inverse = value > 0 ? 1 / value : 0;
    if (leie_unit_factor(&factor, product_unit, wanted, NULL) == LEIE_OK) {
        *mass = inverse * factor * intensity;
        return LEIE_OK;
    }
    return leie_csv_fail(csv, leie_csv_column(csv, "unit"), LEIE_ERR_UNIT, err,
                         "'%s' with an intensity in '%s' does not turn %s into %s, nor does its inverse", unit, x->unit[0] ? x->unit : "1", money, r->model->unit);
}

static leie_status read_items(leie_durable *d, leie_links_reading *r, const leie_csv *csv, const char *product, const char *region,
                              double value, const char *unit, const char *money, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < r->data->item.n && !st; i++)
        if (strcmp(leie_links_part(r, i, 0), product) == 0 && strcmp(leie_links_part(r, i, 2), region) == 0)
            st = add_index(&d->item, &d->items, i, err);
    d->part = leie_new(d->items, sizeof *d->part);
    if (!st && !d->part)
        st = leie_fail_memory(err, "a durable good", d->items, sizeof *d->part);
    for (leie_size k = 0; k < d->items && !st; k++) {
        leie_size i = d->item[k];
        st = item_mass(&d->part[k], r, csv, i, value, unit, money, d->items == 1, err);
        d->mass += st ? 0 : d->part[k];
        if (!st && r->taken[i])
            st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "'%s' is put into stock by another row already", r->data->item.code[i]);
        if (!st && k && r->data->by_stock[i] != d->by_stock)
            st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "'%s' is given by its %s and '%s' by its %s; the materials of one good go together",
                               r->data->item.code[d->item[0]], d->by_stock ? "stock" : "inflow", r->data->item.code[i], d->by_stock ? "inflow" : "stock");
        d->by_stock = r->data->by_stock[i];
        r->taken[i] = true;
    }
    if (!st && !(d->mass > 0))
        st = leie_csv_fail(csv, leie_csv_column(csv, "value"), LEIE_ERR_DATA, err, "'%s' would have no mass", d->name);
    for (leie_size k = 0; k < d->items && !st; k++)
        d->part[k] /= d->mass;
    return st;
}

static leie_status add_durable(leie_links_reading *r, const leie_csv *csv, const char *product, const char *region, leie_error *err)
{
    leie_stock_links *l = r->links;
    char unit[LEIE_LABEL_SIZE], name[2 * LEIE_LABEL_SIZE];
    const char *money = r->t->unit;
    double value = NAN;
    leie_size at = 0;
    leie_durable *grown = leie_resize(l->durable, l->durables, l->durables + 1, sizeof *grown);
    if (!grown)
        return leie_fail_memory(err, "durable goods", l->durables + 1, sizeof *grown);
    l->durable = grown;
    leie_durable *d = &grown[l->durables++];
    *d = (leie_durable){.share = 1};
    snprintf(name, sizeof name, "%s/%s", product, region);
    d->name = leie_strdup(name);
    leie_status st = d->name ? leie_links_region(&at, &r->t->demand.region, csv, region, err) : leie_fail_memory(err, "a durable good", 1, sizeof name);
    st = st ? st : leie_links_sectors(&d->row, &d->rows, r, csv, "rows", -1, err);
    st = st ? st : read_columns(d, r, csv, at, err);
    st = st ? st : leie_links_number(&d->share, csv, "share", 0, 1, err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    st = st ? st : leie_csv_label(csv, leie_csv_column(csv, "unit"), unit, sizeof unit, err);
    if (!st && !(value > 0))
        st = leie_csv_fail(csv, leie_csv_column(csv, "value"), LEIE_ERR_DATA, err, "a price or mass per money of %g; it should be above zero", value);
    st = st ? st : leie_links_unit(&money, r, csv, "rows", d->rows, d->row, err);
    return st ? st : read_items(d, r, csv, product, region, value, unit, money, err);
}

static leie_status take_durable(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_links_reading *r = ctx;
    char product[LEIE_LABEL_SIZE], region[LEIE_LABEL_SIZE];
    leie_labels regions = {0}, products = {0};
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "product"), product, sizeof product, err);
    st = st ? st : leie_links_text(region, csv, "region", err);
    for (leie_size i = 0; i < r->data->item.n && !st; i++) {
        const char *own = leie_links_part(r, i, 0), *of = leie_links_part(r, i, 2);
        if (leie_labels_find(&products, own) < 0 && leie_labels_add(&products, own, NULL, NULL, NULL, err) < 0)
            st = LEIE_ERR_NOMEM;
        bool fits = strcmp(own, product) == 0 && (!region[0] || strcmp(region, of) == 0);
        if (!st && fits && !of[0])
            st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "'%s' has no region in the stock model: the table cannot tell whose purchases they are", product);
        else if (!st && fits && leie_labels_find(&regions, of) < 0 && leie_labels_add(&regions, of, NULL, NULL, NULL, err) < 0)
            st = LEIE_ERR_NOMEM;
    }
    if (!st && !regions.n)
        st = leie_lookup_fail(csv, leie_csv_column(csv, "product"), region[0] ? "product of this region in the stock model" : "product of the stock model",
                              product, leie_labels_nearest(&products, product), err);
    for (leie_size k = 0; k < regions.n && !st; k++)
        st = add_durable(r, csv, product, regions.code[k], err);
    leie_labels_clear(&regions);
    leie_labels_clear(&products);
    return st;
}

// ---- the whole ----

leie_status leie_stock_links_read(leie_stock_links *links, const leie_study_stocks *study, const leie_stock_study *model,
                                  const leie_stock_data *data, const leie_table *t, leie_error *err)
{
    static const char *const i_needs[] = {"product", "material", "value", "unit", NULL}, *const i_takes[] = {"region", "source", "note", NULL};
    static const char *const d_needs[] = {"product", "rows", "columns", "value", "unit", NULL};
    static const char *const d_takes[] = {"region", "share", "source", "note", NULL};
    static const leie_record_file intensities = {i_needs, i_takes, "intensities", take_intensity};
    static const leie_record_file durables = {d_needs, d_takes, "durables", take_durable};
    leie_links_reading r = {.study = study, .model = model, .data = data, .t = t, .links = links};
    *links = (leie_stock_links){0};
    r.intensity = leie_new(data->item.n, sizeof *r.intensity);
    r.taken = leie_new(data->item.n, sizeof *r.taken);
    leie_status st = r.intensity && r.taken ? LEIE_OK : leie_fail_memory(err, "intensities", data->item.n, sizeof *r.intensity);
    for (leie_size i = 0; i < data->item.n && !st; i++)
        r.intensity[i].value = NAN;
    st = st ? st : read_file(&r, &study->intensities, &intensities, err);
    st = st ? st : read_file(&r, &study->durables, &durables, err);
    st = st ? st : leie_durables_check(links->durable, links->durables, t, err);
    st = st ? st : read_file(&r, &study->recovery, &leie_links_recovery_file, err);
    st = st ? st : read_file(&r, &study->replace, &leie_links_replace_file, err);
    st = st ? st : leie_links_check(&r, err);
    for (leie_size i = 0; i < data->item.n && !st; i++)
        links->loose += !r.taken[i];
    leie_free(r.intensity);
    leie_free(r.taken);
    if (st)
        leie_stock_links_clear(links);
    return st;
}

void leie_stock_links_clear(leie_stock_links *l)
{
    for (leie_size i = 0; i < l->durables; i++)
        leie_durable_clear(&l->durable[i]);
    for (leie_size i = 0; i < l->recoveries; i++)
        leie_recovery_clear(&l->recovery[i]);
    for (leie_size i = 0; i < l->replacements; i++)
        leie_replacement_clear(&l->replacement[i]);
    leie_free(l->durable);
    leie_free(l->recovery);
    leie_free(l->replacement);
    leie_labels_clear(&l->secondary);
    leie_provenance_clear(&l->provenance);
    *l = (leie_stock_links){0};
}
