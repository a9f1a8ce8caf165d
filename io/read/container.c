// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/container.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "io/read/gzip.h"
#include "io/read/text.h"
#include "io/read/workbook.h"
#include "io/read/zip.h"
#include "kernels/memory.h"

static bool ends_with(const char *text, size_t length, const char *suffix)
{
    size_t size = strlen(suffix);
    return length > size && strncasecmp(text + length - size, suffix, size) == 0;
}

// Whether the first `length` characters name a file on disk, and no folder.
static bool is_file(const char *path, size_t length)
{
    char start[4096];
    struct stat info;
    if (length >= sizeof start)
        return false;
    memcpy(start, path, length);
    start[length] = '\0';
    return stat(start, &info) == 0 && S_ISREG(info.st_mode);
}

leie_container leie_container_of(const char *path, size_t *length)
{
    const char *mark = strrchr(path, '#');
    *length = mark ? (size_t)(mark - path) : strlen(path);
    if (ends_with(path, *length, ".xlsx"))
        return LEIE_CONTAINER_WORKBOOK;
    if (ends_with(path, *length, ".zip"))
        return LEIE_CONTAINER_ZIP;
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *length = (size_t)(slash - path);
        if (ends_with(path, *length, ".zip") && is_file(path, *length))
            return LEIE_CONTAINER_ZIP;
    }
    *length = strlen(path);
    return LEIE_CONTAINER_NONE;
}

bool leie_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool leie_is_folder_or_archive(const char *path)
{
    size_t length;
    return leie_is_folder(path) || (leie_container_of(path, &length) == LEIE_CONTAINER_ZIP && is_file(path, length));
}

char *leie_container_file(const char *path)
{
    size_t length;
    leie_container_of(path, &length);
    return leie_strndup(path, length);
}

// ---- workbooks ----

leie_status leie_container_sheet(char **data, leie_size *size, const void *book, leie_size bytes, const char *path,
                                 leie_size limit, leie_error *err)
{
    leie_workbook *wb = NULL;
    leie_size sheet = 0;
    size_t length;
    leie_container_of(path, &length);
    leie_status st = leie_workbook_open_memory(&wb, book, bytes, path, err);
    if (!st && path[length] == '#')
        st = leie_workbook_find(&sheet, wb, path + length + 1, err);
    st = st ? st : leie_workbook_csv(data, size, wb, sheet, limit ? limit : leie_text_most(bytes), err);
    leie_workbook_close(wb);
    return st;
}

// ---- archives ----

static bool is_foreign(const char *name)
{
    return strncmp(name, "__MACOSX/", 9) == 0;
}

// Length of the folder that all files of an archive are in, with its slash; 0 when there is none.
static size_t top_of(const leie_zip *zip)
{
    const char *first = NULL;
    size_t top = 0;
    for (leie_size m = 0; m < zip->n; m++) {
        const char *name = zip->member[m].name, *slash = strchr(name, '/');
        size_t length = slash ? (size_t)(slash - name) + 1 : 0;
        if (is_foreign(name))
            continue;
        if (!length || (first && (length != top || strncmp(name, first, top) != 0)))
            return 0;
        first = name;
        top = length;
    }
    return top;
}

static bool is_named(const char *member, const char *name)
{
    size_t length = strlen(name);
    return strncmp(member, name, length) == 0 && (!member[length] || strcmp(member + length, ".gz") == 0);
}

// The member that a name means, -1 for none; without a name the only one, -2 when there are several.
static leie_size find_member(const leie_zip *zip, const char *name)
{
    size_t top = top_of(zip);
    leie_size only = -1;
    if (name[0])
        only = leie_zip_find(zip, name);
    for (leie_size m = 0; m < zip->n && (!name[0] || only < 0); m++) {
        if (is_foreign(zip->member[m].name))
            continue;
        if (!name[0])
            only = only == -1 ? m : -2;
        else if (is_named(zip->member[m].name, name) || is_named(zip->member[m].name + top, name))
            only = m;
    }
    return only;
}

// Opens the archive and finds the file.
static leie_status open_member(leie_zip *zip, leie_size *member, const char *path, leie_error *err)
{
    size_t length;
    leie_container_of(path, &length);
    const char *name = path[length] ? path + length + 1 : "";
    char *file = leie_strndup(path, length);
    leie_status st = file ? leie_zip_open(zip, file, err) : leie_fail_memory(err, path, 1, length);
    leie_free(file);
    if (!st)
        *member = find_member(zip, name);
    return st;
}

leie_status leie_container_member(char **data, leie_size *size, const char *path, leie_size limit, leie_error *err)
{
    leie_zip zip = {0};
    leie_size m = -1;
    leie_status st = open_member(&zip, &m, path, err);
    if (!st && m == -2)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: an archive of %lld files: name one of them, as in %s#%s", path, (long long)zip.n,
                       path, zip.member[0].name);
    else if (!st && m < 0)
        st = leie_fail(err, LEIE_ERR_IO, "%s: no such file in the archive, which has %s%s", path,
                       zip.n ? zip.member[0].name : "none", zip.n > 1 ? ", ..." : "");
    leie_size most = st || limit ? limit : leie_text_most(zip.member[m].packed);
    st = st ? st : leie_zip_read(data, size, &zip, m, most, err);
    if (!st && leie_is_gzip(*data, *size)) {
        char *packed = *data;
        *data = NULL;
        st = leie_gzip_inflate(data, size, (unsigned char *)packed, *size, most, path, err);
        leie_free(packed);
    }
    leie_zip_close(&zip);
    return st;
}

leie_status leie_container_has(bool *there, const char *path, leie_error *err)
{
    leie_zip zip = {0};
    leie_size m = -1;
    size_t length;
    leie_container_of(path, &length);
    *there = is_file(path, length);
    leie_status st = *there ? open_member(&zip, &m, path, err) : LEIE_OK;
    *there = !st && *there && m >= 0;
    leie_zip_close(&zip);
    return st;
}

leie_status leie_container_name(char *name, size_t size, const char *path, leie_error *err)
{
    leie_zip zip = {0};
    leie_size m = -1;
    size_t length;
    leie_status st = LEIE_OK;
    if (leie_container_of(path, &length) == LEIE_CONTAINER_ZIP)
        st = open_member(&zip, &m, path, err);
    if (!st)
        snprintf(name, size, "%s", m >= 0 ? zip.member[m].name : path);
    leie_zip_close(&zip);
    return st;
}

// ---- lists ----

static leie_status add_name(leie_labels *names, const char *name, leie_error *err)
{
    leie_size at = name[0] && !strchr(name, '/') ? leie_labels_add(names, name, NULL, NULL, NULL, err) : 0;
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status list_archive(leie_labels *names, const char *path, leie_error *err)
{
    leie_zip zip = {0};
    leie_status st = leie_zip_open(&zip, path, err);
    size_t top = st ? 0 : top_of(&zip);
    for (leie_size m = 0; !st && m < zip.n; m++) // by name already
        if (!is_foreign(zip.member[m].name))
            st = add_name(names, zip.member[m].name + top, err);
    leie_zip_close(&zip);
    return st;
}

static int is_visible(const struct dirent *item)
{
    return item->d_name[0] != '.';
}

leie_status leie_container_list(leie_labels *names, const char *folder, leie_error *err)
{
    struct dirent **item = NULL;
    if (!leie_is_folder(folder) && leie_is_folder_or_archive(folder))
        return list_archive(names, folder, err);
    int n = scandir(folder, &item, is_visible, alphasort);
    leie_status st = n < 0 ? leie_fail(err, LEIE_ERR_IO, "%s: %s", folder, strerror(errno)) : LEIE_OK;
    for (int i = 0; i < n; i++) {
        st = st ? st : add_name(names, item[i]->d_name, err);
        free(item[i]); // scandir's own allocation
    }
    free(item);
    return st;
}
