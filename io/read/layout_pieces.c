// SPDX-License-Identifier: GPL-3.0-or-later
/* Which files the parts of a layout have in a bundle. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/layout_impl.h"
#include "io/study/study_impl.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

const char *leie_part_text(const leie_yaml *part, const char *key, const char *otherwise)
{
    const leie_yaml *node = part ? leie_yaml_get(part, key) : NULL;
    return node && node->kind == LEIE_YAML_SCALAR ? node->text : otherwise;
}

static bool part_flag(const leie_yaml *part, const char *key)
{
    return strcmp(leie_part_text(part, key, "false"), "true") == 0;
}

void leie_piece_clear(leie_piece *p)
{
    for (leie_size i = 0; p->col && i < p->cols; i++) {
        leie_free(p->col[i].region);
        leie_free(p->col[i].code);
    }
    leie_free(p->col);
    leie_free(p->sheet);
    leie_free(p->extension);
    leie_free(p->shown);
    leie_tuples_clear(&p->row_list);
    leie_tuples_clear(&p->col_list);
    *p = (leie_piece){0};
}

// ---- the form of a file ----

static char separator_of(const char *word)
{
    return strcmp(word, "tab") == 0 ? '\t' : strcmp(word, "semicolon") == 0 ? ';' : strcmp(word, "space") == 0 ? ' ' : ',';
}

// pymrio keeps the number of header lines and index columns of each file beside it.
static leie_status read_parameters(leie_piece *p, const leie_reading *r, const char *file, leie_error *err)
{
    const char *path = r->bundle->entry[p->entry].path, *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    for (leie_size i = 0; i < r->bundle->n; i++) {
        const char *other = r->bundle->entry[i].path;
        if (strncmp(other, path, folder) != 0 || strcmp(other + folder, file) != 0)
            continue;
        leie_text text;
        json_error_t why;
        leie_status st = leie_bundle_text(&text, r->bundle, i, NULL, 1 << 20, err);
        json_t *root = st ? NULL : json_loadb(text.data, (size_t)text.size, JSON_REJECT_DUPLICATES, &why), *value;
        if (!st && !root)
            st = leie_fail(err, LEIE_ERR_DATA, "%s:%d: %s", other, why.line, why.text);
        const char *key;
        json_object_foreach(json_object_get(root, "files"), key, value) {
            const char *name = json_string_value(json_object_get(value, "name"));
            json_t *header = json_object_get(value, "nr_header"), *index = json_object_get(value, "nr_index_col");
            if (!name || strcmp(name, path + folder) != 0)
                continue;
            p->form.header = json_is_string(header) ? atoi(json_string_value(header)) : json_integer_value(header);
            p->form.index = json_is_string(index) ? atoi(json_string_value(index)) : json_integer_value(index);
        }
        json_decref(root);
        leie_text_free(&text);
        return st;
    }
    return LEIE_OK;
}

static leie_status read_form(leie_piece *p, const leie_reading *r, leie_error *err)
{
    leie_size skip = 0, header = 0, index = 0;
    const char *parameters = leie_part_text(p->part, "parameters", NULL);
    bool titles = strcmp(leie_part_text(p->part, "skip", "0"), "auto") == 0;
    leie_status st = titles ? LEIE_OK : leie_yaml_integer(p->part, "skip", &skip, err);
    st = st ? st : leie_yaml_integer(p->part, "header", &header, err);
    st = st ? st : leie_yaml_integer(p->part, "index", &index, err);
    bool sheet = strstr(r->bundle->entry[p->entry].path, ".xlsx") != NULL;
    p->form = (leie_grid_form){
        .separator = sheet ? ',' : separator_of(leie_part_text(p->part, "separator", "comma")),
        .mark = strcmp(leie_part_text(p->part, "decimal", "point"), "comma") == 0 ? ',' : '.',
        .skip = titles ? -1 : skip, .header = header, .index = index, .names = part_flag(p->part, "names")};
    if (p->cube)
        p->form = (leie_grid_form){.separator = '\t', .mark = '.', .header = 1,
                                   .index = leie_study_items(leie_yaml_get(p->part, "dims"))};
    if (!st && parameters)
        st = read_parameters(p, r, parameters, err);
    if (!st && (p->form.header < 0 || p->form.header > LEIE_GRID_LEVELS || p->form.index < 0 ||
                p->form.index > LEIE_GRID_LEVELS))
        st = leie_fail(err, LEIE_ERR_DATA, "%s: %lld header lines and %lld label columns: expected 0 to %d of each",
                       p->shown, (long long)p->form.header, (long long)p->form.index, LEIE_GRID_LEVELS);
    return st;
}

// ---- finding files ----

/* Whether an entry can belong to the year: its path says so, or says nothing. */
static bool of_year(leie_captures *c, const leie_reading *r, const char *path)
{
    if (!leie_layout_year(c, r->layout, path))
        return true;
    const char *year = leie_captures_get(c, "year");
    return !year || atoi(year) == r->year;
}

// Whether a file of that name lies in the same folder as an entry; true when none is asked for.
static bool has_neighbour(const leie_bundle *b, leie_size entry, const char *name)
{
    const char *path = b->entry[entry].path, *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    for (leie_size i = 0; name && i < b->n; i++)
        if (strncmp(b->entry[i].path, path, folder) == 0 && strcmp(b->entry[i].path + folder, name) == 0)
            return true;
    return !name;
}

static bool is_listed(const leie_yaml *list, const char *word)
{
    for (leie_size i = 0; list && word && i < leie_study_items(list); i++)
        if (leie_study_item(list, i)->text && strcmp(leie_study_item(list, i)->text, word) == 0)
            return true;
    return false;
}

static leie_size depth_of(const char *path)
{
    leie_size depth = 0;
    for (; *path; path++)
        depth += *path == '/';
    return depth;
}

static leie_status add_piece(leie_reading *r, const leie_yaml *part, leie_size entry, const leie_captures *c,
                             leie_error *err)
{
    char text[LEIE_CAPTURE_SIZE];
    const char *shape = leie_part_text(part, "shape", "grid"), *sheet = leie_part_text(part, "sheet", NULL),
               *extension = leie_part_text(part, "extension", NULL), *path = r->bundle->entry[entry].path;
    leie_status st = leie_grow(&r->piece, &r->room, r->pieces, sizeof *r->piece, "parts", err);
    if (st)
        return st;
    leie_piece *p = &r->piece[r->pieces++];
    *p = (leie_piece){.part = part, .entry = entry, .name = leie_part_text(part, "name", "")};
    p->cube = strcmp(shape, "eurostat") == 0;
    p->flat = p->cube || strcmp(shape, "flat") == 0;
    p->units = strcmp(shape, "units") == 0;
    p->coefficients = part_flag(part, "coefficients");
    if (sheet && leie_pattern_fill(text, sizeof text, sheet, c))
        p->sheet = leie_strdup(text);
    const char *captured = leie_captures_get(c, "extension");
    p->extension = leie_strdup(captured ? captured : extension ? extension : p->name);
    size_t size = strlen(path) + (p->sheet ? strlen(p->sheet) : 0) + 2;
    p->shown = leie_new((leie_size)size, 1);
    if ((sheet && !p->sheet) || !p->extension || !p->shown)
        return leie_fail_memory(err, path, (leie_size)size, 1);
    snprintf(p->shown, size, "%s%s%s", path, p->sheet ? "#" : "", p->sheet ? p->sheet : "");
    return read_form(p, r, err);
}

// Two files that fit equally well: which one is meant only the user knows.
static leie_status refuse_choice(const leie_reading *r, const leie_yaml *part, leie_size a, leie_size b, leie_error *err)
{
    return leie_fail(err, LEIE_ERR_DATA, "%s: two files could be the part '%s': %s and %s; give the path of one of them",
                     r->bundle->path, leie_part_text(part, "name", ""), r->bundle->entry[a].path,
                     r->bundle->entry[b].path);
}

/* The entries that a pattern matches: all of them for `each`, else the one nearest to the top. */
static leie_status match_files(bool *found, leie_reading *r, const leie_yaml *part, const char *pattern,
                               leie_captures *c, leie_error *err)
{
    const leie_bundle *b = r->bundle;
    bool each = part_flag(part, "each");
    leie_size best = -1, twin = -1;
    for (leie_size i = 0; i < b->n; i++) {
        c->n = 0;
        if (!of_year(c, r, b->entry[i].path) || !leie_pattern_match_end(c, pattern, b->entry[i].path, true) ||
            !has_neighbour(b, i, leie_part_text(part, "beside", NULL)))
            continue;
        if (each && is_listed(leie_yaml_get(part, "without"), leie_captures_get(c, "extension")))
            continue;
        if (each) {
            leie_status st = add_piece(r, part, i, c, err);
            *found = true;
            if (st)
                return st;
            continue;
        }
        leie_size depth = depth_of(b->entry[i].path), least = best < 0 ? depth + 1 : depth_of(b->entry[best].path);
        if (depth == least)
            twin = i;
        if (depth < least) {
            best = i;
            twin = -1;
        }
    }
    if (best < 0)
        return LEIE_OK;
    if (twin >= 0)
        return refuse_choice(r, part, best, twin, err);
    c->n = 0;
    of_year(c, r, b->entry[best].path);
    leie_pattern_match_end(c, pattern, b->entry[best].path, true);
    char year[16];
    snprintf(year, sizeof year, "%d", r->year);
    leie_captures_set(c, "year", year);
    *found = true;
    return add_piece(r, part, best, c, err);
}

static bool have_part(const leie_reading *r, const char *name)
{
    for (leie_size i = 0; name && i < r->pieces; i++)
        if (strcmp(r->piece[i].name, name) == 0)
            return true;
    return false;
}

static leie_status refuse_missing(const leie_reading *r, const leie_yaml *part, const leie_yaml *files, leie_error *err)
{
    char wanted[300] = "", there[300] = "";
    for (leie_size i = 0; i < leie_study_items(files); i++) {
        size_t length = strlen(wanted);
        snprintf(wanted + length, sizeof wanted - length, "%s%s", i ? " or " : "",
                 leie_study_item(files, i)->text ? leie_study_item(files, i)->text : "");
    }
    for (leie_size i = 0; i < r->bundle->n && i < 4; i++) {
        size_t length = strlen(there);
        snprintf(there + length, sizeof there - length, "%s%s", i ? ", " : "", r->bundle->entry[i].path);
    }
    return leie_fail(err, LEIE_ERR_DATA, "%s: no file for the part '%s' of %s in %d: looked for %s; there are %s%s",
                     r->bundle->path, leie_part_text(part, "name", ""), r->layout->name, r->year, wanted,
                     there[0] ? there : "no files", r->bundle->n > 4 ? ", ..." : "");
}

// `files` is a list of patterns, the first that matches counts, or such a list for each valuation.
static const leie_yaml *files_of(const leie_reading *r, const leie_yaml *part)
{
    const leie_yaml *files = leie_yaml_get(part, "files");
    if (files->kind != LEIE_YAML_MAP)
        return files;
    const leie_yaml *chosen = leie_yaml_get(files, r->valuation);
    return chosen ? chosen : files->child[0];
}

leie_status leie_pieces_find(leie_reading *r, leie_error *err)
{
    const leie_yaml *parts = leie_yaml_get(r->layout->root, "parts");
    leie_captures *c = leie_new(1, sizeof *c);
    leie_status st = c ? LEIE_OK : leie_fail_memory(err, "parts", 1, sizeof *c);
    for (leie_size i = 0; !st && i < leie_study_items(parts); i++) {
        const leie_yaml *part = leie_study_item(parts, i), *files = files_of(r, part);
        bool found = have_part(r, leie_part_text(part, "unless", NULL));
        for (leie_size f = 0; !st && !found && f < leie_study_items(files); f++)
            st = match_files(&found, r, part, leie_study_item(files, f)->text, c, err);
        if (!st && !found && !part_flag(part, "optional"))
            st = refuse_missing(r, part, files, err);
    }
    leie_free(c);
    return st;
}

// ---- lists ----

void leie_tuples_clear(leie_tuples *t)
{
    for (leie_size i = 0; t->text && i < t->n * t->levels; i++)
        leie_free(t->text[i]);
    leie_free(t->text);
    *t = (leie_tuples){0};
}

static leie_status tuples_new(leie_tuples *t, leie_size n, leie_size levels, leie_error *err)
{
    *t = (leie_tuples){.n = n, .levels = levels, .text = leie_new(n * levels, sizeof *t->text)};
    return t->text ? LEIE_OK : leie_fail_memory(err, "labels", n, (size_t)levels * sizeof *t->text);
}

static leie_status set_tuple(leie_tuples *t, leie_size i, leie_size level, const char *text, leie_error *err)
{
    t->text[i * t->levels + level] = leie_strdup(text);
    return t->text[i * t->levels + level] ? LEIE_OK : leie_fail_memory(err, "labels", 1, strlen(text));
}

// Positions of the columns of a file of labels: by name from its header, or as they stand.
static leie_status find_columns(leie_size *at, const leie_yaml *columns, char **field, leie_size fields, bool header,
                                const char *path, leie_error *err)
{
    for (leie_size i = 0; i < leie_study_items(columns); i++) {
        const char *name = leie_study_item(columns, i)->text;
        at[i] = header ? -1 : i;
        for (leie_size f = 0; header && f < fields; f++)
            if (strcmp(field[f], name) == 0)
                at[i] = f;
        if (at[i] < 0 || at[i] >= fields)
            return leie_fail(err, LEIE_ERR_DATA, "%s: no column '%s'", path, name);
    }
    return LEIE_OK;
}

/* Records of a file of labels; blank ones (sheets hold lists of unequal length side by side) are left out. */
static leie_status take_records(leie_tuples *t, const leie_yaml *list, char *text, leie_size lines, const char *path,
                                leie_error *err)
{
    enum { FIELDS = 64 };
    const leie_yaml *columns = leie_yaml_get(list, "columns");
    leie_size levels = leie_study_items(columns), at[LEIE_GRID_LEVELS], line = 0;
    bool header = strcmp(leie_part_text(list, "header", "0"), "0") != 0, known = false;
    char separator = separator_of(leie_part_text(list, "separator", "comma")), *field[FIELDS];
    leie_status st = tuples_new(t, lines, levels, err);
    t->n = 0;
    for (char *next = text; !st && next && *next;) {
        char *end = strchr(next, '\n'), *here = next;
        next = end ? end + 1 : NULL;
        line++;
        if (end)
            *end = '\0';
        size_t size = strlen(here);
        if (size && here[size - 1] == '\r')
            here[--size] = '\0';
        if (!size)
            continue;
        leie_size fields = leie_fields_cut(field, FIELDS, here, separator);
        if (!known) {
            st = find_columns(at, columns, field, fields, header, path, err);
            known = true;
            if (st || header)
                continue;
        }
        bool blank = true;
        for (leie_size i = 0; !st && i < levels; i++) {
            if (at[i] >= fields)
                st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: %lld fields, expected %lld", path, (long long)line,
                               (long long)fields, (long long)levels);
            else
                blank &= field[at[i]][0] == '\0';
        }
        if (st || blank)
            continue;
        t->n++;
        for (leie_size i = 0; !st && i < levels; i++)
            st = set_tuple(t, t->n - 1, i, field[at[i]], err);
    }
    return st;
}

static leie_status read_file_list(leie_tuples *t, leie_reading *r, const leie_yaml *list, const char *name, leie_error *err)
{
    const leie_yaml *files = leie_yaml_get(list, "files");
    leie_captures *c = leie_new(1, sizeof *c);
    leie_size entry = -1, lines = 1;
    leie_text text = {0};
    for (leie_size f = 0; c && entry < 0 && f < leie_study_items(files); f++)
        for (leie_size i = 0; i < r->bundle->n && entry < 0; i++) {
            c->n = 0;
            if (of_year(c, r, r->bundle->entry[i].path) &&
                leie_pattern_match_end(c, leie_study_item(files, f)->text, r->bundle->entry[i].path, true))
                entry = i;
        }
    leie_status st = c ? LEIE_OK : leie_fail_memory(err, name, 1, sizeof *c);
    leie_free(c);
    if (!st && entry < 0)
        st = refuse_missing(r, list, files, err);
    st = st ? st : leie_bundle_text(&text, r->bundle, entry, leie_part_text(list, "sheet", NULL), LEIE_LABELS_MOST, err);
    for (leie_size i = 0; i < text.size; i++)
        lines += text.data[i] == '\n';
    st = st ? st : take_records(t, list, text.data, lines, r->bundle->entry[entry].path, err);
    st = st ? st : leie_reading_uses(r, entry, name, err);
    leie_text_free(&text);
    return st;
}

// Every tuple of the first list with every one of the second, and so on; the last runs fastest.
static leie_status multiply(leie_tuples *t, const leie_tuples *a, const leie_tuples *b, leie_error *err)
{
    if (b->n && a->n > LEIE_GRID_COLUMNS_MOST / b->n)
        return leie_fail(err, LEIE_ERR_LIMIT, "a product of lists of %lld and %lld labels", (long long)a->n, (long long)b->n);
    leie_status st = tuples_new(t, a->n * b->n, a->levels + b->levels, err);
    for (leie_size i = 0; !st && i < t->n; i++) {
        for (leie_size l = 0; !st && l < a->levels; l++)
            st = set_tuple(t, i, l, a->text[i / b->n * a->levels + l], err);
        for (leie_size l = 0; !st && l < b->levels; l++)
            st = set_tuple(t, i, a->levels + l, b->text[i % b->n * b->levels + l], err);
    }
    return st;
}

enum { LISTS_DEEP = 8, LISTS_MOST = 4096 };

static leie_status read_product(leie_tuples *t, leie_reading *r, const leie_yaml *part, const leie_yaml *factors,
                                leie_error *err)
{
    leie_tuples so_far = {0};
    leie_status st = leie_tuples_read(&so_far, r, part, leie_study_item(factors, 0)->text, err);
    for (leie_size i = 1; !st && i < leie_study_items(factors); i++) {
        leie_tuples factor = {0}, product = {0};
        st = leie_tuples_read(&factor, r, part, leie_study_item(factors, i)->text, err);
        st = st ? st : multiply(&product, &so_far, &factor, err);
        leie_tuples_clear(&factor);
        leie_tuples_clear(&so_far);
        so_far = product;
    }
    *t = so_far;
    return st;
}

leie_status leie_tuples_read(leie_tuples *t, leie_reading *r, const leie_yaml *part, const char *name, leie_error *err)
{
    const leie_yaml *list = leie_yaml_get(leie_yaml_get(r->layout->root, "lists"), name);
    if (!list)
        return leie_yaml_fail(part, err, "the layout has no list '%s'", name);
    if (r->lists++ == LISTS_MOST)
        return leie_yaml_fail(list, err, "more than %d lists of lists", LISTS_MOST);
    const leie_yaml *values = leie_yaml_get(list, "values"), *product = leie_yaml_get(list, "product");
    if (product && ++r->depth > LISTS_DEEP)
        return leie_yaml_fail(list, err, "lists of lists more than %d deep", LISTS_DEEP);
    if (product) {
        leie_status made = read_product(t, r, part, product, err);
        r->depth--;
        return made;
    }
    if (!values)
        return read_file_list(t, r, list, name, err);
    leie_status st = tuples_new(t, leie_study_items(values), 1, err);
    for (leie_size i = 0; !st && i < t->n; i++)
        st = set_tuple(t, i, 0, leie_study_item(values, i)->text, err);
    return st;
}
