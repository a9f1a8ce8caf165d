// SPDX-License-Identifier: GPL-3.0-or-later
/* Draws of few columns J of A. With x* = L (y* + dA_J x*_J) only the rows J of x* are unknown:
 *
 *   x*_J = L_J y* + L_J dA_J x*_J
 *
 * found by repetition from L_J y*, draws side by side: a step costs the cells of J and one product with L_J for each
 * draw, and dA is small where draws are worth averaging. A draw has settled when dA_J times the change of a step is small
 * beside y*; then y~ = y* + dA_J x_J, with the x_J that this step began with, takes the place of y*. A draw that does not
 * settle gets the matrix I - L_J dA_J of its own and its LU factors. L_J is one block solve.
 */
#include <math.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/lanes.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/scenario/montecarlo_impl.h"

enum {
    ROWS = 512,      // added together
    ROOM = 48 << 20, // bytes of dA that are read several times as fast as more of them (a last cache of 64 MiB and above)
    FEW = 8,         // lanes that are worth a vector
    STEPS = 40,      // from there on LU factors cost less
    STRIP = 128,     // rows of a strip: with the draws side by side they fit the first cache
    SLABS = 32,      // groups of strips whose products with L_J are summed apart
    PATIENCE = 3     // steps before growth counts
};
static const double MARGIN = 0.05, FINEST = 4e-15; // of the tolerance; what f64 reaches
static const double GROWING = 0.9;                 // of the change before: it does not settle

typedef leie_montecarlo_work work;

// ---- opening ----

// Cells of the columns J: counted when J->row is NULL, else taken.
static void take_cells(leie_narrow *J, const work *w, const leie_index *place, leie_size *next)
{
    for (leie_size i = 0; i < w->n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&w->t->Z, i, &col, &val);
        for (leie_size t = 0; t < count; t++) {
            leie_size j = col ? col[t] : t, c = place[j];
            double a = val[t] * w->in.base.scale[j];
            if (c < 0 || (float)a == 0)
                continue;
            if (J->row) {
                J->row[next[c]] = (leie_index)i;
                J->a[next[c]] = a;
                next[c]++;
            } else
                J->start[c + 1]++;
        }
    }
}

// The first row of a strip.
static leie_size row_of(const leie_narrow *J, leie_size n, leie_size strip)
{
    return n * strip / J->strips;
}

// Where the cells of each strip of rows begin, column by column.
static leie_status cut_strips(leie_narrow *J, leie_size n, leie_error *err)
{
    J->strips = (n + STRIP - 1) / STRIP;
    J->strip = leie_new(J->columns, (size_t)(J->strips + 1) * sizeof *J->strip);
    J->place = leie_new(J->columns, (size_t)J->strips * sizeof *J->place);
    if (!J->strip || !J->place)
        return leie_fail_memory(err, "the uncertain columns", J->columns, (size_t)(J->strips + 1) * sizeof *J->strip);
    for (leie_size c = 0; c < J->columns; c++) {
        leie_size t = J->start[c], *at = J->strip + c * (J->strips + 1);
        for (leie_size s = 0; s <= J->strips; s++) {
            while (t < J->start[c + 1] && J->row[t] < row_of(J, n, s))
                t++;
            at[s] = t;
        }
    }
    for (leie_size s = 0, next = 0; s < J->strips; s++)
        for (leie_size c = 0; c < J->columns; c++) {
            const leie_size *at = J->strip + c * (J->strips + 1) + s;
            J->place[s * J->columns + c] = next;
            next += at[1] - at[0];
        }
    return LEIE_OK;
}

static leie_status find_cells(leie_narrow *J, const work *w, leie_error *err)
{
    leie_index *place = leie_new(w->n, sizeof *place);
    leie_size *next = leie_new(J->columns + 1, sizeof *next);
    leie_status st = LEIE_OK;
    if (!place || !next)
        st = leie_fail_memory(err, "the uncertain columns", w->n, sizeof *place);
    for (leie_size j = 0, c = 0; !st && j < w->n; j++) {
        place[j] = w->in.cols[LEIE_EDIT_A][j] ? (leie_index)c : -1;
        if (place[j] >= 0)
            J->column[c++] = (leie_index)j;
    }
    if (!st)
        take_cells(J, w, place, next);
    for (leie_size c = 0; !st && c < J->columns; c++) {
        J->start[c + 1] += J->start[c];
        next[c] = J->start[c];
    }
    J->cells = st ? 0 : J->start[J->columns];
    J->row = st ? NULL : leie_new(J->cells, sizeof *J->row);
    J->a = st ? NULL : leie_new(J->cells, sizeof *J->a);
    if (!st && (!J->row || !J->a))
        st = leie_fail_memory(err, "the uncertain columns", J->cells, sizeof *J->a);
    J->near_a = st ? NULL : leie_new(J->cells, sizeof *J->near_a);
    if (!st && !J->near_a)
        st = leie_fail_memory(err, "the uncertain columns", J->cells, sizeof *J->near_a);
    if (!st)
        take_cells(J, w, place, next);
    for (leie_size t = 0; !st && t < J->cells; t++)
        J->near_a[t] = (float)J->a[t];
    leie_free(place);
    leie_free(next);
    return st ? st : cut_strips(J, w->n, err);
}

// Rows J of L by one block solve, into panels.
static leie_status solve_rows(leie_montecarlo *mc, leie_narrow *J, leie_error *err)
{
    leie_size n = mc->work->n, columns = J->columns;
    double *rows = leie_new(n, (size_t)columns * sizeof *rows);
    J->panels = (columns + LEIE_PANEL - 1) / LEIE_PANEL;
    J->L = leie_new(J->panels * LEIE_PANEL, (size_t)n * sizeof *J->L);
    leie_status st = rows && J->L ? LEIE_OK : leie_fail_memory(err, "the uncertain columns", n, (size_t)columns * 2 * sizeof *rows);
    for (leie_size c = 0; !st && c < columns; c++)
        rows[J->column[c] * columns + c] = 1; // e_J', turned
    st = st ? st : leie_montecarlo_solve(mc, true, columns, rows, rows, NULL, NULL, err);
    for (leie_size s = 0; !st && s < J->strips; s++) {
        leie_size row = row_of(J, n, s), count = row_of(J, n, s + 1) - row;
        double *to = J->L + row * J->panels * LEIE_PANEL;
        for (leie_size c = 0; c < columns; c++)
            for (leie_size i = 0; i < count; i++)
                to[(c / LEIE_PANEL * count + i) * LEIE_PANEL + c % LEIE_PANEL] = rows[(row + i) * columns + c];
    }
    leie_free(rows);
    return st;
}

leie_status leie_narrow_make(leie_montecarlo *mc, leie_error *err)
{
    work *w = mc->work;
    leie_narrow *J = &w->narrow;
    leie_size n = w->n, columns = mc->columns, width = w->batch * mc->q;
    J->columns = columns;
    J->lanes = w->batch;
    J->column = leie_new(columns, sizeof *J->column);
    J->start = leie_new(columns + 1, sizeof *J->start);
    J->own = leie_new(columns, (size_t)width * sizeof *J->own);
    J->part = leie_new(SLABS * columns, (size_t)width * sizeof *J->part);
    J->total = leie_new(width, sizeof *J->total);
    leie_status st = LEIE_OK;
    if (!J->column || !J->start || !J->own || !J->part || !J->total)
        st = leie_fail_memory(err, "the uncertain columns", SLABS * columns, (size_t)width * sizeof *J->part);
    st = st ? st : find_cells(J, w, err);
    while (!st && J->lanes > FEW && J->cells * J->lanes * (leie_size)sizeof *J->dA > ROOM)
        J->lanes = (J->lanes + 1) / 2;
    J->side = st ? NULL : leie_new(J->lanes * mc->q, (size_t)n * sizeof *J->side);
    J->x = st ? NULL : leie_new(3 * columns, (size_t)(J->lanes * mc->q) * sizeof *J->x);
    J->dA = st ? NULL : leie_new(J->lanes, (size_t)J->cells * sizeof *J->dA);
    J->value = st ? NULL : leie_new(leie_threads() * J->lanes, (size_t)n * sizeof *J->value);
    J->size = st ? NULL : leie_new(w->batch, (size_t)columns * sizeof *J->size);
    if (!st && (!J->side || !J->x || !J->dA || !J->value || !J->size))
        st = leie_fail_memory(err, "draws of the uncertain columns", J->lanes, (size_t)J->cells * sizeof *J->dA);
    return st ? st : solve_rows(mc, J, err);
}

void leie_narrow_clear(leie_narrow *J)
{
    void *arrays[] = {J->column, J->start, J->row, J->a, J->near_a, J->strip, J->place, J->L, J->dA, J->size, J->value, J->side, J->x, J->own,
                      J->part, J->total};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        leie_free(arrays[i]);
    *J = (leie_narrow){0};
}

// ---- one batch ----

// Some draws of a batch, lanes of them: K = lanes q columns side by side.
typedef struct widening {
    leie_montecarlo *mc;
    leie_narrow *J;
    leie_size batch, first, lanes, q, K, n; // first of the batch
    const double *x; // [columns, K]
    const double *y; // [n, ..] with distance ld
    leie_size ld;
    double *widened; // [n, batch q] y*, then y~
} widening;

// dA of a column's cells in these draws.
static leie_status draw_columns(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const widening *g = ctx;
    const leie_narrow *J = g->J;
    work *w = g->mc->work;
    float *value = J->value + worker * J->lanes * g->n;
    (void)err;
    for (leie_size c = first; c < last; c++) {
        leie_size start = J->start[c], cells = J->start[c + 1] - start;
        double *size = J->size + c * g->batch + g->first;
        for (leie_size d = 0; d < g->lanes; d++) {
            float *own = value + d * g->n;
            memcpy(own, J->near_a + start, (size_t)cells * sizeof *own);
            leie_inputs_draw_A(&w->in, (uint32_t)(g->mc->record.next + g->first + d), J->column[c], cells, J->row + start, own, worker);
        }
        memset(size, 0, (size_t)g->lanes * sizeof *size);
        for (leie_size s = 0; s < J->strips; s++) {
            const leie_size *at = J->strip + c * (J->strips + 1) + s;
            leie_lanes_change(J->dA + J->place[s * J->columns + c] * g->lanes, size, value + (at[0] - start), g->n, g->lanes,
                              J->a + at[0], at[1] - at[0]);
        }
    }
    return LEIE_OK;
}

// The strips of a slab.
static leie_size slab_begin(const leie_narrow *J, leie_size slab)
{
    return J->strips * slab / SLABS;
}

// Slabs of L_J' times y [n, K] to J->part; y NULL: times side = dA x, strip by strip.
static leie_status project_slabs(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const widening *g = ctx;
    const leie_narrow *J = g->J;
    (void)worker;
    (void)err;
    for (leie_size slab = first; slab < last; slab++) {
        double *part = J->part + slab * J->columns * g->K;
        memset(part, 0, (size_t)(J->columns * g->K) * sizeof *part);
        for (leie_size s = slab_begin(J, slab); s < slab_begin(J, slab + 1); s++) {
            leie_size row = row_of(J, g->n, s), rows = row_of(J, g->n, s + 1) - row;
            if (!g->y)
                memset(J->side + row * g->K, 0, (size_t)(rows * g->K) * sizeof *J->side);
            for (leie_size c = 0; c < J->columns && !g->y; c++) {
                const leie_size *at = J->strip + c * (J->strips + 1) + s;
                leie_lanes_spread(J->side, J->dA + J->place[s * J->columns + c] * g->lanes, g->lanes, g->q, J->row + at[0],
                                  at[1] - at[0], g->x + c * g->K);
            }
            leie_lanes_project(part, J->L + row * J->panels * LEIE_PANEL, rows * LEIE_PANEL, J->columns,
                               g->y ? g->y + row * g->ld : J->side + row * g->K, g->y ? g->ld : g->K, g->K, rows);
        }
    }
    return LEIE_OK;
}

// to [columns, K] = L_J y with distance ld, or L_J dA x where y is NULL.
static leie_status project(widening *g, double *to, const double *x, const double *y, leie_size ld, leie_error *err)
{
    const leie_narrow *J = g->J;
    leie_size count = J->columns * g->K;
    g->x = x;
    g->y = y;
    g->ld = ld;
    leie_status st = leie_parallel_for(SLABS, 1, project_slabs, g, err);
    memcpy(to, J->part, (size_t)count * sizeof *to);
    for (leie_size slab = 1; slab < SLABS; slab++)
        for (leie_size t = 0; t < count; t++)
            to[t] += J->part[slab * count + t];
    return st;
}

// How a draw stands.
typedef struct settling {
    double before; // change of the step before
    bool settled, lost;
} settling;

// After a step from x to from + next of draw d: done when it hardly changes y~, else x moves on.
static void take_step(const widening *g, leie_size d, leie_size step, double goal, double *x, const double *from, const double *next,
                      settling *s)
{
    double change = 0, missing = 0, size = 0;
    if (s->settled || s->lost)
        return;
    for (leie_size a = d * g->q; a < (d + 1) * g->q; a++)
        size += g->J->total[g->first * g->q + a];
    for (leie_size c = 0; c < g->J->columns; c++)
        for (leie_size a = d * g->q; a < (d + 1) * g->q; a++) {
            double by = fabs(from[c * g->K + a] + next[c * g->K + a] - x[c * g->K + a]);
            change += by;
            missing += g->J->size[c * g->batch + g->first + d] * by;
        }
    s->settled = missing <= goal * size;
    s->lost = !s->settled && (!isfinite(change) || (step >= PATIENCE && change > GROWING * s->before));
    s->before = change;
    for (leie_size c = 0; c < g->J->columns && !s->settled; c++)
        for (leie_size a = d * g->q; a < (d + 1) * g->q; a++)
            x[c * g->K + a] = from[c * g->K + a] + next[c * g->K + a];
}

// x_J of draw d by LU factors of I - L_J dA_J.
static leie_status factor_draw(widening *g, leie_size d, double *x, const double *from, bool *good, leie_error *err)
{
    const leie_narrow *J = g->J;
    leie_size c_n = J->columns, ld = leie_blocklu_stride(c_n);
    double *dense = leie_new(g->n, (size_t)c_n * sizeof *dense), *P = leie_new(c_n, (size_t)c_n * sizeof *P);
    double *G = leie_new(c_n * ld + 2 * c_n, sizeof *G), *own = leie_new(c_n, (size_t)g->q * sizeof *own);
    int *pivot = leie_new(c_n, sizeof *pivot);
    leie_status st = LEIE_OK;
    if (!dense || !P || !G || !own || !pivot) {
        st = leie_fail_memory(err, "a draw of columns", g->n, (size_t)c_n * sizeof *dense);
        goto done;
    }
    for (leie_size c = 0; c < c_n; c++)
        for (leie_size strip = 0; strip < J->strips; strip++) {
            const leie_size *at = J->strip + c * (J->strips + 1) + strip;
            for (leie_size t = at[0]; t < at[1]; t++)
                dense[J->row[t] * c_n + c] = (double)J->dA[(J->place[strip * c_n + c] + t - at[0]) * g->lanes + d];
        }
    for (leie_size strip = 0; strip < J->strips; strip++) {
        leie_size row = row_of(J, g->n, strip), rows = row_of(J, g->n, strip + 1) - row;
        leie_lanes_project(P, J->L + row * J->panels * LEIE_PANEL, rows * LEIE_PANEL, c_n, dense + row * c_n, c_n, c_n, rows);
    }
    for (leie_size r = 0; r < c_n; r++) {
        for (leie_size c = 0; c < c_n; c++)
            G[r * ld + c] = (r == c) - P[r * c_n + c];
        for (leie_size a = 0; a < g->q; a++)
            own[r * g->q + a] = from[r * g->K + d * g->q + a];
    }
    *good = leie_blocklu_factor(G, c_n, ld, pivot, G + c_n * ld) < 0;
    if (*good)
        leie_blocklu_solve(G, c_n, ld, pivot, false, g->q, own);
    for (leie_size r = 0; r < c_n; r++)
        for (leie_size a = 0; a < g->q; a++)
            x[r * g->K + d * g->q + a] = *good ? own[r * g->q + a] : 0;
done:
    leie_free(dense);
    leie_free(P);
    leie_free(G);
    leie_free(own);
    leie_free(pivot);
    return st;
}

// x_J [columns, K] of all draws from L_J y*; side = dA x_J.
static leie_status settle(widening *g, double *x, const double *from, double *next, bool *good, leie_error *err)
{
    double tolerance = leie_montecarlo_tolerance(g->mc->work), goal = fmax(MARGIN * tolerance, FINEST);
    settling *s = leie_new(g->lanes, sizeof *s);
    leie_status st = s ? LEIE_OK : leie_fail_memory(err, "draws of columns", g->lanes, sizeof *s);
    bool open = true, factored = false;
    memcpy(x, from, (size_t)(g->J->columns * g->K) * sizeof *x);
    for (leie_size step = 0; !st && open && step < STEPS; step++) {
        st = project(g, next, x, NULL, 0, err);
        open = false;
        for (leie_size d = 0; d < g->lanes && !st; d++) {
            take_step(g, d, step, goal, x, from, next, &s[d]);
            open |= !s[d].settled && !s[d].lost;
        }
    }
    for (leie_size d = 0; d < g->lanes && !st; d++)
        if (!s[d].settled) {
            st = factor_draw(g, d, x, from, &good[g->first + d], err);
            factored = true;
        }
    leie_free(s);
    return st || !factored ? st : project(g, next, x, NULL, 0, err);
}

// y~ = y* + side.
static leie_status add_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const widening *g = ctx;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++)
        for (leie_size c = 0; c < g->K; c++)
            g->widened[(i * g->batch + g->first) * g->q + c] += g->J->side[i * g->K + c];
    return LEIE_OK;
}

static leie_status widen_lanes(widening *g, bool *good, leie_error *err)
{
    const leie_narrow *J = g->J;
    leie_size room = J->columns * g->K, at = g->first * g->q, ld = g->batch * g->q;
    double *from = J->x, *x = from + room, *next = x + room;
    leie_status st = leie_parallel_for(J->columns, 1, draw_columns, g, err);
    st = st ? st : project(g, from, NULL, g->widened + at, ld, err); // L_J y*
    st = st ? st : settle(g, x, from, next, good, err);
    for (leie_size c = 0; !st && c < J->columns; c++)
        memcpy(J->own + c * ld + at, x + c * g->K, (size_t)g->K * sizeof *x);
    return st ? st : leie_parallel_for(g->n, ROWS, add_rows, g, err);
}

leie_status leie_narrow_widen(leie_montecarlo *mc, leie_size batch, double *y, bool *good, leie_error *err)
{
    leie_narrow *J = &mc->work->narrow;
    widening g = {.mc = mc, .J = J, .batch = batch, .q = mc->q, .n = mc->work->n, .widened = y};
    leie_size ld = batch * mc->q;
    leie_status st = LEIE_OK;
    memset(J->total, 0, (size_t)ld * sizeof *J->total);
    for (leie_size i = 0; i < g.n; i++)
        for (leie_size c = 0; c < ld; c++)
            J->total[c] += fabs(y[i * ld + c]);
    for (; !st && g.first < batch; g.first += g.lanes) {
        g.lanes = batch - g.first < J->lanes ? batch - g.first : J->lanes;
        g.K = g.lanes * g.q;
        st = widen_lanes(&g, good, err);
    }
    return st;
}

leie_status leie_narrow_gap(leie_montecarlo *mc, leie_size batch, const double *x, const double *y, double *gap, leie_error *err)
{
    leie_narrow *J = &mc->work->narrow;
    leie_size K = batch * mc->q, n = mc->work->n;
    widening g = {.mc = mc, .J = J, .batch = batch, .q = mc->q, .lanes = batch, .K = K, .n = n};
    const double *own = J->own; // as leie_narrow_widen left it
    double *rows = x ? NULL : leie_new(J->columns, (size_t)K * sizeof *rows), *size = leie_new(K, sizeof *size);
    leie_status st = size && (x || rows) ? LEIE_OK : leie_fail_memory(err, "draws of columns", K, sizeof *size);
    if (!st && !x)
        st = project(&g, rows, NULL, y, K, err);
    for (leie_size i = 0; !st && i < n; i++)
        for (leie_size c = 0; c < K; c++)
            size[c] += fabs(y[i * K + c]);
    for (leie_size c = 0; !st && c < K; c++)
        gap[c] = 0;
    for (leie_size j = 0; !st && j < J->columns; j++)
        for (leie_size c = 0; c < K; c++) {
            double solved = x ? x[J->column[j] * K + c] : rows[j * K + c];
            gap[c] += J->size[j * batch + c / mc->q] * fabs(solved - own[j * K + c]);
        }
    for (leie_size c = 0; !st && c < K; c++)
        gap[c] = gap[c] > 0 ? gap[c] / size[c] : 0;
    leie_free(size);
    leie_free(rows);
    return st;
}
