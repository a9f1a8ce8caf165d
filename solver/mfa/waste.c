// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/waste.h"

#include <math.h>

#include "kernels/memory.h"

static const double SUM = 1e-6; // what a sum of shares may be off by

// ---- checks ----

static leie_status check_choice(const leie_waste_model *m, leie_size r, leie_size w, leie_error *err)
{
    const double *choice = m->choice + (r * m->waste.n + w) * m->treatment.n;
    double sum = 0;
    bool given = false;
    for (leie_size t = 0; t < m->treatment.n; t++) {
        if (isnan(choice[t]))
            continue;
        given = true;
        sum += choice[t];
        if (!(choice[t] >= 0 && choice[t] <= 1))
            return leie_fail(err, LEIE_ERR_DATA, "%s, %s: the share of treatment '%s' is %g; it should lie between 0 and 1",
                             m->region.code[r], m->waste.code[w], m->treatment.code[t], choice[t]);
    }
    if (given && fabs(sum - 1) > SUM)
        return leie_fail(err, LEIE_ERR_DATA, "%s, %s: the shares of treatments add up to %.9g; they should add up to 1",
                         m->region.code[r], m->waste.code[w], sum);
    return LEIE_OK;
}

static leie_status check_exports(const leie_waste_model *m, leie_error *err)
{
    leie_size W = m->waste.n;
    double *sum = leie_new(m->region.n * W, sizeof *sum);
    leie_status st = sum ? LEIE_OK : leie_fail_memory(err, "exports of waste", m->region.n * W, sizeof *sum);
    for (leie_size e = 0; e < m->exports && !st; e++) {
        const leie_waste_export *x = &m->export_[e];
        sum[x->region * W + x->waste] += x->share;
        if (!(x->share >= 0 && x->share <= 1) || !(x->cap >= 0))
            st = leie_fail(err, LEIE_ERR_DATA,
                           "export of %s from %s: a share of %g and a cap of %g; a share lies between 0 and 1, a cap is not negative",
                           m->waste.code[x->waste], m->region.code[x->region], x->share, x->cap);
        else if (sum[x->region * W + x->waste] > 1 + SUM)
            st = leie_fail(err, LEIE_ERR_DATA, "export of %s from %s: the shares add up to %g, more than there is",
                           m->waste.code[x->waste], m->region.code[x->region], sum[x->region * W + x->waste]);
    }
    leie_free(sum);
    return st;
}

static leie_status check_yields(const leie_waste_model *m, leie_error *err)
{
    leie_size T = m->treatment.n;
    double *sum = leie_new(m->waste.n * T, sizeof *sum);
    leie_status st = sum ? LEIE_OK : leie_fail_memory(err, "yields of treatments", m->waste.n * T, sizeof *sum);
    for (leie_size y = 0; y < m->yields && !st; y++) {
        const leie_waste_yield *x = &m->yield[y];
        double *all = &sum[x->waste * T + x->treatment];
        *all += x->yield;
        if (!(x->yield >= 0) || *all > 1 + SUM)
            st = leie_fail(err, LEIE_ERR_DATA, "'%s' of %s: yields of %g; together they should lie between 0 and 1",
                           m->treatment.code[x->treatment], m->waste.code[x->waste], *all);
    }
    leie_free(sum);
    return st;
}

static bool in_order(const leie_estimate *x)
{
    return x->low >= 0 && x->low <= x->value && x->value <= x->high && isfinite(x->high);
}

static leie_status check_plants(const leie_waste_model *m, leie_error *err)
{
    for (leie_size k = 0; k < m->plant.n; k++) {
        const leie_plant *p = &m->plants[k];
        if (!(p->capacity.low > 0) || !in_order(&p->capacity) || !in_order(&p->area) || !in_order(&p->jobs))
            return leie_fail(err, LEIE_ERR_DATA,
                             "plant '%s': capacity %g (%g to %g), area %g (%g to %g), jobs %g (%g to %g); a capacity is above "
                             "zero, and low, value and high are in order",
                             m->plant.code[k], p->capacity.value, p->capacity.low, p->capacity.high, p->area.value,
                             p->area.low, p->area.high, p->jobs.value, p->jobs.low, p->jobs.high);
    }
    return LEIE_OK;
}

leie_status leie_waste_check(const leie_waste_model *m, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size r = 0; r < m->region.n && !st; r++)
        for (leie_size w = 0; w < m->waste.n && !st; w++)
            st = check_choice(m, r, w, err);
    st = st ? st : check_exports(m, err);
    st = st ? st : check_yields(m, err);
    return st ? st : check_plants(m, err);
}

// ---- routes ----

static leie_status routes_new(leie_waste_routes *out, const leie_waste_model *m, leie_error *err)
{
    leie_size R = m->region.n, W = m->waste.n, T = m->treatment.n, K = m->plant.n;
    *out = (leie_waste_routes){.exported = leie_new(m->exports, sizeof(double)),
                               .sent_back = leie_new(m->exports, sizeof(double)),
                               .treated = leie_new(R * W * T, sizeof(double)),
                               .unrouted = leie_new(R * W, sizeof(double)),
                               .secondary = leie_new(R * m->product.n, sizeof(double)),
                               .lost = leie_new(R * T, sizeof(double)),
                               .plants = leie_new(R * K, sizeof *out->plants),
                               .area = leie_new(R * K, sizeof *out->area),
                               .jobs = leie_new(R * K, sizeof *out->jobs)};
    if (out->exported && out->sent_back && out->treated && out->unrouted && out->secondary && out->lost && out->plants &&
        out->area && out->jobs)
        return LEIE_OK;
    leie_waste_routes_clear(out);
    return leie_fail_memory(err, "waste by treatment", R * W * T, sizeof(double));
}

// Treats what stays of each waste.
static void treat(leie_waste_routes *out, const leie_waste_model *m, const double *stays)
{
    leie_size T = m->treatment.n;
    for (leie_size i = 0; i < m->region.n * m->waste.n; i++) {
        double routed = 0;
        for (leie_size t = 0; t < T; t++) {
            double share = m->choice[i * T + t];
            out->treated[i * T + t] = isnan(share) ? 0 : share * stays[i];
            out->lost[i / m->waste.n * T + t] += out->treated[i * T + t];
            routed += isnan(share) ? 0 : share;
        }
        out->unrouted[i] = routed > 0 ? 0 : stays[i];
    }
}

static void recover(leie_waste_routes *out, const leie_waste_model *m)
{
    leie_size W = m->waste.n, T = m->treatment.n, P = m->product.n;
    for (leie_size r = 0; r < m->region.n; r++)
        for (leie_size y = 0; y < m->yields; y++) {
            const leie_waste_yield *x = &m->yield[y];
            double made = x->yield * out->treated[(r * W + x->waste) * T + x->treatment];
            out->secondary[r * P + x->product] += made;
            out->lost[r * T + x->treatment] -= made;
        }
}

static leie_estimate times(const leie_estimate *each, double plants)
{
    return (leie_estimate){each->value * plants, each->low * plants, each->high * plants};
}

static void build_plants(leie_waste_routes *out, const leie_waste_model *m)
{
    leie_size W = m->waste.n, T = m->treatment.n, K = m->plant.n;
    for (leie_size r = 0; r < m->region.n; r++)
        for (leie_size k = 0; k < K; k++) {
            const leie_plant *p = &m->plants[k];
            double mass = 0;
            for (leie_size w = 0; w < W; w++)
                mass += out->treated[(r * W + w) * T + p->treatment];
            double plants = mass / p->capacity.value;
            out->plants[r * K + k] = (leie_estimate){plants, mass / p->capacity.high, mass / p->capacity.low};
            out->area[r * K + k] = times(&p->area, plants);
            out->jobs[r * K + k] = times(&p->jobs, plants);
        }
}

leie_status leie_waste_route(leie_waste_routes *out, const leie_waste_model *m, const double *generation, leie_error *err)
{
    leie_size W = m->waste.n;
    leie_status st = routes_new(out, m, err);
    double *stays = leie_new(m->region.n * W, sizeof *stays);
    if (!st && !stays)
        st = leie_fail_memory(err, "waste that stays", m->region.n * W, sizeof *stays);
    if (!st) {
        for (leie_size i = 0; i < m->region.n * W; i++)
            stays[i] = generation[i];
        for (leie_size e = 0; e < m->exports; e++) {
            const leie_waste_export *x = &m->export_[e];
            leie_size at = x->region * W + x->waste;
            double wanted = x->share * generation[at];
            out->exported[e] = fmin(wanted, x->cap);
            out->sent_back[e] = wanted - out->exported[e];
            stays[at] -= out->exported[e];
        }
        treat(out, m, stays);
        recover(out, m);
        build_plants(out, m);
    }
    leie_free(stays);
    if (st)
        leie_waste_routes_clear(out);
    return st;
}

void leie_waste_routes_clear(leie_waste_routes *out)
{
    leie_free(out->exported);
    leie_free(out->sent_back);
    leie_free(out->treated);
    leie_free(out->unrouted);
    leie_free(out->secondary);
    leie_free(out->lost);
    leie_free(out->plants);
    leie_free(out->area);
    leie_free(out->jobs);
    *out = (leie_waste_routes){0};
}

void leie_waste_model_clear(leie_waste_model *m)
{
    leie_labels_clear(&m->region);
    leie_labels_clear(&m->waste);
    leie_labels_clear(&m->treatment);
    leie_labels_clear(&m->product);
    leie_labels_clear(&m->plant);
    leie_free(m->choice);
    leie_free(m->export_);
    leie_free(m->yield);
    leie_free(m->plants);
    *m = (leie_waste_model){0};
}
