// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/trade.h"

#include <assert.h>

#include "kernels/blockstore.h"
#include "kernels/clones.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"

#define INLINE static inline __attribute__((always_inline))

enum {
    TILE = 4,   // outputs that share rows of D
    SHARES = 16 // of the products that threads take at a time
};

/* ---- life ---- */

static leie_status take_members(leie_trade *t, const leie_factored *f, leie_error *err)
{
    t->first = leie_new(t->numbers + 1, sizeof *t->first);
    t->place = leie_new(t->numbers + 1, sizeof *t->place);
    t->before = leie_new(t->numbers, (size_t)(t->parts + 1) * sizeof *t->before);
    t->row = leie_new(t->rows, sizeof *t->row);
    t->member = leie_new(t->rows, sizeof *t->member);
    if (!t->first || !t->place || !t->before || !t->row || !t->member)
        return leie_fail_memory(err, "trade by product", t->numbers, (size_t)(t->parts + 1) * sizeof *t->before);
    for (leie_size p = 0; p < t->numbers; p++) {
        leie_index *before = t->before + p * (t->parts + 1);
        leie_index *row = t->row + t->first[p];
        for (leie_size r = 0; r < t->parts; r++) {
            leie_index at = f->at[r * f->numbers + p];
            before[r + 1] = before[r] + (at >= 0);
            if (at < 0)
                continue;
            row[before[r]] = (leie_index)(f->product[r] + at);
            t->member[f->product[r] + at] = (leie_index)(t->first[p] + before[r]);
        }
        leie_size m = before[t->parts];
        t->first[p + 1] = t->first[p] + m;
        t->place[p + 1] = t->place[p] + m * m;
    }
    return LEIE_OK;
}

typedef struct filling {
    leie_trade *t;
    const leie_factored *f;
} filling;

/* Shares of numbers first .. last - 1, in the order in which the factors have them. */
static leie_status fill_numbers(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const filling *j = ctx;
    const leie_factored *f = j->f;
    const leie_trade *t = j->t;
    (void)worker;
    (void)err;
    for (leie_size r = 0; r < f->parts; r++)
        for (leie_size s = 0; s < f->parts; s++)
            for (leie_size p = first; p < last; p++) {
                const leie_index *before = t->before + p * (f->parts + 1);
                leie_index at = f->at[r * f->numbers + p];
                leie_size m = before[f->parts], to = t->place[p] + before[s] * m + before[r];
                if (at < 0 || before[s + 1] == before[s])
                    continue;
                t->share[to] = leie_factored_share(f, r, s)[at];
                t->other[to] = s == r ? 0 : (float)t->share[to];
            }
    return LEIE_OK;
}

leie_status leie_trade_new(leie_trade *t, const leie_factored *f, leie_error *err)
{
    filling j = {t, f};
    *t = (leie_trade){.parts = f->parts, .numbers = f->numbers, .rows = f->product[f->parts]};
    leie_status st = take_members(t, f, err);
    leie_size shares = st ? 0 : t->place[t->numbers];
    t->share = st ? NULL : leie_new_pages(shares, sizeof *t->share);
    t->other = st ? NULL : leie_new_pages(shares, sizeof *t->other);
    if (!st && (!t->share || !t->other))
        st = leie_fail_memory(err, "trade by product", shares, sizeof *t->share + sizeof *t->other);
    if (st)
        leie_trade_free(t);
    else
        leie_parallel_for(t->numbers, (t->numbers + SHARES) / SHARES, fill_numbers, &j, NULL);
    return st;
}

void leie_trade_free(leie_trade *t)
{
    leie_free(t->first);
    leie_free(t->place);
    leie_free(t->before);
    leie_free(t->row);
    leie_free(t->member);
    leie_free(t->share);
    leie_free(t->other);
    *t = (leie_trade){0};
}

/* ---- products ---- */

static leie_size grain_of(const leie_trade *t, bool small)
{
    return small ? t->numbers + 1 : (t->numbers + SHARES) / SHARES;
}

typedef struct trade_job {
    const leie_trade *t;
    bool transposed;
    leie_size first, last; // parts whose rows are made
    leie_size known;       // parts before this one give
    leie_size width;
    void *y;               // of the type of the job, as are
    const void *d, *c;     // these
} trade_job;

#define VECTORS(real, n, name)                                                                                         \
    typedef real name##_lanes __attribute__((vector_size((n) * sizeof(real)), may_alias));                             \
    typedef real name##_half __attribute__((vector_size((n) / 2 * sizeof(real)), may_alias));                          \
    typedef real name##_loose __attribute__((vector_size((n) * sizeof(real)), may_alias, aligned((n) / 2 * sizeof(real))));
VECTORS(double, LEIE_LANES, f64)
VECTORS(float, LEIE_LANES_F32, f32)

#define REAL double
#define LANES_OF LEIE_LANES
#define MOST (LEIE_WIDTH / LEIE_LANES)
#define NAME(function) f64_##function
#include "kernels/trade_loops.h"
#undef REAL
#undef LANES_OF
#undef MOST
#undef NAME

#define REAL float
#define LANES_OF LEIE_LANES_F32
#define MOST (LEIE_WIDTH / LEIE_LANES_F32)
#define NAME(function) f32_##function
#include "kernels/trade_loops.h"

LEIE_CLONES
static leie_status numbers_f64(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const trade_job *j = ctx;
    (void)worker;
    (void)err;
    if (j->width == LEIE_LANES)
        f64_numbers(j, j->t->share, first, last, 1, false);
    else if (j->width == 2 * LEIE_LANES)
        f64_numbers(j, j->t->share, first, last, 2, false);
    else if (j->width == 3 * LEIE_LANES)
        f64_numbers(j, j->t->share, first, last, 3, false);
    else
        f64_numbers(j, j->t->share, first, last, 4, false);
    return LEIE_OK;
}

LEIE_CLONES
static leie_status numbers_f32(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const trade_job *j = ctx;
    (void)worker;
    (void)err;
    if (j->width == LEIE_LANES_F32 / 2)
        f32_numbers(j, j->t->other, first, last, 0, true);
    else if (j->width == LEIE_LANES_F32)
        f32_numbers(j, j->t->other, first, last, 1, false);
    else if (j->width == LEIE_LANES_F32 / 2 * 3)
        f32_numbers(j, j->t->other, first, last, 1, true);
    else
        f32_numbers(j, j->t->other, first, last, 2, false);
    return LEIE_OK;
}

void leie_trade_product(double *y, const leie_trade *t, bool transposed, bool small, leie_size width, const double *d)
{
    trade_job j = {.t = t, .transposed = transposed, .last = t->parts, .known = t->parts, .width = width, .y = y, .d = d};
    assert(width > 0 && width % LEIE_LANES == 0 && width <= LEIE_WIDTH);
    leie_parallel_for(t->numbers, grain_of(t, small), numbers_f64, &j, NULL);
}

void leie_trade_others(float *y, const leie_trade *t, bool transposed, bool small, leie_size first, leie_size last,
                       leie_size known, leie_size width, const float *d, const float *c)
{
    trade_job j = {.t = t, .transposed = transposed, .first = first, .last = last, .known = known, .width = width,
                   .y = y, .d = d, .c = c};
    assert(width > 0 && width % LEIE_LANES == 0 && width <= LEIE_WIDTH);
    leie_parallel_for(t->numbers, grain_of(t, small), numbers_f32, &j, NULL);
}
