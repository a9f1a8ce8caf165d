// SPDX-License-Identifier: GPL-3.0-or-later
/* f, w  sectors inside and outside      R  regions inside, one right-hand side each */
#include "solver/account/coupling.h"

#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"

static const char *const name[] = {"monolithic", "schur", "one_way"};

int leie_coupling_find(const char *text)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(text, name[i]) == 0)
            return i;
    return -1;
}

const char *leie_coupling_name(leie_coupling coupling)
{
    return name[coupling];
}

// One side: its sectors in the table, its own axis, the block of Z among them.
typedef struct side {
    leie_size n;
    leie_index *at; // [n] in the table
    leie_axis axis;
    leie_matrix Z;
    double *scale; // [n] 1 / x
    leie_linsys *sys;
} side;

typedef struct coupled {
    const leie_table *t;
    leie_size R;
    leie_index *region; // [R] of demand
    side f, w;
    double *yf, *yw; // [n_f, R], [n_w, R]
} coupled;

static void side_clear(side *s)
{
    s->sys = leie_linsys_free(s->sys);
    leie_matrix_free(&s->Z);
    leie_axis_clear(&s->axis);
    leie_free(s->at);
    leie_free(s->scale);
}

static void coupled_clear(coupled *c)
{
    side_clear(&c->f);
    side_clear(&c->w);
    leie_free(c->region);
    leie_free(c->yf);
    leie_free(c->yw);
}

static leie_status room(double **to, leie_size count, leie_error *err)
{
    *to = leie_new(count, sizeof **to);
    return *to ? LEIE_OK : leie_fail_memory(err, "coupling", count, sizeof **to);
}

// ---- the two sides ----

static leie_status side_fill(side *s, const leie_table *t, const bool *inside, bool wanted, leie_error *err)
{
    const leie_axis *a = &t->sector;
    s->at = leie_new(a->n, sizeof *s->at);
    if (!s->at)
        return leie_fail_memory(err, "sectors", a->n, sizeof *s->at);
    for (leie_size i = 0; i < a->n; i++) {
        if (inside[a->of[i]] != wanted)
            continue;
        leie_size at = leie_axis_add(&s->axis, a->region.code[a->of[i]], a->code[i], "", "", a->kind[i], err);
        if (at < 0)
            return (leie_status)at;
        s->at[s->n++] = (leie_index)i;
    }
    leie_status st = room(&s->scale, s->n, err);
    if (!st)
        st = leie_matrix_new_dense(&s->Z, s->n, s->n, err);
    for (leie_size i = 0; !st && i < s->n; i++) {
        s->scale[i] = t->x[s->at[i]] != 0 ? 1 / t->x[s->at[i]] : 0;
        for (leie_size j = 0; j < s->n; j++)
            s->Z.val[i * s->Z.ld + j] = leie_matrix_get(&t->Z, s->at[i], s->at[j]);
    }
    return st;
}

// Final demand of each region, as a side sells it.
static leie_status side_demand(double **y, const side *s, const coupled *c, leie_error *err)
{
    const leie_axis *d = &c->t->demand;
    leie_status st = room(y, s->n * c->R, err);
    for (leie_size i = 0; !st && i < s->n; i++)
        for (leie_size r = 0; r < c->R; r++) {
            leie_acc acc = {0};
            if (c->region[r] >= 0)
                for (leie_size f = d->first[c->region[r]]; f < d->first[c->region[r] + 1]; f++)
                    if (leie_demand_counts(d->kind[f]))
                        leie_acc_add(&acc, c->t->Y[(leie_size)s->at[i] * d->n + f]);
            (*y)[i * c->R + r] = leie_acc_value(&acc);
        }
    return st;
}

static leie_status find_regions(coupled *c, bool *inside, const leie_labels *regions, leie_error *err)
{
    leie_size count = 0;
    c->R = regions->n;
    c->region = leie_new(c->R, sizeof *c->region);
    if (!c->region)
        return leie_fail_memory(err, "regions", c->R, sizeof *c->region);
    for (leie_size r = 0; r < c->R; r++) {
        leie_size at = leie_labels_find(&c->t->sector.region, regions->code[r]);
        if (at < 0)
            return leie_fail(err, LEIE_ERR_DATA, "the table has no region '%s' to couple", regions->code[r]);
        c->region[r] = (leie_index)leie_labels_find(&c->t->demand.region, regions->code[r]);
        inside[at] = true;
        count++;
    }
    return count < c->t->sector.region.n ? LEIE_OK
                                         : leie_fail(err, LEIE_ERR_DATA, "every region is inside: there is no world left");
}

static leie_status coupled_make(coupled *c, const leie_labels *regions, leie_error *err)
{
    bool *inside = leie_new(c->t->sector.region.n, sizeof *inside);
    leie_status st = inside ? LEIE_OK : leie_fail_memory(err, "regions", c->t->sector.region.n, sizeof *inside);
    st = st ? st : find_regions(c, inside, regions, err);
    st = st ? st : side_fill(&c->f, c->t, inside, true, err);
    st = st ? st : side_fill(&c->w, c->t, inside, false, err);
    st = st ? st : side_demand(&c->yf, &c->f, c, err);
    st = st ? st : side_demand(&c->yw, &c->w, c, err);
    leie_free(inside);
    return st;
}

// to [a.n, k] += A[a, b] x [b.n, k], A = Z / x of the buying side
static void add_product(double *to, const coupled *c, const side *a, const side *b, const double *x, leie_size k)
{
    for (leie_size i = 0; i < a->n; i++)
        for (leie_size j = 0; j < b->n; j++) {
            double z = leie_matrix_get(&c->t->Z, a->at[i], b->at[j]) * b->scale[j];
            for (leie_size q = 0; z != 0 && q < k; q++)
                to[i * k + q] += z * x[j * k + q];
        }
}

static leie_status solve(leie_linsys *sys, bool transposed, leie_size k, double *x, const double *b, leie_error *err)
{
    leie_status st = leie_linsys_solve(sys, transposed, k, x, b, NULL, err);
    if (!st && !leie_linsys_state(sys)->converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "a system of the coupling ended at a residual of %.2g",
                       leie_linsys_state(sys)->residual);
    return st;
}

// ---- xf ----

// K = Afw Lww Awf, added to A_ff:  Zff + K diag(x) so that the same scale holds.
static leie_status add_feedback(coupled *c, leie_error *err)
{
    leie_size nf = c->f.n, nw = c->w.n;
    double *wf = NULL, *unit = NULL, *k = NULL;
    leie_status st = room(&wf, nw * nf, err);
    st = st ? st : room(&unit, nf * nf, err);
    st = st ? st : room(&k, nf * nf, err);
    for (leie_size i = 0; !st && i < nf; i++)
        unit[i * nf + i] = 1;
    if (!st) {
        add_product(wf, c, &c->w, &c->f, unit, nf);
        st = solve(c->w.sys, false, nf, wf, wf, err);
    }
    if (!st)
        add_product(k, c, &c->f, &c->w, wf, nf);
    for (leie_size i = 0; !st && i < nf; i++)
        for (leie_size j = 0; j < nf; j++) // a column without output buys nothing
            if (c->f.scale[j] != 0)
                c->f.Z.val[i * c->f.Z.ld + j] += k[i * nf + j] / c->f.scale[j];
    leie_free(wf);
    leie_free(unit);
    leie_free(k);
    return st;
}

// xf [n_f, R]
static leie_status inside_output(double *xf, coupled *c, bool feedback, leie_error *err)
{
    const leie_linsys_opts lu = {.method = LEIE_SOLVER_LU};
    double *w = NULL;
    leie_status st = LEIE_OK;
    memcpy(xf, c->yf, (size_t)(c->f.n * c->R) * sizeof *xf);
    if (feedback) { // yf + Afw Lww yw
        st = room(&w, c->w.n * c->R, err);
        st = st ? st : solve(c->w.sys, false, c->R, w, c->yw, err);
        if (!st)
            add_product(xf, c, &c->f, &c->w, w, c->R);
        st = st ? st : add_feedback(c, err);
    }
    st = st ? st : leie_linsys_setup(&c->f.sys, &c->f.Z, c->f.scale, &c->f.axis, &lu, err);
    st = st ? st : solve(c->f.sys, false, c->R, xf, xf, err);
    leie_free(w);
    return st;
}

// ---- the footprint ----

// M [n_w, k] = (S_w Lww)'
static leie_status outside_multipliers(double *M, const coupled *c, leie_error *err)
{
    leie_size k = c->t->stressor.n, n = c->t->sector.n;
    for (leie_size i = 0; i < c->w.n; i++)
        for (leie_size s = 0; s < k; s++)
            M[i * k + s] = c->t->F[s * n + c->w.at[i]] * c->w.scale[i];
    return solve(c->w.sys, true, k, M, M, err);
}

// D = Sf xf + Mw (Awf xf + yw)
static leie_status add_up(double *D, double *x, const coupled *c, const double *xf, const double *M, leie_error *err)
{
    leie_size k = c->t->stressor.n, n = c->t->sector.n, R = c->R;
    double *needed = NULL;
    leie_status st = room(&needed, c->w.n * R, err);
    if (st)
        return st;
    memcpy(needed, c->yw, (size_t)(c->w.n * R) * sizeof *needed);
    add_product(needed, c, &c->w, &c->f, xf, R);
    for (leie_size s = 0; s < k; s++)
        for (leie_size r = 0; r < R; r++) {
            leie_acc acc = {0};
            for (leie_size i = 0; i < c->f.n; i++)
                leie_acc_add(&acc, c->t->F[s * n + c->f.at[i]] * c->f.scale[i] * xf[i * R + r]);
            for (leie_size i = 0; i < c->w.n; i++)
                leie_acc_add(&acc, M[i * k + s] * needed[i * R + r]);
            D[s * R + r] = leie_acc_value(&acc);
        }
    if (x) { // xw = Lww (yw + Awf xf)
        st = solve(c->w.sys, false, R, needed, needed, err);
        for (leie_size i = 0; !st && i < c->f.n; i++)
            x[c->f.at[i]] = leie_sum(xf + i * R, R, 1);
        for (leie_size i = 0; !st && i < c->w.n; i++)
            x[c->w.at[i]] = leie_sum(needed + i * R, R, 1);
    }
    leie_free(needed);
    return st;
}

static leie_status through_blocks(double *D, double *x, double *multipliers, coupled *c, bool feedback,
                                  const leie_linsys_opts *opts, leie_error *err)
{
    leie_size k = c->t->stressor.n;
    double *xf = NULL, *M = NULL;
    leie_status st = room(&xf, c->f.n * c->R, err);
    st = st ? st : room(&M, c->w.n * k, err);
    st = st ? st : leie_linsys_setup(&c->w.sys, &c->w.Z, c->w.scale, &c->w.axis, opts, err);
    st = st ? st : outside_multipliers(M, c, err);
    st = st ? st : inside_output(xf, c, feedback, err);
    st = st ? st : add_up(D, x, c, xf, M, err);
    for (leie_size i = 0; !st && multipliers && i < c->w.n; i++)
        for (leie_size s = 0; s < k; s++)
            multipliers[s * c->w.n + i] = M[i * k + s];
    leie_free(xf);
    leie_free(M);
    return st;
}

static leie_status monolithic(double *D, double *x, const coupled *c, const leie_linsys_opts *opts, leie_error *err)
{
    const leie_table *t = c->t;
    leie_size n = t->sector.n, R = c->R;
    double *scale = NULL, *X = NULL;
    leie_linsys *sys = NULL;
    leie_status st = room(&scale, n, err);
    st = st ? st : room(&X, n * R, err);
    for (leie_size i = 0; !st && i < n; i++)
        scale[i] = t->x[i] != 0 ? 1 / t->x[i] : 0;
    for (leie_size r = 0; !st && r < R; r++) {
        for (leie_size i = 0; i < c->f.n; i++)
            X[c->f.at[i] * R + r] = c->yf[i * R + r];
        for (leie_size i = 0; i < c->w.n; i++)
            X[c->w.at[i] * R + r] = c->yw[i * R + r];
    }
    st = st ? st : leie_linsys_setup(&sys, &t->Z, scale, &t->sector, opts, err);
    st = st ? st : solve(sys, false, R, X, X, err);
    for (leie_size s = 0; !st && s < t->stressor.n; s++)
        for (leie_size r = 0; r < R; r++) {
            leie_acc acc = {0};
            for (leie_size i = 0; i < n; i++)
                leie_acc_add(&acc, t->F[s * n + i] * scale[i] * X[i * R + r]);
            D[s * R + r] = leie_acc_value(&acc);
        }
    for (leie_size i = 0; !st && x && i < n; i++)
        x[i] = leie_sum(X + i * R, R, 1);
    sys = leie_linsys_free(sys);
    leie_free(scale);
    leie_free(X);
    return st;
}

leie_status leie_coupling_footprint(double *D, double *x, double *multipliers, const leie_table *t,
                                    const leie_labels *regions, leie_coupling coupling, const leie_linsys_opts *opts,
                                    leie_error *err)
{
    coupled c = {.t = t};
    leie_status st = t->x && (t->F || t->stressor.n == 0)
                         ? LEIE_OK
                         : leie_fail(err, LEIE_ERR_DATA, "a coupling needs output and pressures");
    st = st ? st : coupled_make(&c, regions, err);
    if (!st)
        st = coupling == LEIE_COUPLING_MONOLITHIC
                 ? monolithic(D, x, &c, opts, err)
                 : through_blocks(D, x, multipliers, &c, coupling == LEIE_COUPLING_SCHUR, opts, err);
    coupled_clear(&c);
    return st;
}
