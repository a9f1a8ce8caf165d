// SPDX-License-Identifier: GPL-3.0-or-later
/* JSON-stat 2.0:  id and size name the dimensions, dimension.<id>.category has the codes, value and status
 * are lists or objects with the position of the cell as key. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/eurostat_impl.h"
#include "kernels/memory.h"

static leie_status fail(const char *path, const char *what, leie_error *err)
{
    return leie_fail(err, LEIE_ERR_DATA, "%s: no JSON-stat data set: %s", path, what);
}

// The code at position i of a category: from index (a list, or an object of positions), or the only label.
static leie_status list_codes(const char **code, leie_size n, const json_t *category, const char *path, leie_error *err)
{
    json_t *index = json_object_get(category, "index"), *item;
    const char *key;
    size_t i;
    if (!index && n == 1 && json_object_size(json_object_get(category, "label")) == 1)
        code[0] = json_object_iter_key(json_object_iter(json_object_get(category, "label")));
    json_array_foreach(index, i, item) if (i < (size_t)n) code[i] = json_string_value(item);
    json_object_foreach(index, key, item)
    {
        json_int_t at = json_is_integer(item) ? json_integer_value(item) : -1;
        if (at < 0 || at >= n || code[at])
            return fail(path, "a category index outside its size", err);
        code[at] = key;
    }
    for (leie_size c = 0; c < n; c++)
        if (!code[c])
            return fail(path, "a category without a code", err);
    return LEIE_OK;
}

static leie_status read_category(leie_labels *labels, leie_size n, const json_t *category, const char *path,
                                 leie_error *err)
{
    const char **code = leie_new(n, sizeof *code);
    if (!code)
        return leie_fail_memory(err, path, n, sizeof *code);
    leie_status st = list_codes(code, n, category, path, err);
    for (leie_size c = 0; !st && c < n; c++) {
        const char *name = json_string_value(json_object_get(json_object_get(category, "label"), code[c]));
        leie_size at = leie_labels_add(labels, code[c], name, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    leie_free(code);
    return st;
}

static leie_status read_dims(leie_cube *cube, const json_t *root, const char *path, leie_error *err)
{
    json_t *id = json_object_get(root, "id"), *size = json_object_get(root, "size");
    leie_status st = LEIE_OK;
    if (!json_is_array(id) || json_array_size(id) == 0 || json_array_size(id) != json_array_size(size))
        return fail(path, "'id' and 'size' should be lists of one length", err);
    for (size_t d = 0; !st && d < json_array_size(id); d++) {
        const char *name = json_string_value(json_array_get(id, d));
        json_int_t n = json_integer_value(json_array_get(size, d));
        if (!name || n < 1 || n > LEIE_CUBE_CELLS)
            return fail(path, "a dimension without a name or size", err);
        st = leie_cube_dim(cube, name, path, err);
        json_t *category = json_object_get(json_object_get(json_object_get(root, "dimension"), name), "category");
        if (!st)
            st = read_category(&cube->label[d], n, category, path, err);
    }
    return st;
}

static leie_status cell_of(leie_size *cell, const leie_cube *cube, const char *key, const char *path, leie_error *err)
{
    char *end;
    long long at = strtoll(key, &end, 10);
    if (*end || end == key || at < 0 || at >= cube->cells)
        return leie_fail(err, LEIE_ERR_DATA, "%s: position '%.40s' is outside the %lld cells", path, key,
                         (long long)cube->cells);
    *cell = at;
    return LEIE_OK;
}

static leie_status take_value(leie_cube *cube, leie_size cell, const json_t *item, const char *path, leie_error *err)
{
    if (json_is_null(item))
        return LEIE_OK;
    if (!json_is_number(item))
        return leie_fail(err, LEIE_ERR_DATA, "%s: value %lld is no number", path, (long long)cell);
    cube->value[cell] = json_number_value(item);
    return LEIE_OK;
}

static leie_status read_values(leie_cube *cube, const json_t *root, const char *path, leie_error *err)
{
    json_t *value = json_object_get(root, "value"), *item;
    const char *key;
    size_t i;
    leie_size cell = 0;
    leie_status st = LEIE_OK;
    if (!json_is_object(value) && !json_is_array(value))
        return fail(path, "'value' should be a list or an object", err);
    if (json_array_size(value) > (size_t)cube->cells)
        return fail(path, "more values than cells", err);
    json_array_foreach(value, i, item) if (!st) st = take_value(cube, (leie_size)i, item, path, err);
    json_object_foreach(value, key, item) if (!st && !(st = cell_of(&cell, cube, key, path, err))) st =
        take_value(cube, cell, item, path, err);
    return st;
}

static leie_status read_flags(leie_cube *cube, const json_t *root, const char *path, leie_error *err)
{
    json_t *status = json_object_get(root, "status"), *item;
    const char *key, *text;
    size_t i;
    leie_size cell = 0;
    leie_status st = LEIE_OK;
    json_array_foreach(status, i, item) if ((text = json_string_value(item)) && i < (size_t)cube->cells)
        leie_cube_set_flag(cube, (leie_size)i, text, strlen(text));
    json_object_foreach(status, key, item) if (!st && !(st = cell_of(&cell, cube, key, path, err)) &&
                                               (text = json_string_value(item)))
        leie_cube_set_flag(cube, cell, text, strlen(text));
    return st;
}

leie_status leie_jsonstat_read(leie_cube *cube, const leie_place *place, leie_provenance *p, leie_error *err)
{
    leie_text text = {0};
    json_error_t why;
    json_t *root = NULL;
    leie_status st = leie_text_read(&text, place->real, 0, err);
    if (st)
        return st;
    root = json_loadb(text.data, (size_t)text.size, JSON_REJECT_DUPLICATES, &why);
    if (!root)
        st = json_error_code(&why) == json_error_out_of_memory
                 ? leie_fail_memory(err, place->real, text.size, 1)
                 : leie_fail(err, LEIE_ERR_DATA, "%s:%d:%d: %s", text.path, why.line, why.column, why.text);
    if (!st)
        st = read_dims(cube, root, text.path, err);
    if (!st)
        st = leie_cube_new(cube, text.path, err);
    if (!st)
        st = read_values(cube, root, text.path, err);
    if (!st)
        st = read_flags(cube, root, text.path, err);
    if (!st)
        st = leie_text_source(&text, p, "eurostat", place->shown, "json", err);
    json_decref(root);
    leie_text_free(&text);
    return st;
}
