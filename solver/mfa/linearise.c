// SPDX-License-Identifier: GPL-3.0-or-later
/* One linearisation of a material flow system: rows, elimination of unknowns, the step, what is observable. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/mfa/reconcile_impl.h"

static const double UNSEEN = 1e-9; // share of an unknown's parts below which its dependence on free ones cancels
static const double DELICATE = 1e-6; // of its square: what a row has of its own when the factor loses too many digits
static const double EXACT = 1e-14;  // of multipliers: a correction that needs no further one

enum { CORRECTIONS = 30 };

// ---- constraints ----

double leie_constraint(const leie_mfa_system *s, leie_size k, const double *v, double *terms)
{
    double sum = 0;
    *terms = 0;
    for (leie_size t = s->first[k]; t < s->first[k + 1]; t++) {
        const leie_mfa_term *term = &s->term[t];
        double part = term->coef * (term->p >= 0 ? v[term->p] : 1) * (term->q >= 0 ? v[term->q] : 1);
        sum += part;
        *terms += fabs(part);
    }
    return sum;
}

double leie_adjustment(const leie_solving *w, leie_size i)
{
    return w->s->sd[i] > 0 && !w->aside[i] ? (w->v[i] - w->s->value[i]) / w->s->sd[i] : 0;
}

static leie_size add_entry(const leie_solving *w, leie_size n, leie_index i, double part, leie_index *slot,
                           leie_index *col, double *val)
{
    if (i < 0 || w->role[i] == LEIE_ROLE_CONSTANT)
        return n;
    if (slot[i] < 0) {
        slot[i] = (leie_index)n;
        col[n] = i;
        val[n++] = 0;
    }
    val[slot[i]] += part;
    return n;
}

leie_size leie_jacobian_row(const leie_solving *w, leie_size k, const double *v, leie_index *slot, leie_index *col,
                            double *val)
{
    leie_size n = 0;
    for (leie_size t = w->s->first[k]; t < w->s->first[k + 1]; t++) {
        const leie_mfa_term *term = &w->s->term[t];
        double p = term->p >= 0 ? v[term->p] : 1, q = term->q >= 0 ? v[term->q] : 1;
        n = add_entry(w, n, term->p, term->coef * q, slot, col, val);
        n = add_entry(w, n, term->q, term->coef * p, slot, col, val);
    }
    for (leie_size j = 0; j < n; j++)
        slot[col[j]] = -1;
    return n;
}

// Row k in units of scale, divided by its largest entry.
static leie_status fill_row(leie_solving *w, leie_size k, leie_index *slot, leie_index *col, double *val, leie_error *err)
{
    double largest = 0, terms;
    leie_size n = leie_jacobian_row(w, k, w->v, slot, col, val);
    for (leie_size j = 0; j < n; j++) {
        val[j] *= w->scale[col[j]];
        largest = fmax(largest, fabs(val[j]));
    }
    double left = leie_constraint(w->s, k, w->v, &terms);
    w->at.size[k] = largest > 0 ? largest : terms > 0 ? terms : 1;
    for (leie_size j = 0; j < n; j++)
        val[j] /= w->at.size[k];
    return leie_echelon_row(&w->at.e, k, n, col, val, -left / w->at.size[k], err);
}

// All rows; the first `planned` pivots of the linearisation before are tried again.
static leie_status fill_rows(leie_solving *w, leie_size planned, leie_error *err)
{
    const leie_mfa_system *s = w->s;
    leie_size longest = 0;
    for (leie_size k = 0; k < s->m; k++)
        longest = s->first[k + 1] - s->first[k] > longest ? s->first[k + 1] - s->first[k] : longest;
    leie_index *slot = leie_new(s->n, sizeof *slot), *col = leie_new(2 * longest, sizeof *col);
    double *val = leie_new(2 * longest, sizeof *val);
    leie_status st = slot && col && val ? LEIE_OK : leie_fail_memory(err, "a linearised system", s->n + 2 * longest, sizeof *val);
    if (w->at.e.rows)
        leie_echelon_again(&w->at.e, planned);
    else
        st = st ? st : leie_echelon_new(&w->at.e, s->m, s->n, w->role, 2 * s->first[s->m], err);
    for (leie_size i = 0; i < s->n && !st; i++)
        slot[i] = -1;
    for (leie_size k = 0; k < s->m && !st; k++)
        st = fill_row(w, k, slot, col, val, err);
    leie_free(slot);
    leie_free(col);
    leie_free(val);
    return st;
}

// ---- the whole ----

/* Rows without unknowns from those that are read. Pivots of the linearisation before are taken again as long as they are
 * not too small. */
static leie_status eliminate_unknowns(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at;
    bool good = false;
    leie_status st = LEIE_OK;
    at->reduced = false;
    for (leie_size planned = at->unknowns; !good && !st; planned = 0) {
        st = fill_rows(w, planned, err);
        at->e.recording = !w->linear; // multipliers of all constraints are needed
        st = st ? st : leie_echelon_eliminate(&at->e, LEIE_ROLE_UNKNOWN, &good, err);
    }
    at->e.recording = false;
    at->unknowns = at->e.pivots;
    at->unknown_steps = at->e.steps;
    return st;
}

static leie_status linearised_new(leie_linearised *at, leie_size n, leie_size m, leie_error *err)
{
    at->size = leie_new(m, sizeof *at->size);
    at->dependent = leie_new(m, sizeof *at->dependent);
    at->first = leie_new(m + 1, sizeof *at->first);
    at->near = leie_new(m, sizeof *at->near);
    at->factor_of = leie_new(m, sizeof *at->factor_of);
    at->rhs = leie_new(m, sizeof *at->rhs);
    at->id = leie_new(m, sizeof *at->id);
    at->mu = leie_new(m, sizeof *at->mu);
    at->work = leie_new(m, sizeof *at->work);
    at->col_first = leie_new(n + 2, sizeof *at->col_first);
    at->free = leie_new(n, sizeof *at->free);
    if (at->size && at->dependent && at->near && at->factor_of && at->first && at->rhs && at->id && at->mu && at->work && at->col_first && at->free)
        return LEIE_OK;
    return leie_fail_memory(err, "constraints", m + n, 6 * sizeof(double));
}

leie_status leie_linearise(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at;
    leie_status st = at->size ? LEIE_OK : linearised_new(at, w->s->n, w->s->m, err);
    st = st ? st : eliminate_unknowns(w, err);
    st = st ? st : leie_linearised_factor(w, err);
    w->settled = !st;
    return st;
}

void leie_linearised_clear(leie_linearised *at)
{
    leie_echelon_clear(&at->e);
    leie_cholesky_clear(&at->factor);
    leie_free(at->size);
    leie_free(at->dependent);
    leie_free(at->near);
    leie_free(at->factor_of);
    leie_free(at->first);
    leie_free(at->col);
    leie_free(at->val);
    leie_free(at->rhs);
    leie_free(at->id);
    leie_free(at->col_first);
    leie_free(at->col_row);
    leie_free(at->col_val);
    leie_free(at->mu);
    leie_free(at->work);
    leie_free(at->free);
    *at = (leie_linearised){0};
}

// ---- the step ----

// Unknowns from the rows they follow from, the last pivot first; free ones stay.
static void substitute(leie_solving *w)
{
    const leie_echelon *e = &w->at.e;
    for (leie_size p = w->at.unknowns - 1; p >= 0; p--) {
        leie_size row = e->pivot_row[p];
        double sum = e->rhs[row];
        for (leie_size t = e->start[row]; t < e->start[row] + e->length[row]; t++)
            if (e->col[t] != e->pivot_col[p])
                sum -= e->val[t] * w->step[e->col[t]];
        w->step[e->pivot_col[p]] = sum / e->pivot_val[p];
    }
}

// u = A' mu of a measured variable.
static double of_multipliers(const leie_linearised *at, const double *mu, leie_size i)
{
    double u = 0;
    for (leie_size t = at->col_first[i]; t < at->col_first[i + 1]; t++)
        u += at->col_val[t] * mu[at->col_row[t]];
    return u;
}

// left = b + A u - A A' mu, with u the adjustments so far; step takes A' mu.
static void residual(double *left, leie_solving *w, bool first)
{
    const leie_linearised *at = &w->at;
    for (leie_size i = 0; i < w->s->n && !first; i++)
        w->step[i] = w->role[i] == LEIE_ROLE_MEASURED ? of_multipliers(at, at->mu, i) : 0;
    for (leie_size k = 0; k < at->rows; k++) {
        left[k] = at->rhs[k];
        for (leie_size t = at->first[k]; t < at->first[k + 1]; t++)
            if (w->role[at->col[t]] == LEIE_ROLE_MEASURED)
                left[k] += at->val[t] * (leie_adjustment(w, at->col[t]) - (first ? 0 : w->step[at->col[t]]));
    }
}

// mu = mu + change; returns the largest change beside the largest of mu.
static double correct(double *mu, const double *change, leie_size rows)
{
    double largest = 0, moved = 0;
    for (leie_size k = 0; k < rows; k++) {
        mu[k] += change[k];
        largest = fmax(largest, fabs(mu[k]));
        moved = fmax(moved, fabs(change[k]));
    }
    return largest > 0 ? moved / largest : 0;
}

// The most that rounding in the terms of u = A' mu leaves of it: a step cannot be told from zero below.
static double rounding_of(const leie_linearised *at, leie_size n)
{
    double largest = 0;
    for (leie_size i = 0; i < n; i++) {
        double terms = 0;
        for (leie_size t = at->col_first[i]; t < at->col_first[i + 1]; t++)
            terms += fabs(at->col_val[t] * at->mu[at->col_row[t]]);
        largest = fmax(largest, terms);
    }
    return 4 * DBL_EPSILON * largest;
}

/* mu = (A A')^-1 (b + A u). Rows that have little of their own cost digits in squares; further solves with what the
 * earlier ones left bring them back, as long as each corrects by less than half of the one before. */
static leie_status multipliers(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at;
    residual(at->mu, w, true);
    leie_cholesky_solve(&at->factor, at->mu, at->work);
    at->rounding = 0;
    if (!at->rows || at->factor.least >= DELICATE)
        return LEIE_OK;
    double *left = leie_new(at->rows, sizeof *left);
    if (!left)
        return leie_fail_memory(err, "multipliers", at->rows, sizeof *left);
    double before = INFINITY, change = DBL_MAX;
    for (int k = 0; k < CORRECTIONS && change > EXACT && change < 0.5 * before; k++) {
        before = change;
        residual(left, w, false);
        leie_cholesky_solve(&at->factor, left, at->work);
        change = correct(at->mu, left, at->rows);
    }
    at->rounding = rounding_of(at, w->s->n);
    leie_free(left);
    return LEIE_OK;
}

// left = b - A step; returns the largest.
static double left_open(double *left, const leie_solving *w)
{
    const leie_linearised *at = &w->at;
    double largest = 0;
    for (leie_size k = 0; k < at->rows; k++) {
        left[k] = at->rhs[k];
        for (leie_size t = at->first[k]; t < at->first[k + 1]; t++)
            left[k] -= at->val[t] * w->step[at->col[t]]; // only measured ones move so far
        largest = fmax(largest, fabs(left[k]));
    }
    return largest;
}

/* Multipliers of rows that are hardly apart are large, and rounding in A' mu breaks the rows by more than they differ:
 * step = step + A' (A A')^-1 (b - A step), as long as it helps. */
static leie_status close_rows(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at;
    if (at->rounding == 0)
        return LEIE_OK;
    double *left = leie_new(at->rows, sizeof *left), before = INFINITY, open;
    if (!left)
        return leie_fail_memory(err, "multipliers", at->rows, sizeof *left);
    for (int k = 0; k < CORRECTIONS && (open = left_open(left, w)) < 0.5 * before; k++) {
        before = open;
        leie_cholesky_solve(&at->factor, left, at->work);
        for (leie_size i = 0; i < w->s->n; i++)
            if (w->role[i] == LEIE_ROLE_MEASURED)
                w->step[i] += of_multipliers(at, left, i);
    }
    leie_free(left);
    return LEIE_OK;
}

leie_status leie_linearised_step(leie_solving *w, leie_error *err)
{
    leie_status st = multipliers(w, err);
    for (leie_size i = 0; i < w->s->n && !st; i++)
        w->step[i] = w->role[i] == LEIE_ROLE_MEASURED ? of_multipliers(&w->at, w->at.mu, i) - leie_adjustment(w, i) : 0;
    st = st ? st : close_rows(w, err);
    if (!st)
        substitute(w);
    return st;
}

// ---- observability ----

// A number in [1, 2) that depends on i alone (splitmix64).
static double number_of(leie_size i)
{
    uint64_t x = ((uint64_t)i + 1) * 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return 1 + (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

/* Every free unknown is given a number of its own, and the numbers go through the pivot rows: an unknown
 * whose parts cancel depends on none of them (but for an accident of probability about UNSEEN). */
leie_status leie_linearised_free_unknowns(leie_solving *w, leie_error *err)
{
    const leie_echelon *e = &w->at.e;
    double *weight = leie_new(w->s->n, sizeof *weight);
    if (!weight)
        return leie_fail_memory(err, "observability", w->s->n, sizeof *weight);
    for (leie_size i = 0; i < w->s->n; i++) {
        w->at.free[i] = w->role[i] == LEIE_ROLE_UNKNOWN && e->pivot_of[i] < 0;
        weight[i] = w->at.free[i] ? number_of(i) : 0;
    }
    for (leie_size p = w->at.unknowns - 1; p >= 0; p--) {
        leie_size row = e->pivot_row[p], i = e->pivot_col[p];
        double sum = 0, parts = 0;
        for (leie_size t = e->start[row]; t < e->start[row] + e->length[row]; t++)
            if (e->col[t] != i) {
                sum -= e->val[t] * weight[e->col[t]];
                parts += fabs(e->val[t] * weight[e->col[t]]);
            }
        w->at.free[i] = fabs(sum) > UNSEEN * parts;
        weight[i] = w->at.free[i] ? sum / e->pivot_val[p] : 0;
    }
    leie_free(weight);
    return LEIE_OK;
}
