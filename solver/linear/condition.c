// SPDX-License-Identifier: GPL-3.0-or-later
/* The 1-norm of (I - A)^-1 by solves alone (linsys.h). With M = I - A, from x = (1/n, ..., 1/n):
 *
 *   y = M^-1 x;   s = signs of y;   z = M'^-1 s;   x = e_j, j where |z| is largest;   again while |y|_1 grows
 *
 * and a last try with  x_i = (-1)^i (1 + i / (n - 1)),  for matrices that mislead the walk.
 */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/linear/linsys_impl.h"

enum { PAIRS = 5 };

static double norm_1(const double *x, leie_size n)
{
    double sum = 0;
    for (leie_size i = 0; i < n; i++)
        sum += fabs(x[i]);
    return sum;
}

static leie_status solve(leie_condition *c, leie_linsys *sys, bool transposed, double *x, const double *b, leie_error *err)
{
    leie_status st = leie_linsys_solve(sys, transposed, 1, x, b, NULL, err);
    c->solves++;
    if (!st && !sys->info.converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "the condition of I - A cannot be estimated: a solve did not reach its tolerance");
    return st;
}

/* s = signs of y; whether none of them is new. */
static bool take_signs(double *s, const double *y, leie_size n)
{
    bool same = true;
    for (leie_size i = 0; i < n; i++) {
        double sign = y[i] < 0 ? -1 : 1;
        same = same && s[i] == sign;
        s[i] = sign;
    }
    return same;
}

static leie_size largest(const double *z, leie_size n)
{
    leie_size at = 0;
    for (leie_size i = 1; i < n; i++)
        if (fabs(z[i]) > fabs(z[at]))
            at = i;
    return at;
}

/* x, s, y [n] are work. */
static leie_status walk(leie_condition *c, leie_linsys *sys, double *x, double *s, double *y, leie_error *err)
{
    leie_size n = sys->axis->n, before = -1;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < n; i++)
        x[i] = 1 / (double)n;
    for (int pair = 0; pair < PAIRS; pair++) {
        st = solve(c, sys, false, y, x, err);
        double size = st ? 0 : norm_1(y, n);
        if (st || (pair > 0 && size <= c->inverse))
            return st;
        c->inverse = size;
        if (take_signs(s, y, n) && pair > 0)
            return st;
        st = solve(c, sys, true, y, s, err);
        leie_size at = largest(y, n);
        if (st || at == before)
            return st;
        memset(x, 0, (size_t)n * sizeof *x);
        x[at] = 1;
        before = at;
    }
    return st;
}

static leie_status alternate(leie_condition *c, leie_linsys *sys, double *x, double *y, leie_error *err)
{
    leie_size n = sys->axis->n;
    for (leie_size i = 0; i < n; i++)
        x[i] = (i % 2 ? -1 : 1) * (1 + (n > 1 ? (double)i / (double)(n - 1) : 0));
    leie_status st = solve(c, sys, false, y, x, err);
    if (!st)
        c->inverse = fmax(c->inverse, 2 * norm_1(y, n) / (3 * (double)n));
    return st;
}

leie_status leie_linsys_condition(leie_linsys *sys, leie_error *err)
{
    leie_size n = sys->axis->n;
    leie_linsys_info kept = sys->info;
    leie_condition c = {.norm = sys->survey.norm[0]};
    double *work = leie_new(3, (size_t)n * sizeof *work);
    if (!work)
        return leie_fail_memory(err, "an estimate of the condition", 3 * n, sizeof *work);
    leie_status st = n > 0 ? walk(&c, sys, work, work + n, work + 2 * n, err) : LEIE_OK;
    st = st || n == 0 ? st : alternate(&c, sys, work, work + n, err);
    c.number = c.norm * c.inverse;
    leie_free(work);
    sys->info.condition = c;
    sys->info.residual = kept.residual;
    sys->info.residual_b = kept.residual_b;
    sys->info.right_hand_sides = kept.right_hand_sides;
    sys->info.iterations = kept.iterations;
    sys->info.converged = kept.converged;
    return st;
}
