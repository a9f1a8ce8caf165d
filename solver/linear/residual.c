// SPDX-License-Identifier: GPL-3.0-or-later
/* M  I - A or its transpose   b, x, r [n, k]  right-hand sides, solution, residual */
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/profile.h"
#include "solver/linear/linsys_impl.h"

#include <math.h>
#include <string.h>

enum {
    REFINEMENTS = 3,
    ROW_GRAIN = 1024
};
enum { R, B, X, SUMS }; // |r|_1, |b|_1, |x|_1 of a slab of rows

/* A group with the solution being judged. */
typedef struct judging {
    const leie_group *group;
    const double *x;
    double *part; // [slabs, SUMS, k]
} judging;

/* r holds A x:  r = b - x + A x, with sums of sizes over the slab's rows */
static leie_status judge_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const judging *j = ctx;
    const leie_group *g = j->group;
    leie_size k = g->k;
    double *sum = j->part + first / ROW_GRAIN * SUMS * k;
    (void)worker;
    (void)err;
    memset(sum, 0, (size_t)(SUMS * k) * sizeof *sum);
    for (leie_size i = first; i < last; i++)
        for (leie_size c = 0; c < k; c++) {
            leie_size t = i * k + c;
            g->r[t] = (g->b[t] - j->x[t]) + g->r[t];
            sum[R * k + c] += fabs(g->r[t]);
            sum[B * k + c] += fabs(g->b[t]);
            sum[X * k + c] += fabs(j->x[t]);
        }
    return LEIE_OK;
}

/* Slabs together, in their order. */
static double whole_sum(const judging *j, leie_size slabs, int what, leie_size c)
{
    double sum = 0;
    for (leie_size slab = 0; slab < slabs; slab++)
        sum += j->part[(slab * SUMS + what) * j->group->k + c];
    return sum;
}

leie_status leie_group_weigh(const leie_group *group, const double *x, double *residual, double *residual_b,
                             leie_error *err)
{
    const leie_linsys *sys = group->sys;
    leie_size n = sys->axis->n, slabs = (n + ROW_GRAIN - 1) / ROW_GRAIN;
    judging j = {.group = group, .x = x, .part = leie_new(slabs * SUMS, (size_t)group->k * sizeof *j.part)};
    if (!j.part)
        return leie_fail_memory(err, "residuals", slabs * SUMS * group->k, sizeof *j.part);
    leie_parallel_for(n, ROW_GRAIN, judge_rows, &j, NULL);
    for (leie_size c = 0; c < group->k; c++) { // |r|_1 / (|b|_1 + |M|_1 |x|_1)  and  |r|_1 / |b|_1
        double r = whole_sum(&j, slabs, R, c), b = whole_sum(&j, slabs, B, c);
        double size = b + sys->survey.norm[group->transposed] * whole_sum(&j, slabs, X, c);
        residual[c] = r == 0 ? 0 : r / size;
        residual_b[c] = r == 0 ? 0 : r / b;
    }
    leie_free(j.part);
    return LEIE_OK;
}

leie_status leie_group_judge(const leie_group *group, const double *x, double *residual, double *residual_b,
                             leie_error *err)
{
    const leie_linsys *sys = group->sys;
    leie_status st = leie_matrix_product(group->r, sys->Z, group->transposed, sys->scale, group->k, x, err);
    return st ? st : leie_group_weigh(group, x, residual, residual_b, err);
}

bool leie_group_converged(const leie_group *group)
{
    for (leie_size c = 0; c < group->k; c++)
        if (!(group->residual[c] <= group->sys->opts.tolerance))
            return false;
    return true;
}

double leie_group_worst(const leie_group *group)
{
    double worst = 0;
    for (leie_size c = 0; c < group->k; c++)
        if (!(group->residual[c] <= worst))
            worst = group->residual[c];
    return worst;
}

leie_status leie_group_give_in(leie_group *group, leie_error *err)
{
    memset(group->x, 0, (size_t)(group->sys->axis->n * group->k) * sizeof *group->x);
    group->stalled = true;
    return leie_group_judge(group, group->x, group->residual, group->residual_b, err);
}

/* Takes the columns of t that have the smaller residual; false when there is none. */
static bool keep_better(leie_group *g, const double *residual, const double *residual_b)
{
    bool better = false;
    for (leie_size c = 0; c < g->k; c++) {
        if (!(residual[c] < g->residual[c]))
            continue;
        better = true;
        g->residual[c] = residual[c];
        g->residual_b[c] = residual_b[c];
        for (leie_size i = 0; i < g->sys->axis->n; i++)
            g->x[i * g->k + c] = g->t[i * g->k + c];
    }
    return better;
}

/* The first sector where x is not finite, -1 for none. */
static leie_size first_not_finite(const leie_group *g)
{
    for (leie_size t = 0; t < g->sys->axis->n * g->k; t++)
        if (!isfinite(g->x[t]))
            return t / g->k;
    return -1;
}

leie_status leie_group_judged(const leie_group *group, const double *x, double *residual, double *residual_b, leie_error *err)
{
    double begun = leie_profile_begin();
    leie_status st = leie_group_judge(group, x, residual, residual_b, err);
    leie_profile_end(LEIE_WORK_RESIDUAL, begun, leie_linsys_bytes(group->sys), 2 * (double)group->sys->survey.nonzeros * (double)group->k);
    return st;
}

double leie_linsys_bytes(const leie_linsys *sys)
{
    const leie_matrix *Z = sys->Z;
    return Z->form == LEIE_DENSE ? 8 * (double)Z->rows * (double)Z->cols : (Z->form == LEIE_BLOCKED ? 9 : 12) * (double)sys->survey.nonzeros;
}

static leie_status substitute(const leie_group *group, leie_apply apply, void *state, double *x, leie_error *err)
{
    double flops = 0, begun = leie_profile_begin();
    double (*count)(void *, double *) = group->sys->backend->substituted;
    leie_status st = apply(state, group->transposed, group->k, x, err);
    double bytes = count ? count(state, &flops) : 0;
    leie_profile_end(LEIE_WORK_SUBSTITUTE, begun, bytes, flops * (double)group->k);
    return st;
}

leie_status leie_group_refine(leie_group *group, leie_apply apply, void *state, leie_error *err)
{
    leie_size count = group->sys->axis->n * group->k;
    double residual[LEIE_GROUP], residual_b[LEIE_GROUP];
    memcpy(group->x, group->b, (size_t)count * sizeof *group->x);
    leie_status st = substitute(group, apply, state, group->x, err); // x = M^-1 b
    if (!st && first_not_finite(group) >= 0)
        return leie_fail_singular(group->sys, first_not_finite(group), NULL, err);
    if (!st)
        st = leie_group_judged(group, group->x, group->residual, group->residual_b, err);
    for (int step = 0; !st && step < REFINEMENTS && !leie_group_converged(group); step++) {
        memcpy(group->t, group->r, (size_t)count * sizeof *group->t);
        st = substitute(group, apply, state, group->t, err); // t = M^-1 r
        for (leie_size i = 0; i < count; i++)
            group->t[i] += group->x[i]; // t = x + M^-1 r
        if (!st)
            st = leie_group_judged(group, group->t, residual, residual_b, err);
        group->iterations = step + 1;
        if (!st && !keep_better(group, residual, residual_b))
            break;
        if (!st && step + 1 < REFINEMENTS && !leie_group_converged(group)) // r belongs to x again
            st = leie_group_judged(group, group->x, group->residual, group->residual_b, err);
    }
    return st;
}
