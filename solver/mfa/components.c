// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/components.h"

#include <math.h>
#include <stdio.h>

#include "kernels/memory.h"

// ---- union and find ----

static leie_index root_of(leie_index *parent, leie_index i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

// The smaller number becomes the root, so parts are numbered by their first variable.
static void join(leie_index *parent, leie_index a, leie_index b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

static bool constant(const leie_mfa_system *s, leie_index i)
{
    return i < 0 || s->sd[i] == 0;
}

// A variable of constraint k that is not constant, -1 when there is none.
static leie_index tied(const leie_mfa_system *s, leie_size k)
{
    for (leie_size t = s->first[k]; t < s->first[k + 1]; t++) {
        if (!constant(s, s->term[t].p))
            return s->term[t].p;
        if (!constant(s, s->term[t].q))
            return s->term[t].q;
    }
    return -1;
}

static void join_all(leie_index *parent, bool *in, const leie_mfa_system *s)
{
    for (leie_size k = 0; k < s->m; k++) {
        leie_index first = tied(s, k);
        for (leie_size t = s->first[k]; first >= 0 && t < s->first[k + 1]; t++) {
            const leie_index both[] = {s->term[t].p, s->term[t].q};
            for (int e = 0; e < 2; e++)
                if (!constant(s, both[e])) {
                    join(parent, first, both[e]);
                    in[both[e]] = true;
                }
        }
    }
}

// ---- parts ----

// Numbers the parts into `of`; the last one, of what is tied to nothing, exists when something is in it.
static void number_parts(leie_components *c, leie_index *parent, const bool *in)
{
    const leie_mfa_system *s = c->s;
    bool rest = false;
    for (leie_index i = 0; i < s->n; i++) {
        c->of[i] = -1;
        if (in[i])
            c->of[i] = parent[i] == i ? (leie_index)c->n++ : c->of[root_of(parent, i)];
    }
    for (leie_size i = 0; i < s->n; i++)
        if (!in[i] && s->sd[i] != 0) {
            c->of[i] = (leie_index)c->n;
            rest = true;
        }
    for (leie_size k = 0; k < s->m && !rest; k++)
        rest = tied(s, k) < 0;
    c->n += rest;
}

static leie_size part_of_constraint(const leie_components *c, leie_size k)
{
    leie_index i = tied(c->s, k);
    return i < 0 ? c->n - 1 : c->of[i];
}

// Lists of variables and constraints by part; first has n + 2 places.
static void list_parts(leie_components *c)
{
    const leie_mfa_system *s = c->s;
    for (leie_size i = 0; i < s->n; i++)
        if (c->of[i] >= 0)
            c->first_variable[c->of[i] + 2]++;
    for (leie_size k = 0; k < s->m; k++)
        c->first_constraint[part_of_constraint(c, k) + 2]++;
    for (leie_size p = 0; p < c->n; p++) {
        c->first_variable[p + 2] += c->first_variable[p + 1];
        c->first_constraint[p + 2] += c->first_constraint[p + 1];
    }
    for (leie_size i = 0; i < s->n; i++)
        if (c->of[i] >= 0)
            c->variable[c->first_variable[c->of[i] + 1]++] = i;
    for (leie_size k = 0; k < s->m; k++)
        c->constraint[c->first_constraint[part_of_constraint(c, k) + 1]++] = k;
    for (leie_size p = 0; p < c->n; p++)
        for (leie_size x = c->first_variable[p]; x < c->first_variable[p + 1]; x++)
            c->local[c->variable[x]] = (leie_index)(x - c->first_variable[p]);
}

leie_status leie_components_new(leie_components *c, const leie_mfa_system *s, leie_error *err)
{
    *c = (leie_components){.s = s};
    leie_index *parent = leie_new(s->n, sizeof *parent);
    bool *in = leie_new(s->n, sizeof *in);
    c->of = leie_new(s->n, sizeof *c->of);
    c->local = leie_new(s->n, sizeof *c->local);
    c->variable = leie_new(s->n, sizeof *c->variable);
    c->constraint = leie_new(s->m, sizeof *c->constraint);
    leie_status st = parent && in && c->of && c->local && c->variable && c->constraint
                         ? LEIE_OK
                         : leie_fail_memory(err, "parts of a material flow system", s->n + s->m, 24);
    if (!st) {
        for (leie_index i = 0; i < s->n; i++) {
            parent[i] = i;
            c->local[i] = -1;
        }
        join_all(parent, in, s);
        number_parts(c, parent, in);
        c->first_variable = leie_new(c->n + 2, sizeof *c->first_variable);
        c->first_constraint = leie_new(c->n + 2, sizeof *c->first_constraint);
        if (!c->first_variable || !c->first_constraint)
            st = leie_fail_memory(err, "parts of a material flow system", c->n, 2 * sizeof *c->first_variable);
    }
    if (!st)
        list_parts(c);
    leie_free(parent);
    leie_free(in);
    if (st)
        leie_components_clear(c);
    return st;
}

void leie_components_clear(leie_components *c)
{
    leie_free(c->first_variable);
    leie_free(c->variable);
    leie_free(c->first_constraint);
    leie_free(c->constraint);
    leie_free(c->local);
    leie_free(c->of);
    *c = (leie_components){0};
}

// ---- one part ----

static void name_part(const void *ctx, bool of_constraint, leie_size i, char *text, size_t size)
{
    const leie_component *x = ctx;
    const leie_components *c = x->all;
    leie_size whole = of_constraint ? c->constraint[c->first_constraint[x->part] + i] : c->variable[c->first_variable[x->part] + i];
    leie_mfa_name_of(c->s, of_constraint, whole, text, size);
}

// A term with its constants in the coefficient and the numbers of the part.
static leie_mfa_term localise(const leie_components *c, leie_mfa_term t)
{
    leie_mfa_term out = {t.coef, -1, -1};
    const leie_index both[] = {t.p, t.q};
    for (int e = 0; e < 2; e++) {
        if (both[e] < 0)
            continue;
        if (c->local[both[e]] < 0)
            out.coef *= c->s->value[both[e]];
        else if (out.p < 0)
            out.p = c->local[both[e]];
        else
            out.q = c->local[both[e]];
    }
    return out;
}

leie_status leie_component_new(leie_component *x, const leie_components *all, leie_size part, leie_error *err)
{
    const leie_mfa_system *s = all->s;
    leie_size v = all->first_variable[part], n = all->first_variable[part + 1] - v;
    leie_size k = all->first_constraint[part], m = all->first_constraint[part + 1] - k, terms = 0;
    for (leie_size j = 0; j < m; j++)
        terms += s->first[all->constraint[k + j] + 1] - s->first[all->constraint[k + j]];
    *x = (leie_component){.all = all, .part = part};
    leie_status st = leie_mfa_system_new(&x->s, n, m, terms, err);
    if (st)
        return st;
    x->s.name = name_part;
    x->s.name_ctx = x;
    for (leie_size j = 0; j < n; j++) {
        leie_size i = all->variable[v + j];
        x->s.value[j] = s->value[i];
        x->s.sd[j] = s->sd[i];
        x->s.low[j] = s->low ? s->low[i] : -INFINITY;
        x->s.high[j] = s->high ? s->high[i] : INFINITY;
    }
    for (leie_size j = 0, to = 0; j < m; j++) {
        leie_size c = all->constraint[k + j];
        for (leie_size t = s->first[c]; t < s->first[c + 1]; t++)
            x->s.term[to++] = localise(all, s->term[t]);
        x->s.first[j + 1] = to;
    }
    return LEIE_OK;
}

void leie_component_clear(leie_component *x)
{
    leie_mfa_system_clear(&x->s);
}
