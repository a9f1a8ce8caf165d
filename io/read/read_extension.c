// SPDX-License-Identifier: GPL-3.0-or-later
/* Extensions in long form: one row per stressor and sector, or stressor and final-demand column. */
#include <stdio.h>
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/read/records.h"
#include "io/read/rows.h"
#include "kernels/memory.h"

enum { UNIT_SIZE = 64 };

typedef struct extension {
    leie_table *t;
    const leie_extension_files *files;
    leie_labels stressor; // code, name, unit, kind
    leie_labels basis;    // basis of stressors for which the list states one: code, kind = basis
    leie_rows F, F_Y;
    leie_size skipped;                   // rows of stressors that the list leaves out
    leie_size converted;                 // rows in another unit than their stressor's
    char from[UNIT_SIZE], to[UNIT_SIZE]; // last conversion
    double factor;
    const leie_axis *axis; // of the file that is being read
    const char *item;      // "sector" or "category"
    leie_rows *rows;       // F or F_Y
} extension;

static const char *or_default(const char *text, const char *instead)
{
    return text[0] || !instead ? text : instead;
}

// ---- the list of stressors ----

static leie_status take_listed(void *ctx, const leie_csv *csv, leie_error *err)
{
    extension *e = ctx;
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE], unit[UNIT_SIZE], kind[UNIT_SIZE], basis[UNIT_SIZE],
        owner[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "stressor");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "unit"), unit, sizeof unit, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "kind"), kind, sizeof kind, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "basis"), basis, sizeof basis, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "extension"), owner, sizeof owner, err);
    if (st || (owner[0] && strcmp(owner, e->files->name) != 0))
        return st;
    st = leie_lookup_unit(csv, leie_csv_column(csv, "unit"), unit, code, err);
    if (!st)
        st = leie_lookup_add_label(&e->stressor, csv, c, code, name, unit, or_default(kind, e->files->kind), err);
    if (!st && basis[0])
        st = leie_lookup_add_label(&e->basis, csv, c, code, NULL, NULL, basis, err);
    return st;
}

static leie_status read_list(extension *e, leie_error *err)
{
    static const char *const required[] = {"stressor", NULL};
    static const char *const optional[] = {"name", "unit", "kind", "basis", "extension", "note", "source", NULL};
    static const leie_record_file file = {required, optional, "stressors", take_listed};
    if (!e->files->list || !e->files->list->real)
        return LEIE_OK;
    return leie_records_read(e->files->list, &file, e, &e->t->provenance, err);
}

// ---- rows ----

static leie_status set_text(char **to, const char *text, leie_error *err)
{
    char *copy = leie_strdup(text);
    if (!copy)
        return leie_fail_memory(err, "a unit", 1, strlen(text));
    leie_free(*to);
    *to = copy;
    return LEIE_OK;
}

// Factor from the record's unit to the stressor's; the first unit of a stressor becomes its own.
static leie_status unit_factor(double *factor, extension *e, leie_size s, const leie_csv *csv, leie_error *err)
{
    char unit[UNIT_SIZE];
    leie_size c = leie_csv_column(csv, "unit");
    leie_status st = leie_csv_string(csv, c, unit, sizeof unit, err);
    const char *own = e->stressor.unit[s];
    *factor = 1;
    if (st || (own[0] && (!unit[0] || strcmp(unit, own) == 0)))
        return st;
    if (!unit[0])
        return leie_csv_fail(csv, c, LEIE_ERR_UNIT, err, "stressor '%.80s' has no unit", e->stressor.code[s]);
    if (!own[0]) {
        st = leie_lookup_unit(csv, c, unit, e->stressor.code[s], err);
        return st ? st : set_text(&e->stressor.unit[s], unit, err);
    }
    if (strcmp(unit, e->from) != 0 || strcmp(own, e->to) != 0) {
        leie_error why = {0};
        st = leie_unit_factor(&e->factor, unit, own, &why);
        if (st)
            return leie_csv_fail(csv, c, st, err, "stressor '%.80s' is in %s: %s", e->stressor.code[s], own, why.text);
        snprintf(e->from, sizeof e->from, "%s", unit);
        snprintf(e->to, sizeof e->to, "%s", own);
    }
    *factor = e->factor;
    e->converted++;
    return LEIE_OK;
}

// Position of the record's stressor; without a list new ones are appended, and -1 is one that a selection
// leaves out.
static leie_status find_stressor(leie_size *s, extension *e, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "stressor");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (st)
        return st;
    *s = leie_labels_find(&e->stressor, code);
    if (*s >= 0 || e->files->selects)
        return LEIE_OK;
    if (e->files->list && e->files->list->real)
        return leie_lookup_fail(csv, c, "stressor", code, leie_labels_nearest(&e->stressor, code), err);
    st = leie_lookup_add_label(&e->stressor, csv, c, code, NULL, NULL, e->files->kind, err);
    *s = e->stressor.n - 1;
    return st;
}

static leie_status take_row(void *ctx, const leie_csv *csv, leie_error *err)
{
    extension *e = ctx;
    leie_size s, at;
    double factor;
    leie_status st = find_stressor(&s, e, csv, err);
    if (!st && s < 0)
        e->skipped++;
    if (st || s < 0)
        return st;
    st = leie_lookup_item(&at, csv, leie_csv_column(csv, "region"), leie_csv_column(csv, e->item), e->axis, e->item,
                          err);
    if (!st)
        st = unit_factor(&factor, e, s, csv, err);
    return st ? st : leie_rows_take(e->rows, s, at, csv, leie_csv_column(csv, "value"), factor, err);
}

// Reads F (by sector) or F_Y (by category).
static leie_status read_rows(extension *e, const leie_place *place, bool by_sector, leie_error *err)
{
    e->axis = by_sector ? &e->t->sector : &e->t->demand;
    e->item = by_sector ? "sector" : "category";
    e->rows = by_sector ? &e->F : &e->F_Y;
    e->rows->cols = e->axis->n;
    char role[LEIE_LABEL_SIZE];
    snprintf(role, sizeof role, "%s %.200s", by_sector ? "F" : "F_Y", e->files->name);
    const char *required[] = {"stressor", "region", e->item, "value", NULL};
    static const char *const optional[] = {"unit", NULL};
    const leie_record_file file = {required, optional, role, take_row};
    if (!place || !place->real)
        return LEIE_OK;
    return leie_records_read(place, &file, e, &e->t->provenance, err);
}

// ---- into the table ----

// A selected stressor without any row is a misspelling, or the wrong file.
static leie_status check_selected(const extension *e, leie_error *err)
{
    bool *seen = leie_new(e->stressor.n, sizeof *seen);
    if (!seen)
        return leie_fail_memory(err, "stressors", e->stressor.n, sizeof *seen);
    for (leie_size i = 0; i < e->F.cells.n; i++)
        seen[e->F.cells.cell[i].row] = true;
    for (leie_size i = 0; i < e->F_Y.cells.n; i++)
        seen[e->F_Y.cells.cell[i].row] = true;
    leie_status st = LEIE_OK;
    for (leie_size s = 0; !st && e->files->selects && s < e->stressor.n; s++)
        if (!seen[s])
            st = leie_fail(err, LEIE_ERR_DATA, "%s: stressor '%.80s' has no row in extension '%s'",
                           e->files->list->real, e->stressor.code[s], e->files->name);
    leie_free(seen);
    return st;
}

// Stressors without any row are left out: without a selection they belong to other extensions that share
// the list. The rest keeps its order.
static leie_status used_stressors(leie_labels *used, leie_size *position, const extension *e, leie_error *err)
{
    for (leie_size i = 0; i < e->stressor.n; i++)
        position[i] = -1;
    for (leie_size i = 0; i < e->F.cells.n; i++)
        position[e->F.cells.cell[i].row] = 0;
    for (leie_size i = 0; i < e->F_Y.cells.n; i++)
        position[e->F_Y.cells.cell[i].row] = 0;
    for (leie_size i = 0; i < e->stressor.n; i++) {
        if (position[i] < 0)
            continue;
        position[i] = leie_labels_add(used, e->stressor.code[i], e->stressor.name[i], e->stressor.unit[i],
                                      e->stressor.kind[i], err);
        if (position[i] < 0)
            return (leie_status)position[i];
    }
    return LEIE_OK;
}

static void move_rows(leie_rows *rows, const leie_size *position)
{
    for (leie_size i = 0; i < rows->cells.n; i++)
        rows->cells.cell[i].row = (leie_index)position[rows->cells.cell[i].row];
}

static leie_status set_basis(const extension *e, leie_size first, leie_size count, leie_error *err)
{
    leie_table *t = e->t;
    leie_status st = LEIE_OK;
    for (leie_size s = first; !st && s < first + count; s++) {
        leie_size at = leie_labels_find(&e->basis, t->stressor.code[s]);
        if (at >= 0)
            st = set_text(&t->basis[s], e->basis.kind[at], err);
    }
    return st;
}

static leie_status add_notes(const extension *e, leie_error *err)
{
    leie_status st = LEIE_OK;
    if (e->skipped)
        st = leie_provenance_note(&e->t->provenance, LEIE_NOTE_DROPPED, e->skipped, err,
                                  "extension '%s': rows of stressors that its list does not select", e->files->name);
    if (!st && e->converted)
        st = leie_provenance_note(
            &e->t->provenance, LEIE_NOTE_DONE, e->converted, err,
            "extension '%s': values converted to the unit of their stressor (the last from %s to %s)", e->files->name,
            e->from, e->to);
    return st;
}

// Two extensions of a table may not share a stressor.
static leie_status refuse_shared(const extension *e, const leie_labels *used, leie_error *err)
{
    const leie_table *t = e->t;
    for (leie_size i = 0; i < used->n; i++) {
        leie_size at = leie_labels_find(&t->stressor, used->code[i]);
        if (at >= 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s: stressor '%.80s' of extension '%s' is already in extension '%s'",
                             e->files->F && e->files->F->real ? e->files->F->real : e->files->F_Y->real, used->code[i],
                             e->files->name, t->extension[at]);
    }
    return LEIE_OK;
}

static leie_status into_table(extension *e, leie_error *err)
{
    leie_table *t = e->t;
    leie_labels used = {0};
    leie_size *position = leie_new(e->stressor.n, sizeof *position);
    leie_status st = position ? used_stressors(&used, position, e, err)
                              : leie_fail_memory(err, "stressors", e->stressor.n, sizeof *position);
    if (!st)
        st = refuse_shared(e, &used, err);
    if (!st && used.n > 0) {
        leie_size first =
            leie_table_add_stressors(t, &used, e->files->name, e->files->basis ? e->files->basis : "", err);
        st = first < 0 ? (leie_status)first : set_basis(e, first, used.n, err);
        move_rows(&e->F, position);
        move_rows(&e->F_Y, position);
        if (!st)
            leie_rows_fill(t->F + first * t->sector.n, &e->F);
        if (!st)
            leie_rows_fill(t->F_Y + first * t->demand.n, &e->F_Y);
    }
    leie_labels_clear(&used);
    leie_free(position);
    return st;
}

leie_status leie_extension_read(leie_table *t, const leie_extension_files *files, leie_error *err)
{
    extension e = {.t = t, .files = files};
    leie_status st = read_list(&e, err);
    if (!st)
        st = read_rows(&e, files->F, true, err);
    if (!st)
        st = read_rows(&e, files->F_Y, false, err);
    if (!st)
        st = check_selected(&e, err);
    if (!st)
        st = into_table(&e, err);
    if (!st)
        st = add_notes(&e, err);
    leie_rows_free(&e.F);
    leie_rows_free(&e.F_Y);
    leie_labels_clear(&e.stressor);
    leie_labels_clear(&e.basis);
    return st;
}

static bool applies(const leie_study_extension *spec, int year)
{
    bool found = spec->years == 0;
    for (leie_size i = 0; i < spec->years; i++)
        found |= spec->year[i] == year;
    return found;
}

static bool in_table(const leie_table *t, const char *name)
{
    bool found = false;
    for (leie_size s = 0; s < t->stressor.n; s++)
        found |= strcmp(t->extension[s], name) == 0;
    return found;
}

leie_status leie_read_extension(leie_table *t, const leie_study_extension *spec, int year, leie_error *err)
{
    if (!applies(spec, year))
        return LEIE_OK;
    if (spec->derive)
        return leie_table_derive(t, spec->derive, spec->name, err);
    if (spec->layout)
        return leie_read_layout_extension(t, spec, year, err);
    leie_place F = {0}, F_Y = {0}, list = {0};
    leie_status st = leie_place_of(&F, &spec->F, year, err);
    if (!st)
        st = leie_place_of(&F_Y, &spec->F_Y, year, err);
    if (!st)
        st = leie_place_of(&list, &spec->stressors, year, err);
    leie_extension_files files = {.name = spec->name,
                                  .F = &F,
                                  .F_Y = &F_Y,
                                  .list = &list,
                                  .selects = list.real != NULL,
                                  .basis = spec->basis,
                                  .kind = spec->kind};
    bool has_file = F.real || F_Y.real;
    if (!st && !has_file && !in_table(t, spec->name))
        st = leie_fail(err, LEIE_ERR_DATA, "extension '%s' has no file, and the table brings none of that name",
                       spec->name);
    if (!st && has_file)
        st = leie_extension_read(t, &files, err);
    leie_place_clear(&F);
    leie_place_clear(&F_Y);
    leie_place_clear(&list);
    return st;
}
