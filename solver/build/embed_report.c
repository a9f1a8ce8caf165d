// SPDX-License-Identifier: GPL-3.0-or-later
/* What a nest changed, as notes and adjustments. */
#include <math.h>
#include <string.h>

#include "kernels/sum.h"
#include "solver/build/embed_impl.h"
#include "solver/table/table_impl.h"

typedef leie_nesting nesting;

static const char *const totals_name[] = {"world", "national"};
static const char *const re_exports_name[] = {"remove", "reroute", "keep"};

int leie_totals_find(const char *name)
{
    for (int i = 0; i < 2; i++)
        if (strcmp(name, totals_name[i]) == 0)
            return i;
    return -1;
}

int leie_re_exports_find(const char *name)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(name, re_exports_name[i]) == 0)
            return i;
    return -1;
}

static leie_status list_trade(nesting *k, leie_error *err)
{
    const leie_enclave *c = &k->c;
    leie_size U = c->n + c->m, W = k->w.n + k->w.m;
    const char *unit = k->t->unit, *by = k->how->totals == LEIE_TOTALS_WORLD ? "world table" : "national table";
    leie_status st = LEIE_OK;
    for (leie_size j = 0; !st && j < c->J; j++) {
        leie_acc in = {0}, out = {0}, x = {0}, made = {0};
        for (leie_size g = 0; g < c->G; g++)
            leie_acc_add(&in, leie_sum(c->M + (j * c->G + g) * U, U, 1));
        for (leie_size i = 0; i < c->n; i++) {
            leie_acc_add(&out, c->P[i * c->J + j] * leie_sum(c->ship + i * W, W, 1));
            leie_acc_add(&made, c->transit[i] ? 0 : c->P[i * c->J + j] * c->x[i]);
        }
        leie_acc_add(&x, k->t->x[k->w.first + j]);
        const char *code = k->t->sector.code[k->w.first + j];
        st = leie_adjustments_add(&k->to.adjusted, "imports", k->how->country, code,
                                  leie_sum(k->w.total + j * c->G, c->G, 1), leie_acc_value(&in), unit, by, err);
        st = st ? st : leie_adjustments_add(&k->to.adjusted, "exports", k->how->country, code, k->w.bought[j],
                                            leie_acc_value(&out), unit, by, err);
        st = st ? st : leie_adjustments_add(&k->to.adjusted, "output", k->how->country, code, leie_acc_value(&x),
                                            leie_acc_value(&made), unit, "national table", err);
    }
    return st;
}

// How much of each product is split by the concordance: output, and the part that goes to its largest target.
static leie_status list_concordance(nesting *k, leie_error *err)
{
    const leie_enclave *c = &k->c;
    const char *path = k->how->sectors->path ? k->how->sectors->path : "concordance";
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < c->n; i++) {
        double most = 0;
        for (leie_size j = 0; j < c->J; j++)
            most = fmax(most, c->P[i * c->J + j]);
        if (!c->transit[i])
            st = leie_adjustments_add(&k->to.adjusted, "concordance", c->sector.region.code[c->sector.of[i]],
                                      c->sector.code[i], c->x[i], most * c->x[i], k->t->unit, path, err);
    }
    return st;
}

static leie_status list_re_exports(nesting *k, leie_error *err)
{
    const leie_table *own = &k->own->table;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < own->sector.n; i++) {
        double sum = 0;
        for (leie_size f = 0; f < own->demand.n; f++)
            if (own->demand.kind[f] == LEIE_DEMAND_EXPORT)
                sum += k->own->Ym[i * own->demand.n + f];
        st = leie_adjustments_add(&k->to.adjusted, "re_exports", own->sector.region.code[own->sector.of[i]],
                                  own->sector.code[i], sum, k->how->re_exports == LEIE_RE_EXPORTS_REMOVE ? 0 : sum,
                                  k->t->unit, re_exports_name[k->how->re_exports], err);
    }
    return st;
}

static leie_status list_discrepancies(nesting *k, leie_error *err)
{
    const leie_axis *a = &k->t->sector;
    leie_status st = LEIE_OK;
    for (leie_size f = 0; !st && k->how->totals == LEIE_TOTALS_NATIONAL && f < k->w.n; f++) {
        if (k->w.product[f] < 0)
            continue;
        double sold = leie_sum(k->w.sale + f * k->c.G, k->c.G, 1), bought = 0;
        for (leie_size j = 0; j < k->c.J; j++)
            bought += k->w.buy[j * (k->w.n + k->w.m) + f];
        st = leie_adjustments_add(&k->to.adjusted, "discrepancy of sales", a->region.code[a->of[f]], a->code[f], sold,
                                  sold - k->miss_row[f], k->t->unit, "discrepancy column", err);
        st = st ? st : leie_adjustments_add(&k->to.adjusted, "discrepancy of purchases", a->region.code[a->of[f]],
                                            a->code[f], bought, bought - k->miss_col[f], k->t->unit, "discrepancy row", err);
    }
    return st;
}

static leie_status note_steps(leie_provenance *p, const leie_adjustments *list, const char *unit, leie_error *err)
{
    static const char *const step[] = {"re_exports", "imports", "exports", "output", "discrepancy of sales",
                                       "discrepancy of purchases"};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof step / sizeof *step; i++) {
        leie_size most;
        double size = leie_adjustments_size(&most, list, step[i]);
        if (most >= 0 && size > 0)
            st = leie_provenance_note(p, LEIE_NOTE_DONE, list->n, err,
                                      "nest, %s: differences add up to %.6g %s, most in '%s' of %s (%.6g to %.6g)", step[i],
                                      size, unit ? unit : "", list->item[most].code, list->item[most].region,
                                      list->item[most].before, list->item[most].after);
    }
    return st;
}

leie_status leie_nesting_report(nesting *k, leie_error *err)
{
    leie_status st = leie_provenance_note(
        &k->to.provenance, LEIE_NOTE_DONE, k->c.n, err,
        "%s (%lld sectors) replaced by its own table: %lld regions, %lld sectors, %s totals, re-exports: %s", k->how->country,
        (long long)k->w.J, (long long)k->c.R, (long long)k->c.n, totals_name[k->how->totals],
        re_exports_name[k->how->re_exports]);
    st = st ? st : list_re_exports(k, err);
    st = st ? st : list_concordance(k, err);
    st = st ? st : list_trade(k, err);
    st = st ? st : list_discrepancies(k, err);
    return st ? st : note_steps(&k->to.provenance, &k->to.adjusted, k->t->unit, err);
}
