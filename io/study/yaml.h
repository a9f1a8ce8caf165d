/* YAML as a tree: mappings, sequences and scalars with their lines. libyaml's events, our own tree:
 * depth at most 64, size at most 16 MB, no duplicate keys, no anchors, no tags, one document. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_STUDY_YAML_H
#define LEIE_IO_STUDY_YAML_H

#include "kernels/status.h"

enum { LEIE_YAML_DEPTH = 64, LEIE_YAML_BYTES = 16 << 20 };

typedef enum leie_yaml_kind { LEIE_YAML_SCALAR, LEIE_YAML_LIST, LEIE_YAML_MAP } leie_yaml_kind;

typedef struct leie_yaml leie_yaml;
struct leie_yaml {
    leie_yaml_kind kind;
    const char *path;  // borrowed: the caller's, for messages; lives as long as the tree
    leie_size line;    // from 1, for the child of a map that of its key; 0 when it came from --set
    char *text;        // scalar
    bool quoted;       // scalar in quotes: never a number, a flag or null
    leie_size n;       // children
    char **key;        // [n] of a map
    leie_yaml **child; // [n]
};

/* Reads a document. Errors name path and line. */
leie_status leie_yaml_read(leie_yaml **root, const char *path, char sha256[65], leie_size *bytes, leie_error *err);
leie_status leie_yaml_parse(leie_yaml **root, const char *path, const char *data, leie_size size, leie_error *err);
leie_yaml *leie_yaml_free(leie_yaml *root);

/* Child of a map, NULL when it is not there or is null (~). */
const leie_yaml *leie_yaml_get(const leie_yaml *map, const char *key);

/* A scalar that says nothing: empty, ~ or null, without quotes. */
bool leie_yaml_null(const leie_yaml *node);

/* Every key of the map must be in the NULL-terminated list: else LEIE_ERR_DATA with path, line, the key
 * and the nearest known one. A node that is not a map is an error too. */
leie_status leie_yaml_known(const leie_yaml *map, const char *const *keys, leie_error *err);

/* Position of a word in a NULL-terminated list, -1 when it is not there; and the nearest word, NULL when
 * none is near. */
int leie_yaml_word(const char *word, const char *const *words);
const char *leie_yaml_nearest(const char *word, const char *const *words);

/* Typed values of a child; a missing child leaves *value as it is. "path:line: 'key' should be ..." */
leie_status leie_yaml_text(const leie_yaml *map, const char *key, const char **value, leie_error *err);
leie_status leie_yaml_number(const leie_yaml *map, const char *key, double *value, leie_error *err);
leie_status leie_yaml_integer(const leie_yaml *map, const char *key, leie_size *value, leie_error *err);
leie_status leie_yaml_flag(const leie_yaml *map, const char *key, bool *value, leie_error *err);

/* Error at a node, "path:line: ...": LEIE_ERR_DATA, or LEIE_ERR_USAGE for what came from --set. */
leie_status leie_yaml_fail(const leie_yaml *node, leie_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets key.subkey[.index...] of the tree to a scalar or to a piece of YAML (--set key=value); creates
 * maps on the way; an index equal to the length of a list appends. Errors: LEIE_ERR_USAGE. */
leie_status leie_yaml_set(leie_yaml *root, const char *assignment, leie_error *err);

#endif
