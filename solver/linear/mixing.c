// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/linear/mixing.h"

#include <math.h>
#include <string.h>

#include "kernels/clones.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

enum {
    DEPTH = LEIE_MIXING_DEPTH,
    SLABS = LEIE_MIXING_SLABS,
    PULL = 2, // sums of a slab: |f|, |g|, dF'f, dF'df
    FRESH = PULL + DEPTH,
    SUMS = FRESH + DEPTH
};
static const double RESTART = 4;       // a change that grows so much makes what was learnt worthless
static const double DEPENDENT = 1e-10; // a remembered change that adds less than this is left out

leie_size leie_mixing_bytes(leie_size n, leie_size width)
{
    return width * (n * LEIE_MIXING_ARRAYS * (leie_size)sizeof(float) + SLABS * SUMS * (leie_size)sizeof(double));
}

void leie_mixing_free(leie_mixing *m)
{
    leie_free(m->x);
    leie_free(m->part);
    *m = (leie_mixing){0};
}

/* leie_parallel_for over rows, slab by slab. */
static void for_rows(leie_mixing *m, leie_parallel_fn fn)
{
    leie_parallel_for(SLABS, m->small ? SLABS : 1, fn, m, NULL);
}

static leie_size slab_begin(const leie_mixing *m, leie_size slab)
{
    return m->n * slab / SLABS * m->width;
}

/* Pages of all arrays come to the thread that touches them first. */
static leie_status touch_slabs(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    leie_mixing *m = ctx;
    leie_size begin = slab_begin(m, first), count = slab_begin(m, last) - begin;
    (void)worker;
    (void)err;
    for (leie_size array = 0; array < LEIE_MIXING_ARRAYS; array++)
        memset(m->x + array * m->n * m->width + begin, 0, (size_t)count * sizeof *m->x);
    return LEIE_OK;
}

leie_status leie_mixing_new(leie_mixing *m, leie_size n, leie_size width, bool small, leie_error *err)
{
    leie_size array = n * width;
    bool fresh = array > m->room || width > m->width;
    if (fresh) {
        leie_mixing_free(m);
        m->x = leie_new_pages(LEIE_MIXING_ARRAYS, (size_t)array * sizeof *m->x);
        m->part = leie_new(SLABS * SUMS, (size_t)width * sizeof *m->part);
        m->room = array;
    }
    *m = (leie_mixing){.n = n, .width = width, .small = small, .x = m->x, .part = m->part, .room = m->room};
    if (!m->x || !m->part) {
        leie_mixing_free(m);
        return leie_fail_memory(err, "an iteration", LEIE_MIXING_ARRAYS, (size_t)array * sizeof *m->x);
    }
    m->g = m->x + array;
    m->f = m->g + array;
    m->last_g = m->f + array;
    for (leie_size i = 0; i < DEPTH; i++) {
        m->df[i] = m->last_g + (2 * i + 1) * array;
        m->dg[i] = m->last_g + (2 * i + 2) * array;
    }
    if (fresh)
        for_rows(m, touch_slabs);
    return LEIE_OK;
}

static leie_status clear_slabs(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    leie_mixing *m = ctx;
    leie_size begin = slab_begin(m, first), count = slab_begin(m, last) - begin;
    (void)worker;
    (void)err;
    memset(m->x + begin, 0, (size_t)count * sizeof *m->x);
    memset(m->g + begin, 0, (size_t)count * sizeof *m->g);
    return LEIE_OK;
}

void leie_mixing_begin(leie_mixing *m)
{
    for_rows(m, clear_slabs);
    m->step = 0;
    for (leie_size c = 0; c < m->width; c++)
        m->change[c] = INFINITY;
}

/* f = g - x and, with changes asked for, those since the last step. */
LEIE_CLONES
static void subtract(float *restrict f, float *restrict last_g, float *restrict df, float *restrict dg,
                     const float *restrict g, const float *restrict x, leie_size n, bool changes)
{
    for (leie_size t = 0; t < n; t++) {
        float now = g[t] - x[t];
        if (changes) {
            df[t] = now - f[t];
            dg[t] = g[t] - last_g[t];
        }
        f[t] = now;
        last_g[t] = g[t];
    }
}

/* sum[c] = sum over rows of |u[i, c]|, and of u[i, c] v[i, c]. */
LEIE_CLONES
static void add_sizes(double *restrict sum, const float *restrict u, leie_size n, leie_size width)
{
    memset(sum, 0, (size_t)width * sizeof *sum);
    for (leie_size t = 0; t < n; t += width)
        for (leie_size c = 0; c < width; c++)
            sum[c] += (double)fabsf(u[t + c]);
}

LEIE_CLONES
static void add_products(double *restrict sum, const float *u, const float *v, leie_size n, leie_size width)
{
    memset(sum, 0, (size_t)width * sizeof *sum);
    for (leie_size t = 0; t < n; t += width)
        for (leie_size c = 0; c < width; c++)
            sum[c] += (double)u[t + c] * (double)v[t + c];
}

static leie_status compare_slabs(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    leie_mixing *m = ctx;
    leie_size width = m->width, newest = m->newest;
    (void)worker;
    (void)err;
    for (leie_size slab = first; slab < last; slab++) {
        leie_size at = slab_begin(m, slab), n = slab_begin(m, slab + 1) - at;
        double *sum = m->part + slab * SUMS * width;
        const float *f = m->f + at;
        subtract(m->f + at, m->last_g + at, m->df[newest] + at, m->dg[newest] + at, m->g + at, m->x + at, n,
                 m->step > 1);
        add_sizes(sum, f, n, width);
        add_sizes(sum + width, m->g + at, n, width);
        for (leie_size i = 0; i < m->kept; i++) {
            add_products(sum + (PULL + i) * width, m->df[i] + at, f, n, width);
            if (m->step > 1)
                add_products(sum + (FRESH + i) * width, m->df[i] + at, m->df[newest] + at, n, width);
        }
    }
    return LEIE_OK;
}

/* Sum number s of right-hand side c over the slabs, in their order. */
static double whole_sum(const leie_mixing *m, leie_size s, leie_size c)
{
    double sum = 0;
    for (leie_size slab = 0; slab < SLABS; slab++)
        sum += m->part[(slab * SUMS + s) * m->width + c];
    return sum;
}

void leie_mixing_compare(leie_mixing *m)
{
    if (++m->step > 1) { // the first step has none to compare with
        m->newest = m->kept > 0 ? (m->newest + 1) % DEPTH : 0;
        m->kept += m->kept < DEPTH;
    }
    for_rows(m, compare_slabs);
    for (leie_size c = 0; c < m->width; c++) {
        double f = whole_sum(m, 0, c), g = whole_sum(m, 1, c);
        m->before[c] = m->change[c];
        m->change[c] = f == 0 ? 0 : f / g;
        for (leie_size i = 0; i < m->kept; i++) {
            m->pull[i][c] = whole_sum(m, PULL + i, c);
            if (m->step > 1)
                m->gram[m->newest][i][c] = m->gram[i][m->newest][c] = whole_sum(m, FRESH + i, c);
        }
    }
}

/* gamma of right-hand side c: scaled normal equations by Cholesky, newest change first; a change that depends on
 * newer ones is left out. */
static void find_gamma(leie_mixing *m, leie_size c)
{
    double low[DEPTH][DEPTH], rhs[DEPTH], size[DEPTH];
    leie_size index[DEPTH], count = 0;
    for (leie_size i = 0; i < DEPTH; i++)
        m->gamma[i][c] = 0;
    if (m->change[c] > RESTART * m->before[c])
        return;
    for (leie_size age = 0; age < m->kept; age++) {
        leie_size i = (m->newest + DEPTH - age) % DEPTH, p = count;
        double left = 1;
        size[p] = sqrt(m->gram[i][i][c]);
        if (!(size[p] > 0) || !isfinite(size[p]))
            continue;
        rhs[p] = m->pull[i][c] / size[p];
        for (leie_size q = 0; q < p; q++) {
            double sum = m->gram[i][index[q]][c] / size[p] / size[q];
            for (leie_size t = 0; t < q; t++)
                sum -= low[p][t] * low[q][t];
            low[p][q] = sum / low[q][q];
            left -= low[p][q] * low[p][q];
            rhs[p] -= low[p][q] * rhs[q];
        }
        if (!(left > DEPENDENT))
            continue;
        low[p][p] = sqrt(left);
        rhs[p] /= low[p][p];
        index[count++] = i;
    }
    for (leie_size p = count - 1; p >= 0; p--) {
        for (leie_size q = p + 1; q < count; q++)
            rhs[p] -= low[q][p] * rhs[q];
        rhs[p] /= low[p][p];
        m->gamma[index[p]][c] = (float)(rhs[p] / size[p]);
    }
}

/* g[i, c] -= gamma[c] dg[i, c] */
LEIE_CLONES
static void subtract_scaled(float *restrict g, const float *restrict gamma, const float *restrict dg, leie_size n,
                            leie_size width)
{
    for (leie_size t = 0; t < n; t += width)
        for (leie_size c = 0; c < width; c++)
            g[t + c] -= gamma[c] * dg[t + c];
}

static leie_status mix_slabs(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    leie_mixing *m = ctx;
    leie_size at = slab_begin(m, first), n = slab_begin(m, last) - at;
    (void)worker;
    (void)err;
    for (leie_size i = 0; i < m->kept; i++)
        subtract_scaled(m->g + at, m->gamma[i], m->dg[i] + at, n, m->width);
    memcpy(m->x + at, m->g + at, (size_t)n * sizeof *m->x);
    return LEIE_OK;
}

void leie_mixing_mix(leie_mixing *m)
{
    for (leie_size c = 0; c < m->width; c++)
        find_gamma(m, c);
    for_rows(m, mix_slabs); // x = g - dG gamma
}
