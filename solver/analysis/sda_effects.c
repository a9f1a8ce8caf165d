// SPDX-License-Identifier: GPL-3.0-or-later
/* Effects of factors from footprints in all their states.
 *
 * v(state) is the footprint when the factors of `state` are those of table 1. In an order, the effect of a factor is
 * v after it minus v before it; the mean over all orders of m factors is
 *
 *   sum over sets s without f of   |s|! (m - |s| - 1)! / m!   (v(s + f) - v(s))
 */
#include <math.h>

#include "kernels/parallel.h"
#include "solver/analysis/decomposition_impl.h"

enum { SETS = 1 << LEIE_SDA_FACTORS };

// Factors that change together: bits of each, and the factor whose effect it is.
typedef struct players {
    int n;
    unsigned bits[LEIE_SDA_FACTORS];
    leie_sda_factor factor[LEIE_SDA_FACTORS];
} players;

static void add_player(players *p, leie_sda_factor factor, unsigned bits)
{
    p->bits[p->n] = bits;
    p->factor[p->n++] = factor;
}

// Factors that cannot change in this region take no part: their effect is zero in any order.
static players choose_players(const leie_sda_work *w, leie_size q)
{
    players p = {0};
    unsigned whole = 1u << LEIE_SDA_MIX | 1u << LEIE_SDA_VOLUME | 1u << LEIE_SDA_POPULATION;
    for (int f = 0; f < LEIE_SDA_FACTORS; f++) {
        bool merged = w->opts.demand_whole && (whole & 1u << f);
        if ((f == LEIE_SDA_PRICE && !w->opts.current_prices) || (f == LEIE_SDA_POPULATION && !w->d->peopled[q] && !merged))
            continue;
        if (merged && f != LEIE_SDA_VOLUME)
            continue;
        add_player(&p, (leie_sda_factor)f, merged ? whole : 1u << f);
    }
    return p;
}

// One cell: account region, stressor, product.
typedef struct cell {
    const leie_sda_work *w;
    leie_size q, s, p;
    double people[2];
} cell;

static int bit(unsigned state, leie_sda_factor f)
{
    return state >> f & 1;
}

static double value(const cell *c, unsigned state)
{
    const leie_sda_work *w = c->w;
    leie_size k = w->k, P = w->d->P;
    double people = c->people[bit(state, LEIE_SDA_POPULATION)];
    if (c->p == P - 1) {
        int direct = bit(state, LEIE_SDA_DIRECT);
        return w->direct[direct][c->q * k + c->s] / c->people[direct] * people;
    }
    int intensity = bit(state, LEIE_SDA_INTENSITY), price = bit(state, LEIE_SDA_PRICE), volume = bit(state, LEIE_SDA_VOLUME);
    int at = leie_sda_state(bit(state, LEIE_SDA_TRADE), bit(state, LEIE_SDA_TECHNOLOGY), intensity, bit(state, LEIE_SDA_MIX));
    double v = w->G[at][(c->q * k + c->s) * (P - 1) + c->p];
    if (w->opts.current_prices && price != intensity) // S = p S~
        v *= w->sigma[price][c->s] / w->sigma[intensity][c->s];
    return v * w->spent[volume][c->q] / c->people[volume] * people;
}

// The mean over all orders needs every set of players once.
static void all_orders(double effect[], const cell *c, const players *p)
{
    double v[SETS], weight[LEIE_SDA_FACTORS];
    for (int size = 0; size < p->n; size++) {
        weight[size] = 1.0 / p->n; // 1 / (m binomial(m - 1, size))
        for (int i = 0; i < size; i++)
            weight[size] *= (double)(i + 1) / (p->n - 1 - i);
    }
    for (unsigned set = 0; set < 1u << p->n; set++) {
        unsigned state = 0;
        for (int f = 0; f < p->n; f++)
            state |= set >> f & 1 ? p->bits[f] : 0;
        v[set] = value(c, state);
    }
    for (unsigned set = 0; set < 1u << p->n; set++)
        for (int f = 0; f < p->n; f++)
            if (!(set >> f & 1))
                effect[p->factor[f]] += weight[__builtin_popcount(set)] * (v[set | 1u << f] - v[set]);
}

static void one_order(double effect[], const cell *c, const players *p, bool mirror, double share)
{
    unsigned state = 0;
    double before = value(c, 0);
    for (int i = 0; i < p->n; i++) {
        int f = mirror ? p->n - 1 - i : i;
        state |= p->bits[f];
        double after = value(c, state);
        effect[p->factor[f]] += share * (after - before);
        before = after;
    }
}

static void decompose_cell(const cell *c, const players *p, leie_sda_mean mean)
{
    leie_sda *d = c->w->d;
    leie_size at = (c->q * c->w->k + c->s) * d->P + c->p;
    double *effect = d->effect + at * LEIE_SDA_FACTORS;
    unsigned all = 0;
    for (int f = 0; f < p->n; f++)
        all |= p->bits[f];
    d->from[at] = value(c, 0);
    d->to[at] = value(c, all);
    if (mean == LEIE_SDA_ALL)
        all_orders(effect, c, p);
    if (mean == LEIE_SDA_POLAR || mean == LEIE_SDA_FORWARD)
        one_order(effect, c, p, false, mean == LEIE_SDA_POLAR ? 0.5 : 1);
    if (mean == LEIE_SDA_POLAR || mean == LEIE_SDA_MIRROR)
        one_order(effect, c, p, true, mean == LEIE_SDA_POLAR ? 0.5 : 1);
}

static leie_status decompose_regions(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    leie_sda_work *w = ctx;
    (void)worker;
    (void)err;
    for (leie_size q = first; q < last; q++) {
        players p = choose_players(w, q);
        cell c = {.w = w, .q = q, .people = {1, 1}};
        for (int t = 0; t < 2 && w->d->peopled[q]; t++)
            c.people[t] = w->side[t].population[q];
        for (c.s = 0; c.s < w->k; c.s++)
            for (c.p = 0; c.p < w->d->P; c.p++)
                decompose_cell(&c, &p, w->opts.mean);
    }
    return LEIE_OK;
}

leie_status leie_sda_effects(leie_sda_work *w, leie_error *err)
{
    return leie_parallel_for(w->d->q, 1, decompose_regions, w, err);
}
