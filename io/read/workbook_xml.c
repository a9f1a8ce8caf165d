// SPDX-License-Identifier: GPL-3.0-or-later
#include <expat.h>
#include <string.h>

#include "io/read/workbook_impl.h"
#include "kernels/memory.h"

enum { BLOCK = 1 << 16, DEPTH_MOST = 64 };

// One run of the parser; the first failure stops it.
typedef struct run {
    const leie_xml_reader *reader;
    XML_Parser parser;
    int depth;
    leie_status st;
    leie_error *err;
} run;

static const char *without_prefix(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void stop(run *r, leie_status st)
{
    if (!st || r->st)
        return;
    r->st = st;
    XML_StopParser(r->parser, XML_FALSE);
}

static leie_status fail_here(run *r, const char *what)
{
    return leie_fail(r->err, LEIE_ERR_DATA, "%s: %s, line %lu: %s", r->reader->path, r->reader->part,
                     (unsigned long)XML_GetCurrentLineNumber(r->parser), what);
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attribute)
{
    run *r = data;
    if (r->st)
        return;
    if (++r->depth > DEPTH_MOST)
        stop(r, fail_here(r, "more than 64 levels of elements"));
    else if (r->reader->start)
        stop(r, r->reader->start(r->reader->ctx, without_prefix(name), attribute, r->err));
}

static void on_end(void *data, const XML_Char *name)
{
    run *r = data;
    r->depth--;
    if (!r->st && r->reader->end)
        stop(r, r->reader->end(r->reader->ctx, without_prefix(name), r->err));
}

static void on_text(void *data, const XML_Char *text, int size)
{
    run *r = data;
    if (!r->st && r->reader->text)
        stop(r, r->reader->text(r->reader->ctx, text, size, r->err));
}

static void on_doctype(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
    run *r = data;
    (void)name, (void)system, (void)public, (void)internal;
    stop(r, fail_here(r, "a document type declaration, which no workbook needs; refused"));
}

static leie_status begin(run *r, const leie_xml_reader *reader, leie_error *err)
{
    *r = (run){.reader = reader, .err = err, .parser = XML_ParserCreate(NULL)};
    if (!r->parser)
        return leie_fail_memory(err, reader->path, 1, 0);
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    return LEIE_OK;
}

static leie_status feed(run *r, const char *data, leie_size size, bool last)
{
    if (XML_Parse(r->parser, data, (int)size, last) == XML_STATUS_OK)
        return r->st;
    if (r->st)
        return r->st;
    if (XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY)
        return leie_fail_memory(r->err, r->reader->path, size, 1);
    return fail_here(r, XML_ErrorString(XML_GetErrorCode(r->parser)));
}

leie_status leie_xml_parse(const leie_xml_reader *reader, const char *data, leie_size size, leie_error *err)
{
    run r;
    leie_status st = begin(&r, reader, err);
    for (leie_size at = 0; !st && at <= size; at += BLOCK)
        st = feed(&r, data + at, size - at < BLOCK ? size - at : BLOCK, size - at < BLOCK);
    if (r.parser)
        XML_ParserFree(r.parser);
    return st;
}

leie_status leie_xml_parse_stream(const leie_xml_reader *reader, leie_zip_stream *stream, leie_error *err)
{
    run r;
    leie_size got = BLOCK;
    char *block = leie_new(BLOCK, 1);
    leie_status st = begin(&r, reader, err);
    if (!st && !block)
        st = leie_fail_memory(err, reader->path, BLOCK, 1);
    while (!st && got == BLOCK) {
        st = leie_zip_stream_read(stream, block, BLOCK, &got, err);
        st = st ? st : feed(&r, block, got, got < BLOCK);
    }
    if (r.parser)
        XML_ParserFree(r.parser);
    leie_free(block);
    return st;
}

const char *leie_xml_attribute(const char **attribute, const char *name)
{
    for (; attribute[0]; attribute += 2)
        if (strcmp(without_prefix(attribute[0]), name) == 0)
            return attribute[1];
    return NULL;
}

leie_status leie_buffer_add(leie_buffer *b, const char *text, leie_size size, leie_size limit, const char *path,
                            leie_error *err)
{
    if (limit && b->size + size > limit)
        return leie_fail(err, LEIE_ERR_LIMIT, "%s: more than %lld bytes of text", path, (long long)limit);
    if (b->size + size > b->room) {
        leie_size room = 2 * (b->size + size) + 64;
        char *grown = leie_resize(b->data, b->size, room, 1);
        if (!grown)
            return leie_fail_memory(err, path, room, 1);
        b->data = grown;
        b->room = room;
    }
    memcpy(b->data + b->size, text, (size_t)size);
    b->size += size;
    return LEIE_OK;
}
