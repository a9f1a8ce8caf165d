// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/show_values.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Label of position i of v's dimension k with its unit, where it has one. */
static const char *label_with_unit(char text[LEIE_LABEL_ROOM], const leie_dataset *ds, const leie_var *v, int k, leie_size i)
{
    char unit[LEIE_LABEL_ROOM];
    const char *label = leie_dataset_label(text, ds, v->dim[k], i);
    leie_dataset_label_unit(unit, ds, v, v->dim[k], i);
    if (!unit[0])
        return label;
    char name[LEIE_LABEL_ROOM / 2];
    snprintf(name, sizeof name, "%.255s", label);
    snprintf(text, LEIE_LABEL_ROOM, "%s [%.200s]", name, unit);
    return text;
}

/* ---- values ---- */

/* A value to be read by people: six digits, no exponent between 1e6 and 1e15. */
static const char *readable(char *text, const leie_var *v, leie_size i)
{
    if (v->type == LEIE_VAR_TEXT)
        return v->text[i];
    if (v->type == LEIE_VAR_INT)
        snprintf(text, LEIE_LABEL_ROOM, "%" PRId64, v->integer[i]);
    else if (isnan(v->number[i]))
        return "-";
    else
        snprintf(text, LEIE_LABEL_ROOM, fabs(v->number[i]) >= 1e6 && fabs(v->number[i]) < 1e15 ? "%.0f" : "%.6g",
                 v->number[i]);
    return text;
}

/* ---- CSV ---- */

static void put_file(void *ctx, const char *text, size_t size)
{
    fwrite(text, 1, size, ctx);
}

void leie_show_field(FILE *out, const char *text)
{
    leie_dataset_csv_field(text, put_file, out);
}

void leie_show_csv(FILE *out, const leie_dataset *ds, const leie_var *v, const leie_size *at)
{
    leie_dataset_csv(ds, v, at, put_file, out);
}


/* ---- tables ---- */

/* Places that a text takes on a terminal: its characters, not its bytes. */
static int places(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

static void pad(FILE *out, int n)
{
    fprintf(out, "%*s", n > 0 ? n : 0, "");
}

/* Two blanks and a text in so many places: numbers to the right, texts to the left, without blanks behind the last. */
static void put_cell(FILE *out, const char *text, int width, bool left, bool last)
{
    int room = width - places(text);
    pad(out, left ? 2 : 2 + room);
    fputs(text, out);
    pad(out, left && !last ? room : 0);
}

/* A slice: which dimensions of v are rows and columns (-1: none, a single line of that kind). */
typedef struct slice {
    const leie_dataset *ds;
    const leie_var *v;
    int row, col;
    leie_size rows, cols;
} slice;

static const char *column_label(char *text, const slice *s, leie_size c)
{
    return s->col < 0 ? "value" : label_with_unit(text, s->ds, s->v, s->col, c);
}

static const char *row_label(char *text, const slice *s, leie_size r)
{
    return s->row < 0 ? "" : label_with_unit(text, s->ds, s->v, s->row, r);
}

static const char *cell(char *text, const slice *s, leie_size *here, leie_size r, leie_size c)
{
    if (s->row >= 0)
        here[s->row] = r;
    if (s->col >= 0)
        here[s->col] = c;
    return readable(text, s->v, leie_dataset_offset(s->ds, s->v, here));
}

static void measure(int *width, const slice *s, leie_size *here)
{
    char text[LEIE_LABEL_ROOM];
    width[0] = 0;
    for (leie_size r = 0; r < s->rows; r++) {
        int n = places(row_label(text, s, r));
        width[0] = n > width[0] ? n : width[0];
    }
    for (leie_size c = 0; c < s->cols; c++) {
        width[c + 1] = places(column_label(text, s, c));
        for (leie_size r = 0; r < s->rows; r++) {
            int n = places(cell(text, s, here, r, c));
            width[c + 1] = n > width[c + 1] ? n : width[c + 1];
        }
    }
}

static void print_slice(FILE *out, const slice *s, leie_size *here, const int *width)
{
    char text[LEIE_LABEL_ROOM];
    bool left = s->v->type == LEIE_VAR_TEXT;
    pad(out, width[0]);
    for (leie_size c = 0; c < s->cols; c++) {
        const char *label = column_label(text, s, c);
        put_cell(out, label, width[c + 1], left, c + 1 == s->cols);
    }
    fputc('\n', out);
    for (leie_size r = 0; r < s->rows; r++) {
        const char *label = row_label(text, s, r);
        fputs(label, out);
        pad(out, width[0] - places(label));
        for (leie_size c = 0; c < s->cols; c++) {
            const char *value = cell(text, s, here, r, c);
            put_cell(out, value, width[c + 1], left, c + 1 == s->cols);
        }
        fputc('\n', out);
    }
}

/* "scenario = base, year = 2011": the dimensions that are neither rows nor columns. */
static void print_heading(FILE *out, const slice *s, const leie_size *here)
{
    char text[LEIE_LABEL_ROOM];
    bool any = false;
    for (int k = 0; k < s->v->rank; k++) {
        if (k == s->row || k == s->col)
            continue;
        fprintf(out, "%s%s = %s", any ? ", " : "\n", s->ds->dim[s->v->dim[k]].name,
                label_with_unit(text, s->ds, s->v, k, here[k]));
        any = true;
    }
    fputc('\n', out);
}

leie_status leie_show_text(FILE *out, const leie_dataset *ds, const leie_var *v, const leie_size *at,
                           leie_error *err)
{
    leie_size here[LEIE_RANK_MAX] = {0};
    bool looped[LEIE_RANK_MAX] = {false};
    slice s = {.ds = ds, .v = v, .row = -1, .col = -1, .rows = 1, .cols = 1};
    for (int k = 0; k < v->rank; k++) {
        here[k] = at[k] < 0 ? 0 : at[k];
        looped[k] = at[k] < 0 && ds->dim[v->dim[k]].n > 1;
        if (looped[k]) {
            s.row = s.col;
            s.col = k;
        }
    }
    if (s.row < 0 && s.col >= 0) { // a list reads downwards
        s.row = s.col;
        s.col = -1;
    }
    if (s.row >= 0) {
        looped[s.row] = false;
        s.rows = ds->dim[v->dim[s.row]].n;
    }
    if (s.col >= 0) {
        looped[s.col] = false;
        s.cols = ds->dim[v->dim[s.col]].n;
    }
    int *width = leie_new(s.cols + 1, sizeof *width);
    if (!width)
        return leie_fail_memory(err, "column widths", s.cols + 1, sizeof *width);
    do {
        print_heading(out, &s, here);
        measure(width, &s, here);
        print_slice(out, &s, here, width);
        if (s.row >= 0)
            here[s.row] = 0;
        if (s.col >= 0)
            here[s.col] = 0;
    } while (leie_dataset_step(here, looped, ds, v));
    leie_free(width);
    return LEIE_OK;
}
