// SPDX-License-Identifier: GPL-3.0-or-later
/* What a reconciliation says about its data: standard deviations, and tests for gross errors. */
#include <math.h>
#include <string.h>

#include "kernels/ascending.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/special.h"
#include "solver/mfa/reconcile_impl.h"

enum { GRAIN = 64 };

static const double NOTHING = 1e-12; // share of the variance below which a balance says nothing about a measurement

// ---- global test ----

void leie_reconcile_global(leie_reconciled *r, const leie_solving *w)
{
    double sum = 0;
    for (leie_size i = 0; i < w->s->n; i++) {
        double u = leie_adjustment(w, i);
        sum += u * u;
    }
    r->objective = sum;
    r->dof = w->at.rows;
}

double leie_chi_square_tail(double value, leie_size dof)
{
    return dof ? leie_gamma_tail(0.5 * (double)dof, 0.5 * value) : NAN;
}

double leie_critical_z(double level, leie_size tests)
{
    return tests ? leie_normal_tail_at(-0.5 * expm1(log1p(-level) / (double)tests)) : NAN;
}

// ---- measured variables ----

// a' (A A')^-1 a for the column of a measured variable: the share of its variance that the balances take.
static double share_taken(const leie_linearised *at, leie_size i, leie_cholesky_form *form)
{
    leie_size first = at->col_first[i];
    return leie_cholesky_square(&at->factor, at->col_first[i + 1] - first, at->col_row + first, at->col_val + first, form);
}

static void measured_variable(leie_reconciled *r, const leie_solving *w, leie_size i, leie_cholesky_form *form)
{
    double share = share_taken(&w->at, i, form);
    bool redundant = share > NOTHING;
    r->state[i] = redundant ? LEIE_MFA_REDUNDANT : LEIE_MFA_NOT_REDUNDANT;
    r->sd[i] = w->scale[i] * sqrt(fmax(0, 1 - share));
    r->test[i] = redundant ? fabs(leie_adjustment(w, i)) / sqrt(share) : NAN;
}

// ---- unknowns ----

// Work of one thread.
typedef struct path {
    double *weight;   // [unknowns] of pivot rows, zero before and after
    double *part;     // [n] share of each measured variable, zero before and after
    double *product;  // [m'] A part, zero before and after
    bool *seen, *listed, *touched; // [unknowns] [n] [m'], false before and after
    leie_size *pivot, *measured, *row; // [unknowns], [n], [m']
    double *value;    // [m'] of `row`
    leie_cholesky_form form;
} path;

typedef struct job {
    leie_reconciled *r;
    leie_solving *w;
    path *of; // [threads]
} job;

// The pivots that the unknown of pivot p follows from, ascending.
static leie_size reach(path *x, const leie_linearised *at, leie_size p)
{
    leie_size n = 0;
    x->seen[p] = true;
    x->pivot[n++] = p;
    for (leie_size k = 0; k < n; k++) {
        leie_size row = at->e.pivot_row[x->pivot[k]];
        for (leie_size t = at->e.start[row]; t < at->e.start[row] + at->e.length[row]; t++) {
            leie_size q = at->e.kind[at->e.col[t]] == LEIE_ROLE_UNKNOWN ? at->e.pivot_of[at->e.col[t]] : -1;
            if (q >= 0 && !x->seen[q]) {
                x->seen[q] = true;
                x->pivot[n++] = q;
            }
        }
    }
    leie_ascending(x->pivot, n);
    return n;
}

// The unknown of pivot p as a sum of measured variables; returns how many.
static leie_size express(path *x, const leie_linearised *at, leie_size p)
{
    const leie_echelon *e = &at->e;
    leie_size n = reach(x, at, p), found = 0;
    x->weight[p] = 1;
    for (leie_size k = 0; k < n; k++) {
        leie_size q = x->pivot[k], row = e->pivot_row[q];
        double f = -x->weight[q] / e->pivot_val[q];
        x->weight[q] = 0;
        x->seen[q] = false;
        for (leie_size t = e->start[row]; f != 0 && t < e->start[row] + e->length[row]; t++) {
            leie_index c = e->col[t];
            if (c == e->pivot_col[q])
                continue;
            if (e->kind[c] == LEIE_ROLE_UNKNOWN && e->pivot_of[c] >= 0)
                x->weight[e->pivot_of[c]] += f * e->val[t];
            if (e->kind[c] != LEIE_ROLE_MEASURED)
                continue;
            if (!x->listed[c])
                x->measured[found++] = c;
            x->listed[c] = true;
            x->part[c] += f * e->val[t];
        }
    }
    return found;
}

// y = b u of pivot p: x->row and x->value become A b', *own becomes b b'; returns the rows.
static leie_size product_of(path *x, const leie_linearised *at, leie_size p, double *own)
{
    leie_size n = express(x, at, p), rows = 0;
    *own = 0;
    for (leie_size k = 0; k < n; k++) {
        leie_size i = x->measured[k];
        *own += x->part[i] * x->part[i];
        for (leie_size t = at->col_first[i]; t < at->col_first[i + 1]; t++) {
            if (!x->touched[at->col_row[t]])
                x->row[rows++] = at->col_row[t];
            x->touched[at->col_row[t]] = true;
            x->product[at->col_row[t]] += at->col_val[t] * x->part[i];
        }
        x->part[i] = 0;
        x->listed[i] = false;
    }
    for (leie_size k = 0; k < rows; k++) {
        x->value[k] = x->product[x->row[k]];
        x->product[x->row[k]] = 0;
        x->touched[x->row[k]] = false;
    }
    return rows;
}

// Var y = b (I - A' (A A')^-1 A) b' = b b' - (A b')' (A A')^-1 (A b').
static double variance(path *x, const leie_linearised *at, leie_size p)
{
    double own;
    leie_size rows = product_of(x, at, p, &own);
    return own - leie_cholesky_square(&at->factor, rows, x->row, x->value, &x->form);
}

static leie_status unknown_variables(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    job *j = ctx;
    (void)err;
    for (leie_size p = first; p < last; p++) {
        leie_size i = j->w->at.e.pivot_col[p];
        if (!j->w->at.free[i])
            j->r->sd[i] = j->w->scale[i] * sqrt(fmax(0, variance(&j->of[worker], &j->w->at, p)));
    }
    return LEIE_OK;
}

static void path_free(path *x)
{
    void *const all[] = {x->weight, x->part, x->product, x->seen, x->listed, x->touched, x->pivot, x->measured, x->row, x->value};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
        leie_free(all[k]);
    leie_cholesky_form_clear(&x->form);
}

static leie_status path_new(path *x, leie_size n, leie_size unknowns, leie_size rows, leie_error *err)
{
    *x = (path){.weight = leie_new(unknowns, sizeof *x->weight), .part = leie_new(n, sizeof *x->part),
                .product = leie_new(rows, sizeof *x->product),   .seen = leie_new(unknowns, sizeof *x->seen),
                .listed = leie_new(n, sizeof *x->listed),        .touched = leie_new(rows, sizeof *x->touched),
                .pivot = leie_new(unknowns, sizeof *x->pivot),   .measured = leie_new(n, sizeof *x->measured),
                .row = leie_new(rows, sizeof *x->row),           .value = leie_new(rows, sizeof *x->value)};
    if (x->weight && x->part && x->product && x->seen && x->listed && x->touched && x->pivot && x->measured && x->row && x->value)
        return leie_cholesky_form_new(&x->form, rows, err);
    return leie_fail_memory(err, "standard deviations of unknowns", n + unknowns + rows, 64);
}

// ---- the whole ----

leie_status leie_reconcile_uncertainty(leie_reconciled *r, leie_solving *w, leie_error *err)
{
    int threads = leie_threads();
    job j = {.r = r, .w = w, .of = leie_new(threads, sizeof *j.of)};
    leie_status st = j.of ? LEIE_OK : leie_fail_memory(err, "standard deviations of unknowns", threads, sizeof *j.of);
    for (int k = 0; k < threads && !st; k++)
        st = path_new(&j.of[k], w->s->n, w->at.unknowns, w->at.rows, err);
    st = st ? st : leie_cholesky_invert(&w->at.factor, err);
    for (leie_size i = 0; i < w->s->n && !st; i++)
        if (w->role[i] == LEIE_ROLE_MEASURED)
            measured_variable(r, w, i, &j.of[0].form);
    st = st ? st : leie_parallel_for(w->at.unknowns, GRAIN, unknown_variables, &j, err);
    for (int k = 0; j.of && k < threads; k++)
        path_free(&j.of[k]);
    leie_free(j.of);
    return st;
}

// ---- nodal tests ----

// |g| / sd(g) of constraint k at the measured values; NaN when it has an unknown, a measurement set aside or nothing
// measured.
static double nodal(const leie_solving *w, leie_size k, const double *measured, leie_index *slot, leie_index *col, double *val)
{
    double square = 0, terms;
    leie_size n = leie_jacobian_row(w, k, measured, slot, col, val);
    for (leie_size j = 0; j < n; j++) {
        if (!(w->s->sd[col[j]] >= 0) || w->aside[col[j]])
            return NAN;
        square += val[j] * w->s->sd[col[j]] * (val[j] * w->s->sd[col[j]]);
    }
    return square > 0 ? fabs(leie_constraint(w->s, k, measured, &terms)) / sqrt(square) : NAN;
}

leie_status leie_reconcile_nodal(leie_reconciled *r, leie_solving *w, leie_error *err)
{
    leie_size longest = 0;
    for (leie_size k = 0; k < w->s->m; k++)
        longest = w->s->first[k + 1] - w->s->first[k] > longest ? w->s->first[k + 1] - w->s->first[k] : longest;
    leie_index *slot = leie_new(w->s->n, sizeof *slot), *col = leie_new(2 * longest, sizeof *col);
    double *val = leie_new(2 * longest, sizeof *val);
    leie_status st = LEIE_OK;
    if (!slot || !col || !val)
        st = leie_fail_memory(err, "nodal tests", w->s->n + 2 * longest, sizeof *val);
    for (leie_size i = 0; i < w->s->n && !st; i++)
        slot[i] = -1;
    for (leie_size k = 0; k < w->s->m && !st; k++)
        r->nodal[k] = nodal(w, k, w->s->value, slot, col, val);
    leie_free(slot);
    leie_free(col);
    leie_free(val);
    return st;
}
