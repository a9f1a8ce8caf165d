// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/reconcile.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/mfa/reconcile_impl.h"

enum { HALVINGS = 12, BOUND_ROUNDS = 200, LETS_GO = 3 }; // a variable is let go so often

static const double CONTRADICTION = 1e-6; // of the terms: what a dependent constraint may be off by
static const double CLOSED = 1e-13;       // of the terms: a linear system needs no second step
static const double NEAR = 0.3;           // largest step, in standard deviations, that is accelerated
static const double GROWN = 3;            // a step that is so much longer than the last one
static const double BEYOND = 1e-9;        // in units of scale: how far beyond a bound is beyond

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
    *s = (leie_mfa_system){0};
}

const char *leie_mfa_state_name(leie_mfa_state state)
{
    static const char *const names[LEIE_MFA_STATES] = {"constant",   "redundant", "not redundant", "observable",
                                                       "not observable", "at bound",  "set aside"};
    return names[state];
}

static void name_of(const leie_mfa_system *s, bool constraint, leie_size i, char *text, size_t size)
{
    if (s->name)
        s->name(s->name_ctx, constraint, i, text, size);
    else
        snprintf(text, size, "%s %lld", constraint ? "constraint" : "variable", (long long)i);
}

static double low_of(const leie_mfa_system *s, leie_size i)
{
    return s->low ? s->low[i] : -INFINITY;
}

static double high_of(const leie_mfa_system *s, leie_size i)
{
    return s->high ? s->high[i] : INFINITY;
}

static leie_status check_variable(const leie_mfa_system *s, leie_size i, leie_error *err)
{
    char name[256];
    bool known = !isnan(s->sd[i]);
    name_of(s, false, i, name, sizeof name);
    if (known && !(s->sd[i] >= 0 && isfinite(s->sd[i])))
        return leie_fail(err, LEIE_ERR_DATA, "%s: a standard deviation of %g; it should be zero or more", name, s->sd[i]);
    if (known && !isfinite(s->value[i]))
        return leie_fail(err, LEIE_ERR_DATA, "%s: a value of %g", name, s->value[i]);
    if (!(low_of(s, i) <= high_of(s, i)))
        return leie_fail(err, LEIE_ERR_DATA, "%s: the bounds %g and %g exclude each other", name, low_of(s, i), high_of(s, i));
    if (s->sd[i] == 0 && (s->value[i] < low_of(s, i) || s->value[i] > high_of(s, i)))
        return leie_fail(err, LEIE_ERR_DATA, "%s: the constant %g is outside its bounds %g and %g", name, s->value[i],
                         low_of(s, i), high_of(s, i));
    return LEIE_OK;
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

// ---- set up ----

static void start_variable(leie_solving *w, leie_size i)
{
    const leie_mfa_system *s = w->s;
    bool unknown = isnan(s->sd[i]);
    w->role[i] = unknown ? LEIE_ROLE_UNKNOWN : s->sd[i] > 0 ? LEIE_ROLE_MEASURED : LEIE_ROLE_CONSTANT;
    w->v[i] = isnan(s->value[i]) ? 1 : s->value[i];
    w->scale[i] = s->sd[i] > 0 ? s->sd[i] : w->v[i] != 0 ? fabs(w->v[i]) : 1;
}

static leie_status solving_new(leie_solving *w, const leie_mfa_system *s, const leie_reconcile_opts *opts, leie_error *err)
{
    *w = (leie_solving){.s = s, .linear = true};
    w->opts = opts ? *opts : (leie_reconcile_opts){0};
    w->opts.tolerance = w->opts.tolerance > 0 ? w->opts.tolerance : 1e-8;
    w->opts.max_iterations = w->opts.max_iterations > 0 ? w->opts.max_iterations : 100;
    w->opts.level = w->opts.level > 0 ? w->opts.level : 0.05;
    w->v = leie_new(s->n, sizeof *w->v);
    w->scale = leie_new(s->n, sizeof *w->scale);
    w->step = leie_new(s->n, sizeof *w->step);
    w->role = leie_new(s->n, sizeof *w->role);
    w->aside = leie_new(s->n, sizeof *w->aside);
    if (!w->v || !w->scale || !w->step || !w->role || !w->aside)
        return leie_fail_memory(err, "a reconciliation", s->n, 3 * sizeof *w->v);
    for (leie_size i = 0; i < s->n; i++)
        start_variable(w, i);
    for (leie_size t = 0; t < s->first[s->m]; t++)
        if (s->term[t].q >= 0 && w->role[s->term[t].p] != LEIE_ROLE_CONSTANT && w->role[s->term[t].q] != LEIE_ROLE_CONSTANT)
            w->linear = false;
    return w->linear ? LEIE_OK : leie_accelerate_new(&w->accelerate, s->n, err);
}

static void solving_free(leie_solving *w)
{
    leie_linearised_clear(&w->at);
    leie_accelerate_clear(&w->accelerate);
    leie_free(w->v);
    leie_free(w->scale);
    leie_free(w->step);
    leie_free(w->role);
    leie_free(w->aside);
}

// ---- successive linearisation ----

// Violated constraints in their own sizes; those that follow from others do not count.
static double violation(const leie_solving *w)
{
    double sum = 0, terms;
    for (leie_size k = 0; k < w->s->m; k++)
        if (!w->at.dependent[k])
            sum += fabs(leie_constraint(w->s, k, w->v, &terms)) / w->at.size[k];
    return sum;
}

// Violation of constraint k relative to its terms, or to what one standard deviation changes when that is more.
static double relative_violation(const leie_solving *w, leie_size k)
{
    double terms, left = fabs(leie_constraint(w->s, k, w->v, &terms));
    return left > 0 ? left / fmax(terms, w->at.size[k]) : 0;
}

// The largest of them, dependent ones aside.
static double largest_violation(const leie_solving *w)
{
    double largest = 0;
    for (leie_size k = 0; k < w->s->m; k++)
        if (!w->at.dependent[k])
            largest = fmax(largest, relative_violation(w, k));
    return largest;
}

// Half the sum of squares.
static double misfit(const leie_solving *w)
{
    double sum = 0;
    for (leie_size i = 0; i < w->s->n; i++)
        sum += 0.5 * leie_adjustment(w, i) * leie_adjustment(w, i);
    return sum;
}

static void move(leie_solving *w, double length)
{
    for (leie_size i = 0; i < w->s->n; i++)
        w->v[i] += length * w->step[i] * w->scale[i];
}

/* The longest of 1, 1/2, 1/4, ... of the step that lowers  misfit + rho violation  enough (Nocedal and Wright
 * 2006, section 18.3); the shortest when none does. */
static double step_length(leie_solving *w)
{
    double slope = 0, square = 0, length = 1;
    double before = violation(w), squares = misfit(w);
    for (leie_size i = 0; i < w->s->n; i++)
        if (w->role[i] == LEIE_ROLE_MEASURED) {
            slope += leie_adjustment(w, i) * w->step[i];
            square += w->step[i] * w->step[i];
        }
    double rho = before > 0 ? fmax(1, 2 * (slope + 0.5 * square) / before) : 1;
    double fall = slope - rho * before;
    for (int k = 0; k < HALVINGS; k++) {
        move(w, length);
        bool good = misfit(w) + rho * violation(w) <= squares + rho * before + 1e-4 * length * fall;
        move(w, -length);
        if (good)
            return length;
        length *= 0.5;
    }
    return length;
}

// Largest move, in standard deviations or relative to an unknown.
static double largest_move(const leie_solving *w)
{
    double largest = 0;
    for (leie_size i = 0; i < w->s->n; i++) {
        double size = w->role[i] == LEIE_ROLE_UNKNOWN ? fmax(1, fabs(w->v[i]) / w->scale[i]) : 1;
        largest = fmax(largest, fabs(w->step[i]) / size);
    }
    return largest;
}

/* Moves by a step: a part of it far from the solution, accelerated near it. A step that grew says that the
 * acceleration has gone astray. */
static void take_step(leie_solving *w, double last)
{
    if (w->linear || w->last_step <= w->opts.tolerance) {
        move(w, 1);
        return;
    }
    if (w->last_step > NEAR || w->last_step > GROWN * last)
        leie_accelerate_forget(&w->accelerate);
    if (w->last_step > NEAR)
        move(w, step_length(w));
    else {
        leie_accelerate_step(&w->accelerate, w->step);
        move(w, 1);
    }
}

// Linearises until nothing moves, bounds aside.
static leie_status iterate(leie_solving *w, leie_error *err)
{
    leie_status st = LEIE_OK;
    double last = INFINITY;
    w->converged = false;
    leie_accelerate_forget(&w->accelerate);
    for (leie_size k = 0; k < w->opts.max_iterations && !w->converged && !st; k++) {
        st = leie_linearise(w, err);
        st = st ? st : leie_linearised_step(w, err);
        if (st)
            return st;
        w->last_step = largest_move(w);
        w->converged = w->last_step <= w->opts.tolerance;
        w->iterations++;
        take_step(w, last);
        last = w->last_step;
        w->converged = w->converged || (w->linear && largest_violation(w) <= CLOSED);
    }
    return st;
}

// ---- contradictions ----

static bool contradiction(const leie_solving *w, leie_size *which)
{
    for (leie_size k = 0; k < w->s->m; k++)
        if (w->at.dependent[k] && relative_violation(w, k) > CONTRADICTION) {
            *which = k;
            return true;
        }
    return false;
}

static leie_status fail_contradiction(const leie_solving *w, leie_size k, leie_error *err)
{
    char name[256], held[256] = "";
    double terms, left = leie_constraint(w->s, k, w->v, &terms);
    leie_size bounds = 0;
    name_of(w->s, true, k, name, sizeof name);
    for (leie_size i = 0; i < w->s->n; i++)
        if (w->role[i] == LEIE_ROLE_HELD && bounds++ == 0)
            name_of(w->s, false, i, held, sizeof held);
    if (bounds)
        return leie_fail(err, LEIE_ERR_DATA,
                         "%s cannot close: it contradicts other constraints or bounds (%lld variables are at their bounds, "
                         "the first is %s); %g is left of terms of %g",
                         name, (long long)bounds, held, left, terms);
    return leie_fail(err, LEIE_ERR_DATA,
                     "%s cannot close: it contradicts other constraints, and nothing in it is uncertain or unknown that "
                     "they do not fix; %g is left of terms of %g",
                     name, left, terms);
}

// ---- bounds ----

typedef struct bounds {
    unsigned char *before; // [n] role when it was held, 0 for never
    unsigned char *let_go; // [n] how often
    double *gradient;      // [n] of the objective along held variables
    bool careful;          // one variable at a time
} bounds;

static void hold(leie_solving *w, bounds *b, leie_size i)
{
    b->before[i] = w->role[i];
    w->role[i] = LEIE_ROLE_HELD;
    w->v[i] = w->v[i] < low_of(w->s, i) ? low_of(w->s, i) : high_of(w->s, i);
}

// How far a variable is beyond its bounds, in units of scale; 0 when it is free.
static double beyond(const leie_solving *w, leie_size i)
{
    if (w->role[i] != LEIE_ROLE_MEASURED && (w->role[i] != LEIE_ROLE_UNKNOWN || w->at.free[i]))
        return 0;
    return fmax(0, fmax(low_of(w->s, i) - w->v[i], w->v[i] - high_of(w->s, i)) / w->scale[i]);
}

// Holds what is beyond a bound; only the worst when careful. Returns how many.
static leie_size hold_violators(leie_solving *w, bounds *b)
{
    leie_size held = 0, worst = -1;
    for (leie_size i = 0; i < w->s->n; i++) {
        double far = beyond(w, i);
        if (far <= BEYOND)
            continue;
        if (worst < 0 || far > beyond(w, worst))
            worst = i;
        if (!b->careful) {
            hold(w, b, i);
            held++;
        }
    }
    if (b->careful && worst >= 0) {
        hold(w, b, worst);
        held = 1;
    }
    return held;
}

// Lets the held variable go that gains most by it. Returns how many: 1 or 0.
static leie_size let_one_go(leie_solving *w, bounds *b)
{
    const leie_linearised *at = &w->at;
    leie_size best = -1;
    double gain = 1e-8;
    for (leie_size i = 0; i < w->s->n; i++)
        b->gradient[i] = w->role[i] == LEIE_ROLE_HELD ? leie_adjustment(w, i) : 0;
    for (leie_size k = 0; k < at->rows; k++) // u_held - A_held' mu
        for (leie_size t = at->first[k]; t < at->first[k + 1]; t++)
            if (w->role[at->col[t]] == LEIE_ROLE_HELD)
                b->gradient[at->col[t]] -= at->val[t] * at->mu[k];
    for (leie_size i = 0; i < w->s->n; i++) {
        if (w->role[i] != LEIE_ROLE_HELD || b->let_go[i] >= LETS_GO || low_of(w->s, i) == high_of(w->s, i))
            continue;
        double inward = w->v[i] <= low_of(w->s, i) ? -b->gradient[i] : b->gradient[i];
        if (inward > gain) {
            gain = inward;
            best = i;
        }
    }
    if (best < 0)
        return 0;
    w->role[best] = b->before[best];
    b->let_go[best]++;
    return 1;
}

// Starts again, one variable at a time.
static void let_all_go(leie_solving *w, bounds *b)
{
    b->careful = true;
    for (leie_size i = 0; i < w->s->n; i++)
        if (w->role[i] == LEIE_ROLE_HELD)
            w->role[i] = b->before[i];
}

static leie_status solve_with_bounds(leie_solving *w, bounds *b, leie_size *rounds, leie_error *err)
{
    leie_size held = 0, which = 0;
    for (*rounds = 0; *rounds < BOUND_ROUNDS; ++*rounds) {
        leie_status st = iterate(w, err);
        st = st ? st : leie_linearised_free_unknowns(w, err);
        if (st)
            return st;
        if (!w->converged)
            return LEIE_OK;
        if (contradiction(w, &which)) {
            if (!held || b->careful)
                return fail_contradiction(w, which, err);
            let_all_go(w, b);
            continue;
        }
        leie_size more = hold_violators(w, b);
        held += more;
        if (!more && !let_one_go(w, b))
            return LEIE_OK;
    }
    w->converged = false;
    return LEIE_OK;
}

static leie_status solve(leie_solving *w, leie_size *rounds, leie_error *err)
{
    bounds b = {.before = leie_new(w->s->n, 1), .let_go = leie_new(w->s->n, 1), .gradient = leie_new(w->s->n, sizeof(double))};
    leie_status st = b.before && b.let_go && b.gradient ? solve_with_bounds(w, &b, rounds, err)
                                                        : leie_fail_memory(err, "bounds", w->s->n, sizeof(double));
    leie_free(b.before);
    leie_free(b.let_go);
    leie_free(b.gradient);
    return st;
}

// ---- result ----

static leie_status reconciled_new(leie_reconciled *r, const leie_mfa_system *s, leie_error *err)
{
    *r = (leie_reconciled){.n = s->n, .m = s->m, .probability = NAN, .critical = NAN, .nodal_critical = NAN};
    r->value = leie_new(s->n, sizeof *r->value);
    r->sd = leie_new(s->n, sizeof *r->sd);
    r->test = leie_new(s->n, sizeof *r->test);
    r->state = leie_new(s->n, sizeof *r->state);
    r->nodal = leie_new(s->m, sizeof *r->nodal);
    r->dependent = leie_new(s->m, sizeof *r->dependent);
    if (r->value && r->sd && r->test && r->state && r->nodal && r->dependent)
        return LEIE_OK;
    return leie_fail_memory(err, "reconciled values", s->n + s->m, 3 * sizeof *r->value);
}

static leie_mfa_state state_of(const leie_solving *w, leie_size i)
{
    if (w->role[i] == LEIE_ROLE_CONSTANT)
        return LEIE_MFA_CONSTANT;
    if (w->role[i] == LEIE_ROLE_HELD)
        return LEIE_MFA_AT_BOUND;
    if (w->role[i] == LEIE_ROLE_UNKNOWN)
        return w->at.free[i] ? LEIE_MFA_NOT_OBSERVABLE : w->aside[i] ? LEIE_MFA_SET_ASIDE : LEIE_MFA_OBSERVABLE;
    return w->at.col_first[i] < w->at.col_first[i + 1] ? LEIE_MFA_REDUNDANT : LEIE_MFA_NOT_REDUNDANT;
}

static leie_status fill_result(leie_reconciled *r, leie_solving *w, leie_error *err)
{
    for (leie_size i = 0; i < r->n; i++) {
        leie_mfa_state state = state_of(w, i);
        r->state[i] = (unsigned char)state;
        r->value[i] = state == LEIE_MFA_NOT_OBSERVABLE ? NAN : w->v[i];
        r->sd[i] = state == LEIE_MFA_CONSTANT || state == LEIE_MFA_AT_BOUND ? 0 : NAN;
        r->test[i] = NAN;
    }
    for (leie_size k = 0; k < r->m; k++) {
        r->violation = fmax(r->violation, relative_violation(w, k));
        r->dependent[k] = w->at.dependent[k];
    }
    r->converged = w->converged;
    r->iterations = w->iterations;
    r->last_step = w->last_step;
    leie_reconcile_global(r, w);
    leie_status st = w->opts.no_uncertainty ? LEIE_OK : leie_reconcile_uncertainty(r, w, err);
    return st ? st : leie_reconcile_nodal(r, w, err);
}

// The measurement that the balances contradict most, -1 when none does.
static leie_size worst_measurement(const leie_reconciled *r)
{
    leie_size worst = -1;
    for (leie_size i = 0; i < r->n; i++)
        if (r->state[i] == LEIE_MFA_REDUNDANT && r->test[i] > r->critical && (worst < 0 || r->test[i] > r->test[worst]))
            worst = i;
    return worst;
}

static void set_aside(leie_solving *w, leie_size i)
{
    for (leie_size k = 0; k < w->s->n; k++)
        if (w->role[k] == LEIE_ROLE_HELD) // bounds are found anew
            w->role[k] = w->s->sd[k] > 0 && !w->aside[k] ? LEIE_ROLE_MEASURED : LEIE_ROLE_UNKNOWN;
    w->role[i] = LEIE_ROLE_UNKNOWN;
    w->aside[i] = true;
}

leie_status leie_reconcile(leie_reconciled *r, const leie_mfa_system *s, const leie_reconcile_opts *opts, leie_error *err)
{
    leie_solving w = {0};
    *r = (leie_reconciled){0};
    leie_status st = check_system(s, err);
    st = st ? st : solving_new(&w, s, opts, err);
    for (leie_size aside = 0; !st; aside++) {
        leie_size rounds = 0;
        st = solve(&w, &rounds, err);
        leie_reconciled_clear(r);
        st = st ? st : reconciled_new(r, s, err);
        st = st ? st : fill_result(r, &w, err);
        r->bound_rounds = rounds;
        r->set_aside = aside;
        leie_size worst = st || aside == w.opts.eliminate || !(r->probability < w.opts.level) ? -1 : worst_measurement(r);
        if (st || worst < 0)
            break;
        set_aside(&w, worst);
    }
    solving_free(&w);
    if (st)
        leie_reconciled_clear(r);
    return st;
}

void leie_reconciled_clear(leie_reconciled *r)
{
    leie_free(r->value);
    leie_free(r->sd);
    leie_free(r->test);
    leie_free(r->state);
    leie_free(r->nodal);
    leie_free(r->dependent);
    *r = (leie_reconciled){0};
}
