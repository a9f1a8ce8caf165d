// SPDX-License-Identifier: GPL-3.0-or-later
/* From a reading by a layout to its table: axes, kinds of demand, inputs, stressors, Z and x, and what is noted. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/read/layout_impl.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/aggregate.h"
#include "solver/linear/linsys.h"
#include "solver/table/table_impl.h"

// Files that state one unit of money for all sectors know it better than the layout.
static leie_status take_unit_of_sectors(leie_reading *r, leie_error *err)
{
    leie_table *t = r->t;
    const char *unit = t->sector.n ? t->sector.unit[0] : "";
    size_t length = strlen(unit);
    for (leie_size i = 1; i < t->sector.n; i++)
        if (strcmp(t->sector.unit[i], unit) != 0)
            return LEIE_OK;
    if (!unit[0] || r->spec->unit || strcmp(unit, t->unit) == 0)
        return LEIE_OK;
    leie_status st = leie_text_set(&t->unit, unit, err);
    if (!st && !r->spec->currency && length >= 3 && strspn(unit + length - 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3)
        st = leie_text_set(&t->currency, unit + length - 3, err);
    return st;
}

/* The kind of a final-demand category by its name, where a layout lists none. */
static int guess_kind(const char *name)
{
    static const struct {
        const char *word;
        leie_demand_kind kind;
    } words[] = {{"non-profit", LEIE_DEMAND_NPISH},    {"npish", LEIE_DEMAND_NPISH},
                 {"household", LEIE_DEMAND_HOUSEHOLD}, {"government", LEIE_DEMAND_GOVERNMENT},
                 {"capital", LEIE_DEMAND_GFCF},        {"gfcf", LEIE_DEMAND_GFCF},
                 {"investment", LEIE_DEMAND_GFCF},
                 {"inventor", LEIE_DEMAND_INVENTORIES}, {"stock", LEIE_DEMAND_INVENTORIES},
                 {"valuable", LEIE_DEMAND_VALUABLES},  {"export", LEIE_DEMAND_EXPORT},
                 {"discrepan", LEIE_DEMAND_DISCREPANCY}};
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
        for (const char *at = name; *at; at++)
            if (strncasecmp(at, words[w].word, strlen(words[w].word)) == 0)
                return (int)words[w].kind;
    return -1;
}

// The kind that the study states, else the layout; -1 when neither does.
static int stated_kind(const leie_reading *r, const char *code)
{
    const leie_labels *lists[] = {&r->spec->demand, &r->layout->demand};
    for (int i = 0; i < 2; i++) {
        leie_size at = leie_labels_find(lists[i], code);
        if (at >= 0)
            return leie_demand_find(lists[i]->kind[at]);
    }
    return -1;
}

// Kinds of the columns of Y; those that nothing tells are households, and that is noted.
static leie_status set_kinds(leie_reading *r, leie_error *err)
{
    leie_axis *demand = &r->t->demand;
    leie_size guessed = 0, unknown = 0;
    for (leie_size j = 0; j < demand->n; j++) {
        int stated = stated_kind(r, demand->code[j]), kind = stated < 0 ? guess_kind(demand->code[j]) : stated;
        guessed += stated < 0;
        unknown += kind < 0;
        demand->kind[j] = kind < 0 ? LEIE_DEMAND_HOUSEHOLD : (leie_demand_kind)kind;
    }
    return !guessed ? LEIE_OK
                    : leie_provenance_note(&r->t->provenance, LEIE_NOTE_ASSUMED, guessed, err,
                                           "kinds of %lld final-demand columns by words in their names; %lld tell nothing "
                                           "and count as households", (long long)guessed, (long long)unknown);
}

// Whether a part has no rows of sectors.
bool leie_piece_has_stressors(const leie_piece *p)
{
    const leie_yaml *rows = leie_yaml_get(p->part, "rows");
    for (leie_size i = 0; rows && i < leie_study_items(rows); i++)
        if (strcmp(leie_part_text(leie_study_item(rows, i), "to", ""), "sector") == 0)
            return false;
    return true;
}

/* A file with a row for each sector has at least a byte for each cell: what a header promises and the file cannot hold is
 * refused before memory is taken for it. */
static leie_status check_room(const leie_reading *r, const leie_piece *p, leie_error *err)
{
    const leie_entry *e = &r->bundle->entry[p->entry];
    size_t length = strlen(e->real);
    bool packed = length > 3 && e->zip < 0 && strcmp(e->real + length - 3, ".gz") == 0;
    leie_size most = packed ? e->bytes * 1032 : e->bytes, n = r->t->sector.n;
    if (p->flat || p->units || leie_piece_has_stressors(p) || p->sheet || strstr(e->path, ".xlsx") || n <= most / (p->cols + 1))
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "%s: %lld bytes cannot hold %lld rows of %lld columns (is the file complete?)",
                     p->shown, (long long)e->bytes, (long long)n, (long long)p->cols);
}

leie_status leie_reading_axes(leie_reading *r, leie_error *err)
{
    leie_table *t = r->t;
    leie_status st = LEIE_OK;
    if (r->sector.pair.n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no file of the layout %s has sectors", r->bundle->path, r->layout->name);
    st = leie_axis_builder_finish(&t->sector, &r->sector, err);
    st = st ? st : leie_axis_builder_finish(&t->demand, &r->demand, err);
    leie_axis_builder_clear(&r->sector);
    leie_axis_builder_clear(&r->demand);
    st = st ? st : set_kinds(r, err);
    st = st ? st : take_unit_of_sectors(r, err);
    for (leie_size i = 0; !st && i < r->pieces; i++)
        st = check_room(r, &r->piece[i], err);
    return st ? st : leie_reading_array(&t->Y, t->sector.n * t->demand.n, err);
}

static leie_status move_inputs(leie_reading *r, leie_error *err)
{
    leie_extra *e = &r->input;
    leie_table *t = r->t;
    leie_size n = t->sector.n;
    leie_status st = e->row.n ? leie_reading_array(&t->W, e->row.n * n, err) : LEIE_OK;
    for (leie_size i = 0; !st && i < e->row.n; i++) {
        leie_size at = leie_labels_add(&t->input, e->row.code[i] + 1, e->row.name[i], NULL, NULL, err);
        if (at < 0)
            return (leie_status)at;
        memcpy(t->W + i * n, e->to_sector[i], (size_t)n * sizeof *t->W);
    }
    return st;
}

// The stressors of one extension, from row `first` on; a code that another extension has gets its extension in front.
static leie_status move_extension(leie_reading *r, leie_size first, leie_size last, leie_error *err)
{
    leie_extra *e = &r->stressor;
    leie_table *t = r->t;
    leie_labels rows = {0};
    leie_size n = t->sector.n, m = t->demand.n, at = 0;
    const char *extension = e->row.kind[first];
    for (leie_size i = first; at >= 0 && i < last; i++) {
        char code[2 * LEIE_CAPTURE_SIZE];
        const char *own = strchr(e->row.code[i], '\x1f') + 1;
        snprintf(code, sizeof code, "%s", own);
        if (leie_labels_find(&t->stressor, own) >= 0)
            snprintf(code, sizeof code, "%s: %s", extension, own);
        at = leie_labels_add(&rows, code, e->row.name[i], e->row.unit[i], r->kind, err);
    }
    if (at >= 0)
        at = leie_table_add_stressors(t, &rows, extension, r->basis, err);
    leie_labels_clear(&rows);
    for (leie_size i = first; at >= 0 && i < last; i++) {
        memcpy(t->F + (at + i - first) * n, e->to_sector[i], (size_t)n * sizeof *t->F);
        memcpy(t->F_Y + (at + i - first) * m, e->to_demand[i], (size_t)m * sizeof *t->F_Y);
        e->to_sector[i] = leie_free(e->to_sector[i]);
        e->to_demand[i] = leie_free(e->to_demand[i]);
    }
    return at < 0 ? (leie_status)at : LEIE_OK;
}

leie_status leie_reading_move_stressors(leie_reading *r, leie_error *err)
{
    const leie_labels *row = &r->stressor.row;
    leie_status st = LEIE_OK;
    for (leie_size first = 0, last; !st && first < row->n; first = last) {
        for (last = first + 1; last < row->n && strcmp(row->kind[last], row->kind[first]) == 0; last++)
            ;
        st = move_extension(r, first, last, err);
    }
    return st;
}

/* Output of a table of coefficients that does not state it:  (I - A) x = Y e. */
static leie_status solve_output(leie_reading *r, double *x, leie_error *err)
{
    leie_table *t = r->t;
    leie_size n = t->sector.n, m = t->demand.n;
    double *y = NULL, residual = 0;
    leie_linsys *sys = NULL;
    leie_status st = leie_reading_array(&y, n, err);
    for (leie_size i = 0; !st && i < n; i++)
        y[i] = leie_sum(t->Y + i * m, m, 1);
    st = st ? st : leie_linsys_setup(&sys, &t->Z, NULL, &t->sector, NULL, err);
    st = st ? st : leie_linsys_solve(sys, false, 1, x, y, &residual, err);
    leie_linsys_free(sys);
    leie_free(y);
    return st ? st
              : leie_provenance_note(&t->provenance, LEIE_NOTE_DONE, n, err,
                                     "the files give coefficients A and no output: x solves (I - A) x = Y e, residual "
                                     "%.1e", residual);
}

// Z = A diag(x)
static void scale_columns(leie_matrix *Z, const double *x)
{
    for (leie_size i = 0; i < Z->rows; i++) {
        leie_size first = Z->form == LEIE_DENSE ? 0 : Z->csr.row[i], last = Z->form == LEIE_DENSE ? Z->cols : Z->csr.row[i + 1];
        for (leie_size c = first; c < last; c++) {
            if (Z->form == LEIE_DENSE)
                Z->val[i * Z->ld + c] *= x[c];
            else
                Z->csr.val[c] *= x[Z->csr.col[c]];
        }
    }
}

static leie_status finish_Z(leie_reading *r, leie_error *err)
{
    leie_table *t = r->t;
    const leie_study_tables *spec = r->spec;
    if (!r->Z_begun)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no intermediate use in the files of %s", r->bundle->path, r->layout->name);
    leie_status st = leie_matrix_builder_finish(&t->Z, &r->Z, err);
    double *given = r->x_col ? r->x_col : r->x_row;
    leie_x_choice choice = spec->x_choice;
    if (!st && r->coefficients) {
        if (!given) {
            st = leie_reading_array(&r->x_row, t->sector.n, err);
            given = r->x_row;
            st = st ? st : solve_output(r, given, err);
        }
        if (!st)
            scale_columns(&t->Z, given);
        if (!spec->x_stated)
            choice = LEIE_X_GIVEN;
    }
    if (!st && !spec->x_stated && given && !r->coefficients)
        choice = r->layout->x_choice;
    return st ? st : leie_table_set_x(t, choice, given, err);
}

leie_status leie_reading_note_rest(leie_reading *r, leie_error *err)
{
    leie_provenance *p = &r->t->provenance;
    leie_status st = LEIE_OK;
    if (r->skipped)
        st = leie_provenance_note(p, LEIE_NOTE_DROPPED, r->skipped, err,
                                  "%lld rows or records that the layout %s knows as totals or as no part of the table",
                                  (long long)r->skipped, r->layout->name);
    if (!st && r->dropped)
        st = leie_provenance_note(p, LEIE_NOTE_DROPPED, r->dropped, err,
                                  "primary inputs of final demand: %lld cells, together %.10g", (long long)r->dropped,
                                  r->dropped_sum);
    if (!st && r->unselected)
        st = leie_provenance_note(p, LEIE_NOTE_DROPPED, r->unselected, err,
                                  "%lld rows of stressors that were not asked for", (long long)r->unselected);
    if (!st && r->odd_units)
        st = leie_provenance_note(p, LEIE_NOTE_ASSUMED, r->odd_units, err,
                                  "%lld stressors have units that are no units of measurement (%s, ...): their unit is 1, "
                                  "and the published one stands in their name", (long long)r->odd_units, r->odd_unit);
    return st;
}

static bool size_is(const leie_yaml *size, const char *key, leie_size found)
{
    const leie_yaml *node = leie_yaml_get(size, key);
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)found);
    return !node || strcmp(node->text, text) == 0;
}

// Which of the published sizes the table has.
static leie_status note_size(leie_reading *r, leie_error *err)
{
    const leie_table *t = r->t;
    const leie_yaml *sizes = leie_yaml_get(r->layout->root, "sizes");
    const char *title = leie_part_text(r->layout->root, "title", r->layout->name), *name = NULL;
    for (leie_size i = 0; sizes && !name && i < leie_study_items(sizes); i++) {
        const leie_yaml *size = leie_study_item(sizes, i);
        if (size_is(size, "regions", t->sector.region.n) && size_is(size, "sectors", t->sector.n) &&
            size_is(size, "demand", t->demand.n) && size_is(size, "stressors", t->stressor.n))
            name = leie_part_text(size, "name", "");
    }
    return leie_provenance_note(&r->t->provenance, LEIE_NOTE_FOUND, t->sector.n, err,
                                "read as %s (%s%s): %lld regions, %lld sectors, %lld final-demand columns, %lld inputs, "
                                "%lld stressors", title, name || !sizes ? "sizes of " : "sizes of no release that the "
                                "layout lists", name ? name : !sizes ? "any release" : "", (long long)t->sector.region.n,
                                (long long)t->sector.n, (long long)t->demand.n, (long long)t->input.n,
                                (long long)t->stressor.n);
}

/* Regions that are parts of another one (CN1, CN2 of CHN) are added to it; regions that were not asked for become one. */
static leie_status join_regions(leie_reading *r, leie_error *err)
{
    const leie_study_tables *spec = r->spec;
    leie_concordance c = {.path = leie_strdup(r->layout->path)};
    leie_table *t = r->t;
    const char *rest = spec->rest ? spec->rest : "REST";
    bool any = false;
    leie_status st = c.path ? LEIE_OK : leie_fail_memory(err, "regions", 1, 1);
    for (leie_size k = 0; !st && k < spec->keeps; k++)
        if (leie_labels_find(&t->sector.region, spec->keep[k]) < 0) {
            const char *nearest = leie_labels_nearest(&t->sector.region, spec->keep[k]);
            st = leie_fail(err, LEIE_ERR_USAGE, "%s: no region '%s'%s%s%s", r->bundle->path, spec->keep[k],
                           nearest ? "; '" : "", nearest ? nearest : "", nearest ? "' is near" : "");
        }
    for (leie_size i = 0; !st && i < t->sector.region.n; i++) {
        const char *from = t->sector.region.code[i], *to = from;
        leie_size at = leie_labels_find(&r->layout->merge, from);
        bool kept = spec->keeps == 0;
        if (at >= 0 && leie_labels_find(&t->sector.region, r->layout->merge.name[at]) >= 0)
            to = r->layout->merge.name[at];
        for (leie_size k = 0; !kept && k < spec->keeps; k++)
            kept = strcmp(spec->keep[k], to) == 0;
        if (!kept)
            to = rest;
        any |= to != from;
        st = leie_concordance_add(&c, from, to, NULL, 1, 0, err);
    }
    if (!st && any)
        st = leie_table_aggregate(t, &c, NULL, err);
    leie_concordance_clear(&c);
    return st;
}

leie_status leie_reading_finish(leie_reading *r, leie_error *err)
{
    leie_status st = move_inputs(r, err);
    st = st ? st : leie_reading_move_stressors(r, err);
    st = st ? st : finish_Z(r, err);
    st = st ? st : leie_reading_note_rest(r, err);
    st = st ? st : note_size(r, err);
    return st ? st : join_regions(r, err);
}
