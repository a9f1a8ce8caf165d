// SPDX-License-Identifier: GPL-3.0-or-later
/* n sectors, U years, K rows of the response. Arrays over years have the year slowest, but for those of the linear system. */
#include "solver/mfa/loop.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/scenario/response.h"

enum { ROUNDS = 100 };
static const double TOLERANCE = 1e-10;

typedef struct running {
    const leie_loop *loop;
    leie_loop_opts opts;
    leie_loop_result *r;
    leie_baseline base;
    leie_linsys *sys;
    double *demand;   // [n] x - A x of the baseline: final demand and what does not balance
    double *B, *X;    // [n, U] of the linear system
    double *dz;       // [n]
} running;

static const leie_scenarios nothing; // the baseline without interventions

// ---- opening ----

static leie_status new_result(leie_loop_result *r, const leie_loop *loop, leie_size rounds, leie_error *err)
{
    leie_size n = loop->t->sector.n, U = loop->years, K = loop->replacements;
    *r = (leie_loop_result){.U = U, .q = loop->q->label.n, .k = loop->t->stressor.n, .n = n};
    struct {
        double **at;
        leie_size count;
    } arrays[] = {{&r->x, U * n}, {&r->stage, U * loop->recoveries * LEIE_RECOVERY_STAGES}, {&r->use, U * K}, {&r->theta, U * K},
                  {&r->used, U * K}, {&r->unused, U * K}, {&r->D_cba, U * r->q * r->k}, {&r->D_pba, U * r->q * r->k}, {&r->gap, rounds}};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        *arrays[i].at = leie_new(arrays[i].count, sizeof(double));
        if (!*arrays[i].at)
            return leie_fail_memory(err, "the loop of stocks and the economy", arrays[i].count, sizeof(double));
    }
    return LEIE_OK;
}

// demand = x - A x
static leie_status baseline_demand(running *w, leie_error *err)
{
    const leie_table *t = w->loop->t;
    leie_size n = t->sector.n;
    for (leie_size i = 0; i < n; i++)
        w->dz[i] = t->x[i] > 0;
    leie_status st = leie_matrix_product(w->demand, &t->Z, false, NULL, 1, w->dz, err);
    for (leie_size i = 0; i < n && !st; i++)
        w->demand[i] = t->x[i] - w->demand[i];
    return st;
}

static leie_status open(running *w, leie_error *err)
{
    const leie_table *t = w->loop->t;
    leie_size n = t->sector.n, U = w->loop->years;
    leie_plan plan = {0};
    w->demand = leie_new(n, sizeof *w->demand);
    w->dz = leie_new(n, sizeof *w->dz);
    w->B = leie_new(n, (size_t)U * sizeof *w->B);
    w->X = leie_new(n, (size_t)U * sizeof *w->X);
    if (!w->demand || !w->dz || !w->B || !w->X)
        return leie_fail_memory(err, "the loop of stocks and the economy", n, (size_t)(2 * U + 2) * sizeof(double));
    leie_status st = leie_baseline_make(&w->base, t, &nothing, err);
    st = st ? st : baseline_demand(w, err);
    st = st ? st : leie_plan_make(&plan, &t->Z, &t->sector, U, 0, &w->opts.linsys, err);
    leie_linsys_opts o = w->opts.linsys;
    o.method = plan.solver;
    st = st ? st : leie_linsys_setup(&w->sys, &t->Z, w->base.scale, &t->sector, &o, err);
    for (leie_size u = 0; u < U && !st; u++)
        memcpy(w->r->x + u * n, t->x, (size_t)n * sizeof *t->x);
    return st;
}

// ---- one round ----

// Supply of a secondary material in a region and year.
static double supply_of(const running *w, leie_size u, leie_index secondary, leie_index region)
{
    const leie_loop *l = w->loop;
    double sum = 0;
    for (leie_size e = 0; e < l->recoveries; e++)
        if (l->recovery[e].secondary == secondary && l->recovery[e].region == region)
            sum += w->r->stage[(u * l->recoveries + e) * LEIE_RECOVERY_STAGES + LEIE_RECOVERY_SUPPLIED];
    return sum;
}

// From the outputs of a year to what is recovered and what that replaces.
static void follow_year(running *w, leie_size u)
{
    const leie_loop *l = w->loop;
    leie_loop_result *r = w->r;
    const double *x = r->x + u * r->n;
    for (leie_size e = 0; e < l->recoveries; e++)
        leie_recovery_follow(r->stage + (u * l->recoveries + e) * LEIE_RECOVERY_STAGES, &l->recovery[e], l->demolished[u * l->recoveries + e], l->t, x);
    for (leie_size i = 0; i < l->replacements; i++) {
        const leie_replacement *k = &l->replacement[i];
        leie_size at = u * l->replacements + i;
        double supply = supply_of(w, u, k->secondary, k->region);
        supply -= w->opts.all ? 0 : supply_of(w, 0, k->secondary, k->region);
        r->use[at] = leie_replacement_use(k, &w->base, x);
        r->theta[at] = leie_replacement_share(k, supply, r->use[at]);
        r->used[at] = r->theta[at] * r->use[at] / (k->ratio * k->price);
        r->unused[at] = k->share * supply - r->used[at];
    }
}

// Column u of B: y + dy + dA x.
static leie_status right_hand_side(running *w, leie_size u, leie_error *err)
{
    const leie_loop *l = w->loop;
    leie_size n = w->r->n, U = l->years;
    memcpy(w->dz, w->demand, (size_t)n * sizeof *w->dz);
    leie_status st = leie_durables_change(NULL, w->dz, l->durable, l->durables, l->factor + u * l->durables, l->t, err);
    for (leie_size i = 0; i < l->replacements; i++)
        leie_replacement_flow(w->dz, &l->replacement[i], w->r->theta[u * l->replacements + i], &w->base, w->r->x + u * n);
    for (leie_size i = 0; i < n; i++)
        w->B[i * U + u] = w->dz[i];
    return st;
}

// |x(new) - x|_1 / |x|_1 of a year; x becomes the new one.
static double move_outputs(running *w, leie_size u)
{
    leie_size n = w->r->n, U = w->loop->years;
    double *x = w->r->x + u * n, change = 0, size = 0;
    for (leie_size i = 0; i < n; i++) {
        change += fabs(w->X[i * U + u] - x[i]);
        size += fabs(x[i]);
        x[i] = w->X[i * U + u];
    }
    return size > 0 ? change / size : 0;
}

static leie_status one_round(running *w, double *gap, leie_error *err)
{
    leie_size U = w->loop->years;
    leie_status st = LEIE_OK;
    follow_year(w, 0); // the first year comes first: the others may count from it
    for (leie_size u = 1; u < U; u++)
        follow_year(w, u);
    for (leie_size u = 0; u < U && !st; u++)
        st = right_hand_side(w, u, err);
    st = st ? st : leie_linsys_solve(w->sys, false, U, w->X, w->B, NULL, err);
    if (!st && !leie_linsys_state(w->sys)->converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "the loop of stocks and the economy: a linear system did not reach its tolerance, residual %.2e",
                       leie_linsys_state(w->sys)->residual);
    *gap = 0;
    for (leie_size u = 0; u < U && !st; u++)
        *gap = fmax(*gap, move_outputs(w, u));
    return st;
}

// |y(t) - (I - A(t)) x(t)|_1 against |y|_1 + 2 |x|_1, recomputed from the cells of Z and the replacements.
static leie_status changed_residual(running *w, leie_error *err)
{
    leie_size n = w->r->n, U = w->loop->years;
    leie_status st = LEIE_OK;
    for (leie_size u = 0; u < U && !st; u++) {
        const double *x = w->r->x + u * n;
        double gap = 0, size = 0;
        follow_year(w, u);
        st = right_hand_side(w, u, err);
        st = st ? st : leie_matrix_product(w->X, &w->loop->t->Z, false, w->base.scale, 1, x, err);
        for (leie_size i = 0; i < n && !st; i++) {
            gap += fabs(w->B[i * U + u] - (x[i] - w->X[i]));
            size += fabs(w->B[i * U + u]) + 2 * fabs(x[i]);
        }
        w->r->residual = fmax(w->r->residual, size > 0 ? gap / size : 0);
    }
    return st;
}

static leie_status iterate(running *w, leie_size rounds, leie_error *err)
{
    leie_status st = LEIE_OK;
    while (!st && !w->r->converged && w->r->rounds < rounds) {
        double gap;
        st = one_round(w, &gap, err);
        w->r->gap[w->r->rounds++] = gap;
        w->r->converged = !st && gap <= w->opts.tolerance;
    }
    return st ? st : changed_residual(w, err);
}

// ---- footprints ----

// The change of year u as edits of Y, A and S.
static leie_status collect(leie_change *c, const running *w, leie_size u, leie_error *err)
{
    const leie_loop *l = w->loop;
    for (int m = 0; m < LEIE_EDITED; m++)
        leie_edits_reset(&c->part[m]);
    leie_status st = leie_durables_change(&c->part[LEIE_EDIT_Y], NULL, l->durable, l->durables, l->factor + u * l->durables, l->t, err);
    for (leie_size i = 0; i < l->replacements && !st; i++)
        st = leie_replacement_edit(&c->part[LEIE_EDIT_A], &c->part[LEIE_EDIT_S], &l->replacement[i], w->r->theta[u * l->replacements + i], &w->base, err);
    return st;
}

// The effect on account regions: columns of their demand, and all columns by where pressures are.
static void reduce(leie_loop_result *r, leie_size u, const leie_response *response, const leie_effect *e)
{
    leie_size k = r->k, K = response->K;
    for (leie_size a = 0; a < r->q; a++) {
        double *cba = r->D_cba + (u * r->q + a) * k, *pba = r->D_pba + (u * r->q + a) * k;
        for (leie_size j = 0; j < response->columns; j++) {
            bool own = j < response->m && response->category_of[j] >= 0 && response->q->member[a * response->base->R + response->region_of[j]];
            for (leie_size s = 0; s < k; s++) {
                cba[s] += own ? e->total[j * K + s] : 0;
                pba[s] += e->total[j * K + (a + 1) * k + s];
            }
        }
    }
}

static leie_status evaluate(leie_response *response, leie_change *c, running *w, leie_error *err)
{
    leie_effect e = {0};
    leie_response_work work = {0};
    leie_status st = leie_effect_new(&e, response, err);
    for (leie_size u = 0; u < w->loop->years && !st; u++) {
        st = collect(c, w, u, err);
        st = st ? st : leie_response_evaluate(&e, response, c, &work, err);
        if (!st && !e.converged)
            st = leie_response_resolve(&e, response, c, &work, err);
        if (st)
            break;
        reduce(w->r, u, response, &e);
        w->r->response = fmax(w->r->response, e.residual);
    }
    leie_response_work_clear(&work);
    leie_effect_clear(&e);
    return st;
}

static leie_status footprints(running *w, leie_error *err)
{
    const leie_response_opts opts = {.method = LEIE_METHOD_LOWRANK, .linsys = w->opts.linsys};
    leie_response response = {0};
    leie_change c = {0};
    leie_factors factors = {0};
    leie_status st = leie_response_open(&response, &w->base, w->loop->q, false, w->opts.exclude, &opts, err);
    if (st)
        return st;
    st = leie_change_open(&c, &w->base, err);
    for (leie_size u = 0; u < w->loop->years && !st; u++) {
        st = collect(&c, w, u, err);
        st = st ? st : leie_response_collect(&response, &c, &factors, err);
    }
    st = st ? st : leie_response_plan_make(&response, w->loop->years, err);
    st = st ? st : leie_response_solve(&response, err);
    st = st ? st : evaluate(&response, &c, w, err);
    leie_factors_clear(&factors);
    if (c.base)
        leie_change_clear(&c);
    leie_response_clear(&response);
    return st;
}

// ---- the whole ----

leie_status leie_loop_run(leie_loop_result *r, const leie_loop *loop, const leie_loop_opts *opts, leie_error *err)
{
    running w = {.loop = loop, .opts = opts ? *opts : (leie_loop_opts){.all = false}, .r = r};
    leie_size rounds = w.opts.rounds > 0 ? w.opts.rounds : ROUNDS;
    w.opts.tolerance = w.opts.tolerance > 0 ? w.opts.tolerance : TOLERANCE;
    *r = (leie_loop_result){0};
    if (loop->t->stressor.n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "stocks coupled to a table need 'extensions', pressures to show an effect on");
    leie_status st = new_result(r, loop, rounds, err);
    st = st ? st : open(&w, err);
    st = st ? st : iterate(&w, rounds, err);
    leie_linsys_free(w.sys);
    st = st ? st : footprints(&w, err);
    if (w.base.t)
        leie_baseline_clear(&w.base);
    leie_free(w.demand);
    leie_free(w.dz);
    leie_free(w.B);
    leie_free(w.X);
    if (st)
        leie_loop_result_clear(r);
    return st;
}

void leie_loop_result_clear(leie_loop_result *r)
{
    double *const arrays[] = {r->x, r->stage, r->use, r->theta, r->used, r->unused, r->D_cba, r->D_pba, r->gap};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        leie_free(arrays[i]);
    *r = (leie_loop_result){0};
}
