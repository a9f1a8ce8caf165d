// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/changed_table.h"

#include "kernels/memory.h"

bool leie_change_adds_products(const leie_change *change)
{
    for (leie_size p = 0; p < change->base->set->processes; p++)
        if (change->active[p])
            return true;
    return false;
}

static void add_demand(double *to, double sign, const leie_table *t)
{
    for (leie_size i = 0; i < t->sector.n; i++)
        for (leie_size j = 0; j < t->demand.n; j++)
            to[i] += sign * t->Y[i * t->demand.n + j];
}

// Y* e + d, with d of the baseline: one [n] is 1 where a sector has output.
static leie_status call_of(double *b, const leie_table *now, const leie_change *change, leie_error *err)
{
    const leie_table *t = change->base->t;
    leie_size n = t->sector.n;
    double *one = leie_new(n, sizeof *one);
    if (!one)
        return leie_fail_memory(err, "the table of a scenario", n, sizeof *one);
    for (leie_size i = 0; i < n; i++)
        one[i] = t->x[i] > 0;
    leie_status st = leie_matrix_product(b, &t->Z, false, NULL, 1, one, err); // A x
    for (leie_size i = 0; i < n; i++)
        b[i] = t->x[i] - b[i];
    add_demand(b, -1, t);
    add_demand(b, 1, now);
    leie_free(one);
    return st;
}

// Columns of sector j for output x* in place of x.
static void scale_columns(leie_table *t, const double *x)
{
    leie_size n = t->sector.n;
    for (leie_size j = 0; j < n; j++) {
        if (t->x[j] <= 0)
            continue;
        double factor = x[j] / t->x[j];
        for (leie_size i = 0; i < n; i++)
            t->Z.val[i * t->Z.ld + j] *= factor;
        for (leie_size s = 0; s < t->stressor.n; s++)
            t->F[s * n + j] *= factor;
        for (leie_size v = 0; v < t->input.n; v++)
            t->W[v * n + j] *= factor;
        t->x[j] = x[j];
    }
}

leie_status leie_changed_table(leie_table *to, leie_linsys_info *info, const leie_change *change, const leie_linsys_opts *opts,
                               leie_error *err)
{
    leie_linsys *sys = NULL;
    leie_status st = leie_change_table(to, change, err);
    if (st)
        return st;
    leie_size n = to->sector.n;
    double *x = leie_new(n, sizeof *x);
    if (!x)
        st = leie_fail_memory(err, "the table of a scenario", n, sizeof *x);
    st = st ? st : call_of(x, to, change, err);
    st = st ? st : leie_linsys_setup(&sys, &to->Z, change->base->scale, &to->sector, opts, err);
    st = st ? st : leie_linsys_solve(sys, false, 1, x, x, NULL, err);
    if (sys)
        *info = *leie_linsys_state(sys);
    if (!st && !info->converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "the output of a scenario did not reach its tolerance: residual %.2e", info->residual);
    sys = leie_linsys_free(sys);
    if (!st)
        scale_columns(to, x);
    leie_free(x);
    if (st)
        leie_table_clear(to);
    return st;
}
