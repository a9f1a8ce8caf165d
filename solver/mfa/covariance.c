// SPDX-License-Identifier: GPL-3.0-or-later
/* Covariances of reconciled values, column by column.
 *
 *   y = b u                       a variable by the measured ones, in their standard deviations
 *   Cov(v, y) = (I - A' (A A')^-1 A) b'          for measured v; unknown ones follow by their pivot rows
 *
 * One column costs a solve with the factor and two passes over the pivot rows, and holds the covariance with every variable.
 */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/mfa/reconcile_impl.h"

typedef struct column {
    double *value;  // [n]
    double *weight; // [unknowns] of pivot rows
    double *rows;   // [m'] A b'
    double *work;   // [m']
} column;

// b of variable j into value (measured ones), by the pivot rows that it follows from.
static void express(column *x, const leie_solving *w, leie_size j)
{
    const leie_echelon *e = &w->at.e;
    memset(x->value, 0, (size_t)w->s->n * sizeof *x->value);
    if (w->role[j] == LEIE_ROLE_MEASURED) {
        x->value[j] = 1;
        return;
    }
    memset(x->weight, 0, (size_t)w->at.unknowns * sizeof *x->weight);
    x->weight[e->pivot_of[j]] = 1;
    for (leie_size p = e->pivot_of[j]; p < w->at.unknowns; p++) {
        leie_size row = e->pivot_row[p];
        double f = -x->weight[p] / e->pivot_val[p];
        for (leie_size t = e->start[row]; f != 0 && t < e->start[row] + e->length[row]; t++) {
            leie_index c = e->col[t];
            if (c == e->pivot_col[p])
                continue;
            if (w->role[c] == LEIE_ROLE_UNKNOWN && e->pivot_of[c] >= 0)
                x->weight[e->pivot_of[c]] += f * e->val[t];
            else if (w->role[c] == LEIE_ROLE_MEASURED)
                x->value[c] += f * e->val[t];
        }
    }
}

// value = (I - A' (A A')^-1 A) value over measured variables.
static void project(column *x, const leie_solving *w)
{
    const leie_linearised *at = &w->at;
    for (leie_size k = 0; k < at->rows; k++) {
        x->rows[k] = 0;
        for (leie_size t = at->first[k]; t < at->first[k + 1]; t++)
            if (w->role[at->col[t]] == LEIE_ROLE_MEASURED)
                x->rows[k] += at->val[t] * x->value[at->col[t]];
    }
    leie_cholesky_solve(&at->factor, x->rows, x->work);
    for (leie_size i = 0; i < w->s->n; i++)
        for (leie_size t = at->col_first[i]; w->role[i] == LEIE_ROLE_MEASURED && t < at->col_first[i + 1]; t++)
            x->value[i] -= at->col_val[t] * x->rows[at->col_row[t]];
}

// Unknown variables from the rows that they follow from, the last pivot first.
static void substitute(column *x, const leie_solving *w)
{
    const leie_echelon *e = &w->at.e;
    for (leie_size p = w->at.unknowns - 1; p >= 0; p--) {
        leie_size row = e->pivot_row[p];
        double sum = 0;
        for (leie_size t = e->start[row]; t < e->start[row] + e->length[row]; t++)
            if (e->col[t] != e->pivot_col[p])
                sum -= e->val[t] * x->value[e->col[t]];
        x->value[e->pivot_col[p]] = sum / e->pivot_val[p];
    }
}

// 1: it varies, 0: it does not, NaN: nothing determines it.
static double varies(const leie_solving *w, leie_size i)
{
    if (w->role[i] == LEIE_ROLE_UNKNOWN)
        return w->at.free[i] ? NAN : 1;
    return w->role[i] == LEIE_ROLE_MEASURED;
}

leie_status leie_reconcile_covariance(double *covariance, const leie_solving *w, leie_size chosen, const leie_index *choose, leie_error *err)
{
    leie_size rows = w->at.rows, unknowns = w->at.unknowns;
    column x = {leie_new(w->s->n, sizeof(double)), leie_new(unknowns, sizeof(double)), leie_new(rows, sizeof(double)), leie_new(rows, sizeof(double))};
    bool good = x.value && x.weight && x.rows && x.work;
    for (leie_size b = 0; b < chosen && good; b++) {
        leie_size j = choose[b];
        double there = varies(w, j);
        if (there == 1) {
            express(&x, w, j);
            project(&x, w);
            substitute(&x, w);
        }
        for (leie_size a = 0; a < chosen; a++) {
            double both = there * varies(w, choose[a]);
            covariance[a * chosen + b] = both == 1 ? w->scale[j] * w->scale[choose[a]] * x.value[choose[a]] : both;
        }
    }
    leie_free(x.value);
    leie_free(x.weight);
    leie_free(x.rows);
    leie_free(x.work);
    return good ? LEIE_OK : leie_fail_memory(err, "covariances", w->s->n + unknowns + 2 * rows, sizeof(double));
}
