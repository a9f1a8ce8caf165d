// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/netcdf_flows.h"

#include <netcdf.h>
#include <string.h>

#include "io/result/dataset_impl.h"
#include "kernels/blockstore.h"
#include "kernels/machine.h"
#include "kernels/memory.h"

enum { CELLS_AT_ONCE = 1 << 16 };

/* An open table file and the part of Z that is wanted. */
typedef struct flows {
    int nc;
    leie_size n, budget;            // sectors of the table; bytes that a variable may take
    leie_size row, rows, col, cols; // rows row .. row + rows - 1, columns likewise
    double *z;                      // [rows, cols]
} flows;

/* ---- the header ---- */

/* Texts of the sectors as those of the buyers. */
static leie_status label_buyers(leie_dataset *ds, leie_error *err)
{
    static const char *const name[][3] = {{"buyer", "sector", "buying sector (region/code)"},
                                          {"buyer_region", "sector_region", "region of the buying sector"},
                                          {"buyer_code", "sector_code", "code of the buying sector"}};
    leie_size sector = leie_dataset_find_dim(ds, "sector"), buyer = leie_dataset_find_dim(ds, "buyer");
    leie_status st = LEIE_OK;
    if (buyer < 0 || ds->dim[buyer].n != ds->dim[sector].n)
        return LEIE_OK;
    for (int k = 0; !st && k < 3; k++) {
        const leie_var *from = leie_dataset_find(ds, name[k][1]);
        leie_var *v = NULL;
        if (leie_dataset_find(ds, name[k][0]) || !from || !from->text || from->rank != 1 || from->dim[0] != sector)
            continue;
        st = leie_dataset_var(&v, ds, name[k][0], LEIE_VAR_TEXT, "buyer", NULL, name[k][2], err);
        for (leie_size i = 0; !st && i < v->count; i++)
            st = leie_var_set_text(v, i, from->text[i], err);
    }
    return st;
}

static leie_status add_flows(leie_dataset *ds, leie_size sector, leie_error *err)
{
    static const char *const same[] = {"units", "units_by"};
    const leie_var *x = leie_dataset_find(ds, "x"), *single = leie_dataset_find(ds, "Z_single");
    const char *name = single ? leie_dataset_get_text(ds, single, "long_name") : NULL;
    leie_size buyer = leie_dataset_find_dim(ds, "buyer");
    leie_var *v = NULL;
    if (!x)
        return leie_fail(err, LEIE_ERR_DATA, "variable 'x' is missing");
    if (buyer < 0 || !single)
        buyer = leie_dataset_dim(ds, "buyer", ds->dim[sector].n, err);
    if (buyer < 0)
        return (leie_status)buyer;
    const leie_index dim[] = {(leie_index)sector, (leie_index)buyer};
    leie_status st = leie_dataset_add(&v, ds, "Z", LEIE_VAR_DOUBLE, 2, dim, LEIE_ARRAY_NONE, err);
    st = st ? st : leie_dataset_text(ds, v, "long_name", name ? name : "sales of each sector to each sector; buyer j is sector j", err);
    for (int i = 0; !st && i < 2; i++) {
        const char *text = leie_dataset_get_text(ds, x, same[i]);
        st = text ? leie_dataset_text(ds, v, same[i], text, err) : LEIE_OK;
    }
    return st;
}

leie_status leie_netcdf_flows_add(bool *added, leie_dataset *ds, leie_error *err)
{
    leie_size sector = leie_dataset_find_dim(ds, "sector");
    bool kept = leie_dataset_find(ds, "Z_start") || leie_dataset_find(ds, "A_high") || leie_dataset_find(ds, "Z_single");
    *added = false;
    if (!leie_dataset_get(ds, NULL, "leie_table") || sector < 0)
        return LEIE_OK;
    if (!leie_dataset_find(ds, "Z") && kept) {
        leie_status st = add_flows(ds, sector, err);
        if (st)
            return st;
        *added = true;
    }
    return label_buyers(ds, err);
}

void leie_netcdf_flows_hide(leie_dataset *ds)
{
    for (leie_size i = ds->vars - 1; leie_dataset_get(ds, NULL, "leie_table") && i >= 0; i--)
        if (strncmp(ds->var[i]->name, "A_", 2) == 0 || strncmp(ds->var[i]->name, "Z_", 2) == 0)
            leie_dataset_remove(ds, i);
}

/* ---- reading ---- */

static int get_values(int nc, int var, nc_type type, size_t from, size_t count, void *to)
{
    switch (type) {
    case NC_DOUBLE: return nc_get_vara_double(nc, var, &from, &count, to);
    case NC_FLOAT: return nc_get_vara_float(nc, var, &from, &count, to);
    case NC_INT64: return nc_get_vara_longlong(nc, var, &from, &count, to);
    case NC_INT: return nc_get_vara_int(nc, var, &from, &count, to);
    case NC_USHORT: return nc_get_vara_ushort(nc, var, &from, &count, to);
    default: return nc_get_vara_uchar(nc, var, &from, &count, to);
    }
}

/* count values of a variable over one dimension, as numbers of a type; *to is the caller's to free, in any case. */
static leie_status fetch(void **to, const flows *f, const char *name, nc_type type, leie_size from, leie_size count,
                         leie_error *err)
{
    leie_size size = type == NC_DOUBLE || type == NC_INT64 ? 8 : type == NC_USHORT ? 2 : type == NC_UBYTE ? 1 : 4, bytes;
    int var, rank = 0, code = nc_inq_varid(f->nc, name, &var);
    code = code ? code : nc_inq_varndims(f->nc, var, &rank);
    if (!code && (rank != 1 || __builtin_mul_overflow(count, size, &bytes) || bytes > f->budget))
        return leie_fail(err, LEIE_ERR_DATA, "'%s' has no %lld values over one dimension", name, (long long)count);
    *to = code ? NULL : leie_new(count, (size_t)size);
    if (!code && !*to)
        return leie_fail_memory(err, name, count, (size_t)size);
    code = code ? code : get_values(f->nc, var, type, (size_t)from, (size_t)count, *to);
    return code ? leie_fail(err, code == NC_ENOMEM ? LEIE_ERR_NOMEM : LEIE_ERR_DATA, "variable '%s' cannot be read: %s",
                            name, nc_strerror(code))
                : LEIE_OK;
}

/* Length of a dimension, 0 when it is not there. */
static leie_size length_of(int nc, const char *name)
{
    int dim;
    size_t n = 0;
    return nc_inq_dimid(nc, name, &dim) || nc_inq_dimlen(nc, dim, &n) ? 0 : (leie_size)n;
}

/* Ascending integers from least to most. */
static leie_status fetch_ends(leie_size **to, const flows *f, const char *name, leie_size from, leie_size count,
                              leie_size most, leie_error *err)
{
    void *values = NULL;
    leie_status st = fetch(&values, f, name, NC_INT64, from, count, err);
    *to = values;
    for (leie_size i = 0; !st && i < count; i++)
        if ((*to)[i] < (i ? (*to)[i - 1] : 0) || (*to)[i] > most)
            return leie_fail(err, LEIE_ERR_DATA, "'%s' %lld is %lld: it ascends from 0 to %lld", name, (long long)(from + i),
                             (long long)(*to)[i], (long long)most);
    return st;
}

/* ---- compressed rows ---- */

static leie_status put_rows(const flows *f, const leie_size *start, leie_size first, leie_size last, const int *col,
                            const double *val, leie_error *err)
{
    for (leie_size i = first; i < last; i++)
        for (leie_size c = start[i] - start[first]; c < start[i + 1] - start[first]; c++) {
            leie_size j = col[c] - f->col;
            if (col[c] < 0 || col[c] >= f->n)
                return leie_fail(err, LEIE_ERR_DATA, "'Z_column' %lld is %d: columns go from 0 to %lld",
                                 (long long)(start[first] + c), col[c], (long long)f->n - 1);
            if (j >= 0 && j < f->cols)
                f->z[i * f->cols + j] = val[c];
        }
    return LEIE_OK;
}

/* Rows first .. last - 1 of what is wanted. */
static leie_status copy_rows(const flows *f, const leie_size *start, leie_size first, leie_size last, leie_error *err)
{
    void *col = NULL, *val = NULL;
    leie_size cells = start[last] - start[first];
    if (cells == 0)
        return LEIE_OK;
    leie_status st = fetch(&col, f, "Z_column", NC_INT, start[first], cells, err);
    st = st ? st : fetch(&val, f, "Z_value", NC_DOUBLE, start[first], cells, err);
    st = st ? st : put_rows(f, start, first, last, col, val, err);
    leie_free(col);
    leie_free(val);
    return st;
}

/* Cells of Z_start, Z_column and Z_value, as many rows at once as CELLS_AT_ONCE allows. */
static leie_status fill_rows(const flows *f, leie_error *err)
{
    leie_size *start = NULL;
    leie_status st = fetch_ends(&start, f, "Z_start", f->row, f->rows + 1, length_of(f->nc, "nonzero"), err);
    for (leie_size i = 0, end; !st && i < f->rows; i = end) {
        end = i + 1;
        while (end < f->rows && start[end + 1] - start[i] <= CELLS_AT_ONCE)
            end++;
        st = copy_rows(f, start, i, end, err);
    }
    leie_free(start);
    return st;
}

/* ---- blocks ---- */

/* How A is cut, and the columns wanted of its scale. */
typedef struct cutting {
    leie_size parts, *first, *start, *place; // as in a leie_blockstore for the transposed direction
    double *scale;                           // [cols]
} cutting;

static leie_status read_cutting(cutting *c, const flows *f, leie_error *err)
{
    void *scale = NULL;
    c->parts = length_of(f->nc, "part_end") - 1;
    if (c->parts < 1 || c->parts > f->n)
        return leie_fail(err, LEIE_ERR_DATA, "the dimensions of the blocks of A are missing");
    leie_size ends = c->parts * c->parts + 1;
    leie_status st = fetch_ends(&c->first, f, "A_part", 0, c->parts + 1, f->n, err);
    if (!st && (c->first[0] != 0 || c->first[c->parts] != f->n))
        st = leie_fail(err, LEIE_ERR_DATA, "'A_part' does not divide %lld sectors", (long long)f->n);
    st = st ? st : fetch_ends(&c->start, f, "A_start", 0, ends, length_of(f->nc, "entry"), err);
    st = st ? st : fetch_ends(&c->place, f, "A_place", 0, ends, length_of(f->nc, "position"), err);
    st = st ? st : fetch(&scale, f, "A_scale", NC_DOUBLE, f->col, f->cols, err);
    c->scale = scale;
    return st;
}

/* Neighbouring cells of one block: those of buyers first .. last - 1 of its part. */
typedef struct cells {
    leie_size first, last, before, n; // cells of buyers before, cells of these
    void *count;                      // [last] uint16_t
    void *high, *low, *index;         // [n] float, float; bytes or uint16_t
    bool byte;
} cells;

static leie_status fetch_cells(cells *k, const flows *f, const cutting *c, leie_size p, leie_size q, leie_error *err)
{
    leie_size at = p * c->parts + q, buyers = c->first[p + 1] - c->first[p];
    leie_status st = fetch(&k->count, f, "A_cells", NC_USHORT, c->first[p] * c->parts + q * buyers, k->last, err);
    for (leie_size o = 0; !st && o < k->last; o++)
        *(o < k->first ? &k->before : &k->n) += ((const uint16_t *)k->count)[o];
    if (st || k->n == 0)
        return st;
    k->byte = leie_blockstore_byte(c->first[q + 1] - c->first[q]);
    leie_size width = k->byte ? 1 : 2, room = c->start[at + 1] - c->start[at];
    if (k->before + k->n > room || room * width != c->place[at + 1] - c->place[at])
        return leie_fail(err, LEIE_ERR_DATA, "block %lld of A has room for %lld cells, and 'A_cells' or 'A_place' says another number",
                         (long long)at, (long long)room);
    st = fetch(&k->high, f, "A_high", NC_FLOAT, c->start[at] + k->before, k->n, err);
    st = st ? st : fetch(&k->low, f, "A_low", NC_FLOAT, c->start[at] + k->before, k->n, err);
    return st ? st : fetch(&k->index, f, "A_position", NC_UBYTE, c->place[at] + k->before * width, k->n * width, err);
}

/* Z = A / scale, cell by cell; zeros of A are kept apart. */
static leie_status put_cells(const flows *f, const cutting *c, const cells *k, leie_size p, leie_size q, leie_error *err)
{
    const float *high = k->high, *low = k->low;
    leie_size sellers = c->first[q + 1] - c->first[q], at = 0;
    for (leie_size o = k->first; o < k->last; o++) {
        leie_size j = c->first[p] + o - f->col;
        double undo = c->scale[j] != 0 ? 1 / c->scale[j] : 0;
        for (leie_size end = at + ((const uint16_t *)k->count)[o]; at < end; at++) {
            leie_size in = k->byte ? ((const unsigned char *)k->index)[at] : ((const uint16_t *)k->index)[at];
            leie_size i = c->first[q] + in - f->row;
            double a = (double)high[at] + (double)low[at];
            if (in >= sellers)
                return leie_fail(err, LEIE_ERR_DATA, "'A_position' has %lld in a part of %lld sectors", (long long)in,
                                 (long long)sellers);
            if (a != 0 && i >= 0 && i < f->rows)
                f->z[i * f->cols + j] = a * undo;
        }
    }
    return LEIE_OK;
}

/* What is wanted of the block (buyers of part p, sellers of part q). */
static leie_status fill_block(const flows *f, const cutting *c, leie_size p, leie_size q, leie_error *err)
{
    leie_size end = f->col + f->cols < c->first[p + 1] ? f->col + f->cols : c->first[p + 1];
    cells k = {.first = f->col > c->first[p] ? f->col - c->first[p] : 0, .last = end - c->first[p]};
    leie_status st = fetch_cells(&k, f, c, p, q, err);
    st = st || k.n == 0 ? st : put_cells(f, c, &k, p, q, err);
    leie_free(k.count);
    leie_free(k.high);
    leie_free(k.low);
    leie_free(k.index);
    return st;
}

static bool overlaps(const cutting *c, leie_size part, leie_size from, leie_size n)
{
    return c->first[part] < from + n && c->first[part + 1] > from && c->first[part + 1] > c->first[part];
}

static leie_status fill_blocks(const flows *f, leie_error *err)
{
    cutting c = {0};
    leie_status st = read_cutting(&c, f, err);
    for (leie_size p = 0; !st && p < c.parts; p++)
        for (leie_size q = 0; !st && overlaps(&c, p, f->col, f->cols) && q < c.parts; q++)
            st = overlaps(&c, q, f->row, f->rows) ? fill_block(f, &c, p, q, err) : LEIE_OK;
    leie_free(c.first);
    leie_free(c.start);
    leie_free(c.place);
    leie_free(c.scale);
    return st;
}

/* ---- single precision ---- */

static leie_status fill_single(const flows *f, int var, leie_error *err)
{
    const size_t start[] = {(size_t)f->row, (size_t)f->col}, count[] = {(size_t)f->rows, (size_t)f->cols};
    int rank = 0, code = nc_inq_varndims(f->nc, var, &rank);
    if (!code && rank != 2)
        return leie_fail(err, LEIE_ERR_DATA, "'Z_single' has %d dimensions, expected sector and buyer", rank);
    code = code ? code : nc_get_vara_double(f->nc, var, start, count, f->z);
    return code ? leie_fail(err, LEIE_ERR_DATA, "variable 'Z_single' cannot be read: %s", nc_strerror(code)) : LEIE_OK;
}

/* ---- all of it ---- */

leie_status leie_netcdf_flows_fill(leie_dataset *ds, int nc, const leie_size *from, leie_size budget, leie_error *err)
{
    leie_var *v = leie_dataset_find(ds, "Z");
    leie_size sector = v->dim[0], buyer = v->dim[1], allowed = leie_machine_allowed(), bytes;
    flows f = {.nc = nc, .n = length_of(nc, "sector"), .budget = budget, .row = from[sector], .rows = ds->dim[sector].n,
               .col = from[buyer], .cols = ds->dim[buyer].n};
    if (__builtin_mul_overflow(v->count, 8, &bytes) || (allowed > 0 && bytes > allowed))
        return leie_fail(err, LEIE_ERR_LIMIT, "Z would take %.0f bytes and this machine has %lld; --where takes a part of it",
                         8.0 * (double)v->count, (long long)allowed);
    f.z = v->number = leie_new(v->count, sizeof *v->number);
    if (!f.z)
        return leie_fail_memory(err, "Z", v->count, sizeof *v->number);
    int var;
    if (!nc_inq_varid(nc, "Z_single", &var))
        return fill_single(&f, var, err);
    leie_status st = nc_inq_varid(nc, "A_high", &var) ? LEIE_OK : fill_blocks(&f, err);
    return st || nc_inq_varid(nc, "Z_start", &var) ? st : fill_rows(&f, err); // beside blocks: the cells that A does not have
}
