// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/analysis/decomposition.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/analysis/decomposition_impl.h"

static const char *const names[LEIE_SDA_FACTORS] = {"price", "intensity", "technology", "trade", "mix", "volume", "population", "direct"};

const char *leie_sda_factor_name(leie_sda_factor factor)
{
    return names[factor];
}

void leie_sda_clear(leie_sda *d)
{
    double *arrays[] = {d->from, d->to, d->effect, d->total_from, d->total_to, d->total};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        leie_free(arrays[i]);
    leie_free(d->peopled);
    leie_labels_clear(&d->stressor);
    leie_labels_clear(&d->product);
    *d = (leie_sda){0};
}

// ---- do the two tables fit? ----

static leie_status same_axis(const leie_axis *a, const leie_axis *b, const char *what, const leie_sda_side *side, leie_error *err)
{
    leie_size i = 0;
    if (leie_axis_same(a, b))
        return LEIE_OK;
    while (i < a->n && i < b->n && strcmp(a->code[i], b->code[i]) == 0 &&
           strcmp(a->region.code[a->of[i]], b->region.code[b->of[i]]) == 0)
        i++;
    return leie_fail(err, LEIE_ERR_DATA,
                     "the tables of %d and %d have different %s: %lld and %lld, the first difference at position %lld (%s %s, %s %s); "
                     "aggregate both to one list",
                     side[0].t->year, side[1].t->year, what, (long long)a->n, (long long)b->n, (long long)i,
                     i < a->n ? a->region.code[a->of[i]] : "-", i < a->n ? a->code[i] : "-",
                     i < b->n ? b->region.code[b->of[i]] : "-", i < b->n ? b->code[i] : "-");
}

static leie_status same_text(const char *a, const char *b, const char *what, const char *how, const leie_sda_side *side, leie_error *err)
{
    if (strcmp(a ? a : "", b ? b : "") == 0)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_UNIT, "the tables of %d and %d have different %s: '%s' and '%s'; %s", side[0].t->year, side[1].t->year,
                     what, a ? a : "", b ? b : "", how);
}

static leie_status same_tables(const leie_sda_side *side, leie_error *err)
{
    const leie_table *a = side[0].t, *b = side[1].t;
    leie_status st = same_axis(&a->sector, &b->sector, "sectors", side, err);
    st = st ? st : same_axis(&a->demand, &b->demand, "columns of final demand", side, err);
    st = st ? st : same_text(a->currency, b->currency, "currencies", "convert one of them", side, err);
    st = st ? st : same_text(a->unit, b->unit, "units of money", "set 'unit' in one of the studies", side, err);
    for (leie_size i = 0; !st && i < a->sector.n; i++)
        st = same_text(a->sector.unit[i], b->sector.unit[i], a->sector.code[i], "a sector has one unit", side, err);
    return st;
}

// Stressors that both tables have.
static leie_status common_stressors(leie_sda_work *w, leie_error *err)
{
    const leie_labels *a = &w->side[0].t->stressor, *b = &w->side[1].t->stressor;
    leie_labels *both = &w->d->stressor;
    for (int t = 0; t < 2; t++)
        if (!(w->stressor[t] = leie_new(a->n + 1, sizeof *w->stressor[t])))
            return leie_fail_memory(err, "stressors", a->n + 1, sizeof *w->stressor[t]);
    for (leie_size s = 0; s < a->n; s++) {
        leie_size at = leie_labels_find(b, a->code[s]);
        if (at < 0)
            continue;
        leie_status st = same_text(a->unit[s], b->unit[at], a->code[s], "characterise one of them", w->side, err);
        leie_size k = st ? (leie_size)st : leie_labels_add(both, a->code[s], a->name[s], a->unit[s], a->kind[s], err);
        if (k < 0)
            return (leie_status)k;
        w->stressor[0][k] = (leie_index)s;
        w->stressor[1][k] = (leie_index)at;
    }
    w->k = w->d->k = both->n;
    w->d->left_out = a->n + b->n - 2 * both->n;
    if (both->n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "the tables of %d and %d have no stressor in common", w->side[0].t->year, w->side[1].t->year);
    return LEIE_OK;
}

// ---- what the work needs ----

static leie_status describe(leie_sda_work *w, leie_error *err)
{
    const leie_table *t = w->side[0].t;
    leie_sda *d = w->d;
    struct {
        leie_index **at;
        leie_size count;
    } places[] = {{&w->product, w->n}, {&w->row, w->n}, {&w->region, w->m}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (!(*places[i].at = leie_new(places[i].count, sizeof(leie_index))))
            return leie_fail_memory(err, "decomposition", places[i].count, sizeof(leie_index));
    leie_status st = leie_axis_codes(&d->product, w->product, &t->sector, err);
    leie_size products = d->product.n, last = st ? -1 : leie_labels_add(&d->product, "direct", "direct pressures of final demand", NULL, NULL, err);
    if (st || last < 0)
        return st ? st : (leie_status)last;
    d->P = products + 1;
    if (!(w->first = leie_new(products + 1, sizeof *w->first)))
        return leie_fail_memory(err, "decomposition", products + 1, sizeof *w->first);
    leie_size at = 0;
    for (leie_size p = 0; p < products; p++) {
        w->first[p] = (leie_index)at;
        for (leie_size i = 0; i < w->n; i++)
            if (w->product[i] == p)
                w->row[at++] = (leie_index)i;
    }
    w->first[products] = (leie_index)at;
    for (leie_size j = 0; j < w->m; j++) {
        leie_demand_kind kind = t->demand.kind[j];
        bool counts = leie_demand_counts(kind) && !w->opts.exclude[kind];
        w->region[j] = (leie_index)(counts ? leie_labels_find(&t->sector.region, t->demand.region.code[t->demand.of[j]]) : -1);
    }
    return LEIE_OK;
}

leie_status leie_sda_new_result(leie_sda *d, leie_error *err)
{
    leie_size q = d->q, k = d->k, P = d->P;
    struct {
        double **at;
        leie_size count;
    } list[] = {{&d->from, q * k * P},   {&d->to, q * k * P},    {&d->effect, q * k * P * LEIE_SDA_FACTORS},
                {&d->total_from, q * k}, {&d->total_to, q * k}, {&d->total, q * k * LEIE_SDA_FACTORS}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (!(*list[i].at = leie_new(list[i].count, sizeof(double))))
            return leie_fail_memory(err, "decomposition", list[i].count, sizeof(double));
    d->peopled = leie_new(q, sizeof *d->peopled);
    return d->peopled ? LEIE_OK : leie_fail_memory(err, "decomposition", q, sizeof *d->peopled);
}

static leie_status new_arrays(leie_sda_work *w, leie_error *err)
{
    leie_sda *d = w->d;
    leie_size q = d->q, k = d->k, P = d->P, n = w->n;
    struct {
        double **at;
        leie_size count;
    } list[] = {{&w->S, 2 * n * k},     {&w->M, 2 * n * k},     {&w->scale[0], n}, {&w->scale[1], n},
                {&w->u[0], n * q},      {&w->u[1], n * q},      {&w->u[2], n * q}, {&w->u[3], n * q},
                {&w->spent[0], q},      {&w->spent[1], q},      {&w->direct[0], q * k}, {&w->direct[1], q * k},
                {&w->sigma[0], k},      {&w->sigma[1], k}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (!(*list[i].at = leie_new(list[i].count, sizeof(double))))
            return leie_fail_memory(err, "decomposition", list[i].count, sizeof(double));
    for (int i = 0; i < LEIE_SDA_STATES; i++)
        if (!(w->G[i] = leie_new(q * k * (P - 1), sizeof(double))))
            return leie_fail_memory(err, "decomposition", q * k * (P - 1), sizeof(double));
    return leie_sda_new_result(d, err);
}

static void clear_work(leie_sda_work *w)
{
    double *arrays[] = {w->S, w->M, w->scale[0], w->scale[1], w->u[0], w->u[1], w->u[2], w->u[3],
                        w->spent[0], w->spent[1], w->direct[0], w->direct[1], w->sigma[0], w->sigma[1]};
    leie_index *places[] = {w->stressor[0], w->stressor[1], w->product, w->row, w->first, w->region};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        leie_free(arrays[i]);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        leie_free(places[i]);
    for (int i = 0; i < LEIE_SDA_STATES; i++)
        leie_free(w->G[i]);
    for (int t = 0; t < 2; t++)
        leie_matrix_free(&w->owned[t]);
}

// S of both tables side by side, and the mean pressure per money of the industries that exert each.
static void set_intensities(leie_sda_work *w)
{
    for (int t = 0; t < 2; t++) {
        const leie_table *table = w->side[t].t;
        for (leie_size i = 0; i < w->n; i++)
            w->scale[t][i] = table->x[i] > 0 ? 1 / table->x[i] : 0;
        for (leie_size s = 0; s < w->k; s++) {
            const double *F = table->F + w->stressor[t][s] * w->n;
            double pressure = 0, output = 0;
            for (leie_size i = 0; i < w->n; i++) {
                w->S[i * 2 * w->k + t * w->k + s] = F[i] * w->scale[t][i];
                pressure += table->x[i] > 0 ? F[i] : 0;
                output += F[i] != 0 && table->x[i] > 0 ? table->x[i] : 0;
            }
            w->sigma[t][s] = output > 0 ? pressure / output : 0;
        }
    }
    for (leie_size s = 0; s < w->k; s++)
        if (!(w->sigma[0][s] > 0) || !(w->sigma[1][s] > 0))
            w->sigma[0][s] = w->sigma[1][s] = 1; // no mean to speak of: all of it is intensity
}

static void set_direct(leie_sda_work *w)
{
    for (leie_size q = 0; q < w->d->q; q++) {
        w->d->peopled[q] = true;
        for (int t = 0; t < 2; t++) {
            const double *people = w->side[t].population;
            w->d->peopled[q] &= people && people[q] > 0;
            for (leie_size j = 0; j < w->m; j++)
                for (leie_size s = 0; s < w->k && w->region[j] >= 0 && w->q->member[q * w->R + w->region[j]]; s++)
                    w->direct[t][q * w->k + s] += w->side[t].t->F_Y[w->stressor[t][s] * w->m + j];
        }
    }
}

// Rows are read side by side, which factors cannot give.
static leie_status open_Z(leie_sda_work *w, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int t = 0; !st && t < 2; t++) {
        w->Z[t] = &w->side[t].t->Z;
        if (w->Z[t]->form != LEIE_FACTORED)
            continue;
        st = leie_matrix_copy(&w->owned[t], w->Z[t], LEIE_SPARSE, err);
        w->Z[t] = &w->owned[t];
    }
    return st;
}

// ---- footprints in every state ----

typedef struct adding {
    leie_sda_work *w;
    int trade, technology;
} adding;

static leie_status add_regions(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const adding *a = ctx;
    leie_sda_work *w = a->w;
    leie_size k = w->k, P = w->d->P - 1, Q = w->d->q;
    (void)worker;
    (void)err;
    for (leie_size q = first; q < last; q++)
        for (int mix = 0; mix < 2; mix++) {
            const double *u = w->u[a->trade + 2 * mix];
            for (int intensity = 0; intensity < 2; intensity++) {
                double *G = w->G[leie_sda_state(a->trade, a->technology, intensity, mix)] + q * k * P;
                for (leie_size i = 0; i < w->n; i++) {
                    const double *M = w->M + i * 2 * k + intensity * k;
                    double y = u[i * Q + q];
                    for (leie_size s = 0; s < k && y != 0; s++)
                        G[s * P + w->product[i]] += M[s] * y;
                }
            }
        }
    return LEIE_OK;
}

// M of one pair of trade and technology for the intensities of both tables, times demand.
static leie_status solve_pair(leie_sda_work *w, int trade, int technology, leie_error *err)
{
    leie_matrix A = {0};
    leie_linsys *sys = NULL;
    leie_plan plan;
    leie_linsys_opts opts = w->opts.linsys;
    const leie_axis *sector = &w->side[0].t->sector;
    bool own = trade == technology; // the A of a table itself
    leie_status st = own ? LEIE_OK : leie_sda_mixed_A(&A, w, trade, technology, err);
    const leie_matrix *Z = own ? w->Z[trade] : &A;
    st = st ? st : leie_plan_make(&plan, Z, sector, 0, 2 * w->k, &opts, err);
    if (!st) {
        opts.method = plan.solver;
        st = leie_linsys_setup(&sys, Z, own ? w->scale[trade] : NULL, sector, &opts, err);
    }
    st = st ? st : leie_linsys_solve(sys, true, 2 * w->k, w->M, w->S, NULL, err);
    if (!st) {
        const leie_linsys_info *info = leie_linsys_state(sys);
        w->d->residual = fmax(w->d->residual, info->residual);
        w->d->solver = trade + technology == 0 || w->d->solver == info->solver ? info->solver : LEIE_SOLVER_AUTO;
        if (!info->converged)
            st = leie_fail(err, LEIE_ERR_CONVERGE, "a system between the two tables ended with a residual of %.2e", info->residual);
    }
    leie_linsys_free(sys);
    leie_matrix_free(&A);
    adding a = {w, trade, technology};
    return st ? st : leie_parallel_for(w->d->q, 1, add_regions, &a, err);
}

leie_status leie_sda_make(leie_sda *d, const leie_sda_side side[2], const leie_account_regions *q, const leie_sda_opts *opts, leie_error *err)
{
    static const leie_sda_opts defaults = {0};
    *d = (leie_sda){.q = q->label.n};
    leie_sda_work w = {.d = d, .side = side, .q = q, .opts = opts ? *opts : defaults, .n = side[0].t->sector.n, .m = side[0].t->demand.n,
                       .R = side[0].t->sector.region.n};
    leie_status st = same_tables(side, err);
    st = st ? st : common_stressors(&w, err);
    st = st ? st : describe(&w, err);
    st = st ? st : new_arrays(&w, err);
    st = st ? st : open_Z(&w, err);
    if (!st) {
        set_intensities(&w);
        set_direct(&w);
        st = leie_sda_demand(&w, err);
    }
    for (int pair = 0; !st && pair < 4; pair++)
        st = solve_pair(&w, pair & 1, pair >> 1, err);
    st = st ? st : leie_sda_effects(&w, err);
    clear_work(&w);
    if (st)
        leie_sda_clear(d);
    else
        leie_sda_close(d, 1);
    return st;
}
