// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_prices.h"

#include <string.h>

#include "io/read/lookup.h"
#include "io/read/records.h"
#include "kernels/memory.h"

// An index by sector in both years, and how exact the row was that gave it.
typedef struct price_index {
    const leie_table *t;
    int year[2];
    leie_labels product; // codes of all regions
    double *value[2];    // [n]
    char *exact[2];      // [n] 0 none, 1 all, 2 product, 3 region, 4 both
} price_index;

static leie_status open_index(price_index *x, leie_error *err)
{
    leie_size n = x->t->sector.n;
    for (int y = 0; y < 2; y++) {
        x->value[y] = leie_new(n, sizeof *x->value[y]);
        x->exact[y] = leie_new(n, 1);
        if (!x->value[y] || !x->exact[y])
            return leie_fail_memory(err, "prices", n, sizeof *x->value[y]);
    }
    return leie_axis_codes(&x->product, NULL, &x->t->sector, err);
}

static void close_index(price_index *x)
{
    for (int y = 0; y < 2; y++) {
        leie_free(x->value[y]);
        leie_free(x->exact[y]);
    }
    leie_labels_clear(&x->product);
}

// A label that may be empty: -1 for all.
static leie_status read_label(leie_size *at, const leie_csv *csv, const char *column, const leie_labels *labels, leie_error *err)
{
    leie_size c = leie_csv_column(csv, column);
    *at = -1;
    return c < 0 || csv->field[c].size == 0 ? LEIE_OK : leie_lookup_label(at, csv, c, labels, column, err);
}

static leie_status put_value(price_index *x, int y, leie_size region, leie_size product, double value, const leie_csv *csv, leie_error *err)
{
    const leie_axis *sector = &x->t->sector;
    char exact = region >= 0 && product >= 0 ? 4 : region >= 0 ? 3 : product >= 0 ? 2 : 1;
    leie_size met = 0;
    for (leie_size i = 0; i < sector->n; i++) {
        if ((region >= 0 && sector->of[i] != region) || (product >= 0 && strcmp(sector->code[i], x->product.code[product]) != 0))
            continue;
        met++;
        if (x->exact[y][i] == exact)
            return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "the value of %s %s in %d was given before", sector->region.code[sector->of[i]],
                                 sector->code[i], x->year[y]);
        if (x->exact[y][i] < exact) {
            x->exact[y][i] = exact;
            x->value[y][i] = value;
        }
    }
    if (!met)
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "%s has no product '%s'", sector->region.code[region], x->product.code[product]);
    return LEIE_OK;
}

static leie_status take_row(void *ctx, const leie_csv *csv, leie_error *err)
{
    price_index *x = ctx;
    leie_size region, product, year, c = leie_csv_column(csv, "value");
    double value;
    leie_status st = read_label(&region, csv, "region", &x->t->sector.region, err);
    st = st ? st : read_label(&product, csv, "product", &x->product, err);
    st = st ? st : leie_csv_integer(csv, leie_csv_column(csv, "year"), &year, err);
    st = st ? st : leie_csv_number(csv, c, &value, err);
    if (!st && !(value > 0))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a price or rate of %g: it must be above zero", value);
    for (int y = 0; !st && y < 2; y++)
        if (year == x->year[y])
            st = put_value(x, y, region, product, value, csv, err);
    return st;
}

// Every sector with output needs both years.
static leie_status check_cover(const price_index *x, const char *path, leie_error *err)
{
    const leie_axis *sector = &x->t->sector;
    leie_size without = 0, first = 0;
    for (leie_size i = 0; i < sector->n; i++)
        if (x->t->x[i] > 0 && (!x->exact[0][i] || !x->exact[1][i]))
            first = without++ ? first : i;
    if (!without)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "%s: no value in %d for %lld sectors with output, the first is %s %s", path,
                     x->exact[0][first] ? x->year[1] : x->year[0], (long long)without, sector->region.code[sector->of[first]], sector->code[first]);
}

static leie_status read_index(double *price, const char *path, bool products, price_index *x, leie_error *err)
{
    static const char *const with_product[] = {"region", "product", "year", "value", NULL}, *const without[] = {"region", "year", "value", NULL};
    static const char *const optional[] = {"unit", "source", "note", NULL};
    const leie_record_file file = {products ? with_product : without, optional, NULL, take_row};
    leie_place place = {0};
    leie_provenance none = {0};
    leie_status st = open_index(x, err);
    st = st ? st : leie_place_at(&place, path, err);
    st = st ? st : leie_records_read(&place, &file, x, &none, err);
    st = st ? st : check_cover(x, path, err);
    for (leie_size i = 0; !st && i < x->t->sector.n; i++)
        if (x->exact[0][i] && x->exact[1][i])
            price[i] *= x->value[1][i] / x->value[0][i];
    leie_provenance_clear(&none);
    leie_place_clear(&place);
    close_index(x);
    return st;
}

leie_status leie_read_prices(double *price, const char *deflators, const char *exchange, int from, int to, const leie_table *t, leie_error *err)
{
    price_index product = {.t = t, .year = {from, to}}, rate = {.t = t, .year = {from, to}};
    for (leie_size i = 0; i < t->sector.n; i++)
        price[i] = 1;
    leie_status st = read_index(price, deflators, true, &product, err);
    return st || !exchange ? st : read_index(price, exchange, false, &rate, err);
}
