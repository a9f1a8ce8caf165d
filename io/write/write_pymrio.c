// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/write_pymrio.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/write/writer.h"
#include "kernels/memory.h"

#define INPUTS "factor_inputs" // the name that pymrio's own readers give to primary inputs
#define PARAMETERS "file_parameters.json"

// ---- labels ----

// Two header lines over a matrix: regions, then codes, behind `labels` blank columns and their names.
static void put_header(leie_writer *w, const leie_axis *axis, const char *code, int labels)
{
    for (int line = 0; line < 2; line++) {
        leie_writer_text(w, line ? code : "region");
        for (int i = 1; i < labels; i++)
            leie_writer_text(w, "\t");
        for (leie_size j = 0; j < axis->n; j++) {
            leie_writer_text(w, "\t");
            leie_writer_field(w, line ? axis->code[j] : axis->region.code[axis->of[j]], '\0');
        }
        leie_writer_text(w, "\n");
    }
}

// The names of the row labels on a line of their own, as pandas writes them.
static void put_index_names(leie_writer *w, const char *names, leie_size columns)
{
    leie_writer_text(w, names);
    for (leie_size j = 0; j < columns; j++)
        leie_writer_text(w, "\t");
    leie_writer_text(w, "\n");
}

static void put_item(leie_writer *w, const leie_axis *axis, leie_size i, char behind)
{
    leie_writer_field(w, axis->region.code[axis->of[i]], '\t');
    leie_writer_field(w, axis->code[i], behind);
}

static void put_values(leie_writer *w, const double *value, leie_size n)
{
    for (leie_size j = 0; j < n; j++) {
        char behind = j + 1 < n ? '\t' : '\n';
        if (value[j] == 0)
            leie_writer_bytes(w, (const char[]){'0', behind}, 2);
        else
            leie_writer_number(w, value[j], behind);
    }
}

// ---- JSON ----

static void put_json(leie_writer *w, const char *text)
{
    leie_writer_text(w, "\"");
    for (; text && *text; text++) {
        char code[8];
        if (*text == '"' || *text == '\\')
            snprintf(code, sizeof code, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            snprintf(code, sizeof code, "\\u%04x", (unsigned)*text);
        else
            snprintf(code, sizeof code, "%c", *text);
        leie_writer_text(w, code);
    }
    leie_writer_text(w, "\"");
}

typedef struct file_row {
    const char *key;
    int index_cols, headers;
} file_row;

static void write_parameters(leie_writer *w, const char *path, const file_row *file, int n, const char *type,
                             const char *name)
{
    char text[160];
    leie_writer_start(w, path, false);
    leie_writer_text(w, "{\n    \"files\": {\n");
    for (int i = 0; i < n; i++) {
        snprintf(text, sizeof text,
                 "        \"%s\": {\"name\": \"%s.txt\", \"nr_index_col\": \"%d\", \"nr_header\": \"%d\"}%s\n",
                 file[i].key, file[i].key, file[i].index_cols, file[i].headers, i + 1 < n ? "," : "");
        leie_writer_text(w, text);
    }
    snprintf(text, sizeof text, "    },\n    \"systemtype\": \"%s\"", type);
    leie_writer_text(w, text);
    if (name) {
        leie_writer_text(w, ",\n    \"name\": ");
        put_json(w, name);
    }
    leie_writer_text(w, "\n}\n");
    leie_writer_finish(w);
}

static void write_metadata(leie_writer *w, const leie_table *t)
{
    char year[160];
    snprintf(year, sizeof year, "%d, %.40s, prices: %.40s %.40s, written by Leie", t->year, t->unit ? t->unit : "",
             t->valuation ? t->valuation : "", t->prices ? t->prices : "");
    leie_writer_start(w, "metadata.json", false);
    leie_writer_text(w, "{\n    \"description\": ");
    put_json(w, year);
    leie_writer_text(w, ",\n    \"name\": ");
    put_json(w, t->source && t->source[0] ? t->source : "table");
    leie_writer_text(w, ",\n    \"system\": ");
    put_json(w, t->system);
    leie_writer_text(w, ",\n    \"version\": ");
    snprintf(year, sizeof year, "%d", t->year);
    put_json(w, year);
    leie_writer_text(w, ",\n    \"history\": []\n}\n");
    leie_writer_finish(w);
}

// ---- the core ----

static void write_Z(leie_writer *w, const leie_table *t, double *row)
{
    leie_size n = t->sector.n;
    leie_writer_start(w, "Z.txt", false);
    put_header(w, &t->sector, "sector", 2);
    put_index_names(w, "region\tsector", n);
    for (leie_size i = 0; !w->st && i < n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&t->Z, i, &col, &val);
        if (col)
            memset(row, 0, (size_t)n * sizeof *row);
        for (leie_size c = 0; c < count; c++)
            row[col ? col[c] : c] = val[c];
        put_item(w, &t->sector, i, '\t');
        put_values(w, row, n);
    }
    leie_writer_finish(w);
}

static void write_Y(leie_writer *w, const leie_table *t)
{
    leie_writer_start(w, "Y.txt", false);
    put_header(w, &t->demand, "category", 2);
    put_index_names(w, "region\tsector", t->demand.n);
    for (leie_size i = 0; !w->st && i < t->sector.n; i++) {
        put_item(w, &t->sector, i, '\t');
        put_values(w, t->Y + i * t->demand.n, t->demand.n);
    }
    leie_writer_finish(w);
}

static void write_x(leie_writer *w, const leie_table *t)
{
    leie_writer_start(w, "x.txt", false);
    leie_writer_text(w, "region\tsector\tindout\n");
    for (leie_size i = 0; i < t->sector.n; i++) {
        put_item(w, &t->sector, i, '\t');
        leie_writer_number(w, t->x[i], '\n');
    }
    leie_writer_finish(w);
}

static void write_unit(leie_writer *w, const leie_table *t)
{
    leie_writer_start(w, "unit.txt", false);
    leie_writer_text(w, "region\tsector\tunit\n");
    for (leie_size i = 0; i < t->sector.n; i++) {
        put_item(w, &t->sector, i, '\t');
        leie_writer_field(w, t->sector.unit[i][0] ? t->sector.unit[i] : t->unit, '\n');
    }
    leie_writer_finish(w);
}

// ---- extensions ----

// Rows of one extension: `extension` NULL for the primary inputs.
typedef struct row_set {
    const leie_table *t;
    const char *extension, *folder;
    const leie_labels *label;
} row_set;

static bool has_row(const row_set *s, leie_size k)
{
    return !s->extension || strcmp(s->t->extension[k], s->extension) == 0;
}

static void write_rows(leie_writer *w, const row_set *s, const char *file, const char *code, const double *value,
                       const leie_axis *axis)
{
    char path[2 * LEIE_WRITER_NAME];
    snprintf(path, sizeof path, "%s/%s", s->folder, file);
    leie_writer_start(w, path, false);
    put_header(w, axis, code, 1);
    put_index_names(w, s->extension ? "stressor" : "inputtype", axis->n);
    for (leie_size k = 0; !w->st && k < s->label->n; k++)
        if (has_row(s, k)) {
            leie_writer_field(w, s->label->code[k], '\t');
            put_values(w, value + k * axis->n, axis->n);
        }
    leie_writer_finish(w);
}

static void write_extension(leie_writer *w, const row_set *s, const double *F, const double *F_Y)
{
    static const file_row files[] = {{"F", 1, 2}, {"unit", 1, 1}, {"F_Y", 1, 2}};
    char path[2 * LEIE_WRITER_NAME];
    const leie_table *t = s->t;
    leie_writer_folder(w, s->folder);
    write_rows(w, s, "F.txt", "sector", F, &t->sector);
    if (F_Y)
        write_rows(w, s, "F_Y.txt", "category", F_Y, &t->demand);
    snprintf(path, sizeof path, "%s/unit.txt", s->folder);
    leie_writer_start(w, path, false);
    leie_writer_text(w, s->extension ? "stressor\tunit\n" : "inputtype\tunit\n");
    for (leie_size k = 0; k < s->label->n; k++)
        if (has_row(s, k)) {
            leie_writer_field(w, s->label->code[k], '\t');
            leie_writer_field(w, s->label->unit[k][0] ? s->label->unit[k] : t->unit, '\n');
        }
    leie_writer_finish(w);
    snprintf(path, sizeof path, "%s/" PARAMETERS, s->folder);
    write_parameters(w, path, files, F_Y ? 3 : 2, "Extension", s->folder);
}

// ---- the folder ----

// load_all takes every folder with parameters for an extension of the table.
static void check_folder(leie_writer *w, const leie_table *t, const leie_labels *extension)
{
    char path[4 * LEIE_WRITER_NAME];
    struct stat info;
    DIR *folder = w->st ? NULL : opendir(w->folder);
    if (!folder) {
        if (!w->st)
            w->st = leie_fail(w->err, LEIE_ERR_OUTPUT, "%s: %s", w->folder, strerror(errno));
        return;
    }
    for (struct dirent *entry = readdir(folder); !w->st && entry; entry = readdir(folder)) {
        const char *name = entry->d_name;
        if (name[0] == '.' || leie_labels_find(extension, name) >= 0 || (t->W && strcmp(name, INPUTS) == 0))
            continue;
        int length = snprintf(path, sizeof path, "%s/%s/" PARAMETERS, w->folder, name);
        if (length < (int)sizeof path && stat(path, &info) == 0)
            w->st = leie_fail(w->err, LEIE_ERR_OUTPUT,
                              "%s/%s would be loaded as an extension of this table: move it away first", w->folder, name);
    }
    closedir(folder);
}

static bool reads_as_missing(const char *code)
{
    static const char *const words[] = {"", "NA", "N/A", "n/a", "<NA>", "nan", "NaN", "-nan", "-NaN", "NULL", "null", "None",
                                        "#NA", "#N/A", "#N/A N/A", "1.#IND", "1.#QNAN", "-1.#IND", "-1.#QNAN"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(code, words[i]) == 0)
            return true;
    return false;
}

static void note_missing(leie_pymrio_notes *notes, char *const *code, leie_size n)
{
    for (leie_size i = 0; i < n; i++)
        if (reads_as_missing(code[i]) && notes->missing++ == 0)
            notes->missing_code = code[i];
}

static void find_notes(leie_pymrio_notes *notes, const leie_table *t)
{
    *notes = (leie_pymrio_notes){0};
    for (leie_size f = 0; f < t->demand.n; f++)
        notes->not_demand += t->demand.kind[f] == LEIE_DEMAND_EXPORT || t->demand.kind[f] == LEIE_DEMAND_DISCREPANCY;
    for (leie_size i = 0; t->x && i < t->sector.n; i++)
        notes->negative += t->x[i] < 0;
    note_missing(notes, t->sector.region.code, t->sector.region.n);
    note_missing(notes, t->sector.code, t->sector.n);
    note_missing(notes, t->demand.code, t->demand.n);
    note_missing(notes, t->stressor.code, t->stressor.n);
}

static void write_all(leie_writer *w, const leie_table *t, const leie_labels *extension, double *row)
{
    static const file_row files[] = {{"Z", 2, 2}, {"Y", 2, 2}, {"unit", 2, 1}, {"x", 2, 1}};
    write_parameters(w, PARAMETERS, files, t->x ? 4 : 3, "IOSystem", NULL);
    write_metadata(w, t);
    write_unit(w, t);
    write_Z(w, t, row);
    write_Y(w, t);
    if (t->x)
        write_x(w, t);
    if (t->W)
        write_extension(w, &(row_set){t, NULL, INPUTS, &t->input}, t->W, NULL);
    for (leie_size e = 0; e < extension->n; e++)
        write_extension(w, &(row_set){t, extension->code[e], extension->code[e], &t->stressor}, t->F,
                        t->demand.n ? t->F_Y : NULL);
}

leie_status leie_write_pymrio(const char *folder, const leie_table *t, int digits, leie_pymrio_notes *notes,
                              leie_error *err)
{
    leie_writer w;
    leie_labels extension = {0};
    double *row = leie_new(t->sector.n, sizeof *row);
    if (!leie_writer_new(&w, folder, digits, err))
        w.st = leie_writer_extensions(&extension, t, err);
    w.separator = '\t';
    if (!w.st && !row)
        w.st = leie_fail_memory(err, "a row", t->sector.n, sizeof *row);
    if (!w.st && t->W && leie_labels_find(&extension, INPUTS) >= 0)
        w.st = leie_fail(err, LEIE_ERR_DATA, "an extension is called '" INPUTS "', the name of the primary inputs in pymrio");
    leie_writer_folder(&w, "");
    check_folder(&w, t, &extension);
    if (!w.st)
        write_all(&w, t, &extension, row);
    leie_writer_sync(&w);
    leie_writer_clear(&w);
    leie_labels_clear(&extension);
    leie_free(row);
    if (notes)
        find_notes(notes, t);
    return w.st;
}
