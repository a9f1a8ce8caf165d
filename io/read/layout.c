// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/formats.h"
#include "io/read/scan.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"

enum { TEXTS_MOST = 64 };

static const char *const layout_keys[] = {"leie_layout", "name",   "title", "release", "source", "licence", "proven",
                                          "note",        "currency", "unit", "valuation", "prices", "system", "x_from",
                                          "detect",      "year",   "demand", "units",  "merge",  "lists", "parts", "systems",
                                          "sizes",       "years",  "fallback", NULL};
static const char *const list_keys[] = {"files", "sheet", "separator", "header", "columns", "values", "product", NULL};
static const char *const part_keys[] = {"name", "shape", "files", "sheet", "optional", "each", "unless", "separator",
                                        "decimal", "skip", "header", "index", "names", "parameters", "row_list",
                                        "col_list", "rows", "cols", "row", "col", "value", "coefficients", "extension",
                                        "beside", "without", "dims", "choose", "finer", NULL};
static const char *const rule_keys[] = {"to", "match", "only", "except", "region", "code", "label", "unit", NULL};
static const char *const size_keys[] = {"name", "regions", "sectors", "demand", "stressors", NULL};
static const char *const shapes[] = {"grid", "flat", "units", "eurostat", NULL};
static const char *const roles[] = {"skip", "sector", "demand", "input", "stressor", "output", "unit", NULL};

// ---- the layouts of the program ----

const char *const *leie_layout_names(void)
{
    return leie_formats_name;
}

static int find_builtin(const char *name)
{
    return leie_yaml_word(name, leie_formats_name);
}

static bool is_file(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, ".yaml") == 0;
}

bool leie_layout_known(const char *name)
{
    return is_file(name) || find_builtin(name) >= 0;
}

// ---- reading one ----

// A key that holds a text or some texts, `most` at most.
static leie_status check_texts(const leie_yaml *map, const char *key, leie_size most, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, key);
    if (!node)
        return LEIE_OK;
    bool good = node->kind != LEIE_YAML_MAP && leie_study_items(node) >= 1 && leie_study_items(node) <= most;
    for (leie_size i = 0; good && i < leie_study_items(node); i++)
        good = leie_study_item(node, i)->kind == LEIE_YAML_SCALAR && leie_study_item(node, i)->text;
    return good ? LEIE_OK : leie_yaml_fail(node, err, "'%s' should be a text, or a list of 1 to %lld texts", key, (long long)most);
}

// Patterns for names of files, or a map of such lists by valuation.
static leie_status check_files(const leie_yaml *part, leie_error *err)
{
    const leie_yaml *files = leie_yaml_get(part, "files");
    if (!files || files->kind != LEIE_YAML_MAP)
        return check_texts(part, "files", TEXTS_MOST, err);
    leie_status st = files->n ? LEIE_OK : leie_yaml_fail(files, err, "'files' should be patterns, found an empty map");
    for (leie_size i = 0; !st && i < files->n; i++)
        st = check_texts(files, files->key[i], TEXTS_MOST, err);
    return st;
}

static leie_status check_rules(const leie_yaml *rules, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && rules && i < leie_study_items(rules); i++) {
        const leie_yaml *rule = leie_study_item(rules, i);
        const char *to = NULL;
        st = leie_yaml_known(rule, rule_keys, err);
        st = st ? st : leie_yaml_text(rule, "to", &to, err);
        if (!st && (!to || leie_yaml_word(to, roles) < 0))
            st = leie_yaml_fail(rule, err, "a rule needs 'to': skip, sector, demand, input, stressor, output or unit");
        const leie_yaml *match = st ? NULL : leie_yaml_get(rule, "match");
        if (!st && (!match || match->kind == LEIE_YAML_MAP))
            st = leie_yaml_fail(rule, err, "a rule needs 'match': a pattern for each level of the labels");
    }
    return st;
}

static leie_status check_list(const leie_yaml *list, leie_error *err)
{
    leie_status st = leie_yaml_known(list, list_keys, err);
    st = st ? st : check_texts(list, "files", TEXTS_MOST, err);
    st = st ? st : check_texts(list, "columns", LEIE_SCAN_LABELS_MOST, err);
    st = st ? st : check_texts(list, "values", LEIE_YAML_BYTES, err);
    st = st ? st : check_texts(list, "product", LEIE_SCAN_LABELS_MOST, err);
    if (!st && !leie_yaml_get(list, "values") && !leie_yaml_get(list, "product") &&
        (!leie_yaml_get(list, "files") || !leie_yaml_get(list, "columns")))
        st = leie_yaml_fail(list, err, "a list needs 'files' and 'columns', 'values' or 'product'");
    return st;
}

static leie_status check_parts(const leie_yaml *root, leie_error *err)
{
    const leie_yaml *parts = leie_yaml_get(root, "parts"), *lists = leie_yaml_get(root, "lists"),
                    *sizes = leie_yaml_get(root, "sizes");
    leie_status st = parts ? LEIE_OK : leie_yaml_fail(root, err, "a layout needs 'parts'");
    for (leie_size i = 0; !st && i < leie_study_items(parts); i++) {
        const leie_yaml *part = leie_study_item(parts, i);
        const char *shape = "grid";
        st = leie_yaml_known(part, part_keys, err);
        st = st ? st : leie_yaml_text(part, "shape", &shape, err);
        if (!st && leie_yaml_word(shape, shapes) < 0)
            st = leie_yaml_fail(part, err, "'shape' is grid, flat, units or eurostat");
        if (!st && strcmp(shape, "eurostat") == 0 && !leie_yaml_get(part, "dims"))
            st = leie_yaml_fail(part, err, "a part of shape eurostat needs 'dims', the dimensions that label its records");
        if (!st && !leie_yaml_get(part, "files"))
            st = leie_yaml_fail(part, err, "a part needs 'files'");
        st = st ? st : check_files(part, err);
        st = st ? st : check_rules(leie_yaml_get(part, "rows"), err);
        st = st ? st : check_rules(leie_yaml_get(part, "cols"), err);
    }
    if (!st && lists && lists->kind != LEIE_YAML_MAP)
        st = leie_yaml_fail(lists, err, "'lists' should be lists by their names");
    for (leie_size i = 0; !st && lists && i < lists->n; i++)
        st = check_list(lists->child[i], err);
    for (leie_size i = 0; !st && sizes && i < leie_study_items(sizes); i++)
        st = leie_yaml_known(leie_study_item(sizes, i), size_keys, err);
    return st;
}

static leie_status check_demand(const leie_layout *l, leie_error *err)
{
    for (leie_size i = 0; i < l->demand.n; i++)
        if (leie_demand_find(l->demand.kind[i]) < 0)
            return leie_yaml_fail(leie_yaml_get(l->root, "demand"), err, "'%s' is no kind of final demand",
                                  l->demand.kind[i]);
    return LEIE_OK;
}

static leie_status read_root(leie_layout *l, leie_error *err)
{
    leie_size version = 0;
    leie_status st = leie_yaml_known(l->root, layout_keys, err);
    st = st ? st : leie_yaml_integer(l->root, "leie_layout", &version, err);
    if (!st && version != 1)
        st = leie_yaml_fail(l->root, err, "'leie_layout' should be 1");
    st = st ? st : leie_yaml_text(l->root, "name", &l->name, err);
    if (!st && !l->name)
        st = leie_yaml_fail(l->root, err, "a layout needs 'name'");
    int x_choice = LEIE_X_ROW;
    st = st ? st : leie_study_choice(&x_choice, l->root, "x_from", leie_x_words, err);
    l->x_choice = (leie_x_choice)x_choice;
    st = st ? st : leie_study_labels(&l->demand, l->root, "demand", LEIE_STUDY_KIND, err);
    st = st ? st : check_demand(l, err);
    st = st ? st : leie_study_labels(&l->units, l->root, "units", LEIE_STUDY_NAME, err);
    st = st ? st : leie_study_labels(&l->merge, l->root, "merge", LEIE_STUDY_NAME, err);
    return st ? st : check_parts(l->root, err);
}

leie_status leie_layout_open(leie_layout *l, const char *name, leie_error *err)
{
    char shown[200], hex[65];
    leie_size bytes;
    int at = find_builtin(name);
    *l = (leie_layout){0};
    if (!is_file(name) && at < 0) {
        const char *nearest = leie_yaml_nearest(name, leie_formats_name);
        return leie_fail(err, LEIE_ERR_USAGE, "unknown format '%.60s'%s%s%s; `leie import --list` names them", name,
                         nearest ? ": '" : "", nearest ? nearest : "", nearest ? "' is near" : "");
    }
    snprintf(shown, sizeof shown, "formats/%.100s.yaml", name);
    l->path = leie_strdup(is_file(name) ? name : shown);
    if (!l->path)
        return leie_fail_memory(err, name, 1, strlen(name));
    leie_status st = is_file(name) ? leie_yaml_read(&l->root, l->path, hex, &bytes, err)
                                   : leie_yaml_parse(&l->root, l->path, leie_formats_text[at],
                                                     (leie_size)strlen(leie_formats_text[at]), err);
    st = st ? st : read_root(l, err);
    if (st)
        leie_layout_close(l);
    return st;
}

void leie_layout_close(leie_layout *l)
{
    leie_labels_clear(&l->demand);
    leie_labels_clear(&l->units);
    leie_labels_clear(&l->merge);
    leie_yaml_free(l->root);
    leie_free(l->path);
    *l = (leie_layout){0};
}

// ---- which one, which years ----

static bool has_entry(const leie_bundle *b, const char *pattern)
{
    leie_captures c;
    bool found = false;
    for (leie_size i = 0; !found && i < b->n; i++) {
        c.n = 0;
        found = leie_pattern_match_end(&c, pattern, b->entry[i].path, true);
    }
    return found;
}

bool leie_layout_detects(const leie_layout *l, const leie_bundle *b)
{
    const leie_yaml *detect = leie_yaml_get(l->root, "detect");
    for (leie_size i = 0; detect && i < leie_study_items(detect); i++) {
        const leie_yaml *item = leie_study_item(detect, i);
        bool any = false; // of a list, one is enough
        for (leie_size k = 0; !any && k < leie_study_items(item); k++)
            any = leie_study_item(item, k)->text && has_entry(b, leie_study_item(item, k)->text);
        if (!any)
            return false;
    }
    return detect != NULL;
}

leie_status leie_layout_detect(leie_layout *l, const leie_bundle *b, leie_error *err)
{
    leie_layout found = {0}; // a layout that says `fallback` gives way to any other
    *l = (leie_layout){0};
    for (int i = 0; leie_formats_name[i]; i++) {
        leie_status st = leie_layout_open(&found, leie_formats_name[i], err);
        bool known = l->root != NULL, weak = known && leie_yaml_get(l->root, "fallback"),
             here = !st && leie_layout_detects(&found, b);
        if (!st && here && known && !weak && !leie_yaml_get(found.root, "fallback"))
            st = leie_fail(err, LEIE_ERR_DATA, "%s: files of %s and of %s: give the format", b->path,
                           l->name, found.name);
        if (!st && here && (!known || weak)) {
            leie_layout_close(l);
            *l = found;
        } else {
            leie_layout_close(&found);
        }
        if (st) {
            leie_layout_close(l);
            return st;
        }
    }
    if (l->root)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA,
                     "%s: none of its %lld files has a name by which a database is known; give the format "
                     "(`leie import --list` names them)", b->path, (long long)b->n);
}

// {yy#} of a file name as a year: 95 is 1995, 11 is 2011.
static bool complete_year(leie_captures *c)
{
    const char *short_year = leie_captures_get(c, "yy");
    char year[16];
    if (!short_year || strlen(short_year) != 2)
        return true;
    snprintf(year, sizeof year, "%d", atoi(short_year) + (short_year[0] < '5' ? 2000 : 1900));
    return leie_captures_set(c, "year", year);
}

bool leie_layout_year(leie_captures *c, const leie_layout *l, const char *path)
{
    const leie_yaml *year = leie_yaml_get(l->root, "year");
    for (leie_size i = 0; year && i < leie_study_items(year); i++)
        if (leie_study_item(year, i)->kind == LEIE_YAML_SCALAR &&
            leie_pattern_match_inside(c, leie_study_item(year, i)->text, path, true))
            return complete_year(c);
    return false;
}

static leie_status add_year(int **years, leie_size *n, int year, leie_error *err)
{
    leie_size at = *n;
    for (leie_size i = 0; i < *n; i++)
        if ((*years)[i] == year)
            return LEIE_OK;
    int *grown = leie_resize(*years, *n, *n + 1, sizeof *grown);
    if (!grown)
        return leie_fail_memory(err, "years", *n + 1, sizeof *grown);
    for (; at > 0 && grown[at - 1] > year; at--)
        grown[at] = grown[at - 1];
    grown[at] = year;
    *years = grown;
    ++*n;
    return LEIE_OK;
}

leie_status leie_layout_years(int **years, leie_size *n, const leie_layout *l, const leie_bundle *b, leie_error *err)
{
    leie_captures c;
    leie_status st = LEIE_OK;
    *years = NULL;
    *n = 0;
    for (leie_size i = 0; !st && i < b->n; i++) {
        c.n = 0;
        const char *year = leie_layout_year(&c, l, b->entry[i].path) ? leie_captures_get(&c, "year") : NULL;
        if (year)
            st = add_year(years, n, atoi(year), err);
    }
    if (st)
        *years = leie_free(*years);
    return st;
}

// ---- rules ----

static bool in_list(const leie_yaml *list, const char *code)
{
    for (leie_size i = 0; i < leie_study_items(list); i++)
        if (leie_study_item(list, i)->kind == LEIE_YAML_SCALAR && strcmp(leie_study_item(list, i)->text, code) == 0)
            return true;
    return false;
}

// "*" as the last pattern takes all levels that are left, joined by a bar, as the code when nothing else is.
static bool join_rest(leie_captures *c, char *const *label, leie_size from, leie_size labels)
{
    char text[LEIE_CAPTURE_SIZE] = "";
    for (leie_size i = from; i < labels; i++) {
        size_t length = strlen(text);
        if (i > from && !label[i][0])
            continue;
        if (length + strlen(label[i]) + 4 > sizeof text)
            return false;
        snprintf(text + length, sizeof text - length, "%s%s", length ? " | " : "", label[i]);
    }
    return !text[0] || leie_captures_get(c, "code") || leie_captures_set(c, "code", text);
}

static bool match_levels(leie_captures *c, const leie_yaml *match, char *const *label, leie_size labels)
{
    leie_size n = leie_study_items(match);
    for (leie_size i = 0; i < n; i++) {
        const char *pattern = leie_study_item(match, i)->text;
        if (i == n - 1 && pattern && strcmp(pattern, "*") == 0)
            return i < labels && join_rest(c, label, i, labels);
        if (!pattern || i >= labels || !(pattern[0] ? leie_pattern_match(c, pattern, label[i], false) : !label[i][0]))
            return false;
    }
    return n == labels;
}

static bool fill(char to[LEIE_CAPTURE_SIZE], const leie_yaml *rule, const char *key, const char *otherwise,
                 const leie_captures *c)
{
    const leie_yaml *template = leie_yaml_get(rule, key);
    return leie_pattern_fill(to, LEIE_CAPTURE_SIZE, template && template->text ? template->text : otherwise, c);
}

static bool apply_rule(leie_resolved *r, const leie_layout *l, const leie_yaml *rule, leie_captures *c,
                       char *const *label, leie_size labels)
{
    const leie_yaml *only = leie_yaml_get(rule, "only"), *except = leie_yaml_get(rule, "except");
    if (!match_levels(c, leie_yaml_get(rule, "match"), label, labels))
        return false;
    r->role = (leie_role)leie_yaml_word(leie_yaml_get(rule, "to")->text, roles);
    const char *code = leie_captures_get(c, "code") ? "{code}" : labels ? label[0] : "";
    if (!fill(r->region, rule, "region", "{region}", c) || !fill(r->code, rule, "code", code, c) ||
        !fill(r->name, rule, "label", "{name}", c) || !fill(r->unit, rule, "unit", "{unit}", c))
        return false;
    const char *captured = leie_captures_get(c, "code");
    captured = captured ? captured : r->code;
    if ((only && !in_list(only, captured)) || (except && in_list(except, captured)))
        return false;
    return r->role != LEIE_ROLE_DEMAND || l->demand.n == 0 || leie_labels_find(&l->demand, captured) >= 0;
}

bool leie_layout_resolve(leie_resolved *r, const leie_layout *l, const leie_yaml *rules, char *const *label, leie_size labels)
{
    leie_captures c;
    bool done = false;
    for (leie_size i = 0; rules && !done && i < leie_study_items(rules); i++) {
        c.n = 0;
        done = apply_rule(r, l, leie_study_item(rules, i), &c, label, labels);
    }
    return done;
}

const char *leie_layout_unit(const leie_layout *l, const char *unit)
{
    leie_size at = leie_labels_find(&l->units, unit);
    return at >= 0 && l->units.name[at][0] ? l->units.name[at] : unit;
}
