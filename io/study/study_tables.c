// SPDX-License-Identifier: GPL-3.0-or-later
/* The `tables` of a study: which years, in which format, from which files. */
#include <math.h>
#include <string.h>

#include "io/read/layout.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"

static const char *const table_keys[] = {
    "year",     "years",     "format", "path",   "labels",  "demand_labels", "Z",      "Y",       "x",
    "demand",   "inputs",    "region", "output_row", "x_from", "currency",   "unit",   "valuation", "prices",
    "system",   "source",    "licence", "imports", "regions", "rest", "stressors", NULL};
static const char *const import_keys[] = {"Z", "region", "name", "method", "multipliers", NULL};
static const char *const formats[] = {"csv", "triplets", "matrix", "netcdf", NULL}; // leie_format; else a layout
const char *const leie_x_words[] = {"row", "column", "given", NULL};                // leie_x_choice
static const char *const methods[] = {"domestic_technology", "multipliers", NULL}; // leie_import_method
static const char *const valuations[] = {"basic", "purchasers", NULL};
static const char *const systems[] = {"ixi", "pxp", "sut", "hybrid", NULL};
static const char *const demand_kinds[] = {"household",   "npish",     "government", "gfcf",
                                           "inventories", "valuables", "export",     "discrepancy", NULL};

void leie_study_tables_clear(leie_study_tables *t)
{
    leie_path *const paths[] = {&t->path,          &t->Z,       &t->Y, &t->x, &t->labels,
                                &t->demand_labels, &t->imports, &t->import_multipliers};
    char *const texts[] = {t->region, t->output_row, t->currency, t->unit,          t->valuation,  t->prices,
                           t->system, t->source,     t->licence,  t->import_region, t->import_name};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        leie_study_path_clear(paths[i]);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        leie_free(texts[i]);
    leie_free(t->year);
    leie_free(t->layout);
    leie_free(t->rest);
    leie_study_free_strings(t->keep, t->keeps);
    leie_study_free_strings(t->stressor_pattern, t->stressor_patterns);
    leie_labels_clear(&t->demand);
    leie_labels_clear(&t->inputs);
    leie_free(t->input_sign);
    *t = (leie_study_tables){0};
}

// ---- what the table is ----

// A choice that is kept as the word itself.
static leie_status read_word(char **to, const leie_yaml *map, const char *key, const char *const *words,
                             leie_error *err)
{
    int word = -1;
    leie_status st = leie_study_choice(&word, map, key, words, err);
    return st || word < 0 ? st : leie_study_set_string(to, words[word], err);
}

// "current", or "constant" and the year whose prices they are.
static bool is_price_level(const char *text)
{
    if (strcmp(text, "current") == 0)
        return true;
    return strncmp(text, "constant ", 9) == 0 && strlen(text) == 13 && strspn(text + 9, "0123456789") == 4;
}

// `prices` is the level (current, constant 2010); a valuation written there is accepted as one.
static leie_status read_prices(leie_study_tables *t, const leie_yaml *map, leie_error *err)
{
    const char *text = NULL;
    leie_status st = read_word(&t->valuation, map, "valuation", valuations, err);
    st = st ? st : leie_yaml_text(map, "prices", &text, err);
    if (st || !text)
        return st;
    const leie_yaml *at = leie_yaml_get(map, "prices");
    if (is_price_level(text))
        return leie_study_set_string(&t->prices, text, err);
    if (leie_yaml_word(text, valuations) < 0)
        return leie_yaml_fail(at, err,
                              "'prices' should be current, constant and a year (constant 2010), basic or purchasers, "
                              "found '%.100s'", text);
    if (t->valuation && strcmp(t->valuation, text) != 0)
        return leie_yaml_fail(at, err, "'prices: %s' contradicts 'valuation: %s'", text, t->valuation);
    return leie_study_set_string(&t->valuation, text, err);
}

static leie_status read_description(leie_study_tables *t, const leie_yaml *map, leie_error *err)
{
    int choice = LEIE_X_ROW;
    leie_status st = leie_study_string(&t->currency, map, "currency", err);
    st = st ? st : leie_study_string(&t->unit, map, "unit", err);
    st = st ? st : read_prices(t, map, err);
    st = st ? st : read_word(&t->system, map, "system", systems, err);
    st = st ? st : leie_study_string(&t->source, map, "source", err);
    st = st ? st : leie_study_string(&t->licence, map, "licence", err);
    st = st ? st : leie_study_string(&t->region, map, "region", err);
    st = st ? st : leie_study_string(&t->output_row, map, "output_row", err);
    st = st ? st : leie_study_choice(&choice, map, "x_from", leie_x_words, err);
    t->x_choice = (leie_x_choice)choice;
    t->x_stated = leie_yaml_get(map, "x_from") != NULL;
    return st;
}

// Final-demand columns: every one needs a kind; a code that is the name of a kind has that kind.
static leie_status read_demand(leie_study_tables *t, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *at = leie_yaml_get(map, "demand");
    leie_status st = leie_study_labels(&t->demand, map, "demand", LEIE_STUDY_KIND, err);
    for (leie_size i = 0; !st && i < t->demand.n; i++) {
        const char *kind = t->demand.kind[i];
        if (!kind[0] && leie_demand_find(t->demand.code[i]) >= 0)
            st = leie_study_set_string(&t->demand.kind[i], t->demand.code[i], err);
        else if (!kind[0])
            st = leie_yaml_fail(at, err, "the final-demand column '%s' needs a kind: {code: %s, kind: household}",
                                t->demand.code[i], t->demand.code[i]);
        else if (leie_demand_find(kind) < 0)
            st = leie_study_choice_fail(at, "demand", kind, demand_kinds, err);
    }
    return st;
}

// Primary inputs: {code: D.39, sign: -1} is a row that the file prints positive and that is received, not paid.
static leie_status read_inputs(leie_study_tables *t, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *at = leie_yaml_get(map, "inputs");
    leie_status st = leie_study_labels(&t->inputs, map, "inputs", LEIE_STUDY_SIGN, err);
    if (st || !t->inputs.n)
        return st;
    t->input_sign = leie_new(t->inputs.n, sizeof *t->input_sign);
    if (!t->input_sign)
        return leie_fail_memory(err, "inputs", t->inputs.n, sizeof *t->input_sign);
    for (leie_size i = 0; !st && i < t->inputs.n; i++) {
        const leie_yaml *item = at->kind == LEIE_YAML_MAP ? NULL : leie_study_item(at, i);
        t->input_sign[i] = 1;
        if (item && item->kind == LEIE_YAML_MAP)
            st = leie_yaml_number(item, "sign", &t->input_sign[i], err);
        if (!st && fabs(t->input_sign[i]) != 1)
            st = leie_yaml_fail(leie_yaml_get(item, "sign"), err, "the sign of the input '%s' should be 1 or -1, found %g", t->inputs.code[i],
                                t->input_sign[i]);
    }
    return st;
}

// ---- files ----

static bool has_year(const leie_path *path)
{
    return path->real && strstr(path->real, "{year}");
}

static leie_status need(const leie_path *path, const leie_yaml *map, const char *key, const char *format,
                        leie_error *err)
{
    return path->real ? LEIE_OK : leie_yaml_fail(map, err, "a table of format %s needs '%s'", format, key);
}

static leie_status default_path(leie_path *to, const leie_study *study, const leie_yaml *map, const char *key,
                                const char *name, const leie_path *base, leie_error *err)
{
    return to->real ? LEIE_OK : leie_study_default_path(to, study, map, key, name, base, err);
}

/* Which files each format needs: csv a folder; netcdf a file; triplets a folder with labels.csv, Z_{year}.csv and
 * Y_{year}.csv unless named otherwise; matrix the file Z. */
static leie_status read_files(leie_study_tables *t, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    const leie_path *base = &t->path;
    leie_status st = leie_study_path(&t->path, study, map, "path", NULL, err);
    st = st ? st : leie_study_path(&t->Z, study, map, "Z", base, err);
    st = st ? st : leie_study_path(&t->Y, study, map, "Y", base, err);
    st = st ? st : leie_study_path(&t->x, study, map, "x", base, err);
    st = st ? st : leie_study_path(&t->labels, study, map, "labels", base, err);
    st = st ? st : leie_study_path(&t->demand_labels, study, map, "demand_labels", base, err);
    if (st)
        return st;
    switch (t->format) {
    case LEIE_FORMAT_CSV:
        return need(&t->path, map, "path", "csv", err);
    case LEIE_FORMAT_NETCDF:
        return need(&t->path, map, "path", "netcdf", err);
    case LEIE_FORMAT_LAYOUT:
        return need(&t->path, map, "path", t->layout, err);
    case LEIE_FORMAT_TRIPLETS:
        st = need(&t->path, map, "path", "triplets", err);
        st = st ? st : default_path(&t->labels, study, map, "labels", "labels.csv", base, err);
        st = st ? st : default_path(&t->Z, study, map, "Z", "Z_{year}.csv", base, err);
        st = st ? st : default_path(&t->Y, study, map, "Y", "Y_{year}.csv", base, err);
        if (!st && !t->demand.n && !t->demand_labels.real)
            st = leie_yaml_fail(map, err, "a table of format triplets needs 'demand' (the columns of Y of each "
                                "region) or 'demand_labels' (a file)");
        return st;
    case LEIE_FORMAT_MATRIX:
        st = need(&t->Z, map, "Z", "matrix", err);
        if (!st && !t->demand.n)
            st = leie_yaml_fail(map, err, "a table of format matrix needs 'demand', the codes of its final-demand "
                                "columns with their kinds");
        if (!st && !t->region)
            st = leie_yaml_fail(map, err, "a table of format matrix needs 'region', the code of its country");
        return st;
    }
    return st;
}

static leie_status read_imports(leie_study_tables *t, const leie_study *study, const leie_yaml *map,
                                leie_error *err)
{
    const leie_yaml *imports = leie_yaml_get(map, "imports");
    int method = LEIE_IMPORTS_DOMESTIC_TECHNOLOGY;
    if (!imports)
        return LEIE_OK;
    leie_status st = leie_yaml_known(imports, import_keys, err);
    st = st ? st : leie_study_path(&t->imports, study, imports, "Z", &t->path, err);
    st = st ? st : leie_study_string(&t->import_region, imports, "region", err);
    st = st ? st : leie_study_string(&t->import_name, imports, "name", err);
    st = st ? st : leie_study_choice(&method, imports, "method", methods, err);
    st = st ? st : leie_study_path(&t->import_multipliers, study, imports, "multipliers", NULL, err);
    t->import_method = (leie_import_method)method;
    if (st)
        return st;
    if (t->format != LEIE_FORMAT_MATRIX)
        return leie_yaml_fail(imports, err, "'imports' belongs to a table of format matrix");
    if (!t->imports.real)
        return leie_yaml_fail(imports, err, "'imports' needs 'Z', the file of imported use");
    if (t->x_choice == LEIE_X_COLUMN)
        return leie_yaml_fail(imports, err, "'x_from: column' needs a column that is complete, and imports are another "
                              "file: row or given");
    if (!t->import_region)
        return leie_yaml_fail(imports, err, "'imports' needs 'region', a code for the region that stands for them");
    if (t->import_method == LEIE_IMPORTS_MULTIPLIERS && !t->import_multipliers.real)
        return leie_yaml_fail(imports, err, "'method: multipliers' needs 'multipliers', a file");
    return LEIE_OK;
}

// ---- entries ----

// One of our own formats, or the layout of a database.
static leie_status read_format(leie_study_tables *t, const leie_yaml *map, leie_error *err)
{
    const char *word = "csv";
    leie_status st = leie_yaml_text(map, "format", &word, err);
    int format = st ? -1 : leie_yaml_word(word, formats);
    t->format = format < 0 ? LEIE_FORMAT_LAYOUT : (leie_format)format;
    if (st || format >= 0)
        return st;
    if (strcmp(word, "auto") != 0 && !leie_layout_known(word))
        return leie_yaml_fail(leie_yaml_get(map, "format"), err,
                              "'format' does not know '%.100s', one of: csv, triplets, matrix, netcdf, auto, or a database "
                              "(`leie import --list` names them)", word);
    return leie_study_set_string(&t->layout, word, err);
}

// What to read of a database.
static leie_status read_choice(leie_study_tables *t, const leie_yaml *map, leie_error *err)
{
    static const char *const keys[] = {"regions", "rest", "stressors"};
    for (size_t i = 0; t->format != LEIE_FORMAT_LAYOUT && i < sizeof keys / sizeof keys[0]; i++)
        if (leie_yaml_get(map, keys[i]))
            return leie_yaml_fail(leie_yaml_get(map, keys[i]), err, "'%s' belongs to the format of a database", keys[i]);
    leie_status st = leie_study_strings(&t->keep, &t->keeps, map, "regions", err);
    st = st ? st : leie_study_string(&t->rest, map, "rest", err);
    return st ? st : leie_study_strings(&t->stressor_pattern, &t->stressor_patterns, map, "stressors", err);
}

static leie_status read_entry(leie_study_tables *t, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    t->line = map->line;
    leie_status st = leie_yaml_known(map, table_keys, err);
    st = st ? st : leie_study_read_years(&t->year, &t->years, map, err);
    if (!st && !t->years)
        st = leie_yaml_fail(map, err, "a table needs 'year' (2011) or 'years' (1995-2011)");
    st = st ? st : read_format(t, map, err);
    st = st ? st : read_choice(t, map, err);
    st = st ? st : read_description(t, map, err);
    st = st ? st : read_demand(t, map, err);
    st = st ? st : read_inputs(t, map, err);
    st = st ? st : read_files(t, study, map, err);
    st = st ? st : read_imports(t, study, map, err);
    bool whole = t->format == LEIE_FORMAT_CSV || t->format == LEIE_FORMAT_NETCDF;
    const leie_path *by_year = whole ? &t->path : &t->Z;
    if (!st && t->years > 1 && t->format != LEIE_FORMAT_LAYOUT && !has_year(by_year))
        st = leie_yaml_fail(map, err, "%lld years need {year} in '%s', found '%s'", (long long)t->years,
                            whole ? "path" : "Z", by_year->shown);
    return st;
}

static bool holds_year(const leie_study_tables *t, int year)
{
    for (leie_size i = 0; i < t->years; i++)
        if (t->year[i] == year)
            return true;
    return false;
}

// A year belongs to one entry only.
static leie_status refuse_overlap(const leie_study *study, const leie_yaml *node, leie_error *err)
{
    for (leie_size a = 1; a < study->tables; a++)
        for (leie_size b = 0; b < a; b++)
            for (leie_size i = 0; i < study->table[a].years; i++)
                if (holds_year(&study->table[b], study->table[a].year[i]))
                    return leie_yaml_fail(leie_study_item(node, a), err,
                                          "the year %d already has a table (line %lld)", study->table[a].year[i],
                                          (long long)study->table[b].line);
    return LEIE_OK;
}

// What a study of flows alone cannot have.
static leie_status refuse_without_tables(const leie_yaml *root, leie_error *err)
{
    static const char *const keys[] = {"aggregate", "remove", "nest", "extensions"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (leie_yaml_get(root, keys[i]))
            return leie_yaml_fail(leie_yaml_get(root, keys[i]), err, "'%s' needs 'tables'", keys[i]);
    return LEIE_OK;
}

leie_status leie_study_read_tables(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "tables");
    if (!node && (study->flows.path.real || leie_yaml_get(root, "stocks") || leie_yaml_get(root, "systems")))
        return refuse_without_tables(root, err);
    if (!node || leie_study_items(node) == 0)
        return leie_yaml_fail(node ? node : root, err,
                              "a study needs 'tables': - {year: 2011, format: csv, path: folder}, or 'flows': file, 'stocks' or 'systems'");
    study->table = leie_new(leie_study_items(node), sizeof *study->table);
    if (!study->table)
        return leie_fail_memory(err, "tables", leie_study_items(node), sizeof *study->table);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < leie_study_items(node) && !st; i++)
        st = read_entry(&study->table[study->tables++], study, leie_study_item(node, i), err);
    return st ? st : refuse_overlap(study, node, err);
}

// ---- years of all tables ----

leie_status leie_study_years(int **years, leie_size *n, const leie_study *study, leie_error *err)
{
    leie_size count = 0, at = 0, tables = study->flows.path.real && !study->flows.route[LEIE_ROUTE_IO] ? 0 : study->tables;
    for (leie_size i = 0; i < tables; i++)
        count += study->table[i].years;
    int *list = leie_new(count, sizeof *list);
    if (!list)
        return leie_fail_memory(err, "years", count, sizeof *list);
    for (leie_size i = 0; i < tables; i++)
        for (leie_size j = 0; j < study->table[i].years; j++) {
            int year = study->table[i].year[j];
            leie_size place = at++;
            for (; place > 0 && list[place - 1] > year; place--) // few years: insertion keeps them ascending
                list[place] = list[place - 1];
            list[place] = year;
        }
    *years = list;
    *n = count;
    return LEIE_OK;
}
