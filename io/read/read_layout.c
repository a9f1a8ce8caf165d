// SPDX-License-Identifier: GPL-3.0-or-later
/* A table by a layout: find the files, take the units, resolve the columns, read extensions, then the rest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/read/hash.h"
#include "io/read/layout_impl.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/aggregate.h"
#include "solver/linear/linsys.h"
#include "solver/table/table_impl.h"
#include "solver/table/unit.h"

// ---- labels ----

leie_status leie_reading_array(double **array, leie_size count, leie_error *err)
{
    return leie_read_array(array, count, "values of a database", err);
}

leie_status leie_reading_uses(leie_reading *r, leie_size entry, const char *role, leie_error *err)
{
    if (r->useds == r->used_room) {
        leie_size room = 2 * r->used_room + 8;
        leie_used *grown = leie_resize(r->used, r->useds, room, sizeof *grown);
        if (!grown)
            return leie_fail_memory(err, "sources", room, sizeof *grown);
        r->used = grown;
        r->used_room = room;
    }
    r->used[r->useds++] = (leie_used){entry, role};
    return LEIE_OK;
}

void leie_unit_key(char *key, const char *list, const char *code)
{
    snprintf(key, (size_t)2 * LEIE_CAPTURE_SIZE, "%s\x1f%s", list, code);
}

// The unit of a label of a list (a region, an extension), else of the label in any list.
static const char *find_unit(const leie_reading *r, const char *list, const char *code)
{
    char key[2 * LEIE_CAPTURE_SIZE];
    leie_unit_key(key, list, code);
    leie_size at = leie_labels_find(&r->unit, key);
    if (at < 0) {
        leie_unit_key(key, "", code);
        at = leie_labels_find(&r->unit, key);
    }
    return at < 0 ? "" : r->unit.name[at];
}

leie_status leie_reading_label(leie_reading *r, const leie_resolved *label, bool *fresh, leie_error *err)
{
    bool demand = label->role == LEIE_ROLE_DEMAND;
    leie_axis_builder *b = demand ? &r->demand : &r->sector;
    const char *unit = label->unit[0] ? label->unit : find_unit(r, label->region, label->code);
    const char *region = label->region, *name = label->name;
    leie_size at = demand ? leie_labels_find(&r->layout->demand, label->code) : -1;
    if (at >= 0 && !name[0])
        name = r->layout->demand.name[at];
    if (!region[0] && r->sector.region.n) // a discrepancy of the world, or the only region
        region = r->sector.region.code[r->sector.region.n - 1];
    return leie_axis_builder_add(b, region, label->code, name, demand ? NULL : leie_layout_unit(r->layout, unit), fresh,
                                 err);
}

/* Units that the result file cannot spell stand in the name, and the number has unit 1. */
static leie_status spell_unit(char unit[LEIE_CAPTURE_SIZE], char name[2 * LEIE_CAPTURE_SIZE], leie_reading *r,
                              const leie_resolved *label, leie_error *err)
{
    char spelling[128];
    leie_error why = {0};
    const char *ours = leie_layout_unit(r->layout, unit);
    snprintf(name, (size_t)2 * LEIE_CAPTURE_SIZE, "%s", label->name);
    leie_status st = leie_unit_spelling(spelling, sizeof spelling, ours, &why);
    if (st && st != LEIE_ERR_UNIT)
        return leie_fail(err, st, "%s", why.text);
    if (!st) {
        char copy[LEIE_CAPTURE_SIZE];
        snprintf(copy, sizeof copy, "%s", ours);
        memcpy(unit, copy, sizeof copy);
        return LEIE_OK;
    }
    if (r->odd_units++ == 0)
        snprintf(r->odd_unit, sizeof r->odd_unit, "'%.100s'", unit);
    snprintf(name, (size_t)2 * LEIE_CAPTURE_SIZE, "%.900s%s[%.900s]", label->name[0] ? label->name : label->code, " ", unit);
    snprintf(unit, LEIE_CAPTURE_SIZE, "1");
    return LEIE_OK;
}

// ---- rows that are not sectors ----

static leie_status extra_grow(leie_extra *e, leie_error *err)
{
    if (e->row.n < e->room)
        return LEIE_OK;
    leie_size room = e->room ? 2 * e->room : 64;
    double **sector = leie_resize(e->to_sector, e->room, room, sizeof *sector);
    if (sector)
        e->to_sector = sector;
    double **demand = sector ? leie_resize(e->to_demand, e->room, room, sizeof *demand) : NULL;
    if (!demand)
        return leie_fail_memory(err, "rows of a database", room, sizeof *demand);
    e->to_demand = demand;
    e->room = room;
    return LEIE_OK;
}

static void extra_clear(leie_extra *e)
{
    for (leie_size i = 0; i < e->row.n; i++) {
        leie_free(e->to_sector[i]);
        leie_free(e->to_demand[i]);
    }
    leie_free(e->to_sector);
    leie_free(e->to_demand);
    leie_labels_clear(&e->row);
    *e = (leie_extra){0};
}

// Stressors that the study wants: patterns for their codes or their extension; none: all.
static bool is_selected(const leie_reading *r, const char *extension, const char *code)
{
    leie_captures c;
    if (r->only && strcmp(r->only, extension) != 0)
        return false;
    bool selected = r->spec->stressor_patterns == 0;
    for (leie_size i = 0; !selected && i < r->spec->stressor_patterns; i++) {
        c.n = 0;
        selected = leie_pattern_match(&c, r->spec->stressor_pattern[i], code, false);
        selected |= leie_pattern_match(&c, r->spec->stressor_pattern[i], extension, false);
    }
    return selected;
}

static leie_status extra_add(leie_size *at, leie_reading *r, leie_extra *e, const leie_piece *p, const char *key,
                             const leie_resolved *label, leie_error *err)
{
    char unit[LEIE_CAPTURE_SIZE], name[2 * LEIE_CAPTURE_SIZE];
    bool stressor = label->role == LEIE_ROLE_STRESSOR;
    snprintf(unit, sizeof unit, "%s", label->unit[0] ? label->unit : find_unit(r, p->extension, label->code));
    if (stressor && !unit[0])
        return leie_fail(err, LEIE_ERR_UNIT, "%s: stressor '%.200s' has no unit", p->shown, label->code);
    leie_status st = extra_grow(e, err);
    if (!st && stressor)
        st = spell_unit(unit, name, r, label, err);
    else
        snprintf(name, sizeof name, "%s", label->name);
    if (st)
        return st;
    *at = leie_labels_add(&e->row, key, name, unit, p->extension, err);
    if (*at < 0)
        return (leie_status)*at;
    st = leie_reading_array(&e->to_sector[*at], r->t->sector.n, err);
    if (!st && stressor)
        st = leie_reading_array(&e->to_demand[*at], r->t->demand.n, err);
    return st;
}

leie_status leie_reading_extra(leie_size *at, leie_reading *r, const leie_piece *p, const leie_resolved *label,
                               leie_error *err)
{
    char key[2 * LEIE_CAPTURE_SIZE];
    bool stressor = label->role == LEIE_ROLE_STRESSOR;
    leie_extra *e = stressor ? &r->stressor : &r->input;
    *at = -1;
    if (stressor && !is_selected(r, p->extension, label->code)) {
        r->unselected++;
        return LEIE_OK;
    }
    leie_unit_key(key, stressor ? p->extension : "", label->code);
    *at = leie_labels_find(&e->row, key);
    return *at >= 0 ? LEIE_OK : extra_add(at, r, e, p, key, label, err);
}

// ---- units that stand in files of their own ----

static leie_status take_unit(leie_reading *r, const leie_piece *p, leie_resolved *found, char **field, leie_size line,
                             leie_error *err)
{
    char key[2 * LEIE_CAPTURE_SIZE];
    if (!leie_layout_resolve(found, r->layout, leie_yaml_get(p->part, "rows"), field, p->form.index))
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: '%.100s' is nothing that the layout knows", p->shown,
                         (long long)line, field[0]);
    if (found->role == LEIE_ROLE_SKIP)
        return LEIE_OK;
    leie_unit_key(key, found->role == LEIE_ROLE_SECTOR ? found->region : p->extension, found->code);
    if (leie_labels_find(&r->unit, key) >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the unit of '%.200s' is there twice", p->shown, (long long)line,
                         found->code);
    leie_size at = leie_labels_add(&r->unit, key, field[p->form.index], NULL, NULL, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

leie_status leie_units_read(leie_reading *r, const leie_piece *p, leie_error *err)
{
    leie_text text;
    char *field[LEIE_GRID_LEVELS + 1];
    leie_size line = 0, fields = p->form.index + 1;
    leie_resolved *found = leie_new(1, sizeof *found);
    leie_status st = leie_bundle_text(&text, r->bundle, p->entry, p->sheet, LEIE_LABELS_MOST, err);
    if (!st && !found)
        st = leie_fail_memory(err, p->shown, 1, sizeof *found);
    for (char *next = text.data; !st && next && *next;) {
        char *here = next, *end = strchr(next, '\n');
        next = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        size_t size = strlen(here);
        if (size && here[size - 1] == '\r')
            here[--size] = '\0';
        if (++line <= p->form.skip + p->form.header || !size)
            continue;
        if (leie_fields_cut(field, fields, here, p->form.separator) < fields)
            st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: expected %lld labels and a unit", p->shown, (long long)line,
                           (long long)p->form.index);
        else
            st = take_unit(r, p, found, field, line, err);
    }
    leie_free(found);
    leie_text_free(&text);
    return st ? st : leie_reading_uses(r, p->entry, "units", err);
}

// ---- from the reading to the table ----

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
static bool has_stressors(const leie_piece *p)
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
    if (p->flat || p->units || has_stressors(p) || p->sheet || strstr(e->path, ".xlsx") || n <= most / (p->cols + 1))
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "%s: %lld bytes cannot hold %lld rows of %lld columns (is the file complete?)",
                     p->shown, (long long)e->bytes, (long long)n, (long long)p->cols);
}

static leie_status finish_axes(leie_reading *r, leie_error *err)
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

static leie_status move_stressors(leie_reading *r, leie_error *err)
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

static leie_status note_rest(leie_reading *r, leie_error *err)
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

static leie_status finish(leie_reading *r, leie_error *err)
{
    leie_status st = move_inputs(r, err);
    st = st ? st : move_stressors(r, err);
    st = st ? st : finish_Z(r, err);
    st = st ? st : note_rest(r, err);
    st = st ? st : note_size(r, err);
    return st ? st : join_regions(r, err);
}

// ---- the recipe ----

static leie_status note_sources(leie_reading *r, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < r->useds; i++)
        st = leie_bundle_source(r->bundle, r->used[i].entry, &r->t->provenance, r->used[i].role, r->spec->path.shown,
                                r->layout->name, err);
    return st;
}

static leie_status read_pieces(leie_reading *r, leie_error *err)
{
    leie_status st = leie_pieces_find(r, err);
    for (leie_size i = 0; !st && i < r->pieces; i++)
        if (r->piece[i].units)
            st = leie_units_read(r, &r->piece[i], err);
    for (leie_size i = 0; !st && i < r->pieces; i++)
        if (!r->piece[i].units)
            st = r->piece[i].flat ? leie_flat_labels(r, &r->piece[i], err) : leie_piece_columns(r, &r->piece[i], err);
    st = st ? st : finish_axes(r, err);
    for (int large = 0; large < 2; large++) // extensions first: Z is the largest, and comes when they are done
        for (leie_size i = 0; !st && i < r->pieces; i++)
            if (!r->piece[i].units && has_stressors(&r->piece[i]) == !large)
                st = r->piece[i].flat ? leie_flat_values(r, &r->piece[i], err) : leie_piece_values(r, &r->piece[i], err);
    st = st ? st : note_sources(r, err);
    return st ? st : finish(r, err);
}

// What the layout says about the table, where the study says nothing.
static leie_status set_strings(leie_table *t, const leie_layout *l, const leie_study_tables *spec, const leie_bundle *b,
                               int year, leie_error *err)
{
    leie_study_tables own = *spec;
    char system[LEIE_CAPTURE_SIZE] = "";
    leie_captures *c = leie_new(1, sizeof *c);
    if (!c)
        return leie_fail_memory(err, "captures", 1, sizeof *c);
    for (leie_size i = 0; i < b->n && !system[0]; i++) {
        c->n = 0;
        const char *found = leie_layout_year(c, l, b->entry[i].path) ? leie_captures_get(c, "system") : NULL;
        snprintf(system, sizeof system, "%s", found ? found : "");
    }
    leie_free(c);
    const struct {
        char **to;
        const char *key;
    } text[] = {{&own.currency, "currency"}, {&own.unit, "unit"},     {&own.valuation, "valuation"}, {&own.prices, "prices"},
                {&own.system, "system"},     {&own.source, "source"}, {&own.licence, "licence"}};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (!*text[i].to)
            *text[i].to = (char *)(uintptr_t)leie_part_text(l->root, text[i].key, NULL); // borrowed
    const char *known = leie_part_text(leie_yaml_get(l->root, "systems"), system, NULL);
    if (!spec->system && system[0])
        own.system = known ? (char *)(uintptr_t)known : system;
    return leie_read_strings(t, &own, year, NULL, err);
}

// The bundle and the layout of a study's table.
static leie_status open_both(leie_layout *layout, leie_bundle *bundle, const leie_study_tables *spec, int year,
                             leie_error *err)
{
    char *path = leie_path_for(&spec->path, year);
    *layout = (leie_layout){0};
    *bundle = (leie_bundle){0};
    leie_status st = path ? LEIE_OK : leie_fail_memory(err, "path", 1, 1);
    st = st ? st : leie_bundle_open(bundle, path, err);
    bool detect = strcmp(spec->layout, "auto") == 0;
    st = st ? st : detect ? leie_layout_detect(layout, bundle, err) : leie_layout_open(layout, spec->layout, err);
    leie_free(path);
    if (st)
        leie_bundle_close(bundle);
    return st;
}

leie_status leie_layout_files(const leie_study_tables *spec, int year, leie_layout_file_fn take, void *ctx,
                              leie_error *err)
{
    leie_layout layout;
    leie_bundle b;
    leie_status st = open_both(&layout, &b, spec, year, err);
    leie_captures *c = st ? NULL : leie_new(1, sizeof *c);
    if (!st && !c)
        st = leie_fail_memory(err, "captures", 1, sizeof *c);
    for (leie_size i = 0; !st && i < b.n; i++) {
        c->n = 0;
        const char *stated = leie_layout_year(c, &layout, b.entry[i].path) ? leie_captures_get(c, "year") : NULL;
        if ((stated && atoi(stated) != year) || (i > 0 && strcmp(b.entry[i].real, b.entry[i - 1].real) == 0))
            continue;
        st = take(ctx, b.entry[i].real + strlen(b.path), b.entry[i].real, err);
    }
    leie_free(c);
    leie_layout_close(&layout);
    leie_bundle_close(&b);
    return st;
}

static void reading_clear(leie_reading *r)
{
    for (leie_size i = 0; i < r->pieces; i++)
        leie_piece_clear(&r->piece[i]);
    leie_free(r->piece);
    leie_axis_builder_clear(&r->sector);
    leie_axis_builder_clear(&r->demand);
    leie_labels_clear(&r->unit);
    leie_matrix_builder_clear(&r->Z);
    leie_free(r->used);
    leie_free(r->x_row);
    leie_free(r->x_col);
    extra_clear(&r->input);
    extra_clear(&r->stressor);
}

// The largest file is hashed while it is read.
static void begin_hash(const leie_bundle *b)
{
    leie_size largest = 0;
    for (leie_size i = 1; i < b->n; i++)
        largest = b->entry[i].bytes > b->entry[largest].bytes ? i : largest;
    if (b->n > 0)
        leie_hash_begin(b->entry[largest].real);
}

leie_status leie_read_layout(leie_table *t, const leie_study_tables *spec, int year, leie_error *err)
{
    leie_layout layout;
    leie_bundle bundle;
    leie_reading r = {.layout = &layout, .bundle = &bundle, .spec = spec, .year = year, .t = t, .basis = "", .kind = "",
                      .valuation = spec->valuation ? spec->valuation : "basic"};
    *t = (leie_table){0};
    leie_status st = open_both(&layout, &bundle, spec, year, err);
    if (st)
        return st;
    begin_hash(&bundle);
    st = set_strings(t, &layout, spec, &bundle, year, err);
    st = st ? st : read_pieces(&r, err);
    reading_clear(&r);
    leie_layout_close(&layout);
    leie_bundle_close(&bundle);
    if (st)
        leie_table_clear(t);
    return st;
}

// The pieces of one extension, onto the axes that are there.
static leie_status read_extension(leie_reading *r, leie_error *err)
{
    leie_status st = leie_pieces_find(r, err);
    for (leie_size i = 0; !st && i < r->pieces; i++)
        if (r->piece[i].units && strcmp(r->piece[i].extension, r->only) == 0)
            st = leie_units_read(r, &r->piece[i], err);
    for (leie_size i = 0; !st && i < r->pieces; i++) {
        leie_piece *p = &r->piece[i];
        if (p->units || p->flat || strcmp(p->extension, r->only) != 0)
            continue;
        st = leie_piece_columns(r, p, err);
        st = st ? st : leie_piece_values(r, p, err);
    }
    st = st ? st : note_sources(r, err);
    if (!st && r->stressor.row.n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no extension '%s' in the files of %s", r->bundle->path, r->only,
                       r->layout->name);
    st = st ? st : move_stressors(r, err);
    return st ? st : note_rest(r, err);
}

leie_status leie_read_layout_extension(leie_table *t, const leie_study_extension *e, int year, leie_error *err)
{
    leie_layout layout;
    leie_bundle bundle;
    const leie_study_tables spec = {.layout = e->layout, .path = e->F};
    leie_reading r = {.layout = &layout, .bundle = &bundle, .spec = &spec, .year = year, .t = t, .fixed = true,
                      .only = e->name, .basis = e->basis ? e->basis : "", .kind = e->kind ? e->kind : "",
                      .valuation = "basic"};
    leie_status st = open_both(&layout, &bundle, &spec, year, err);
    if (st)
        return st;
    st = read_extension(&r, err);
    reading_clear(&r);
    leie_layout_close(&layout);
    leie_bundle_close(&bundle);
    return st;
}
