// SPDX-License-Identifier: GPL-3.0-or-later
/* Reading values out of the tree, and putting values of the command line into it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/study/yaml.h"
#include "kernels/memory.h"
#include "kernels/number.h"
#include "solver/table/labels.h"

static const char set_path[] = "--set"; // path of nodes that came from the command line

leie_status leie_yaml_fail(const leie_yaml *node, leie_error *err, const char *format, ...)
{
    char text[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (node->line == 0)
        return leie_fail(err, LEIE_ERR_USAGE, "%s: %s", node->path, text);
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: %s", node->path, (long long)node->line, text);
}

bool leie_yaml_null(const leie_yaml *node)
{
    if (node->kind != LEIE_YAML_SCALAR || node->quoted)
        return false;
    const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    return leie_yaml_word(node->text, nulls) >= 0;
}

const leie_yaml *leie_yaml_get(const leie_yaml *map, const char *key)
{
    if (map->kind != LEIE_YAML_MAP)
        return NULL;
    for (leie_size i = 0; i < map->n; i++)
        if (strcmp(map->key[i], key) == 0)
            return leie_yaml_null(map->child[i]) ? NULL : map->child[i];
    return NULL;
}

int leie_yaml_word(const char *word, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

const char *leie_yaml_nearest(const char *word, const char *const *words)
{
    leie_labels list = {0};
    const char *nearest = NULL;
    for (int i = 0; words[i]; i++)
        if (leie_labels_add(&list, words[i], NULL, NULL, NULL, NULL) < 0)
            goto done; // without memory there is no hint
    nearest = leie_labels_nearest(&list, word);
    if (nearest)
        nearest = words[leie_labels_find(&list, nearest)];
done:
    leie_labels_clear(&list);
    return nearest;
}

leie_status leie_yaml_known(const leie_yaml *map, const char *const *keys, leie_error *err)
{
    if (map->kind != LEIE_YAML_MAP)
        return leie_yaml_fail(map, err, "a map (key: value) is expected, beginning with '%s'", keys[0]);
    for (leie_size i = 0; i < map->n; i++) {
        if (leie_yaml_word(map->key[i], keys) >= 0)
            continue;
        const char *nearest = leie_yaml_nearest(map->key[i], keys);
        if (nearest)
            return leie_yaml_fail(map->child[i], err, "unknown key '%s', did you mean '%s'?", map->key[i], nearest);
        return leie_yaml_fail(map->child[i], err, "unknown key '%s'", map->key[i]);
    }
    return LEIE_OK;
}

// "'key' should be what, found ..."
static leie_status type_fail(const leie_yaml *node, const char *key, const char *what, leie_error *err)
{
    if (node->kind == LEIE_YAML_LIST)
        return leie_yaml_fail(node, err, "'%s' should be %s, found a list", key, what);
    if (node->kind == LEIE_YAML_MAP)
        return leie_yaml_fail(node, err, "'%s' should be %s, found a map", key, what);
    return leie_yaml_fail(node, err, "'%s' should be %s, found %s'%.200s'", key, what,
                          node->quoted ? "the text " : "", node->text);
}

leie_status leie_yaml_text(const leie_yaml *map, const char *key, const char **value, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, key);
    if (!node)
        return LEIE_OK;
    if (node->kind != LEIE_YAML_SCALAR)
        return type_fail(node, key, "a text", err);
    *value = node->text;
    return LEIE_OK;
}

leie_status leie_yaml_number(const leie_yaml *map, const char *key, double *value, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, key);
    double read;
    if (!node)
        return LEIE_OK;
    if (node->kind != LEIE_YAML_SCALAR || node->quoted ||
        leie_number_read(&read, node->text, (leie_size)strlen(node->text)) != LEIE_NUMBER_OK)
        return type_fail(node, key, "a number", err);
    *value = read;
    return LEIE_OK;
}

// Decimal digits with an optional sign, at most 18 of them.
static bool integer_read(leie_size *value, const char *text)
{
    bool negative = text[0] == '-';
    const char *digit = text + (text[0] == '-' || text[0] == '+');
    size_t length = strlen(digit);
    leie_size v = 0;
    if (length == 0 || length > 18 || strspn(digit, "0123456789") != length)
        return false;
    for (; *digit; digit++)
        v = 10 * v + (*digit - '0');
    *value = negative ? -v : v;
    return true;
}

leie_status leie_yaml_integer(const leie_yaml *map, const char *key, leie_size *value, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, key);
    if (!node)
        return LEIE_OK;
    if (node->kind != LEIE_YAML_SCALAR || node->quoted || !integer_read(value, node->text))
        return type_fail(node, key, "a whole number", err);
    return LEIE_OK;
}

leie_status leie_yaml_flag(const leie_yaml *map, const char *key, bool *value, leie_error *err)
{
    const char *const words[] = {"false", "true", NULL};
    const leie_yaml *node = leie_yaml_get(map, key);
    if (!node)
        return LEIE_OK;
    int word = node->kind == LEIE_YAML_SCALAR && !node->quoted ? leie_yaml_word(node->text, words) : -1;
    if (word < 0)
        return type_fail(node, key, "true or false", err);
    *value = word;
    return LEIE_OK;
}

// ---- --set ----

static void mark_as_set(leie_yaml *node)
{
    node->line = 0;
    for (leie_size i = 0; i < node->n; i++)
        mark_as_set(node->child[i]);
}

static leie_yaml *set_node(leie_yaml_kind kind)
{
    leie_yaml *node = leie_new(1, sizeof *node);
    if (!node)
        return NULL;
    node->kind = kind;
    node->path = set_path;
    if (kind == LEIE_YAML_SCALAR && !(node->text = leie_strdup("")))
        return leie_free(node);
    return node;
}

// Text after '=' as a tree; nothing at all is null.
static leie_status set_value(leie_yaml **value, const char *text, leie_error *err)
{
    if (!text[strspn(text, " ")]) {
        *value = set_node(LEIE_YAML_SCALAR);
        return *value ? LEIE_OK : leie_fail_memory(err, "--set", 1, sizeof **value);
    }
    leie_error inner = {0};
    leie_status st = leie_yaml_parse(value, set_path, text, (leie_size)strlen(text), &inner);
    if (st)
        return leie_fail(err, st == LEIE_ERR_DATA ? LEIE_ERR_USAGE : st, "%s (in --set ...=%.200s)", inner.text, text);
    mark_as_set(*value);
    return LEIE_OK;
}

// Position of the child that a part of the dotted key names; n for one that is to be added, -1 for none.
static leie_size part_position(const leie_yaml *node, const char *part)
{
    leie_size i;
    if (!part[0])
        return -1;
    if (node->kind == LEIE_YAML_LIST)
        return integer_read(&i, part) && i >= 0 && i <= node->n ? i : -1;
    for (i = 0; i < node->n; i++)
        if (strcmp(node->key[i], part) == 0)
            return i;
    return node->kind == LEIE_YAML_MAP ? node->n : -1;
}

static leie_status part_fail(const char *part, leie_error *err)
{
    return leie_fail(err, LEIE_ERR_USAGE, "--set: nothing called '%s' can be set there", part);
}

// Puts child at position i, in place of what is there; the child is taken over when it succeeds.
static leie_status put(leie_yaml *node, leie_size i, const char *part, leie_yaml *child, leie_error *err)
{
    if (i < node->n) {
        leie_yaml_free(node->child[i]);
        node->child[i] = child;
        return LEIE_OK;
    }
    char *key = node->kind == LEIE_YAML_MAP ? leie_strdup(part) : NULL;
    leie_yaml **children = leie_resize(node->child, i, 2 * (i + 1), sizeof *children);
    if (children)
        node->child = children;
    char **keys = node->kind == LEIE_YAML_MAP ? leie_resize(node->key, i, 2 * (i + 1), sizeof *keys) : NULL;
    if (keys)
        node->key = keys;
    if (!children || (node->kind == LEIE_YAML_MAP && (!key || !keys))) {
        leie_free(key);
        return leie_fail_memory(err, "--set", i + 1, sizeof *children);
    }
    if (keys)
        keys[i] = key;
    children[i] = child;
    node->n++;
    return LEIE_OK;
}

// Goes to the node that the part names, making a map where there is nothing.
static leie_status descend(leie_yaml **node, const char *part, leie_error *err)
{
    leie_size i = part_position(*node, part);
    if (i < 0)
        return part_fail(part, err);
    if (i == (*node)->n || leie_yaml_null((*node)->child[i])) {
        leie_yaml *map = set_node(LEIE_YAML_MAP);
        if (!map)
            return leie_fail_memory(err, "--set", 1, sizeof *map);
        leie_status st = put(*node, i, part, map, err);
        if (st) {
            leie_yaml_free(map);
            return st;
        }
    }
    *node = (*node)->child[i];
    return LEIE_OK;
}

leie_status leie_yaml_set(leie_yaml *root, const char *assignment, leie_error *err)
{
    const char *equals = strchr(assignment, '=');
    if (!equals || equals == assignment)
        return leie_fail(err, LEIE_ERR_USAGE, "--set needs key=value, found '%.200s'", assignment);
    leie_yaml *value = NULL, *node = root;
    leie_size depth = 0;
    for (const char *at = assignment; at < equals; at++)
        depth += *at == '.';
    if (depth >= LEIE_YAML_DEPTH)
        return leie_fail(err, LEIE_ERR_USAGE, "--set: nested deeper than %d levels", LEIE_YAML_DEPTH);
    char *name = leie_strndup(assignment, (size_t)(equals - assignment));
    if (!name)
        return leie_fail_memory(err, "--set", 1, strlen(assignment));
    leie_status st = set_value(&value, equals + 1, err);
    char *part = name;
    for (char *dot; !st && (dot = strchr(part, '.')); part = dot + 1) {
        *dot = '\0';
        st = descend(&node, part, err);
    }
    if (st)
        goto done;
    leie_size i = part_position(node, part);
    st = i < 0 ? part_fail(part, err) : put(node, i, part, value, err);
    if (!st)
        value = NULL;
done:
    leie_yaml_free(value);
    leie_free(name);
    return st;
}
