// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/write_csv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "kernels/memory.h"
#include "kernels/number.h"

enum {
    BUFFER = 1 << 16,
    FILE_MAX = 256,
    NUMBER_MAX = 40,
    GZIP_LEVEL = 6,
    GZIP_WINDOW = 15 + 16, // 16: a gzip header instead of one of zlib
    GZIP_MEMORY = 9,
    GZIP_UNKNOWN_OS = 255
};

/* One file under construction: text collects in `text` and goes to the disk as it is or compressed. The
 * first failure is kept in st; everything after it does nothing, and the temporary file is removed. */
typedef struct writer {
    leie_status st;
    leie_error *err;
    const char *folder;
    int digits;
    char *path, *temporary;
    int file; // -1 while closed
    bool gzip, deflating;
    z_stream z;
    gz_header header;
    char *text;            // [BUFFER]
    unsigned char *packed; // [BUFFER]
    size_t used;
} writer;

static void fail_output(writer *w, const char *what)
{
    w->st = leie_fail(w->err, LEIE_ERR_OUTPUT, "%s: %s: %s", w->path, what, strerror(errno));
}

static char *join(const char *folder, const char *name, const char *ending)
{
    size_t size = strlen(folder) + strlen(name) + strlen(ending) + 2;
    char *path = leie_new((leie_size)size, 1);
    if (path)
        snprintf(path, size, "%s/%s%s", folder, name, ending);
    return path;
}

static void to_disk(writer *w, const void *data, size_t size)
{
    const char *at = data;
    while (!w->st && size > 0) {
        ssize_t written = write(w->file, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            fail_output(w, "cannot be written");
            return;
        }
        at += written;
        size -= (size_t)written;
    }
}

// Empties the buffer; flush is Z_FINISH at the end of the file, else Z_NO_FLUSH.
static void drain(writer *w, int flush)
{
    if (!w->gzip) {
        to_disk(w, w->text, w->used);
        w->used = 0;
        return;
    }
    w->z.next_in = (unsigned char *)w->text;
    w->z.avail_in = (uInt)w->used;
    do {
        w->z.next_out = w->packed;
        w->z.avail_out = BUFFER;
        if (!w->st && deflate(&w->z, flush) == Z_STREAM_ERROR)
            w->st = leie_fail(w->err, LEIE_ERR_INTERNAL, "%s: zlib refused to compress", w->path);
        to_disk(w, w->packed, BUFFER - w->z.avail_out);
    } while (!w->st && w->z.avail_out == 0);
    w->used = 0;
}

static void put_bytes(writer *w, const char *text, size_t size)
{
    while (!w->st && size > 0) {
        size_t part = size < BUFFER - w->used ? size : BUFFER - w->used;
        memcpy(w->text + w->used, text, part);
        w->used += part;
        text += part;
        size -= part;
        if (w->used == BUFFER)
            drain(w, Z_NO_FLUSH);
    }
}

static void put(writer *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

// A field, quoted when it must be (RFC 4180), with the separator or line end behind it.
static void put_field(writer *w, const char *text, char behind)
{
    if (!text[strcspn(text, ",\"\r\n")] && text[0] != ' ' && (!text[0] || text[strlen(text) - 1] != ' ')) {
        put(w, text);
    } else {
        put(w, "\"");
        for (; *text; text++)
            put_bytes(w, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
        put(w, "\"");
    }
    put_bytes(w, &behind, 1);
}

static void put_number(writer *w, double value, char behind)
{
    char text[NUMBER_MAX];
    if (!w->st && !isfinite(value))
        w->st = leie_fail(w->err, LEIE_ERR_DATA, "%s: a value is %g: expected a finite number", w->path, value);
    if (w->digits > 0) {
        snprintf(text, sizeof text, "%.*e", w->digits < 17 ? w->digits - 1 : 16, value);
        value = strtod(text, NULL);
    }
    put_bytes(w, text, (size_t)leie_number_write(text, value));
    put_bytes(w, &behind, 1);
}

// ---- one file ----

static bool start_deflate(writer *w)
{
    w->z = (z_stream){0};
    w->header = (gz_header){.os = GZIP_UNKNOWN_OS};
    if (deflateInit2(&w->z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    w->deflating = true;
    return deflateSetHeader(&w->z, &w->header) == Z_OK;
}

static void start(writer *w, const char *name, bool gzip)
{
    if (w->st)
        return;
    w->gzip = gzip;
    w->used = 0;
    w->path = join(w->folder, name, gzip ? ".gz" : "");
    w->temporary = join(w->folder, name, gzip ? ".gz.part" : ".part");
    if (!w->path || !w->temporary || (gzip && !start_deflate(w))) {
        w->st = leie_fail_memory(w->err, "output file", BUFFER, 1);
        return;
    }
    w->file = open(w->temporary, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (w->file < 0)
        fail_output(w, "cannot be created");
}

static void finish(writer *w)
{
    if (!w->st)
        drain(w, Z_FINISH);
    if (!w->st && fsync(w->file) != 0)
        fail_output(w, "cannot be written");
    if (w->file >= 0 && close(w->file) != 0 && !w->st)
        fail_output(w, "cannot be written");
    if (!w->st && rename(w->temporary, w->path) != 0)
        fail_output(w, "cannot be replaced");
    if (w->st && w->temporary && w->file >= 0)
        unlink(w->temporary);
    w->file = -1;
    if (w->deflating)
        deflateEnd(&w->z);
    w->deflating = false;
    w->path = leie_free(w->path);
    w->temporary = leie_free(w->temporary);
}

// ---- labels ----

// key: "text" with the escapes of YAML's double quotes; nothing for NULL or "".
static void put_yaml(writer *w, const char *key, const char *text)
{
    if (!text || !text[0])
        return;
    put(w, key);
    put(w, ": \"");
    for (; *text; text++) {
        char code[8];
        if (*text == '"' || *text == '\\')
            snprintf(code, sizeof code, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            snprintf(code, sizeof code, "\\x%02X", (unsigned)*text);
        else
            snprintf(code, sizeof code, "%c", *text);
        put(w, code);
    }
    put(w, "\"\n");
}

static void write_yaml(writer *w, const leie_table *t)
{
    char year[32];
    snprintf(year, sizeof year, "year: %d\n", t->year);
    start(w, "table.yaml", false);
    put(w, year);
    put_yaml(w, "currency", t->currency);
    put_yaml(w, "unit", t->unit);
    put_yaml(w, "valuation", t->valuation);
    put_yaml(w, "prices", t->prices);
    put_yaml(w, "system", t->system);
    put_yaml(w, "source", t->source);
    put_yaml(w, "licence", t->licence);
    finish(w);
}

static void write_regions(writer *w, const leie_table *t)
{
    start(w, "regions.csv", false);
    put(w, "region,name\n");
    for (leie_size r = 0; r < t->sector.region.n; r++) {
        put_field(w, t->sector.region.code[r], ',');
        put_field(w, t->sector.region.name[r], '\n');
    }
    finish(w);
}

// region and code of an item
static void put_item(writer *w, const leie_axis *axis, leie_size i)
{
    put_field(w, axis->region.code[axis->of[i]], ',');
    put_field(w, axis->code[i], ',');
}

static void write_sectors(writer *w, const leie_table *t)
{
    start(w, "sectors.csv", false);
    put(w, "region,sector,name,unit\n");
    for (leie_size i = 0; i < t->sector.n; i++) {
        put_item(w, &t->sector, i);
        put_field(w, t->sector.name[i], ',');
        put_field(w, t->sector.unit[i], '\n');
    }
    finish(w);
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
static void write_categories(writer *w, const leie_table *t)
{
    leie_labels list = {0};
    if (!w->st)
        w->st = list_categories(&list, &t->demand, w->err);
    start(w, "categories.csv", false);
    put(w, "category,name,kind\n");
    for (leie_size f = 0; f < list.n; f++) {
        put_field(w, list.code[f], ',');
        put_field(w, list.name[f], ',');
        put_field(w, list.kind[f], '\n');
    }
    finish(w);
    leie_labels_clear(&list);
}

static void write_stressors(writer *w, const leie_table *t)
{
    const leie_labels *s = &t->stressor;
    start(w, "stressors.csv", false);
    put(w, "stressor,name,unit,kind,basis,extension\n");
    for (leie_size i = 0; i < s->n; i++) {
        put_field(w, s->code[i], ',');
        put_field(w, s->name[i], ',');
        put_field(w, s->unit[i], ',');
        put_field(w, s->kind[i], ',');
        put_field(w, t->basis[i], ',');
        put_field(w, t->extension[i], '\n');
    }
    finish(w);
}

// ---- values ----

static bool all_zero(const double *x, leie_size n, leie_size step)
{
    for (leie_size i = 0; i < n; i++)
        if (x[i * step] != 0)
            return false;
    return true;
}

static void write_Z(writer *w, const char *file, const leie_table *t, const leie_matrix *Z)
{
    start(w, file, true);
    put(w, "region,sector,to_region,to_sector,value\n");
    for (leie_size i = 0; !w->st && i < Z->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(Z, i, &col, &val);
        for (leie_size c = 0; c < count; c++) {
            if (val[c] == 0)
                continue;
            put_item(w, &t->sector, i);
            put_item(w, &t->sector, col ? col[c] : c);
            put_number(w, val[c], '\n');
        }
    }
    finish(w);
}

// A column without any demand keeps the zero in its first row: the file is what names the columns.
static void write_Y(writer *w, const char *file, const leie_table *t, const double *Y)
{
    leie_size n = t->sector.n, m = t->demand.n;
    start(w, file, true);
    put(w, "region,sector,to_region,category,value\n");
    for (leie_size i = 0; !w->st && i < n; i++)
        for (leie_size f = 0; f < m; f++) {
            double value = Y[i * m + f];
            if (value == 0 && !(i == 0 && all_zero(Y + f, n, m)))
                continue;
            put_item(w, &t->sector, i);
            put_item(w, &t->demand, f);
            put_number(w, value, '\n');
        }
    finish(w);
}

static void write_x(writer *w, const leie_table *t)
{
    start(w, "x.csv", false);
    put(w, "region,sector,value\n");
    for (leie_size i = 0; i < t->sector.n; i++) {
        put_item(w, &t->sector, i);
        put_number(w, t->x[i], '\n');
    }
    finish(w);
}

// One row of W, F or F_Y; a row of zeros keeps its first one.
static void put_row(writer *w, const char *code, const double *row, const leie_axis *axis, const char *unit)
{
    bool empty = all_zero(row, axis->n, 1);
    for (leie_size j = 0; !w->st && j < axis->n; j++) {
        if (row[j] == 0 && !(empty && j == 0))
            continue;
        put_field(w, code, ',');
        put_item(w, axis, j);
        put_number(w, row[j], unit ? ',' : '\n');
        if (unit)
            put_field(w, unit, '\n');
    }
}

static void write_W(writer *w, const leie_table *t)
{
    start(w, "W.csv", false);
    put(w, "input,region,sector,value\n");
    for (leie_size v = 0; v < t->input.n; v++)
        put_row(w, t->input.code[v], t->W + v * t->sector.n, &t->sector, NULL);
    finish(w);
}

// The rows of one extension in F or F_Y.
static void write_pressures(writer *w, const leie_table *t, const char *extension, const char *file, const char *item,
                            const double *rows, const leie_axis *axis)
{
    start(w, file, true);
    put(w, "stressor,region,");
    put(w, item);
    put(w, ",value,unit\n");
    for (leie_size s = 0; s < t->stressor.n; s++)
        if (strcmp(t->extension[s], extension) == 0)
            put_row(w, t->stressor.code[s], rows + s * axis->n, axis, t->stressor.unit[s]);
    finish(w);
}

static void write_extensions(writer *w, const leie_table *t, const leie_labels *extension)
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

static void make_folder(writer *w)
{
    struct stat info;
    if (w->st || mkdir(w->folder, 0777) == 0)
        return;
    int why = errno;
    if (why == EEXIST && stat(w->folder, &info) == 0 && S_ISDIR(info.st_mode))
        return;
    w->st = leie_fail(w->err, LEIE_ERR_OUTPUT, "%s: the folder cannot be created: %s", w->folder, strerror(why));
}

// The extensions in order of their stressors; their names become parts of file names.
static leie_status list_extensions(leie_labels *list, const leie_table *t, leie_error *err)
{
    for (leie_size s = 0; s < t->stressor.n; s++) {
        const char *name = t->extension[s];
        if (!name[0] || strchr(name, '/') || strncmp(name, "Y_", 2) == 0 || strlen(name) > FILE_MAX - 16)
            return leie_fail(err, LEIE_ERR_DATA, "extension '%s' of stressor '%s' cannot be part of a file name", name,
                             t->stressor.code[s]);
        leie_size at = leie_labels_find(list, name);
        if (at < 0)
            at = leie_labels_add(list, name, NULL, NULL, NULL, err);
        if (at < 0)
            return (leie_status)at;
    }
    return LEIE_OK;
}

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

static void check_folder(writer *w, const leie_table *t, const leie_labels *extension)
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

static void sync_folder(writer *w)
{
    int folder = w->st ? -1 : open(w->folder, O_RDONLY);
    if (folder < 0)
        return;
    fsync(folder);
    close(folder);
}

leie_status leie_write_csv_table(const char *folder, const leie_table *t, int digits, leie_error *err)
{
    writer w = {.err = err, .folder = folder, .digits = digits, .file = -1};
    leie_labels extension = {0};
    w.text = leie_new(BUFFER, 1);
    w.packed = leie_new(BUFFER, 1);
    if (!w.text || !w.packed)
        w.st = leie_fail_memory(err, "output", 2 * BUFFER, 1);
    if (!w.st)
        w.st = list_extensions(&extension, t, err);
    make_folder(&w);
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
    sync_folder(&w);
    leie_labels_clear(&extension);
    leie_free(w.text);
    leie_free(w.packed);
    return w.st;
}

leie_status leie_write_csv_imports(const char *folder, const leie_table *t, const leie_matrix *Zm, const double *Ym,
                                   int digits, leie_error *err)
{
    writer w = {.err = err, .folder = folder, .digits = digits, .file = -1};
    w.text = leie_new(BUFFER, 1);
    w.packed = leie_new(BUFFER, 1);
    if (!w.text || !w.packed)
        w.st = leie_fail_memory(err, "output", 2 * BUFFER, 1);
    make_folder(&w);
    write_Z(&w, "Zm.csv", t, Zm);
    write_Y(&w, "Ym.csv", t, Ym);
    sync_folder(&w);
    leie_free(w.text);
    leie_free(w.packed);
    return w.st;
}
