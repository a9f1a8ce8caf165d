// SPDX-License-Identifier: GPL-3.0-or-later
/* A folder of supply and use of several regions with trade.csv, as a table in factors:
 *
 *   trade.csv   region,product,to_region,use,value    value: of what to_region uses of the product, the share that
 *                                                     comes from region; use: intermediate, consumption, capital, all
 *
 * A product without rows in a region is its own. Shares that add up to less than one leave imports from outside.
 */
#include <string.h>

#include "io/read/folder.h"
#include "io/read/given.h"
#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/read/read_sut_impl.h"
#include "kernels/memory.h"
#include "solver/build/factor.h"

static const char *const uses[] = {"intermediate", "consumption", "capital", "all", NULL};
enum { ALL_USES = LEIE_END_USES };

typedef struct reading {
    const leie_sut *s;
    leie_trade_shares shares;
    bool *known;      // [LEIE_END_USES, p] whether a product has rows for a use
    leie_given given; // (origin, use) by product
} reading;

static leie_status find_use(int *use, const leie_csv *csv, leie_error *err)
{
    char word[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "use");
    leie_status st = leie_csv_label(csv, c, word, sizeof word, err);
    *use = st ? -1 : leie_yaml_word(word, uses);
    if (!st && *use < 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "use '%s': expected intermediate, consumption, capital or all",
                           word);
    return st;
}

static leie_status take_share(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    const leie_axis *product = &r->s->product;
    leie_size origin, at, c = leie_csv_column(csv, "value");
    double value;
    int use;
    leie_status st = leie_lookup_label(&origin, csv, leie_csv_column(csv, "region"), &product->region, "region", err);
    if (!st)
        st = leie_lookup_item(&at, csv, leie_csv_column(csv, "to_region"), leie_csv_column(csv, "product"), product,
                              "product", err);
    if (!st)
        st = find_use(&use, csv, err);
    if (!st)
        st = leie_csv_number(csv, c, &value, err);
    if (!st && !(value >= 0 && value <= 1))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a trade share of %g: expected 0 to 1", value);
    for (int u = 0; u < LEIE_END_USES && !st; u++) {
        if (use != ALL_USES && use != u)
            continue;
        if (!leie_given_mark(&r->given, u * product->region.n + origin, at))
            st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "this share was given before");
        r->shares.share[u][origin * product->n + at] = value;
        r->known[u * product->n + at] = true;
    }
    return st;
}

static leie_status take_room(reading *r, leie_error *err)
{
    leie_size p = r->s->product.n, R = r->s->product.region.n;
    leie_status st = LEIE_OK;
    for (int u = 0; u < LEIE_END_USES && !st; u++)
        st = leie_read_array(&r->shares.share[u], R * p, "trade shares", err);
    if (!st)
        st = leie_given_room(&r->given, LEIE_END_USES * R, p, err);
    r->known = leie_new(LEIE_END_USES * p, sizeof *r->known);
    return st || r->known ? st : leie_fail_memory(err, "trade shares", LEIE_END_USES * p, sizeof *r->known);
}

/* What no row says is made at home. */
static leie_status close_shares(reading *r, leie_table *note_in, leie_error *err)
{
    const leie_axis *product = &r->s->product;
    leie_size assumed = 0;
    for (int u = 0; u < LEIE_END_USES; u++)
        for (leie_size i = 0; i < product->n; i++)
            if (!r->known[u * product->n + i]) {
                r->shares.share[u][product->of[i] * product->n + i] = 1;
                assumed++;
            }
    if (!assumed)
        return LEIE_OK;
    return leie_provenance_note(&note_in->provenance, LEIE_NOTE_ASSUMED, assumed, err,
                                "%lld products and uses without trade shares are taken from their own region",
                                (long long)assumed);
}

/* x by the study's choice; without one it is what industries and products supply. */
static leie_status set_x(leie_table *t, const leie_study_tables *spec, leie_error *err)
{
    double *given = t->x;
    t->x = NULL;
    leie_status st = leie_table_set_x(t, spec->x_stated ? spec->x_choice : LEIE_X_GIVEN, given, err);
    leie_free(given);
    return st;
}

leie_status leie_read_factored_table(leie_table *t, const leie_study_tables *spec, const leie_place *folder, int year,
                                     leie_error *err)
{
    static const char *const columns[] = {"region", "product", "to_region", "use", "value", NULL};
    static const leie_record_file trade = {columns, NULL, "trade", take_share};
    leie_sut s = {0};
    reading r = {.s = &s};
    leie_status st = leie_read_sut_csv(&s, folder, spec, year, err);
    if (!st)
        st = leie_sut_inspect(&s, err);
    if (!st)
        st = take_room(&r, err);
    if (!st)
        st = leie_folder_read(folder, "trade.csv", true, &trade, &r, &s.account.provenance, err);
    if (!st)
        st = close_shares(&r, &s.account, err);
    if (!st)
        st = leie_sut_factor(t, &s, &r.shares, err);
    if (!st)
        st = set_x(t, spec, err);
    if (st)
        leie_table_clear(t);
    leie_trade_shares_clear(&r.shares);
    leie_free(r.known);
    leie_given_free(&r.given);
    leie_sut_clear(&s);
    return st;
}
