// SPDX-License-Identifier: GPL-3.0-or-later
/* A grid by a layout: columns resolved from its header, rows from their labels, values put where both say. */
#include <stdio.h>
#include <string.h>

#include "io/read/layout_impl.h"
#include "kernels/memory.h"
#include "solver/linear/parts.h"

// ---- columns ----

static leie_status open_grid(leie_grid *g, const leie_reading *r, const leie_piece *p, leie_error *err)
{
    leie_intake *intake = NULL;
    leie_status st = leie_bundle_intake(&intake, r->bundle, p->entry, p->sheet, err);
    return st ? st : leie_grid_open(g, intake, p->shown, &p->form, err);
}

static void join_labels(char *text, size_t size, char *const *label, leie_size labels)
{
    text[0] = '\0';
    for (leie_size i = 0; i < labels; i++) {
        size_t length = strlen(text);
        snprintf(text + length, size - length, "%s'%.120s'", i ? ", " : "", label[i]);
    }
}

static leie_status set_column(leie_reading *r, leie_piece *p, leie_size c, const leie_resolved *label, leie_error *err)
{
    bool fresh = false;
    leie_column *column = &p->col[c];
    column->role = label->role;
    p->has_sector |= label->role == LEIE_ROLE_SECTOR;
    p->has_other |= label->role != LEIE_ROLE_SECTOR && label->role != LEIE_ROLE_SKIP;
    if (label->role != LEIE_ROLE_SECTOR && label->role != LEIE_ROLE_DEMAND)
        return LEIE_OK;
    leie_status st = r->fixed ? LEIE_OK : leie_reading_label(r, label, &fresh, err);
    column->region = st ? NULL : leie_strdup(label->region);
    column->code = st ? NULL : leie_strdup(label->code);
    return st || (column->region && column->code) ? st : leie_fail_memory(err, p->shown, 1, 0);
}

static void column_labels(char **label, const leie_grid *g, const leie_piece *p, leie_size c)
{
    leie_size levels = p->col_list.levels ? p->col_list.levels : g->form.header;
    for (leie_size h = 0; h < levels; h++)
        label[h] = p->col_list.levels ? p->col_list.text[c * levels + h] : g->col_label[h * g->cols + c];
}

static leie_status resolve_columns(leie_reading *r, leie_piece *p, const leie_grid *g, leie_error *err)
{
    const leie_yaml *rules = leie_yaml_get(p->part, "cols");
    leie_size levels = p->col_list.levels ? p->col_list.levels : g->form.header;
    char *label[LEIE_GRID_LEVELS], text[600];
    leie_resolved *found = leie_new(1, sizeof *found);
    leie_status st = found ? LEIE_OK : leie_fail_memory(err, p->shown, 1, sizeof *found);
    for (leie_size c = 0; !st && c < g->cols; c++) {
        column_labels(label, g, p, c);
        if (leie_layout_resolve(found, r->layout, rules, label, levels)) {
            st = set_column(r, p, c, found, err);
        } else {
            join_labels(text, sizeof text, label, levels);
            st = leie_fail(err, LEIE_ERR_DATA, "%s: column %lld with the label %s is nothing that the layout %s knows",
                           p->shown, (long long)(c + g->form.index + 1), text, r->layout->name);
        }
    }
    leie_free(found);
    return st;
}

leie_status leie_piece_columns(leie_reading *r, leie_piece *p, leie_error *err)
{
    leie_grid g;
    const char *row_list = leie_part_text(p->part, "row_list", NULL), *col_list = leie_part_text(p->part, "col_list", NULL);
    leie_status st = row_list ? leie_tuples_read(&p->row_list, r, p->part, row_list, err) : LEIE_OK;
    if (!st && col_list)
        st = leie_tuples_read(&p->col_list, r, p->part, col_list, err);
    st = st ? st : open_grid(&g, r, p, err);
    if (st)
        return st;
    p->cols = g.cols;
    if (col_list && p->col_list.n != g.cols)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: %lld columns, expected the %lld labels of the list '%s'", p->shown,
                       (long long)g.cols, (long long)p->col_list.n, col_list);
    if (!st && !col_list && !g.form.header)
        st = leie_yaml_fail(p->part, err, "a grid without header needs 'col_list'");
    p->col = st ? NULL : leie_new(g.cols, sizeof *p->col);
    if (!st && !p->col)
        st = leie_fail_memory(err, p->shown, g.cols, sizeof *p->col);
    st = st ? st : resolve_columns(r, p, &g, err);
    leie_grid_close(&g);
    return st;
}

// ---- values ----

// What a row is: its role and position, in one number.
static leie_size name_row(leie_role role, leie_size at)
{
    return at * LEIE_ROLES + role;
}

enum { SCRATCH_SIZE = 1 << 20, ROWS_LEAST = 16, ROWS_MOST = 1 << 13 }; // bytes of rows that wait; rows

/* Values of rows wait in slots, one for each row of a round, until the round is parsed; there are two halves of them: while
 * the rows of one round are parsed into the one, the other is emptied. */
typedef struct slot {
    leie_size row;      // as name_row says
    leie_size dropped;  // values that belong nowhere
    double lost;        // their sum
} slot;

typedef struct filling {
    leie_reading *r;
    leie_piece *p;
    bool *seen;     // [sectors] rows of sectors that were there
    bool in_order;  // columns are those of the sectors in the order of the axis
    leie_size room, half;     // of each half; the one that is filled now, 0 or 1
    leie_size slots[2];       // filled
    slot *slot;      // [2, room]
    double *scratch; // [2, room, n] rows of Z, NULL until there is one
    leie_resolved *label;
} filling;

static leie_status find_columns(leie_piece *p, const leie_table *t, leie_error *err)
{
    leie_index *owner[2] = {leie_new(t->sector.n + 1, sizeof **owner), leie_new(t->demand.n + 1, sizeof **owner)};
    leie_status st = owner[0] && owner[1] ? LEIE_OK : leie_fail_memory(err, p->shown, t->sector.n, sizeof **owner);
    for (leie_size c = 0; !st && c < p->cols; c++) {
        leie_column *column = &p->col[c];
        bool demand = column->role == LEIE_ROLE_DEMAND;
        if (!demand && column->role != LEIE_ROLE_SECTOR)
            continue;
        const leie_axis *axis = demand ? &t->demand : &t->sector;
        column->at = leie_axis_find(axis, column->region[0] ? column->region : axis->region.code[axis->region.n - 1],
                                    column->code);
        if (column->at < 0)
            st = leie_fail(err, LEIE_ERR_DATA, "%s: column '%s' of '%s' is nothing that the table has", p->shown,
                           column->code, column->region);
        else if (owner[demand][column->at]++)
            st = leie_fail(err, LEIE_ERR_DATA, "%s: two columns for '%s' of '%s'", p->shown, column->code,
                           column->region);
    }
    leie_free(owner[0]);
    leie_free(owner[1]);
    return st;
}

static leie_status fail_row(const leie_grid *g, const leie_piece *p, leie_size number, char *const *label,
                            leie_size labels, const char *what, leie_error *err)
{
    char text[600];
    join_labels(text, sizeof text, label, labels);
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: row %lld with the label %s %s", p->shown, (long long)g->scan.line,
                     (long long)number + 1, text, what);
}

static void turn_slots(void *ctx)
{
    filling *f = ctx;
    f->half ^= 1;
    f->slots[f->half] = 0;
}

// What the slots of the round before hold goes to Z, row by row.
static leie_status empty_slots(void *ctx, leie_error *err)
{
    filling *f = ctx;
    leie_size n = f->r->t->sector.n, first = (f->half ^ 1) * f->room, last = first + f->slots[f->half ^ 1];
    leie_status st = LEIE_OK;
    for (leie_size i = first; !st && i < last; i++) {
        const slot *s = &f->slot[i];
        f->r->dropped += s->dropped;
        f->r->dropped_sum += s->lost;
        if (f->scratch && s->row % LEIE_ROLES == LEIE_ROLE_SECTOR)
            st = leie_matrix_builder_row(&f->r->Z, s->row / LEIE_ROLES, f->scratch + i * n, err);
    }
    return st;
}

/* Whether Z may be blocks of A while it is read: cells are not asked for, x is known, nothing is added up afterwards, and the rows of
 * a region are few beside it. */
static bool may_be_blocks(const filling *f)
{
    const leie_reading *r = f->r;
    const leie_axis *axis = &r->t->sector;
    bool small = true;
    for (leie_size k = 0; k < axis->region.n; k++)
        small &= LEIE_BLOCKS_REGIONS * (axis->first[k + 1] - axis->first[k]) <= axis->n;
    const leie_study_tables *spec = r->spec;
    leie_x_choice choice = spec->x_stated ? spec->x_choice : r->layout->x_choice;
    return small && spec->blocks_from > 0 && r->t->sector.n >= spec->blocks_from && f->in_order && !f->p->coefficients && r->x_col &&
           choice == LEIE_X_GIVEN && spec->keeps == 0 && r->layout->merge.n == 0;
}

static leie_status begin_blocks(leie_reading *r, leie_error *err)
{
    leie_size parts, *first = NULL, n = r->t->sector.n;
    double *scale = NULL;
    leie_status st = leie_reading_array(&scale, n, err);
    st = st ? st : leie_parts_find(&first, &parts, &r->t->sector, err);
    for (leie_size j = 0; !st && j < n; j++)
        scale[j] = r->x_col[j] > 0 ? 1 / r->x_col[j] : 0;
    st = st ? st : leie_matrix_builder_blocks(&r->Z, scale, parts, first, err);
    leie_free(scale);
    leie_free(first);
    return st;
}

// A slot for a row; with columns of sectors, room for a row of Z.
static leie_status take_slot(leie_size *at, filling *f, leie_size row, leie_error *err)
{
    leie_size n = f->r->t->sector.n;
    bool sector = f->p->has_sector && row % LEIE_ROLES == LEIE_ROLE_SECTOR;
    leie_status st = LEIE_OK;
    if (sector && !f->r->Z_begun) {
        st = may_be_blocks(f) ? begin_blocks(f->r, err) : leie_matrix_builder_begin(&f->r->Z, n, err);
        f->r->Z_begun = !st;
    }
    if (!st && sector && !f->scratch)
        st = leie_reading_array(&f->scratch, 2 * f->room * n, err);
    if (st)
        return st;
    *at = f->half * f->room + f->slots[f->half]++;
    f->slot[*at] = (slot){.row = row};
    return LEIE_OK;
}

static leie_status take_sector_row(filling *f, const leie_grid *g, leie_size number, char *const *label,
                                   leie_size labels, leie_size *row, leie_error *err)
{
    const leie_axis *axis = &f->r->t->sector;
    leie_size at = leie_axis_find(axis, f->label->region, f->label->code);
    if (at < 0)
        return fail_row(g, f->p, number, label, labels, "is a sector that no column has", err);
    if (f->seen[at])
        return fail_row(g, f->p, number, label, labels, "is there twice", err);
    f->seen[at] = true;
    *row = name_row(LEIE_ROLE_SECTOR, at);
    return LEIE_OK;
}

static leie_status resolve_row(filling *f, const leie_grid *g, leie_size number, char *const *index, leie_size *row,
                               leie_error *err)
{
    leie_reading *r = f->r;
    const leie_tuples *list = &f->p->row_list;
    leie_size labels = list->levels ? list->levels : g->form.index, at;
    char *const *label = list->levels ? list->text + number * list->levels : index;
    *row = -1;
    if (list->levels && number >= list->n)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: more rows than the %lld labels of its list", f->p->shown,
                         (long long)g->scan.line, (long long)list->n);
    if (!leie_layout_resolve(f->label, r->layout, leie_yaml_get(f->p->part, "rows"), label, labels))
        return fail_row(g, f->p, number, label, labels, "is nothing that the layout knows", err);
    leie_status st = LEIE_OK;
    switch (f->label->role) {
    case LEIE_ROLE_SECTOR:
        return take_sector_row(f, g, number, label, labels, row, err);
    case LEIE_ROLE_INPUT:
    case LEIE_ROLE_STRESSOR:
        st = leie_reading_extra(&at, r, f->p, f->label, err);
        if (!st && at >= 0)
            *row = name_row(f->label->role, at);
        return st;
    case LEIE_ROLE_OUTPUT:
        if (!r->x_row)
            st = leie_reading_array(&r->x_row, r->t->sector.n, err);
        *row = name_row(LEIE_ROLE_OUTPUT, 0);
        return st;
    default:
        r->skipped++;
        return LEIE_OK;
    }
}

// The receiver's name of a row is its slot.
static leie_status take_row(void *ctx, const leie_grid *g, leie_size number, char *const *index, leie_size *row,
                            leie_error *err)
{
    filling *f = ctx;
    leie_size name;
    leie_status st = resolve_row(f, g, number, index, &name, err);
    *row = -1;
    return st || name < 0 ? st : take_slot(row, f, name, err);
}

// Values of a row of a sector: intermediate use, final demand, output.
static void put_sector(filling *f, leie_size at, leie_size i, const double *value)
{
    const leie_piece *p = f->p;
    leie_size n = f->r->t->sector.n, m = f->r->t->demand.n;
    double *z = f->scratch ? f->scratch + at * n : NULL, *y = f->r->t->Y + i * m;
    for (leie_size c = 0; c < p->cols; c++) {
        const leie_column *column = &p->col[c];
        if (column->role == LEIE_ROLE_SECTOR)
            z[column->at] = value[c];
        else if (column->role == LEIE_ROLE_DEMAND)
            y[column->at] = value[c];
        else if (column->role == LEIE_ROLE_OUTPUT)
            f->r->x_col[i] = value[c];
    }
}

// Rows of sectors whose columns are in order need no reading over: they are parsed where they wait.
static double *room_of(void *ctx, leie_size row)
{
    const filling *f = ctx;
    bool straight = f->in_order && f->slot[row].row % LEIE_ROLES == LEIE_ROLE_SECTOR;
    return straight ? f->scratch + row * f->r->t->sector.n : NULL;
}

static void put_extra(filling *f, slot *s, const leie_extra *extra, leie_size at, const double *value)
{
    const leie_piece *p = f->p;
    for (leie_size c = 0; c < p->cols; c++) {
        const leie_column *column = &p->col[c];
        if (column->role == LEIE_ROLE_SECTOR) {
            extra->to_sector[at][column->at] += value[c];
        } else if (column->role == LEIE_ROLE_DEMAND && extra->to_demand[at]) {
            extra->to_demand[at][column->at] += value[c];
        } else if (column->role == LEIE_ROLE_DEMAND && value[c] != 0) {
            s->dropped++;
            s->lost += value[c];
        }
    }
}

static leie_status take_values(void *ctx, leie_size row, const double *value, leie_error *err)
{
    filling *f = ctx;
    slot *s = &f->slot[row];
    leie_size at = s->row / LEIE_ROLES;
    (void)err;
    switch ((leie_role)(s->row % LEIE_ROLES)) {
    case LEIE_ROLE_SECTOR:
        put_sector(f, row, at, value);
        break;
    case LEIE_ROLE_INPUT:
        put_extra(f, s, &f->r->input, at, value);
        break;
    case LEIE_ROLE_STRESSOR:
        put_extra(f, s, &f->r->stressor, at, value);
        break;
    default:
        for (leie_size c = 0; c < f->p->cols; c++)
            if (f->p->col[c].role == LEIE_ROLE_SECTOR)
                f->r->x_row[f->p->col[c].at] = value[c];
    }
    return LEIE_OK;
}

static bool columns_in_order(const leie_piece *p, const leie_table *t)
{
    if (p->cols != t->sector.n)
        return false;
    for (leie_size c = 0; c < p->cols; c++)
        if (p->col[c].role != LEIE_ROLE_SECTOR || p->col[c].at != c)
            return false;
    return true;
}

static leie_status filling_new(filling *f, leie_error *err)
{
    leie_size n = f->r->t->sector.n;
    leie_status st = LEIE_OK;
    f->in_order = columns_in_order(f->p, f->r->t);
    f->room = SCRATCH_SIZE / (8 * n);
    f->room = f->room < ROWS_LEAST ? ROWS_LEAST : f->room > ROWS_MOST ? ROWS_MOST : f->room;
    f->slot = leie_new(2 * f->room, sizeof *f->slot);
    f->seen = leie_new(n, sizeof *f->seen);
    f->label = leie_new(1, sizeof *f->label);
    if (!f->slot || !f->seen || !f->label)
        return leie_fail_memory(err, f->p->shown, n, sizeof *f->seen);
    for (leie_size c = 0; !st && !f->r->x_col && c < f->p->cols; c++)
        if (f->p->col[c].role == LEIE_ROLE_OUTPUT)
            st = leie_reading_array(&f->r->x_col, n, err);
    return st;
}

// Rows that the file does not have: of its list, or of some sectors where others are there.
static leie_status check_rows(const filling *f, leie_size rows, leie_error *err)
{
    const leie_tuples *list = &f->p->row_list;
    const leie_axis *axis = &f->r->t->sector;
    leie_size seen = 0, first = -1;
    for (leie_size i = 0; i < axis->n; i++) {
        seen += f->seen[i];
        if (!f->seen[i] && first < 0)
            first = i;
    }
    if (seen && first >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: %lld rows of sectors, expected %lld: the first one missing is '%s' of '%s' "
                         "(is the file complete?)", f->p->shown, (long long)seen, (long long)axis->n, axis->code[first],
                         axis->region.code[axis->of[first]]);
    if (!list->levels || rows == list->n)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "%s: %lld rows, expected the %lld labels of the list '%s'", f->p->shown,
                     (long long)rows, (long long)list->n, leie_part_text(f->p->part, "row_list", ""));
}

// Labels of columns, when their positions have been used.
static void forget_columns(leie_piece *p)
{
    for (leie_size c = 0; p->col && c < p->cols; c++) {
        p->col[c].region = leie_free(p->col[c].region);
        p->col[c].code = leie_free(p->col[c].code);
    }
}

leie_status leie_piece_values(leie_reading *r, leie_piece *p, leie_error *err)
{
    filling f = {.r = r, .p = p};
    leie_grid g = {0};
    leie_size rows = 0;
    leie_status st = find_columns(p, r->t, err);
    st = st ? st : filling_new(&f, err);
    st = st ? st : open_grid(&g, r, p, err);
    const leie_grid_sink sink = {.ctx = &f, .row = take_row, .values = take_values, .room = room_of,
                                 .turn = turn_slots, .settle = empty_slots, .most = f.room};
    st = st ? st : leie_grid_read(&g, &sink, &rows, err);
    st = st ? st : check_rows(&f, rows, err);
    if (!st && p->coefficients)
        r->coefficients = true;
    leie_grid_close(&g);
    forget_columns(p);
    leie_free(f.seen);
    leie_free(f.scratch);
    leie_free(f.slot);
    leie_free(f.label);
    return st ? st : leie_reading_uses(r, p->entry, p->name, err);
}
