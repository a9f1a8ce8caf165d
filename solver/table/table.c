// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/table.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/sum.h"
#include "solver/table/table_impl.h"

// Totals closer than this count as equal; published tables are rounded far above it.
static const double SAME = 1e-9;

static void free_strings(char **list, leie_size n)
{
    for (leie_size i = 0; list && i < n; i++)
        leie_free(list[i]);
    leie_free(list);
}

void leie_table_clear(leie_table *t)
{
    char *text[] = {t->currency, t->unit, t->valuation, t->prices, t->system, t->source, t->licence};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        leie_free(text[i]);
    free_strings(t->extension, t->stressor.n);
    free_strings(t->basis, t->stressor.n);
    leie_axis_clear(&t->sector);
    leie_axis_clear(&t->demand);
    leie_matrix_free(&t->Z);
    leie_labels_clear(&t->input);
    leie_labels_clear(&t->stressor);
    double *array[] = {t->Y, t->W, t->x, t->F, t->F_Y};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++)
        leie_free(array[i]);
    leie_provenance_clear(&t->provenance);
    leie_adjustments_clear(&t->adjusted);
    *t = (leie_table){0};
}

// ---- what the building steps share ----

leie_status leie_text_set(char **to, const char *text, leie_error *err)
{
    char *copy = leie_strdup(text ? text : "");
    if (!copy)
        return leie_fail_memory(err, "text", 1, text ? strlen(text) : 0);
    leie_free(*to);
    *to = copy;
    return LEIE_OK;
}

leie_status leie_numbers_copy(double **to, const double *from, leie_size count, const char *what, leie_error *err)
{
    if (!from)
        return LEIE_OK;
    *to = leie_new(count, sizeof **to);
    if (!*to)
        return leie_fail_memory(err, what, count, sizeof **to);
    memcpy(*to, from, (size_t)count * sizeof **to);
    return LEIE_OK;
}

static leie_status copy_strings(char ***to, char *const *from, leie_size n, leie_error *err)
{
    if (!from)
        return LEIE_OK;
    *to = leie_new(n, sizeof **to);
    if (!*to)
        return leie_fail_memory(err, "texts", n, sizeof **to);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < n; i++)
        st = leie_text_set(&(*to)[i], from[i], err);
    return st;
}

// Texts that were NULL stay NULL.
static leie_status copy_texts(leie_table *to, const leie_table *from, leie_error *err)
{
    char **target[] = {&to->currency, &to->unit, &to->valuation, &to->prices, &to->system, &to->source, &to->licence};
    const char *text[] = {from->currency, from->unit,   from->valuation, from->prices,
                          from->system,   from->source, from->licence};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof text / sizeof *text; i++)
        if (text[i])
            st = leie_text_set(target[i], text[i], err);
    return st;
}

leie_status leie_table_like(leie_table *to, const leie_table *from, leie_error *err)
{
    to->year = from->year;
    leie_status st = copy_texts(to, from, err);
    if (!st)
        st = leie_labels_copy(&to->input, &from->input, err);
    if (!st)
        st = leie_labels_copy(&to->stressor, &from->stressor, err);
    if (!st)
        st = copy_strings(&to->extension, from->extension, from->stressor.n, err);
    if (!st)
        st = copy_strings(&to->basis, from->basis, from->stressor.n, err);
    if (!st)
        st = leie_provenance_copy(&to->provenance, &from->provenance, err);
    if (!st)
        st = leie_adjustments_copy(&to->adjusted, &from->adjusted, err);
    return st;
}

void leie_table_replace(leie_table *t, leie_table *by)
{
    leie_table_clear(t);
    *t = *by;
    *by = (leie_table){0};
}

const char *leie_axis_place(char *place, const leie_axis *axis, leie_size i)
{
    snprintf(place, LEIE_PLACE_MAX, "%s %s", axis->region.code[axis->of[i]], axis->code[i]);
    return place;
}

const char *leie_sector_unit(const leie_table *t, leie_size i)
{
    if (t->sector.unit[i][0])
        return t->sector.unit[i];
    return t->unit ? t->unit : "";
}

leie_size leie_table_odd_unit(const leie_table *t)
{
    for (leie_size i = 1; i < t->sector.n; i++)
        if (strcmp(leie_sector_unit(t, i), leie_sector_unit(t, 0)) != 0)
            return i;
    return -1;
}

// ---- copy and growth ----

leie_status leie_table_copy(leie_table *to, const leie_table *from, leie_error *err)
{
    leie_size n = from->sector.n, m = from->demand.n, k = from->stressor.n;
    leie_status st = leie_table_like(to, from, err);
    if (!st)
        st = leie_axis_copy(&to->sector, &from->sector, err);
    if (!st)
        st = leie_axis_copy(&to->demand, &from->demand, err);
    if (!st && from->Z.rows > 0)
        st = leie_matrix_copy(&to->Z, &from->Z, from->Z.form, err);
    if (!st)
        st = leie_numbers_copy(&to->Y, from->Y, n * m, "Y", err);
    if (!st)
        st = leie_numbers_copy(&to->W, from->W, from->input.n * n, "W", err);
    if (!st)
        st = leie_numbers_copy(&to->x, from->x, n, "x", err);
    if (!st)
        st = leie_numbers_copy(&to->F, from->F, k * n, "F", err);
    if (!st)
        st = leie_numbers_copy(&to->F_Y, from->F_Y, k * m, "F_Y", err);
    if (st)
        leie_table_clear(to);
    return st;
}

// A list of `old` owned strings with `more` copies of text behind them. The old strings are shared until
// the caller drops one of the two lists.
static char **longer_strings(char *const *list, leie_size old, leie_size more, const char *text)
{
    char **longer = leie_new(old + more, sizeof *longer);
    if (!longer)
        return NULL;
    for (leie_size i = 0; i < old; i++)
        longer[i] = list[i];
    for (leie_size i = old; i < old + more; i++) {
        longer[i] = leie_strdup(text ? text : "");
        if (!longer[i]) {
            while (i-- > old)
                leie_free(longer[i]);
            return leie_free(longer);
        }
    }
    return longer;
}

static double *longer_rows(const double *rows, leie_size old, leie_size more, leie_size width)
{
    double *longer = leie_new((old + more) * width, sizeof *longer);
    if (longer && rows)
        memcpy(longer, rows, (size_t)(old * width) * sizeof *longer);
    return longer;
}

static leie_status append_labels(leie_labels *labels, const leie_labels *more, leie_error *err)
{
    for (leie_size i = 0; i < more->n; i++) {
        leie_size at = leie_labels_add(labels, more->code[i], more->name[i], more->unit[i], more->kind[i], err);
        if (at < 0)
            return (leie_status)at;
    }
    return LEIE_OK;
}

leie_size leie_table_add_stressors(leie_table *t, const leie_labels *stressor, const char *extension, const char *basis,
                                   leie_error *err)
{
    leie_size old = t->stressor.n, more = stressor->n;
    char **extensions = NULL, **bases = NULL;
    double *F = NULL, *F_Y = NULL;
    leie_labels labels = {0};
    leie_status st = leie_labels_copy(&labels, &t->stressor, err);
    if (!st)
        st = append_labels(&labels, stressor, err);
    if (st)
        goto done;
    extensions = longer_strings(t->extension, old, more, extension);
    bases = longer_strings(t->basis, old, more, basis);
    F = longer_rows(t->F, old, more, t->sector.n);
    F_Y = longer_rows(t->F_Y, old, more, t->demand.n);
    if (!extensions || !bases || !F || !F_Y) {
        st = leie_fail_memory(err, "stressors", (old + more) * t->sector.n, sizeof *F);
        goto done;
    }
    leie_labels_clear(&t->stressor);
    leie_free(t->extension);
    leie_free(t->basis);
    leie_free(t->F);
    leie_free(t->F_Y);
    t->stressor = labels;
    t->extension = extensions;
    t->basis = bases;
    t->F = F;
    t->F_Y = F_Y;
    return old;
done:
    for (leie_size i = old; i < old + more; i++) {
        if (extensions)
            leie_free(extensions[i]);
        if (bases)
            leie_free(bases[i]);
    }
    leie_free(extensions);
    leie_free(bases);
    leie_free(F);
    leie_free(F_Y);
    leie_labels_clear(&labels);
    return st;
}

// ---- output ----

enum { TOTALS_GRAIN = 256 }; // rows that a thread takes at a time

typedef struct totals {
    double *x; // [n]
    const leie_table *t;
} totals;

// x = Z e + Y e, rows first .. last - 1
static leie_status row_totals(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const totals *all = ctx;
    leie_size m = all->t->demand.n;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&all->t->Z, i, &col, &val);
        leie_acc total = {0};
        leie_acc_add_all(&total, val, count);
        leie_acc_add_all(&total, all->t->Y + i * m, m);
        all->x[i] = leie_acc_value(&total);
    }
    return LEIE_OK;
}

/* The same from blocks, whose rows are dear: known sums, or a product with ones. */
static leie_status block_totals(double *x, const leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n, m = t->demand.n;
    const double *known = leie_matrix_known_sums(&t->Z);
    for (leie_size i = 0; known && i < n; i++)
        x[i] = known[i] + leie_sum(t->Y + i * m, m, 1);
    if (known)
        return LEIE_OK;
    double *ones = leie_new(n, sizeof *ones);
    if (!ones)
        return leie_fail_memory(err, "row sums", n, sizeof *ones);
    for (leie_size j = 0; j < n; j++)
        ones[j] = 1;
    leie_status st = leie_matrix_product(x, &t->Z, false, NULL, 1, ones, err);
    for (leie_size i = 0; !st && i < n; i++)
        x[i] += leie_sum(t->Y + i * m, m, 1);
    leie_free(ones);
    return st;
}

leie_status leie_table_row_totals(double *x, const leie_table *t, leie_error *err)
{
    if (t->Z.form == LEIE_BLOCKED)
        return block_totals(x, t, err);
    return leie_parallel_for(t->sector.n, TOTALS_GRAIN, row_totals, &(totals){x, t}, err);
}

// x = e'Z + e'W
static leie_status column_totals(double *x, const leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n;
    leie_acc *total = leie_new(n, sizeof *total);
    if (!total)
        return leie_fail_memory(err, "column sums", n, sizeof *total);
    for (leie_size i = 0; i < n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&t->Z, i, &col, &val);
        for (leie_size c = 0; c < count; c++)
            leie_acc_add(&total[col ? col[c] : c], val[c]);
    }
    for (leie_size w = 0; w < t->input.n; w++)
        for (leie_size j = 0; j < n; j++)
            leie_acc_add(&total[j], t->W[w * n + j]);
    for (leie_size j = 0; j < n; j++)
        x[j] = leie_acc_value(&total[j]);
    leie_free(total);
    return LEIE_OK;
}

// Notes how far another output is from the one chosen.
static leie_status note_difference(leie_table *t, const char *name, const double *other, const double *x,
                                   leie_error *err)
{
    leie_size off = 0, worst = -1;
    double largest = 0;
    for (leie_size i = 0; i < t->sector.n; i++) {
        double gap = fabs(other[i] - x[i]);
        if (!(gap <= SAME * fmax(fabs(other[i]), fabs(x[i]))))
            off++;
        if (gap > largest) {
            largest = gap;
            worst = i;
        }
    }
    if (off == 0 || worst < 0)
        return LEIE_OK;
    char place[LEIE_PLACE_MAX];
    return leie_provenance_note(&t->provenance, LEIE_NOTE_FOUND, off, err,
                                "%s differs from x in %lld of %lld sectors, most at %s: %.9g against %.9g %s", name,
                                (long long)off, (long long)t->sector.n, leie_axis_place(place, &t->sector, worst),
                                other[worst], x[worst], leie_sector_unit(t, worst));
}

static leie_status check_choice(const leie_table *t, leie_x_choice choice, const double *given, leie_error *err)
{
    if (t->Z.rows != t->sector.n || t->Z.cols != t->sector.n)
        return leie_fail(err, LEIE_ERR_SHAPE, "Z is %lld x %lld for %lld sectors", (long long)t->Z.rows,
                         (long long)t->Z.cols, (long long)t->sector.n);
    if (choice == LEIE_X_GIVEN && !given)
        return leie_fail(err, LEIE_ERR_DATA, "output as given was chosen, but the table gives no x");
    if (choice != LEIE_X_COLUMN)
        return LEIE_OK;
    if (!t->W)
        return leie_fail(err, LEIE_ERR_DATA, "output by column was chosen, but the table has no primary inputs W");
    leie_size odd = leie_table_odd_unit(t);
    char place[LEIE_PLACE_MAX];
    if (odd >= 0)
        return leie_fail(err, LEIE_ERR_DATA,
                         "output by column was chosen, but sectors have different units: %s in '%s', the first in '%s'",
                         leie_axis_place(place, &t->sector, odd), leie_sector_unit(t, odd), leie_sector_unit(t, 0));
    return LEIE_OK;
}

leie_status leie_table_set_x(leie_table *t, leie_x_choice choice, const double *given, leie_error *err)
{
    static const char *const name[] = {[LEIE_X_ROW] = "the row sum Z e + Y e",
                                       [LEIE_X_COLUMN] = "the column sum e'Z + e'W",
                                       [LEIE_X_GIVEN] = "the given output"};
    leie_size n = t->sector.n, notes = t->provenance.notes;
    leie_status st = check_choice(t, choice, given, err);
    if (st)
        return st;
    double *row = leie_new(n, sizeof *row), *x = leie_new(n, sizeof *x);
    if (!row || !x) {
        st = leie_fail_memory(err, "output", 2 * n, sizeof *x);
        goto done;
    }
    st = leie_table_row_totals(row, t, err);
    if (!st && choice == LEIE_X_COLUMN)
        st = column_totals(x, t, err);
    else if (!st)
        memcpy(x, choice == LEIE_X_ROW ? row : given, (size_t)n * sizeof *x);
    if (!st)
        st = leie_provenance_note(&t->provenance, LEIE_NOTE_DONE, n, err, "output x is %s", name[choice]);
    if (!st && choice != LEIE_X_ROW)
        st = note_difference(t, name[LEIE_X_ROW], row, x, err);
    if (!st && given && choice != LEIE_X_GIVEN)
        st = note_difference(t, name[LEIE_X_GIVEN], given, x, err);
    if (st) {
        leie_provenance_rewind(&t->provenance, notes);
        goto done;
    }
    leie_free(t->x);
    t->x = x;
    x = NULL;
done:
    leie_free(row);
    leie_free(x);
    return st;
}

leie_status leie_table_note_columns(leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n;
    if (!t->W || leie_table_odd_unit(t) >= 0)
        return LEIE_OK;
    double *column = leie_new(n, sizeof *column);
    if (!column)
        return leie_fail_memory(err, "column sums", n, sizeof *column);
    leie_status st = column_totals(column, t, err);
    for (leie_size j = 0; !st && j < n; j++)
        if (column[j] == 0) // no entry at all, as in a region of imports with given multipliers: nothing to compare
            column[j] = t->x[j];
    if (!st)
        st = note_difference(t, "the column sum e'Z + e'W", column, t->x, err);
    leie_free(column);
    return st;
}
