/* leie_table_inspect: is the table whole, and what is odd about it? */
// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/blocked.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/sum.h"
#include "solver/table/table_impl.h"

// Labels named in a note; the rest is counted.
enum { NAMED = 5, NAMES_MAX = NAMED * (LEIE_PLACE_MAX + 2) + 32 };

enum { SLABS = 16 }; // groups of rows of Z that are looked at apart

// A count of places with an amount, the worst place, and the first few names.
typedef struct tally {
    leie_size count;
    leie_acc amount;
    double worst;
    leie_size worst_row, worst_col;
    char names[NAMES_MAX];
} tally;

static void tally_add(tally *t, double value, leie_size row, leie_size col)
{
    if (t->count++ == 0 || fabs(value) > fabs(t->worst)) {
        t->worst = value;
        t->worst_row = row;
        t->worst_col = col;
    }
    leie_acc_add(&t->amount, value);
}

static void tally_name(tally *t, const leie_axis *axis, leie_size i)
{
    char place[LEIE_PLACE_MAX];
    size_t used = strlen(t->names);
    if (t->count <= NAMED)
        snprintf(t->names + used, sizeof t->names - used, "%s%s", used ? ", " : "", leie_axis_place(place, axis, i));
    else if (t->count == NAMED + 1)
        snprintf(t->names + used, sizeof t->names - used, ", ...");
}

// ---- whole ----

static leie_status check_shapes(const leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n, m = t->demand.n;
    if (n == 0)
        return leie_fail(err, LEIE_ERR_SHAPE, "the table has no sectors");
    if (t->Z.rows != n || t->Z.cols != n)
        return leie_fail(err, LEIE_ERR_SHAPE, "Z is %lld x %lld for %lld sectors", (long long)t->Z.rows,
                         (long long)t->Z.cols, (long long)n);
    const struct {
        const char *name;
        const double *array;
        leie_size count;
    } part[] = {{"Y", t->Y, m},
                {"x", t->x, n},
                {"W", t->W, t->input.n},
                {"F", t->F, t->stressor.n},
                {"F_Y", t->F_Y, t->stressor.n}};
    for (size_t p = 0; p < sizeof part / sizeof *part; p++)
        if (part[p].count > 0 && !part[p].array)
            return leie_fail(err, LEIE_ERR_SHAPE, "%s is missing: its labels are there", part[p].name);
    for (leie_size r = 0; r < t->demand.region.n; r++)
        if (leie_labels_find(&t->sector.region, t->demand.region.code[r]) < 0)
            return leie_fail(err, LEIE_ERR_DATA, "final demand of region '%s', which has no sectors",
                             t->demand.region.code[r]);
    return LEIE_OK;
}

// ---- one read of Z ----

// What is asked of the cells of Z, slab by slab of its rows.
typedef struct look {
    leie_size bad_row, bad_col; // first cell that is not finite, -1 for none
    double bad;
    tally negative, idle; // idle: bought by sectors without output
} look;

typedef struct looking {
    const leie_table *t;
    leie_size grain;
    look *slab; // [SLABS]
} looking;

static void look_at_row(look *slab, const leie_table *t, leie_size i)
{
    const leie_index *col;
    const double *val;
    leie_size count = leie_matrix_row(&t->Z, i, &col, &val);
    for (leie_size c = 0; c < count; c++) {
        leie_size j = col ? col[c] : c;
        if (val[c] < 0)
            tally_add(&slab->negative, val[c], i, j);
        if (t->x[j] == 0 && val[c] != 0)
            tally_add(&slab->idle, val[c], i, j);
        if (!isfinite(val[c]) && slab->bad_row < 0) {
            slab->bad_row = i;
            slab->bad_col = j;
            slab->bad = val[c];
        }
    }
}

static leie_status look_at_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const looking *all = ctx;
    const leie_table *t = all->t;
    look *slab = &all->slab[first / all->grain];
    (void)worker;
    (void)err;
    slab->bad_row = -1;
    for (leie_size i = first, end = last; i < last; end = last) {
        bool clean = t->Z.form == LEIE_BLOCKED && leie_blocked_clean(&end, t->Z.blocked, i, t->x);
        for (end = end < last ? end : last; i < end; i++)
            if (!clean)
                look_at_row(slab, t, i);
    }
    return LEIE_OK;
}

// Slabs together, in their order.
static void tally_join(tally *to, const tally *from)
{
    if (from->count > 0 && (to->count == 0 || fabs(from->worst) > fabs(to->worst))) {
        to->worst = from->worst;
        to->worst_row = from->worst_row;
        to->worst_col = from->worst_col;
    }
    to->count += from->count;
    leie_acc_add(&to->amount, leie_acc_value(&from->amount));
}

static leie_status look_at_Z(look *found, const leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n;
    looking all = {.t = t, .grain = (n + SLABS - 1) / SLABS, .slab = leie_new(SLABS, sizeof *all.slab)};
    *found = (look){.bad_row = -1};
    if (!all.slab)
        return leie_fail_memory(err, "a look at Z", SLABS, sizeof *all.slab);
    leie_status st = leie_parallel_for(n, all.grain, look_at_rows, &all, err);
    for (leie_size slab = 0; slab * all.grain < n; slab++) {
        const look *from = &all.slab[slab];
        tally_join(&found->negative, &from->negative);
        tally_join(&found->idle, &from->idle);
        if (found->bad_row < 0 && from->bad_row >= 0) {
            found->bad_row = from->bad_row;
            found->bad_col = from->bad_col;
            found->bad = from->bad;
        }
    }
    leie_free(all.slab);
    return st;
}

static leie_status check_finite_Z(const leie_table *t, const look *Z, leie_error *err)
{
    char from[LEIE_PLACE_MAX], to[LEIE_PLACE_MAX];
    if (Z->bad_row < 0)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "Z from %s to %s is %g: expected a finite number",
                     leie_axis_place(from, &t->sector, Z->bad_row), leie_axis_place(to, &t->sector, Z->bad_col), Z->bad);
}

// Rows are named by an axis or by a list; one of the two is NULL.
static leie_status check_finite(const char *what, const double *rows, const leie_axis *row_axis,
                                const leie_labels *row_list, const leie_axis *columns, leie_error *err)
{
    char row[LEIE_PLACE_MAX], col[LEIE_PLACE_MAX];
    leie_size count = row_axis ? row_axis->n : row_list->n;
    for (leie_size i = 0; i < count; i++)
        for (leie_size j = 0; j < columns->n; j++)
            if (!isfinite(rows[i * columns->n + j]))
                return leie_fail(err, LEIE_ERR_DATA, "%s of %s at %s is %g: expected a finite number", what,
                                 row_axis ? leie_axis_place(row, row_axis, i) : row_list->code[i],
                                 leie_axis_place(col, columns, j), rows[i * columns->n + j]);
    return LEIE_OK;
}

static leie_status check_values(const leie_table *t, const look *Z, leie_error *err)
{
    leie_status st = check_finite_Z(t, Z, err);
    if (!st)
        st = check_finite("Y", t->Y, &t->sector, NULL, &t->demand, err);
    if (!st)
        st = check_finite("W", t->W, NULL, &t->input, &t->sector, err);
    if (!st)
        st = check_finite("F", t->F, NULL, &t->stressor, &t->sector, err);
    if (!st)
        st = check_finite("F_Y", t->F_Y, NULL, &t->stressor, &t->demand, err);
    char place[LEIE_PLACE_MAX];
    for (leie_size i = 0; !st && i < t->sector.n; i++)
        if (!isfinite(t->x[i]))
            st = leie_fail(err, LEIE_ERR_DATA, "output x of %s is %g: expected a finite number",
                           leie_axis_place(place, &t->sector, i), t->x[i]);
    return st;
}

static leie_status check_units(const leie_table *t, leie_error *err)
{
    char place[LEIE_PLACE_MAX];
    for (leie_size i = 0; i < t->sector.n; i++)
        if (!leie_sector_unit(t, i)[0])
            return leie_fail(err, LEIE_ERR_UNIT, "sector %s has no unit, and neither has the table",
                             leie_axis_place(place, &t->sector, i));
    for (leie_size s = 0; s < t->stressor.n; s++)
        if (!t->stressor.unit[s][0])
            return leie_fail(err, LEIE_ERR_UNIT, "stressor '%s' of extension '%s' has no unit", t->stressor.code[s],
                             t->extension[s]);
    return LEIE_OK;
}

// ---- odd ----

static leie_status note_output(leie_table *t, leie_error *err)
{
    tally zero = {0}, negative = {0};
    char place[LEIE_PLACE_MAX];
    for (leie_size i = 0; i < t->sector.n; i++) {
        tally *which = t->x[i] == 0 ? &zero : t->x[i] < 0 ? &negative : NULL;
        if (!which)
            continue;
        tally_add(which, t->x[i], i, 0);
        tally_name(which, &t->sector, i);
    }
    leie_status st = LEIE_OK;
    if (zero.count > 0)
        st = leie_provenance_note(&t->provenance, LEIE_NOTE_FOUND, zero.count, err, "%lld sectors without output: %s",
                                  (long long)zero.count, zero.names);
    if (!st && negative.count > 0)
        st = leie_provenance_note(&t->provenance, LEIE_NOTE_FOUND, negative.count, err,
                                  "%lld sectors with negative output, largest %.9g %s at %s", (long long)negative.count,
                                  negative.worst, leie_sector_unit(t, negative.worst_row),
                                  leie_axis_place(place, &t->sector, negative.worst_row));
    return st;
}

// Purchases of sectors without output: A has no column for them.
static leie_status note_idle_purchases(leie_table *t, const tally *bought, leie_error *err)
{
    if (bought->count == 0)
        return LEIE_OK;
    char from[LEIE_PLACE_MAX], to[LEIE_PLACE_MAX];
    return leie_provenance_note(&t->provenance, LEIE_NOTE_FOUND, bought->count, err,
                                "%lld purchases of sectors without output, largest %.9g %s from %s to %s",
                                (long long)bought->count, bought->worst, leie_sector_unit(t, bought->worst_row),
                                leie_axis_place(from, &t->sector, bought->worst_row),
                                leie_axis_place(to, &t->sector, bought->worst_col));
}

static leie_status note_idle_pressures(leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n;
    leie_status st = LEIE_OK;
    for (leie_size s = 0; !st && s < t->stressor.n; s++) {
        tally idle = {0};
        for (leie_size i = 0; i < n; i++)
            if (t->x[i] == 0 && t->F[s * n + i] != 0)
                tally_add(&idle, t->F[s * n + i], i, 0);
        if (idle.count == 0)
            continue;
        char place[LEIE_PLACE_MAX];
        double amount = leie_acc_value(&idle.amount), world = leie_sum(t->F + s * n, n, 1);
        st = leie_provenance_note(&t->provenance, LEIE_NOTE_FOUND, idle.count, err,
                                  "%.9g %s of '%s' (%.3g %%) on %lld sectors without output, largest at %s", amount,
                                  t->stressor.unit[s], t->stressor.code[s], world != 0 ? 100 * amount / world : 0,
                                  (long long)idle.count, leie_axis_place(place, &t->sector, idle.worst_row));
    }
    return st;
}

static leie_status note_negative(leie_table *t, const char *what, const tally *found, const leie_axis *columns,
                                 leie_error *err)
{
    if (found->count == 0)
        return LEIE_OK;
    char from[LEIE_PLACE_MAX], to[LEIE_PLACE_MAX], together[64] = "";
    const char *unit = leie_sector_unit(t, found->worst_row);
    if (leie_table_odd_unit(t) < 0)
        snprintf(together, sizeof together, "together %.9g %s, ", leie_acc_value(&found->amount), unit);
    return leie_provenance_note(&t->provenance, LEIE_NOTE_FOUND, found->count, err,
                                "%lld negative cells of %s, %slargest %.9g %s from %s to %s", (long long)found->count,
                                what, together, found->worst, unit, leie_axis_place(from, &t->sector, found->worst_row),
                                leie_axis_place(to, columns, found->worst_col));
}

static leie_status note_negatives(leie_table *t, const tally *in_Z, leie_error *err)
{
    tally in_Y = {0};
    leie_size m = t->demand.n;
    for (leie_size i = 0; i < t->sector.n; i++)
        for (leie_size f = 0; f < m; f++)
            if (t->Y[i * m + f] < 0)
                tally_add(&in_Y, t->Y[i * m + f], i, f);
    leie_status st = note_negative(t, "final demand Y", &in_Y, &t->demand, err);
    return st ? st : note_negative(t, "intermediate use Z", in_Z, &t->sector, err);
}

// A table in which nobody sells anything is an empty file or the wrong one.
static leie_status check_output(const leie_table *t, leie_error *err)
{
    for (leie_size i = 0; i < t->sector.n; i++)
        if (t->x[i] != 0)
            return LEIE_OK;
    const char *path = "";
    for (leie_size i = t->provenance.sources; i-- > 0;)
        if (strcmp(t->provenance.source[i].role, "Z") == 0)
            path = t->provenance.source[i].path;
    return leie_fail(err, LEIE_ERR_DATA, "%s%sthe table of %d is zero: none of its %lld sectors has output", path,
                     path[0] ? ": " : "", t->year, (long long)t->sector.n);
}

leie_status leie_table_inspect(leie_table *t, leie_error *err)
{
    leie_size notes = t->provenance.notes;
    look Z;
    leie_status st = check_shapes(t, err);
    if (!st)
        st = look_at_Z(&Z, t, err);
    if (!st)
        st = check_values(t, &Z, err);
    if (!st)
        st = check_units(t, err);
    if (!st)
        st = check_output(t, err);
    if (!st)
        st = leie_table_note_columns(t, err);
    if (!st)
        st = note_output(t, err);
    if (!st)
        st = note_idle_purchases(t, &Z.idle, err);
    if (!st)
        st = note_idle_pressures(t, err);
    if (!st)
        st = note_negatives(t, &Z.negative, err);
    if (st)
        leie_provenance_rewind(&t->provenance, notes);
    return st;
}
