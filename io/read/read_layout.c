// SPDX-License-Identifier: GPL-3.0-or-later
/* A table by a layout: find the files, take the units, resolve the columns, read extensions, then the rest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/hash.h"
#include "io/read/layout_impl.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "solver/table/table_impl.h"

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
    st = st ? st : leie_reading_axes(r, err);
    for (int large = 0; large < 2; large++) // extensions first: Z is the largest, and comes when they are done
        for (leie_size i = 0; !st && i < r->pieces; i++)
            if (!r->piece[i].units && leie_piece_has_stressors(&r->piece[i]) == !large)
                st = r->piece[i].flat ? leie_flat_values(r, &r->piece[i], err) : leie_piece_values(r, &r->piece[i], err);
    st = st ? st : note_sources(r, err);
    return st ? st : leie_reading_finish(r, err);
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
    leie_extra_clear(&r->input);
    leie_extra_clear(&r->stressor);
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

/* *again: Z does not fit the blocks that it was to be read as; nothing else is wrong so far. */
static leie_status read_once(leie_table *t, const leie_study_tables *spec, int year, bool *again, leie_error *err)
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
    *again = st && r.Z.unfit;
    reading_clear(&r);
    leie_layout_close(&layout);
    leie_bundle_close(&bundle);
    if (st)
        leie_table_clear(t);
    return st;
}

leie_status leie_read_layout(leie_table *t, const leie_study_tables *spec, int year, leie_error *err)
{
    leie_study_tables rows = *spec;
    leie_error why = {0};
    bool again = false;
    leie_status st = read_once(t, spec, year, &again, &why);
    rows.blocks_from = 0;
    if (again)
        return read_once(t, &rows, year, &again, err);
    return st ? leie_fail(err, st, "%s", why.text) : LEIE_OK;
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
    st = st ? st : leie_reading_move_stressors(r, err);
    return st ? st : leie_reading_note_rest(r, err);
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
