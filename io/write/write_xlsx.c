// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/write_xlsx.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <xlsxwriter.h>

#include "io/result/dataset_text.h"
#include "io/result/temporary.h"
#include "io/write/write_result_csv.h"
#include "io/write/writer.h"
#include "kernels/memory.h"

enum {
    ROWS_MOST = 1048576,
    COLUMNS_MOST = 16384,
    TEXT_MOST = 32767,
    NAME_MOST = 31,       // characters of a sheet's name
    STREAM_FROM = 500000, // cells: from here rows go to the disk one by one
    CREATED = 946684800   // 2000-01-01: the clock must not be in the file
};

/* A workbook under construction; the first failure is kept and everything after it does nothing. */
typedef struct book {
    leie_status st;
    leie_error *err;
    const char *path;
    leie_temporary file;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    char sheet_name[NAME_MOST + 1];
    lxw_row_t row;
    lxw_col_t col;
} book;

static void fail_xlsx(book *b, lxw_error code)
{
    if (code == LXW_NO_ERROR || b->st)
        return;
    leie_status st = code == LXW_ERROR_MEMORY_MALLOC_FAILED ? LEIE_ERR_NOMEM
                     : code == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED ? LEIE_ERR_LIMIT : LEIE_ERR_OUTPUT;
    b->st = leie_fail(b->err, st, "%s: sheet '%s': %s", b->path, b->sheet_name, lxw_strerror(code));
}

static void book_open(book *b, const char *path, leie_size cells, const char *title, leie_error *err)
{
    *b = (book){.err = err, .path = path, .file = {.fd = -1}};
    b->st = leie_temporary_open(&b->file, path, err);
    if (b->st)
        return;
    lxw_workbook_options options = {.constant_memory = cells >= STREAM_FROM ? LXW_TRUE : LXW_FALSE};
    char *shown = leie_strdup(title), comment[] = "written by Leie"; // the library's texts are not const
    lxw_doc_properties properties = {.title = shown, .comments = comment, .created = CREATED};
    b->workbook = workbook_new_opt(b->file.path, &options);
    if (!b->workbook || (title && !shown))
        b->st = leie_fail_memory(err, path, 1, sizeof *b->workbook);
    else
        fail_xlsx(b, workbook_set_properties(b->workbook, &properties));
    leie_free(shown);
}

static void book_close(book *b)
{
    b->sheet_name[0] = '\0';
    if (b->workbook) {
        lxw_error code = workbook_close(b->workbook); // frees it in any case
        if (code && !b->st)
            b->st = leie_fail(b->err, LEIE_ERR_OUTPUT, "%s: cannot be written: %s", b->path, lxw_strerror(code));
    }
    if (!b->st)
        b->st = leie_temporary_commit(&b->file, b->err);
    leie_temporary_drop(&b->file);
}

// ---- sheets and cells ----

// A sheet's name: 31 characters, none of []:*?/\, and no other sheet's but for capitals.
static void begin_sheet(book *b, const char *name)
{
    char text[NAME_MOST + 1];
    size_t n = 0;
    if (b->st)
        return;
    for (; name[n] && n < NAME_MOST; n++)
        text[n] = strchr("[]:*?/\\'", name[n]) ? '_' : name[n];
    while (n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80) // no half character at the end
        n--;
    text[n] = '\0';
    for (unsigned k = 2; workbook_get_worksheet_by_name(b->workbook, text) && k < 1000; k++)
        snprintf(text + (n < NAME_MOST - 4 ? n : NAME_MOST - 4), 5, "~%u", k % 1000);
    memcpy(b->sheet_name, text, sizeof text);
    b->sheet = workbook_add_worksheet(b->workbook, text);
    b->row = 0;
    b->col = 0;
    if (!b->sheet)
        b->st = leie_fail(b->err, LEIE_ERR_OUTPUT, "%s: sheet '%s' cannot be added", b->path, text);
}

static void put_text(book *b, const char *text)
{
    if (!b->st && text && text[0])
        fail_xlsx(b, worksheet_write_string(b->sheet, b->row, b->col, text, NULL));
    b->col++;
}

static void put_number(book *b, double value)
{
    if (!b->st && isinf(value))
        b->st = leie_fail(b->err, LEIE_ERR_DATA, "%s: sheet '%s': a value is infinite", b->path, b->sheet_name);
    if (!b->st && !isnan(value))
        fail_xlsx(b, worksheet_write_number(b->sheet, b->row, b->col, value, NULL));
    b->col++;
}

// A cell of a matrix: zeros stay blank.
static void put_cell(book *b, double value)
{
    if (!b->st && isnan(value))
        b->st = leie_fail(b->err, LEIE_ERR_DATA, "%s: sheet '%s': a value is not a number", b->path, b->sheet_name);
    if (value == 0)
        b->col++;
    else
        put_number(b, value);
}

static void end_row(book *b)
{
    b->row++;
    b->col = 0;
}

static void put_line(book *b, const char *first, const char *second)
{
    put_text(b, first);
    put_text(b, second);
    end_row(b);
}

static void put_header(book *b, const char *const *name, int n)
{
    for (int i = 0; i < n; i++)
        put_text(b, name[i]);
    end_row(b);
}

// ---- limits ----

static leie_status check_sheet(leie_size *total, const char *path, const char *sheet, leie_size rows, leie_size cols,
                               leie_size cells, leie_error *err)
{
    *total += cells;
    if (rows > ROWS_MOST || cols > COLUMNS_MOST)
        return leie_fail(err, LEIE_ERR_LIMIT, "%s: sheet '%s' would have %lld rows and %lld columns; xlsx has at most %d and %d (csv has no limit)",
                         path, sheet, (long long)rows, (long long)cols, (int)ROWS_MOST, (int)COLUMNS_MOST);
    if (*total > LEIE_XLSX_CELLS)
        return leie_fail(err, LEIE_ERR_LIMIT, "%s: more than %d cells with sheet '%s'; spreadsheets do not open that (csv has no limit)",
                         path, (int)LEIE_XLSX_CELLS, sheet);
    return LEIE_OK;
}

static leie_size nonzeros(const double *value, leie_size n)
{
    leie_size count = 0;
    for (leie_size i = 0; value && i < n; i++)
        count += value[i] != 0;
    return count;
}

static leie_status check_table(leie_size *cells, const char *path, const leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n, m = t->demand.n, k = t->stressor.n;
    *cells = 0;
    leie_status st = check_sheet(cells, path, "Z", n + 2, n + 2, leie_matrix_nonzeros(&t->Z), err);
    if (!st)
        st = check_sheet(cells, path, "Y", n + 2, m + 2, nonzeros(t->Y, n * m), err);
    if (!st)
        st = check_sheet(cells, path, "F", k + 2, n + 2, nonzeros(t->F, k * n) + nonzeros(t->F_Y, k * m), err);
    if (!st)
        st = check_sheet(cells, path, "W", t->input.n + 2, n + 2, nonzeros(t->W, t->input.n * n), err);
    return st;
}

// ---- tables ----

static void write_readme(book *b, const leie_table *t)
{
    char year[32];
    snprintf(year, sizeof year, "%d", t->year);
    begin_sheet(b, "README");
    const char *const lines[][2] = {
        {"year", year}, {"unit", t->unit}, {"currency", t->currency}, {"valuation", t->valuation}, {"prices", t->prices},
        {"system", t->system}, {"source", t->source}, {"licence", t->licence},
        {"", ""},
        {"Z", "what each sector (row) sells to each sector (column)"},
        {"Y", "what each sector sells to final demand"},
        {"x", "output of each sector"},
        {"W", "primary inputs of each sector"},
        {"F_...", "pressures of each sector, by stressor"},
        {"F_Y_...", "pressures of final demand, by stressor"},
        {"", "Cells that are zero are blank. Numbers have 16 significant digits."}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        put_line(b, lines[i][0], lines[i][1]);
    for (leie_size i = 0; i < t->provenance.notes; i++)
        put_line(b, leie_note_name(t->provenance.note[i].kind), t->provenance.note[i].text);
}

static void put_item(book *b, const leie_axis *axis, leie_size i)
{
    put_text(b, axis->region.code[axis->of[i]]);
    put_text(b, axis->code[i]);
}

static void write_labels(book *b, const leie_table *t)
{
    begin_sheet(b, "regions");
    put_header(b, (const char *const[]){"region", "name"}, 2);
    for (leie_size r = 0; r < t->sector.region.n; r++)
        put_line(b, t->sector.region.code[r], t->sector.region.name[r]);
    begin_sheet(b, "sectors");
    put_header(b, (const char *const[]){"region", "sector", "name", "unit"}, 4);
    for (leie_size i = 0; i < t->sector.n; i++) {
        put_item(b, &t->sector, i);
        put_text(b, t->sector.name[i]);
        put_line(b, t->sector.unit[i][0] ? t->sector.unit[i] : t->unit, NULL);
    }
    begin_sheet(b, "categories");
    put_header(b, (const char *const[]){"region", "category", "name", "kind"}, 4);
    for (leie_size f = 0; f < t->demand.n; f++) {
        put_item(b, &t->demand, f);
        put_text(b, t->demand.name[f]);
        put_line(b, leie_demand_name(t->demand.kind[f]), NULL);
    }
    if (t->stressor.n == 0)
        return;
    begin_sheet(b, "stressors");
    put_header(b, (const char *const[]){"stressor", "name", "unit", "kind", "basis", "extension"}, 6);
    for (leie_size s = 0; s < t->stressor.n; s++) {
        const leie_labels *l = &t->stressor;
        const char *const text[] = {l->code[s], l->name[s], l->unit[s], l->kind[s], t->basis[s], t->extension[s]};
        put_header(b, text, 6);
    }
}

// Two lines of column labels behind so many columns of row labels.
static void put_columns(book *b, const leie_axis *axis, int labels)
{
    for (int line = 0; line < 2; line++) {
        b->col = (lxw_col_t)labels;
        for (leie_size j = 0; j < axis->n; j++)
            put_text(b, line ? axis->code[j] : axis->region.code[axis->of[j]]);
        end_row(b);
    }
}

static void write_Z(book *b, const leie_table *t)
{
    begin_sheet(b, "Z");
    put_columns(b, &t->sector, 2);
    for (leie_size i = 0; !b->st && i < t->sector.n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&t->Z, i, &col, &val);
        put_item(b, &t->sector, i);
        for (leie_size c = 0; c < count; c++) {
            b->col = (lxw_col_t)(2 + (col ? col[c] : c));
            put_cell(b, val[c]);
        }
        end_row(b);
    }
}

static void write_Y(book *b, const leie_table *t)
{
    begin_sheet(b, "Y");
    put_columns(b, &t->demand, 2);
    for (leie_size i = 0; !b->st && i < t->sector.n; i++) {
        put_item(b, &t->sector, i);
        for (leie_size f = 0; f < t->demand.n; f++)
            put_cell(b, t->Y[i * t->demand.n + f]);
        end_row(b);
    }
}

static void write_x(book *b, const leie_table *t)
{
    begin_sheet(b, "x");
    put_header(b, (const char *const[]){"region", "sector", "x"}, 3);
    for (leie_size i = 0; !b->st && i < t->sector.n; i++) {
        put_item(b, &t->sector, i);
        put_number(b, t->x[i]);
        end_row(b);
    }
}

// Rows of one extension, or of primary inputs (extension NULL).
static void write_rows(book *b, const char *sheet, const leie_labels *label, char *const *extension, const char *name,
                       const double *value, const leie_axis *axis, const char *unit)
{
    begin_sheet(b, sheet);
    put_columns(b, axis, 2);
    for (leie_size k = 0; !b->st && k < label->n; k++) {
        if (extension && strcmp(extension[k], name))
            continue;
        put_text(b, label->code[k]);
        put_text(b, label->unit[k][0] ? label->unit[k] : unit);
        for (leie_size j = 0; j < axis->n; j++)
            put_cell(b, value[k * axis->n + j]);
        end_row(b);
    }
}

static void write_extensions(book *b, const leie_table *t, const leie_labels *extension)
{
    char sheet[LEIE_WRITER_NAME + 8];
    for (leie_size e = 0; !b->st && e < extension->n; e++) {
        const char *name = extension->code[e];
        snprintf(sheet, sizeof sheet, "F_%s", name);
        write_rows(b, sheet, &t->stressor, t->extension, name, t->F, &t->sector, "");
        snprintf(sheet, sizeof sheet, "F_Y_%s", name);
        if (t->demand.n)
            write_rows(b, sheet, &t->stressor, t->extension, name, t->F_Y, &t->demand, "");
    }
}

leie_status leie_write_xlsx_table(const char *path, const leie_table *t, leie_error *err)
{
    book b;
    leie_size cells;
    leie_labels extension = {0};
    leie_status st = check_table(&cells, path, t, err);
    if (!st)
        st = leie_writer_extensions(&extension, t, err);
    if (st)
        goto done;
    book_open(&b, path, cells, t->source ? t->source : "", err);
    write_readme(&b, t);
    write_labels(&b, t);
    write_Z(&b, t);
    write_Y(&b, t);
    if (t->x)
        write_x(&b, t);
    if (t->W)
        write_rows(&b, "W", &t->input, NULL, NULL, t->W, &t->sector, t->unit);
    write_extensions(&b, t, &extension);
    book_close(&b);
    st = b.st;
done:
    leie_labels_clear(&extension);
    return st;
}

// ---- results ----

// How a variable lies on its sheet: `across` is the dimension of the columns, -1 for a line per value.
typedef struct layout {
    int across, down; // down: dimensions in front of each line
    leie_size rows, cols;
} layout;

static layout layout_of(const leie_dataset *ds, const leie_var *v)
{
    layout l = {.across = -1, .down = v->rank, .rows = v->count, .cols = 1};
    leie_size last = v->rank > 1 ? ds->dim[v->dim[v->rank - 1]].n : COLUMNS_MOST;
    if (last + v->rank < COLUMNS_MOST)
        l = (layout){.across = v->rank - 1, .down = v->rank - 1, .rows = v->count / last, .cols = last};
    return l;
}

static leie_status check_result(leie_size *cells, const char *path, const leie_dataset *ds, leie_error *err)
{
    *cells = 0;
    for (leie_size i = 0; i < ds->vars; i++) {
        const leie_var *v = ds->var[i];
        layout l = layout_of(ds, v);
        if (!leie_result_is_shown(ds, v))
            continue;
        leie_status st = check_sheet(cells, path, v->name, l.rows + 2, l.cols + l.down + 1, v->count, err);
        if (st)
            return st;
    }
    return LEIE_OK;
}

static void write_contents(book *b, const leie_dataset *ds)
{
    char text[LEIE_LABEL_ROOM];
    begin_sheet(b, "README");
    for (leie_size i = 0; i < ds->attribute.n; i++) {
        const leie_attribute *a = &ds->attribute.item[i];
        put_text(b, a->name);
        // a long list (hashes of sources) is cut to what a cell holds
        if (a->type == LEIE_VAR_TEXT && strlen(a->text) > TEXT_MOST)
            put_text(b, "(too long for a cell: see the NetCDF file)");
        else if (a->type == LEIE_VAR_TEXT)
            put_text(b, a->text);
        for (leie_size k = 0; k < a->n; k++)
            put_number(b, a->type == LEIE_VAR_INT ? (double)a->integer[k] : a->number[k]);
        end_row(b);
    }
    end_row(b);
    put_header(b, (const char *const[]){"variable", "units", "what", "dimensions"}, 4);
    for (leie_size i = 0; i < ds->vars; i++) {
        const leie_var *v = ds->var[i];
        if (!leie_result_is_shown(ds, v))
            continue;
        put_text(b, v->name);
        put_text(b, leie_dataset_units(text, ds, v));
        put_text(b, leie_dataset_get_text(ds, v, "long_name"));
        for (int k = 0; k < v->rank; k++)
            put_text(b, ds->dim[v->dim[k]].name);
        end_row(b);
    }
    put_line(b, "", "Missing values are blank. Numbers have 16 significant digits.");
}

static void put_value(book *b, const leie_var *v, leie_size i)
{
    if (v->type == LEIE_VAR_TEXT)
        put_text(b, v->text[i]);
    else
        put_number(b, v->type == LEIE_VAR_INT ? (double)v->integer[i] : v->number[i]);
}

// Column labels, and a line with their units when they have some.
static void put_result_header(book *b, const leie_dataset *ds, const leie_var *v, const layout *l)
{
    char text[LEIE_LABEL_ROOM];
    bool units = false;
    for (int k = 0; k < l->down; k++)
        put_text(b, ds->dim[v->dim[k]].name);
    put_text(b, "unit");
    if (l->across < 0)
        put_text(b, "value");
    for (leie_size j = 0; l->across >= 0 && j < l->cols; j++) {
        put_text(b, leie_dataset_label(text, ds, v->dim[l->across], j));
        leie_dataset_label_unit(text, ds, v, v->dim[l->across], j);
        units |= text[0] != '\0';
    }
    end_row(b);
    if (!units)
        return;
    b->col = (lxw_col_t)(l->down + 1);
    for (leie_size j = 0; j < l->cols; j++) {
        leie_dataset_label_unit(text, ds, v, v->dim[l->across], j);
        put_text(b, text);
    }
    end_row(b);
}

// The unit of a line: by its own labels when units go by labels.
static void put_line_unit(book *b, const leie_dataset *ds, const leie_var *v, const layout *l, const leie_size *at)
{
    char text[LEIE_LABEL_ROOM];
    if (!leie_dataset_get_text(ds, v, "units_by")) {
        put_text(b, leie_dataset_units(text, ds, v));
        return;
    }
    char all[2 * LEIE_LABEL_ROOM] = "";
    for (int k = 0; k < l->down; k++) {
        leie_dataset_label_unit(text, ds, v, v->dim[k], at[k]);
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%.500s", text);
    }
    put_text(b, all);
}

static void write_variable(book *b, const leie_dataset *ds, const leie_var *v)
{
    char text[LEIE_LABEL_ROOM];
    const layout l = layout_of(ds, v);
    leie_size at[LEIE_RANK_MAX] = {0}, i = 0;
    bool down[LEIE_RANK_MAX] = {false};
    for (int k = 0; k < l.down; k++)
        down[k] = true;
    begin_sheet(b, v->name);
    put_result_header(b, ds, v, &l);
    do {
        for (int k = 0; k < l.down; k++)
            put_text(b, leie_dataset_label(text, ds, v->dim[k], at[k]));
        put_line_unit(b, ds, v, &l, at);
        for (leie_size j = 0; j < l.cols; j++)
            put_value(b, v, i++);
        end_row(b);
    } while (!b->st && leie_dataset_step(at, down, ds, v));
}

leie_status leie_write_xlsx_result(const char *path, const leie_dataset *ds, leie_error *err)
{
    book b;
    leie_size cells;
    const char *title = leie_dataset_get_text(ds, NULL, "title");
    leie_status st = check_result(&cells, path, ds, err);
    if (st)
        return st;
    book_open(&b, path, cells, title ? title : "", err);
    write_contents(&b, ds);
    for (leie_size i = 0; !b.st && i < ds->vars; i++)
        if (leie_result_is_shown(ds, ds->var[i]))
            write_variable(&b, ds, ds->var[i]);
    book_close(&b);
    return b.st;
}
