// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/grid.h"

#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"

// ---- fields of small files ----

// One field from `at`; returns where the next one begins, NULL behind the last.
static char *cut_field(char **field, char *at, char separator)
{
    char *to = at;
    *field = at;
    if (*at == '"') {
        char *from = at + 1;
        for (*field = to = at; *from && (*from != '"' || from[1] == '"'); from++) {
            from += *from == '"';
            *to++ = *from;
        }
        from += *from == '"';
        at = from;
        while (*at && *at != separator)
            at++;
    } else {
        to = at = strchr(at, separator) ? strchr(at, separator) : at + strlen(at);
    }
    char *next = *at ? at + 1 : NULL;
    *to = '\0';
    return next;
}

leie_size leie_fields_cut(char **field, leie_size most, char *line, char separator)
{
    leie_size n = 0;
    for (char *at = line; at && n < most;)
        at = cut_field(&field[n++], at, separator);
    return n;
}

// ---- the header ----

static leie_status begin_columns(leie_grid *g, leie_error *err)
{
    leie_size cols = g->scan.fields - g->form.index;
    if (cols < 1 || cols > LEIE_GRID_COLUMNS_MOST)
        return leie_scan_fail(&g->scan, g->scan.line, err, "%lld fields, of which %lld are labels of the row",
                              (long long)g->scan.fields, (long long)g->form.index);
    g->cols = cols;
    g->col_label = g->form.header ? leie_new(g->form.header * cols, sizeof *g->col_label) : NULL;
    return g->col_label || !g->form.header ? LEIE_OK
                                           : leie_fail_memory(err, g->name, g->form.header * cols, sizeof *g->col_label);
}

static leie_status take_header(leie_grid *g, leie_size level, leie_error *err)
{
    leie_status st = level == 0 ? begin_columns(g, err) : LEIE_OK;
    if (!st && g->scan.fields - g->form.index != g->cols)
        st = leie_scan_fail(&g->scan, g->scan.line, err, "%lld fields in this line of the header, %lld in its first one",
                            (long long)g->scan.fields, (long long)(g->cols + g->form.index));
    for (leie_size c = 0; !st && c < g->cols; c++) {
        const leie_slice *field = &g->scan.field[g->form.index + c];
        char *label = leie_strndup(field->at, (size_t)field->size);
        g->col_label[level * g->cols + c] = label;
        st = label ? LEIE_OK : leie_fail_memory(err, g->name, 1, (size_t)field->size);
    }
    return st;
}

// A last column whose labels are blank at every level: the separator at the end of the lines.
static void drop_trailing(leie_grid *g)
{
    leie_size last = g->cols - 1, levels = g->form.header;
    for (leie_size h = 0; h < levels; h++)
        if (g->col_label[h * g->cols + last][0])
            return;
    for (leie_size h = 0; h < levels; h++)
        leie_free(g->col_label[h * g->cols + last]);
    for (leie_size h = 1; h < levels; h++)
        memmove(g->col_label + h * last, g->col_label + h * g->cols, (size_t)last * sizeof *g->col_label);
    g->cols = last;
}

/* Behind the header: a line that names the levels of the rows; and without header, the number of columns. */
static leie_status look_ahead(leie_grid *g, leie_error *err)
{
    leie_status st = leie_scan_record(&g->scan, err);
    if (!st && g->scan.fields == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no row behind the header", g->name);
    if (!st && !g->form.header) {
        g->scan.fields -= g->scan.fields > g->form.index + 1 && g->scan.field[g->scan.fields - 1].size == 0;
        st = begin_columns(g, err);
    }
    bool blank = g->form.names && g->form.index > 0;
    for (leie_size i = g->form.index; i < g->scan.fields; i++)
        blank &= g->scan.field[i].size == 0;
    if (!st && !blank)
        leie_scan_back(&g->scan);
    return st;
}

// Lines that have nothing behind the labels of rows are titles.
static leie_status skip_titles(leie_grid *g, leie_error *err)
{
    for (;;) {
        bool blank = true;
        leie_status st = leie_scan_record(&g->scan, err);
        if (st || g->scan.fields == 0)
            return st ? st : leie_fail(err, LEIE_ERR_DATA, "%s: no header", g->name);
        for (leie_size i = g->form.index; i < g->scan.fields; i++)
            blank &= g->scan.field[i].size == 0;
        if (!blank)
            break;
    }
    leie_scan_back(&g->scan);
    return LEIE_OK;
}

leie_status leie_grid_open(leie_grid *g, leie_intake *intake, const char *path, const leie_grid_form *form,
                           leie_error *err)
{
    *g = (leie_grid){.form = *form, .intake = intake, .name = leie_strdup(path)};
    leie_status st = g->name ? LEIE_OK : leie_fail_memory(err, path, 1, strlen(path));
    for (leie_size i = 0; !st && i < form->index; i++) {
        g->label[i] = leie_new(LEIE_GRID_LABEL, 1);
        st = g->label[i] ? LEIE_OK : leie_fail_memory(err, path, LEIE_GRID_LABEL, 1);
    }
    leie_stream stream = leie_intake_stream(intake);
    stream.name = g->name;
    st = st ? st : leie_scan_open(&g->scan, &stream, form->separator, err);
    g->opened = !st;
    for (leie_size i = 0; !st && i < form->skip; i++)
        st = leie_scan_record(&g->scan, err);
    if (!st && form->skip < 0)
        st = skip_titles(g, err);
    for (leie_size h = 0; !st && h < form->header; h++) {
        st = leie_scan_record(&g->scan, err);
        if (!st && g->scan.fields == 0)
            st = leie_fail(err, LEIE_ERR_DATA, "%s: the text ends in its header", path);
        st = st ? st : take_header(g, h, err);
    }
    if (!st && form->header)
        drop_trailing(g);
    st = st ? st : look_ahead(g, err);
    if (st)
        leie_grid_close(g);
    return st;
}

void leie_grid_close(leie_grid *g)
{
    for (leie_size i = 0; g->col_label && i < g->form.header * g->cols; i++)
        leie_free(g->col_label[i]);
    leie_free(g->col_label);
    if (g->opened)
        leie_scan_close(&g->scan);
    leie_intake_close(g->intake);
    for (leie_size i = 0; i < LEIE_GRID_LEVELS; i++)
        leie_free(g->label[i]);
    leie_free(g->name);
    *g = (leie_grid){0};
}

// ---- rows ----

typedef struct passing {
    leie_grid *g;
    const leie_grid_sink *sink;
    leie_size number;
} passing;

static leie_status pass_row(void *ctx, leie_size *row, const leie_slice *label, leie_error *err)
{
    passing *p = ctx;
    leie_grid *g = p->g;
    for (leie_size i = 0; i < g->form.index; i++) {
        if (label[i].size >= LEIE_GRID_LABEL)
            return leie_scan_fail(&g->scan, g->scan.line, err, "a label of %lld bytes", (long long)label[i].size);
        memcpy(g->label[i], label[i].at, (size_t)label[i].size);
        g->label[i][label[i].size] = '\0';
    }
    return p->sink->row(p->sink->ctx, g, p->number++, g->label, row, err);
}

static leie_status pass_values(void *ctx, leie_size row, const double *value, leie_error *err)
{
    passing *p = ctx;
    return p->sink->values(p->sink->ctx, row, value, err);
}

static double *pass_room(void *ctx, leie_size row)
{
    passing *p = ctx;
    return p->sink->room(p->sink->ctx, row);
}

static void pass_turn(void *ctx)
{
    passing *p = ctx;
    p->sink->turn(p->sink->ctx);
}

static leie_status pass_settle(void *ctx, leie_error *err)
{
    passing *p = ctx;
    return p->sink->settle(p->sink->ctx, err);
}

static void name_column(void *ctx, leie_size column, char *text, size_t size)
{
    const leie_grid *g = ((passing *)ctx)->g;
    text[0] = '\0';
    for (leie_size h = 0; h < g->form.header && column < g->cols; h++) {
        size_t length = strlen(text);
        snprintf(text + length, size - length, "%s%s", length ? ", " : "", g->col_label[h * g->cols + column]);
    }
}

leie_status leie_grid_read(leie_grid *g, const leie_grid_sink *sink, leie_size *rows, leie_error *err)
{
    passing p = {.g = g, .sink = sink};
    const leie_scan_form form = {.labels = g->form.index, .count = g->cols, .mark = g->form.mark, .blank = true,
                                 .most = sink->most};
    const leie_scan_sink to = {.ctx = &p, .place = pass_row, .take = pass_values, .name = name_column,
                               .room = sink->room ? pass_room : NULL,
                               .turn = sink->turn ? pass_turn : NULL, .settle = sink->settle ? pass_settle : NULL};
    leie_status st = leie_scan_rows(&g->scan, &form, &to, err);
    *rows = p.number;
    return st;
}
