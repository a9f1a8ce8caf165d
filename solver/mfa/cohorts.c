// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/cohorts.h"

#include "kernels/memory.h"

// A lifetime that is `longer` times as long.
static leie_lifetime stretched(leie_lifetime life, double longer)
{
    life.mean *= longer;
    life.sd *= longer;
    life.scale *= longer;
    life.oldest *= longer;
    return life;
}

leie_status leie_cohorts_inflow(double *inflow, const leie_cohorts *c, leie_size item, double longer, int start, leie_error *err)
{
    leie_size T = c->years, A = c->before;
    leie_survival_opts opts = c->within;
    leie_survival survival = {0};
    leie_stocks made = {0};
    leie_lifetime *life = leie_new(A + T, sizeof *life);
    if (!life)
        return leie_fail_memory(err, "longer lifetimes", A + T, sizeof *life);
    opts.change = c->change[item] == LEIE_LIFE_BY_YEAR ? LEIE_LIFE_BY_YEAR : LEIE_LIFE_BY_COHORT;
    leie_size first = c->first_year - (opts.change == LEIE_LIFE_BY_YEAR ? 0 : A);
    for (leie_size k = 0; k < A + T; k++)
        life[k] = first + k >= start ? stretched(c->life[item][k], longer) : c->life[item][k];
    leie_status st = leie_survival_new(&survival, T, A, life, &opts, err);
    const leie_stock_item one = {.name = "goods with a longer life", .survival = &survival, .by_stock = true, .given = c->stock + item * T,
                                 .initial = A ? c->initial + item * A : NULL};
    const leie_stock_opts how = {.first_year = c->first_year, .scale_down = true};
    st = st ? st : leie_stocks_make(&made, 1, &one, &how, err);
    for (leie_size t = 0; t < T && !st; t++)
        inflow[t] = made.inflow[t];
    leie_stocks_clear(&made);
    leie_survival_clear(&survival);
    leie_free(life);
    return st;
}

static bool holds(leie_size n, const leie_index *list, leie_index at)
{
    for (leie_size i = 0; i < n; i++)
        if (list[i] == at)
            return true;
    return false;
}

// Whether these are purchases of a good.
static bool buys(const leie_durable *d, const leie_purchase *p)
{
    bool any = false;
    for (leie_size j = 0; j < p->cols && !any; j++)
        any = holds(d->cols, d->col, p->col[j]);
    return p->demand && any && holds(d->rows, d->row, (leie_index)p->row);
}

// Mass put into use in a year, as it is and with the longer life.
static leie_status compare_good(double *is, double *would, const leie_cohorts *c, const leie_durable *d, const leie_purchase *p, leie_error *err)
{
    leie_size t = p->year - c->first_year;
    double *inflow = leie_new(c->years, sizeof *inflow);
    leie_status st = inflow ? LEIE_OK : leie_fail_memory(err, "inflow with a longer life", c->years, sizeof *inflow);
    *is = *would = 0;
    for (leie_size i = 0; i < d->items && !st; i++) {
        st = leie_cohorts_inflow(inflow, c, d->item[i], p->longer / p->life, p->start, err);
        *is += st ? 0 : c->inflow[d->item[i] * c->years + t];
        *would += st ? 0 : inflow[t];
    }
    leie_free(inflow);
    return st;
}

static leie_status saving(double *share, const void *ctx, const leie_purchase *p, leie_error *err)
{
    const leie_cohorts *c = ctx;
    double bought = 0, needed = 0;
    bool any = false;
    leie_status st = LEIE_OK;
    for (leie_size g = 0; g < c->durables && !st; g++) {
        const leie_durable *d = &c->durable[g];
        double is, would;
        if (!buys(d, p))
            continue;
        any = true;
        if (p->year < c->first_year || p->year >= c->first_year + (int)c->years)
            return leie_fail(err, LEIE_ERR_DATA, "the stock model of '%s' has the years %d to %d and not %d", d->name, c->first_year,
                             c->first_year + (int)c->years - 1, p->year);
        st = compare_good(&is, &would, c, d, p, err);
        bought += st ? 0 : is / d->mass;
        needed += st ? 0 : would / d->mass;
    }
    if (st || any) {
        *share = bought > 0 ? 1 - needed / bought : 0;
        return st;
    }
    return leie_longevity_steady.saving(share, NULL, p, err);
}

leie_longevity leie_cohorts_longevity(const leie_cohorts *c)
{
    return (leie_longevity){.ctx = c, .saving = saving};
}
