// SPDX-License-Identifier: GPL-3.0-or-later
/* One linearisation of a material flow system: eliminated, reduced to measured variables, factored. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/mfa/reconcile_impl.h"

static const double UNSEEN = 1e-9; // share of an unknown's parts below which its dependence on free ones cancels

enum { DEPENDENT_ROUNDS = 20 }; // rows that only the factorisation finds dependent

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

static leie_status fill_rows(leie_solving *w, leie_error *err)
{
    const leie_mfa_system *s = w->s;
    leie_size longest = 0;
    for (leie_size k = 0; k < s->m; k++)
        longest = s->first[k + 1] - s->first[k] > longest ? s->first[k + 1] - s->first[k] : longest;
    leie_index *slot = leie_new(s->n, sizeof *slot), *col = leie_new(2 * longest, sizeof *col);
    double *val = leie_new(2 * longest, sizeof *val);
    leie_status st = slot && col && val ? leie_echelon_new(&w->at.e, s->m, s->n, w->role, 2 * s->first[s->m], err)
                                        : leie_fail_memory(err, "a linearised system", s->n + 2 * longest, sizeof *val);
    for (leie_size i = 0; i < s->n && !st; i++)
        slot[i] = -1;
    for (leie_size k = 0; k < s->m && !st; k++)
        st = fill_row(w, k, slot, col, val, err);
    leie_free(slot);
    leie_free(col);
    leie_free(val);
    return st;
}

// ---- what is left without unknowns ----

// Copies the rows without unknowns; all of them for now.
static leie_status take_rows(leie_linearised *at, leie_error *err)
{
    const leie_echelon *e = &at->e;
    leie_size entries = 0, next = 0;
    at->rows = 0;
    for (leie_size i = 0; i < e->rows; i++)
        if (!e->done[i]) {
            at->rows++;
            entries += e->length[i];
        }
    at->first = leie_new(at->rows + 1, sizeof *at->first);
    at->col = leie_new(entries, sizeof *at->col);
    at->val = leie_new(entries, sizeof *at->val);
    at->rhs = leie_new(at->rows, sizeof *at->rhs);
    at->id = leie_new(at->rows, sizeof *at->id);
    if (!at->first || !at->col || !at->val || !at->rhs || !at->id)
        return leie_fail_memory(err, "redundant constraints", at->rows + entries, 2 * sizeof *at->val);
    for (leie_size i = 0; i < e->rows; i++) {
        if (e->done[i])
            continue;
        memcpy(at->col + at->first[next], e->col + e->start[i], (size_t)e->length[i] * sizeof *at->col);
        memcpy(at->val + at->first[next], e->val + e->start[i], (size_t)e->length[i] * sizeof *at->val);
        at->rhs[next] = e->rhs[i];
        at->id[next++] = i;
        at->first[next] = at->first[next - 1] + e->length[i];
    }
    return LEIE_OK;
}

// Leaves out the rows that are dependent.
static void drop_rows(leie_linearised *at)
{
    leie_size to = 0, used = 0;
    for (leie_size k = 0; k < at->rows; k++) {
        leie_size begin = at->first[k], end = at->first[k + 1];
        if (at->dependent[at->id[k]])
            continue;
        memmove(at->col + used, at->col + begin, (size_t)(end - begin) * sizeof *at->col);
        memmove(at->val + used, at->val + begin, (size_t)(end - begin) * sizeof *at->val);
        at->rhs[to] = at->rhs[k];
        at->id[to] = at->id[k];
        at->first[to++] = used; // never ahead of what is still to be read
        used += end - begin;
    }
    at->rows = to;
    at->first[to] = used;
}

// The measured entries by columns.
static leie_status transpose(leie_linearised *at, const leie_solving *w, leie_error *err)
{
    leie_size n = w->s->n, entries = at->first[at->rows];
    leie_free(at->col_first);
    leie_free(at->col_row);
    leie_free(at->col_val);
    at->col_first = leie_new(n + 2, sizeof *at->col_first);
    at->col_row = leie_new(entries, sizeof *at->col_row);
    at->col_val = leie_new(entries, sizeof *at->col_val);
    if (!at->col_first || !at->col_row || !at->col_val)
        return leie_fail_memory(err, "redundant constraints by columns", n + 2 * entries, sizeof(double));
    for (leie_size t = 0; t < entries; t++)
        if (w->role[at->col[t]] == LEIE_ROLE_MEASURED)
            at->col_first[at->col[t] + 2]++;
    for (leie_size j = 0; j < n; j++)
        at->col_first[j + 2] += at->col_first[j + 1];
    for (leie_size k = 0; k < at->rows; k++)
        for (leie_size t = at->first[k]; t < at->first[k + 1]; t++)
            if (w->role[at->col[t]] == LEIE_ROLE_MEASURED) {
                leie_size to = at->col_first[at->col[t] + 1]++;
                at->col_row[to] = k;
                at->col_val[to] = at->val[t];
            }
    return LEIE_OK;
}

// Factors A A'; rows that prove dependent only now are dropped, and it is tried again.
static leie_status factor(leie_linearised *at, leie_solving *w, leie_error *err)
{
    leie_size weaks = 1;
    bool *weak = leie_new(at->rows, sizeof *weak);
    leie_status st = weak ? LEIE_OK : leie_fail_memory(err, "constraints", at->rows, sizeof *weak);
    for (int round = 0; weaks && !st; round++) {
        if (round == DEPENDENT_ROUNDS) {
            st = leie_fail(err, LEIE_ERR_SINGULAR, "the constraints of the system depend on each other in too many ways");
            break;
        }
        leie_size *order = w->settled && at->rows == w->ordered ? w->order : NULL;
        st = transpose(at, w, err);
        st = st ? st : leie_cholesky_new(&at->factor, &weaks, weak, at->rows, w->s->n, at->col_first, at->col_row, at->col_val, order, err);
        for (leie_size k = 0; k < at->rows && weaks && !st; k++)
            at->dependent[at->id[k]] = weak[k];
        if (weaks && !st)
            drop_rows(at);
    }
    leie_free(weak);
    if (!st) {
        leie_cholesky_order(w->order, &at->factor);
        w->ordered = at->rows;
    }
    return st;
}

// Whether the rows found dependent before are to be looked for again: roles changed, or one of them is a pivot row now.
static bool dependence_is_new(const leie_solving *w)
{
    bool fresh = !w->settled;
    for (leie_size k = 0; k < w->s->m && !fresh; k++)
        fresh = w->dependent[k] && w->at.e.done[k];
    return fresh;
}

/* Dependent rows are found by elimination; as long as roles stay the same they stay the same, and the elimination
 * is left out. */
static leie_status find_dependent(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at;
    if (!dependence_is_new(w)) {
        memcpy(at->dependent, w->dependent, (size_t)w->s->m * sizeof *at->dependent);
        return LEIE_OK;
    }
    leie_status st = leie_echelon_eliminate(&at->e, LEIE_ROLE_MEASURED, err);
    for (leie_size k = 0; k < w->s->m && !st; k++)
        at->dependent[k] = !at->e.done[k];
    return st;
}

leie_status leie_linearise(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at;
    leie_linearised_clear(at);
    at->size = leie_new(w->s->m, sizeof *at->size);
    at->dependent = leie_new(w->s->m, sizeof *at->dependent);
    leie_status st = at->size && at->dependent ? fill_rows(w, err)
                                               : leie_fail_memory(err, "constraints", w->s->m, sizeof *at->size);
    at->e.recording = !w->linear; // multipliers of all constraints are needed
    st = st ? st : leie_echelon_eliminate(&at->e, LEIE_ROLE_UNKNOWN, err);
    at->e.recording = false;
    at->unknowns = at->e.pivots;
    st = st ? st : take_rows(at, err);
    st = st ? st : find_dependent(w, err);
    if (!st) {
        drop_rows(at);
        st = factor(at, w, err);
    }
    if (!st) {
        memcpy(w->dependent, at->dependent, (size_t)w->s->m * sizeof *at->dependent);
        w->settled = true;
    }
    return st;
}

void leie_linearised_clear(leie_linearised *at)
{
    leie_echelon_clear(&at->e);
    leie_cholesky_clear(&at->factor);
    leie_free(at->size);
    leie_free(at->dependent);
    leie_free(at->first);
    leie_free(at->col);
    leie_free(at->val);
    leie_free(at->rhs);
    leie_free(at->id);
    leie_free(at->col_first);
    leie_free(at->col_row);
    leie_free(at->col_val);
    leie_free(at->mu);
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

leie_status leie_linearised_step(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at;
    double *work = leie_new(at->rows, sizeof *work);
    leie_free(at->mu);
    at->mu = leie_new(at->rows, sizeof *at->mu);
    if (!work || !at->mu) {
        leie_free(work);
        return leie_fail_memory(err, "multipliers", at->rows, 2 * sizeof *work);
    }
    for (leie_size k = 0; k < at->rows; k++) { // mu = (A A')^-1 (b + A u)
        at->mu[k] = at->rhs[k];
        for (leie_size t = at->first[k]; t < at->first[k + 1]; t++)
            if (w->role[at->col[t]] == LEIE_ROLE_MEASURED)
                at->mu[k] += at->val[t] * leie_adjustment(w, at->col[t]);
    }
    leie_cholesky_solve(&at->factor, at->mu, work);
    for (leie_size i = 0; i < w->s->n; i++) {
        w->step[i] = 0;
        if (w->role[i] != LEIE_ROLE_MEASURED)
            continue;
        double u = 0; // u = A' mu
        for (leie_size t = at->col_first[i]; t < at->col_first[i + 1]; t++)
            u += at->col_val[t] * at->mu[at->col_row[t]];
        w->step[i] = u - leie_adjustment(w, i);
    }
    substitute(w);
    leie_free(work);
    return LEIE_OK;
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
    leie_free(w->at.free);
    w->at.free = leie_new(w->s->n, sizeof *w->at.free);
    if (!weight || !w->at.free) {
        leie_free(weight);
        return leie_fail_memory(err, "observability", w->s->n, sizeof *weight);
    }
    for (leie_size i = 0; i < w->s->n; i++)
        if (w->role[i] == LEIE_ROLE_UNKNOWN && e->pivot_of[i] < 0) {
            weight[i] = number_of(i);
            w->at.free[i] = true;
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
