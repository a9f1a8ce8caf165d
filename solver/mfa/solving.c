// SPDX-License-Identifier: GPL-3.0-or-later
/* One connected system: linearised until nothing moves, bounds kept, contradictions found. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/mfa/newton.h"
#include "solver/mfa/reconcile_impl.h"

enum { HALVINGS = 12, CLIPS = 4, BOUND_ROUNDS = 200, LETS_GO = 3 }; // a variable is let go so often

static const double CONTRADICTION = 1e-6; // of the terms: what a dependent constraint may be off by
static const double CLOSED = 1e-12;       // of the terms: a linear system needs no second step
static const double RADIUS = 4;           // what a variable may move when a step does harm, in units of scale
static const double ROUGH = 2;           // step at which bounds are looked at first
static const double NEAR = 0.3;           // largest step, in standard deviations, that is taken as it is
static const double GAIN = 1e-8;         // of the objective per unit of scale: less is none
static const double BEYOND = 1e-9;        // in units of scale: how far beyond a bound is beyond

// ---- set up ----

static void start_variable(leie_solving *w, leie_size i)
{
    const leie_mfa_system *s = w->s;
    bool unknown = isnan(s->sd[i]) || w->aside[i];
    w->role[i] = unknown ? LEIE_ROLE_UNKNOWN : s->sd[i] > 0 ? LEIE_ROLE_MEASURED : LEIE_ROLE_CONSTANT;
    w->v[i] = isnan(s->value[i]) ? 1 : s->value[i];
    w->scale[i] = s->sd[i] > 0 ? s->sd[i] : w->v[i] != 0 ? fabs(w->v[i]) : 1;
}

static leie_status solving_new(leie_solving *w, const leie_mfa_system *s, const bool *aside, const leie_reconcile_opts *opts,
                               leie_error *err)
{
    *w = (leie_solving){.s = s, .linear = true};
    w->opts = *opts;
    w->v = leie_new(s->n, sizeof *w->v);
    w->scale = leie_new(s->n, sizeof *w->scale);
    w->step = leie_new(s->n, sizeof *w->step);
    w->whole = leie_new(s->n, sizeof *w->whole);
    w->role = leie_new(s->n, sizeof *w->role);
    w->aside = aside;
    if (!w->v || !w->scale || !w->step || !w->whole || !w->role)
        return leie_fail_memory(err, "a reconciliation", s->n, 3 * sizeof *w->v);
    for (leie_size i = 0; i < s->n; i++)
        start_variable(w, i);
    for (leie_size t = 0; t < s->first[s->m]; t++)
        if (s->term[t].q >= 0 && w->role[s->term[t].p] != LEIE_ROLE_CONSTANT && w->role[s->term[t].q] != LEIE_ROLE_CONSTANT)
            w->linear = false;
    return LEIE_OK;
}

static void solving_free(leie_solving *w)
{
    leie_linearised_clear(&w->at);
    leie_free(w->v);
    leie_free(w->scale);
    leie_free(w->step);
    leie_free(w->whole);
    leie_free(w->role);
    leie_newton_free(w->newton);
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

// What a move of one unit of scale is to a variable: a standard deviation, or its own size.
static double unit_of_move(const leie_solving *w, leie_size i)
{
    return w->role[i] == LEIE_ROLE_UNKNOWN ? fmax(1, fabs(w->v[i]) / w->scale[i]) : 1;
}

// Largest move, in standard deviations or relative to an unknown.
static double largest_move(const leie_solving *w)
{
    double largest = 0;
    for (leie_size i = 0; i < w->s->n; i++)
        largest = fmax(largest, fabs(w->step[i]) / unit_of_move(w, i));
    return largest;
}

// No variable moves by more than the radius.
static void clip(leie_solving *w, double radius)
{
    for (leie_size i = 0; i < w->s->n; i++) {
        double most = radius * unit_of_move(w, i);
        w->step[i] = fmin(most, fmax(-most, w->step[i]));
    }
}

// What a move should gain: the merit function  misfit + rho violation  before it, and how fast it falls.
typedef struct merit {
    double rho, before, fall;
} merit;

static merit merit_now(const leie_solving *w)
{
    double slope = 0, square = 0, violated = violation(w);
    for (leie_size i = 0; i < w->s->n; i++)
        if (w->role[i] == LEIE_ROLE_MEASURED) {
            slope += leie_adjustment(w, i) * w->step[i];
            square += w->step[i] * w->step[i];
        }
    double rho = violated > 0 ? fmax(1, 2 * (slope + 0.5 * square) / violated) : 1;
    return (merit){rho, misfit(w) + rho * violated, slope - rho * violated};
}

// Moves by a part of the step, if that is a gain.
static bool gains(leie_solving *w, const merit *m, double length)
{
    move(w, length);
    if (misfit(w) + m->rho * violation(w) <= m->before + 1e-4 * length * m->fall)
        return true;
    move(w, -length);
    return false;
}

/* Moves by the step when it lowers the merit function enough (Nocedal and Wright 2006, section 18.3). If not, its
 * longest moves are cut short, since what is wrong is mostly wrong in few places; then the whole of it is. */
static void take_part(leie_solving *w)
{
    const merit m = merit_now(w);
    double radius = RADIUS, length = 0.5;
    if (gains(w, &m, 1))
        return;
    memcpy(w->whole, w->step, (size_t)w->s->n * sizeof *w->step);
    for (int k = 0; k < CLIPS; k++, radius *= 0.25) {
        clip(w, radius);
        if (gains(w, &m, 1))
            return;
    }
    memcpy(w->step, w->whole, (size_t)w->s->n * sizeof *w->step);
    for (int k = 0; k < HALVINGS && !gains(w, &m, length); k++)
        length *= 0.5;
}

// Moves by a step: a part of it far from the solution.
static void take_step(leie_solving *w)
{
    if (w->linear || w->last_step <= NEAR)
        move(w, 1);
    else
        take_part(w);
}

// Linearises until nothing moves by more than the tolerance, bounds aside.
static leie_status iterate(leie_solving *w, double tolerance, leie_error *err)
{
    leie_status st = LEIE_OK;
    w->converged = false;
    for (leie_size k = 0; k < w->opts.max_iterations && !w->converged && !st; k++) {
        st = leie_linearise(w, err);
        st = st ? st : leie_linearised_step(w, err);
        if (st)
            return st;
        w->last_step = largest_move(w);
        if (!w->linear && w->last_step > tolerance)
            st = leie_newton_step(w, err);
        w->last_step = largest_move(w);
        w->converged = w->last_step <= fmax(tolerance, w->at.rounding);
        w->iterations++;
        take_step(w);
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
    leie_mfa_name_of(w->s, true, k, name, sizeof name);
    for (leie_size i = 0; i < w->s->n; i++)
        if (w->role[i] == LEIE_ROLE_HELD && bounds++ == 0)
            leie_mfa_name_of(w->s, false, i, held, sizeof held);
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
    bool *follows;         // [n] is a product with a factor that is zero at its bound
    bool careful;          // one variable at a time
} bounds;

static double bound_of(const leie_solving *w, leie_size i)
{
    return w->v[i] < leie_mfa_low(w->s, i) ? leie_mfa_low(w->s, i) : leie_mfa_high(w->s, i);
}

static void hold(leie_solving *w, bounds *b, leie_size i)
{
    b->before[i] = w->role[i];
    w->settled = false;
    w->role[i] = LEIE_ROLE_HELD;
    w->v[i] = bound_of(w, i);
}

// How far a variable is beyond its bounds, in units of scale; 0 when it is free.
static double beyond(const leie_solving *w, leie_size i)
{
    if (w->role[i] != LEIE_ROLE_MEASURED && (w->role[i] != LEIE_ROLE_UNKNOWN || w->at.free[i]))
        return 0;
    return fmax(0, fmax(leie_mfa_low(w->s, i) - w->v[i], w->v[i] - leie_mfa_high(w->s, i)) / w->scale[i]);
}

// Zero at its bound, or about to be.
static bool is_zero(const leie_solving *w, leie_size i)
{
    return w->role[i] == LEIE_ROLE_HELD ? w->v[i] == 0 : beyond(w, i) > BEYOND && bound_of(w, i) == 0;
}

/* A constraint of two terms, coef v_i + coef v_p v_q, makes v_i zero with a factor: then the factor is held and v_i follows. With both
 * held the one constraint would say nothing, and v_i would have to be let go again. */
static void find_followers(bool *follows, const leie_solving *w)
{
    const leie_mfa_system *s = w->s;
    memset(follows, 0, (size_t)s->n * sizeof *follows);
    for (leie_size k = 0; k < s->m; k++) {
        const leie_mfa_term *t = s->term + s->first[k];
        if (s->first[k + 1] - s->first[k] != 2)
            continue;
        const leie_mfa_term *product = t[0].q >= 0 ? &t[0] : &t[1], *own = t[0].q >= 0 ? &t[1] : &t[0];
        if (product->q >= 0 && own->q < 0 && own->p >= 0 && w->role[own->p] == LEIE_ROLE_UNKNOWN)
            follows[own->p] = follows[own->p] || is_zero(w, product->p) || is_zero(w, product->q);
    }
}

// Holds what is beyond a bound; only the worst when careful. Returns how many.
static leie_size hold_violators(leie_solving *w, bounds *b)
{
    leie_size held = 0, worst = -1;
    find_followers(b->follows, w);
    for (leie_size i = 0; i < w->s->n; i++) {
        double far = b->follows[i] ? 0 : beyond(w, i);
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

// What held variables gain, in units of scale, by moving inward.
static double gain_of(const leie_solving *w, const bounds *b, leie_size i)
{
    if (w->role[i] != LEIE_ROLE_HELD || b->let_go[i] >= LETS_GO || leie_mfa_low(w->s, i) == leie_mfa_high(w->s, i))
        return 0;
    return w->v[i] <= leie_mfa_low(w->s, i) ? -b->gradient[i] : b->gradient[i];
}

static void let_go(leie_solving *w, bounds *b, leie_size i)
{
    w->role[i] = b->before[i];
    w->settled = false;
    b->let_go[i]++;
}

// Lets held variables go that gain by it; only the one that gains most when careful. Returns how many.
static leie_size let_some_go(leie_solving *w, bounds *b)
{
    const leie_linearised *at = &w->at;
    leie_size best = -1, gone = 0;
    for (leie_size i = 0; i < w->s->n; i++)
        b->gradient[i] = w->role[i] == LEIE_ROLE_HELD ? leie_adjustment(w, i) : 0;
    for (leie_size k = 0; k < at->rows; k++) // u_held - A_held' mu
        for (leie_size t = at->first[k]; t < at->first[k + 1]; t++)
            if (w->role[at->col[t]] == LEIE_ROLE_HELD)
                b->gradient[at->col[t]] -= at->val[t] * at->mu[k];
    for (leie_size i = 0; i < w->s->n; i++) {
        double gain = gain_of(w, b, i);
        if (gain <= GAIN)
            continue;
        if (best < 0 || gain > gain_of(w, b, best))
            best = i;
        if (!b->careful) {
            let_go(w, b, i);
            gone++;
        }
    }
    if (b->careful && best >= 0) {
        let_go(w, b, best);
        gone = 1;
    }
    return gone;
}

// Starts again, one variable at a time.
static void let_all_go(leie_solving *w, bounds *b)
{
    b->careful = true;
    w->settled = false;
    for (leie_size i = 0; i < w->s->n; i++)
        if (w->role[i] == LEIE_ROLE_HELD)
            w->role[i] = b->before[i];
}

/* Bounds are looked at when little moves; when none changes any more the rest follows, and they are looked at
 * once again. */
static leie_status solve_with_bounds(leie_solving *w, bounds *b, leie_size *rounds, leie_error *err)
{
    leie_size held = 0, which = 0;
    double rough = fmax(w->opts.tolerance, w->linear ? 0 : ROUGH), tolerance = rough;
    for (*rounds = 0; *rounds < BOUND_ROUNDS; ++*rounds) {
        leie_status st = iterate(w, tolerance, err);
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
        if (more || let_some_go(w, b))
            continue;
        if (tolerance <= w->opts.tolerance)
            return LEIE_OK;
        tolerance = w->opts.tolerance;
        --*rounds;
    }
    w->converged = false;
    return LEIE_OK;
}

static leie_status solve(leie_solving *w, leie_size *rounds, leie_error *err)
{
    bounds b = {.before = leie_new(w->s->n, 1), .let_go = leie_new(w->s->n, 1), .gradient = leie_new(w->s->n, sizeof(double)),
                .follows = leie_new(w->s->n, 1)};
    leie_status st = b.before && b.let_go && b.gradient && b.follows ? solve_with_bounds(w, &b, rounds, err)
                                                        : leie_fail_memory(err, "bounds", w->s->n, sizeof(double));
    leie_free(b.before);
    leie_free(b.let_go);
    leie_free(b.gradient);
    leie_free(b.follows);
    return st;
}

// ---- result ----

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
    if (!st && r->covariance && !w->opts.no_uncertainty)
        st = leie_reconcile_covariance(r->covariance, w, w->opts.chosen, w->opts.choose, err);
    return st ? st : leie_reconcile_nodal(r, w, err);
}

leie_status leie_reconcile_part(leie_reconciled *r, const leie_mfa_system *s, const bool *aside,
                                const leie_reconcile_opts *opts, leie_error *err)
{
    leie_solving w = {0};
    leie_status st = solving_new(&w, s, aside, opts, err);
    st = st ? st : solve(&w, &r->bound_rounds, err);
    st = st ? st : fill_result(r, &w, err);
    solving_free(&w);
    return st;
}
