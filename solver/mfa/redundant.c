// SPDX-License-Identifier: GPL-3.0-or-later
/* What a linearisation says about measured variables: the rows without unknowns, A u = b. Dependent ones are found and dropped,
 * nearly dependent ones replaced, and A A' is factored. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/mfa/reconcile_impl.h"

static const double NEAR = 1e-4;   // of its largest entry: what elimination leaves of a row that nearly follows from others
static const double LEFT = 1e-8;   // of a row that does: rounding, or so little that leaving the row out breaks it by no more
static const double WEAK = 1e-12;  // of its square: what a row has of its own in the factor when it does after all

enum { DEPENDENT_ROUNDS = 20 }; // rows that only the factorisation finds dependent

// ---- rows without unknowns ----

// Room for entries by rows and by columns.
static leie_status entries_new(leie_linearised *at, leie_size entries, leie_error *err)
{
    if (entries <= at->room)
        return LEIE_OK;
    leie_free(at->col);
    leie_free(at->val);
    leie_free(at->col_row);
    leie_free(at->col_val);
    at->room = entries + entries / 8;
    at->col = leie_new(at->room, sizeof *at->col);
    at->val = leie_new(at->room, sizeof *at->val);
    at->col_row = leie_new(at->room, sizeof *at->col_row);
    at->col_val = leie_new(at->room, sizeof *at->col_val);
    if (at->col && at->val && at->col_row && at->col_val)
        return LEIE_OK;
    return leie_fail_memory(err, "redundant constraints", at->room, 28);
}

static double largest_of(const leie_echelon *e, leie_size i)
{
    double largest = 0;
    for (leie_size t = e->start[i]; t < e->start[i] + e->length[i]; t++)
        largest = fmax(largest, fabs(e->val[t]));
    return largest;
}

/* Row i of the elimination becomes row k of A, at `to`; its largest entry between a half and one, which changes no bits but the
 * exponents. Returns where it ends. */
static leie_size take_row(leie_linearised *at, leie_size k, leie_size i, leie_size to)
{
    const leie_echelon *e = &at->e;
    double largest = largest_of(e, i);
    int exponent = 0;
    if (largest > 0)
        frexp(largest, &exponent);
    at->factor_of[k] = ldexp(1, -exponent);
    for (leie_size t = e->start[i]; t < e->start[i] + e->length[i]; t++, to++) {
        at->col[to] = e->col[t];
        at->val[to] = e->val[t] * at->factor_of[k];
    }
    at->rhs[k] = e->rhs[i] * at->factor_of[k];
    at->id[k] = i;
    return to;
}

// Copies the rows without unknowns; all of them for now.
static leie_status take_rows(leie_linearised *at, leie_error *err)
{
    const leie_echelon *e = &at->e;
    leie_size entries = 0, next = 0;
    for (leie_size i = 0; i < e->rows; i++)
        entries += e->done[i] ? 0 : e->length[i];
    leie_status st = entries_new(at, entries, err);
    for (leie_size i = 0; i < e->rows && !st; i++) {
        if (e->done[i])
            continue;
        at->first[next + 1] = take_row(at, next, i, at->first[next]);
        next++;
    }
    at->rows = next;
    return st;
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
        at->factor_of[to] = at->factor_of[k];
        at->first[to++] = used; // never ahead of what is still to be read
        used += end - begin;
    }
    at->rows = to;
    at->first[to] = used;
}

// The measured entries by columns.
static void transpose(leie_linearised *at, const leie_solving *w)
{
    leie_size n = w->s->n, entries = at->first[at->rows];
    memset(at->col_first, 0, (size_t)(n + 2) * sizeof *at->col_first);
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
}

// ---- dependent rows ----

// Eliminates the rows without unknowns: what is left of one is what it has of its own.
static leie_status reduce_rows(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at;
    bool good;
    if (at->reduced)
        return LEIE_OK;
    at->reduced = true;
    at->e.recording = !w->linear;
    leie_status st = leie_echelon_eliminate(&at->e, LEIE_ROLE_MEASURED, &good, err);
    at->e.recording = false;
    return st;
}

// Whether dependent rows are to be looked for again: roles changed, or one of them is a pivot row now.
static bool dependence_is_new(const leie_solving *w)
{
    bool fresh = !w->settled;
    for (leie_size k = 0; k < w->s->m && !fresh; k++)
        fresh = w->at.dependent[k] && w->at.e.done[k];
    return fresh;
}

/* Dependent rows are found by elimination; as long as roles stay the same they stay the same, and the elimination
 * is left out. */
static leie_status find_dependent(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at;
    if (!dependence_is_new(w))
        return LEIE_OK;
    leie_status st = reduce_rows(w, err);
    at->nears = 0;
    for (leie_size k = 0; k < w->s->m && !st; k++) {
        at->dependent[k] = !at->e.done[k];
        at->near[k] = false;
    }
    for (leie_size k = 0; k < at->rows && !st; k++) {
        leie_size i = at->id[k];
        double left = largest_of(&at->e, i) * at->factor_of[k]; // it was one half to one
        at->dependent[i] = left <= LEFT;
        at->near[i] = left > LEFT && left <= NEAR;
        at->nears += at->near[i];
    }
    return st;
}

/* Rows that nearly follow from others are replaced by their eliminated rows: the same rows span the same space, but the factor
 * of A A' would lose in squares what tells them apart. */
static leie_status replace_near_rows(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at, old = *at;
    leie_size entries = 0;
    leie_status st = at->nears ? reduce_rows(w, err) : LEIE_OK;
    if (st || !at->nears)
        return st;
    for (leie_size k = 0; k < at->rows; k++)
        entries += at->near[at->id[k]] ? at->e.length[at->id[k]] : at->first[k + 1] - at->first[k];
    at->room = 0;
    at->col = NULL;
    at->val = NULL;
    at->first = leie_new(w->s->m + 1, sizeof *at->first);
    st = at->first ? entries_new(at, entries, err) : leie_fail_memory(err, "constraints", w->s->m, sizeof *at->first);
    for (leie_size k = 0; k < at->rows && !st; k++) {
        leie_size i = at->id[k], to = at->first[k], length = old.first[k + 1] - old.first[k];
        at->first[k + 1] = to + length;
        if (at->near[i]) {
            at->first[k + 1] = take_row(at, k, i, to);
            at->dependent[i] = at->dependent[i] || at->e.length[i] == 0;
            continue;
        }
        memcpy(at->col + to, old.col + old.first[k], (size_t)length * sizeof *at->col);
        memcpy(at->val + to, old.val + old.first[k], (size_t)length * sizeof *at->val);
    }
    leie_free(old.first);
    leie_free(old.col);
    leie_free(old.val);
    return st;
}

// ---- the factor ----

// Marks rows that have nothing of their own in the factor, gone [rows]; returns whether there are any.
static bool find_weak_rows(leie_linearised *at, const double *own, bool *gone)
{
    bool any = false;
    for (leie_size k = 0; k < at->rows; k++) {
        gone[k] = own[k] <= WEAK;
        if (gone[k])
            any = at->dependent[at->id[k]] = true;
    }
    return any;
}

// Drops them.
static leie_status drop_weak_rows(leie_linearised *at, const leie_solving *w, const double *own, leie_error *err)
{
    bool *gone = leie_new(at->rows, sizeof *gone);
    leie_status st = gone ? LEIE_OK : leie_fail_memory(err, "constraints", at->rows, sizeof *gone);
    if (!st && find_weak_rows(at, own, gone)) {
        st = leie_cholesky_leave(&at->factor, gone, err);
        drop_rows(at);
        transpose(at, w);
    }
    leie_free(gone);
    return st;
}

/* Factors A A' in the pattern of an earlier factor, when that has room for it; rows that prove dependent only now are
 * dropped on the way. own [rows] */
static leie_status factor_again(leie_linearised *at, const leie_solving *w, bool *good, double *own, leie_error *err)
{
    const leie_sparse_rows rows = {at->first, at->col, at->val};
    *good = false;
    leie_status st = at->factor.m == at->rows && at->rows
                         ? leie_cholesky_again(&at->factor, good, own, WEAK, &rows, at->col_first, at->col_row, at->col_val, err)
                         : LEIE_OK;
    return st || !*good ? st : drop_weak_rows(at, w, own, err);
}

static bool any_weak(const double *own, leie_size rows)
{
    for (leie_size k = 0; k < rows; k++)
        if (own[k] <= WEAK)
            return true;
    return false;
}

/* Factors A A'; with rows that prove dependent again, in the pattern that it has now. own [rows], weak [rows] */
static leie_status factor_anew(leie_linearised *at, const leie_solving *w, double *own, double *weak, leie_error *err)
{
    bool good = false;
    leie_status st = LEIE_OK;
    for (int round = 0; !good && !st; round++) {
        if (round == DEPENDENT_ROUNDS)
            return leie_fail(err, LEIE_ERR_SINGULAR, "the constraints of the system depend on each other in too many ways");
        leie_cholesky_clear(&at->factor);
        st = leie_cholesky_new(&at->factor, weak, at->rows, w->s->n, at->col_first, at->col_row, at->col_val, err);
        good = st || !any_weak(weak, at->rows);
        if (!good)
            st = factor_again(at, w, &good, own, err);
        if (!good && !st)
            st = drop_weak_rows(at, w, weak, err);
    }
    return st;
}

leie_status leie_linearised_factor(leie_solving *w, leie_error *err)
{
    leie_linearised *at = &w->at;
    bool good = false;
    double *own = NULL, *weak = NULL;
    leie_status st = take_rows(at, err);
    st = st ? st : find_dependent(w, err);
    st = st ? st : replace_near_rows(w, err);
    if (st)
        return st;
    drop_rows(at);
    transpose(at, w);
    own = leie_new(at->rows, sizeof *own);
    weak = leie_new(at->rows, sizeof *weak);
    st = own && weak ? factor_again(at, w, &good, own, err) : leie_fail_memory(err, "constraints", at->rows, 2 * sizeof *own);
    if (!st && !good)
        st = factor_anew(at, w, own, weak, err);
    leie_free(own);
    leie_free(weak);
    return st;
}
