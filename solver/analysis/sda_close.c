// SPDX-License-Identifier: GPL-3.0-or-later
/* Decompositions made exact, and added up: stressors of one, steps of a chain. */
#include <math.h>
#include <string.h>

#include "solver/analysis/additive.h"
#include "solver/analysis/decomposition_impl.h"

// No sum over parts or steps of one region and stressor is larger.
static double bound_of(const leie_sda *step, leie_size steps, leie_size at)
{
    double bound = 0;
    for (leie_size i = 0; i < steps; i++) {
        double own = 0;
        for (leie_size p = at * step[i].P; p < (at + 1) * step[i].P; p++) {
            own += 2 * fabs(step[i].from[p]) + 2 * fabs(step[i].to[p]);
            for (int f = 0; f < LEIE_SDA_FACTORS; f++)
                own += fabs(step[i].effect[p * LEIE_SDA_FACTORS + f]);
        }
        bound += own;
    }
    return bound;
}

// Totals of one region and stressor.
static void add_products(leie_sda *d, leie_size at)
{
    leie_size first = at * d->P;
    const double *effect = d->effect + first * LEIE_SDA_FACTORS;
    double *total = d->total + at * LEIE_SDA_FACTORS;
    d->total_from[at] = d->total_to[at] = 0;
    memset(total, 0, LEIE_SDA_FACTORS * sizeof *total);
    for (leie_size p = 0; p < d->P; p++) {
        d->total_from[at] += d->from[first + p];
        d->total_to[at] += d->to[first + p];
        for (int f = 0; f < LEIE_SDA_FACTORS; f++)
            total[f] += effect[p * LEIE_SDA_FACTORS + f];
    }
}

static void close_cell(leie_sda *d, leie_size at, double unit)
{
    leie_size first = at * d->P;
    double rest = leie_additive_round(d->effect + first * LEIE_SDA_FACTORS, d->P, LEIE_SDA_FACTORS, d->from + first, d->to + first, unit);
    add_products(d, at);
    double size = fmax(fabs(d->total_from[at]), fabs(d->total_to[at]));
    d->remainder = fmax(d->remainder, size > 0 ? rest / size : 0);
}

void leie_sda_close(leie_sda *step, leie_size steps)
{
    for (leie_size at = 0; steps && at < step->q * step->k; at++) {
        for (leie_size i = 1; i < steps; i++)
            memcpy(step[i].from + at * step[i].P, step[i - 1].to + at * step[i - 1].P, (size_t)step[i].P * sizeof *step[i].from);
        double unit = leie_additive_unit(bound_of(step, steps, at));
        for (leie_size i = 0; i < steps; i++)
            close_cell(&step[i], at, unit);
    }
}

leie_status leie_sda_sum(leie_sda *sum, const leie_sda *d, const bool *member, const char *code, const char *name, leie_error *err)
{
    leie_size P = d->P, first = 0;
    while (first < d->k - 1 && !member[first])
        first++;
    *sum = (leie_sda){.q = d->q, .k = 1, .P = P, .residual = d->residual, .solver = d->solver};
    leie_status st = leie_sda_new_result(sum, err);
    st = st ? st : leie_labels_copy(&sum->product, &d->product, err);
    if (!st && leie_labels_add(&sum->stressor, code, name, d->stressor.unit[first], d->stressor.kind[first], err) < 0)
        st = LEIE_ERR_NOMEM;
    for (leie_size at = 0; !st && at < d->q * d->k; at++) {
        leie_size q = at / d->k;
        sum->peopled[q] = d->peopled[q];
        for (leie_size p = 0; p < P && member[at % d->k]; p++) {
            sum->from[q * P + p] += d->from[at * P + p];
            sum->to[q * P + p] += d->to[at * P + p];
            for (int f = 0; f < LEIE_SDA_FACTORS; f++)
                sum->effect[(q * P + p) * LEIE_SDA_FACTORS + f] += d->effect[(at * P + p) * LEIE_SDA_FACTORS + f];
        }
    }
    if (st)
        leie_sda_clear(sum);
    else
        leie_sda_close(sum, 1);
    return st;
}

leie_status leie_sda_chain(leie_sda *sum, const leie_sda *const *step, leie_size steps, const leie_sda *after, leie_error *err)
{
    const leie_sda *first = step[0];
    leie_size cells = first->q * first->k * first->P;
    *sum = (leie_sda){.q = first->q, .k = first->k, .P = first->P, .solver = first->solver, .left_out = first->left_out};
    leie_status st = leie_sda_new_result(sum, err);
    st = st ? st : leie_labels_copy(&sum->product, &first->product, err);
    st = st ? st : leie_labels_copy(&sum->stressor, &first->stressor, err);
    if (st) {
        leie_sda_clear(sum);
        return st;
    }
    memcpy(sum->peopled, first->peopled, (size_t)first->q * sizeof *sum->peopled);
    memcpy(sum->from, after ? after->to : first->from, (size_t)cells * sizeof *sum->from);
    memcpy(sum->to, sum->from, (size_t)cells * sizeof *sum->to);
    for (leie_size i = 0; i < steps; i++) {
        for (leie_size c = 0; c < cells; c++)
            sum->to[c] += step[i]->to[c] - step[i]->from[c];
        for (leie_size c = 0; c < cells * LEIE_SDA_FACTORS; c++)
            sum->effect[c] += step[i]->effect[c];
        sum->unsplit += step[i]->unsplit;
        sum->borrowed += step[i]->borrowed;
        sum->residual = fmax(sum->residual, step[i]->residual);
        sum->remainder = fmax(sum->remainder, step[i]->remainder);
    }
    for (leie_size at = 0; at < sum->q * sum->k; at++)
        add_products(sum, at);
    return LEIE_OK;
}
