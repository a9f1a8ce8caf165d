// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <math.h>
#include <netcdf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/result/dataset_impl.h"
#include "io/result/netcdf.h"
#include "io/result/netcdf_flows.h"
#include "io/result/netcdf_part.h"
#include "io/result/seal.h"
#include "io/result/trial.h"
#include "kernels/memory.h"

/* What a file of a given size can hold: deflate reaches 1032 : 1, so 1100 times its size and a little
 * is more than any whole file has, and less than what a forged length asks for. */
enum { RATIO_MOST = 1100, BYTES_FREE = 1 << 20, TEXT_BLOCK = 256, TEXT_COST = 128, TRIAL_SECONDS = 10, TRIAL_BYTES = 256 << 20,
       NARROW_FROM = 1024 };

/* An open file and what has been taken from it. */
typedef struct reader {
    int nc;
    leie_dataset *ds;
    bool header_only, describe; // only labels and texts; no variables
    const leie_netcdf_part_of *part; // what is read after labels and texts; NULL for nothing
    bool narrow;      // large integers keep their 32 bits, raw numbers stay as they are
    const leie_mapped *mapped;  // the file, and where its variables lie; NULL when it does not say
    const leie_places *places;
    leie_size size;   // of the file
    leie_size budget; // bytes that may still be allocated
} reader;

/* What is read of a file. */
typedef enum leie_netcdf_part {
    LEIE_NETCDF_ALL,
    LEIE_NETCDF_HEADER,
    LEIE_NETCDF_TABLE,
    LEIE_NETCDF_DESCRIPTION,
    LEIE_NETCDF_CUT // labels and texts, then a part of the values
} leie_netcdf_part;

static leie_status fail_nc(leie_error *err, const char *what, const char *name, int code)
{
    return leie_fail(err, code == NC_ENOMEM ? LEIE_ERR_NOMEM : LEIE_ERR_DATA, "%s '%s' cannot be read: %s",
                     what, name, nc_strerror(code));
}

/* Takes count items of size bytes from the budget before they are allocated. */
static leie_status take(reader *r, const char *name, leie_size count, leie_size size, leie_error *err)
{
    leie_size bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > r->budget)
        return leie_fail(err, LEIE_ERR_DATA, "'%s' states %lld values, more than a file of %lld bytes can hold",
                         name, (long long)count, (long long)r->size);
    r->budget -= bytes;
    return LEIE_OK;
}

/* ---- what kind of file it is ---- */

static leie_status check_signature(const unsigned char *head, size_t n, const char *path, leie_error *err)
{
    static const unsigned char hdf5[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    if (n == sizeof hdf5 && memcmp(head, hdf5, sizeof hdf5) == 0)
        return LEIE_OK;
    if (n >= 4 && memcmp(head, "CDF", 3) == 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: classic netCDF (CDF-%d), expected netCDF-4", path, head[3]);
    return leie_fail(err, LEIE_ERR_DATA, "%s: not a netCDF-4 file", path);
}

static leie_status check_file(leie_size *size, const char *path, leie_error *err)
{
    struct stat st;
    unsigned char head[8];
    if (stat(path, &st))
        return leie_fail(err, LEIE_ERR_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return leie_fail(err, LEIE_ERR_IO, "%s: not a regular file", path);
    FILE *file = fopen(path, "rb");
    if (!file)
        return leie_fail(err, LEIE_ERR_IO, "%s: %s", path, strerror(errno));
    size_t n = fread(head, 1, sizeof head, file);
    fclose(file);
    *size = (leie_size)st.st_size;
    return check_signature(head, n, path, err);
}

/* netCDF's own mark: HDF5 files of other programs open too, with dimensions made up. */
static leie_status check_netcdf4(const reader *r, leie_error *err)
{
    int groups = 0;
    size_t length;
    if (nc_inq_attlen(r->nc, NC_GLOBAL, "_NCProperties", &length))
        return leie_fail(err, LEIE_ERR_DATA, "an HDF5 file that was not written as netCDF-4");
    if (nc_inq_grps(r->nc, &groups, NULL) || groups)
        return leie_fail(err, LEIE_ERR_DATA, "holds %d groups, expected none", groups);
    return LEIE_OK;
}

/* ---- attributes ---- */

static leie_status read_text_attribute(reader *r, leie_var *v, int var, const char *name, size_t n, leie_error *err)
{
    char *text = leie_new((leie_size)n + 1, 1);
    if (!text)
        return leie_fail_memory(err, name, (leie_size)n + 1, 1);
    int code = nc_get_att_text(r->nc, var, name, text);
    leie_status st = code ? fail_nc(err, "attribute", name, code)
                          : leie_dataset_attribute(r->ds, v, name, LEIE_VAR_TEXT, text, 0, err);
    leie_free(text);
    return st;
}

/* An NC_STRING attribute, as other programs write texts; one text only. */
static leie_status read_string_attribute(reader *r, leie_var *v, int var, const char *name, size_t n, leie_error *err)
{
    char *text = NULL;
    if (n != 1)
        return leie_fail(err, LEIE_ERR_DATA, "attribute '%s' has %zu texts, expected one", name, n);
    int code = nc_get_att_string(r->nc, var, name, &text);
    if (code)
        return fail_nc(err, "attribute", name, code);
    leie_status st = leie_dataset_attribute(r->ds, v, name, LEIE_VAR_TEXT, text ? text : "", 0, err);
    nc_free_string(1, &text);
    return st;
}

static leie_status read_number_attribute(reader *r, leie_var *v, int var, const char *name, nc_type type, size_t n,
                                         leie_error *err)
{
    bool real = type == NC_FLOAT || type == NC_DOUBLE;
    void *values = leie_new((leie_size)n, 8);
    if (!values)
        return leie_fail_memory(err, name, (leie_size)n, 8);
    int code = real ? nc_get_att_double(r->nc, var, name, values) : nc_get_att_longlong(r->nc, var, name, values);
    leie_status st = code ? fail_nc(err, "attribute", name, code)
                          : leie_dataset_attribute(r->ds, v, name, real ? LEIE_VAR_DOUBLE : LEIE_VAR_INT, values,
                                                   (leie_size)n, err);
    leie_free(values);
    return st;
}

static leie_status read_attribute(reader *r, leie_var *v, int var, int at, leie_error *err)
{
    char name[NC_MAX_NAME + 1];
    nc_type type;
    size_t n;
    int code = nc_inq_attname(r->nc, var, at, name);
    if (code)
        return fail_nc(err, "attribute of", v ? v->name : "file", code);
    if (v && strcmp(name, "_FillValue") == 0)
        return LEIE_OK; // already in the values
    if ((code = nc_inq_att(r->nc, var, name, &type, &n)))
        return fail_nc(err, "attribute", name, code);
    if (v && (strcmp(name, "scale_factor") == 0 || strcmp(name, "add_offset") == 0))
        return leie_fail(err, LEIE_ERR_DATA, "variable '%s' is packed (%s), which is not read", v->name,
                         name);
    leie_status st = n > INT32_MAX ? take(r, name, INT64_MAX, 1, err) : take(r, name, (leie_size)n, 16, err);
    if (st)
        return st;
    if (type == NC_CHAR)
        return read_text_attribute(r, v, var, name, n, err);
    if (type == NC_STRING)
        return read_string_attribute(r, v, var, name, n, err);
    if (type < NC_BYTE || type >= NC_UINT64)
        return leie_fail(err, LEIE_ERR_DATA, "attribute '%s' is neither text nor number", name);
    return read_number_attribute(r, v, var, name, type, n, err);
}

static leie_status read_attributes(reader *r, leie_var *v, int var, leie_error *err)
{
    int n = 0;
    int code = nc_inq_varnatts(r->nc, var, &n);
    leie_status st = code ? fail_nc(err, "attributes of", v ? v->name : "file", code) : LEIE_OK;
    for (int i = 0; !st && i < n; i++)
        st = read_attribute(r, v, var, i, err);
    return st;
}

/* ---- dimensions ---- */

static leie_status read_dims(reader *r, leie_error *err)
{
    int n = 0;
    int code = nc_inq_ndims(r->nc, &n);
    leie_status st = code ? fail_nc(err, "dimensions of", "file", code) : LEIE_OK;
    for (int i = 0; !st && i < n; i++) {
        char name[NC_MAX_NAME + 1];
        size_t length;
        code = nc_inq_dim(r->nc, i, name, &length);
        if (code)
            return fail_nc(err, "dimensions of", "file", code);
        leie_size at = leie_dataset_dim(r->ds, name, length > INT64_MAX ? INT64_MAX : (leie_size)length, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    return st;
}

/* ---- variables ---- */

static bool var_type(leie_var_type *type, nc_type stored)
{
    if (stored == NC_FLOAT || stored == NC_DOUBLE)
        *type = LEIE_VAR_DOUBLE;
    else if (stored == NC_STRING)
        *type = LEIE_VAR_TEXT;
    else if (stored == NC_CHAR || stored < NC_BYTE || stored >= NC_UINT64)
        return false;
    else
        *type = LEIE_VAR_INT;
    return true;
}

/* Texts come in blocks along the last dimension, so that a forged file in which all references point to
 * one long text meets the budget early. */
static leie_status read_texts(reader *r, leie_var *v, int var, leie_error *err)
{
    leie_size last = v->rank ? r->ds->dim[v->dim[v->rank - 1]].n : 1;
    size_t start[LEIE_RANK_MAX] = {0}, count[LEIE_RANK_MAX] = {0};
    char *block[TEXT_BLOCK];
    leie_status st = LEIE_OK;
    for (leie_size at = 0, n; !st && at < v->count; at += n) {
        n = last - at % last < TEXT_BLOCK ? last - at % last : TEXT_BLOCK;
        leie_size rest = at;
        for (int i = v->rank - 1; i >= 0; i--) {
            leie_size length = r->ds->dim[v->dim[i]].n;
            start[i] = (size_t)(rest % length);
            count[i] = i == v->rank - 1 ? (size_t)n : 1;
            rest /= length;
        }
        int code = nc_get_vara_string(r->nc, var, start, count, block);
        if (code)
            return fail_nc(err, "variable", v->name, code);
        for (leie_size i = 0; !st && i < n; i++) {
            const char *text = block[i] ? block[i] : "";
            st = take(r, v->name, (leie_size)strlen(text), 1, err);
            if (!st)
                st = leie_var_set_text(v, at + i, text, err);
        }
        nc_free_string((size_t)n, block);
    }
    return st;
}

static leie_status read_values(reader *r, leie_var *v, int var, leie_error *err)
{
    if (v->type == LEIE_VAR_TEXT)
        return read_texts(r, v, var, err);
    int code = v->narrow                 ? nc_get_var_int(r->nc, var, v->narrow)
               : v->type == LEIE_VAR_INT ? nc_get_var_longlong(r->nc, var, (long long *)v->integer)
                                         : nc_get_var_double(r->nc, var, v->number);
    if (code)
        return fail_nc(err, "variable", v->name, code);
    if (v->type == LEIE_VAR_DOUBLE)
        leie_netcdf_missing(v, r->nc, var);
    return LEIE_OK;
}

/* Which values are wanted: all, or with header_only those of coordinates and texts. */
static leie_var_array wanted(const reader *r, const char *name, leie_var_type type, nc_type stored, leie_size count)
{
    bool coordinate = leie_dataset_find_dim(r->ds, name) >= 0;
    if (r->header_only && type != LEIE_VAR_TEXT && !coordinate)
        return LEIE_ARRAY_NONE;
    return r->narrow && stored == NC_INT && count >= NARROW_FROM && !coordinate ? LEIE_ARRAY_NARROW : LEIE_ARRAY_FULL;
}

/* What stays as it lies. */
static leie_raw raw_kind(const char *name, nc_type stored)
{
    bool table = strncmp(name, "A_", 2) == 0 || strncmp(name, "Z_", 2) == 0;
    return stored == NC_UBYTE            ? LEIE_RAW_BYTE
           : stored == NC_USHORT         ? LEIE_RAW_SHORT
           : stored == NC_FLOAT && table ? LEIE_RAW_FLOAT
                                         : LEIE_RAW_NONE;
}

static size_t stored_size(nc_type stored)
{
    return stored == NC_DOUBLE ? 8 : stored == NC_INT || stored == NC_FLOAT ? 4 : stored == NC_USHORT ? 2 : 1;
}

/* Whether a large variable can be had from the file as it lies in memory. */
static bool is_lent(const reader *r, const char *name, leie_size count, nc_type stored)
{
    size_t bytes = 0;
    bool raw = raw_kind(name, stored) != LEIE_RAW_NONE;
    if (!r->places || (!raw && count < NARROW_FROM) || (stored != NC_DOUBLE && stored != NC_INT && !raw))
        return false;
    return leie_places_find(r->places, r->mapped, name, &bytes) && bytes == (size_t)count * stored_size(stored);
}

/* A large variable, lent or read as it is. */
static leie_status read_large(reader *r, int var, const char *name, leie_var_type type, leie_raw kind, int rank,
                              const leie_index *dim, leie_size count, nc_type stored, leie_error *err)
{
    leie_var *v = NULL;
    size_t bytes = 0;
    leie_status st = leie_dataset_add(&v, r->ds, name, type, rank, dim, LEIE_ARRAY_NONE, err);
    if (st)
        return st;
    v->kind = kind;
    v->lent = is_lent(r, name, count, stored);
    void *at = v->lent ? (void *)(uintptr_t)leie_places_find(r->places, r->mapped, name, &bytes) : NULL;
    if (!v->lent) {
        st = take(r, name, count, (leie_size)leie_raw_size(kind), err);
        at = st ? NULL : leie_new(count, leie_raw_size(kind));
        if (!st && !at)
            st = leie_fail_memory(err, name, count, leie_raw_size(kind));
        int code = st ? NC_NOERR : nc_get_var(r->nc, var, at);
        if (code)
            st = fail_nc(err, "variable", name, code);
    }
    if (kind)
        v->raw = at;
    else if (stored == NC_INT)
        v->narrow = at;
    else
        v->number = at;
    return st ? st : read_attributes(r, v, var, err);
}

static leie_status read_var(reader *r, int var, leie_error *err)
{
    char name[NC_MAX_NAME + 1];
    int rank, dim[NC_MAX_VAR_DIMS];
    leie_index at[LEIE_RANK_MAX];
    nc_type stored;
    leie_var_type type;
    leie_var *v = NULL;
    int code = nc_inq_var(r->nc, var, name, &stored, &rank, dim, NULL);
    if (code)
        return fail_nc(err, "variables of", "file", code);
    if (!var_type(&type, stored))
        return leie_fail(err, LEIE_ERR_DATA, "variable '%s' has type %d, expected numbers or strings", name,
                         stored);
    if (rank > LEIE_RANK_MAX)
        return leie_fail(err, LEIE_ERR_DATA, "variable '%s' has %d dimensions, expected at most %d", name, rank,
                         LEIE_RANK_MAX);
    leie_size count = 1;
    for (int i = 0; i < rank; i++) {
        if (dim[i] < 0 || dim[i] >= r->ds->dims)
            return leie_fail(err, LEIE_ERR_DATA, "variable '%s' has an unknown dimension", name);
        at[i] = dim[i];
        if (__builtin_mul_overflow(count, r->ds->dim[dim[i]].n, &count))
            count = INT64_MAX;
    }
    leie_raw kind = r->narrow && rank <= 2 ? raw_kind(name, stored) : LEIE_RAW_NONE;
    leie_var_array array = wanted(r, name, type, stored, count);
    if (kind || is_lent(r, name, count, stored))
        return read_large(r, var, name, type, kind, rank, at, count, stored, err);
    leie_status st = array ? take(r, name, count, type == LEIE_VAR_TEXT ? TEXT_COST : 8, err) : LEIE_OK;
    if (!st)
        st = leie_dataset_add(&v, r->ds, name, type, rank, at, array, err);
    if (!st && array)
        st = read_values(r, v, var, err);
    return st ? st : read_attributes(r, v, var, err);
}

static leie_status read_all(reader *r, leie_error *err)
{
    int n = 0;
    leie_status st = check_netcdf4(r, err);
    if (!st)
        st = read_dims(r, err);
    if (!st)
        st = read_attributes(r, NULL, NC_GLOBAL, err);
    int code = st || r->describe ? NC_NOERR : nc_inq_nvars(r->nc, &n);
    if (code)
        st = fail_nc(err, "variables of", "file", code);
    for (int i = 0; !st && i < n; i++)
        st = read_var(r, i, err);
    return st;
}

/* The values that a cut has left; Z of a table file is there in every layout. */
static leie_status read_part(reader *r, leie_error *err)
{
    const char *name = r->part->name;
    bool flows = false; // Z that is not kept as such
    leie_status st = !name || strcmp(name, "Z") == 0 ? leie_netcdf_flows_add(&flows, r->ds, err) : LEIE_OK;
    if (!st && !name)
        leie_netcdf_flows_hide(r->ds);
    leie_size *from = st ? NULL : leie_new(r->ds->dims, sizeof *from);
    if (!st)
        st = from ? r->part->cut(r->part->ctx, r->ds, from, err) : leie_fail_memory(err, "dimensions", r->ds->dims, sizeof *from);
    if (!st && flows)
        st = leie_netcdf_flows_fill(r->ds, r->nc, from, r->budget, err);
    if (!st && (!flows || !name))
        st = leie_netcdf_fill(r->ds, r->nc, name, from, &r->budget, err);
    leie_free(from);
    return st;
}

static leie_status read_file(leie_dataset *ds, const char *path, leie_size size, leie_netcdf_part part,
                             const leie_netcdf_part_of *part_of, const leie_mapped *mapped, const leie_places *places, leie_error *err)
{
    reader r = {.ds = ds,
                .mapped = mapped,
                .places = places,
                .part = part_of,
                .header_only = part == LEIE_NETCDF_HEADER || part == LEIE_NETCDF_CUT,
                .describe = part == LEIE_NETCDF_DESCRIPTION,
                .narrow = part == LEIE_NETCDF_TABLE,
                .size = size};
    leie_error why = {0};
    r.budget = size > INT64_MAX / RATIO_MOST / 2 ? INT64_MAX : size * RATIO_MOST + BYTES_FREE;
    int code = nc_open(path, NC_NOWRITE, &r.nc);
    if (code)
        return leie_fail(err, code == NC_ENOMEM ? LEIE_ERR_NOMEM : LEIE_ERR_DATA,
                         "%s: damaged or not a netCDF-4 file: %s", path, nc_strerror(code));
    bool flows;
    leie_status st = read_all(&r, &why);
    if (!st && part == LEIE_NETCDF_HEADER)
        st = leie_netcdf_flows_add(&flows, ds, &why);
    st = st || !part_of ? st : read_part(&r, &why);
    nc_close(r.nc);
    if (st == LEIE_OK)
        return LEIE_OK;
    leie_dataset_clear(ds);
    if (st == LEIE_ERR_USAGE) // a part that there is not
        return leie_fail(err, st, "%s", why.text);
    // what a dataset refuses in a file (a dimension of length 0) is the file's fault
    return leie_fail(err, st == LEIE_ERR_SHAPE ? LEIE_ERR_DATA : st, "%s: %s", path, why.text);
}

// ---- files without a seal ----

typedef struct trial_of {
    const char *path;
    leie_size size;
    leie_netcdf_part part;
    const leie_netcdf_part_of *part_of;
} trial_of;

static leie_status read_once(void *ctx, leie_error *err)
{
    const trial_of *t = ctx;
    leie_dataset ds = {0};
    return read_file(&ds, t->path, t->size, t->part, t->part_of, NULL, NULL, err); // its process ends with it
}

/* What the reader itself allows twice over, and what the libraries need: a forged length inside of HDF5, whose allocations no
 * budget of ours sees, ends there. A processor reads far more than 1 MB of a file in a second. */
static leie_status probe(const char *path, leie_size size, leie_netcdf_part part, const leie_netcdf_part_of *part_of,
                         leie_error *err)
{
    trial_of t = {.path = path, .size = size, .part = part, .part_of = part_of};
    leie_size room;
    if (__builtin_mul_overflow(size, 2 * RATIO_MOST, &room) || __builtin_add_overflow(room, TRIAL_BYTES, &room))
        room = INT64_MAX;
    return leie_trial(path, read_once, &t, room, TRIAL_SECONDS + size / 1000000, err);
}

leie_status leie_netcdf_find(leie_netcdf_old *old, const char *path, leie_error *err)
{
    leie_seal_state seal = LEIE_SEAL_NONE;
    struct stat info;
    bool ours = false;
    *old = LEIE_OLD_NONE;
    if (stat(path, &info) || !S_ISREG(info.st_mode) || info.st_size == 0)
        return LEIE_OK; // what cannot be replaced is the writer's to say
    leie_status st = leie_seal_check(&seal, NULL, path, err);
    if (!st && seal == LEIE_SEAL_NONE)
        st = leie_seal_trace(&ours, path, err);
    if (!st)
        *old = seal == LEIE_SEAL_WHOLE ? LEIE_OLD_WHOLE : seal == LEIE_SEAL_BROKEN || ours ? LEIE_OLD_DAMAGED : LEIE_OLD_FOREIGN;
    return st;
}

/* The file in memory when it has a seal over sums, which are formed from there; else it is closed again. */
static leie_status map_table(leie_netcdf_file *file, leie_places *places, leie_seal_state *seal, const char *path,
                             leie_error *err)
{
    leie_error why = {0};
    leie_status st = leie_mapped_open(&file->mapped, path, err);
    if (st == LEIE_ERR_NOMEM) // read in the other way
        return LEIE_OK;
    st = st ? st : leie_seal_check_sums(seal, file->sha256, &file->mapped, err);
    if (!st && *seal == LEIE_SEAL_WHOLE && leie_places_parse(places, &file->mapped, LEIE_SEAL_SIZE, &why))
        st = leie_fail(err, why.code, "%s: %s", path, why.text);
    if (st || *seal == LEIE_SEAL_NONE)
        leie_mapped_close(&file->mapped);
    return st;
}

static leie_status read_checked(leie_dataset *ds, leie_netcdf_file *file, const char *path, leie_netcdf_part part,
                                const leie_netcdf_part_of *part_of, leie_error *err)
{
    leie_seal_state seal = LEIE_SEAL_NONE;
    leie_places places = {0};
    bool table = part == LEIE_NETCDF_TABLE;
    *ds = (leie_dataset){0};
    leie_status st = check_file(&file->bytes, path, err);
    if (!st && table)
        st = map_table(file, &places, &seal, path, err);
    if (!st && !file->mapped.at && part != LEIE_NETCDF_DESCRIPTION && (!part_of || part_of->judged))
        st = leie_seal_check(&seal, table ? file->sha256 : NULL, path, err);
    file->sealed = seal == LEIE_SEAL_WHOLE;
    if (!st && seal == LEIE_SEAL_BROKEN)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: damaged: its SHA-256 is not the one it ends with", path);
    if (!st && seal == LEIE_SEAL_NONE)
        st = probe(path, file->bytes, part, part_of, err);
    bool mapped = file->mapped.at != NULL;
    st = st ? st : read_file(ds, path, file->bytes, part, part_of, mapped ? &file->mapped : NULL, mapped ? &places : NULL, err);
    if (st)
        leie_mapped_close(&file->mapped);
    return st;
}

leie_status leie_netcdf_read(leie_dataset *ds, const char *path, bool header_only, leie_error *err)
{
    leie_netcdf_file file = {0};
    return read_checked(ds, &file, path, header_only ? LEIE_NETCDF_HEADER : LEIE_NETCDF_ALL, NULL, err);
}

leie_status leie_netcdf_describe(leie_dataset *ds, const char *path, leie_error *err)
{
    leie_netcdf_file file = {0};
    return read_checked(ds, &file, path, LEIE_NETCDF_DESCRIPTION, NULL, err);
}

leie_status leie_netcdf_read_table(leie_dataset *ds, leie_netcdf_file *file, const char *path, leie_error *err)
{
    return read_checked(ds, file, path, LEIE_NETCDF_TABLE, NULL, err);
}

leie_status leie_netcdf_read_part(leie_dataset *ds, const char *path, const leie_netcdf_part_of *part, leie_error *err)
{
    leie_netcdf_file file = {0};
    return read_checked(ds, &file, path, LEIE_NETCDF_CUT, part, err);
}
