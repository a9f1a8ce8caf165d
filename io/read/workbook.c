// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/workbook.h"

#include <stdio.h>
#include <string.h>

#include "io/read/workbook_impl.h"
#include "io/read/zip.h"
#include "kernels/memory.h"
#include "solver/table/labels.h"

enum {
    PART_MOST = 1 << 24,      // bytes of the small parts: the list of sheets, relations
    STRINGS_MOST = 1 << 30,   // bytes of all shared strings
    NAME_SIZE = 1024
};

struct leie_workbook {
    leie_zip zip;
    leie_labels sheet;  // name, and as its unit the member that holds it
    bool strings_read;
    char *strings;      // member with the shared strings, NULL without
    leie_strings shared;
};

// ---- where the parts are ----

// Path of a part that another part names: from the top, or beside the part that names it.
static void resolve(char to[NAME_SIZE], const char *beside, const char *target)
{
    const char *slash = strrchr(beside, '/');
    to[0] = '\0';
    if (target[0] == '/') {
        strncat(to, target + 1, NAME_SIZE - 1);
        return;
    }
    if (slash)
        strncat(to, beside, (size_t)(slash - beside) + 1 < NAME_SIZE ? (size_t)(slash - beside) + 1 : NAME_SIZE - 1);
    while (strncmp(target, "../", 3) == 0) { // one folder up
        target += 3;
        size_t length = strlen(to);
        if (length)
            to[length - 1] = '\0';
        char *up = strrchr(to, '/');
        if (up)
            up[1] = '\0';
        else
            to[0] = '\0';
    }
    strncat(to, target, NAME_SIZE - 1 - strlen(to));
}

typedef struct relations {
    leie_workbook *wb;
    const char *beside; // part whose relations these are
    leie_labels id;     // relation, its target as name, the last word of its type as kind
} relations;

static leie_status take_relation(void *ctx, const char *name, const char **attribute, leie_error *err)
{
    relations *r = ctx;
    char path[NAME_SIZE];
    const char *id = leie_xml_attribute(attribute, "Id"), *target = leie_xml_attribute(attribute, "Target"),
               *type = leie_xml_attribute(attribute, "Type");
    if (strcmp(name, "Relationship") || !id || !target || !type)
        return LEIE_OK;
    resolve(path, r->beside, target);
    const char *word = strrchr(type, '/');
    leie_size at = leie_labels_add(&r->id, id, path, NULL, word ? word + 1 : type, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status take_sheet(void *ctx, const char *name, const char **attribute, leie_error *err)
{
    relations *r = ctx;
    const char *title = leie_xml_attribute(attribute, "name"), *id = leie_xml_attribute(attribute, "id");
    if (strcmp(name, "sheet") || !title || !id)
        return LEIE_OK;
    leie_size at = leie_labels_find(&r->id, id);
    if (at < 0 || strcmp(r->id.kind[at], "worksheet")) // a chart
        return LEIE_OK;
    at = leie_labels_add(&r->wb->sheet, title, NULL, r->id.name[at], NULL, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status read_part(leie_workbook *wb, const char *part, leie_xml_start take, void *ctx, leie_error *err)
{
    char *data = NULL;
    leie_size size = 0, at = leie_zip_find(&wb->zip, part);
    if (at < 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no workbook (.xlsx): '%s' is missing", wb->zip.path, part);
    leie_status st = leie_zip_read(&data, &size, &wb->zip, at, PART_MOST, err);
    const leie_xml_reader reader = {.path = wb->zip.path, .part = part, .start = take, .ctx = ctx};
    st = st ? st : leie_xml_parse(&reader, data, size, err);
    leie_free(data);
    return st;
}

// "xl/_rels/workbook.xml.rels" for "xl/workbook.xml".
static void relations_of(char to[NAME_SIZE + 16], const char *part)
{
    const char *slash = strrchr(part, '/');
    int folder = slash ? (int)(slash - part) + 1 : 0;
    snprintf(to, NAME_SIZE + 16, "%.*s_rels/%s.rels", folder, part, part + folder);
}

static leie_status read_structure(leie_workbook *wb, leie_error *err)
{
    char part[NAME_SIZE] = "xl/workbook.xml", rels[NAME_SIZE + 16];
    relations top = {.wb = wb, .beside = ""}, own = {.wb = wb, .beside = part};
    leie_status st = LEIE_OK;
    if (leie_zip_find(&wb->zip, "xl/workbook.bin") >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: a binary workbook (.xlsb); save it as .xlsx", wb->zip.path);
    if (leie_zip_find(&wb->zip, "_rels/.rels") >= 0)
        st = read_part(wb, "_rels/.rels", take_relation, &top, err);
    for (leie_size i = 0; i < top.id.n; i++)
        if (strcmp(top.id.kind[i], "officeDocument") == 0)
            snprintf(part, sizeof part, "%s", top.id.name[i]);
    relations_of(rels, part);
    st = st ? st : read_part(wb, rels, take_relation, &own, err);
    st = st ? st : read_part(wb, part, take_sheet, &own, err);
    for (leie_size i = 0; !st && i < own.id.n; i++)
        if (strcmp(own.id.kind[i], "sharedStrings") == 0 && !wb->strings) {
            wb->strings = leie_strdup(own.id.name[i]);
            st = wb->strings ? LEIE_OK : leie_fail_memory(err, wb->zip.path, 1, NAME_SIZE);
        }
    if (!st && wb->sheet.n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: a workbook without sheets", wb->zip.path);
    leie_labels_clear(&top.id);
    leie_labels_clear(&own.id);
    return st;
}

// An older workbook (.xls) is no zip archive, and neither is an encrypted one.
static leie_status refuse_old(const char *path, const void *data, leie_size bytes, leie_error *err)
{
    static const unsigned char mark[8] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
    unsigned char head[8] = {0};
    if (data) {
        memcpy(head, data, bytes < 8 ? (size_t)bytes : 8);
    } else {
        FILE *file = fopen(path, "rb");
        size_t got = file ? fread(head, 1, sizeof head, file) : 0;
        if (file)
            fclose(file);
        if (got < sizeof head)
            return LEIE_OK; // the archive reader says what is wrong
    }
    return memcmp(head, mark, sizeof mark) ? LEIE_OK
                                           : leie_fail(err, LEIE_ERR_DATA,
                                                       "%s: an old workbook (.xls) or an encrypted one; save it as "
                                                       ".xlsx without a password", path);
}

leie_status leie_workbook_open_memory(leie_workbook **wb, const void *data, leie_size bytes, const char *path,
                                      leie_error *err)
{
    leie_workbook *new = leie_new(1, sizeof *new);
    leie_status st = new ? refuse_old(path, data, bytes, err) : leie_fail_memory(err, path, 1, sizeof *new);
    if (!st)
        st = data ? leie_zip_open_memory(&new->zip, data, bytes, path, err) : leie_zip_open(&new->zip, path, err);
    st = st ? st : read_structure(new, err);
    if (st) {
        leie_workbook_close(new);
        return st;
    }
    *wb = new;
    return LEIE_OK;
}

leie_status leie_workbook_open(leie_workbook **wb, const char *path, leie_error *err)
{
    return leie_workbook_open_memory(wb, NULL, 0, path, err);
}

leie_workbook *leie_workbook_close(leie_workbook *wb)
{
    if (!wb)
        return NULL;
    leie_strings_clear(&wb->shared);
    leie_labels_clear(&wb->sheet);
    leie_free(wb->strings);
    leie_zip_close(&wb->zip);
    return leie_free(wb);
}

leie_size leie_workbook_sheets(const leie_workbook *wb)
{
    return wb->sheet.n;
}

const char *leie_workbook_sheet(const leie_workbook *wb, leie_size sheet)
{
    return wb->sheet.code[sheet];
}

leie_status leie_workbook_find(leie_size *sheet, const leie_workbook *wb, const char *name, leie_error *err)
{
    char list[400] = "";
    *sheet = leie_labels_find(&wb->sheet, name);
    if (*sheet >= 0)
        return LEIE_OK;
    for (leie_size i = 0; i < wb->sheet.n; i++) {
        size_t length = strlen(list);
        snprintf(list + length, sizeof list - length, "%s%s", length ? ", " : "", wb->sheet.code[i]);
    }
    return leie_fail(err, LEIE_ERR_DATA, "%s: no sheet '%.100s'; its sheets are: %s", wb->zip.path, name, list);
}

// ---- cells ----

static leie_status parse_stream(leie_workbook *wb, const char *part, const leie_xml_reader *reader, leie_error *err)
{
    leie_zip_stream *stream = NULL;
    leie_size at = leie_zip_find(&wb->zip, part);
    if (at < 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: '%s' is missing", wb->zip.path, part);
    leie_status st = leie_zip_stream_open(&stream, &wb->zip, at, err);
    st = st ? st : leie_xml_parse_stream(reader, stream, err);
    leie_zip_stream_close(stream);
    return st;
}

static leie_status read_strings(leie_workbook *wb, leie_error *err)
{
    if (wb->strings_read || !wb->strings || leie_zip_find(&wb->zip, wb->strings) < 0)
        return LEIE_OK; // a cell that refers to one says so
    leie_xml_reader reader = {.path = wb->zip.path, .part = wb->strings};
    wb->shared.limit = STRINGS_MOST;
    leie_strings_reader(&reader, &wb->shared);
    leie_status st = parse_stream(wb, wb->strings, &reader, err);
    wb->strings_read = !st;
    return st;
}

leie_status leie_workbook_csv(char **data, leie_size *size, leie_workbook *wb, leie_size sheet, leie_size limit,
                              leie_error *err)
{
    const char *part = wb->sheet.unit[sheet];
    leie_sheet s = {.path = wb->zip.path, .name = wb->sheet.code[sheet], .shared = &wb->shared, .limit = limit};
    leie_xml_reader reader = {.path = wb->zip.path, .part = part};
    leie_status st = read_strings(wb, err);
    leie_sheet_reader(&reader, &s);
    st = st ? st : parse_stream(wb, part, &reader, err);
    st = st ? st : leie_sheet_finish(data, size, &s, err);
    leie_sheet_clear(&s);
    return st;
}
