/* d domestic, m imported, w the region that stands for all imports. The new table:
 *
 *          country   w            country
 *   Z =  [   Z       0    ]   Y = [  Y  ]   x = [ x, x_w ]
 *        [   Z_m     Z_ww ]       [ Y_m ]
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/imports.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/linear/linsys.h"
#include "solver/table/table_impl.h"

// ---- closing ----

// What the closing works on; arrays are borrowed but x_w, scale and technology.
typedef struct closing {
    const leie_table *t;
    const leie_matrix *Zm;
    const double *Ym, *multipliers;
    bool domestic;
    double *need;           // [n] b = Z_m e + Y_m e
    double *x_w;            // [n]
    double *scale;          // [n] 1 / x, 0 where x = 0
    leie_matrix technology; // Z + Z_m, dense; empty with given multipliers
} closing;

static void closing_clear(closing *c)
{
    leie_free(c->need);
    leie_free(c->x_w);
    leie_free(c->scale);
    leie_matrix_free(&c->technology);
}

static leie_status check_closing(const closing *c, const char *region, leie_error *err)
{
    const leie_table *t = c->t;
    leie_size n = t->sector.n;
    if (t->sector.region.n != 1)
        return leie_fail(err, LEIE_ERR_SHAPE, "imports close a table of one region: this one has %lld",
                         (long long)t->sector.region.n);
    if (strcmp(t->sector.region.code[0], region) == 0)
        return leie_fail(err, LEIE_ERR_DATA, "the region of imports '%s' is the table's own", region);
    if (c->Zm->rows != n || c->Zm->cols != n)
        return leie_fail(err, LEIE_ERR_SHAPE, "imported use is %lld x %lld: expected %lld x %lld",
                         (long long)c->Zm->rows, (long long)c->Zm->cols, (long long)n, (long long)n);
    if (t->demand.n > 0 && !c->Ym)
        return leie_fail(err, LEIE_ERR_SHAPE, "imported final use is missing: the table has %lld final-demand columns",
                         (long long)t->demand.n);
    if (!t->x)
        return leie_fail(err, LEIE_ERR_DATA, "imports need the table's output x");
    if (!c->domestic && t->stressor.n > 0 && !c->multipliers)
        return leie_fail(err, LEIE_ERR_DATA, "imports by given multipliers need the multipliers");
    return LEIE_OK;
}

// b = Z_m e + Y_m e
static void sum_need(closing *c)
{
    leie_size m = c->t->demand.n;
    for (leie_size i = 0; i < c->t->sector.n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(c->Zm, i, &col, &val);
        leie_acc sum = {0};
        for (leie_size k = 0; k < count; k++)
            leie_acc_add(&sum, val[k]);
        for (leie_size f = 0; f < m; f++)
            leie_acc_add(&sum, c->Ym[i * m + f]);
        c->need[i] = leie_acc_value(&sum);
    }
}

static leie_status add_technology(closing *c, leie_error *err)
{
    leie_status st = leie_matrix_copy(&c->technology, &c->t->Z, LEIE_DENSE, err);
    for (leie_size i = 0; !st && i < c->t->sector.n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(c->Zm, i, &col, &val);
        for (leie_size k = 0; k < count; k++)
            c->technology.val[i * c->technology.ld + (col ? col[k] : k)] += val[k];
    }
    return st;
}

// (I - A_w) x_w = b
static leie_status solve_output(closing *c, leie_error *err)
{
    leie_linsys *sys = NULL;
    leie_linsys_opts opts = {.method = LEIE_SOLVER_LU};
    leie_status st = leie_linsys_setup(&sys, &c->technology, c->scale, &c->t->sector, &opts, err);
    if (!st)
        st = leie_linsys_solve(sys, false, 1, c->x_w, c->need, NULL, err);
    if (!st && !leie_linsys_state(sys)->converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "output of the region of imports: residual %.3g",
                       leie_linsys_state(sys)->residual);
    leie_linsys_free(sys);
    return st;
}

static leie_status find_output(closing *c, leie_error *err)
{
    leie_size n = c->t->sector.n;
    c->need = leie_new(n, sizeof *c->need);
    c->x_w = leie_new(n, sizeof *c->x_w);
    c->scale = leie_new(n, sizeof *c->scale);
    if (!c->need || !c->x_w || !c->scale)
        return leie_fail_memory(err, "imports", 3 * n, sizeof *c->x_w);
    for (leie_size i = 0; i < n; i++)
        c->scale[i] = c->t->x[i] != 0 ? 1 / c->t->x[i] : 0;
    sum_need(c);
    if (!c->domestic) {
        memcpy(c->x_w, c->need, (size_t)n * sizeof *c->x_w);
        return LEIE_OK;
    }
    leie_status st = add_technology(c, err);
    return st ? st : solve_output(c, err);
}

static leie_status close_axis(leie_axis *axis, const leie_axis *old, const char *region, const char *name,
                              leie_error *err)
{
    leie_status st = leie_axis_copy(axis, old, err);
    for (leie_size i = 0; !st && i < old->n; i++) {
        leie_size at = leie_axis_add(axis, region, old->code[i], old->name[i], old->unit[i], old->kind[i], err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    if (!st && old->n > 0)
        st = leie_text_set(&axis->region.name[1], name, err);
    return st;
}

// Adds the rows of a matrix at (row, col) of the one under construction, column j times scale[j].
static leie_status add_block(leie_cells *cells, const leie_matrix *m, leie_size row, leie_size col, const double *x_w,
                             const double *scale, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < m->rows; i++) {
        const leie_index *at;
        const double *val;
        leie_size count = leie_matrix_row(m, i, &at, &val);
        for (leie_size k = 0; !st && k < count; k++) {
            leie_size j = at ? at[k] : k;
            double value = scale ? val[k] * scale[j] * x_w[j] : val[k];
            if (value != 0)
                st = leie_cells_add(cells, row + i, col + j, value, err);
        }
    }
    return st;
}

static leie_status close_Z(leie_matrix *Z, const closing *c, leie_error *err)
{
    leie_size n = c->t->sector.n;
    leie_cells cells = {0};
    leie_status st = add_block(&cells, &c->t->Z, 0, 0, NULL, NULL, err);
    if (!st)
        st = add_block(&cells, c->Zm, n, 0, NULL, NULL, err);
    if (!st && c->domestic) // Z_ww = A_w diag(x_w)
        st = add_block(&cells, &c->technology, n, n, c->x_w, c->scale, err);
    if (!st)
        st = leie_matrix_from_cells(Z, 2 * n, 2 * n, &cells, NULL, err);
    leie_cells_free(&cells);
    return st;
}

// Rows [rows, n] get n more columns: rows diag(scale) diag(x_w), or by_unit diag(x_w), or zero.
static leie_status close_rows(double **to, const double *from, leie_size rows, const closing *c, const double *by_unit,
                              const char *what, leie_error *err)
{
    leie_size n = c->t->sector.n;
    if (!from)
        return LEIE_OK;
    *to = leie_new(rows * 2 * n, sizeof **to);
    if (!*to)
        return leie_fail_memory(err, what, rows * 2 * n, sizeof **to);
    for (leie_size s = 0; s < rows; s++) {
        double *row = *to + s * 2 * n;
        memcpy(row, from + s * n, (size_t)n * sizeof *row);
        for (leie_size j = 0; j < n; j++)
            row[n + j] = c->domestic ? from[s * n + j] * c->scale[j] * c->x_w[j]
                         : by_unit   ? by_unit[s * n + j] * c->x_w[j]
                                     : 0;
    }
    return LEIE_OK;
}

static leie_status close_flows(leie_table *to, const closing *c, leie_error *err)
{
    const leie_table *t = c->t;
    leie_size n = t->sector.n, m = t->demand.n;
    leie_status st = close_Z(&to->Z, c, err);
    if (!st)
        st = close_rows(&to->x, t->x, 1, c, NULL, "x", err);
    if (!st)
        st = close_rows(&to->W, t->W, t->input.n, c, NULL, "W", err);
    if (!st)
        st = close_rows(&to->F, t->F, t->stressor.n, c, c->multipliers, "F", err);
    if (!st)
        st = leie_numbers_copy(&to->F_Y, t->F_Y, t->stressor.n * m, "F_Y", err);
    if (st)
        return st;
    memcpy(to->x + n, c->x_w, (size_t)n * sizeof *to->x);
    to->Y = leie_new(2 * n * m, sizeof *to->Y);
    if (!to->Y)
        return leie_fail_memory(err, "Y", 2 * n * m, sizeof *to->Y);
    if (m > 0) {
        memcpy(to->Y, t->Y, (size_t)(n * m) * sizeof *to->Y);
        memcpy(to->Y + n * m, c->Ym, (size_t)(n * m) * sizeof *to->Y);
    }
    return LEIE_OK;
}

static leie_status note_closing(leie_table *to, const closing *c, const char *region, leie_error *err)
{
    const leie_table *t = c->t;
    leie_size n = t->sector.n, alien = 0;
    leie_acc unmade = {0};
    for (leie_size i = 0; i < n; i++)
        if (t->x[i] == 0 && c->need[i] != 0) {
            alien++;
            leie_acc_add(&unmade, c->need[i]);
        }
    leie_status st =
        leie_provenance_note(&to->provenance, LEIE_NOTE_ASSUMED, n, err,
                             "imports of %.9g %s come from a region '%s' %s; its output is %.9g %s",
                             leie_sum(c->need, n, 1), leie_sector_unit(t, 0), region,
                             c->domestic ? "with the technology and pressures of the country (domestic technology)"
                                         : "with given multipliers and no purchases",
                             leie_sum(c->x_w, n, 1), leie_sector_unit(t, 0));
    if (!st && alien > 0 && c->domestic)
        st = leie_provenance_note(&to->provenance, LEIE_NOTE_ASSUMED, alien, err,
                                  "%.9g %s of imports in %lld sectors without output at home: no technology, counted "
                                  "without purchases and pressures",
                                  leie_acc_value(&unmade), leie_sector_unit(t, 0), (long long)alien);
    return st;
}

leie_status leie_table_close_imports(leie_table *t, const char *region, const char *name, leie_import_method method,
                                     const leie_matrix *Zm, const double *Ym, const double *multipliers,
                                     leie_error *err)
{
    leie_table to = {0};
    closing c = {
        .t = t, .Zm = Zm, .Ym = Ym, .multipliers = multipliers, .domestic = method == LEIE_IMPORTS_DOMESTIC_TECHNOLOGY};
    leie_status st = check_closing(&c, region, err);
    if (!st)
        st = find_output(&c, err);
    if (!st)
        st = leie_table_like(&to, t, err);
    if (!st)
        st = close_axis(&to.sector, &t->sector, region, name, err);
    if (!st)
        st = leie_axis_copy(&to.demand, &t->demand, err);
    if (!st)
        st = close_flows(&to, &c, err);
    if (!st)
        st = note_closing(&to, &c, region, err);
    if (!st)
        leie_table_replace(t, &to);
    leie_table_clear(&to);
    closing_clear(&c);
    return st;
}

// ---- derived extensions ----

// v_j = x_j - sum over i of Z_ij
static leie_status value_added(double *v, const leie_table *t, leie_error *err)
{
    leie_acc *sum = leie_new(t->sector.n, sizeof *sum);
    if (!sum)
        return leie_fail_memory(err, "value added", t->sector.n, sizeof *sum);
    for (leie_size j = 0; j < t->sector.n; j++)
        leie_acc_add(&sum[j], t->x[j]);
    for (leie_size i = 0; i < t->sector.n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&t->Z, i, &col, &val);
        for (leie_size k = 0; k < count; k++)
            leie_acc_add(&sum[col ? col[k] : k], -val[k]);
    }
    for (leie_size j = 0; j < t->sector.n; j++)
        v[j] = leie_acc_value(&sum[j]);
    leie_free(sum);
    return LEIE_OK;
}

static leie_status check_derive(const leie_table *t, const char *what, bool added, leie_error *err)
{
    if (!added && strcmp(what, "inputs") != 0)
        return leie_fail(err, LEIE_ERR_USAGE, "'%s' cannot be derived: expected value_added or inputs", what);
    if (added && !t->x)
        return leie_fail(err, LEIE_ERR_DATA, "value added needs the table's output x");
    if (!added && !t->W)
        return leie_fail(err, LEIE_ERR_DATA, "the table has no primary inputs W");
    if (!t->unit || !t->unit[0])
        return leie_fail(err, LEIE_ERR_UNIT, "the table has no unit of money for '%s'", what);
    char place[LEIE_PLACE_MAX];
    for (leie_size i = 0; i < t->sector.n; i++)
        if (strcmp(leie_sector_unit(t, i), t->unit) != 0)
            return leie_fail(err, LEIE_ERR_UNIT, "'%s' needs every sector in the table's unit '%s': %s is in '%s'",
                             what, t->unit, leie_axis_place(place, &t->sector, i), leie_sector_unit(t, i));
    return LEIE_OK;
}

static leie_status derived_labels(leie_labels *rows, const leie_table *t, bool added, leie_error *err)
{
    leie_size at = 0;
    if (added)
        at = leie_labels_add(rows, "value_added", "value added", t->unit, NULL, err);
    for (leie_size v = 0; !added && at >= 0 && v < t->input.n; v++)
        at = leie_labels_add(rows, t->input.code[v], t->input.name[v], t->input.unit[v][0] ? t->input.unit[v] : t->unit,
                             NULL, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

leie_status leie_table_derive(leie_table *t, const char *what, const char *extension, leie_error *err)
{
    bool added = strcmp(what, "value_added") == 0;
    leie_size n = t->sector.n, notes = t->provenance.notes;
    leie_labels rows = {0};
    double *v = NULL;
    leie_status st = check_derive(t, what, added, err);
    if (!st)
        st = derived_labels(&rows, t, added, err);
    if (st)
        goto done;
    v = leie_new(rows.n * n, sizeof *v);
    if (!v) {
        st = leie_fail_memory(err, extension, rows.n * n, sizeof *v);
        goto done;
    }
    if (added)
        st = value_added(v, t, err);
    else
        memcpy(v, t->W, (size_t)(rows.n * n) * sizeof *v);
    if (!st)
        st = leie_provenance_note(&t->provenance, LEIE_NOTE_DONE, rows.n, err, "extension '%s': %s, %.9g %s in all",
                                  extension, added ? "value added x_j - sum of Z_ij" : "the primary inputs W",
                                  leie_sum(v, rows.n * n, 1), t->unit);
    if (st)
        goto done;
    leie_size first = leie_table_add_stressors(t, &rows, extension, "", err);
    if (first < 0) {
        leie_provenance_rewind(&t->provenance, notes);
        st = (leie_status)first;
        goto done;
    }
    memcpy(t->F + first * n, v, (size_t)(rows.n * n) * sizeof *v);
done:
    leie_labels_clear(&rows);
    leie_free(v);
    return st;
}
