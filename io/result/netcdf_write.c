// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <netcdf.h>
#include <netcdf_mem.h>
#include <stdlib.h>
#include <string.h>

#include "io/result/gain.h"
#include "io/result/mapped.h"
#include "io/result/netcdf.h"
#include "io/result/seal.h"
#include "io/result/temporary.h"
#include "kernels/memory.h"

enum {
    DEFLATE_LEVEL = 4,
    DEFLATE_FROM = 1024,         // values; below it a chunk costs more than it saves
    CHUNK_MOST = 16 * 1024 * 1024, // bytes
    CHUNK_LEAST = 64 * 1024,
    PAGE = 4096,         // plain variables begin on one
    VERIFY = 128 * 1024, // values read back at a time
    EMPTY_MOST = 64 * 1024 // an empty netCDF file has some hundred bytes
};
static const leie_size MEMORY_DEFAULT = (leie_size)1 << 30;
static const char CONVENTIONS[] = "CF-1.10, ACDD-1.3";

static bool poisoned;

bool leie_netcdf_poisoned(void)
{
    return poisoned;
}

const char *leie_netcdf_temporary(void)
{
    return leie_temporary_current();
}

/* A dataset on its way into an open netCDF file. */
typedef struct writer {
    int nc;
    const char *path; // for messages
    const leie_dataset *ds;
    int *dim; // [dims] netCDF's numbers
    int *var; // [vars]
} writer;

static leie_status fail_nc(leie_error *err, const writer *w, const char *what, const char *name, int code)
{
    leie_status kind = code == NC_ENOMEM ? LEIE_ERR_NOMEM : LEIE_ERR_OUTPUT;
    return leie_fail(err, kind, "%s: %s '%s' cannot be written: %s", w->path, what, name, nc_strerror(code));
}

/* ---- definitions ---- */

static bool fits_32(const int64_t *value, leie_size n)
{
    for (leie_size i = 0; i < n; i++)
        if (value[i] <= INT32_MIN || value[i] > INT32_MAX)
            return false;
    return true;
}

static int put_attribute(int nc, int var, const leie_attribute *a)
{
    switch (a->type) {
    case LEIE_VAR_TEXT:
        return nc_put_att_text(nc, var, a->name, strlen(a->text), a->text);
    case LEIE_VAR_INT:
        return nc_put_att_longlong(nc, var, a->name, fits_32(a->integer, a->n) ? NC_INT : NC_INT64, (size_t)a->n,
                                   (const long long *)a->integer);
    case LEIE_VAR_DOUBLE:
        return nc_put_att_double(nc, var, a->name, NC_DOUBLE, (size_t)a->n, a->number);
    }
    return NC_EBADTYPE;
}

static leie_status put_attributes(const writer *w, int var, const leie_attributes *list, leie_error *err)
{
    for (leie_size i = 0; i < list->n; i++) {
        int code = put_attribute(w->nc, var, &list->item[i]);
        if (code)
            return fail_nc(err, w, "attribute", list->item[i].name, code);
    }
    return LEIE_OK;
}

static bool is_coordinate(const leie_dataset *ds, const leie_var *v)
{
    return v->rank == 1 && strcmp(ds->dim[v->dim[0]].name, v->name) == 0;
}

/* Whether aside is a text <dim>_* over one of v's dimensions: an auxiliary coordinate of v. */
static bool is_aside(const leie_dataset *ds, const leie_var *aside, const leie_var *v)
{
    if (v->type == LEIE_VAR_TEXT || aside->type != LEIE_VAR_TEXT || aside->rank != 1)
        return false;
    const char *dim = ds->dim[aside->dim[0]].name;
    if (strncmp(aside->name, dim, strlen(dim)) || aside->name[strlen(dim)] != '_')
        return false;
    for (int i = 0; i < v->rank; i++)
        if (v->dim[i] == aside->dim[0])
            return true;
    return false;
}

/* The CF attribute `coordinates`: auxiliary coordinates by name, blanks between. */
static leie_status put_coordinates(const writer *w, int var, const leie_var *v, leie_error *err)
{
    const leie_dataset *ds = w->ds;
    leie_size room = 1;
    for (leie_size i = 0; i < ds->vars; i++)
        room += is_aside(ds, ds->var[i], v) ? (leie_size)strlen(ds->var[i]->name) + 1 : 0;
    if (room == 1 || is_coordinate(ds, v) || leie_dataset_get(ds, v, "coordinates"))
        return LEIE_OK;
    char *list = leie_new(room, 1);
    if (!list)
        return leie_fail_memory(err, "attribute coordinates", room, 1);
    for (leie_size i = 0; i < ds->vars; i++)
        if (is_aside(ds, ds->var[i], v))
            strcat(strcat(list, list[0] ? " " : ""), ds->var[i]->name);
    int code = nc_put_att_text(w->nc, var, "coordinates", strlen(list), list);
    leie_free(list);
    return code ? fail_nc(err, w, "attribute coordinates of", v->name, code) : LEIE_OK;
}

/* Chunk lengths: a slab of one scenario and one year; larger than CHUNK_MOST it is halved from the
 * slowest dimension on, smaller than CHUNK_LEAST it takes in more years, then more scenarios. */
static void chunk_shape(size_t *chunk, const leie_dataset *ds, const leie_var *v)
{
    size_t bytes = 8;
    bool slab[LEIE_RANK_MAX];
    for (int i = 0; i < v->rank; i++) {
        const leie_dim *d = &ds->dim[v->dim[i]];
        slab[i] = strcmp(d->name, "scenario") && strcmp(d->name, "year");
        chunk[i] = slab[i] ? (size_t)d->n : 1;
        bytes *= chunk[i];
    }
    for (int i = 0; i < v->rank && bytes > CHUNK_MOST; i++)
        while (chunk[i] > 1 && bytes > CHUNK_MOST) {
            bytes /= chunk[i];
            chunk[i] = (chunk[i] + 1) / 2;
            bytes *= chunk[i];
        }
    for (int i = v->rank - 1; i >= 0 && 2 * bytes <= CHUNK_LEAST; i--) {
        size_t n = (size_t)ds->dim[v->dim[i]].n, more = CHUNK_LEAST / bytes;
        if (slab[i])
            continue;
        chunk[i] = more < n ? more : n;
        bytes *= chunk[i];
    }
}

/* Results are deflated where that gains something; tables where it is asked for. */
static leie_status find_gain(bool *deflated, const leie_var *v, leie_error *err)
{
    int percent = 100;
    leie_status st = LEIE_OK;
    if (v->type == LEIE_VAR_DOUBLE && v->number && !v->lent && !v->plain && v->count >= DEFLATE_FROM)
        st = leie_gain_of(&percent, v->number, v->count, err);
    *deflated = percent >= LEIE_GAIN_LEAST;
    return st;
}

static int define_storage(const writer *w, int var, const leie_var *v, bool deflated)
{
    const double missing = NAN;
    const char *nothing = NULL;
    size_t chunk[LEIE_RANK_MAX];
    int code = NC_NOERR;
    if (v->plain) {
        code = nc_def_var_fill(w->nc, var, NC_NOFILL, NULL);
        return code ? code : nc_def_var_chunking(w->nc, var, NC_CONTIGUOUS, NULL);
    }
    if (v->type == LEIE_VAR_TEXT)
        return nc_def_var_fill(w->nc, var, NC_FILL, &nothing);
    if (v->type == LEIE_VAR_DOUBLE && !v->raw && !is_coordinate(w->ds, v))
        code = nc_def_var_fill(w->nc, var, NC_FILL, &missing);
    if (code || v->rank == 0)
        return code;
    if (v->count < DEFLATE_FROM)
        return nc_def_var_chunking(w->nc, var, NC_CONTIGUOUS, NULL);
    chunk_shape(chunk, w->ds, v);
    code = nc_def_var_chunking(w->nc, var, NC_CHUNKED, chunk);
    return code || !deflated ? code : nc_def_var_deflate(w->nc, var, 1, 1, DEFLATE_LEVEL);
}

static leie_status define_var(writer *w, leie_size at, leie_error *err)
{
    const leie_var *v = w->ds->var[at];
    int dim[LEIE_RANK_MAX];
    nc_type type = NC_DOUBLE;
    bool deflated;
    leie_status st = find_gain(&deflated, v, err);
    if (st)
        return st;
    for (int i = 0; i < v->rank; i++)
        dim[i] = w->dim[v->dim[i]];
    if (v->raw)
        type = v->kind == LEIE_RAW_FLOAT ? NC_FLOAT : v->kind == LEIE_RAW_BYTE ? NC_UBYTE : NC_USHORT;
    else if (v->type == LEIE_VAR_TEXT)
        type = NC_STRING;
    else if (v->type == LEIE_VAR_INT)
        type = v->narrow || fits_32(v->integer, v->count) ? NC_INT : NC_INT64;
    int code = nc_def_var(w->nc, v->name, type, v->rank, dim, &w->var[at]);
    if (!code)
        code = define_storage(w, w->var[at], v, deflated);
    if (code)
        return fail_nc(err, w, "variable", v->name, code);
    st = put_attributes(w, w->var[at], &v->attribute, err);
    return st ? st : put_coordinates(w, w->var[at], v, err);
}

/* Texts are created with a fill value of no text: HDF5 looks up and frees every text that a write replaces, also the fill
 * values of a new variable, which took fourteen times as long as writing them. The attribute that says so goes again. */
static leie_status forget_fills(const writer *w, leie_error *err)
{
    int code = nc_redef(w->nc);
    for (leie_size i = 0; !code && i < w->ds->vars; i++)
        if (w->ds->var[i]->type == LEIE_VAR_TEXT)
            code = nc_del_att(w->nc, w->var[i], "_FillValue");
    if (!code)
        code = nc_enddef(w->nc);
    return code ? fail_nc(err, w, "header of", w->path, code) : LEIE_OK;
}

static leie_status define(writer *w, leie_error *err)
{
    const leie_dataset *ds = w->ds;
    leie_status st = LEIE_OK;
    int code = NC_NOERR;
    if (!leie_dataset_get(ds, NULL, "Conventions"))
        code = nc_put_att_text(w->nc, NC_GLOBAL, "Conventions", strlen(CONVENTIONS), CONVENTIONS);
    if (code)
        return fail_nc(err, w, "attribute", "Conventions", code);
    st = put_attributes(w, NC_GLOBAL, &ds->attribute, err);
    for (leie_size i = 0; !st && i < ds->dims; i++) {
        code = nc_def_dim(w->nc, ds->dim[i].name, (size_t)ds->dim[i].n, &w->dim[i]);
        if (code)
            st = fail_nc(err, w, "dimension", ds->dim[i].name, code);
    }
    for (leie_size i = 0; !st && i < ds->vars; i++)
        st = define_var(w, i, err);
    if (st)
        return st;
    code = nc_enddef(w->nc);
    return code ? fail_nc(err, w, "header of", w->path, code) : forget_fills(w, err);
}

/* ---- values ---- */

static int put_values(const writer *w, int var, const leie_var *v)
{
    if (v->raw)
        return nc_put_var(w->nc, var, v->raw);
    switch (v->type) {
    case LEIE_VAR_DOUBLE:
        return nc_put_var_double(w->nc, var, v->number);
    case LEIE_VAR_INT:
        return v->narrow ? nc_put_var_int(w->nc, var, v->narrow)
                         : nc_put_var_longlong(w->nc, var, (const long long *)v->integer);
    case LEIE_VAR_TEXT:
        return nc_put_var_string(w->nc, var, (const char **)(void *)v->text);
    }
    return NC_EBADTYPE;
}

/* Everything into the open file. */
static leie_status fill(writer *w, leie_error *err)
{
    leie_status st = LEIE_OK;
    w->dim = leie_new(w->ds->dims, sizeof *w->dim);
    w->var = leie_new(w->ds->vars, sizeof *w->var);
    if (!w->dim || !w->var) {
        st = leie_fail_memory(err, "the numbers of dimensions and variables", w->ds->dims + w->ds->vars, sizeof(int));
        goto done;
    }
    st = define(w, err);
    for (leie_size i = 0; !st && i < w->ds->vars; i++) {
        int code = put_values(w, w->var[i], w->ds->var[i]);
        if (code)
            st = fail_nc(err, w, "variable", w->ds->var[i]->name, code);
    }
done:
    w->dim = leie_free(w->dim);
    w->var = leie_free(w->var);
    return st;
}

/* ---- the two ways to a file ---- */

/* What netCDF cannot be given is refused before it is called. */
static leie_status check_values(const leie_dataset *ds, const char *path, leie_error *err)
{
    for (leie_size i = 0; i < ds->vars; i++)
        if (!ds->var[i]->number && !ds->var[i]->integer && !ds->var[i]->narrow && !ds->var[i]->text && !ds->var[i]->raw)
            return leie_fail(err, LEIE_ERR_SHAPE, "%s: variable '%s' has no values: only its header was read", path,
                             ds->var[i]->name);
    return LEIE_OK;
}

/* Bytes of the dataset before compression, with 1 KiB for the header of each variable. */
static leie_size uncompressed(const leie_dataset *ds)
{
    leie_size bytes = 16 * 1024;
    for (leie_size i = 0; i < ds->vars; i++) {
        const leie_var *v = ds->var[i];
        bytes += 1024 + (leie_size)leie_raw_size(v->kind) * v->count;
        for (leie_size k = 0; v->text && k < v->count; k++)
            bytes += (leie_size)strlen(v->text[k]) + 24; // reference and heap object
    }
    return bytes;
}

/* From here on netCDF begins plain variables on a page, when there are any, or everything anywhere again. */
static void align(const leie_dataset *ds)
{
    bool plain = false;
    for (leie_size i = 0; ds && i < ds->vars; i++)
        plain |= ds->var[i]->plain;
    nc_set_alignment(plain ? PAGE : 1, plain ? PAGE : 1);
}

/* netCDF builds the file at a path, with the name of the result in messages. After a failure nothing of
 * netCDF is called on it again: it would crash. */
static leie_status build_file(const char *at, const char *path, const leie_dataset *ds, leie_error *err)
{
    writer w = {.path = path, .ds = ds};
    align(ds);
    int code = nc_create(at, NC_NETCDF4 | NC_CLOBBER, &w.nc);
    align(NULL);
    leie_status st = code ? fail_nc(err, &w, "file", path, code) : fill(&w, err);
    if (!st && (code = nc_close(w.nc)))
        st = fail_nc(err, &w, "file", path, code);
    poisoned |= st != LEIE_OK;
    return st;
}

/* An empty netCDF file as a block in memory, made in the temporary file, which is empty again afterwards.
 * (A file begun by nc_create_mem does not track the order of creation, and netCDF refuses to open such a
 * file for writing later.) */
static leie_status empty_image(NC_memio *image, leie_temporary *t, const char *path, leie_error *err)
{
    static const leie_dataset nothing;
    leie_status st = leie_temporary_room(t, EMPTY_MOST, err);
    if (!st)
        st = build_file(t->path, path, &nothing, err);
    if (st)
        return st;
    image->memory = calloc(EMPTY_MOST, 1); // not leie_new: netCDF takes it over, grows it and frees it
    if (!image->memory)
        return leie_fail_memory(err, "an empty image", EMPTY_MOST, 1);
    st = leie_temporary_take(t, image->memory, &image->size, EMPTY_MOST, err);
    if (st) {
        free(image->memory);
        image->memory = NULL;
    }
    return st;
}

/* The file as one block of the C library's malloc. netCDF owns the empty block while it is open. */
static leie_status build_image(NC_memio *image, leie_temporary *t, const char *path, const leie_dataset *ds,
                               leie_error *err)
{
    writer w = {.path = path, .ds = ds};
    NC_memio empty = {0};
    leie_status st = empty_image(&empty, t, path, err);
    if (st)
        return st;
    int code = nc_open_memio("leie", NC_WRITE | NC_NETCDF4, &empty, &w.nc);
    if (code) {
        free(empty.memory);
        return fail_nc(err, &w, "image of", path, code);
    }
    st = fill(&w, err);
    if (st) {
        nc_abort(w.nc);
        return st;
    }
    code = nc_close_memio(w.nc, image);
    return code ? fail_nc(err, &w, "image of", path, code) : LEIE_OK;
}

/* The file is built in memory, so that it is our own code that meets a full disk. */
static leie_status write_image(leie_temporary *t, const char *path, const leie_dataset *ds, leie_error *err)
{
    NC_memio image = {0};
    leie_status st = leie_temporary_open(t, path, err);
    if (!st)
        st = build_image(&image, t, path, ds, err);
    if (!st)
        st = leie_temporary_write(t, image.memory, image.size, err);
    free(image.memory);
    return st;
}

/* Whether a stored variable holds what it should, read block by block along its first dimension: on a full
 * disk nc_close may have reported success. buffer has room for `rows` of its rows. */
static bool same_values(int nc, int var, const leie_var *v, const leie_dataset *ds, leie_size rows, void *buffer)
{
    size_t start[LEIE_RANK_MAX] = {0}, count[LEIE_RANK_MAX], item = v->narrow ? sizeof *v->narrow : leie_raw_size(v->kind);
    const char *values = v->raw ? v->raw : v->narrow ? (const char *)v->narrow : (const char *)v->number;
    leie_size n = v->rank ? ds->dim[v->dim[0]].n : 1;
    size_t row = (size_t)(v->count / n) * item;
    for (int i = 1; i < v->rank; i++)
        count[i] = (size_t)ds->dim[v->dim[i]].n;
    for (leie_size r = 0; r < n; r += rows) {
        start[0] = (size_t)r;
        count[0] = (size_t)(n - r < rows ? n - r : rows);
        int code = v->raw      ? nc_get_vara(nc, var, start, count, buffer)
                   : v->narrow ? nc_get_vara_int(nc, var, start, count, buffer)
                               : nc_get_vara_double(nc, var, start, count, buffer);
        if (code || memcmp(buffer, values + (size_t)r * row, count[0] * row))
            return false;
    }
    return true;
}

static leie_status verify(const char *written, const char *path, const leie_dataset *ds, leie_error *err)
{
    int nc, var;
    leie_status st = LEIE_OK;
    if (nc_open(written, NC_NOWRITE, &nc))
        return leie_fail(err, LEIE_ERR_OUTPUT, "%s: what was written cannot be read back", path);
    for (leie_size i = 0; !st && i < ds->vars; i++) {
        const leie_var *v = ds->var[i];
        if (!v->number && !v->narrow && !v->raw)
            continue;
        leie_size row = v->rank ? v->count / ds->dim[v->dim[0]].n : 1, rows = row < VERIFY ? VERIFY / row : 1;
        double *buffer = leie_new(rows * row, sizeof *buffer);
        if (!buffer)
            st = leie_fail_memory(err, "reading back", rows * row, sizeof *buffer);
        else if (nc_inq_varid(nc, v->name, &var) || !same_values(nc, var, v, ds, rows, buffer))
            st = leie_fail(err, LEIE_ERR_OUTPUT, "%s: variable '%s' differs when read back", path, v->name);
        leie_free(buffer);
    }
    nc_close(nc);
    return st;
}

/* Where the large variables lie goes behind what netCDF wrote. */
static leie_status append_places(leie_temporary *t, const leie_dataset *ds, leie_error *err)
{
    leie_mapped m;
    leie_places places = {0};
    char text[LEIE_PLACES_TEXT];
    leie_status st = leie_mapped_open(&m, t->path, err);
    for (leie_size i = 0; !st && i < ds->vars; i++) {
        const leie_var *v = ds->var[i];
        size_t item = v->narrow ? sizeof *v->narrow : leie_raw_size(v->kind);
        const void *values = v->raw ? v->raw : v->narrow ? (const void *)v->narrow : (const void *)v->number;
        if (v->plain && values)
            leie_places_add(&places, &m, v->name, values, (size_t)v->count * item, item);
    }
    leie_mapped_close(&m);
    return st ? st : leie_temporary_append(t, text, leie_places_print(text, &places), err);
}

/* The seal comes last: sums of a file with large variables of others, else a hash. */
static leie_status append_seal(leie_temporary *t, const leie_dataset *ds, leie_error *err)
{
    unsigned char seal[LEIE_SEAL_SIZE];
    bool table = false;
    for (leie_size i = 0; i < ds->vars; i++)
        table |= ds->var[i]->lent;
    leie_status st = table ? append_places(t, ds, err) : LEIE_OK;
    st = st ? st : (table ? leie_seal_sums : leie_seal_file)(seal, t->path, err);
    return st ? st : leie_temporary_append(t, seal, sizeof seal, err);
}

static leie_status write_direct(leie_temporary *t, const char *path, const leie_dataset *ds, leie_size bytes,
                                leie_error *err)
{
    leie_status st = leie_temporary_open(t, path, err);
    if (!st)
        st = leie_temporary_room(t, bytes, err);
    if (!st)
        st = build_file(t->path, path, ds, err);
    return st ? st : verify(t->path, path, ds, err);
}

leie_status leie_netcdf_writable(const char *path, leie_error *err)
{
    leie_temporary t = {.fd = -1};
    leie_status st = leie_temporary_open(&t, path, err);
    leie_temporary_drop(&t);
    return st;
}

leie_status leie_netcdf_write(const char *path, const leie_dataset *ds, leie_size memory_limit, leie_error *err)
{
    leie_temporary t = {.fd = -1};
    leie_size bytes = uncompressed(ds), limit = memory_limit > 0 ? memory_limit : MEMORY_DEFAULT;
    leie_status st = check_values(ds, path, err);
    if (!st)
        st = bytes <= limit ? write_image(&t, path, ds, err) : write_direct(&t, path, ds, bytes, err);
    if (!st)
        st = append_seal(&t, ds, err);
    if (!st)
        st = leie_temporary_commit(&t, err);
    leie_temporary_drop(&t);
    return st;
}
