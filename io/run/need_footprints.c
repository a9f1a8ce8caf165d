// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/need_footprints.h"

#include "io/read/read_needs.h"
#include "io/read/read_table.h"

static leie_status note_margins(leie_table *t, const leie_trade_margins_info *info, leie_error *err)
{
    leie_provenance *p = &t->provenance;
    leie_status st = leie_provenance_note(p, LEIE_NOTE_DONE, info->moved, err,
                                          "margins: %.6g %s of trade and transport go to the goods bought", info->money,
                                          t->unit ? t->unit : "");
    if (!st && info->short_of)
        st = leie_provenance_note(p, LEIE_NOTE_FOUND, info->short_of, err,
                                  "margins: %lld purchases of trade or transport are smaller than the margins of the goods: all "
                                  "of them moved",
                                  (long long)info->short_of);
    if (!st && info->unknown)
        st = leie_provenance_note(p, LEIE_NOTE_DROPPED, info->unknown, err,
                                  "margins: %lld rows name a product that the table lacks", (long long)info->unknown);
    return st;
}

static leie_status make_list(leie_year_need *need, const leie_study_needs *spec, const leie_concordance *via, leie_table *t,
                             const leie_accounts *a, const double *demand, leie_error *err)
{
    leie_size unused = 0;
    leie_status st = leie_read_needs(&need->list, spec, &t->provenance, err);
    if (st)
        return st;
    leie_size N = need->list.need.n + 1;
    double *weight = leie_new(a->P * a->C * N, sizeof *weight);
    need->footprint = leie_new(a->q * N * a->k, sizeof *need->footprint);
    need->money = leie_new(a->q * N, sizeof *need->money);
    if (!weight || !need->footprint || !need->money)
        st = leie_fail_memory(err, "needs", a->P * a->C * N, sizeof *weight);
    if (!st)
        st = leie_need_weights(weight, &unused, &need->list, via, &a->product, &a->category, err);
    if (!st)
        leie_needs_weigh(need->footprint, need->money, N, weight, a, demand);
    if (!st && unused)
        st = leie_provenance_note(&t->provenance, LEIE_NOTE_FOUND, unused, err,
                                  "%s: %lld rules fit no product and category of the table", spec->path.shown,
                                  (long long)unused);
    leie_free(weight);
    return st;
}

leie_status leie_need_footprints(leie_year *year, const leie_study *study, leie_error *err)
{
    leie_accounts *a = &year->accounts;
    leie_trade_margins margins = {0};
    leie_trade_margins_info info;
    leie_concordance via = {0};
    double *purchasers = NULL;
    leie_status st = LEIE_OK;
    if (study->needs_concordance.real)
        st = leie_read_concordance(&via, &study->needs_concordance, "products of needs", &year->table.provenance, err);
    if (!st && study->margins.real) {
        leie_size size = a->q * a->P * a->C;
        purchasers = leie_new(size, sizeof *purchasers);
        st = purchasers ? leie_read_margins(&margins, &study->margins, &year->table.provenance, err)
                        : leie_fail_memory(err, "margins", size, sizeof *purchasers);
        st = st ? st : leie_trade_margins_move(a, purchasers, &margins, &info, err);
        st = st ? st : note_margins(&year->table, &info, err);
    }
    year->need = st ? NULL : leie_new(study->needs, sizeof *year->need);
    if (!st && !year->need)
        st = leie_fail_memory(err, "needs", study->needs, sizeof *year->need);
    for (leie_size i = 0; !st && i < study->needs; i++) {
        year->needs++;
        st = make_list(&year->need[i], &study->need[i], via.n ? &via : NULL, &year->table, a, purchasers ? purchasers : a->demand_product, err);
    }
    a->by_product_category = leie_free(a->by_product_category);
    a->demand_product = leie_free(a->demand_product);
    leie_free(purchasers);
    leie_trade_margins_clear(&margins);
    leie_concordance_clear(&via);
    return st;
}

void leie_year_needs_clear(leie_year *year)
{
    for (leie_size i = 0; i < year->needs; i++) {
        leie_need_list_clear(&year->need[i].list);
        leie_free(year->need[i].footprint);
        leie_free(year->need[i].money);
    }
    leie_free(year->need);
    year->need = NULL;
    year->needs = 0;
}
