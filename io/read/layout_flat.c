// SPDX-License-Identifier: GPL-3.0-or-later
/* Records by a layout: labels of a row, labels of a column, a value. Read twice: for the labels, then for the values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/layout_impl.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"

// The labels of one side of the records.
typedef struct side {
    const char *key; // of the part: row or col
    leie_size levels, field[LEIE_GRID_LEVELS];
    leie_labels label;     // joined labels
    leie_size room;
    leie_role *role;       // [label.n]
    leie_size *at;         // [label.n] position in the axis, or among inputs or stressors
    leie_resolved *found;
} side;

typedef struct records {
    leie_reading *r;
    leie_piece *p;
    side row, col;
    bool values;        // second reading
    leie_size width;    // columns of sectors, demand and output together
    unsigned char *bit; // [sectors, width] cells that were given
} records;

static leie_status side_begin(side *s, const records *f, const char *key, leie_error *err)
{
    const leie_yaml *list = leie_yaml_get(f->p->part, key);
    s->key = key;
    s->levels = list ? leie_study_items(list) : 0;
    if (s->levels < 1 || s->levels > LEIE_GRID_LEVELS)
        return leie_yaml_fail(f->p->part, err, "records need '%s': the columns that hold its labels", key);
    for (leie_size i = 0; i < s->levels; i++) {
        const leie_yaml *item = leie_study_item(list, i);
        s->field[i] = item->kind == LEIE_YAML_SCALAR ? atoi(item->text) - 1 : -1;
        if (s->field[i] < 0 || s->field[i] >= f->p->form.index)
            return leie_yaml_fail(item, err, "'%s' should be columns 1 to %lld", key, (long long)f->p->form.index);
    }
    s->found = leie_new(1, sizeof *s->found);
    return s->found ? LEIE_OK : leie_fail_memory(err, f->p->shown, 1, sizeof *s->found);
}

static void side_clear(side *s)
{
    leie_labels_clear(&s->label);
    leie_free(s->role);
    leie_free(s->at);
    leie_free(s->found);
    *s = (side){0};
}

static leie_status side_grow(side *s, leie_error *err)
{
    if (s->label.n < s->room)
        return LEIE_OK;
    leie_size room = s->room ? 2 * s->room : 1024;
    leie_role *role = leie_resize(s->role, s->room, room, sizeof *role);
    if (role)
        s->role = role;
    leie_size *at = role ? leie_resize(s->at, s->room, room, sizeof *at) : NULL;
    if (!at)
        return leie_fail_memory(err, "labels", room, sizeof *at);
    s->at = at;
    s->room = room;
    return LEIE_OK;
}

static leie_status place(side *s, const records *f, leie_size *at, leie_error *err)
{
    const leie_resolved *found = s->found;
    const leie_table *t = f->r->t;
    bool fresh;
    *at = 0;
    switch (found->role) {
    case LEIE_ROLE_SECTOR:
    case LEIE_ROLE_DEMAND:
        if (!f->values)
            return leie_reading_label(f->r, found, &fresh, err);
        const leie_axis *axis = found->role == LEIE_ROLE_SECTOR ? &t->sector : &t->demand;
        *at = leie_axis_find(axis, found->region[0] ? found->region : axis->region.code[axis->region.n - 1], found->code);
        return *at >= 0 ? LEIE_OK
                        : leie_fail(err, LEIE_ERR_DATA, "%s: '%s' of '%s' is nothing that the table has", f->p->shown,
                                    found->code, found->region);
    case LEIE_ROLE_INPUT:
    case LEIE_ROLE_STRESSOR:
        return f->values ? leie_reading_extra(at, f->r, f->p, found, err) : LEIE_OK;
    case LEIE_ROLE_OUTPUT:
        if (!f->values || (s->key[0] == 'r' ? f->r->x_row : f->r->x_col))
            return LEIE_OK;
        return leie_reading_array(s->key[0] == 'r' ? &f->r->x_row : &f->r->x_col, t->sector.n, err);
    default:
        return LEIE_OK;
    }
}

// What the labels of one side of a record are, resolved once.
static leie_status side_find(side *s, const records *f, const leie_grid *g, char *const *index, leie_size *which,
                             leie_error *err)
{
    char key[LEIE_CAPTURE_SIZE] = "", *label[LEIE_GRID_LEVELS];
    size_t length = 0;
    for (leie_size i = 0; i < s->levels; i++) {
        label[i] = index[s->field[i]];
        size_t size = strlen(label[i]);
        if (length + size + 2 > sizeof key)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: a label of more than %d bytes", f->p->shown,
                             (long long)g->scan.line, LEIE_CAPTURE_SIZE);
        memcpy(key + length, label[i], size);
        length += size;
        key[length++] = '\x1f';
    }
    key[length] = '\0';
    *which = leie_labels_find(&s->label, key);
    if (*which >= 0)
        return LEIE_OK;
    leie_status st = side_grow(s, err);
    if (!st && !leie_layout_resolve(s->found, f->r->layout, leie_yaml_get(f->p->part, s->key[0] == 'r' ? "rows" : "cols"),
                                    label, s->levels))
        st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the %s label '%.100s' '%.100s' is nothing that the layout knows",
                       f->p->shown, (long long)g->scan.line, s->key, label[0], s->levels > 1 ? label[1] : "");
    leie_size at = 0;
    st = st ? st : place(s, f, &at, err);
    if (st)
        return st;
    *which = leie_labels_add(&s->label, key, NULL, NULL, NULL, err);
    if (*which < 0)
        return (leie_status)*which;
    s->role[*which] = s->found->role;
    s->at[*which] = at;
    return LEIE_OK;
}

// A cell of a sector that was given before.
static bool given_twice(records *f, leie_size row, leie_size col)
{
    const leie_table *t = f->r->t;
    if (f->row.role[row] != LEIE_ROLE_SECTOR || f->col.role[col] == LEIE_ROLE_SKIP)
        return false;
    leie_size at = f->col.at[col] + (f->col.role[col] == LEIE_ROLE_DEMAND ? t->sector.n : 0);
    if (f->col.role[col] == LEIE_ROLE_OUTPUT)
        at = t->sector.n + t->demand.n;
    at += f->row.at[row] * f->width;
    bool before = f->bit[at / 8] >> at % 8 & 1;
    f->bit[at / 8] |= (unsigned char)(1 << at % 8);
    return before;
}

static leie_status take_record(void *ctx, const leie_grid *g, leie_size number, char *const *index, leie_size *row,
                               leie_error *err)
{
    records *f = ctx;
    leie_size r = 0, c = 0;
    (void)number;
    leie_status st = side_find(&f->row, f, g, index, &r, err);
    st = st ? st : side_find(&f->col, f, g, index, &c, err);
    *row = -1;
    if (st || !f->values)
        return st;
    if (given_twice(f, r, c))
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: this cell was given before", f->p->shown, (long long)g->scan.line);
    if (f->row.role[r] == LEIE_ROLE_SKIP || f->col.role[c] == LEIE_ROLE_SKIP || f->row.at[r] < 0)
        f->r->skipped++;
    else
        *row = r << 31 | c;
    return LEIE_OK;
}

static leie_status take_value(void *ctx, leie_size row, const double *value, leie_error *err)
{
    records *f = ctx;
    leie_reading *r = f->r;
    leie_table *t = r->t;
    (void)err;
    leie_size i = row >> 31, j = row & 0x7fffffff, at = f->row.at[i], to = f->col.at[j];
    leie_role role = f->row.role[i], other = f->col.role[j];
    const leie_extra *extra = role == LEIE_ROLE_INPUT ? &r->input : &r->stressor;
    if (role == LEIE_ROLE_SECTOR && other == LEIE_ROLE_SECTOR)
        r->Z.m.val[at * r->Z.m.ld + to] = *value;
    else if (role == LEIE_ROLE_SECTOR && other == LEIE_ROLE_DEMAND)
        t->Y[at * t->demand.n + to] = *value;
    else if (role == LEIE_ROLE_SECTOR && other == LEIE_ROLE_OUTPUT)
        r->x_col[at] = *value;
    else if (role == LEIE_ROLE_OUTPUT && other == LEIE_ROLE_SECTOR)
        r->x_row[to] = *value;
    else if (other == LEIE_ROLE_SECTOR && (role == LEIE_ROLE_INPUT || role == LEIE_ROLE_STRESSOR))
        extra->to_sector[at][to] = *value;
    else if (other == LEIE_ROLE_DEMAND && role == LEIE_ROLE_STRESSOR)
        extra->to_demand[at][to] = *value;
    return LEIE_OK;
}

static leie_status read_records(leie_reading *r, leie_piece *p, bool values, leie_error *err)
{
    records f = {.r = r, .p = p, .values = values, .width = r->t->sector.n + r->t->demand.n + 1};
    leie_intake *intake = NULL;
    leie_grid g = {0};
    leie_size n = r->t->sector.n, rows;
    leie_status st = side_begin(&f.row, &f, "row", err);
    st = st ? st : side_begin(&f.col, &f, "col", err);
    if (!st && values) {
        f.bit = leie_new(n * f.width / 8 + 1, 1);
        st = f.bit ? LEIE_OK : leie_fail_memory(err, p->shown, n * f.width / 8 + 1, 1);
        if (!st && !r->Z_begun)
            st = leie_matrix_builder_begin(&r->Z, n, err);
        r->Z_begun = true;
        st = st ? st : leie_matrix_builder_cell(&r->Z, 0, 0, 0, err); // cells come in any order
    }
    if (!st)
        st = p->cube ? leie_cube_intake(&intake, r, p, err) : leie_bundle_intake(&intake, r->bundle, p->entry, p->sheet, err);
    st = st ? st : leie_grid_open(&g, intake, p->shown, &p->form, err);
    if (!st && g.cols != 1)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: %lld columns behind the labels, expected one of values", p->shown,
                       (long long)g.cols);
    const leie_grid_sink sink = {.ctx = &f, .row = take_record, .values = take_value};
    st = st ? st : leie_grid_read(&g, &sink, &rows, err);
    leie_grid_close(&g);
    side_clear(&f.row);
    side_clear(&f.col);
    leie_free(f.bit);
    return st;
}

leie_status leie_flat_labels(leie_reading *r, leie_piece *p, leie_error *err)
{
    return read_records(r, p, false, err);
}

leie_status leie_flat_values(leie_reading *r, leie_piece *p, leie_error *err)
{
    leie_status st = read_records(r, p, true, err);
    return st ? st : leie_reading_uses(r, p->entry, p->name, err);
}
