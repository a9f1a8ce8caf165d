// SPDX-License-Identifier: GPL-3.0-or-later
/* The new table of a disaggregation, from what its parts take and sell. */
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/disaggregate_impl.h"

enum { LIST_MAX = 384 };

typedef leie_cut cut;
typedef leie_cutting work;

static leie_status add_part_rows(leie_cells *cells, const work *w, const cut *c, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size k = 0; k < w->K; k++)
        for (leie_size j = 0; !st && j < w->nn; j++)
            if (c->rows[k * (w->nn + w->m) + j] != 0)
                st = leie_cells_add(cells, c->to + k, j, c->rows[k * (w->nn + w->m) + j], err);
    return st;
}

leie_status leie_cutting_Z(work *w, leie_error *err)
{
    leie_cells cells = {0};
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < w->n; i++) {
        if (w->of[i] >= 0) {
            st = add_part_rows(&cells, w, &w->cut[w->of[i]], err);
            continue;
        }
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&w->t->Z, i, &col, &val);
        for (leie_size at = 0; !st && at < count; at++) {
            leie_size j = col ? col[at] : at;
            if (w->of[j] < 0 && val[at] != 0)
                st = leie_cells_add(&cells, w->moved[i], w->moved[j], val[at], err);
            for (leie_size k = 0; !st && w->of[j] >= 0 && k < w->K; k++) {
                double part = w->cut[w->of[j]].columns[i * w->K + k];
                if (part != 0)
                    st = leie_cells_add(&cells, w->moved[i], w->moved[j] + k, part, err);
            }
        }
    }
    if (!st)
        st = leie_matrix_from_cells(&w->to.Z, w->nn, w->nn, &cells, NULL, err);
    leie_cells_free(&cells);
    return st;
}

static leie_status new_array(double **to, const double *from, leie_size count, const char *what, leie_error *err)
{
    if (!from)
        return LEIE_OK;
    *to = leie_new(count, sizeof **to);
    return *to ? LEIE_OK : leie_fail_memory(err, what, count, sizeof **to);
}

// Shares of every stressor: [K, k] for one cut.
static leie_status cut_extensions(work *w, const cut *c, leie_error *err)
{
    leie_size k = w->t->stressor.n, K = w->K;
    leie_places places = {.list = &w->t->stressor, .what = "stressor"};
    leie_places_count(&places);
    leie_status st = leie_part_weights(w->weight, w->set, w->given, w->d, LEIE_PART_EXTENSION, w->t->sector.region.code[c->r],
                                       &places, err);
    for (leie_size s = 0; !st && s < k; s++) {
        if (w->given[s])
            st = leie_cut_to_one(w, w->weight + s, k, "shares of", w->t->stressor.code[s], c, err);
        for (leie_size q = 0; !st && q < K; q++)
            w->to.F[s * w->nn + c->to + q] =
                w->t->F[s * w->n + c->p] * (w->given[s] ? w->weight[q * k + s] : c->output[q]);
    }
    return st;
}

leie_status leie_cutting_arrays(work *w, leie_error *err)
{
    const leie_table *t = w->t;
    leie_table *to = &w->to;
    leie_size n = w->n, nn = w->nn, m = w->m, k = t->stressor.n, K = w->K;
    leie_status st = new_array(&to->Y, t->Y, nn * m, "Y", err);
    if (!st)
        st = new_array(&to->x, t->x, nn, "x", err);
    if (!st)
        st = new_array(&to->W, t->W, w->v * nn, "W", err);
    if (!st)
        st = new_array(&to->F, t->F, k * nn, "F", err);
    if (!st)
        st = leie_numbers_copy(&to->F_Y, t->F_Y, k * m, "F_Y", err);
    for (leie_size i = 0; !st && i < n; i++) {
        leie_size at = w->moved[i];
        const cut *c = w->of[i] >= 0 ? &w->cut[w->of[i]] : NULL;
        for (leie_size q = 0; q < (c ? K : 1); q++) {
            to->x[at + q] = c ? c->output[q] * t->x[i] : t->x[i];
            for (leie_size f = 0; f < m; f++)
                to->Y[(at + q) * m + f] = c ? c->rows[q * (nn + m) + nn + f] : t->Y[i * m + f];
            for (leie_size u = 0; u < w->v; u++)
                to->W[u * nn + at + q] = c ? c->columns[(n + u) * K + q] : t->W[u * n + i];
            for (leie_size s = 0; !c && s < k; s++)
                to->F[s * nn + at] = t->F[s * n + i];
        }
    }
    for (leie_size c = 0; !st && k && c < w->cuts; c++)
        st = cut_extensions(w, &w->cut[c], err);
    return st;
}

leie_status leie_cutting_note(work *w, leie_error *err)
{
    char list[LIST_MAX] = "";
    for (leie_size k = 0; k < w->K; k++) {
        leie_acc part = {0}, all = {0};
        for (leie_size c = 0; c < w->cuts; c++) {
            leie_acc_add(&part, w->to.x[w->cut[c].to + k]);
            leie_acc_add(&all, w->t->x[w->cut[c].p]);
        }
        size_t used = strlen(list);
        double x = leie_acc_value(&all);
        snprintf(list + used, sizeof list - used, "%s%s (%.1f %% of output)", k ? ", " : "", w->d->part.code[k],
                 x != 0 ? 100 * leie_acc_value(&part) / x : 0);
    }
    leie_status st = leie_provenance_note(&w->to.provenance, LEIE_NOTE_DONE, w->cuts, err,
                                          "sector %s cut in %lld regions into %s", w->d->sector, (long long)w->cuts, list);
    if (!st && w->move > 0)
        st = leie_provenance_note(&w->to.provenance, LEIE_NOTE_DONE, w->cuts, err,
                                  "parts of %s balanced to their shares of output: the largest move is %.6g %s, %s",
                                  w->d->sector, w->move, w->t->unit ? w->t->unit : "", w->moved_place);
    if (!st && w->scaled)
        st = leie_provenance_note(&w->to.provenance, LEIE_NOTE_REPAIRED, w->scaled, err,
                                  "parts of %s: %lld sets of shares did not sum to one and were scaled", w->d->sector,
                                  (long long)w->scaled);
    if (!st && leie_table_odd_unit(w->t) >= 0)
        st = leie_provenance_note(&w->to.provenance, LEIE_NOTE_ASSUMED, w->cuts, err,
                                  "parts of %s: columns are not balanced, since the table has rows of several units",
                                  w->d->sector);
    return st;
}
