// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/backcast.h"

#include <math.h>
#include <string.h>

#include "kernels/simplex.h"

enum {
    GRID = 16,     // steps of the first look along one lever
    FALSI = 100,   // steps of regula falsi
    ROUNDS = 200,  // linear programmes
    GOLDEN = 60    // steps to the least that one lever reaches
};
static const double STEP = 1e-4;      // of a difference quotient
static const double PENALTY = 1e4;    // price of an unmet target, against the cost of all levers
static const double STILL = 1e-9;     // a radius below that moves nothing
static const double GOOD = 0.1, FINE = 0.75; // of the promised gain: taken; the radius grows

static const char *const ends[] = {"found", "met without levers", "infeasible", "stalled"};

const char *leie_backcast_name(leie_backcast_end end)
{
    return ends[end];
}

// A search at work.
typedef struct search {
    leie_backcast *b;
    leie_outcome_fn fn;
    void *ctx;
    double scale[LEIE_GOALS_MAX]; // |e| at t = 0
    double mu;
} search;

static leie_status check(const leie_backcast *b, leie_error *err)
{
    if (b->levers < 1 || b->levers > LEIE_LEVERS_MAX || b->goals < 1 || b->goals > LEIE_GOALS_MAX)
        return leie_fail(err, LEIE_ERR_DATA, "back-casting takes 1 to %d levers and 1 to %d targets, found %lld and %lld", LEIE_LEVERS_MAX,
                         LEIE_GOALS_MAX, (long long)b->levers, (long long)b->goals);
    for (leie_size i = 0; i < b->levers; i++)
        if (!(b->cost[i] >= 0) || !isfinite(b->cost[i]))
            return leie_fail(err, LEIE_ERR_DATA, "back-casting: the cost of lever %lld is %g", (long long)i + 1, b->cost[i]);
    for (leie_size j = 0; j < b->goals; j++)
        if (!isfinite(b->goal[j]))
            return leie_fail(err, LEIE_ERR_DATA, "back-casting: target %lld is %g", (long long)j + 1, b->goal[j]);
    return LEIE_OK;
}

static leie_status evaluate(search *s, const double *t, double *e, leie_error *err)
{
    leie_status st = s->fn(s->ctx, t, e, err);
    s->b->evaluations++;
    for (leie_size j = 0; !st && j < s->b->goals; j++)
        if (!isfinite(e[j]))
            st = leie_fail(err, LEIE_ERR_DATA, "back-casting: target %lld has no finite response", (long long)j + 1);
    return st;
}

// The largest excess over a goal, relative to where it started.
static double excess(const search *s, const double *e)
{
    double most = -INFINITY;
    for (leie_size j = 0; j < s->b->goals; j++)
        most = fmax(most, (e[j] - s->b->goal[j]) / s->scale[j]);
    return most;
}

static void take(search *s, const double *t, const double *e)
{
    leie_backcast *b = s->b;
    b->total = 0;
    for (leie_size i = 0; i < b->levers; i++) {
        b->t[i] = t[i];
        b->total += b->cost[i] * t[i];
    }
    for (leie_size j = 0; j < b->goals; j++) {
        double over = b->reached[j] = e[j];
        over -= b->goal[j];
        b->missing[j] = over > b->tolerance * s->scale[j] ? over : 0;
    }
}

// ---- one lever ----

static leie_status excess_at(search *s, double t, double *f, double *e, leie_error *err)
{
    leie_status st = evaluate(s, &t, e, err);
    *f = st ? NAN : excess(s, e);
    return st;
}

// The least excess near the best point of the grid, by golden section.
static leie_status least_excess(search *s, double low, double high, leie_error *err)
{
    const double golden = 0.6180339887498949;
    double e[LEIE_GOALS_MAX], a = low, b = high, x = b - golden * (b - a), y = a + golden * (b - a), fx, fy;
    leie_status st = excess_at(s, x, &fx, e, err);
    st = st ? st : excess_at(s, y, &fy, e, err);
    for (int step = 0; !st && step < GOLDEN && b - a > STILL; step++) {
        if (fx <= fy) {
            b = y;
            y = x;
            fy = fx;
            x = b - golden * (b - a);
            st = excess_at(s, x, &fx, e, err);
        } else {
            a = x;
            x = y;
            fx = fy;
            y = a + golden * (b - a);
            st = excess_at(s, y, &fy, e, err);
        }
    }
    double best = (a + b) / 2, edge[3] = {low, best, high}, f, least = INFINITY, at = best;
    for (int i = 0; !st && i < 3; i++) {
        st = excess_at(s, edge[i], &f, e, err);
        if (!st && f < least) {
            least = f;
            at = edge[i];
        }
    }
    st = st ? st : excess_at(s, at, &f, e, err);
    if (!st)
        take(s, &at, e);
    return st;
}

// From a > 0 at low to b <= 0 at high: the intensity where the excess is zero.
static leie_status close_in(search *s, double low, double f_low, double high, double f_high, leie_error *err)
{
    double e[LEIE_GOALS_MAX], tolerance = s->b->tolerance;
    int side = 0;
    leie_status st = LEIE_OK;
    for (int step = 0; !st && step < FALSI && high - low > 1e-15 && f_high < -tolerance; step++) {
        double t = high - f_high * (high - low) / (f_high - f_low), f;
        if (!(t > low && t < high) || step % 8 == 7)
            t = (low + high) / 2;
        st = excess_at(s, t, &f, e, err);
        if (f > 0) {
            low = t;
            f_low = f;
            f_high *= side == 1 ? 0.5 : 1;
            side = 1;
        } else {
            high = t;
            f_high = f;
            f_low *= side == -1 ? 0.5 : 1;
            side = -1;
        }
        if (f_high > -tolerance && side == 1) { // halved, not reached: look again
            double again = f_high;
            st = st ? st : excess_at(s, high, &again, e, err);
            f_high = again;
        }
    }
    st = st ? st : evaluate(s, &high, e, err);
    if (!st)
        take(s, &high, e);
    return st;
}

static leie_status one_lever(search *s, double f0, leie_error *err)
{
    double e[LEIE_GOALS_MAX], low = 0, f_low = f0, best = f0;
    int at = 0;
    for (int i = 1; i <= GRID; i++) {
        double t = (double)i / GRID, f;
        leie_status st = excess_at(s, t, &f, e, err);
        if (st)
            return st;
        if (f <= 0) {
            s->b->end = LEIE_BACKCAST_FOUND;
            return close_in(s, low, f_low, t, f, err);
        }
        low = t;
        f_low = f;
        if (f < best) {
            best = f;
            at = i;
        }
    }
    s->b->end = LEIE_BACKCAST_INFEASIBLE;
    return least_excess(s, at > 0 ? (double)(at - 1) / GRID : 0, at < GRID ? (double)(at + 1) / GRID : 1, err);
}

// ---- several levers ----

static leie_status gradient(search *s, const double *t, const double *e, double *grad, leie_error *err)
{
    leie_size n = s->b->levers, m = s->b->goals;
    double moved[LEIE_LEVERS_MAX], there[LEIE_GOALS_MAX];
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < n; i++) {
        double step = t[i] + STEP <= 1 ? STEP : -STEP;
        memcpy(moved, t, (size_t)n * sizeof *t);
        moved[i] += step;
        st = evaluate(s, moved, there, err);
        for (leie_size j = 0; !st && j < m; j++)
            grad[j * n + i] = (there[j] - e[j]) / step;
    }
    return st;
}

// c't + mu (relative excesses above zero)
static double merit(const search *s, const double *t, const double *e)
{
    double sum = 0;
    for (leie_size i = 0; i < s->b->levers; i++)
        sum += s->b->cost[i] * t[i];
    for (leie_size j = 0; j < s->b->goals; j++)
        sum += s->mu * fmax(0, (e[j] - s->b->goal[j]) / s->scale[j]);
    return sum;
}

// The linear programme around t: next [levers], *promise its merit, price [goals].
static leie_status programme(const search *s, const double *t, const double *e, const double *grad, double radius, double *next,
                             double *promise, double *price, leie_error *err)
{
    leie_size n = s->b->levers, m = s->b->goals, w = n + m;
    double A[LEIE_GOALS_MAX * (LEIE_LEVERS_MAX + LEIE_GOALS_MAX)];
    double b[LEIE_GOALS_MAX], c[LEIE_LEVERS_MAX + LEIE_GOALS_MAX], low[LEIE_LEVERS_MAX + LEIE_GOALS_MAX];
    double high[LEIE_LEVERS_MAX + LEIE_GOALS_MAX], x[LEIE_LEVERS_MAX + LEIE_GOALS_MAX];
    memset(A, 0, sizeof A);
    for (leie_size i = 0; i < n; i++) {
        c[i] = s->b->cost[i];
        low[i] = fmax(0, t[i] - radius);
        high[i] = fmin(1, t[i] + radius);
    }
    for (leie_size j = 0; j < m; j++) {
        c[n + j] = s->mu;
        low[n + j] = 0;
        high[n + j] = INFINITY;
        b[j] = (s->b->goal[j] - e[j]) / s->scale[j];
        for (leie_size i = 0; i < n; i++) {
            A[j * w + i] = grad[j * n + i] / s->scale[j];
            b[j] += A[j * w + i] * t[i];
        }
        A[j * w + n + j] = -1;
    }
    if (leie_simplex(x, price, m, w, A, b, c, low, high) != LEIE_SIMPLEX_OPTIMAL)
        return leie_fail(err, LEIE_ERR_INTERNAL, "back-casting: GLPK did not solve a linear programme of %lld rows", (long long)m);
    *promise = 0;
    for (leie_size i = 0; i < w; i++)
        *promise += c[i] * x[i];
    memcpy(next, x, (size_t)n * sizeof *x);
    return LEIE_OK;
}

// A step that keeps to straight lines leaves a curved target: the programme again with what the step really gave
// (second-order correction, Fletcher 1982). next and there change when that is better.
static leie_status bend(search *s, const double *t, const double *grad, double radius, double *next, double *there, leie_error *err)
{
    leie_size n = s->b->levers, m = s->b->goals;
    double shifted[LEIE_GOALS_MAX], price[LEIE_GOALS_MAX], bent[LEIE_LEVERS_MAX], e[LEIE_GOALS_MAX], promise;
    for (leie_size j = 0; j < m; j++) {
        shifted[j] = there[j];
        for (leie_size i = 0; i < n; i++)
            shifted[j] -= grad[j * n + i] * (next[i] - t[i]);
    }
    leie_status st = programme(s, t, shifted, grad, radius, bent, &promise, price, err);
    st = st ? st : evaluate(s, bent, e, err);
    if (st || merit(s, bent, e) >= merit(s, next, there))
        return st;
    memcpy(next, bent, (size_t)n * sizeof *next);
    memcpy(there, e, (size_t)m * sizeof *there);
    return LEIE_OK;
}

// From t [levers], which is moved to where nothing moves any more; e there.
static leie_status several_levers(search *s, double *t, double *e, double *price, bool *still, leie_error *err)
{
    leie_size n = s->b->levers, m = s->b->goals;
    double grad[LEIE_GOALS_MAX * LEIE_LEVERS_MAX], next[LEIE_LEVERS_MAX], there[LEIE_GOALS_MAX], radius = 1, promise = 0;
    bool fresh = false;
    leie_status st = evaluate(s, t, e, err);
    *still = false;
    for (int round = 0; !st && round < ROUNDS && !*still; round++) {
        if (!fresh)
            st = gradient(s, t, e, grad, err);
        fresh = true;
        st = st ? st : programme(s, t, e, grad, radius, next, &promise, price, err);
        if (st)
            break;
        s->b->rounds++;
        double now = merit(s, t, e), hoped = now - promise;
        if (hoped <= 1e-12 * (1 + fabs(now)) || radius < STILL) {
            *still = true;
            break;
        }
        st = evaluate(s, next, there, err);
        if (!st && now - merit(s, next, there) < FINE * hoped)
            st = bend(s, t, grad, radius, next, there, err);
        if (st)
            break;
        double gain = now - merit(s, next, there);
        if (gain >= GOOD * hoped) {
            memcpy(t, next, (size_t)n * sizeof *t);
            memcpy(e, there, (size_t)m * sizeof *e);
            fresh = false;
            radius = gain >= FINE * hoped ? fmin(1, 2 * radius) : radius;
        } else
            radius = fmin(radius / 4, 1);
    }
    return st;
}

// Both starts; the cheaper answer counts.
static leie_status mix(search *s, leie_error *err)
{
    leie_backcast *b = s->b;
    leie_size n = b->levers;
    double best = INFINITY;
    leie_status st = LEIE_OK;
    double all = 0;
    for (leie_size i = 0; i < n; i++)
        all += b->cost[i];
    s->mu = PENALTY * (all > 0 ? all : 1);
    for (int from = 0; !st && from < 2; from++) {
        double t[LEIE_LEVERS_MAX], e[LEIE_GOALS_MAX], price[LEIE_GOALS_MAX];
        bool still;
        for (leie_size i = 0; i < n; i++)
            t[i] = from;
        st = several_levers(s, t, e, price, &still, err);
        if (st || !(merit(s, t, e) < best))
            continue;
        best = merit(s, t, e);
        take(s, t, e);
        b->end = excess(s, e) > b->tolerance ? LEIE_BACKCAST_INFEASIBLE : LEIE_BACKCAST_FOUND;
        b->end = still ? b->end : LEIE_BACKCAST_STALLED;
        for (leie_size j = 0; j < b->goals; j++) // a price of the relative excess, at mu where it is not met
            b->price[j] = b->end == LEIE_BACKCAST_FOUND && -price[j] < s->mu ? -price[j] / s->scale[j] : 0;
    }
    return st;
}

leie_status leie_backcast_solve(leie_backcast *b, leie_outcome_fn fn, void *ctx, leie_error *err)
{
    search s = {.b = b, .fn = fn, .ctx = ctx};
    double nothing[LEIE_LEVERS_MAX] = {0};
    leie_status st = check(b, err);
    if (st)
        return st;
    b->tolerance = b->tolerance > 0 ? b->tolerance : 1e-9;
    b->evaluations = b->rounds = 0;
    memset(b->price, 0, sizeof b->price);
    for (leie_size j = 0; j < b->goals; j++)
        s.scale[j] = 1;
    st = evaluate(&s, nothing, b->start, err);
    for (leie_size j = 0; j < b->goals; j++)
        s.scale[j] = b->start[j] != 0 ? fabs(b->start[j]) : fmax(1e-300, fabs(b->goal[j]));
    if (st)
        return st;
    double f = excess(&s, b->start);
    if (f <= b->tolerance) {
        b->end = LEIE_BACKCAST_MET;
        take(&s, nothing, b->start);
        return LEIE_OK;
    }
    return b->levers == 1 ? one_lever(&s, f, err) : mix(&s, err);
}
