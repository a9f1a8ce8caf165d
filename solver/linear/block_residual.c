// SPDX-License-Identifier: GPL-3.0-or-later
/* Residuals of the block iteration in f64, part by part, from the store. */
#include <math.h>
#include <string.h>

#include "kernels/parallel.h"
#include "solver/linear/block_impl.h"

enum { R, B, X, SUMS }; // |r|_1, |b|_1, |x|_1 of a part

static leie_status widen(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const leie_block_judge *j = ctx;
    (void)worker;
    (void)err;
    leie_skinny_pack(j->wide, j->width, j->group->x, j->group->k, j->group->k, NULL, first, last);
    return LEIE_OK;
}

/* r = (b - x) + A x in the rows of part p, with sums of sizes. */
static void close_part(const leie_block_judge *j, leie_size p, const double *ax)
{
    const leie_group *g = j->group;
    leie_size k = g->k, first = j->s->first[p];
    double *sum = j->part + p * SUMS * k;
    memset(sum, 0, (size_t)(SUMS * k) * sizeof *sum);
    for (leie_size i = 0; i < leie_block_size(j->s, p); i++)
        for (leie_size c = 0; c < k; c++) {
            leie_size at = (first + i) * k + c;
            double r = (g->b[at] - g->x[at]) + ax[i * j->width + c];
            g->r[at] = r;
            sum[R * k + c] += fabs(r);
            sum[B * k + c] += fabs(g->b[at]);
            sum[X * k + c] += fabs(g->x[at]);
        }
}

static leie_status judge_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const leie_block_judge *j = ctx;
    double *ax = j->sum + worker * j->s->widest * j->width;
    (void)err;
    for (leie_size p = first; p < last; p++) {
        memset(ax, 0, (size_t)(leie_block_size(j->s, p) * j->width) * sizeof *ax);
        for (leie_size q = 0; q < j->s->parts; q++)
            leie_blockstore_product(ax, j->store, j->group->transposed, p, q, j->width,
                                    j->wide + j->s->first[q] * j->width);
        close_part(j, p, ax);
        leie_block_rest(j->s, j->store, j->group->transposed, p);
    }
    return LEIE_OK;
}

/* Parts together, in their order. */
static double whole_sum(const leie_block_judge *j, int what, leie_size c)
{
    double sum = 0;
    for (leie_size p = 0; p < j->s->parts; p++)
        sum += j->part[(p * SUMS + what) * j->group->k + c];
    return sum;
}

leie_status leie_block_residual(leie_block_judge *j, leie_error *err)
{
    leie_group *g = j->group;
    const leie_block *s = j->s;
    bool small = j->width * s->sys->survey.nonzeros <= LEIE_SMALL_SWEEP;
    if (!s->exact)
        return leie_group_judge(g, g->x, g->residual, g->residual_b, err);
    leie_parallel_for(s->sys->axis->n, small ? s->sys->axis->n : LEIE_BLOCK_ROWS, widen, j, NULL);
    leie_parallel_for(s->parts, small ? s->parts : 1, judge_parts, j, NULL);
    for (leie_size c = 0; c < g->k; c++) {
        double r = whole_sum(j, R, c), b = whole_sum(j, B, c), x = whole_sum(j, X, c);
        g->residual[c] = r == 0 ? 0 : r / (b + s->sys->survey.norm[g->transposed] * x);
        g->residual_b[c] = r == 0 ? 0 : r / b;
    }
    return LEIE_OK;
}
