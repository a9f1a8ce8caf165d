// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/correlate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/mfa/reconcile_impl.h"

static const double NOTHING = 1e-12; // share of the variance below which a balance says nothing about a measurement

// ---- groups ----

static leie_index root_of(leie_index *parent, leie_index i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static leie_status check_pair(const leie_mfa_system *s, const leie_mfa_correlation *c, leie_error *err)
{
    char p[256], q[256];
    if (c->p < 0 || c->q < 0 || c->p >= s->n || c->q >= s->n)
        return leie_fail(err, LEIE_ERR_SHAPE, "a correlation of variables %d and %d of %lld", c->p, c->q, (long long)s->n);
    leie_mfa_name_of(s, false, c->p, p, sizeof p);
    leie_mfa_name_of(s, false, c->q, q, sizeof q);
    if (!(c->value >= -1 && c->value <= 1) || c->p == c->q)
        return leie_fail(err, LEIE_ERR_DATA, "a correlation of %g between %s and %s; it lies between -1 and 1, of two quantities", c->value, p, q);
    if (!(s->sd[c->p] > 0) || !(s->sd[c->q] > 0))
        return leie_fail(err, LEIE_ERR_DATA, "a correlation between %s and %s, of which one is not measured with an error", p, q);
    return LEIE_OK;
}

typedef struct groups {
    leie_index *parent; // [n]
    leie_index *place;  // [n] position in its group, -1 in none
    leie_size *size;    // [n] of roots
    leie_size members, squares;
} groups;

static leie_status groups_new(groups *g, const leie_mfa_system *s, leie_error *err)
{
    *g = (groups){.parent = leie_new(s->n, sizeof *g->parent), .place = leie_new(s->n, sizeof *g->place), .size = leie_new(s->n, sizeof *g->size)};
    if (!g->parent || !g->place || !g->size)
        return leie_fail_memory(err, "correlated errors", s->n, sizeof *g->size);
    leie_status st = LEIE_OK;
    for (leie_index i = 0; i < s->n; i++) {
        g->parent[i] = i;
        g->place[i] = -1;
    }
    for (leie_size k = 0; k < s->correlations && !st; k++) {
        st = check_pair(s, &s->correlation[k], err);
        if (st)
            break;
        leie_index a = root_of(g->parent, s->correlation[k].p), b = root_of(g->parent, s->correlation[k].q);
        g->parent[a > b ? a : b] = a < b ? a : b;
        g->place[s->correlation[k].p] = g->place[s->correlation[k].q] = 0;
    }
    for (leie_index i = 0; i < s->n && !st; i++)
        if (g->place[i] >= 0) {
            g->place[i] = (leie_index)g->size[root_of(g->parent, i)]++;
            g->members++;
        }
    for (leie_index i = 0; i < s->n && !st; i++)
        g->squares += g->size[i] * g->size[i];
    return st;
}

static void groups_free(groups *g)
{
    leie_free(g->parent);
    leie_free(g->place);
    leie_free(g->size);
}

// Q = L L' in place, lower triangle of a [n, n]; false when Q is not positive definite.
static bool factor(double *a, leie_size n)
{
    for (leie_size j = 0; j < n; j++)
        for (leie_size i = j; i < n; i++) {
            double sum = a[i * n + j];
            for (leie_size k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            if (i == j && !(sum > 1e-12)) // of 1: Q is of correlations
                return false;
            a[i * n + j] = i == j ? sqrt(sum) : sum / a[j * n + j];
        }
    return true;
}

// Factors of the correlation matrices, group after group; at [n] of roots is where each begins.
static leie_status factor_groups(double *l, leie_size *at, groups *g, const leie_mfa_system *s, leie_error *err)
{
    char name[256], other[256];
    leie_size used = 0;
    for (leie_index i = 0; i < s->n; i++) {
        at[i] = used;
        used += g->size[i] * g->size[i];
        for (leie_size k = 0; k < g->size[i]; k++)
            l[at[i] + k * g->size[i] + k] = 1;
    }
    for (leie_size k = 0; k < s->correlations; k++) {
        const leie_mfa_correlation *c = &s->correlation[k];
        leie_index root = root_of(g->parent, c->p);
        leie_size a = g->place[c->p], b = g->place[c->q], row = a > b ? a : b, col = a > b ? b : a;
        double *entry = &l[at[root] + row * g->size[root] + col];
        if (*entry != 0) {
            leie_mfa_name_of(s, false, c->p, name, sizeof name);
            leie_mfa_name_of(s, false, c->q, other, sizeof other);
            return leie_fail(err, LEIE_ERR_DATA, "the correlation between %s and %s was given before", name, other);
        }
        *entry = c->value;
    }
    for (leie_index i = 0; i < s->n; i++)
        if (g->size[i] && !factor(l + at[i], g->size[i])) {
            leie_mfa_name_of(s, false, i, name, sizeof name);
            return leie_fail(err, LEIE_ERR_DATA, "the correlations of %s and those tied to it contradict each other: no covariance has them", name);
        }
    return LEIE_OK;
}

// ---- the whole ----

static void name_whole(const void *ctx, bool constraint, leie_size i, char *text, size_t size)
{
    const leie_correlated *c = ctx;
    leie_size own = constraint ? c->s->m : c->s->n;
    char name[200];
    if (i < own) {
        leie_mfa_name_of(c->s, constraint, i, text, size);
        return;
    }
    leie_mfa_name_of(c->s, false, c->of[i - own], name, sizeof name);
    snprintf(text, size, "the correlated error of %s", name);
}

// v_i - m_i - sd_i sum_j L_ij z_j = 0
static void add_constraints(leie_correlated *c, const double *l, const leie_size *at, groups *g, const leie_index *z)
{
    const leie_mfa_system *s = c->s;
    leie_mfa_system *w = &c->whole;
    leie_size k = s->m, t = s->first[s->m];
    for (leie_index i = 0; i < s->n; i++) {
        if (g->place[i] < 0)
            continue;
        leie_index root = root_of(g->parent, i);
        leie_size n = g->size[root];
        w->term[t++] = (leie_mfa_term){1, i, -1};
        w->term[t++] = (leie_mfa_term){-s->value[i], -1, -1};
        for (leie_index j = 0; j <= i; j++) // members of the group up to i
            if (g->place[j] >= 0 && root_of(g->parent, j) == root)
                w->term[t++] = (leie_mfa_term){-s->sd[i] * l[at[root] + g->place[i] * n + g->place[j]], z[j], -1};
        w->first[++k] = t;
    }
}

static leie_status fill_whole(leie_correlated *c, groups *g, const double *l, const leie_size *at, leie_error *err)
{
    const leie_mfa_system *s = c->s;
    leie_mfa_system *w = &c->whole;
    leie_index *z = leie_new(s->n, sizeof *z), next = (leie_index)s->n;
    if (!z)
        return leie_fail_memory(err, "correlated errors", s->n, sizeof *z);
    memcpy(w->value, s->value, (size_t)s->n * sizeof *s->value);
    memcpy(w->first, s->first, (size_t)(s->m + 1) * sizeof *s->first);
    memcpy(w->term, s->term, (size_t)s->first[s->m] * sizeof *s->term);
    for (leie_index i = 0; i < s->n; i++) {
        w->sd[i] = g->place[i] < 0 ? s->sd[i] : NAN;
        w->low[i] = leie_mfa_low(s, i);
        w->high[i] = leie_mfa_high(s, i);
        if (g->place[i] < 0)
            continue;
        c->of[next - s->n] = i;
        w->value[next] = 0;
        w->sd[next] = 1;
        z[i] = next++;
    }
    w->name = name_whole;
    w->name_ctx = c;
    add_constraints(c, l, at, g, z);
    leie_free(z);
    return LEIE_OK;
}

leie_status leie_correlated_new(leie_correlated *c, const leie_mfa_system *s, leie_error *err)
{
    groups g = {0};
    double *l = NULL;
    leie_size *at = NULL;
    *c = (leie_correlated){.s = s};
    leie_status st = groups_new(&g, s, err);
    if (!st) {
        l = leie_new(g.squares, sizeof *l);
        at = leie_new(s->n, sizeof *at);
        c->of = leie_new(g.members, sizeof *c->of);
        st = l && at && c->of ? factor_groups(l, at, &g, s, err) : leie_fail_memory(err, "correlated errors", g.squares, sizeof *l);
    }
    st = st ? st : leie_mfa_system_new(&c->whole, s->n + g.members, s->m + g.members, s->first[s->m] + 2 * g.members + g.squares, err);
    st = st ? st : fill_whole(c, &g, l, at, err);
    groups_free(&g);
    leie_free(l);
    leie_free(at);
    if (st)
        leie_correlated_clear(c);
    return st;
}

void leie_correlated_clear(leie_correlated *c)
{
    leie_mfa_system_clear(&c->whole);
    leie_free(c->of);
    *c = (leie_correlated){0};
}

// ---- back ----

// A computed value with a measurement behind it: what the balances took of its variance says whether it is redundant.
static void take_back(leie_reconciled *r, const leie_mfa_system *s, leie_index i)
{
    double before = s->sd[i] * s->sd[i], taken = before - r->sd[i] * r->sd[i];
    bool redundant = taken > NOTHING * before;
    if (r->state[i] != LEIE_MFA_OBSERVABLE)
        return;
    r->state[i] = redundant ? LEIE_MFA_REDUNDANT : LEIE_MFA_NOT_REDUNDANT;
    r->test[i] = redundant ? fabs(r->value[i] - s->value[i]) / sqrt(taken) : NAN;
}

leie_status leie_correlated_result(leie_reconciled *r, const leie_correlated *c, const leie_reconciled *whole, double level,
                                   leie_error *err)
{
    const leie_mfa_system *s = c->s;
    leie_size tests = 0;
    leie_status st = leie_reconciled_new(r, s, err);
    if (st)
        return st;
    const leie_reconciled arrays = *r;
    *r = *whole;
    r->n = s->n;
    r->m = s->m;
    r->value = arrays.value;
    r->sd = arrays.sd;
    r->test = arrays.test;
    r->weight = arrays.weight;
    r->state = arrays.state;
    r->nodal = arrays.nodal;
    r->dependent = arrays.dependent;
    memcpy(r->value, whole->value, (size_t)s->n * sizeof *r->value);
    memcpy(r->sd, whole->sd, (size_t)s->n * sizeof *r->sd);
    memcpy(r->test, whole->test, (size_t)s->n * sizeof *r->test);
    memcpy(r->weight, whole->weight, (size_t)s->n * sizeof *r->weight);
    memcpy(r->state, whole->state, (size_t)s->n * sizeof *r->state);
    memcpy(r->nodal, whole->nodal, (size_t)s->m * sizeof *r->nodal);
    memcpy(r->dependent, whole->dependent, (size_t)s->m * sizeof *r->dependent);
    for (leie_size k = 0; k < whole->n - s->n; k++)
        take_back(r, s, c->of[k]);
    for (leie_size i = 0; i < s->n; i++)
        tests += r->state[i] == LEIE_MFA_REDUNDANT && !isnan(r->test[i]);
    r->critical = leie_critical_z(level, tests);
    return LEIE_OK;
}
