// SPDX-License-Identifier: GPL-3.0-or-later
/* One sweep reads the cells once: a chunk of rows sets its r and adds what they give to its own sums by
 * column; the sums of the chunks are added in their order; then the columns set s. Chunks depend on the
 * table alone. Blocks multiply their cells in place; r and s go in at the end.
 *
 * Overlapping blocks are set one after the other, others at the same time: the level of a block is one more
 * than the highest level of an earlier block that it shares a cell with. */
#include "solver/balance/mrgras.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/scaling.h"
#include "solver/balance/balance_impl.h"
#include "solver/balance/feasibility_impl.h"

enum { CHUNKS_MOST = 64, CHUNK_CELLS = 1 << 16, COLUMN_GRAIN = 1024, BLOCK_GRAIN = 16 };

typedef struct sweep {
    leie_reduced *p;
    const leie_csr *a;
    bool update; // set the multipliers, or only look at the errors
    leie_size chunks;
    leie_size *bound; // [chunks + 1] first row of each chunk
    double *r;        // [rows]
    double *pair;     // [2 cols] s and 1 / s
    double *sum;      // [chunks, 2 cols]
    double *error;    // [chunks], or by grain of columns, or by block
    double *t;        // [blocks]
    leie_size *order; // [blocks] by level, in their order inside one
    leie_size levels;
    leie_size *level;      // [levels + 1] first of each level in order
    leie_index *row;       // [nnz] row of each cell, NULL without blocks
    const leie_size *todo; // blocks of the level that is set now
} sweep;

/* ---- errors of totals ---- */

// |found - target| of a line, relative to the larger of its target and its cells
static double relative_error(double found, double size, double target)
{
    double scale = fmax(fabs(target), size), miss = fabs(found - target);
    return miss == 0 ? 0 : miss / scale;
}

// The larger one; NaN wins.
static double larger(double a, double b)
{
    return a > b || isnan(a) ? a : b;
}

static double largest(const double *x, leie_size n)
{
    double most = 0;
    for (leie_size i = 0; i < n; i++)
        most = larger(x[i], most);
    return most;
}

/* ---- rows, columns, blocks ---- */

static leie_status sweep_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    sweep *w = ctx;
    const leie_csr *a = w->a;
    (void)worker;
    (void)err;
    for (leie_size chunk = first; chunk < last; chunk++) {
        double *sum = w->sum + chunk * 2 * a->cols, worst = 0;
        memset(sum, 0, 2 * (size_t)a->cols * sizeof *sum);
        for (leie_size i = w->bound[chunk]; i < w->bound[chunk + 1]; i++) {
            leie_size from = a->row[i], count = a->row[i + 1] - from;
            double p, n, u = w->p->u[i];
            if (!isnan(u)) {
                // r_i = root(u_i; sum_j p_ij s_j, sum_j n_ij / s_j)
                leie_scaling_sum(&p, &n, a->val + from, a->col + from, count, w->pair);
                double plus = w->r[i] * p, minus = n / w->r[i];
                worst = larger(relative_error(plus - minus, plus + minus, u), worst);
                if (w->update)
                    w->r[i] = leie_scaling_root(u, p, n);
            }
            leie_scaling_spread(sum, a->val + from, a->col + from, count, w->r[i]);
        }
        w->error[chunk] = worst;
    }
    return LEIE_OK;
}

static leie_status sweep_cols(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    sweep *w = ctx;
    leie_size cols = w->a->cols;
    double worst = 0;
    (void)worker;
    (void)err;
    for (leie_size j = first; j < last; j++) {
        double p = 0, n = 0, v = w->p->v[j], s = w->pair[2 * j];
        if (isnan(v))
            continue;
        for (leie_size chunk = 0; chunk < w->chunks; chunk++) {
            p += w->sum[(chunk * cols + j) * 2];
            n += w->sum[(chunk * cols + j) * 2 + 1];
        }
        worst = larger(relative_error(s * p - n / s, s * p + n / s, v), worst);
        if (w->update) {
            // s_j = root(v_j; sum_i p_ij r_i, sum_i n_ij / r_i)
            s = leie_scaling_root(v, p, n);
            w->pair[2 * j] = s;
            w->pair[2 * j + 1] = 1 / s;
        }
    }
    w->error[first / COLUMN_GRAIN] = worst;
    return LEIE_OK;
}

static void set_block(sweep *w, leie_size b, double *error)
{
    const leie_blocks *block = w->p->m->block;
    double *val = w->p->a->val, p = 0, n = 0;
    leie_size first = block->first[b], end = block->first[b + 1];
    for (leie_size k = first; k < end; k++) {
        leie_size c = block->cell[k];
        double x = val[c], r = w->r[w->row[c]], s = w->pair[2 * (leie_size)w->a->col[c]];
        if (x < 0)
            n -= x / (r * s);
        else
            p += x * r * s;
    }
    *error = relative_error(p - n, p + n, w->p->t[b]);
    if (!w->update)
        return;
    // t_K = root(total; p, n), into the cells
    double t = leie_scaling_root(w->p->t[b], p, n);
    w->t[b] *= t;
    for (leie_size k = first; k < end; k++)
        val[block->cell[k]] *= val[block->cell[k]] < 0 ? 1 / t : t;
}

static leie_status sweep_blocks(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    sweep *w = ctx;
    (void)worker;
    (void)err;
    for (leie_size k = first; k < last; k++)
        set_block(w, w->todo[k], &w->error[k]);
    return LEIE_OK;
}

/* Rows, columns, blocks; the largest error that a total had when its turn came. Nothing in it can fail. */
static double run_sweep(sweep *w, bool update)
{
    leie_size cols = w->a->cols;
    w->update = update;
    leie_parallel_for(w->chunks, 1, sweep_rows, w, NULL);
    double worst = largest(w->error, w->chunks);
    leie_parallel_for(cols, COLUMN_GRAIN, sweep_cols, w, NULL);
    worst = larger(largest(w->error, (cols + COLUMN_GRAIN - 1) / COLUMN_GRAIN), worst);
    for (leie_size l = 0; l < w->levels; l++) {
        leie_size count = w->level[l + 1] - w->level[l];
        w->todo = w->order + w->level[l];
        leie_parallel_for(count, BLOCK_GRAIN, sweep_blocks, w, NULL);
        worst = larger(largest(w->error, count), worst);
    }
    return worst;
}

static leie_status apply_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    sweep *w = ctx;
    const leie_csr *a = w->a;
    (void)worker;
    (void)err;
    for (leie_size i = w->bound[first]; i < w->bound[last]; i++)
        leie_scaling_apply(a->val + a->row[i], a->col + a->row[i], a->row[i + 1] - a->row[i], w->r[i], w->pair);
    return LEIE_OK;
}

/* ---- workspace ---- */

static leie_status set_levels(sweep *w, leie_error *err)
{
    const leie_blocks *block = w->p->m->block;
    leie_size n = block ? block->n : 0;
    if (n == 0)
        return LEIE_OK;
    leie_index *next = leie_new(w->a->nnz, sizeof *next); // lowest level open to a further block of the cell
    leie_size *of = leie_new(n, sizeof *of);
    w->row = leie_new(w->a->nnz, sizeof *w->row);
    w->order = leie_new(n, sizeof *w->order);
    w->level = leie_new(n + 2, sizeof *w->level);
    leie_status st = next && of && w->row && w->order && w->level
                         ? LEIE_OK
                         : leie_fail_memory(err, "levels of blocks", w->a->nnz, 2 * sizeof *next);
    if (st)
        goto done;
    leie_row_of_cells(w->row, w->a);
    for (leie_size b = 0; b < n; b++) {
        for (leie_size k = block->first[b]; k < block->first[b + 1]; k++)
            of[b] = next[block->cell[k]] > of[b] ? next[block->cell[k]] : of[b];
        for (leie_size k = block->first[b]; k < block->first[b + 1]; k++)
            next[block->cell[k]] = (leie_index)of[b] + 1;
        w->levels = of[b] + 1 > w->levels ? of[b] + 1 : w->levels;
        w->level[of[b] + 2]++;
    }
    for (leie_size l = 0; l < w->levels; l++)
        w->level[l + 2] += w->level[l + 1];
    for (leie_size b = 0; b < n; b++) // level[l + 1] runs from the first to the end of level l
        w->order[w->level[of[b] + 1]++] = b;
done:
    leie_free(next);
    leie_free(of);
    return st;
}

static void sweep_free(sweep *w)
{
    leie_free(w->bound);
    leie_free(w->r);
    leie_free(w->pair);
    leie_free(w->sum);
    leie_free(w->error);
    leie_free(w->t);
    leie_free(w->order);
    leie_free(w->level);
    leie_free(w->row);
}

// Chunks of about the same number of cells.
static void cut_rows(sweep *w)
{
    const leie_csr *a = w->a;
    leie_size i = 0;
    for (leie_size chunk = 0; chunk < w->chunks; chunk++) {
        while (i < a->rows && a->row[i] < a->nnz / w->chunks * chunk)
            i++;
        w->bound[chunk] = i;
    }
    w->bound[w->chunks] = a->rows;
    w->bound[0] = 0;
}

static leie_status sweep_new(sweep *w, leie_reduced *p, leie_error *err)
{
    const leie_csr *a = p->a;
    leie_size blocks = p->m->block ? p->m->block->n : 0, chunks = 1 + a->nnz / (CHUNK_CELLS + 4 * a->cols);
    chunks = chunks > CHUNKS_MOST ? CHUNKS_MOST : chunks;
    *w = (sweep){.p = p, .a = a, .chunks = chunks};
    w->bound = leie_new(chunks + 1, sizeof *w->bound);
    w->r = leie_new(a->rows, sizeof *w->r);
    w->pair = leie_new(2 * a->cols, sizeof *w->pair);
    w->sum = leie_new(chunks, 2 * (size_t)a->cols * sizeof *w->sum);
    w->error = leie_new(chunks + a->cols / COLUMN_GRAIN + 1 + blocks, sizeof *w->error);
    w->t = leie_new(blocks, sizeof *w->t);
    if (!w->bound || !w->r || !w->pair || !w->sum || !w->error || !w->t)
        return leie_fail_memory(err, "multipliers and sums", chunks * 2 * a->cols, sizeof *w->sum);
    for (leie_size i = 0; i < a->rows; i++)
        w->r[i] = 1;
    for (leie_size j = 0; j < 2 * a->cols; j++)
        w->pair[j] = 1;
    for (leie_size b = 0; b < blocks; b++)
        w->t[b] = 1;
    cut_rows(w);
    return set_levels(w, err);
}

/* ---- the iteration ---- */

static void iterate(sweep *w, const leie_balance_opts *opt, leie_balance_info *info)
{
    double tolerance = opt && opt->tolerance > 0 ? opt->tolerance : LEIE_BALANCE_TOLERANCE;
    leie_size most = opt && opt->iterations > 0 ? opt->iterations : LEIE_BALANCE_ITERATIONS;
    while (info->iterations < most) {
        info->iterations++;
        if (!(run_sweep(w, true) <= tolerance))
            continue;
        info->error = run_sweep(w, false); // the totals held when their turn came; do they all together?
        info->converged = info->error <= tolerance;
        if (info->converged)
            return;
    }
    info->error = run_sweep(w, false);
    info->converged = info->error <= tolerance;
}

// r c and s / c give the same table: the geometric mean of s becomes 1.
static void normalise(sweep *w)
{
    double sum = 0;
    for (leie_size i = 0; i < w->a->rows; i++)
        if (isnan(w->p->u[i]))
            return;
    for (leie_size j = 0; j < w->a->cols; j++) {
        if (isnan(w->p->v[j]))
            return;
        sum += log(w->pair[2 * j]);
    }
    double c = exp(sum / (double)w->a->cols);
    for (leie_size i = 0; i < w->a->rows && isfinite(c) && c > 0; i++)
        w->r[i] *= c;
    for (leie_size j = 0; j < w->a->cols && isfinite(c) && c > 0; j++) {
        w->pair[2 * j] /= c;
        w->pair[2 * j + 1] *= c;
    }
}

// Range of x[i * step] over lines with a total.
static leie_range range_of(const double *x, leie_size n, leie_size step, const double *total)
{
    leie_range range = {0};
    for (leie_size i = 0; i < n; i++) {
        double value = x[i * step];
        if (isnan(total[i]))
            continue;
        if (range.n == 0 || value < range.least) {
            range.least = value;
            range.at_least = i;
        }
        if (range.n == 0 || value > range.most) {
            range.most = value;
            range.at_most = i;
        }
        range.n++;
    }
    return range;
}

static void report(leie_balance_info *info, const sweep *w)
{
    const leie_csr *a = w->a;
    info->r = range_of(w->r, a->rows, 1, w->p->u);
    info->s = range_of(w->pair, a->cols, 2, w->p->v);
    info->t = range_of(w->t, w->p->m->block ? w->p->m->block->n : 0, 1, w->p->t);
    for (leie_size i = 0; info->r_out && i < a->rows; i++)
        info->r_out[i] = w->r[i];
    for (leie_size j = 0; info->s_out && j < a->cols; j++)
        info->s_out[j] = w->pair[2 * j];
}

leie_status leie_mrgras(leie_csr *a, const leie_margins *m, const leie_balance_opts *opt, leie_balance_info *info,
                        leie_error *err)
{
    leie_reduced p;
    sweep w = {0};
    leie_faults faults;
    leie_balance_info found = {0};
    if (info)
        found = (leie_balance_info){.r_out = info->r_out, .s_out = info->s_out};
    leie_status st = leie_reduce(&p, a, m, true, false, err);
    if (st)
        return st;
    st = leie_feasible_reduced(&faults, &p, opt ? opt->tolerance : 0, err);
    st = st ? st : sweep_new(&w, &p, err);
    if (st)
        goto done;
    iterate(&w, opt, &found);
    if (!w.levels)
        normalise(&w);
    report(&found, &w);
    leie_parallel_for(w.chunks, 1, apply_rows, &w, NULL);
    if (info)
        *info = found;
done:
    sweep_free(&w);
    leie_reduce_end(&p, st == LEIE_OK);
    return st;
}
