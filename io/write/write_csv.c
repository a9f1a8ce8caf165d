// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/write_csv.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "io/write/writer.h"
#include "kernels/memory.h"
#include "solver/table/table_impl.h"

enum { FILE_MAX = LEIE_WRITER_NAME };

// ---- labels ----

// key: "text" with the escapes of YAML's double quotes; nothing for NULL or "".
static void put_yaml(leie_writer *w, const char *key, const char *text)
{
    if (!text || !text[0])
        return;
    leie_writer_text(w, key);
    leie_writer_text(w, ": \"");
    for (; *text; text++) {
        char code[8];
        if (*text == '"' || *text == '\\')
            snprintf(code, sizeof code, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            snprintf(code, sizeof code, "\\x%02X", (unsigned)*text);
        else
            snprintf(code, sizeof code, "%c", *text);
        leie_writer_text(w, code);
    }
    leie_writer_text(w, "\"\n");
}

// An output that is not the sum of its row is stated, or reading the table again would change it.
static void put_x_from(leie_writer *w, const leie_table *t)
{
    double *row = t->x ? leie_new(t->sector.n, sizeof *row) : NULL;
    if (t->x && !row && !w->st)
        w->st = leie_fail_memory(w->err, "x", t->sector.n, sizeof *row);
    if (!row)
        return;
    if (!w->st)
        w->st = leie_table_row_totals(row, t, w->err);
    if (!w->st && memcmp(row, t->x, (size_t)t->sector.n * sizeof *row) != 0)
        leie_writer_text(w, "x_from: given\n");
    leie_free(row);
}

static void write_yaml(leie_writer *w, const leie_table *t)
{
    char year[32];
    snprintf(year, sizeof year, "year: %d\n", t->year);
    leie_writer_start(w, "table.yaml", false);
    leie_writer_text(w, year);
    put_yaml(w, "currency", t->currency);
    put_yaml(w, "unit", t->unit);
    put_yaml(w, "valuation", t->valuation);
    put_yaml(w, "prices", t->prices);
    put_yaml(w, "system", t->system);
    put_yaml(w, "source", t->source);
    put_yaml(w, "licence", t->licence);
    put_x_from(w, t);
    leie_writer_finish(w);
}

static void write_regions(leie_writer *w, const leie_table *t)
{
    leie_writer_start(w, "regions.csv", false);
    leie_writer_text(w, "region,name\n");
    for (leie_size r = 0; r < t->sector.region.n; r++) {
        leie_writer_field(w, t->sector.region.code[r], ',');
        leie_writer_field(w, t->sector.region.name[r], '\n');
    }
    leie_writer_finish(w);
}

// region and code of an item
static void put_item(leie_writer *w, const leie_axis *axis, leie_size i)
{
    leie_writer_field(w, axis->region.code[axis->of[i]], ',');
    leie_writer_field(w, axis->code[i], ',');
}

static void write_sectors(leie_writer *w, const leie_table *t)
{
    leie_writer_start(w, "sectors.csv", false);
    leie_writer_text(w, "region,sector,name,unit\n");
    for (leie_size i = 0; i < t->sector.n; i++) {
        put_item(w, &t->sector, i);
        leie_writer_field(w, t->sector.name[i], ',');
        leie_writer_field(w, t->sector.unit[i], '\n');
    }
    leie_writer_finish(w);
}

// The distinct categories with their kinds.
static leie_status list_categories(leie_labels *list, const leie_axis *d, leie_error *err)
{
    for (leie_size f = 0; f < d->n; f++) {
        const char *kind = leie_demand_name(d->kind[f]);
        leie_size at = leie_labels_find(list, d->code[f]);
        if (at >= 0 && strcmp(list->kind[at], kind) != 0)
            return leie_fail(err, LEIE_ERR_DATA,
                             "category '%s' is %s in region '%s' and %s before it: one code needs "
                             "one kind",
                             d->code[f], kind, d->region.code[d->of[f]], list->kind[at]);
        if (at < 0)
            at = leie_labels_add(list, d->code[f], d->name[f], NULL, kind, err);
        if (at < 0)
            return (leie_status)at;
    }
    return LEIE_OK;
}

// Which regions have a category is seen in Y.csv.
static void write_categories(leie_writer *w, const leie_table *t)
{
    leie_labels list = {0};
    if (!w->st)
        w->st = list_categories(&list, &t->demand, w->err);
    leie_writer_start(w, "categories.csv", false);
    leie_writer_text(w, "category,name,kind\n");
    for (leie_size f = 0; f < list.n; f++) {
        leie_writer_field(w, list.code[f], ',');
        leie_writer_field(w, list.name[f], ',');
        leie_writer_field(w, list.kind[f], '\n');
    }
    leie_writer_finish(w);
    leie_labels_clear(&list);
}

static void write_stressors(leie_writer *w, const leie_table *t)
{
    const leie_labels *s = &t->stressor;
    leie_writer_start(w, "stressors.csv", false);
    leie_writer_text(w, "stressor,name,unit,kind,basis,extension\n");
    for (leie_size i = 0; i < s->n; i++) {
        leie_writer_field(w, s->code[i], ',');
        leie_writer_field(w, s->name[i], ',');
        leie_writer_field(w, s->unit[i], ',');
        leie_writer_field(w, s->kind[i], ',');
        leie_writer_field(w, t->basis[i], ',');
        leie_writer_field(w, t->extension[i], '\n');
    }
    leie_writer_finish(w);
}

// ---- values ----

static bool all_zero(const double *x, leie_size n, leie_size step)
{
    for (leie_size i = 0; i < n; i++)
        if (x[i * step] != 0)
            return false;
    return true;
}

static void write_Z(leie_writer *w, const char *file, const leie_table *t, const leie_matrix *Z)
{
    leie_writer_start(w, file, true);
    leie_writer_text(w, "region,sector,to_region,to_sector,value\n");
    for (leie_size i = 0; !w->st && i < Z->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(Z, i, &col, &val);
        for (leie_size c = 0; c < count; c++) {
            if (val[c] == 0)
                continue;
            put_item(w, &t->sector, i);
            put_item(w, &t->sector, col ? col[c] : c);
            leie_writer_number(w, val[c], '\n');
        }
    }
    leie_writer_finish(w);
}

// A column without any demand keeps the zero in its first row: the file is what names the columns.
static void write_Y(leie_writer *w, const char *file, const leie_table *t, const double *Y)
{
    leie_size n = t->sector.n, m = t->demand.n;
    leie_writer_start(w, file, true);
    leie_writer_text(w, "region,sector,to_region,category,value\n");
    for (leie_size i = 0; !w->st && i < n; i++)
        for (leie_size f = 0; f < m; f++) {
            double value = Y[i * m + f];
            if (value == 0 && !(i == 0 && all_zero(Y + f, n, m)))
                continue;
            put_item(w, &t->sector, i);
            put_item(w, &t->demand, f);
            leie_writer_number(w, value, '\n');
        }
    leie_writer_finish(w);
}

static void write_x(leie_writer *w, const leie_table *t)
{
    leie_writer_start(w, "x.csv", false);
    leie_writer_text(w, "region,sector,value\n");
    for (leie_size i = 0; i < t->sector.n; i++) {
        put_item(w, &t->sector, i);
        leie_writer_number(w, t->x[i], '\n');
    }
    leie_writer_finish(w);
}

// One row of W, F or F_Y; a row of zeros keeps its first one.
static void put_row(leie_writer *w, const char *code, const double *row, const leie_axis *axis, const char *unit)
{
    bool empty = all_zero(row, axis->n, 1);
    for (leie_size j = 0; !w->st && j < axis->n; j++) {
        if (row[j] == 0 && !(empty && j == 0))
            continue;
        leie_writer_field(w, code, ',');
        put_item(w, axis, j);
        leie_writer_number(w, row[j], unit ? ',' : '\n');
        if (unit)
            leie_writer_field(w, unit, '\n');
    }
}

static void write_W(leie_writer *w, const leie_table *t)
{
    leie_writer_start(w, "W.csv", false);
    leie_writer_text(w, "input,region,sector,value\n");
    for (leie_size v = 0; v < t->input.n; v++)
        put_row(w, t->input.code[v], t->W + v * t->sector.n, &t->sector, NULL);
    leie_writer_finish(w);
}

// The rows of one extension in F or F_Y.
static void write_pressures(leie_writer *w, const leie_table *t, const char *extension, const char *file, const char *item,
                            const double *rows, const leie_axis *axis)
{
    leie_writer_start(w, file, true);
    leie_writer_text(w, "stressor,region,");
    leie_writer_text(w, item);
    leie_writer_text(w, ",value,unit\n");
    for (leie_size s = 0; s < t->stressor.n; s++)
        if (strcmp(t->extension[s], extension) == 0)
            put_row(w, t->stressor.code[s], rows + s * axis->n, axis, t->stressor.unit[s]);
    leie_writer_finish(w);
}

static void write_extensions(leie_writer *w, const leie_table *t, const leie_labels *extension)
{
    char file[FILE_MAX];
    for (leie_size e = 0; !w->st && e < extension->n; e++) {
        const char *name = extension->code[e];
        snprintf(file, sizeof file, "F_%s.csv", name);
        write_pressures(w, t, name, file, "sector", t->F, &t->sector);
        if (t->demand.n == 0)
            continue;
        snprintf(file, sizeof file, "F_Y_%s.csv", name);
        write_pressures(w, t, name, file, "category", t->F_Y, &t->demand);
    }
}

// ---- the folder ----

// Whether this table writes the file of that name.
static bool is_ours(const char *file, const leie_table *t, const leie_labels *extension)
{
    char name[FILE_MAX];
    const struct {
        const char *name;
        bool written;
    } fixed[] = {
        {"regions.csv", true}, {"sectors.csv", true}, {"categories.csv", true}, {"Z.csv.gz", true},
        {"Y.csv.gz", true},    {"x.csv", t->x},       {"W.csv", t->W},          {"stressors.csv", t->stressor.n > 0}};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(file, fixed[i].name) == 0)
            return fixed[i].written;
    for (leie_size e = 0; e < extension->n; e++) {
        snprintf(name, sizeof name, "F_%s.csv.gz", extension->code[e]);
        if (strcmp(file, name) == 0)
            return true;
        snprintf(name, sizeof name, "F_Y_%s.csv.gz", extension->code[e]);
        if (strcmp(file, name) == 0)
            return t->demand.n > 0;
    }
    return false;
}

// Whether a reader of the folder would take the file for a part of the table.
static bool is_part(const char *file)
{
    static const char *const part[] = {"regions", "sectors", "categories", "stressors", "Z", "Y", "x", "W"};
    size_t length = strlen(file);
    if (length > 3 && strcmp(file + length - 3, ".gz") == 0)
        length -= 3;
    if (length < 5 || strncmp(file + length - 4, ".csv", 4) != 0)
        return false;
    length -= 4;
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (strlen(part[i]) == length && strncmp(file, part[i], length) == 0)
            return true;
    return strncmp(file, "F_", 2) == 0;
}

static void check_folder(leie_writer *w, const leie_table *t, const leie_labels *extension)
{
    DIR *folder = w->st ? NULL : opendir(w->folder);
    if (!folder) {
        if (!w->st)
            w->st = leie_fail(w->err, LEIE_ERR_OUTPUT, "%s: %s", w->folder, strerror(errno));
        return;
    }
    for (struct dirent *entry = readdir(folder); !w->st && entry; entry = readdir(folder))
        if (is_part(entry->d_name) && !is_ours(entry->d_name, t, extension))
            w->st =
                leie_fail(w->err, LEIE_ERR_OUTPUT, "%s/%s would be read as a part of this table: move it away first",
                          w->folder, entry->d_name);
    closedir(folder);
}

leie_status leie_write_csv_table(const char *folder, const leie_table *t, int digits, leie_error *err)
{
    leie_writer w;
    leie_labels extension = {0};
    if (!leie_writer_new(&w, folder, digits, err))
        w.st = leie_writer_extensions(&extension, t, err);
    leie_writer_folder(&w, "");
    check_folder(&w, t, &extension);
    write_yaml(&w, t);
    write_regions(&w, t);
    write_sectors(&w, t);
    write_categories(&w, t);
    write_Z(&w, "Z.csv", t, &t->Z);
    write_Y(&w, "Y.csv", t, t->Y);
    if (t->x)
        write_x(&w, t);
    if (t->W)
        write_W(&w, t);
    if (t->stressor.n > 0)
        write_stressors(&w, t);
    write_extensions(&w, t, &extension);
    leie_writer_sync(&w);
    leie_labels_clear(&extension);
    leie_writer_clear(&w);
    return w.st;
}

leie_status leie_write_csv_imports(const char *folder, const leie_table *t, const leie_matrix *Zm, const double *Ym,
                                   int digits, leie_error *err)
{
    leie_writer w;
    leie_writer_new(&w, folder, digits, err);
    leie_writer_folder(&w, "");
    write_Z(&w, "Zm.csv", t, Zm);
    write_Y(&w, "Ym.csv", t, Ym);
    leie_writer_sync(&w);
    leie_writer_clear(&w);
    return w.st;
}
