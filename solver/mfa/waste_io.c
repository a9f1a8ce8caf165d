// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/waste_io.h"

#include <math.h>
#include <stdio.h>

#include "kernels/memory.h"

// The closed system: sectors and treatments side by side in each region, so that regions stay blocks.
typedef struct closing {
    const leie_waste_closure *c;
    leie_size n, R, W, T, k, N;
    leie_axis axis;
    leie_index *sector;    // [n] position of each sector
    leie_index *treatment; // [R, T] of each treatment, by region of the model
    leie_index *place;     // [R] region of the model among those of the table
    leie_matrix A;
    leie_linsys *sys;
    double *b;             // [N] f, then C w
} closing;

// ---- axis ----

static leie_status find_regions(closing *w, leie_error *err)
{
    const leie_labels *table = &w->c->t->sector.region;
    for (leie_size r = 0; r < w->R; r++) {
        const char *code = w->c->m->region.code[r];
        leie_size at = leie_labels_find(table, code);
        if (at < 0) {
            const char *near = leie_labels_nearest(table, code);
            return leie_fail(err, LEIE_ERR_DATA, "the table has no region '%s' of the waste accounts%s%s%s", code, near ? "; '" : "", near ? near : "", near ? "' is near" : "");
        }
        w->place[r] = (leie_index)at;
    }
    return LEIE_OK;
}

static leie_status make_axis(closing *w, leie_error *err)
{
    const leie_axis *own = &w->c->t->sector;
    char code[320];
    for (leie_size s = 0; s < own->region.n; s++) {
        for (leie_size j = own->first[s]; j < own->first[s + 1]; j++) {
            leie_size at = leie_axis_add(&w->axis, own->region.code[s], own->code[j], NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err);
            if (at < 0)
                return (leie_status)at;
            w->sector[j] = (leie_index)at;
        }
        for (leie_size r = 0; r < w->R; r++)
            for (leie_size t = 0; t < w->T && w->place[r] == s; t++) {
                snprintf(code, sizeof code, "treatment: %s", w->c->m->treatment.code[t]);
                leie_size at = leie_axis_add(&w->axis, own->region.code[s], code, NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err);
                if (at < 0)
                    return (leie_status)at;
                w->treatment[r * w->T + t] = (leie_index)at;
            }
    }
    return LEIE_OK;
}

// ---- coefficients ----

// What a mass of waste w in region r does: its shares go to the treatments, from column col.
static void route(closing *w, leie_size r, leie_size waste, leie_size col, double mass)
{
    const double *choice = w->c->m->choice + (r * w->W + waste) * w->T;
    for (leie_size t = 0; t < w->T; t++)
        if (!isnan(choice[t]))
            w->A.val[w->treatment[r * w->T + t] * w->A.ld + col] += choice[t] * mass;
}

static leie_status fill_goods(closing *w, leie_error *err)
{
    const leie_table *t = w->c->t;
    leie_matrix Z = {0};
    leie_status st = leie_matrix_copy(&Z, &t->Z, LEIE_DENSE, err);
    for (leie_size i = 0; i < w->n && !st; i++)
        for (leie_size j = 0; j < w->n; j++)
            w->A.val[w->sector[i] * w->A.ld + w->sector[j]] = t->x[j] > 0 ? Z.val[i * Z.ld + j] / t->x[j] : 0;
    for (leie_size i = 0; i < w->n && !st; i++) { // f = x - A x
        double sum = 0;
        for (leie_size j = 0; j < w->n; j++)
            sum += t->x[j] > 0 ? Z.val[i * Z.ld + j] : 0;
        w->b[w->sector[i]] = t->x[i] - sum;
    }
    leie_matrix_free(&Z);
    for (leie_size r = 0; r < w->R && !st; r++)
        for (leie_size j = t->sector.first[w->place[r]]; j < t->sector.first[w->place[r] + 1]; j++)
            for (leie_size a = 0; a < w->W && t->x[j] > 0; a++)
                route(w, r, a, w->sector[j], w->c->generated[a * w->n + j] / t->x[j]);
    return st;
}

static leie_status check_parts(const closing *w, const leie_treatment_part *part, leie_size n, const char *what, leie_error *err)
{
    for (leie_size i = 0; i < n; i++)
        if (!(part[i].value >= 0) || !isfinite(part[i].value))
            return leie_fail(err, LEIE_ERR_DATA, "%s, '%s': %s of %g per mass treated; it should be zero or more", w->c->m->region.code[part[i].region],
                             w->c->m->treatment.code[part[i].treatment], what, part[i].value);
    return LEIE_OK;
}

// What treatments leave must be less than what they treat, or waste would grow without end.
static leie_status check_waste(const closing *w, leie_error *err)
{
    for (leie_size r = 0; r < w->R; r++)
        for (leie_size t = 0; t < w->T; t++) {
            double sum = 0;
            for (leie_size i = 0; i < w->c->wastes; i++)
                sum += w->c->waste[i].region == r && w->c->waste[i].treatment == t ? w->c->waste[i].value : 0;
            if (sum > 1)
                return leie_fail(err, LEIE_ERR_DATA, "%s, '%s' leaves %g of waste per mass treated, more than it treats", w->c->m->region.code[r], w->c->m->treatment.code[t], sum);
        }
    return LEIE_OK;
}

static leie_status fill_treatments(closing *w, leie_error *err)
{
    const leie_waste_closure *c = w->c;
    leie_status st = check_parts(w, c->input, c->inputs, "a purchase", err);
    st = st ? st : check_parts(w, c->waste, c->wastes, "waste", err);
    st = st ? st : check_parts(w, c->pressure, c->pressures, "a pressure", err);
    st = st ? st : check_waste(w, err);
    for (leie_size i = 0; i < c->inputs && !st; i++)
        w->A.val[w->sector[c->input[i].row] * w->A.ld + w->treatment[c->input[i].region * w->T + c->input[i].treatment]] += c->input[i].value;
    for (leie_size i = 0; i < c->wastes && !st; i++)
        route(w, c->waste[i].region, c->waste[i].row, w->treatment[c->waste[i].region * w->T + c->waste[i].treatment], c->waste[i].value);
    for (leie_size r = 0; r < w->R && !st; r++)
        for (leie_size a = 0; a < w->W; a++) {
            const double *choice = c->m->choice + (r * w->W + a) * w->T;
            for (leie_size t = 0; t < w->T; t++)
                if (!isnan(choice[t]))
                    w->b[w->treatment[r * w->T + t]] += choice[t] * c->final[r * w->W + a];
        }
    return st;
}

// ---- solution ----

static leie_status check_solved(const closing *w, leie_waste_closed *r, leie_error *err)
{
    const leie_linsys_info *info = leie_linsys_state(w->sys);
    r->residual = fmax(r->residual, info->residual);
    return info->converged ? LEIE_OK : leie_fail(err, LEIE_ERR_CONVERGE, "waste input-output did not reach its tolerance: residual %.2e", info->residual);
}

static leie_status solve_outputs(leie_waste_closed *r, closing *w, leie_error *err)
{
    const leie_waste_closure *c = w->c;
    double *v = leie_new(w->N, sizeof *v);
    leie_status st = v ? leie_linsys_solve(w->sys, false, 1, v, w->b, NULL, err) : leie_fail_memory(err, "waste input-output", w->N, sizeof *v);
    st = st ? st : check_solved(w, r, err);
    for (leie_size j = 0; j < w->n && !st; j++)
        r->x[j] = v[w->sector[j]];
    for (leie_size i = 0; i < w->R * w->T && !st; i++)
        r->z[i] = v[w->treatment[i]];
    for (leie_size i = 0; i < c->pressures && !st; i++)
        r->pressure[c->pressure[i].row * w->R + c->pressure[i].region] += c->pressure[i].value * r->z[c->pressure[i].region * w->T + c->pressure[i].treatment];
    for (leie_size i = 0; i < w->R * w->W && !st; i++) { // what has no treatment: from final demand, sectors and treatments
        leie_size region = i / w->W, a = i % w->W;
        bool chosen = false;
        for (leie_size t = 0; t < w->T; t++)
            chosen |= !isnan(c->m->choice[i * w->T + t]);
        if (chosen)
            continue;
        r->unrouted[i] = c->final[i];
        for (leie_size j = c->t->sector.first[w->place[region]]; j < c->t->sector.first[w->place[region] + 1]; j++)
            r->unrouted[i] += c->t->x[j] > 0 ? c->generated[a * w->n + j] / c->t->x[j] * r->x[j] : 0;
        for (leie_size p = 0; p < c->wastes; p++)
            if (c->waste[p].region == region && c->waste[p].row == a)
                r->unrouted[i] += c->waste[p].value * r->z[region * w->T + c->waste[p].treatment];
    }
    leie_free(v);
    return st;
}

// Rows of (I - A)^-1: waste by treatment, and pressures, per unit of final demand.
static leie_status solve_multipliers(leie_waste_closed *r, closing *w, leie_error *err)
{
    const leie_waste_closure *c = w->c;
    leie_size K = w->T + w->k;
    double *B = leie_new(w->N, (size_t)K * sizeof *B), *X = leie_new(w->N, (size_t)K * sizeof *X);
    leie_status st = B && X ? LEIE_OK : leie_fail_memory(err, "multipliers of waste", w->N, 2 * (size_t)K * sizeof *B);
    for (leie_size i = 0; i < w->R * w->T && !st; i++)
        B[w->treatment[i] * K + i % w->T] = 1;
    for (leie_size s = 0; s < w->k && !st; s++)
        for (leie_size j = 0; j < w->n; j++)
            B[w->sector[j] * K + w->T + s] = c->t->x[j] > 0 ? c->t->F[s * w->n + j] / c->t->x[j] : 0;
    for (leie_size i = 0; i < c->pressures && !st; i++)
        B[w->treatment[c->pressure[i].region * w->T + c->pressure[i].treatment] * K + w->T + c->pressure[i].row] += c->pressure[i].value;
    st = st ? st : leie_linsys_solve(w->sys, true, K, X, B, NULL, err);
    st = st ? st : check_solved(w, r, err);
    for (leie_size j = 0; j < w->n && !st; j++) {
        for (leie_size t = 0; t < w->T; t++)
            r->embodied[t * w->n + j] = X[w->sector[j] * K + t];
        for (leie_size s = 0; s < w->k; s++)
            r->multiplier[s * w->n + j] = X[w->sector[j] * K + w->T + s];
    }
    leie_free(B);
    leie_free(X);
    return st;
}

static leie_status new_arrays(leie_waste_closed *r, closing *w, leie_error *err)
{
    *r = (leie_waste_closed){.n = w->n, .R = w->R, .T = w->T, .k = w->k};
    struct {
        double **at;
        leie_size count;
    } arrays[] = {{&r->x, w->n}, {&r->z, w->R * w->T}, {&r->unrouted, w->R * w->W}, {&r->embodied, w->T * w->n},
                  {&r->multiplier, w->k * w->n}, {&r->pressure, w->k * w->R}, {&w->b, w->N}};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        *arrays[i].at = leie_new(arrays[i].count, sizeof(double));
        if (!*arrays[i].at)
            return leie_fail_memory(err, "waste input-output", arrays[i].count, sizeof(double));
    }
    w->sector = leie_new(w->n, sizeof *w->sector);
    w->treatment = leie_new(w->R * w->T, sizeof *w->treatment);
    w->place = leie_new(w->R, sizeof *w->place);
    return w->sector && w->treatment && w->place ? LEIE_OK : leie_fail_memory(err, "waste input-output", w->N, sizeof *w->sector);
}

leie_status leie_waste_close(leie_waste_closed *r, const leie_waste_closure *c, const leie_linsys_opts *opts, leie_error *err)
{
    closing w = {.c = c, .n = c->t->sector.n, .R = c->m->region.n, .W = c->m->waste.n, .T = c->m->treatment.n, .k = c->t->stressor.n};
    w.N = w.n + w.R * w.T;
    leie_status st = new_arrays(r, &w, err);
    st = st ? st : find_regions(&w, err);
    st = st ? st : make_axis(&w, err);
    st = st ? st : leie_matrix_new_dense(&w.A, w.N, w.N, err);
    st = st ? st : fill_goods(&w, err);
    st = st ? st : fill_treatments(&w, err);
    st = st ? st : leie_linsys_setup(&w.sys, &w.A, NULL, &w.axis, opts, err);
    st = st ? st : solve_outputs(r, &w, err);
    st = st ? st : solve_multipliers(r, &w, err);
    leie_linsys_free(w.sys);
    leie_matrix_free(&w.A);
    leie_axis_clear(&w.axis);
    leie_free(w.sector);
    leie_free(w.treatment);
    leie_free(w.place);
    leie_free(w.b);
    if (st)
        leie_waste_closed_clear(r);
    return st;
}

void leie_waste_closed_clear(leie_waste_closed *r)
{
    double *const arrays[] = {r->x, r->z, r->unrouted, r->embodied, r->multiplier, r->pressure};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        leie_free(arrays[i]);
    *r = (leie_waste_closed){0};
}
