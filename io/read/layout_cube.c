// SPDX-License-Identifier: GPL-3.0-or-later
/* A Eurostat data set by a layout: the cut of one year, as records that layout_flat.c reads. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/eurostat.h"
#include "io/read/layout_impl.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"

enum { NUMBER_SIZE = 32 };

typedef struct cut {
    const leie_reading *r;
    const leie_piece *p;
    const char *path;
    leie_cube cube;
    leie_size at[LEIE_CUBE_DIMS];        // position in each dimension, -1 where the cut runs over all of them
    leie_size dims, dim[LEIE_CUBE_DIMS]; // that label the records, in the order of the layout
    bool *left[LEIE_CUBE_DIMS];          // [codes] of each of these: codes that finer ones replace
    leie_provenance aside;               // the reader notes the file, and the layout does so itself
} cut;

// ---- which cells ----

static leie_status fix(cut *c, leie_size d, const char *code, const char *hint, leie_error *err)
{
    const leie_labels *codes = &c->cube.label[d];
    c->at[d] = code ? leie_labels_find(codes, code) : codes->n == 1 ? 0 : -1;
    if (c->at[d] >= 0)
        return LEIE_OK;
    if (code)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no '%s' in dimension '%s', which has %s ... %s", c->path, code,
                         c->cube.dim.code[d], codes->n ? codes->code[0] : "nothing",
                         codes->n ? codes->code[codes->n - 1] : "");
    return leie_fail(err, LEIE_ERR_DATA, "%s: dimension '%s' has %lld codes, %s ... %s: %s", c->path, c->cube.dim.code[d],
                     (long long)codes->n, codes->n ? codes->code[0] : "", codes->n ? codes->code[codes->n - 1] : "", hint);
}

// The dimension that an entry of `dims` names: one name, or the first of several that the file has.
static leie_status find_dim(leie_size *d, const cut *c, const leie_yaml *names, leie_error *err)
{
    *d = -1;
    for (leie_size i = 0; *d < 0 && i < leie_study_items(names); i++)
        *d = leie_study_item(names, i)->text ? leie_labels_find(&c->cube.dim, leie_study_item(names, i)->text) : -1;
    if (*d >= 0)
        return LEIE_OK;
    const char *name = leie_study_items(names) ? leie_study_item(names, 0)->text : NULL;
    return leie_fail(err, LEIE_ERR_DATA, "%s: no dimension '%s'", c->path, name ? name : "");
}

/* geo is the study's region and time its year; what labels no record is as the layout says, or has one code only. */
static leie_status choose(cut *c, leie_error *err)
{
    const leie_yaml *dims = leie_yaml_get(c->p->part, "dims"), *chosen = leie_yaml_get(c->p->part, "choose");
    bool labels[LEIE_CUBE_DIMS] = {false};
    char year[16];
    leie_status st = LEIE_OK;
    snprintf(year, sizeof year, "%d", c->r->year);
    for (leie_size i = 0; !st && i < leie_study_items(dims) && i < LEIE_CUBE_DIMS; i++) {
        st = find_dim(&c->dim[i], c, leie_study_item(dims, i), err);
        if (!st)
            labels[c->dim[i]] = true;
        c->dims = i + 1;
    }
    for (leie_size d = 0; !st && d < c->cube.dim.n; d++) {
        const char *name = c->cube.dim.code[d];
        c->at[d] = -1;
        if (strcmp(name, "time") == 0)
            st = fix(c, d, year, "", err);
        else if (strcmp(name, "geo") == 0)
            st = fix(c, d, c->r->spec->region, "choose one with 'region' (--set region=CODE)", err);
        else if (!labels[d])
            st = fix(c, d, leie_part_text(chosen, name, NULL), "the layout's 'choose' does not say which", err);
    }
    return st;
}

// Codes of a labelling dimension that the cut runs over.
static leie_size width(const cut *c, leie_size i)
{
    return c->at[c->dim[i]] >= 0 ? 1 : c->cube.label[c->dim[i]].n;
}

static leie_size cells_of(const cut *c)
{
    leie_size cells = 1;
    for (leie_size i = 0; i < c->dims; i++)
        cells *= width(c, i);
    return cells;
}

// Position of cell k of the cut, the last labelling dimension fastest; true when it has a value.
static bool position(leie_size at[LEIE_CUBE_DIMS], const cut *c, leie_size k)
{
    memcpy(at, c->at, sizeof c->at);
    for (leie_size i = c->dims - 1; i >= 0; i--) {
        if (c->at[c->dim[i]] < 0)
            at[c->dim[i]] = k % width(c, i);
        k /= width(c, i);
    }
    return !isnan(c->cube.value[leie_cube_cell(&c->cube, at)]);
}

// Marks the codes of labelling dimension i that have any value.
static void mark_filled(bool *filled, const cut *c, leie_size i)
{
    leie_size at[LEIE_CUBE_DIMS], cells = cells_of(c);
    for (leie_size k = 0; k < cells; k++)
        if (position(at, c, k))
            filled[at[c->dim[i]]] = true;
}

static bool all_filled(const leie_yaml *list, const leie_labels *codes, const bool *filled)
{
    bool all = leie_study_items(list) > 0;
    for (leie_size k = 0; all && k < leie_study_items(list); k++) {
        const char *name = leie_study_item(list, k)->text;
        leie_size at = name ? leie_labels_find(codes, name) : -1;
        all = at >= 0 && filled[at];
    }
    return all;
}

/* `finer`: a code is left out when all codes that it stands for have values. */
static leie_status leave_out(cut *c, leie_error *err)
{
    const leie_yaml *finer = leie_yaml_get(c->p->part, "finer");
    for (leie_size i = 0; i < c->dims; i++) {
        const leie_labels *codes = &c->cube.label[c->dim[i]];
        bool *filled = leie_new(codes->n, sizeof *filled);
        c->left[i] = leie_new(codes->n, sizeof *c->left[i]);
        if (!filled || !c->left[i]) {
            leie_free(filled);
            return leie_fail_memory(err, c->path, codes->n, sizeof *filled);
        }
        mark_filled(filled, c, i);
        for (leie_size f = 0; finer && f < finer->n; f++) {
            leie_size coarse = leie_labels_find(codes, finer->key[f]);
            if (coarse >= 0 && all_filled(finer->child[f], codes, filled))
                c->left[i][coarse] = true;
        }
        leie_free(filled);
    }
    return LEIE_OK;
}

// ---- records ----

typedef struct text {
    char *data;
    leie_size size, room;
} text;

static leie_status put(text *to, const char *word, char end, const char *path, leie_error *err)
{
    leie_size length = (leie_size)strlen(word) + 1;
    if (to->size + length + 1 > to->room) {
        leie_size room = 2 * (to->room + length) + 4096;
        char *grown = leie_resize(to->data, to->room, room, 1);
        if (!grown)
            return leie_fail_memory(err, path, room, 1);
        to->data = grown;
        to->room = room;
    }
    memcpy(to->data + to->size, word, (size_t)length - 1);
    to->size += length;
    to->data[to->size - 1] = end;
    return LEIE_OK;
}

static bool is_left_out(const cut *c, const leie_size at[LEIE_CUBE_DIMS])
{
    for (leie_size i = 0; i < c->dims; i++)
        if (c->left[i][at[c->dim[i]]])
            return true;
    return false;
}

static leie_status write_records(text *to, const cut *c, leie_error *err)
{
    leie_size cells = cells_of(c), at[LEIE_CUBE_DIMS];
    char number[NUMBER_SIZE];
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < c->dims; i++)
        st = put(to, c->cube.dim.code[c->dim[i]], '\t', c->path, err);
    st = st ? st : put(to, "value", '\n', c->path, err);
    for (leie_size k = 0; !st && k < cells; k++) {
        if (!position(at, c, k) || is_left_out(c, at))
            continue;
        for (leie_size i = 0; !st && i < c->dims; i++)
            st = put(to, c->cube.label[c->dim[i]].code[at[c->dim[i]]], '\t', c->path, err);
        snprintf(number, sizeof number, "%.17g", c->cube.value[leie_cube_cell(&c->cube, at)]);
        st = st ? st : put(to, number, '\n', c->path, err);
    }
    return st;
}

static void cut_clear(cut *c)
{
    for (leie_size i = 0; i < c->dims; i++)
        leie_free(c->left[i]);
    leie_cube_clear(&c->cube);
    leie_provenance_clear(&c->aside);
}

leie_status leie_cube_intake(leie_intake **intake, const leie_reading *r, const leie_piece *p, leie_error *err)
{
    cut c = {.r = r, .p = p, .path = p->shown};
    text to = {0};
    leie_place place = {0};
    char *path = leie_bundle_path(r->bundle, p->entry);
    leie_status st = path ? leie_place_at(&place, path, err) : leie_fail_memory(err, p->shown, 1, 1);
    leie_free(path);
    st = st ? st : leie_eurostat_read(&c.cube, &place, &c.aside, err);
    leie_place_clear(&place);
    st = st ? st : choose(&c, err);
    st = st ? st : leave_out(&c, err);
    st = st ? st : write_records(&to, &c, err);
    cut_clear(&c);
    if (st) {
        leie_free(to.data);
        return st;
    }
    return leie_intake_open_memory(intake, to.data, to.size, err);
}
