// SPDX-License-Identifier: GPL-3.0-or-later
/* NetCDF files: any bytes in place of one; and files that are whole and hold what a text says, so that what the readers of
 * table files make of their content is tried without HDF5 in the way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/result/dataset.h"
#include "io/result/netcdf.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "tests/fuzz/fuzz.h"

enum { YEARS_MOST = 3, LENGTH_MOST = 1024, COUNT_MOST = 4096, LENT_MOST = 16, PATH_SIZE = 600 };

void fuzz_assemble(const leie_study *study)
{
    leie_error err = {0};
    leie_size n = 0;
    int *year = NULL;
    leie_study_years(&year, &n, study, &err);
    for (leie_size i = 0; i < n && i < YEARS_MOST; i++) {
        leie_table t = {0};
        leie_error why = {0};
        if (!leie_assemble(&t, study, year[i], NULL, &why))
            leie_table_clear(&t);
    }
    leie_free(year);
}

/* As a result, and as a table when it is one. What HDF5 makes of it first is a child's, as in every file without a seal:
 * most of the time goes there, so that a file that the child fails on is not tried twice. */
static void netcdf(const uint8_t *data, size_t size)
{
    leie_dataset ds = {0};
    leie_study study = {0};
    leie_error err = {0}, why = {0};
    const char *path = fuzz_file("file.nc", data, size);
    bool table = !leie_netcdf_read(&ds, path, false, &err) && leie_dataset_get(&ds, NULL, "leie_table");
    leie_dataset_clear(&ds);
    if (!table || leie_study_open(&study, path, 0, NULL, &why))
        return;
    fuzz_assemble(&study);
    leie_study_clear(&study);
}
FUZZ_TARGET("netcdf", netcdf)

// ---- files of a text ----

typedef struct making {
    leie_dataset ds;
    void *lent[LENT_MOST]; // raw numbers outlive the variable
    int lents;
} making;

static void make_dim(making *m, char *rest)
{
    char *name = strtok_r(rest, " ", &rest), *length = strtok_r(NULL, " ", &rest);
    long n = length ? strtol(length, NULL, 10) : 0;
    if (name && n >= 0 && n <= LENGTH_MOST)
        leie_dataset_dim(&m->ds, name, n, NULL);
}

// The product of the dimensions, -1 when one is missing or there are too many cells.
static leie_size count_of(const leie_dataset *ds, const char *dims)
{
    char copy[256], *rest = copy;
    leie_size count = 1;
    snprintf(copy, sizeof copy, "%s", dims);
    for (char *dim = strtok_r(copy, " ", &rest); dim; dim = strtok_r(NULL, " ", &rest)) {
        leie_size at = leie_dataset_find_dim(ds, dim);
        count = at < 0 || count < 0 ? -1 : count * ds->dim[at].n;
        if (count > COUNT_MOST)
            return -1;
    }
    return count;
}

static void fill(leie_var *v, char *rest)
{
    leie_size k = 0;
    for (char *word = strtok_r(rest, " ", &rest); word && k < v->count; word = strtok_r(NULL, " ", &rest), k++)
        if (v->type == LEIE_VAR_TEXT)
            leie_var_set_text(v, k, strcmp(word, "_") ? word : "", NULL);
        else if (v->type == LEIE_VAR_INT)
            v->integer[k] = strtoll(word, NULL, 10);
        else
            v->number[k] = strtod(word, NULL);
}

static void make_raw(making *m, const char *name, const char *dims, leie_size count, leie_raw kind, char *rest)
{
    leie_var *v;
    leie_size k = 0;
    char *raw = m->lents < LENT_MOST ? leie_new(count, leie_raw_size(kind)) : NULL;
    if (!raw)
        return;
    m->lent[m->lents++] = raw;
    for (char *word = strtok_r(rest, " ", &rest); word && k < count; word = strtok_r(NULL, " ", &rest), k++) {
        const float real = strtof(word, NULL);
        const long whole = strtol(word, NULL, 10);
        const uint16_t wide = (uint16_t)whole;
        const uint8_t narrow = (uint8_t)whole;
        const void *from = kind == LEIE_RAW_FLOAT ? (const void *)&real : kind == LEIE_RAW_SHORT ? (const void *)&wide : &narrow;
        memcpy(raw + (size_t)k * leie_raw_size(kind), from, leie_raw_size(kind));
    }
    leie_dataset_lend_raw(&v, &m->ds, name, dims, "1", name, kind, raw, false, NULL);
}

// "d Z(sector buyer) 1 2 3": d real, i integer, t text, f b s raw.
static void make_var(making *m, char type, char *rest)
{
    static const char types[] = "dit", raws[] = "fbs"; // leie_var_type; leie_raw from LEIE_RAW_FLOAT on
    char *open = strchr(rest, '('), *close = open ? strchr(open, ')') : NULL;
    leie_var *v;
    if (!close)
        return;
    *open = *close = '\0';
    leie_size count = count_of(&m->ds, open + 1);
    const char *own = strchr(types, type), *raw = strchr(raws, type);
    if (count < 0)
        return;
    if (raw && count > 0)
        make_raw(m, rest, open + 1, count, (leie_raw)(LEIE_RAW_FLOAT + (raw - raws)), close + 1);
    else if (own && !leie_dataset_var(&v, &m->ds, rest, (leie_var_type)(own - types), open + 1, "1", rest, NULL))
        fill(v, close + 1);
}

static void make_attribute(making *m, char *rest, bool text)
{
    char *value = strchr(rest, ' ');
    if (!value)
        return;
    *value++ = '\0';
    if (text)
        leie_dataset_text(&m->ds, NULL, rest, value, NULL);
    else
        leie_dataset_integer(&m->ds, NULL, rest, strtoll(value, NULL, 10), NULL);
}

// A number of a variable.
static void make_norm(making *m, char *rest)
{
    char *var = strtok_r(rest, " ", &rest), *name = strtok_r(NULL, " ", &rest), *value = strtok_r(NULL, " ", &rest);
    leie_var *v = value ? leie_dataset_find(&m->ds, var) : NULL;
    if (v)
        leie_dataset_number(&m->ds, v, name, strtod(value, NULL), NULL);
}

static void make_line(making *m, char *line)
{
    if (!line[0] || line[1] != ' ')
        return;
    if (line[0] == 'n')
        make_dim(m, line + 2);
    else if (line[0] == 'a' || line[0] == 'k')
        make_attribute(m, line + 2, line[0] == 'a');
    else if (line[0] == 'w')
        make_norm(m, line + 2);
    else if (strchr("ditfbs", line[0]))
        make_var(m, line[0], line + 2);
}

// n a dimension, a a text and k a number of the file, d i t f b s variables, w a number of a variable, one a line.
static void table_file(const uint8_t *data, size_t size)
{
    char path[PATH_SIZE], *text = leie_strndup((const char *)data, size), *rest = text;
    making m = {0};
    leie_error err = {0}, why = {0};
    leie_study study = {0};
    leie_threads_set(1);
    for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest))
        make_line(&m, line);
    snprintf(path, sizeof path, "%s", fuzz_file("table.nc", data, 1)); // its place; written anew
    bool whole = !leie_netcdf_write(path, &m.ds, 0, &err) && !leie_study_open(&study, path, 0, NULL, &why);
    if (whole)
        fuzz_assemble(&study);
    leie_study_clear(&study);
    leie_dataset_clear(&m.ds);
    while (m.lents > 0)
        leie_free(m.lent[--m.lents]);
    leie_free(text);
}
FUZZ_TARGET("table_file", table_file)
