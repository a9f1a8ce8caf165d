// SPDX-License-Identifier: GPL-3.0-or-later
/* n sectors, N with the processes, k stressors, q account regions. */
#include "solver/scenario/lever.h"

#include <math.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/memory.h"
#include "kernels/sum.h"

typedef struct leie_lever_work {
    const leie_baseline *base;
    const leie_account_regions *q;
    const leie_scenario *scenario;
    leie_lever_opts opts;
    leie_change change;
    leie_linsys *sys;
    leie_size n, N, m;
    leie_index *region; // [m] table region of a column that counts, else -1
    bool *material;     // [k]
    double *M;          // [n, k]
    double *X;          // [n, q]
    double *y;          // [n, q]
    leie_index *place;  // [N] which row of L, -1 for none
    leie_size rows, room;
    double **L;         // [rows] of [n] each
    leie_index *of;     // [rows] sector
    leie_index *unknown; // [N] position in U, -1 for none
    leie_size U;
    leie_index *in_U;   // [N]
    double *w;          // [N, q]
    double *x_U;        // [N, q] x* of the unknowns
} work;

static leie_status new_array(double **to, leie_size count, leie_error *err)
{
    *to = leie_new(count ? count : 1, sizeof **to);
    return *to ? LEIE_OK : leie_fail_memory(err, "the response of a scenario", count, sizeof **to);
}

static bool has_region(const work *w, leie_size q, leie_index region)
{
    return region >= 0 && w->q->member[q * w->base->R + region];
}

// ---- the baseline ----

static void describe(leie_lever *r, work *w)
{
    const leie_table *t = w->base->t;
    const char *unit = NULL;
    bool same = true;
    for (leie_size j = 0; j < w->m; j++) {
        leie_demand_kind kind = t->demand.kind[j];
        w->region[j] = leie_demand_counts(kind) && !w->opts.exclude[kind] ? w->base->demand_region[j] : -1;
    }
    for (leie_size s = 0; s < r->k; s++) {
        w->material[s] = strcmp(t->stressor.kind[s], LEIE_STRESSOR_MATERIAL) == 0;
        if (!w->material[s])
            continue;
        same &= !unit || strcmp(unit, t->stressor.unit[s]) == 0;
        unit = t->stressor.unit[s];
    }
    r->has_total = unit && same;
    for (leie_size i = 0; i < w->N; i++)
        w->place[i] = w->unknown[i] = -1;
}

static void add_totals(const leie_lever *r, double *e)
{
    for (leie_size a = 0; a < r->q; a++) {
        double *own = e + a * (r->k + 1);
        own[r->k] = 0;
        for (leie_size s = 0; r->has_total && s < r->k; s++)
            own[r->k] += r->work->material[s] ? own[s] : 0;
    }
}

static leie_status solve(leie_lever *r, bool transposed, leie_size columns, double *x, const double *b, leie_error *err)
{
    leie_status st = leie_linsys_solve(r->work->sys, transposed, columns, x, b, NULL, err);
    const leie_linsys_info *info = leie_linsys_state(r->work->sys);
    r->residual = fmax(r->residual, info->residual);
    if (!st && !info->converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "back-casting: the table is not solved to the tolerance (residual %.2e)", info->residual);
    return st;
}

static leie_status solve_baseline(leie_lever *r, leie_error *err)
{
    work *w = r->work;
    const leie_table *t = w->base->t;
    leie_size n = w->n, k = r->k, q = r->q;
    for (leie_size i = 0; i < n; i++) {
        for (leie_size s = 0; s < k; s++)
            w->M[i * k + s] = t->F[s * n + i] * w->base->scale[i];
        for (leie_size j = 0; j < w->m; j++)
            for (leie_size a = 0; a < q; a++)
                w->y[i * q + a] += has_region(w, a, w->region[j]) ? t->Y[i * w->m + j] : 0;
    }
    leie_status st = solve(r, true, k, w->M, w->M, err);
    st = st ? st : solve(r, false, q, w->X, w->y, err);
    for (leie_size i = 0; !st && i < n; i++)
        for (leie_size a = 0; a < q; a++)
            for (leie_size s = 0; s < k; s++)
                r->baseline[a * (k + 1) + s] += w->M[i * k + s] * w->y[i * q + a];
    for (leie_size a = 0; !st && a < q; a++)
        for (leie_size s = 0; s < k; s++)
            for (leie_size j = 0; j < w->m; j++)
                r->baseline[a * (k + 1) + s] += has_region(w, a, w->region[j]) ? t->F_Y[s * w->m + j] : 0;
    if (!st)
        add_totals(r, r->baseline);
    return st;
}

static leie_status take_room(leie_lever *r, leie_error *err)
{
    work *w = r->work;
    w->region = leie_new(w->m ? w->m : 1, sizeof *w->region);
    w->material = leie_new(r->k, sizeof *w->material);
    w->place = leie_new(w->N, sizeof *w->place);
    w->unknown = leie_new(w->N, sizeof *w->unknown);
    w->in_U = leie_new(w->N, sizeof *w->in_U);
    if (!w->region || !w->material || !w->place || !w->unknown || !w->in_U)
        return leie_fail_memory(err, "the response of a scenario", w->N, 3 * sizeof *w->place);
    leie_status st = new_array(&w->M, w->n * r->k, err);
    st = st ? st : new_array(&w->X, w->n * r->q, err);
    st = st ? st : new_array(&w->y, w->n * r->q, err);
    st = st ? st : new_array(&w->w, w->N * r->q, err);
    st = st ? st : new_array(&w->x_U, w->N * r->q, err);
    return st ? st : new_array(&r->baseline, r->outputs, err);
}

leie_status leie_lever_open(leie_lever *r, const leie_baseline *base, const leie_account_regions *q, const leie_scenario *scenario,
                               const leie_lever_opts *opts, leie_error *err)
{
    *r = (leie_lever){.q = q->label.n, .k = base->k};
    r->outputs = r->q * (r->k + 1);
    if (r->q == 0 || r->k == 0)
        return leie_fail(err, LEIE_ERR_DATA, "back-casting: the table has no %s", r->q ? "stressors" : "account regions");
    work *w = r->work = leie_new(1, sizeof *w);
    if (!w)
        return leie_fail_memory(err, "the response of a scenario", 1, sizeof *w);
    w->base = base;
    w->q = q;
    w->scenario = scenario;
    w->opts = *opts;
    w->n = base->n;
    w->N = base->N;
    w->m = base->m;
    leie_status st = take_room(r, err);
    if (!st) {
        describe(r, w);
        st = leie_change_open(&w->change, base, err);
    }
    leie_linsys_opts linsys = opts->linsys;
    leie_plan plan;
    st = st ? st : leie_plan_make(&plan, &base->t->Z, &base->t->sector, r->q, 4 * r->k, &linsys, err);
    if (!st)
        linsys.method = plan.solver;
    st = st ? st : leie_linsys_setup(&w->sys, &base->t->Z, base->scale, &base->t->sector, &linsys, err);
    st = st ? st : solve_baseline(r, err);
    if (st)
        leie_lever_close(r);
    return st;
}

void leie_lever_close(leie_lever *r)
{
    work *w = r->work;
    if (w) {
        for (leie_size i = 0; i < w->rows; i++)
            leie_free(w->L[i]);
        leie_free(w->L);
        leie_free(w->of);
        leie_free(w->region);
        leie_free(w->material);
        leie_free(w->place);
        leie_free(w->unknown);
        leie_free(w->in_U);
        leie_free(w->M);
        leie_free(w->X);
        leie_free(w->y);
        leie_free(w->w);
        leie_free(w->x_U);
        if (w->base)
            leie_change_clear(&w->change);
        leie_linsys_free(w->sys);
        leie_free(w);
    }
    leie_free(r->baseline);
    *r = (leie_lever){0};
}

// ---- rows of L ----

enum { TOGETHER = 32 }; // transposed solves at a time

// Solves for the last `count` rows, whose sectors are known.
static leie_status solve_rows(leie_lever *r, leie_size count, leie_error *err)
{
    work *w = r->work;
    leie_size n = w->n, first = w->rows - count;
    double *b = NULL;
    leie_status st = LEIE_OK;
    for (leie_size at = first; !st && at < w->rows; at += TOGETHER) {
        leie_size columns = w->rows - at < TOGETHER ? w->rows - at : TOGETHER;
        leie_free(b);
        st = new_array(&b, n * columns, err);
        for (leie_size c = 0; !st && c < columns; c++)
            b[w->of[at + c] * columns + c] = 1; // e_i' L
        st = st ? st : solve(r, true, columns, b, b, err);
        for (leie_size c = 0; !st && c < columns; c++)
            for (leie_size i = 0; i < n; i++)
                w->L[at + c][i] = b[i * columns + c];
    }
    leie_free(b);
    return st;
}

// Wants row i of L; the rows wanted are solved for together afterwards.
static leie_status want_row(work *w, leie_size i, leie_error *err)
{
    if (i >= w->n || w->place[i] >= 0)
        return LEIE_OK;
    if (w->rows == w->room) {
        leie_size room = w->room ? 2 * w->room : 64;
        double **L = leie_resize(w->L, w->room, room, sizeof *w->L);
        if (!L)
            return leie_fail_memory(err, "rows of L", room, sizeof *L);
        w->L = L;
        leie_index *of = leie_resize(w->of, w->room, room, sizeof *of);
        if (!of)
            return leie_fail_memory(err, "rows of L", room, sizeof *of);
        w->of = of;
        w->room = room;
    }
    leie_status st = new_array(&w->L[w->rows], w->n, err);
    if (st)
        return st;
    w->of[w->rows] = (leie_index)i;
    w->place[i] = (leie_index)w->rows++;
    return LEIE_OK;
}

// Forgets rows that were wanted and not solved for.
static void forget_rows(work *w, leie_size known)
{
    for (; w->rows > known; w->rows--) {
        w->place[w->of[w->rows - 1]] = -1;
        w->L[w->rows - 1] = leie_free(w->L[w->rows - 1]);
    }
}

// L[i, c] over sectors and processes.
static double L_at(const work *w, leie_size i, leie_size c)
{
    if (i >= w->n || c >= w->n)
        return i == c;
    return w->L[w->place[i]][c];
}

// ---- one call ----

static void unknown_column(work *w, leie_size j)
{
    if (w->unknown[j] >= 0)
        return;
    w->unknown[j] = (leie_index)w->U;
    w->in_U[w->U++] = (leie_index)j;
}

// U: the changed columns of A and all active processes; rows of L for them and for changed S.
static leie_status find_unknowns(leie_lever *r, leie_error *err)
{
    work *w = r->work;
    const leie_edits *A = &w->change.part[LEIE_EDIT_A], *S = &w->change.part[LEIE_EDIT_S];
    leie_size known = w->rows;
    leie_status st = LEIE_OK;
    for (leie_size u = 0; u < w->U; u++)
        w->unknown[w->in_U[u]] = -1;
    w->U = 0;
    for (leie_size i = 0; i < A->n; i++)
        if (A->edit[i].now != A->edit[i].old)
            unknown_column(w, A->edit[i].col);
    for (leie_size p = w->n; p < w->N; p++)
        if (w->change.active[p - w->n])
            unknown_column(w, p);
    for (leie_size u = 0; !st && u < w->U; u++)
        st = want_row(w, w->in_U[u], err);
    for (leie_size i = 0; !st && i < S->n; i++)
        st = want_row(w, S->edit[i].col, err);
    st = st ? st : solve_rows(r, w->rows - known, err);
    if (st)
        forget_rows(w, known);
    return st;
}

// w = dy
static void changed_demand(leie_lever *r)
{
    work *w = r->work;
    const leie_edits *Y = &w->change.part[LEIE_EDIT_Y];
    memset(w->w, 0, (size_t)(w->N * r->q) * sizeof *w->w);
    for (leie_size i = 0; i < Y->n; i++)
        for (leie_size a = 0; a < r->q; a++)
            w->w[Y->edit[i].row * r->q + a] += has_region(w, a, w->region[Y->edit[i].col]) ? Y->edit[i].now - Y->edit[i].old : 0;
}

// x*_U, then w = dy + dA x*.
static leie_status changed_output(leie_lever *r, leie_error *err)
{
    work *w = r->work;
    const leie_edits *A = &w->change.part[LEIE_EDIT_A];
    leie_size U = w->U, q = r->q, ld = leie_blocklu_stride(U ? U : 1);
    double *G = NULL;
    int *pivot = leie_new(U ? U : 1, sizeof *pivot);
    leie_status st = pivot ? new_array(&G, U * ld + 2 * U, err) : leie_fail_memory(err, "a changed system", U, sizeof *pivot);
    for (leie_size u = 0; !st && u < U; u++) {
        leie_size i = w->in_U[u];
        G[u * ld + u] = 1;
        for (leie_size a = 0; a < q; a++)
            w->x_U[u * q + a] = i < w->n ? w->X[i * q + a] : 0;
    }
    for (leie_size c = 0; !st && c < w->N; c++) // + L_U dy
        for (leie_size a = 0; a < q; a++) {
            double dy = w->w[c * q + a];
            for (leie_size u = 0; dy != 0 && u < U; u++)
                w->x_U[u * q + a] += L_at(w, w->in_U[u], c) * dy;
        }
    for (leie_size i = 0; !st && i < A->n; i++) {
        double dA = A->edit[i].now - A->edit[i].old;
        for (leie_size u = 0; dA != 0 && u < U; u++)
            G[u * ld + w->unknown[A->edit[i].col]] -= L_at(w, w->in_U[u], A->edit[i].row) * dA;
    }
    if (!st && U && leie_blocklu_factor(G, U, ld, pivot, G + U * ld) >= 0)
        st = leie_fail(err, LEIE_ERR_SINGULAR, "scenario '%s': the changed system has no solution", w->scenario->code);
    if (!st && U)
        leie_blocklu_solve(G, U, ld, pivot, false, q, w->x_U);
    for (leie_size i = 0; !st && i < A->n; i++) {
        double dA = A->edit[i].now - A->edit[i].old;
        for (leie_size a = 0; dA != 0 && a < q; a++)
            w->w[A->edit[i].row * q + a] += dA * w->x_U[w->unknown[A->edit[i].col] * q + a];
    }
    leie_free(G);
    leie_free(pivot);
    return st;
}

// x* of one sector or process.
static double output_of(const leie_lever *r, leie_size i, leie_size a)
{
    const work *w = r->work;
    if (w->unknown[i] >= 0)
        return w->x_U[w->unknown[i] * r->q + a];
    double x = i < w->n ? w->X[i * r->q + a] : 0;
    for (leie_size c = 0; c < w->N; c++)
        x += w->w[c * r->q + a] != 0 ? L_at(w, i, c) * w->w[c * r->q + a] : 0;
    return x;
}

leie_status leie_lever_at(leie_lever *r, const double *value, double *e, leie_error *err)
{
    work *w = r->work;
    leie_size k = r->k, q = r->q;
    const leie_change_opts opts = {.value = value, .year = w->opts.year, .projection = w->opts.projection};
    leie_status st = leie_change_apply(&w->change, w->scenario, &opts, err);
    st = st ? st : find_unknowns(r, err);
    if (st)
        return st;
    changed_demand(r);
    st = changed_output(r, err);
    if (st)
        return st;
    memcpy(e, r->baseline, (size_t)r->outputs * sizeof *e);
    for (leie_size i = 0; i < w->n; i++) // M w
        for (leie_size a = 0; a < q; a++)
            for (leie_size s = 0; w->w[i * q + a] != 0 && s < k; s++)
                e[a * (k + 1) + s] += w->M[i * k + s] * w->w[i * q + a];
    const leie_edits *S = &w->change.part[LEIE_EDIT_S], *F_Y = &w->change.part[LEIE_EDIT_F_Y];
    for (leie_size i = 0; i < S->n; i++)
        for (leie_size a = 0; a < q; a++)
            e[a * (k + 1) + S->edit[i].row] += (S->edit[i].now - S->edit[i].old) * output_of(r, S->edit[i].col, a);
    for (leie_size i = 0; i < F_Y->n; i++)
        for (leie_size a = 0; a < q; a++)
            e[a * (k + 1) + F_Y->edit[i].row] += has_region(w, a, w->region[F_Y->edit[i].col]) ? F_Y->edit[i].now - F_Y->edit[i].old : 0;
    add_totals(r, e);
    return LEIE_OK;
}

leie_status leie_lever_residual(leie_lever *r, double *residual, leie_error *err)
{
    work *w = r->work;
    const leie_edits *A = &w->change.part[LEIE_EDIT_A];
    leie_size n = w->n, N = w->N, q = r->q;
    double *x = NULL, *rest = NULL;
    leie_status st = new_array(&x, N * q, err);
    st = st ? st : new_array(&rest, N * q, err);
    for (leie_size i = 0; !st && i < n * q; i++)
        x[i] = w->w[i];
    st = st ? st : solve(r, false, q, x, x, err); // L w
    for (leie_size i = 0; !st && i < n * q; i++)
        x[i] += w->X[i];
    for (leie_size i = n * q; !st && i < N * q; i++)
        x[i] = w->w[i];
    for (leie_size i = 0; !st && i < A->n; i++) // (I - A) x = y + w, so that y* - (I - A*) x = dA (x - x*_U)
        for (leie_size a = 0; a < q; a++)
            if (A->edit[i].now != A->edit[i].old)
                rest[A->edit[i].row * q + a] += (A->edit[i].now - A->edit[i].old) *
                                                (x[A->edit[i].col * q + a] - w->x_U[w->unknown[A->edit[i].col] * q + a]);
    *residual = 0;
    for (leie_size a = 0; !st && a < q; a++) {
        double left = leie_sum_abs(rest + a, N, q), size = leie_sum_abs(w->y + a, n, q) + leie_sum_abs(x + a, N, q);
        *residual = fmax(*residual, left == 0 ? 0 : left / size);
    }
    *residual = fmax(*residual, st ? 0 : leie_linsys_state(w->sys)->residual);
    leie_free(x);
    leie_free(rest);
    return st;
}
