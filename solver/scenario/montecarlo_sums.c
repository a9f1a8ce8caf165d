// SPDX-License-Identifier: GPL-3.0-or-later
/* Sums that draws are reduced to: final demand by account region, direct pressures, footprints. */
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/sum.h"
#include "solver/scenario/footprints.h"
#include "solver/scenario/montecarlo_impl.h"

enum { ROW_GRAIN = 256 };

typedef leie_montecarlo_work work;

typedef struct by_rows {
    const work *w;
    const double *Y; // [n, m]
    double *y;       // [n, q] with distance ld
    leie_size ld;
} by_rows;

static leie_status sum_demand(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const by_rows *g = ctx;
    const work *w = g->w;
    leie_size R = w->t->sector.region.n, q = w->q->label.n, columns = 0;
    double *by_region = leie_new(R, sizeof *by_region);
    leie_index *column = leie_new(w->m + 1, sizeof *column); // that some account region wants
    leie_status st = LEIE_OK;
    (void)worker;
    if (!by_region || !column)
        st = leie_fail_memory(err, "final demand", R + w->m, sizeof *by_region);
    for (leie_size j = 0; !st && j < w->m; j++)
        if (w->wanted[j])
            column[columns++] = (leie_index)j;
    for (leie_size i = first; !st && i < last; i++) {
        for (leie_size c = 0; c < columns; c++)
            by_region[w->region[column[c]]] += g->Y[i * w->m + column[c]];
        for (leie_size a = 0; a < q; a++)
            g->y[i * g->ld + a] = 0;
        for (leie_size c = 0; c < columns; c++) {
            leie_size r = w->region[column[c]];
            for (leie_size a = 0; a < q; a++)
                g->y[i * g->ld + a] += w->q->member[a * R + r] ? by_region[r] : 0;
            by_region[r] = 0; // once for each region
        }
    }
    leie_free(by_region);
    leie_free(column);
    return st;
}

leie_status leie_montecarlo_demand(const work *w, const double *Y, double *y, leie_size ld, leie_error *err)
{
    by_rows g = {w, Y, y, ld};
    return leie_parallel_for(w->n, ROW_GRAIN, sum_demand, &g, err);
}

void leie_montecarlo_direct(const leie_montecarlo *mc, const double *F_Y, double *direct)
{
    const work *w = mc->work;
    leie_size R = w->t->sector.region.n;
    memset(direct, 0, (size_t)(mc->q * mc->k) * sizeof *direct);
    for (leie_size a = 0; a < mc->q; a++)
        for (leie_size s = 0; s < mc->k; s++)
            for (leie_size j = 0; j < w->m; j++)
                if (w->region[j] >= 0 && w->q->member[a * R + w->region[j]])
                    direct[a * mc->k + s] += F_Y[s * w->m + j];
}

void leie_montecarlo_footprints(const leie_montecarlo *mc, double *value, const double *left, leie_size step_i, leie_size step_s,
                       const double *right, leie_size ld, const double *direct)
{
    leie_size k = mc->k, n = mc->work->n;
    double r[ROW_GRAIN]; // of one account region
    memset(value, 0, (size_t)mc->outputs * sizeof *value);
    for (leie_size first = 0; first < n; first += ROW_GRAIN) {
        leie_size rows = n - first < ROW_GRAIN ? n - first : ROW_GRAIN;
        for (leie_size a = 0; a < mc->q; a++) {
            double *e = value + a * (k + 1);
            for (leie_size i = 0; i < rows; i++)
                r[i] = right[(first + i) * ld + a];
            for (leie_size s = 0; step_i == 1 && s < k; s++)
                e[s] += leie_dot_f64(left + first + s * step_s, r, rows);
            for (leie_size i = 0; step_i != 1 && i < rows; i++)
                for (leie_size s = 0; r[i] != 0 && s < k; s++)
                    e[s] += left[(first + i) * step_i + s * step_s] * r[i];
        }
    }
    for (leie_size a = 0; a < mc->q; a++)
        for (leie_size s = 0; s < k; s++)
            value[a * (k + 1) + s] += direct[a * k + s];
    leie_footprints_add(value, mc->q, k, mc->has_total ? mc->work->material : NULL);
}
