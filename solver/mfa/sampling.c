// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/sampling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/random.h"
#include "solver/mfa/correlate.h"

static const leie_size WORDS = 64; // of an item of a stream

// m + s e of draw k for every measured variable.
static void draw_values(double *value, const leie_mfa_system *s, uint64_t seed, leie_size k)
{
    const leie_random_stream stream = {seed, 0x6d6661, (uint32_t)k};
    uint32_t word[64];
    float z[64];
    for (leie_size first = 0; first < s->n; first += WORDS) {
        leie_random_words(word, WORDS, &stream, (uint32_t)(first / WORDS));
        leie_normals(z, word, WORDS);
        for (leie_size i = first; i < s->n && i < first + WORDS; i++)
            value[i] = s->value[i] + (s->sd[i] > 0 ? s->sd[i] * z[i - first] : 0);
    }
}

static int ascending(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

// Quantile of sorted values, between neighbours.
static double quantile(const double *sorted, leie_size n, double p)
{
    double at = p * (double)(n - 1);
    leie_size low = (leie_size)at, high = low + 1 < n ? low + 1 : low;
    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}

static void sum_up(leie_reconcile_draws *d, double *all, leie_size kept, leie_size i)
{
    double *own = all + i * d->draws, mean = 0, square = 0;
    for (leie_size k = 0; k < kept; k++)
        mean += own[k];
    mean /= (double)kept;
    for (leie_size k = 0; k < kept; k++)
        square += (own[k] - mean) * (own[k] - mean);
    d->mean[i] = mean;
    d->sd[i] = kept > 1 ? sqrt(square / (double)(kept - 1)) : NAN;
    if (!isnan(mean))
        qsort(own, (size_t)kept, sizeof *own, ascending);
    d->low[i] = isnan(mean) ? NAN : quantile(own, kept, 0.025);
    d->high[i] = isnan(mean) ? NAN : quantile(own, kept, 0.975);
}

typedef struct job {
    const leie_mfa_system *s;
    leie_reconcile_opts opts;
    uint64_t seed;
    leie_size n, draws;
    double *all;  // [n, draws]
    bool *failed; // [draws]
} job;

// Draw k: its column of `all`.
static leie_status one_draw(job *j, leie_size k, leie_error *err)
{
    leie_mfa_system drawn = *j->s;
    leie_reconciled r = {0};
    leie_error why = {0};
    drawn.value = leie_new(j->s->n, sizeof *drawn.value);
    if (!drawn.value)
        return leie_fail_memory(err, "a draw of a reconciliation", j->s->n, sizeof *drawn.value);
    draw_values(drawn.value, j->s, j->seed, k);
    leie_status st = leie_reconcile(&r, &drawn, &j->opts, &why);
    j->failed[k] = st || !r.converged;
    for (leie_size i = 0; !j->failed[k] && i < j->n; i++)
        j->all[i * j->draws + k] = r.value[i];
    leie_reconciled_clear(&r);
    leie_free(drawn.value);
    return st == LEIE_ERR_NOMEM ? leie_fail(err, st, "%s", why.text) : LEIE_OK;
}

static leie_status some_draws(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    leie_status st = LEIE_OK;
    (void)worker;
    for (leie_size k = first; k < last && !st; k++)
        st = one_draw(ctx, k, err);
    return st;
}

// Draws that failed leave the row of a variable; returns how many are left.
static leie_size keep(double *own, const bool *failed, leie_size draws)
{
    leie_size kept = 0;
    for (leie_size k = 0; k < draws; k++)
        if (!failed[k])
            own[kept++] = own[k];
    return kept;
}

static leie_status run(leie_reconcile_draws *d, const leie_mfa_system *s, const leie_reconcile_opts *opts, uint64_t seed, leie_error *err)
{
    job j = {.s = s, .seed = seed, .n = d->n, .draws = d->draws, .all = leie_new(d->n, (size_t)d->draws * sizeof *j.all),
             .failed = leie_new(d->draws, sizeof *j.failed)};
    if (opts)
        j.opts = *opts;
    j.opts.no_uncertainty = true;
    j.opts.eliminate = j.opts.chosen = 0;
    leie_status st = j.all && j.failed ? leie_parallel_for(d->draws, 1, some_draws, &j, err)
                                       : leie_fail_memory(err, "draws of a reconciliation", d->n, (size_t)d->draws * sizeof *j.all);
    for (leie_size k = 0; k < d->draws && !st; k++)
        d->failed += j.failed[k];
    if (!st && 2 * d->failed > d->draws)
        st = leie_fail(err, LEIE_ERR_DATA, "%lld of %lld draws of the measured values could not be reconciled", (long long)d->failed, (long long)d->draws);
    for (leie_size i = 0; i < d->n && !st; i++)
        sum_up(d, j.all, keep(j.all + i * d->draws, j.failed, d->draws), i);
    leie_free(j.all);
    leie_free(j.failed);
    return st;
}

leie_status leie_reconcile_sample(leie_reconcile_draws *d, const leie_mfa_system *s, const leie_reconcile_opts *opts, leie_size draws,
                                  uint64_t seed, leie_error *err)
{
    leie_correlated c = {0};
    *d = (leie_reconcile_draws){.n = s->n, .draws = draws};
    if (draws < 2)
        return leie_fail(err, LEIE_ERR_USAGE, "a sample needs at least two draws, found %lld", (long long)draws);
    d->mean = leie_new(s->n, sizeof *d->mean);
    d->sd = leie_new(s->n, sizeof *d->sd);
    d->low = leie_new(s->n, sizeof *d->low);
    d->high = leie_new(s->n, sizeof *d->high);
    leie_status st = d->mean && d->sd && d->low && d->high ? LEIE_OK : leie_fail_memory(err, "draws of a reconciliation", 4 * s->n, sizeof *d->mean);
    if (!st && s->correlations)
        st = leie_correlated_new(&c, s, err);
    st = st ? st : run(d, s->correlations ? &c.whole : s, opts, seed, err);
    leie_correlated_clear(&c);
    if (st)
        leie_reconcile_draws_clear(d);
    return st;
}

void leie_reconcile_draws_clear(leie_reconcile_draws *d)
{
    leie_free(d->mean);
    leie_free(d->sd);
    leie_free(d->low);
    leie_free(d->high);
    *d = (leie_reconcile_draws){0};
}
