// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/sampling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
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

static leie_status run(leie_reconcile_draws *d, const leie_mfa_system *s, const leie_reconcile_opts *opts, uint64_t seed, leie_error *err)
{
    leie_reconcile_opts quick = opts ? *opts : (leie_reconcile_opts){.tolerance = 0};
    leie_mfa_system drawn = *s;
    leie_size kept = 0;
    double *all = leie_new(d->n, (size_t)d->draws * sizeof *all);
    drawn.value = leie_new(s->n, sizeof *drawn.value);
    quick.no_uncertainty = true;
    quick.eliminate = quick.chosen = 0;
    leie_status st = all && drawn.value ? LEIE_OK : leie_fail_memory(err, "draws of a reconciliation", d->n, (size_t)d->draws * sizeof *all);
    for (leie_size k = 0; k < d->draws && !st; k++) {
        leie_reconciled r = {0};
        leie_error why = {0};
        draw_values(drawn.value, s, seed, k);
        leie_status bad = leie_reconcile(&r, &drawn, &quick, &why);
        if (bad == LEIE_ERR_NOMEM)
            st = leie_fail(err, bad, "%s", why.text);
        d->failed += bad || !r.converged;
        for (leie_size i = 0; !bad && r.converged && i < d->n; i++)
            all[i * d->draws + kept] = r.value[i];
        kept += !bad && r.converged;
        leie_reconciled_clear(&r);
    }
    if (!st && 2 * d->failed > d->draws)
        st = leie_fail(err, LEIE_ERR_DATA, "%lld of %lld draws of the measured values could not be reconciled", (long long)d->failed, (long long)d->draws);
    for (leie_size i = 0; i < d->n && !st; i++)
        sum_up(d, all, kept, i);
    leie_free(all);
    leie_free(drawn.value);
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
