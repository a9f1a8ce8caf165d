// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "io/read/workbook.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

static bool ends_with(const char *text, const char *suffix)
{
    size_t length = strlen(text), tail = strlen(suffix);
    return length > tail && strcasecmp(text + length - tail, suffix) == 0;
}

static char *join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = leie_new((leie_size)size, 1);
    if (path)
        snprintf(path, size, "%s/%s", folder, name);
    return path;
}

// ---- finding the files ----

static leie_status add_entry(leie_bundle *b, const char *path, const char *real, leie_size zip, leie_size member,
                             leie_size bytes, leie_error *err)
{
    if (b->n == LEIE_BUNDLE_MOST)
        return leie_fail(err, LEIE_ERR_LIMIT, "%s: more than %d files", b->path, LEIE_BUNDLE_MOST);
    leie_status st = leie_grow(&b->entry, &b->room, b->n, sizeof *b->entry, b->path, err);
    if (st)
        return st;
    size_t length = strlen(path) - (ends_with(path, ".gz") ? 3 : 0);
    leie_entry e = {.path = leie_strndup(path, length), .real = leie_strdup(real), .zip = zip, .member = member,
                    .bytes = bytes};
    if (!e.path || !e.real) {
        leie_free(e.path);
        leie_free(e.real);
        return leie_fail_memory(err, b->path, 1, length);
    }
    b->entry[b->n++] = e;
    return LEIE_OK;
}

static leie_status add_archive(leie_bundle *b, const char *path, const char *real, leie_error *err)
{
    leie_status st = leie_grow(&b->zip, &b->zip_room, b->zips, sizeof *b->zip, b->path, err);
    if (st)
        return st;
    leie_zip *zip = &b->zip[b->zips];
    st = leie_zip_open(zip, real, err);
    if (st)
        return st;
    b->zips++;
    for (leie_size m = 0; !st && m < zip->n; m++) {
        const char *name = zip->member[m].name;
        if (strncmp(name, "__MACOSX/", 9) == 0)
            continue;
        char *inside = join(path, name);
        st = inside ? add_entry(b, inside, real, b->zips - 1, m, zip->member[m].size, err)
                    : leie_fail_memory(err, real, 1, strlen(name));
        leie_free(inside);
    }
    return st;
}

static leie_status add_path(leie_bundle *b, const char *path, const char *real, int depth, leie_error *err);

static int is_visible(const struct dirent *item)
{
    return item->d_name[0] != '.';
}

static leie_status add_folder(leie_bundle *b, const char *path, const char *real, int depth, leie_error *err)
{
    struct dirent **item = NULL;
    leie_status st = LEIE_OK;
    if (depth > LEIE_BUNDLE_DEPTH)
        return LEIE_OK;
    int n = scandir(real, &item, is_visible, alphasort);
    if (n < 0)
        st = leie_fail(err, LEIE_ERR_IO, "%s: %s", real, strerror(errno));
    for (int i = 0; i < n; i++) {
        char *inside = st ? NULL : join(path, item[i]->d_name), *below = st ? NULL : join(real, item[i]->d_name);
        if (inside && below)
            st = add_path(b, inside, below, depth + 1, err);
        else if (!st)
            st = leie_fail_memory(err, real, 1, 0);
        leie_free(inside);
        leie_free(below);
        free(item[i]); // scandir's own allocation
    }
    free(item);
    return st;
}

static leie_status add_path(leie_bundle *b, const char *path, const char *real, int depth, leie_error *err)
{
    struct stat info;
    if (stat(real, &info)) {
        if (depth > 0) // a link to nowhere among others
            return LEIE_OK;
        return leie_fail(err, LEIE_ERR_IO, "%s: %s", real, strerror(errno));
    }
    if (S_ISDIR(info.st_mode))
        return add_folder(b, path, real, depth, err);
    if (!S_ISREG(info.st_mode))
        return depth ? LEIE_OK : leie_fail(err, LEIE_ERR_IO, "%s: neither a file nor a folder", real);
    if (ends_with(path, ".zip"))
        return add_archive(b, path, real, err);
    return add_entry(b, path, real, -1, -1, (leie_size)info.st_size, err);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const leie_entry *)a)->path, ((const leie_entry *)b)->path);
}

// The last part of a path; of one that ends with a slash, the part before it.
static char *name_of(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    size_t first = length;
    while (first > 0 && path[first - 1] != '/')
        first--;
    return leie_strndup(path + first, length - first);
}

leie_status leie_bundle_open(leie_bundle *b, const char *path, leie_error *err)
{
    *b = (leie_bundle){.path = leie_strdup(path)};
    char *name = name_of(path);
    leie_status st = b->path && name ? add_path(b, name, path, 0, err) : leie_fail_memory(err, path, 1, strlen(path));
    if (!st && b->n)
        qsort(b->entry, (size_t)b->n, sizeof *b->entry, by_path);
    leie_free(name);
    if (st)
        leie_bundle_close(b);
    return st;
}

void leie_bundle_close(leie_bundle *b)
{
    for (leie_size i = 0; i < b->n; i++) {
        leie_free(b->entry[i].path);
        leie_free(b->entry[i].real);
    }
    for (leie_size i = 0; i < b->zips; i++)
        leie_zip_close(&b->zip[i]);
    leie_free(b->entry);
    leie_free(b->zip);
    leie_free(b->path);
    *b = (leie_bundle){0};
}

// ---- reading them ----

// An archive states how large the workbook in it is, and refuses more; that one is packed itself.
static leie_status sheet_csv(char **csv, leie_size *size, const leie_bundle *b, const leie_entry *e, const char *sheet,
                             leie_error *err)
{
    leie_workbook *wb = NULL;
    char *data = NULL;
    leie_size bytes = 0, at = 0;
    leie_status st = LEIE_OK;
    if (e->zip >= 0) {
        leie_size packed = b->zip[e->zip].member[e->member].packed;
        st = leie_zip_read(&data, &bytes, &b->zip[e->zip], e->member, leie_text_most(packed), err);
        st = st ? st : leie_workbook_open_memory(&wb, data, bytes, e->path, err);
    } else {
        st = leie_workbook_open(&wb, e->real, err);
    }
    if (!st && sheet && sheet[0])
        st = leie_workbook_find(&at, wb, sheet, err);
    st = st ? st : leie_workbook_csv(csv, size, wb, at, leie_text_most(e->bytes), err);
    leie_workbook_close(wb);
    leie_free(data);
    return st;
}

leie_status leie_bundle_intake(leie_intake **intake, const leie_bundle *b, leie_size entry, const char *sheet,
                               leie_error *err)
{
    const leie_entry *e = &b->entry[entry];
    char *csv = NULL;
    leie_size size = 0;
    if (ends_with(e->path, ".xlsx")) {
        leie_status st = sheet_csv(&csv, &size, b, e, sheet, err);
        return st ? st : leie_intake_open_memory(intake, csv, size, err);
    }
    return e->zip >= 0 ? leie_intake_open_member(intake, &b->zip[e->zip], e->member, err)
                       : leie_intake_open(intake, e->real, err);
}

char *leie_bundle_path(const leie_bundle *b, leie_size entry)
{
    const leie_entry *e = &b->entry[entry];
    if (e->zip < 0)
        return leie_strdup(e->real);
    const char *name = b->zip[e->zip].member[e->member].name;
    size_t size = strlen(e->real) + strlen(name) + 2;
    char *path = leie_new((leie_size)size, 1);
    if (path)
        snprintf(path, size, "%s#%s", e->real, name);
    return path;
}

leie_status leie_bundle_text(leie_text *text, const leie_bundle *b, leie_size entry, const char *sheet,
                             leie_size limit, leie_error *err)
{
    const leie_entry *e = &b->entry[entry];
    char *data = NULL;
    leie_size size = 0;
    leie_status st;
    *text = (leie_text){0};
    if (ends_with(e->path, ".xlsx"))
        st = sheet_csv(&data, &size, b, e, sheet, err);
    else if (e->zip >= 0)
        st = leie_zip_read(&data, &size, &b->zip[e->zip], e->member, limit, err);
    else
        return leie_text_read(text, e->real, limit, err);
    return st ? st : leie_text_take(text, e->path, data, size, err);
}

static bool is_noted(const leie_provenance *p, const char *path)
{
    for (leie_size i = 0; i < p->sources; i++)
        if (strcmp(p->source[i].path, path) == 0)
            return true;
    return false;
}

leie_status leie_bundle_source(const leie_bundle *b, leie_size entry, leie_provenance *p, const char *role,
                               const char *shown, const char *reader, leie_error *err)
{
    const leie_entry *e = &b->entry[entry];
    char hex[65];
    leie_size bytes;
    // what lies below the path that was opened, as the study would write it
    const char *below = e->real + strlen(b->path);
    size_t size = strlen(shown) + strlen(below) + 1;
    char *path = leie_new((leie_size)size, 1);
    if (!path)
        return leie_fail_memory(err, shown, (leie_size)size, 1);
    snprintf(path, size, "%s%s", shown, below);
    leie_status st = LEIE_OK;
    if (!is_noted(p, path)) {
        st = leie_hash_file(hex, &bytes, e->real, err);
        st = st ? st : leie_provenance_source(p, role, path, reader, bytes, hex, err);
    }
    leie_free(path);
    return st;
}
