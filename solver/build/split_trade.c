// SPDX-License-Identifier: GPL-3.0-or-later
/* First estimates of domestic use by region of origin. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/embed_impl.h"
#include "solver/build/split_impl.h"
#include "solver/table/table_impl.h"

bool leie_split_is_export(const leie_splitting *c, leie_size u)
{
    return u >= c->k && c->s->account.demand.kind[u - c->k] == LEIE_DEMAND_EXPORT;
}

double leie_split_demand(const leie_splitting *c, leie_size r, leie_size i, leie_size u)
{
    const leie_sut_layer *d = &c->s->layer[LEIE_DOMESTIC][LEIE_BASIC];
    const leie_nest *share = c->how->shares;
    if (u < c->k)
        return d->use[i * c->k + u] * share->industry[r * c->k + u];
    double national = d->final[i * c->m + u - c->k];
    if (!leie_split_is_export(c, u) || !c->how->exports_by_output)
        return national * share->demand[r * c->m + u - c->k];
    double all = leie_sum(c->q + i, c->N, c->p); // E_r = E q_r / q
    return all != 0 ? national * (c->q[r * c->p + i] / all) : national * share->demand[r * c->m + u - c->k];
}

double *leie_split_cell(const leie_splitting *c, leie_size s, leie_size i, leie_size r, leie_size u)
{
    const leie_sut_layer *d = &c->to->layer[LEIE_DOMESTIC][LEIE_BASIC];
    leie_size row = s * c->p + i;
    return u < c->k ? &d->use[row * c->K + r * c->k + u] : &d->final[row * c->M + r * c->m + u - c->k];
}

// ---- shares of origin for one product and user ----

static double weight(const leie_splitting *c, leie_size s, leie_size r, leie_size i)
{
    double d = c->how->distance ? c->how->distance[s * c->N + r] : 1;
    return fmax(c->q[s * c->p + i], 0) * pow(d, -c->how->beta);
}

// share[s] of origins, own share given; the others by output and distance.
static void spread(double *share, const leie_splitting *c, leie_size r, leie_size i, double own)
{
    double all = 0;
    for (leie_size s = 0; s < c->N; s++) {
        share[s] = s == r ? 0 : weight(c, s, r, i);
        all += share[s];
    }
    if (!(c->q[r * c->p + i] > 0) && all > 0)
        own = 0;
    if (!(all > 0))
        own = 1;
    for (leie_size s = 0; s < c->N; s++)
        share[s] = s == r ? own : all > 0 ? (1 - own) * (share[s] / all) : 0;
}

static void quotient_shares(double *share, const leie_splitting *c, leie_size r, leie_size i, leie_size u)
{
    double slq_j = u < c->k ? c->slq_j[r * c->k + u] : NAN;
    bool same = u < c->k && c->product_of[u] == i;
    spread(share, c, r, i, leie_own_share(c->how->method, c->slq_i[r * c->p + i], slq_j, same, c->lambda[r]));
}

// ---- shares of origin for one product, all users alike: t [N, N] by origin and user's region ----

static void totals_of(const leie_splitting *c, leie_size i, double *made, double *used)
{
    for (leie_size r = 0; r < c->N; r++) {
        leie_acc X = {0}, D = {0};
        leie_acc_add(&X, c->q[r * c->p + i]);
        for (leie_size u = 0; u < c->k + c->m; u++) {
            double cell = leie_split_demand(c, r, i, u);
            if (leie_split_is_export(c, u))
                leie_acc_add(&X, -cell);
            else
                leie_acc_add(&D, cell);
        }
        made[r] = fmax(leie_acc_value(&X), 0);
        used[r] = fmax(leie_acc_value(&D), 0);
    }
}

static double national_h(const leie_splitting *c, leie_size i)
{
    const leie_sut_layer *d = &c->s->layer[LEIE_DOMESTIC][LEIE_BASIC], *f = &c->s->layer[LEIE_IMPORTED][LEIE_BASIC];
    leie_acc used = {0}, exports = {0}, imports = {0};
    for (leie_size u = 0; u < c->k + c->m; u++) {
        double home = u < c->k ? d->use[i * c->k + u] : d->final[i * c->m + u - c->k];
        double abroad = !f->use ? 0 : u < c->k ? f->use[i * c->k + u] : f->final[i * c->m + u - c->k];
        leie_acc_add(&imports, abroad);
        leie_acc_add(leie_split_is_export(c, u) ? &exports : &used, home + abroad);
    }
    return leie_charm_h(leie_sum(c->s->supply + i * c->k, c->k, 1), leie_acc_value(&used), leie_acc_value(&exports),
                        leie_acc_value(&imports));
}

static void charm_shares(double *t, const leie_splitting *c, leie_size i, double *work)
{
    leie_size N = c->N;
    double *made = work, *used = work + N, *out = work + 2 * N, *in = work + 3 * N, h = national_h(c, i);
    totals_of(c, i, made, used);
    for (leie_size r = 0; r < N; r++)
        leie_charm(&out[r], &in[r], made[r], used[r], h);
    leie_gravity(t, N, out, in, c->how->distance, c->how->beta, false);
    for (leie_size r = 0; r < N; r++) {
        double from = 0;
        for (leie_size s = 0; s < N; s++)
            from += s == r ? 0 : t[s * N + r];
        t[r * N + r] = fmax(used[r] - from, 0);
    }
}

static void gravity_flows(double *t, const leie_splitting *c, leie_size i, double *work)
{
    totals_of(c, i, work, work + c->N);
    leie_gravity(t, c->N, work, work + c->N, c->how->distance, c->how->beta, true);
}

// Flows [s, r] become shares of r's column; a region that uses nothing takes the pool.
static void columns_to_shares(double *t, const leie_splitting *c, leie_size i)
{
    leie_size N = c->N;
    for (leie_size r = 0; r < N; r++) {
        double all = 0, pool = 0;
        for (leie_size s = 0; s < N; s++) {
            all += t[s * N + r];
            pool += fmax(c->q[s * c->p + i], 0);
        }
        for (leie_size s = 0; s < N; s++)
            t[s * N + r] = all > 0 ? t[s * N + r] / all
                           : pool > 0 ? fmax(c->q[s * c->p + i], 0) / pool
                                      : s == r;
    }
}

static int class_of(const leie_splitting *c, leie_size u)
{
    return u < c->k ? 0 : leie_end_use(c->s->account.demand.kind[u - c->k]);
}

// Given flows of one class; where a column is unknown the others of the product, else the pool of makers.
static leie_status given_flows(double *t, leie_splitting *c, leie_size i, int class, leie_size *unknown, leie_error *err)
{
    leie_size N = c->N;
    for (leie_size r = 0; r < N; r++) {
        bool known = false;
        for (leie_size s = 0; s < N; s++) {
            double v = c->how->given[((class * N + s) * N + r) * c->p + i];
            t[s * N + r] = isnan(v) ? 0 : v;
            known |= !isnan(v);
            if (!isnan(v) && v < 0)
                return leie_fail(err, LEIE_ERR_DATA, "given trade of '%s' from '%s' to '%s' is %.9g: expected 0 or more",
                                 c->s->product.code[i], c->how->shares->region.code[s], c->how->shares->region.code[r], v);
            if (!isnan(v) && v > 0 && !(c->q[s * c->p + i] > 0))
                return leie_fail(err, LEIE_ERR_DATA,
                                 "given trade: '%s' sells %.9g of '%s' to '%s' and has no output of it",
                                 c->how->shares->region.code[s], v, c->s->product.code[i],
                                 c->how->shares->region.code[r]);
        }
        *unknown += !known;
    }
    return LEIE_OK;
}

// ---- filling ----

static void mark_cell(const leie_splitting *c, leie_size s, leie_size i, leie_size r, leie_size u, leie_mark mark)
{
    leie_size row = s * c->p + i;
    if (u < c->k)
        c->info->mark[LEIE_PART_USE][row * c->K + r * c->k + u] = (unsigned char)mark;
    else
        c->info->mark[LEIE_PART_FINAL][row * c->M + r * c->m + u - c->k] = (unsigned char)mark;
}

static void fill_product(leie_splitting *c, leie_size i, const double *t, double *share)
{
    leie_size N = c->N;
    for (leie_size r = 0; r < N; r++)
        for (leie_size u = 0; u < c->k + c->m; u++) {
            double wanted = leie_split_demand(c, r, i, u);
            if (wanted == 0)
                continue;
            if (leie_split_is_export(c, u)) { // goes abroad from where it is made
                *leie_split_cell(c, r, i, r, u) = wanted;
                mark_cell(c, r, i, r, u, LEIE_MARK_ESTIMATED);
                continue;
            }
            if (!t)
                quotient_shares(share, c, r, i, u);
            for (leie_size s = 0; s < N; s++) {
                double part = t ? t[(class_of(c, u) * N + s) * N + r] : share[s];
                *leie_split_cell(c, s, i, r, u) = wanted * part;
                if (wanted * part != 0)
                    mark_cell(c, s, i, r, u, LEIE_MARK_ESTIMATED);
            }
        }
}

// t [3, N, N]: shares of origin by class of use
static leie_status product_shares(double *t, leie_splitting *c, leie_size i, double *work, leie_size *unknown,
                                  leie_error *err)
{
    leie_size N = c->N, one = N * N;
    for (int class = 0; class < LEIE_END_USES; class++) {
        double *to = t + class * one;
        leie_status st = LEIE_OK;
        if (c->how->method == LEIE_TRADE_GIVEN)
            st = given_flows(to, c, i, class, unknown, err);
        else if (class > 0)
            memcpy(to, t, (size_t)one * sizeof *t);
        else if (c->how->method == LEIE_TRADE_CHARM)
            charm_shares(to, c, i, work);
        else
            gravity_flows(to, c, i, work);
        if (st)
            return st;
        if (class == 0 || c->how->method == LEIE_TRADE_GIVEN)
            columns_to_shares(to, c, i);
    }
    return LEIE_OK;
}

// Known cells of domestic use: the nation's cell is checked, the balance keeps them.
static leie_status place_known(leie_splitting *c, leie_error *err)
{
    for (leie_size q = 0; q < c->how->known; q++) {
        const leie_known_cell *cell = &c->how->cell[q];
        if (cell->part != LEIE_PART_USE && cell->part != LEIE_PART_FINAL)
            continue;
        bool use = cell->part == LEIE_PART_USE;
        leie_size i = cell->row % c->p, s = cell->row / c->p, width = use ? c->k : c->m;
        leie_size r = cell->col / width, u = cell->col % width + (use ? 0 : c->k);
        double nation = 0, given = 0;
        *leie_split_cell(c, s, i, r, u) = cell->value;
        mark_cell(c, s, i, r, u, LEIE_MARK_GIVEN);
        for (leie_size a = 0; a < c->N; a++)
            for (leie_size b = 0; b < c->N; b++) {
                leie_size at = use ? (a * c->p + i) * c->K + b * c->k + u : (a * c->p + i) * c->M + b * c->m + u - c->k;
                if (c->info->mark[cell->part][at] == LEIE_MARK_GIVEN)
                    given += *leie_split_cell(c, a, i, b, u);
            }
        const leie_sut_layer *d = &c->s->layer[LEIE_DOMESTIC][LEIE_BASIC];
        nation = use ? d->use[i * c->k + u] : d->final[i * c->m + u - c->k];
        if (nation >= 0 ? given > nation * (1 + 1e-9) : given < nation * (1 + 1e-9))
            return leie_fail(err, LEIE_ERR_DATA,
                             "%s:%lld: known use of '%s' by '%s' adds up to %.9g over the regions, the national cell is %.9g",
                             c->how->known_path ? c->how->known_path : "known cells", (long long)cell->line,
                             c->s->product.code[i], use ? c->s->account.sector.code[u] : c->s->account.demand.code[u - c->k],
                             given, nation);
    }
    return LEIE_OK;
}

leie_status leie_split_trade(leie_splitting *c, leie_error *err)
{
    leie_size N = c->N, unknown = 0;
    bool quotient = c->how->method <= LEIE_TRADE_AFLQ;
    double *t = NULL, *work = NULL;
    leie_status st = leie_sut_layer_new(c->to, LEIE_DOMESTIC, LEIE_BASIC, err);
    c->info->mark[LEIE_PART_USE] = leie_new(c->P * c->K, 1);
    c->info->mark[LEIE_PART_FINAL] = leie_new(c->P * c->M, 1);
    if (!st && (!c->info->mark[LEIE_PART_USE] || !c->info->mark[LEIE_PART_FINAL]))
        st = leie_fail_memory(err, "marks", c->P * c->K, 1);
    st = st ? st : leie_embed_new(&t, LEIE_END_USES * N * N, "trade", err);
    st = st ? st : leie_embed_new(&work, 4 * N, "trade", err);
    for (leie_size i = 0; !st && i < c->p; i++) {
        if (!quotient)
            st = product_shares(t, c, i, work, &unknown, err);
        if (!st)
            fill_product(c, i, quotient ? NULL : t, work);
    }
    if (!st && unknown > 0)
        st = leie_provenance_note(&c->to->account.provenance, LEIE_NOTE_ASSUMED, unknown, err,
                                  "%lld columns of product, region and use are not in the given trade: from the makers by "
                                  "output",
                                  (long long)unknown);
    st = st ? st : place_known(c, err);
    leie_free(t);
    leie_free(work);
    return st;
}
