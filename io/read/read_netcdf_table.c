// SPDX-License-Identifier: GPL-3.0-or-later
/* Leie's table file (io/write/write_netcdf_table.h) as a table: large arrays are moved out of the dataset,
 * not copied. */
#include <stdio.h>
#include <string.h>

#include "io/read/read_impl.h"
#include "io/result/netcdf.h"
#include "io/write/write_netcdf_table.h"
#include "io/read/table_parts.h"
#include "kernels/machine.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

// ---- variables ----

// "(sector, buyer)"
static void shape_text(char *text, size_t size, const leie_dataset *ds, const leie_var *v)
{
    size_t used = (size_t)snprintf(text, size, "(");
    for (int i = 0; i < v->rank && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", ds->dim[v->dim[i]].name);
    if (used < size)
        snprintf(text + used, size - used, ")");
}

/* A variable of a type over the named dimensions, written as shape_text does. */
leie_status leie_table_var(leie_var **v, const leie_dataset *ds, const char *name, leie_var_type type, const char *shape,
                           leie_error *err)
{
    static const char *const types[] = {"real numbers", "integers", "texts"}; // leie_var_type
    char found[256];
    *v = leie_dataset_find(ds, name);
    if (!*v)
        return leie_fail(err, LEIE_ERR_DATA, "variable '%s' is missing", name);
    shape_text(found, sizeof found, ds, *v);
    if ((*v)->type != type || strcmp(found, shape))
        return leie_fail(err, LEIE_ERR_DATA, "variable '%s' should be %s over %s, found %s over %s", name, types[type],
                         shape, types[(*v)->type], found);
    return LEIE_OK;
}

/* Texts <dim>_<part> over a dimension, or with part "" its coordinate. */
static leie_status texts(char ***text, const leie_dataset *ds, const char *dim, const char *part, leie_error *err)
{
    char name[64], shape[64];
    leie_var *v;
    snprintf(name, sizeof name, "%s%s%s", dim, part[0] ? "_" : "", part);
    snprintf(shape, sizeof shape, "(%s)", dim);
    leie_status st = leie_table_var(&v, ds, name, LEIE_VAR_TEXT, shape, err);
    if (!st)
        *text = v->text;
    return st;
}

typedef struct copying {
    unsigned char *to;
    const unsigned char *from;
    size_t bytes;
} copying;

enum { COPY_BLOCK = 1 << 20 };

static leie_status copy_blocks(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const copying *c = ctx;
    (void)worker;
    (void)err;
    for (leie_size b = first; b < last; b++) {
        size_t at = (size_t)b * COPY_BLOCK, left = c->bytes - at;
        memcpy(c->to + at, c->from + at, left < COPY_BLOCK ? left : COPY_BLOCK);
    }
    return LEIE_OK;
}

leie_status leie_table_take(void **to, leie_var *v, void **values, size_t item, leie_error *err)
{
    if (!v->lent) {
        *to = *values;
        *values = NULL;
        return LEIE_OK;
    }
    *to = leie_new_pages(v->count, item);
    if (!*to)
        return leie_fail_memory(err, v->name, v->count, item);
    copying c = {.to = *to, .from = *values, .bytes = (size_t)v->count * item};
    leie_parallel_for((leie_size)((c.bytes + COPY_BLOCK - 1) / COPY_BLOCK), 1, copy_blocks, &c, NULL);
    return LEIE_OK;
}

/* Moves the numbers of a variable out of the dataset, or copies those that are lent. */
static leie_status move(double **to, const leie_dataset *ds, const char *name, const char *shape, leie_error *err)
{
    leie_var *v;
    leie_status st = leie_table_var(&v, ds, name, LEIE_VAR_DOUBLE, shape, err);
    if (st)
        return st;
    return leie_table_take((void **)to, v, (void **)&v->number, sizeof **to, err);
}

/* Whether every number is what its SHA-256 says; variables without one are not judged. */
static leie_status check_sums(const leie_dataset *ds, leie_error *err)
{
    for (leie_size i = 0; i < ds->vars; i++) {
        const leie_var *v = ds->var[i];
        const char *stated = leie_dataset_get_text(ds, v, "sha256");
        char hex[65];
        if (!stated || (!v->number && !v->narrow))
            continue;
        if (v->narrow)
            leie_hash_bytes(hex, v->narrow, (size_t)v->count * sizeof *v->narrow);
        else
            leie_hash_bytes(hex, v->number, (size_t)v->count * sizeof *v->number);
        if (strcmp(hex, stated))
            return leie_fail(err, LEIE_ERR_DATA, "variable '%s' is damaged: its SHA-256 is not the one in the file",
                             v->name);
    }
    return LEIE_OK;
}

// ---- labels ----

static leie_status set_region_names(leie_axis *axis, const leie_labels *region, leie_error *err)
{
    for (leie_size r = 0; r < axis->region.n; r++) {
        leie_size at = leie_labels_find(region, axis->region.code[r]);
        if (at < 0)
            return leie_fail(err, LEIE_ERR_DATA, "region '%s' is not in the list of regions", axis->region.code[r]);
        char *name = leie_strdup(region->name[at]);
        if (!name)
            return leie_fail_memory(err, "region names", 1, strlen(region->name[at]));
        leie_free(axis->region.name[r]);
        axis->region.name[r] = name;
    }
    return LEIE_OK;
}

/* The items of an axis; kinds of final demand when there are any. */
static leie_status read_axis(leie_axis *axis, const leie_dataset *ds, const char *dim, const leie_labels *region,
                             char *const *kinds, leie_error *err)
{
    char **in, **code, **name, **unit;
    leie_size at = leie_dataset_find_dim(ds, dim);
    if (at < 0)
        return leie_fail(err, LEIE_ERR_DATA, "dimension '%s' is missing", dim);
    leie_status st = texts(&in, ds, dim, "region", err);
    st = st ? st : texts(&code, ds, dim, "code", err);
    st = st ? st : texts(&name, ds, dim, "name", err);
    st = st ? st : texts(&unit, ds, dim, "unit", err);
    for (leie_size i = 0; !st && i < ds->dim[at].n; i++) {
        int kind = kinds ? leie_demand_find(kinds[i]) : LEIE_DEMAND_HOUSEHOLD;
        if (kind < 0)
            return leie_fail(err, LEIE_ERR_DATA, "'%.60s' is no kind of final demand", kinds[i]);
        leie_size added = leie_axis_add(axis, in[i], code[i], name[i], unit[i], (leie_demand_kind)kind, err);
        st = added < 0 ? (leie_status)added : LEIE_OK;
    }
    return st ? st : set_region_names(axis, region, err);
}

/* A list of labels; none when the file does not have the dimension. */
static leie_status read_labels(leie_labels *labels, const leie_dataset *ds, const char *dim, leie_error *err)
{
    char **code, **name, **unit, **kind;
    leie_size at = leie_dataset_find_dim(ds, dim);
    if (at < 0)
        return LEIE_OK;
    leie_status st = texts(&code, ds, dim, "", err);
    st = st ? st : texts(&name, ds, dim, "name", err);
    st = st ? st : texts(&unit, ds, dim, "unit", err);
    st = st ? st : texts(&kind, ds, dim, "kind", err);
    for (leie_size i = 0; !st && i < ds->dim[at].n; i++) {
        leie_size added = leie_labels_add(labels, code[i], name[i], unit[i], kind[i], err);
        st = added < 0 ? (leie_status)added : LEIE_OK;
    }
    return st;
}

static leie_status copy_texts(char ***to, const leie_dataset *ds, const char *part, leie_size n, leie_error *err)
{
    char **from;
    leie_status st = texts(&from, ds, "stressor", part, err);
    if (st)
        return st;
    *to = leie_new(n, sizeof **to);
    bool good = *to;
    for (leie_size i = 0; good && i < n; i++)
        good = ((*to)[i] = leie_strdup(from[i]));
    return good ? LEIE_OK : leie_fail_memory(err, "stressors", n, sizeof **to);
}

static leie_status read_all_labels(leie_table *t, const leie_dataset *ds, leie_error *err)
{
    leie_labels region = {0};
    char **kinds;
    leie_status st = read_labels(&region, ds, "region", err);
    st = st ? st : read_axis(&t->sector, ds, "sector", &region, NULL, err);
    st = st ? st : texts(&kinds, ds, "demand", "kind", err);
    st = st ? st : read_axis(&t->demand, ds, "demand", &region, kinds, err);
    st = st ? st : read_labels(&t->input, ds, "input", err);
    st = st ? st : read_labels(&t->stressor, ds, "stressor", err);
    if (!st && t->stressor.n)
        st = copy_texts(&t->extension, ds, "extension", t->stressor.n, err);
    if (!st && t->stressor.n)
        st = copy_texts(&t->basis, ds, "basis", t->stressor.n, err);
    leie_labels_clear(&region);
    return st;
}

// ---- Z ----

/* Rows of cols values that lie close together are moved apart to a distance of ld, the last one first. */
static void spread(double *val, leie_size rows, leie_size cols, leie_size ld)
{
    for (leie_size i = rows - 1; i >= 0; i--) {
        memmove(val + i * ld, val + i * cols, (size_t)cols * sizeof *val);
        memset(val + i * ld + cols, 0, (size_t)(ld - cols) * sizeof *val);
    }
}

static leie_status read_dense(leie_matrix *Z, const leie_dataset *ds, leie_size n, leie_error *err)
{
    leie_size buyer = leie_dataset_find_dim(ds, "buyer"), ld = (n + 7) / 8 * 8;
    double *val = NULL;
    leie_status st = move(&val, ds, "Z", "(sector, buyer)", err);
    if (!st && ds->dim[buyer].n != n)
        st = leie_fail(err, LEIE_ERR_DATA, "Z is %lld x %lld, expected a square", (long long)n,
                       (long long)ds->dim[buyer].n);
    if (!st && ld != n) {
        double *wide = leie_resize(val, n * n, n * ld, sizeof *val);
        if (wide) {
            val = wide;
            spread(val, n, n, ld);
        } else {
            st = leie_fail_memory(err, "Z", n * ld, sizeof *val);
        }
    }
    if (st)
        leie_free(val);
    else
        *Z = (leie_matrix){.form = LEIE_DENSE, .rows = n, .cols = n, .ld = ld, .val = val};
    return st;
}

/* Rows begin where the one before ended, and columns ascend inside the table. */
static leie_status check_pattern(const leie_csr *Z, leie_error *err)
{
    bool good = Z->row[0] == 0 && Z->row[Z->rows] == Z->nnz;
    for (leie_size i = 0; good && i < Z->rows; i++)
        good = Z->row[i] <= Z->row[i + 1];
    if (!good)
        return leie_fail(err, LEIE_ERR_DATA, "'Z_start' does not divide %lld values into rows", (long long)Z->nnz);
    for (leie_size i = 0; i < Z->rows; i++)
        for (leie_size c = Z->row[i]; c < Z->row[i + 1]; c++)
            if (Z->col[c] < 0 || Z->col[c] >= Z->cols || (c > Z->row[i] && Z->col[c] <= Z->col[c - 1]))
                return leie_fail(err, LEIE_ERR_DATA, "'Z_column' %lld is %d in row %lld: columns ascend from 0 to %lld",
                                 (long long)c, (int)Z->col[c], (long long)i, (long long)Z->cols - 1);
    return LEIE_OK;
}

// Columns as 32-bit integers: moved when the file's are kept so, else copied.
static leie_status read_columns(leie_csr *Z, const leie_dataset *ds, leie_error *err)
{
    leie_var *v;
    leie_status st = leie_table_var(&v, ds, "Z_column", LEIE_VAR_INT, "(nonzero)", err);
    if (st)
        return st;
    if (v->narrow)
        return leie_table_take((void **)&Z->col, v, (void **)&v->narrow, sizeof *Z->col, err);
    Z->col = leie_new(v->count, sizeof *Z->col);
    if (!Z->col)
        return leie_fail_memory(err, "Z_column", v->count, sizeof *Z->col);
    for (leie_size c = 0; c < v->count; c++) {
        if (v->integer[c] < 0 || v->integer[c] >= Z->cols)
            return leie_fail(err, LEIE_ERR_DATA, "'Z_column' %lld is %lld: columns go from 0 to %lld", (long long)c,
                             (long long)v->integer[c], (long long)Z->cols - 1);
        Z->col[c] = (leie_index)v->integer[c];
    }
    return LEIE_OK;
}

static leie_status read_starts(leie_csr *Z, const leie_dataset *ds, leie_error *err)
{
    leie_var *v;
    leie_status st = leie_table_var(&v, ds, "Z_start", LEIE_VAR_INT, "(row_end)", err);
    if (!st && v->count != Z->rows + 1)
        st = leie_fail(err, LEIE_ERR_DATA, "'Z_start' has %lld values, expected %lld", (long long)v->count,
                       (long long)Z->rows + 1);
    if (st)
        return st;
    Z->row = leie_new(v->count, sizeof *Z->row);
    if (!Z->row)
        return leie_fail_memory(err, "Z_start", v->count, sizeof *Z->row);
    for (leie_size i = 0; i < v->count; i++)
        Z->row[i] = v->integer ? v->integer[i] : v->narrow[i];
    return LEIE_OK;
}

leie_status leie_table_rows(leie_csr *to, const leie_dataset *ds, leie_size n, leie_error *err)
{
    leie_size nonzero = leie_dataset_find_dim(ds, "nonzero");
    leie_csr csr = {.rows = n, .cols = n, .nnz = nonzero < 0 ? 0 : ds->dim[nonzero].n};
    leie_status st = LEIE_OK;
    if (csr.nnz == 0) {
        st = leie_csr_new(&csr, n, n, 0, err);
    } else {
        st = read_starts(&csr, ds, err);
        st = st ? st : read_columns(&csr, ds, err);
        st = st ? st : move(&csr.val, ds, "Z_value", "(nonzero)", err);
        st = st ? st : check_pattern(&csr, err);
    }
    if (st)
        leie_csr_free(&csr);
    else
        *to = csr;
    return st;
}

static leie_status read_sparse(leie_matrix *Z, const leie_dataset *ds, leie_size n, leie_error *err)
{
    *Z = (leie_matrix){.form = LEIE_SPARSE, .rows = n, .cols = n};
    return leie_table_rows(&Z->csr, ds, n, err);
}

// ---- the rest ----

/* Z in memory must fit before anything is taken for it. */
static leie_status check_room(const leie_dataset *ds, leie_size n, leie_error *err)
{
    leie_size nonzero = leie_dataset_find_dim(ds, "nonzero"), allowed = leie_machine_allowed();
    bool sparse = leie_dataset_find(ds, "Z_start") != NULL;
    double bytes = sparse ? 12 * (nonzero < 0 ? 0 : (double)ds->dim[nonzero].n) : 8 * (double)n * (double)n;
    if (allowed == 0 || bytes <= (double)allowed)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_LIMIT, "Z would take %.0f bytes and this machine has %lld; a file by blocks stays on the disk: "
                     "leie import netcdf FILE --layout block, on a machine with the memory", bytes, (long long)allowed);
}

static leie_status read_numbers(leie_table *t, const leie_dataset *ds, leie_mapped *mapped, leie_error *err)
{
    leie_status st = LEIE_OK;
    if (leie_dataset_find(ds, "A_high"))
        st = leie_table_blocks(&t->Z, ds, &t->sector, mapped, err);
    else if ((st = check_room(ds, t->sector.n, err)) == LEIE_OK && leie_dataset_find(ds, "Z_single"))
        st = leie_table_single(t, ds, err);
    else if (!st)
        st = (leie_dataset_find(ds, "Z_start") ? read_sparse : read_dense)(&t->Z, ds, t->sector.n, err);
    st = st ? st : move(&t->Y, ds, "Y", "(sector, demand)", err);
    st = st ? st : move(&t->x, ds, "x", "(sector)", err);
    if (!st && t->input.n)
        st = move(&t->W, ds, "W", "(input, sector)", err);
    if (!st && t->stressor.n)
        st = move(&t->F, ds, "F", "(stressor, sector)", err);
    if (!st && t->stressor.n)
        st = move(&t->F_Y, ds, "F_Y", "(stressor, demand)", err);
    return st;
}

static leie_status read_sources(leie_provenance *p, const leie_dataset *ds, leie_error *err)
{
    char **role, **path, **reader, **sha256;
    leie_var *bytes;
    leie_size at = leie_dataset_find_dim(ds, "source_file");
    if (at < 0)
        return LEIE_OK;
    leie_status st = leie_table_var(&bytes, ds, "source_bytes", LEIE_VAR_INT, "(source_file)", err);
    const struct {
        const char *name;
        char ***to;
    } columns[] = {{"source_role", &role}, {"source_path", &path}, {"source_reader", &reader}, {"source_sha256", &sha256}};
    for (size_t c = 0; !st && c < sizeof columns / sizeof columns[0]; c++) {
        leie_var *v;
        st = leie_table_var(&v, ds, columns[c].name, LEIE_VAR_TEXT, "(source_file)", err);
        *columns[c].to = st ? NULL : v->text;
    }
    for (leie_size i = 0; !st && i < ds->dim[at].n; i++) {
        leie_size size = bytes->integer ? bytes->integer[i] : bytes->narrow[i];
        if (strlen(sha256[i]) != 64)
            return leie_fail(err, LEIE_ERR_DATA, "'source_sha256' %lld is no SHA-256", (long long)i);
        st = leie_provenance_source(p, role[i], path[i], reader[i], size, sha256[i], err);
    }
    return st;
}

static leie_status read_notes(leie_provenance *p, const leie_dataset *ds, leie_error *err)
{
    char **kind, **text;
    leie_var *count;
    leie_size at = leie_dataset_find_dim(ds, "note");
    if (at < 0)
        return LEIE_OK;
    leie_status st = texts(&kind, ds, "note", "kind", err);
    st = st ? st : texts(&text, ds, "note", "text", err);
    st = st ? st : leie_table_var(&count, ds, "note_count", LEIE_VAR_INT, "(note)", err);
    for (leie_size i = 0; !st && i < ds->dim[at].n; i++) {
        int k = LEIE_NOTE_REPAIRED;
        while (k <= LEIE_NOTE_DONE && strcmp(kind[i], leie_note_name((leie_note_kind)k)))
            k++;
        if (k > LEIE_NOTE_DONE)
            return leie_fail(err, LEIE_ERR_DATA, "'%.60s' is no kind of note", kind[i]);
        leie_size places = count->integer ? count->integer[i] : count->narrow[i];
        st = leie_provenance_note(p, (leie_note_kind)k, places, err, "%s", text[i]);
    }
    return st;
}

static leie_status read_factors(leie_provenance *p, const leie_dataset *ds, leie_error *err)
{
    static const char *const part[] = {"group", "stressor", "region", "sector", "unit"};
    char **text[LEIE_FACTOR_TEXTS];
    leie_var *value;
    leie_size at = leie_dataset_find_dim(ds, "factor");
    leie_status st = LEIE_OK;
    if (at < 0)
        return LEIE_OK;
    for (int c = 0; !st && c < LEIE_FACTOR_TEXTS; c++)
        st = texts(&text[c], ds, "factor", part[c], err);
    st = st ? st : leie_table_var(&value, ds, "characterisation", LEIE_VAR_DOUBLE, "(factor)", err);
    for (leie_size i = 0; !st && i < ds->dim[at].n; i++) {
        const char *row[LEIE_FACTOR_TEXTS];
        for (int c = 0; c < LEIE_FACTOR_TEXTS; c++)
            row[c] = text[c][i];
        st = leie_provenance_factor(p, row, value->number[i], err);
    }
    return st;
}

// An attribute that may be missing; borrowed.
static char *attribute(const leie_dataset *ds, const char *name, char *otherwise)
{
    const leie_attribute *a = otherwise ? NULL : leie_dataset_get(ds, NULL, name);
    return a ? a->text : otherwise;
}

/* What the table is: as the study says, else as the file does. */
static leie_status read_description(leie_table *t, const leie_dataset *ds, const leie_study_tables *spec, int year,
                                    leie_error *err)
{
    const leie_attribute *layout = leie_dataset_get(ds, NULL, "leie_table"), *own = leie_dataset_get(ds, NULL, "year");
    if (!layout || layout->type != LEIE_VAR_INT || layout->n != 1)
        return leie_fail(err, LEIE_ERR_DATA, "no table file of Leie: the attribute 'leie_table' is missing%s",
                         leie_dataset_find_dim(ds, "scenario") < 0 ? "" : " (this is a result)");
    if (layout->integer[0] < 1 || layout->integer[0] > LEIE_TABLE_LAYOUT)
        return leie_fail(err, LEIE_ERR_DATA, "a table file of layout %lld, this program reads 1 to %d",
                         (long long)layout->integer[0], LEIE_TABLE_LAYOUT);
    if (!own || own->type != LEIE_VAR_INT || own->n != 1)
        return leie_fail(err, LEIE_ERR_DATA, "the attribute 'year' is missing");
    if (own->integer[0] != year)
        return leie_fail(err, LEIE_ERR_DATA, "the table is of year %lld where the study expects %d",
                         (long long)own->integer[0], year);
    const leie_study_tables said = {.currency = attribute(ds, "currency", spec->currency),
                                    .unit = attribute(ds, "unit", spec->unit),
                                    .valuation = attribute(ds, "valuation", spec->valuation),
                                    .prices = attribute(ds, "prices", spec->prices),
                                    .system = attribute(ds, "system", spec->system),
                                    .source = attribute(ds, "source", spec->source),
                                    .licence = attribute(ds, "licence", spec->licence)};
    return leie_read_strings(t, &said, year, NULL, err);
}

// The file's x stays unless the study chooses another one.
static leie_status choose_x(leie_table *t, const leie_study_tables *spec, leie_error *err)
{
    if (!spec->x_stated)
        return LEIE_OK;
    double *given = t->x;
    t->x = NULL;
    leie_status st = leie_table_set_x(t, spec->x_choice, given, err);
    leie_free(given);
    return st;
}

static leie_status read_parts(leie_table *t, const leie_dataset *ds, const leie_study_tables *spec, int year,
                              leie_netcdf_file *file, leie_error *err)
{
    leie_status st = read_description(t, ds, spec, year, err);
    if (!st && !file->sealed)
        st = check_sums(ds, err);
    st = st ? st : read_all_labels(t, ds, err);
    st = st ? st : read_numbers(t, ds, &file->mapped, err);
    st = st ? st : read_sources(&t->provenance, ds, err);
    st = st ? st : read_notes(&t->provenance, ds, err);
    st = st ? st : read_factors(&t->provenance, ds, err);
    return st ? st : choose_x(t, spec, err);
}

leie_status leie_read_netcdf_table(leie_table *t, const leie_study_tables *spec, int year, leie_error *err)
{
    leie_place place;
    leie_netcdf_file file = {0};
    leie_dataset ds = {0};
    leie_error why = {0};
    *t = (leie_table){0};
    leie_status st = leie_place_of(&place, &spec->path, year, err);
    if (!st && !place.real)
        st = leie_fail(err, LEIE_ERR_DATA, "a table file needs its path in 'path'");
    st = st ? st : leie_netcdf_read_table(&ds, &file, place.real, err);
    if (st)
        goto done;
    st = read_parts(t, &ds, spec, year, &file, &why);
    if (st)
        leie_fail(err, st, "%s: %s", place.real, why.text);
    else
        st = leie_provenance_source(&t->provenance, "table", place.shown, "netcdf", file.bytes, file.sha256, err);
done:
    if (st)
        leie_table_clear(t);
    leie_dataset_clear(&ds);
    leie_mapped_close(&file.mapped);
    leie_place_clear(&place);
    return st;
}
