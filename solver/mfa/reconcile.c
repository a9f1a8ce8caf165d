// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/reconcile.h"

#include <math.h>
#include <stdio.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/mfa/components.h"
#include "solver/mfa/correlate.h"
#include "solver/mfa/reconcile_impl.h"

enum { WEIGHINGS = 200 };

static const double SAME_WEIGHT = 1e-6;

// ---- system ----

leie_status leie_mfa_system_new(leie_mfa_system *s, leie_size n, leie_size m, leie_size terms, leie_error *err)
{
    *s = (leie_mfa_system){.n = n, .m = m};
    s->value = leie_new(n, sizeof *s->value);
    s->sd = leie_new(n, sizeof *s->sd);
    s->low = leie_new(n, sizeof *s->low);
    s->high = leie_new(n, sizeof *s->high);
    s->first = leie_new(m + 1, sizeof *s->first);
    s->term = leie_new(terms, sizeof *s->term);
    if (!s->value || !s->sd || !s->low || !s->high || !s->first || !s->term) {
        leie_mfa_system_clear(s);
        return leie_fail_memory(err, "a material flow system", n + m + terms, sizeof *s->term);
    }
    for (leie_size i = 0; i < n; i++) {
        s->value[i] = s->sd[i] = NAN;
        s->low[i] = -INFINITY;
        s->high[i] = INFINITY;
    }
    return LEIE_OK;
}

void leie_mfa_system_clear(leie_mfa_system *s)
{
    leie_free(s->value);
    leie_free(s->sd);
    leie_free(s->low);
    leie_free(s->high);
    leie_free(s->first);
    leie_free(s->term);
    leie_free(s->correlation);
    *s = (leie_mfa_system){0};
}

const char *leie_mfa_state_name(leie_mfa_state state)
{
    static const char *const names[LEIE_MFA_STATES] = {"constant",   "redundant", "not redundant", "observable",
                                                       "not observable", "at bound",  "set aside"};
    return names[state];
}

void leie_mfa_name_of(const leie_mfa_system *s, bool constraint, leie_size i, char *text, size_t size)
{
    if (s->name)
        s->name(s->name_ctx, constraint, i, text, size);
    else
        snprintf(text, size, "%s %lld", constraint ? "constraint" : "variable", (long long)i);
}

double leie_mfa_low(const leie_mfa_system *s, leie_size i)
{
    return s->low ? s->low[i] : -INFINITY;
}

double leie_mfa_high(const leie_mfa_system *s, leie_size i)
{
    return s->high ? s->high[i] : INFINITY;
}

static bool sound(const leie_mfa_system *s, leie_size i)
{
    double sd = s->sd[i], value = s->value[i], low = leie_mfa_low(s, i), high = leie_mfa_high(s, i);
    return low <= high && (isnan(sd) || (sd >= 0 && isfinite(sd) && isfinite(value))) && (sd != 0 || (low <= value && value <= high));
}

static leie_status check_variable(const leie_mfa_system *s, leie_size i, leie_error *err)
{
    char name[256];
    bool known = !isnan(s->sd[i]);
    if (sound(s, i))
        return LEIE_OK;
    leie_mfa_name_of(s, false, i, name, sizeof name);
    if (known && !(s->sd[i] >= 0 && isfinite(s->sd[i])))
        return leie_fail(err, LEIE_ERR_DATA, "%s: a standard deviation of %g; it should be zero or more", name, s->sd[i]);
    if (known && !isfinite(s->value[i]))
        return leie_fail(err, LEIE_ERR_DATA, "%s: a value of %g", name, s->value[i]);
    if (!(leie_mfa_low(s, i) <= leie_mfa_high(s, i)))
        return leie_fail(err, LEIE_ERR_DATA, "%s: the bounds %g and %g exclude each other", name, leie_mfa_low(s, i), leie_mfa_high(s, i));
    return leie_fail(err, LEIE_ERR_DATA, "%s: the constant %g is outside its bounds %g and %g", name, s->value[i],
                     leie_mfa_low(s, i), leie_mfa_high(s, i));
}

static leie_status check_system(const leie_mfa_system *s, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < s->n && !st; i++)
        st = check_variable(s, i, err);
    for (leie_size t = 0; t < s->first[s->m] && !st; t++)
        if (s->term[t].p >= s->n || s->term[t].q >= s->n || (s->term[t].p < 0 && s->term[t].q >= 0))
            st = leie_fail(err, LEIE_ERR_SHAPE, "term %lld refers to variables %d and %d of %lld", (long long)t,
                           s->term[t].p, s->term[t].q, (long long)s->n);
    return st;
}

// ---- result ----

leie_status leie_reconciled_new(leie_reconciled *r, const leie_mfa_system *s, leie_error *err)
{
    *r = (leie_reconciled){.n = s->n, .m = s->m, .probability = NAN, .critical = NAN, .nodal_critical = NAN};
    r->value = leie_new(s->n, sizeof *r->value);
    r->sd = leie_new(s->n, sizeof *r->sd);
    r->test = leie_new(s->n, sizeof *r->test);
    r->weight = leie_new(s->n, sizeof *r->weight);
    r->state = leie_new(s->n, sizeof *r->state);
    r->nodal = leie_new(s->m, sizeof *r->nodal);
    r->dependent = leie_new(s->m, sizeof *r->dependent);
    if (r->value && r->sd && r->test && r->weight && r->state && r->nodal && r->dependent)
        return LEIE_OK;
    return leie_fail_memory(err, "reconciled values", s->n + s->m, 3 * sizeof *r->value);
}

// The measurement that the balances contradict most among the first n variables, -1 when none does.
static leie_size worst_measurement(const leie_reconciled *r, leie_size n)
{
    leie_size worst = -1;
    for (leie_size i = 0; i < n; i++)
        if (r->state[i] == LEIE_MFA_REDUNDANT && r->test[i] > r->critical && (worst < 0 || r->test[i] > r->test[worst]))
            worst = i;
    return worst;
}

// ---- parts ----

typedef struct job {
    leie_reconciled *r;
    const leie_components *parts;
    const bool *aside;     // [n]
    leie_size candidates;  // variables that can be set aside are before this one
    const leie_reconcile_opts *opts;
    leie_reconciled *part; // [parts] what they said in sum; no arrays
} job;

// What a part found goes to its places in the whole.
static void merge(leie_reconciled *r, const leie_components *all, leie_size part, const leie_reconciled *of)
{
    const leie_size *variable = all->variable + all->first_variable[part];
    const leie_size *constraint = all->constraint + all->first_constraint[part];
    for (leie_size j = 0; j < of->n; j++) {
        r->value[variable[j]] = of->value[j];
        r->sd[variable[j]] = of->sd[j];
        r->test[variable[j]] = of->test[j];
        r->weight[variable[j]] = of->weight[j];
        r->state[variable[j]] = of->state[j];
    }
    for (leie_size j = 0; j < of->m; j++) {
        r->nodal[constraint[j]] = of->nodal[j];
        r->dependent[constraint[j]] = of->dependent[j];
    }
}

/* Weights of the adjustments that were found, w = min(1, huber / |v - m| sd), as standard deviations sd / sqrt(w);
 * returns the largest change of a weight. */
static double reweigh(leie_mfa_system *s, leie_reconciled *found, const double *sd, double huber)
{
    double change = 0;
    for (leie_size i = 0; i < s->n; i++) {
        double far = sd[i] > 0 ? fabs(found->value[i] - s->value[i]) / sd[i] : 0;
        double weight = far > huber ? huber / far : 1;
        change = fmax(change, fabs(weight - found->weight[i]));
        found->weight[i] = weight;
        if (sd[i] > 0)
            s->sd[i] = sd[i] / sqrt(weight);
    }
    return change;
}

// Least squares again and again with new weights; standard deviations with the last ones.
static leie_status solve_robust(leie_reconciled *found, leie_mfa_system *s, const bool *aside, const leie_reconcile_opts *opts,
                                leie_error *err)
{
    leie_reconcile_opts quick = *opts;
    double *sd = leie_new(s->n, sizeof *sd), change = INFINITY;
    leie_status st = sd ? LEIE_OK : leie_fail_memory(err, "weights of measurements", s->n, sizeof *sd);
    quick.no_uncertainty = true;
    for (leie_size i = 0; i < s->n && !st; i++)
        sd[i] = s->sd[i];
    for (int round = 0; round < WEIGHINGS && !st && change > SAME_WEIGHT; round++) {
        st = leie_reconcile_part(found, s, aside, &quick, err);
        change = st ? 0 : reweigh(s, found, sd, opts->huber);
        found->violation = 0;
    }
    st = st ? st : leie_reconcile_part(found, s, aside, opts, err);
    found->converged = found->converged && change <= SAME_WEIGHT;
    leie_free(sd);
    return st;
}

// The chosen variables of a part by their places in it, and among all that are chosen.
typedef struct choice {
    leie_size n;
    leie_index *local, *place; // [n]
} choice;

static leie_status choose_in(choice *c, const job *j, leie_size part, leie_error *err)
{
    const leie_reconcile_opts *o = j->opts;
    *c = (choice){0};
    if (!o->chosen || o->no_uncertainty)
        return LEIE_OK;
    c->local = leie_new(o->chosen, sizeof *c->local);
    c->place = leie_new(o->chosen, sizeof *c->place);
    if (!c->local || !c->place)
        return leie_fail_memory(err, "covariances", o->chosen, 2 * sizeof *c->local);
    for (leie_size k = 0; k < o->chosen; k++)
        if (j->parts->of[o->choose[k]] == part) {
            c->local[c->n] = j->parts->local[o->choose[k]];
            c->place[c->n++] = (leie_index)k;
        }
    return LEIE_OK;
}

static void merge_covariance(double *to, leie_size chosen, const choice *c, const double *from)
{
    for (leie_size a = 0; from && a < c->n; a++)
        for (leie_size b = 0; b < c->n; b++)
            to[c->place[a] * chosen + c->place[b]] = from[a * c->n + b];
}

// What nothing determines has no covariance with anything.
static void mark_undetermined(leie_reconciled *r, const leie_reconcile_opts *o)
{
    for (leie_size a = 0; r->covariance && a < o->chosen; a++)
        for (leie_size b = 0; b < o->chosen; b++)
            if (r->state[o->choose[a]] == LEIE_MFA_NOT_OBSERVABLE || r->state[o->choose[b]] == LEIE_MFA_NOT_OBSERVABLE)
                r->covariance[a * o->chosen + b] = NAN;
}

static leie_status solve_part(job *j, leie_size part, leie_error *err)
{
    leie_component x;
    leie_reconciled found = {0};
    leie_reconcile_opts opts = *j->opts;
    choice c = {0};
    bool *aside = NULL;
    leie_status st = leie_component_new(&x, j->parts, part, err);
    st = st ? st : leie_reconciled_new(&found, &x.s, err);
    if (!st && !(aside = leie_new(x.s.n, sizeof *aside)))
        st = leie_fail_memory(err, "a part of a material flow system", x.s.n, sizeof *aside);
    for (leie_size i = 0; !st && i < x.s.n; i++)
        aside[i] = j->aside[j->parts->variable[j->parts->first_variable[part] + i]];
    for (leie_size i = 0; !st && i < x.s.n; i++)
        found.weight[i] = 1;
    st = st ? st : choose_in(&c, j, part, err);
    opts.chosen = c.n;
    opts.choose = c.local;
    if (!st && c.n && !(found.covariance = leie_new(c.n * c.n, sizeof *found.covariance)))
        st = leie_fail_memory(err, "covariances", c.n * c.n, sizeof *found.covariance);
    if (!st)
        st = opts.huber > 0 ? solve_robust(&found, &x.s, aside, &opts, err) : leie_reconcile_part(&found, &x.s, aside, &opts, err);
    if (!st) {
        merge(j->r, j->parts, part, &found);
        merge_covariance(j->r->covariance, j->opts->chosen, &c, found.covariance);
        j->part[part] = (leie_reconciled){.objective = found.objective, .dof = found.dof, .iterations = found.iterations,
                                          .bound_rounds = found.bound_rounds, .last_step = found.last_step,
                                          .violation = found.violation, .converged = found.converged};
    }
    leie_free(aside);
    leie_free(c.local);
    leie_free(c.place);
    leie_reconciled_clear(&found);
    leie_component_clear(&x);
    return st;
}

static leie_status solve_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    leie_status st = LEIE_OK;
    (void)worker;
    for (leie_size p = first; p < last && !st; p++)
        st = solve_part(ctx, p, err);
    return st;
}

static void sum_up(job *j)
{
    leie_reconciled *r = j->r;
    leie_size tests = 0, nodal = 0;
    r->objective = r->last_step = r->violation = 0;
    r->dof = r->iterations = r->bound_rounds = 0;
    r->converged = true;
    for (leie_size p = 0; p < j->parts->n; p++) {
        const leie_reconciled *x = &j->part[p];
        r->objective += x->objective;
        r->dof += x->dof;
        r->iterations = x->iterations > r->iterations ? x->iterations : r->iterations;
        r->bound_rounds = x->bound_rounds > r->bound_rounds ? x->bound_rounds : r->bound_rounds;
        r->last_step = fmax(r->last_step, x->last_step);
        r->violation = fmax(r->violation, x->violation);
        r->converged = r->converged && x->converged;
    }
    for (leie_size i = 0; i < r->n; i++)
        tests += r->state[i] == LEIE_MFA_REDUNDANT;
    for (leie_size k = 0; k < r->m; k++)
        nodal += !isnan(r->nodal[k]);
    r->parts = j->parts->n;
    r->critical = leie_critical_z(j->opts->level, j->opts->no_uncertainty ? 0 : tests);
    r->nodal_critical = leie_critical_z(j->opts->level, nodal);
    r->probability = j->opts->huber > 0 ? NAN : leie_chi_square_tail(r->objective, r->dof);
}

static leie_reconcile_opts with_defaults(const leie_reconcile_opts *opts)
{
    leie_reconcile_opts o = opts ? *opts : (leie_reconcile_opts){0};
    o.tolerance = o.tolerance > 0 ? o.tolerance : 1e-8;
    o.max_iterations = o.max_iterations > 0 ? o.max_iterations : 100;
    o.level = o.level > 0 ? o.level : 0.05;
    return o;
}

// All parts; then, while the global test fails, the worst measurement is set aside and its part is solved again.
static leie_status solve_all(job *j, bool *aside, leie_error *err)
{
    leie_reconciled *r = j->r;
    leie_status st = leie_parallel_for(j->parts->n, 1, solve_parts, j, err);
    while (!st) {
        sum_up(j);
        leie_size worst = r->set_aside == j->opts->eliminate || !(r->probability < j->opts->level) ? -1 : worst_measurement(r, j->candidates);
        if (worst < 0)
            break;
        aside[worst] = true;
        r->set_aside++;
        st = solve_part(j, j->parts->of[worst], err);
    }
    return st;
}

// A system without correlations.
static leie_status reconcile_independent(leie_reconciled *r, const leie_mfa_system *s, leie_size candidates,
                                         const leie_reconcile_opts *opts, leie_error *err)
{
    leie_components parts = {0};
    job j = {.r = r, .parts = &parts, .candidates = candidates, .opts = opts};
    bool *aside = NULL;
    *r = (leie_reconciled){0};
    leie_status st = leie_components_new(&parts, s, err);
    st = st ? st : leie_reconciled_new(r, s, err);
    if (st)
        goto done;
    for (leie_size i = 0; i < s->n; i++) // the others are written by their parts
        if (s->sd[i] == 0) {
            r->value[i] = s->value[i];
            r->test[i] = NAN;
            r->weight[i] = 1;
            r->state[i] = LEIE_MFA_CONSTANT;
        }
    if (opts->chosen && !opts->no_uncertainty && !(r->covariance = leie_new(opts->chosen, (size_t)opts->chosen * sizeof *r->covariance))) {
        st = leie_fail_memory(err, "covariances", opts->chosen, (size_t)opts->chosen * sizeof *r->covariance);
        goto done;
    }
    j.aside = aside = leie_new(s->n, sizeof *aside);
    j.part = leie_new(parts.n, sizeof *j.part);
    st = aside && j.part ? solve_all(&j, aside, err) : leie_fail_memory(err, "parts of a system", s->n + parts.n, sizeof *j.part);
    if (!st)
        mark_undetermined(r, opts);
done:
    leie_free(aside);
    leie_free(j.part);
    leie_components_clear(&parts);
    if (st)
        leie_reconciled_clear(r);
    return st;
}

static leie_status reconcile_correlated(leie_reconciled *r, const leie_mfa_system *s, const leie_reconcile_opts *o, leie_error *err)
{
    leie_correlated c = {0};
    leie_reconciled whole = {0};
    leie_status st = leie_correlated_new(&c, s, err);
    st = st ? st : reconcile_independent(&whole, &c.whole, s->n, o, err);
    st = st ? st : leie_correlated_result(r, &c, &whole, o->level, err);
    whole.covariance = st ? whole.covariance : NULL; // moved
    leie_reconciled_clear(&whole);
    leie_correlated_clear(&c);
    return st;
}

leie_status leie_reconcile(leie_reconciled *r, const leie_mfa_system *s, const leie_reconcile_opts *opts, leie_error *err)
{
    const leie_reconcile_opts o = with_defaults(opts);
    *r = (leie_reconciled){0};
    leie_status st = check_system(s, err);
    if (st)
        return st;
    leie_memory_hold(); // linearisations and parts take the same arrays again and again
    st = s->correlations ? reconcile_correlated(r, s, &o, err) : reconcile_independent(r, s, s->n, &o, err);
    leie_memory_let_go();
    return st;
}

void leie_reconciled_clear(leie_reconciled *r)
{
    leie_free(r->value);
    leie_free(r->sd);
    leie_free(r->test);
    leie_free(r->weight);
    leie_free(r->state);
    leie_free(r->nodal);
    leie_free(r->dependent);
    leie_free(r->covariance);
    *r = (leie_reconciled){0};
}
