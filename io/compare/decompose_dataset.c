// SPDX-License-Identifier: GPL-3.0-or-later
/* A decomposition as a dataset. */
#include <stdio.h>
#include <string.h>

#include "io/compare/decompose.h"
#include "io/result/axes.h"
#include "io/result/dataset_text.h"

// Stressors, then all materials together.
static leie_size stressors(const leie_step *step)
{
    return step->sda.k + step->total.k;
}

static const leie_sda *part_of(const leie_step *step, leie_size s, leie_size *at)
{
    *at = s < step->sda.k ? s : s - step->sda.k;
    return s < step->sda.k ? &step->sda : &step->total;
}

static leie_status add_steps(leie_dataset *ds, const leie_decomposition *d, leie_error *err)
{
    leie_labels step = {0};
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < d->steps; i++) { // a step is a label: from -> to, with its kind and prices
        char text[256], kind[32];
        snprintf(text, sizeof text, "%s -> %s", d->step[i].from, d->step[i].to);
        snprintf(kind, sizeof kind, "%s", d->step[i].kind);
        leie_size at = leie_labels_add(&step, text, d->step[i].prices, NULL, kind, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    st = st ? st : leie_dataset_coordinate(ds, "step", step.n, step.code, NULL, "from one table to the next", err);
    st = st ? st : leie_dataset_texts(ds, "step_kind", "step", step.n, step.kind,
                                      "change: real, in one edition; prices: between prices of two years; revision: of the data of one year", err);
    st = st ? st : leie_dataset_texts(ds, "step_prices", "step", step.n, step.name, "prices in which the step is taken apart", err);
    leie_labels_clear(&step);
    return st;
}

static leie_status add_axes(leie_dataset *ds, const leie_decomposition *d, leie_error *err)
{
    const leie_step *step = &d->step[0];
    leie_labels stressor = {0}, factor = {0};
    const leie_labels *product = &step->sda.product;
    leie_status st = leie_labels_copy(&stressor, &step->sda.stressor, err);
    leie_size at = 0;
    if (!st && step->total.k)
        at = leie_labels_add(&stressor, "TOTAL", "all materials", step->total.stressor.unit[0], NULL, err);
    for (int f = 0; !st && at >= 0 && f < LEIE_SDA_FACTORS; f++)
        at = leie_labels_add(&factor, leie_sda_factor_name((leie_sda_factor)f), NULL, NULL, NULL, err);
    st = st || at >= 0 ? st : (leie_status)at;
    st = st ? st : leie_dataset_coordinate(ds, "sda_region", d->q.label.n, d->q.label.code, d->q.label.name, "region whose footprint it is", err);
    st = st ? st : leie_dataset_coordinate(ds, "sda_stressor", stressor.n, stressor.code, stressor.name, "pressure; TOTAL: all materials together", err);
    st = st ? st : leie_dataset_texts(ds, "sda_stressor_unit", "sda_stressor", stressor.n, stressor.unit, "unit of the stressor", err);
    st = st ? st : leie_dataset_coordinate(ds, "sda_product", product->n, product->code, product->name, "product bought; direct: direct pressures", err);
    st = st ? st : leie_dataset_coordinate(ds, "factor", factor.n, factor.code, NULL, "what changed", err);
    leie_labels_clear(&stressor);
    leie_labels_clear(&factor);
    return st;
}

typedef struct sda_vars {
    leie_var *from, *to, *effect, *product_from, *product_to, *product_effect;
} sda_vars;

static leie_status add_vars(sda_vars *v, leie_dataset *ds, leie_error *err)
{
    const struct {
        leie_var **at;
        const char *name, *dims, *text;
    } list[] = {
        {&v->from, "sda_from", "step sda_region sda_stressor", "footprint before the step, direct pressures included"},
        {&v->to, "sda_to", "step sda_region sda_stressor", "footprint after it"},
        {&v->effect, "sda_effect", "step sda_region sda_stressor factor", "part of the change by factor; the sum is sda_to less sda_from to the last digit"},
        {&v->product_from, "sda_product_from", "step sda_region sda_stressor sda_product", "footprint before the step by product bought"},
        {&v->product_to, "sda_product_to", "step sda_region sda_stressor sda_product", "footprint after it by product bought"},
        {&v->product_effect, "sda_product_effect", "step sda_region sda_stressor sda_product factor", "part of the change by product bought and factor; sums are exact"},
    };
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof list / sizeof list[0]; i++) {
        st = leie_dataset_var(list[i].at, ds, list[i].name, LEIE_VAR_DOUBLE, list[i].dims, "1", list[i].text, err);
        st = st ? st : leie_dataset_text(ds, *list[i].at, "units_by", "sda_stressor_unit", err);
    }
    return st;
}

// Footprints and effects; a factor that took no part has none.
static void fill(sda_vars *v, const leie_decomposition *d)
{
    enum { F = LEIE_SDA_FACTORS };
    leie_size Q = d->q.label.n, K = stressors(&d->step[0]), P = d->step[0].sda.P;
    for (leie_size i = 0; i < d->steps; i++)
        for (leie_size q = 0; q < Q; q++)
            for (leie_size s = 0; s < K; s++) {
                leie_size k, to = (i * Q + q) * K + s;
                const leie_sda *a = part_of(&d->step[i], s, &k);
                leie_size at = q * a->k + k;
                v->from->number[to] = a->total_from[at];
                v->to->number[to] = a->total_to[at];
                memcpy(v->effect->number + to * F, a->total + at * F, F * sizeof(double));
                memcpy(v->product_from->number + to * P, a->from + at * P, (size_t)P * sizeof(double));
                memcpy(v->product_to->number + to * P, a->to + at * P, (size_t)P * sizeof(double));
                memcpy(v->product_effect->number + to * P * F, a->effect + at * P * F, (size_t)P * F * sizeof(double));
            }
}

leie_status leie_decomposition_dataset(leie_dataset *ds, const leie_decomposition *d, leie_error *err)
{
    sda_vars v;
    leie_status st = add_steps(ds, d, err);
    st = st ? st : add_axes(ds, d, err);
    st = st ? st : add_vars(&v, ds, err);
    if (!st)
        fill(&v, d);
    for (leie_size i = 0; !st && i < d->steps; i++) {
        char name[48];
        snprintf(name, sizeof name, "sda_residual_%lld", (long long)(i + 1));
        st = leie_dataset_number(ds, NULL, name, d->step[i].sda.residual, err);
    }
    return st;
}
