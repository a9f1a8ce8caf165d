// SPDX-License-Identifier: GPL-3.0-or-later
/* From libyaml's events to the tree. Depth is limited before a node is made, and duplicate keys are
 * found by sorting once per map, so hostile files cost time in proportion to their size. */
#include "io/study/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "io/read/text.h"
#include "kernels/memory.h"

typedef struct builder {
    yaml_parser_t parser;
    const char *path;
    const char *data;
    leie_size size;
    leie_yaml *root;
    leie_size depth;                    // open lists and maps
    leie_yaml *open[LEIE_YAML_DEPTH];   // the innermost last
    char *key[LEIE_YAML_DEPTH];         // key that waits for its value, per open map; owned
    leie_size key_line[LEIE_YAML_DEPTH];
} builder;

// ---- nodes ----

leie_yaml *leie_yaml_free(leie_yaml *root)
{
    if (!root)
        return NULL;
    for (leie_size i = 0; i < root->n; i++) {
        leie_yaml_free(root->child[i]);
        if (root->key)
            leie_free(root->key[i]);
    }
    leie_free(root->key);
    leie_free(root->child);
    leie_free(root->text);
    return leie_free(root);
}

// Room for one more child: arrays double when n is a power of two.
static bool node_grow(leie_yaml *node)
{
    leie_size n = node->n;
    if (n & (n - 1))
        return true;
    leie_size room = n ? 2 * n : 1;
    leie_yaml **child = leie_resize(node->child, n, room, sizeof *child);
    if (!child)
        return false;
    node->child = child;
    if (node->kind != LEIE_YAML_MAP)
        return true;
    char **key = leie_resize(node->key, n, room, sizeof *key);
    if (key)
        node->key = key;
    return key != NULL;
}

static leie_status syntax_fail(const builder *b, leie_size line, leie_error *err, const char *what)
{
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: %s", b->path, (long long)line, what);
}

// Puts a node under the innermost open one; the node is taken over whatever happens.
static leie_status attach(builder *b, leie_yaml *node, leie_error *err)
{
    if (b->depth == 0) {
        b->root = node;
        return LEIE_OK;
    }
    leie_size top = b->depth - 1;
    leie_yaml *parent = b->open[top];
    if (!node_grow(parent)) {
        leie_yaml_free(node);
        return leie_fail_memory(err, "YAML nodes", parent->n + 1, sizeof node);
    }
    if (parent->kind == LEIE_YAML_MAP) {
        parent->key[parent->n] = b->key[top];
        b->key[top] = NULL;
        node->line = b->key_line[top];
    }
    parent->child[parent->n++] = node;
    return LEIE_OK;
}

static leie_yaml *node_new(const builder *b, leie_yaml_kind kind, leie_size line)
{
    leie_yaml *node = leie_new(1, sizeof *node);
    if (node) {
        node->kind = kind;
        node->path = b->path;
        node->line = line;
    }
    return node;
}

// ---- duplicate keys ----

typedef struct keyed {
    const char *key;
    leie_size line;
} keyed;

static int by_key(const void *a, const void *b)
{
    const keyed *p = a, *q = b;
    int order = strcmp(p->key, q->key);
    return order ? order : (p->line > q->line) - (p->line < q->line);
}

static leie_status refuse_duplicates(const builder *b, const leie_yaml *map, leie_error *err)
{
    leie_status st = LEIE_OK;
    keyed *sorted = leie_new(map->n, sizeof *sorted);
    if (!sorted)
        return leie_fail_memory(err, "YAML keys", map->n, sizeof *sorted);
    for (leie_size i = 0; i < map->n; i++)
        sorted[i] = (keyed){map->key[i], map->child[i]->line};
    qsort(sorted, (size_t)map->n, sizeof *sorted, by_key);
    for (leie_size i = 1; i < map->n && !st; i++)
        if (strcmp(sorted[i].key, sorted[i - 1].key) == 0)
            st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: key '%s' is already on line %lld", b->path,
                           (long long)sorted[i].line, sorted[i].key, (long long)sorted[i - 1].line);
    leie_free(sorted);
    return st;
}

// ---- events ----

static leie_status refuse_marks(const builder *b, const yaml_char_t *anchor, const yaml_char_t *tag,
                                leie_size line, leie_error *err)
{
    if (anchor)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: anchors (&%s) are not used here: write the value out",
                         b->path, (long long)line, (const char *)anchor);
    if (tag)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: tags (%s) are not used here", b->path, (long long)line,
                         (const char *)tag);
    return LEIE_OK;
}

// A map that still waits for a key?
static bool wants_key(const builder *b)
{
    return b->depth && b->open[b->depth - 1]->kind == LEIE_YAML_MAP && !b->key[b->depth - 1];
}

static leie_status on_scalar(builder *b, const yaml_event_t *event, leie_size line, leie_error *err)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    leie_status st = refuse_marks(b, event->data.scalar.anchor, event->data.scalar.tag, line, err);
    if (st)
        return st;
    if (strlen(value) != length)
        return syntax_fail(b, line, err, "a text holds a NUL character");
    if (wants_key(b)) {
        if (!length)
            return syntax_fail(b, line, err, "empty key");
        b->key_line[b->depth - 1] = line;
        b->key[b->depth - 1] = leie_strndup(value, length);
        return b->key[b->depth - 1] ? LEIE_OK : leie_fail_memory(err, "YAML key", 1, length + 1);
    }
    leie_yaml *node = node_new(b, LEIE_YAML_SCALAR, line);
    if (node)
        node->text = leie_strndup(value, length);
    if (!node || !node->text) {
        leie_yaml_free(node);
        return leie_fail_memory(err, "YAML text", 1, length + 1);
    }
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return attach(b, node, err);
}

static leie_status on_open(builder *b, leie_yaml_kind kind, leie_size line, leie_error *err)
{
    if (wants_key(b))
        return syntax_fail(b, line, err, "a key should be a text, found a list or a map");
    if (b->depth == LEIE_YAML_DEPTH)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: nested deeper than %d levels", b->path, (long long)line,
                         LEIE_YAML_DEPTH);
    leie_yaml *node = node_new(b, kind, line);
    if (!node)
        return leie_fail_memory(err, "YAML nodes", 1, sizeof *node);
    leie_status st = attach(b, node, err);
    if (!st)
        b->open[b->depth++] = node;
    return st;
}

static leie_status on_event(builder *b, const yaml_event_t *event, leie_error *err)
{
    leie_size line = (leie_size)event->start_mark.line + 1;
    leie_status st;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return b->root ? syntax_fail(b, line, err, "a second document begins: one is expected") : LEIE_OK;
    case YAML_ALIAS_EVENT:
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: aliases (*%s) are not used here: write the value out, or "
                         "put it in quotes", b->path, (long long)line, (const char *)event->data.alias.anchor);
    case YAML_SCALAR_EVENT:
        return on_scalar(b, event, line, err);
    case YAML_SEQUENCE_START_EVENT:
        st = refuse_marks(b, event->data.sequence_start.anchor, event->data.sequence_start.tag, line, err);
        return st ? st : on_open(b, LEIE_YAML_LIST, line, err);
    case YAML_MAPPING_START_EVENT:
        st = refuse_marks(b, event->data.mapping_start.anchor, event->data.mapping_start.tag, line, err);
        return st ? st : on_open(b, LEIE_YAML_MAP, line, err);
    case YAML_MAPPING_END_EVENT:
        b->depth--;
        return refuse_duplicates(b, b->open[b->depth], err);
    case YAML_SEQUENCE_END_EVENT:
        b->depth--;
        return LEIE_OK;
    default:
        return LEIE_OK;
    }
}

// Whether the blanks before the first character of a line hold a tab.
static bool tab_indents(const builder *b, size_t line)
{
    const char *at = b->data, *end = b->data + b->size;
    for (size_t i = 0; i < line && at < end; i++) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        at = next ? next + 1 : end;
    }
    while (at < end && *at == ' ')
        at++;
    return at < end && *at == '\t';
}

static leie_status parser_fail(const builder *b, leie_error *err)
{
    const yaml_parser_t *p = &b->parser;
    size_t line = p->problem_mark.line;
    if (p->error == YAML_MEMORY_ERROR)
        return leie_fail(err, LEIE_ERR_NOMEM, "%s: out of memory while reading YAML", b->path);
    if (p->error == YAML_READER_ERROR)
        return leie_fail(err, LEIE_ERR_DATA, "%s: byte %zu: %s", b->path, p->problem_offset, p->problem);
    if (tab_indents(b, line))
        return syntax_fail(b, (leie_size)line + 1, err, "a tab indents this line: YAML is indented by blanks");
    return leie_fail(err, LEIE_ERR_DATA, "%s:%zu: column %zu: %s%s%s", b->path, line + 1,
                     p->problem_mark.column + 1, p->problem ? p->problem : "not YAML", p->context ? " " : "",
                     p->context ? p->context : "");
}

static leie_status build(builder *b, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (bool more = true; more && !st;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event))
            return parser_fail(b, err);
        more = event.type != YAML_STREAM_END_EVENT;
        st = on_event(b, &event, err);
        yaml_event_delete(&event);
    }
    if (!st && !b->root)
        return leie_fail(err, LEIE_ERR_DATA, "%s: empty", b->path);
    return st;
}

leie_status leie_yaml_parse(leie_yaml **root, const char *path, const char *data, leie_size size, leie_error *err)
{
    builder b = {.path = path, .data = data, .size = size};
    *root = NULL;
    if (size > LEIE_YAML_BYTES)
        return leie_fail(err, LEIE_ERR_LIMIT, "%s: %lld bytes of YAML, at most %d are read", path, (long long)size,
                         LEIE_YAML_BYTES);
    if (!yaml_parser_initialize(&b.parser))
        return leie_fail(err, LEIE_ERR_NOMEM, "%s: out of memory while reading YAML", path);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)data, (size_t)size);
    leie_status st = build(&b, err);
    yaml_parser_delete(&b.parser);
    for (leie_size i = 0; i < LEIE_YAML_DEPTH; i++)
        leie_free(b.key[i]);
    if (st)
        b.root = leie_yaml_free(b.root);
    *root = b.root;
    return st;
}

leie_status leie_yaml_read(leie_yaml **root, const char *path, char sha256[65], leie_size *bytes, leie_error *err)
{
    leie_text text = {0};
    *root = NULL;
    leie_status st = leie_text_read(&text, path, LEIE_YAML_BYTES, err);
    if (st)
        goto done;
    if (sha256)
        memcpy(sha256, text.sha256, sizeof text.sha256);
    if (bytes)
        *bytes = text.bytes;
    st = leie_yaml_parse(root, path, text.data, text.size, err);
done:
    leie_text_free(&text);
    return st;
}
