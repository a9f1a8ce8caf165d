// SPDX-License-Identifier: GPL-3.0-or-later
/* Leie's table file: what is written comes back to the bit, and what is damaged does not. */
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/leie_io.h"
#include "io/read/read_table.h"
#include "io/read/text.h"
#include "io/result/seal.h"
#include "kernels/blocked.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "tests/check.h"
#include "tests/toy_table.h"
#include "tests/write_files.h"

// ---- helpers ----

static leie_status read_at(leie_table *t, const char *path, int year, leie_error *err)
{
    char real[1024];
    snprintf(real, sizeof real, "%s", path);
    const leie_study_tables spec = {.format = LEIE_FORMAT_NETCDF, .path = {.real = real, .shown = real}};
    return leie_read_table(t, &spec, year, err);
}

static void check_labels(const leie_labels *a, const leie_labels *b)
{
    check_size(a->n, b->n);
    for (leie_size i = 0; i < a->n && a->n == b->n; i++) {
        check_text(a->code[i], b->code[i]);
        check_text(a->name[i], b->name[i]);
        check_text(a->unit[i], b->unit[i]);
        check_text(a->kind[i], b->kind[i]);
    }
}

static void check_axes(const leie_axis *a, const leie_axis *b)
{
    check_true(leie_axis_same(a, b));
    check_labels(&a->region, &b->region);
    for (leie_size i = 0; i < a->n && a->n == b->n; i++) {
        check_text(a->name[i], b->name[i]);
        check_text(a->unit[i], b->unit[i]);
        check_size(a->kind[i], b->kind[i]);
    }
}

static void check_bits(const double *a, const double *b, leie_size count)
{
    check_true((!a && !b) || (a && b && memcmp(a, b, (size_t)count * sizeof *a) == 0));
}

static void check_matrices(const leie_matrix *a, const leie_matrix *b)
{
    check_size(a->form, b->form);
    check_size(a->rows, b->rows);
    for (leie_size i = 0; i < a->rows && a->rows == b->rows; i++) {
        const leie_index *ca, *cb;
        const double *va, *vb;
        leie_size na = leie_matrix_row(a, i, &ca, &va), nb = leie_matrix_row(b, i, &cb, &vb);
        check_size(na, nb);
        check_bits(va, vb, na);
        check_true(!ca == !cb && (!ca || na == 0 || memcmp(ca, cb, (size_t)na * sizeof *ca) == 0));
    }
}

// All of a table but its last source, which is the table file itself.
static void check_same(const leie_table *a, const leie_table *b)
{
    leie_size n = a->sector.n, m = a->demand.n, k = a->stressor.n;
    check_size(a->year, b->year);
    check_axes(&a->sector, &b->sector);
    check_axes(&a->demand, &b->demand);
    check_labels(&a->input, &b->input);
    check_labels(&a->stressor, &b->stressor);
    for (leie_size i = 0; i < k; i++) {
        check_text(a->extension[i], b->extension[i]);
        check_text(a->basis[i], b->basis[i]);
    }
    check_matrices(&a->Z, &b->Z);
    check_bits(a->Y, b->Y, n * m);
    check_bits(a->W, b->W, a->input.n * n);
    check_bits(a->x, b->x, n);
    check_bits(a->F, b->F, k * n);
    check_bits(a->F_Y, b->F_Y, k * m);
    check_size(a->provenance.sources + 1, b->provenance.sources);
    check_size(a->provenance.notes, b->provenance.notes);
    for (leie_size i = 0; i < a->provenance.notes; i++)
        check_text(a->provenance.note[i].text, b->provenance.note[i].text);
    for (leie_size i = 0; i < a->provenance.sources; i++) {
        check_text(a->provenance.source[i].path, b->provenance.source[i].path);
        check_text(a->provenance.source[i].sha256, b->provenance.source[i].sha256);
    }
}

/* A table with all that a table can have: regions of 2, 3 and 13 sectors with names, two units of sectors,
 * inputs, stressors of two extensions, sources and notes. */
static void make(leie_table *t, leie_matrix_form form)
{
    leie_error err = {0};
    leie_matrix Z = {0};
    toy_table(t, "BE a b|FR a b \xc3\xa9|WW a b c d e f g h i j k l m", "BE household gfcf|FR household|WW household export",
              3, 2);
    toy_fill(t, 7, 0.3);
    t->Y[3] = 1.0 / 3;
    t->F[2] = 2.385;
    t->F_Y[1] = -0.0;
    t->W[5] = 4e-310; // subnormal
    leie_free(t->sector.region.name[1]);
    t->sector.region.name[1] = leie_strdup("France");
    leie_free(t->demand.region.name[1]);
    t->demand.region.name[1] = leie_strdup("France");
    leie_free(t->sector.name[0]);
    t->sector.name[0] = leie_strdup("agriculture, \"forestry\"");
    leie_free(t->extension[2]);
    t->extension[2] = leie_strdup("air");
    leie_free(t->source);
    t->source = leie_strdup("a toy");
    leie_free(t->licence);
    t->licence = leie_strdup("CC0");
    char sha256[65];
    leie_hash_bytes(sha256, "Z", 1);
    check_ok(leie_provenance_source(&t->provenance, "Z", "toy/Z.csv", "csv", 1234567890123, sha256, &err), &err);
    check_ok(leie_provenance_note(&t->provenance, LEIE_NOTE_ASSUMED, 3, &err, "100 %% made up"), &err);
    check_ok(leie_matrix_copy(&Z, &t->Z, form, &err), &err);
    leie_matrix_free(&t->Z);
    t->Z = Z;
}

// ---- round trips ----

static int open_copy(char *copy, size_t size, const char *path);

static void round_trip(leie_matrix_form form, bool compress)
{
    leie_error err = {0};
    leie_table t, back = {0};
    const char *path = path_in(check_folder(), "table.nc");
    make(&t, form);
    check_ok(leie_write_netcdf_table(path, &t, &(leie_netcdf_table_opts){.compress = compress}, &err), &err);
    check_ok(read_at(&back, path, t.year, &err), &err);
    check_same(&t, &back);
    check_text(back.unit, "MEUR");
    check_text(back.source, "a toy");
    check_text(back.licence, "CC0");
    check_text(back.prices, t.prices ? t.prices : "");
    leie_table_clear(&t);
    leie_table_clear(&back);
}

static void test_round_trip(void)
{
    round_trip(LEIE_DENSE, false);
    round_trip(LEIE_DENSE, true);
    round_trip(LEIE_SPARSE, false);
    round_trip(LEIE_SPARSE, true);
}

// What a layout keeps of Z: all of it, 24 bits, or 48.
static void check_cells(const leie_table *t, const leie_table *back, double tolerance)
{
    for (leie_size i = 0; i < t->sector.n; i++)
        for (leie_size j = 0; j < t->sector.n; j++)
            check_near(leie_matrix_get(&back->Z, i, j), leie_matrix_get(&t->Z, i, j), tolerance);
    check_size(leie_matrix_nonzeros(&back->Z), leie_matrix_nonzeros(&t->Z));
}

/* Every layout from every form in memory, plain and compressed, sealed and written again by another program. */
static void test_layouts(void)
{
    static const leie_matrix_form in_memory[LEIE_TABLE_FORMS] = {LEIE_DENSE, LEIE_DENSE, LEIE_DENSE, LEIE_SPARSE, LEIE_BLOCKED};
    static const double tolerance[LEIE_TABLE_FORMS] = {0, 0, 0x1p-23, 0, 0x1p-47};
    leie_error err = {0};
    for (int round = 0; round < 2 * 2 * LEIE_TABLE_FORMS; round++) {
        int form = round % LEIE_TABLE_FORMS;
        bool sparse = round / LEIE_TABLE_FORMS % 2, compress = round / LEIE_TABLE_FORMS / 2;
        leie_table t, back = {0}, again = {0};
        const char *path = path_in(check_folder(), "table.nc");
        char copy[600];
        make(&t, sparse ? LEIE_SPARSE : LEIE_DENSE);
        t.x[4] = 0; // a column that A does not have
        const leie_netcdf_table_opts opts = {.form = (leie_table_form)form, .compress = compress};
        check_ok(leie_write_netcdf_table(path, &t, &opts, &err), &err);
        check_ok(read_at(&back, path, t.year, &err), &err);
        check_size(back.Z.form, form == LEIE_TABLE_AS_IS && sparse ? LEIE_SPARSE : in_memory[form]);
        check_cells(&t, &back, tolerance[form]);
        if (form == LEIE_TABLE_SINGLE)
            check_has(toy_note(&back, "single precision"), "cells of Z were rounded to single precision, at most by a share of ");
        nc_close(open_copy(copy, sizeof copy, path)); // without a seal
        check_ok(read_at(&again, copy, t.year, &err), &err);
        check_cells(&t, &again, tolerance[form]);
        leie_table_clear(&again);
        if (form == LEIE_TABLE_BLOCK) { // what was read is written as it is, and as rows
            check_true(compress || back.Z.blocked->keeper.release != NULL);
            check_ok(leie_write_netcdf_table(copy, &back, NULL, &err), &err);
            check_ok(read_at(&again, copy, t.year, &err), &err);
            check_true(again.Z.form == LEIE_BLOCKED && memcmp(again.Z.blocked->store.high, back.Z.blocked->store.high,
                                                              (size_t)leie_blockstore_entries(&back.Z.blocked->store) * 4) == 0);
            leie_table_clear(&again);
            check_ok(leie_write_netcdf_table(copy, &back, &(leie_netcdf_table_opts){.form = LEIE_TABLE_CSR}, &err), &err);
            check_ok(read_at(&again, copy, t.year, &err), &err);
            check_cells(&t, &again, tolerance[form]);
            leie_table_clear(&again);
        }
        leie_table_clear(&t);
        leie_table_clear(&back);
    }
    check_text(leie_table_form_name(LEIE_TABLE_BLOCK), "block");
    check_size(leie_table_form_find("csr"), LEIE_TABLE_CSR);
    check_true(leie_table_form_find("crs") < 0);
}

/* Multipliers and origins from a file in blocks: those of the table in memory, in memory and streamed, to the bit. */
static void test_solve_blocks(void)
{
    static const int threads[] = {1, 2, 7};
    int before = leie_threads();
    leie_error err = {0};
    leie_table t, back = {0};
    char sectors[4096] = "";
    const char *path = path_in(check_folder(), "table.nc");
    for (int r = 0; r < 18; r++) {
        snprintf(sectors + strlen(sectors), sizeof sectors - strlen(sectors), "%sR%d", r ? "|" : "", r);
        for (int i = 0; i < 5 + r % 4; i++)
            snprintf(sectors + strlen(sectors), sizeof sectors - strlen(sectors), " s%d", i);
    }
    toy_table(&t, sectors, "R0 household", 0, 0);
    toy_fill(&t, 11, 0.4);
    t.x[9] = 0;
    check_ok(leie_write_netcdf_table(path, &t, &(leie_netcdf_table_opts){.form = LEIE_TABLE_BLOCK}, &err), &err);
    check_ok(read_at(&back, path, t.year, &err), &err);
    leie_size n = t.sector.n, k = 20;
    double *scale = leie_new(n, sizeof *scale), *b = leie_new(3 * n * k, sizeof *b), *x = b + n * k, *first = x + n * k;
    uint64_t seed = 3;
    for (leie_size i = 0; i < n; i++)
        scale[i] = t.x[i] > 0 ? 1 / t.x[i] : 0;
    for (leie_size i = 0; i < n * k; i++)
        b[i] = check_random(&seed);
    for (int method = LEIE_SOLVER_LU; method < LEIE_SOLVER_FACTORED; method++)
        for (int transposed = 0; transposed < 2; transposed++)
            for (int round = 0; round < 7; round++) { // the table, then the file, then the file streamed
                const leie_table *from = round == 0 ? &t : &back;
                const leie_linsys_opts opts = {.method = (leie_solver)method};
                leie_linsys *sys = NULL;
                leie_threads_set(threads[round % 3]);
                back.Z.blocked->streamed = round > 3;
                check_ok(leie_linsys_setup(&sys, &from->Z, scale, &from->sector, &opts, &err), &err);
                check_ok(leie_linsys_solve(sys, transposed, k, x, b, NULL, &err), &err);
                check_true(leie_linsys_state(sys)->converged && !leie_linsys_state(sys)->fell_back);
                for (leie_size i = 0; round < 2 && i < n * k; i++)
                    check_close(x[i], round ? first[i] : x[i], 1e-11, 1e-11);
                check_true(round < 2 || memcmp(x, first, (size_t)(n * k) * sizeof *x) == 0);
                memcpy(first, x, (size_t)(n * k) * sizeof *x);
                leie_linsys_free(sys);
            }
    leie_threads_set(before);
    for (leie_size i = 0; i < n; i++) // another x than the file's: its blocks are not those of this system
        scale[i] *= i % 2 ? 0.5 : 0.75;
    for (int from_file = 0; from_file < 2; from_file++) {
        const leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK};
        const leie_table *from = from_file ? &back : &t;
        leie_linsys *sys = NULL;
        check_ok(leie_linsys_setup(&sys, &from->Z, scale, &from->sector, &opts, &err), &err);
        check_ok(leie_linsys_solve(sys, true, k, from_file ? x : first, b, NULL, &err), &err);
        leie_linsys_free(sys);
    }
    for (leie_size i = 0; i < n * k; i++)
        check_close(x[i], first[i], 1e-11, 1e-11);
    leie_free(scale);
    leie_free(b);
    leie_table_clear(&t);
    leie_table_clear(&back);
}

// n a multiple of 8, more than 1,024 non-zeros, and a Z without any.
static void test_shapes(void)
{
    leie_error err = {0};
    for (int shape = 0; shape < 3; shape++) {
        leie_table t, back = {0};
        char sectors[256] = "AA";
        const char *path = path_in(check_folder(), "table.nc");
        for (int i = 0; i < (shape == 1 ? 49 : 16); i++)
            snprintf(sectors + strlen(sectors), sizeof sectors - strlen(sectors), " s%d", i);
        toy_table(&t, sectors, "AA household", 0, 0);
        toy_fill(&t, 3, shape == 2 ? 0.0 : 0.9);
        if (shape > 0) {
            leie_matrix sparse = {0};
            check_ok(leie_matrix_copy(&sparse, &t.Z, LEIE_SPARSE, &err), &err);
            check_true(shape == 1 ? sparse.csr.nnz > 1024 : sparse.csr.nnz == 0);
            leie_matrix_free(&t.Z);
            t.Z = sparse;
        }
        check_ok(leie_write_netcdf_table(path, &t, NULL, &err), &err);
        check_ok(read_at(&back, path, t.year, &err), &err);
        check_same(&t, &back);
        leie_table_clear(&t);
        leie_table_clear(&back);
    }
}

static void test_same_bytes(void)
{
    leie_error err = {0};
    leie_table t;
    const char *folder = check_folder();
    char one[65], two[65];
    leie_size bytes;
    make(&t, LEIE_DENSE);
    for (int i = 0; i < 2; i++) {
        const char *path = path_in(folder, i ? "two.nc" : "one.nc");
        check_ok(leie_write_netcdf_table(path, &t, NULL, &err), &err);
        check_ok(leie_hash_file(i ? two : one, &bytes, path, &err), &err);
    }
    check_text(one, two);
    leie_table_clear(&t);
}

/* The block of Z begins on a page: found by its first row in the bytes of the file. */
static void test_pages(void)
{
    static unsigned char bytes[1 << 20];
    leie_error err = {0};
    leie_table t;
    const char *path = path_in(check_folder(), "table.nc");
    char sectors[512] = "AA";
    for (int i = 0; i < 96; i++)
        snprintf(sectors + strlen(sectors), sizeof sectors - strlen(sectors), " s%d", i);
    toy_table(&t, sectors, "AA household", 0, 0);
    toy_fill(&t, 5, 0.9);
    check_ok(leie_write_netcdf_table(path, &t, NULL, &err), &err);
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0, at = 0;
    if (file)
        fclose(file);
    while (at + 768 <= size && memcmp(bytes + at, t.Z.val, 768))
        at++;
    check_true(at + 768 <= size);
    check_size((leie_size)(at % 4096), 0);
    leie_table_clear(&t);
}

// ---- what is refused ----

static void refuse(const char *path, int year, leie_status expected, const char *piece)
{
    leie_error err = {0};
    leie_table t = {0};
    check_status(read_at(&t, path, year, &err), expected, &err);
    check_has(err.text, piece);
    check_size(t.sector.n, 0);
    leie_table_clear(&t);
}

/* A copy of a table file without its seal, opened for a change. */
static int open_copy(char *copy, size_t size, const char *path)
{
    static char bytes[1 << 20];
    int nc = -1;
    snprintf(copy, size, "%s.changed.nc", path);
    FILE *from = fopen(path, "rb"), *to = fopen(copy, "wb");
    size_t n = from ? fread(bytes, 1, sizeof bytes, from) : 0;
    check_true(to && n > LEIE_SEAL_SIZE && fwrite(bytes, 1, n - LEIE_SEAL_SIZE, to) == n - LEIE_SEAL_SIZE);
    if (from)
        fclose(from);
    if (to)
        fclose(to);
    check_size(nc_open(copy, NC_WRITE, &nc), NC_NOERR);
    return nc;
}

// Sets one number of a variable, which keeps or loses its hash, and says what reading answers.
static void forge(const char *path, const char *variable, size_t at, double value, bool keep_hash, const char *piece)
{
    char copy[600];
    int var, nc = open_copy(copy, sizeof copy, path);
    check_size(nc_inq_varid(nc, variable, &var), NC_NOERR);
    check_size(nc_put_var1_double(nc, var, &at, &value), NC_NOERR);
    if (!keep_hash) {
        nc_redef(nc);
        nc_del_att(nc, var, "sha256");
    }
    nc_close(nc);
    refuse(copy, 2011, LEIE_ERR_DATA, piece);
}

static void test_damage(void)
{
    leie_error err = {0};
    leie_table t;
    char copy[600];
    const char *path = path_in(check_folder(), "table.nc");
    make(&t, LEIE_SPARSE);
    check_ok(leie_write_netcdf_table(path, &t, NULL, &err), &err);
    double end = (double)t.Z.csr.nnz, first = t.Z.csr.col[0];
    int nc = open_copy(copy, sizeof copy, path); // another program wrote it again: no seal, but hashes
    nc_close(nc);
    leie_table back = {0};
    check_ok(read_at(&back, copy, 2011, &err), &err);
    check_same(&t, &back);
    leie_table_clear(&back);
    forge(path, "Z_value", 1, 77, true, "variable 'Z_value' is damaged: its SHA-256 is not the one in the file");
    forge(path, "Z_start", 18, end + 1, true, "'Z_start' does not divide");
    forge(path, "Z_start", 3, end + 1, true, "'Z_start' does not divide");
    forge(path, "Z_column", 0, 18, false, "'Z_column' 0 is 18: columns go from 0 to 17");
    forge(path, "Z_column", 0, -1, false, "'Z_column' 0 is -1: columns go from 0 to 17");
    forge(path, "Z_column", 1, first, false, "columns ascend from 0 to 17");
    // a sealed file with one other byte
    FILE *file = fopen(path, "r+b");
    if (check_true(file && fseek(file, 5000, SEEK_SET) == 0))
        fputc(0xa5, file);
    if (file)
        fclose(file);
    refuse(path, 2011, LEIE_ERR_DATA, "damaged");
    leie_table_clear(&t);
}

static void test_damaged_blocks(void)
{
    leie_error err = {0};
    leie_table t;
    const char *path = path_in(check_folder(), "table.nc");
    make(&t, LEIE_SPARSE);
    check_ok(leie_write_netcdf_table(path, &t, &(leie_netcdf_table_opts){.form = LEIE_TABLE_BLOCK}, &err), &err);
    forge(path, "A_position", 0, 200, true, "the blocks of A do not fit together");
    forge(path, "A_cells", 0, 60000, true, "the blocks of A do not fit together");
    forge(path, "A_start", 1, -5, true, "'A_start' does not divide");
    forge(path, "A_start", 9, 1, true, "'A_start' does not divide");
    forge(path, "A_place", 2, 1e6, true, "'A_place' does not divide");
    forge(path, "A_part", 3, 4, true, "'A_part' does not divide 18 sectors");
    forge(path, "A_count", 3, -4, true, "'A_count' 3 is -4 cells");
    forge(path, "A_scale", 3, 4, true, "variable 'A_scale' is damaged: its SHA-256 is not the one in the file");
    FILE *file = fopen(path, "r+b"); // any byte of a sealed file
    if (check_true(file && fseek(file, 9000, SEEK_SET) == 0)) {
        int byte = fgetc(file);
        fseek(file, 9000, SEEK_SET);
        fputc(byte ^ 1, file);
    }
    if (file)
        fclose(file);
    refuse(path, 2011, LEIE_ERR_DATA, "damaged: its SHA-256 is not the one it ends with");
    leie_table_clear(&t);
}

// Changes of names, types and labels that leave a whole netCDF file.
static void test_foreign(void)
{
    leie_error err = {0};
    leie_table t;
    char copy[600];
    int var, layout = 3;
    const char *path = path_in(check_folder(), "table.nc"), *kind = "houshold", *region = "XX";
    make(&t, LEIE_DENSE);
    check_ok(leie_write_netcdf_table(path, &t, NULL, &err), &err);
    refuse(path, 2012, LEIE_ERR_DATA, "table.nc: the table is of year 2011 where the study expects 2012");
    int nc = open_copy(copy, sizeof copy, path);
    nc_redef(nc);
    nc_del_att(nc, NC_GLOBAL, "leie_table");
    nc_close(nc);
    refuse(copy, 2011, LEIE_ERR_DATA, "no table file of Leie: the attribute 'leie_table' is missing");
    nc = open_copy(copy, sizeof copy, path);
    nc_put_att_int(nc, NC_GLOBAL, "leie_table", NC_INT, 1, &layout);
    nc_close(nc);
    refuse(copy, 2011, LEIE_ERR_DATA, "a table file of layout 3, this program reads 1 to 2");
    nc = open_copy(copy, sizeof copy, path);
    nc_redef(nc);
    nc_inq_varid(nc, "Y", &var);
    nc_rename_var(nc, var, "y");
    nc_close(nc);
    refuse(copy, 2011, LEIE_ERR_DATA, "variable 'Y' is missing");
    nc = open_copy(copy, sizeof copy, path);
    nc_inq_varid(nc, "x", &var);
    nc_rename_var(nc, var, "x_old");
    nc_inq_varid(nc, "note_count", &var);
    nc_rename_var(nc, var, "x");
    nc_close(nc);
    refuse(copy, 2011, LEIE_ERR_DATA, "variable 'x' should be real numbers over (sector), found integers over (note)");
    size_t at = 0;
    nc = open_copy(copy, sizeof copy, path);
    nc_inq_varid(nc, "demand_kind", &var);
    nc_put_var1_string(nc, var, &at, &kind);
    nc_close(nc);
    refuse(copy, 2011, LEIE_ERR_DATA, "'houshold' is no kind of final demand");
    nc = open_copy(copy, sizeof copy, path);
    nc_inq_varid(nc, "sector_region", &var);
    nc_put_var1_string(nc, var, &at, &region);
    nc_close(nc);
    refuse(copy, 2011, LEIE_ERR_DATA, "region 'XX' is not in the list of regions");
    refuse(path_in(check_folder(), "missing.nc"), 2011, LEIE_ERR_IO, "missing.nc: No such file or directory");
    leie_table_clear(&t);
}

static void test_not_whole(void)
{
    leie_error err = {0};
    leie_table t;
    const char *path = path_in(check_folder(), "table.nc");
    make(&t, LEIE_DENSE);
    t.x = leie_free(t.x);
    check_status(leie_write_netcdf_table(path, &t, NULL, &err), LEIE_ERR_SHAPE, &err);
    check_has(err.text, "the table is not whole: 18 sectors, Z of 18 x 18, no x");
    check_true(access(path, F_OK) != 0);
    leie_table_clear(&t);
}

// ---- in a study ----

/* The x of the file stays; x_from chooses another one, and the study's words win over the file's. */
static void test_study(void)
{
    leie_error err = {0};
    leie_table t, back = {0};
    leie_study study = {0};
    char assignment[600], *sets[] = {assignment, NULL};
    const char *path = path_in(check_folder(), "table.nc");
    make(&t, LEIE_DENSE);
    check_ok(leie_table_set_x(&t, LEIE_X_ROW, NULL, &err), &err);
    double x0 = t.x[0];
    t.x[0] = x0 + 1;
    check_ok(leie_write_netcdf_table(path, &t, NULL, &err), &err);
    check_ok(leie_study_of_table(&study, "netcdf", path, 0, 0, NULL, &err), &err);
    check_size(study.table[0].year[0], 2011);
    check_ok(leie_read_table(&back, &study.table[0], 2011, &err), &err);
    check_near(back.x[0], x0 + 1, 0);
    leie_table_clear(&back);
    leie_study_clear(&study);
    snprintf(assignment, sizeof assignment, "x_from=row");
    check_ok(leie_study_of_table(&study, "netcdf", path, 0, 1, sets, &err), &err);
    check_ok(leie_read_table(&back, &study.table[0], 2011, &err), &err);
    check_near(back.x[0], x0, 1e-15);
    check_has(toy_note(&back, "the given output"), "the given output differs from x in 1 of 18 sectors");
    leie_table_clear(&back);
    leie_study_clear(&study);
    snprintf(assignment, sizeof assignment, "tables.source=somebody else");
    check_ok(leie_study_open(&study, path, 1, sets, &err), &err);
    check_ok(leie_read_table(&back, &study.table[0], 2011, &err), &err);
    check_text(back.source, "somebody else");
    check_text(back.currency, "EUR");
    leie_table_clear(&back);
    leie_study_clear(&study);
    leie_table_clear(&t);
}

static void test_usage(void)
{
    leie_error err = {0};
    leie_study study = {0};
    const char *folder = check_folder();
    check_status(leie_study_of_table(&study, "xlsx", "a", 2011, 0, NULL, &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, "unknown format 'xlsx': csv, triplets, matrix, netcdf, auto or a database");
    err = (leie_error){0};
    check_status(leie_study_of_table(&study, "csv", folder, 0, 0, NULL, &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, "the table does not say its year: give --year");
    err = (leie_error){0};
    check_ok(leie_study_of_table(&study, "csv", "it's {year}", 2011, 0, NULL, &err), &err);
    check_text(study.table[0].path.shown, "it's {year}");
    check_text(study.name, "accounts");
    leie_study_clear(&study);
}

/* Imported once; again with nothing changed; and after a change of a file, of an option, by force. */
static void test_import(void)
{
    leie_error err = {0};
    leie_table t;
    leie_study study = {0};
    char path[512], command[1200], copy[512];
    bool same = true;
    snprintf(path, sizeof path, "%s", path_in(check_folder(), "table.nc"));
    snprintf(copy, sizeof copy, "%s", check_folder());
    snprintf(command, sizeof command, "cp %s/tiny/2015/* %s/", check_cases(), copy);
    check_size(system(command), 0);
    check_ok(leie_study_of_table(&study, "csv", copy, 0, 0, NULL, &err), &err);
    leie_import_opts opts = {.output = path};
    check_ok(leie_import(&t, &same, &study, 2015, &opts, NULL, &err), &err);
    check_true(!same && t.sector.n == 10);
    leie_table_clear(&t);
    check_ok(leie_import(&t, &same, &study, 2015, &opts, NULL, &err), &err);
    check_true(same && t.sector.n == 0);
    opts.compress = true;
    check_ok(leie_import(&t, &same, &study, 2015, &opts, NULL, &err), &err);
    check_true(!same);
    leie_table_clear(&t);
    opts.force = true;
    check_ok(leie_import(&t, &same, &study, 2015, &opts, NULL, &err), &err);
    check_true(!same);
    leie_table_clear(&t);
    opts.force = false;
    snprintf(command, sizeof command, "echo >>%s/Z.csv", copy);
    check_size(system(command), 0);
    check_ok(leie_import(&t, &same, &study, 2015, &opts, NULL, &err), &err);
    check_true(!same);
    leie_table_clear(&t);
    leie_study_clear(&study);
}

CHECK_SUITE(netcdf_table, {"round trip", test_round_trip, NULL}, {"layouts", test_layouts, NULL},
            {"solving from blocks", test_solve_blocks, NULL}, {"shapes", test_shapes, NULL},
            {"same bytes", test_same_bytes, NULL}, {"begins on a page", test_pages, NULL},
            {"damage", test_damage, NULL}, {"damaged blocks", test_damaged_blocks, NULL}, {"files of others", test_foreign, NULL},
            {"not whole", test_not_whole, NULL}, {"in a study", test_study, NULL},
            {"a table on the command line", test_usage, NULL}, {"import", test_import, NULL})

// ---- real tables ----

/* WIOD 2011 imported, then accounts: the same bits as from triplets. */
static void test_wiod(void)
{
    leie_error err = {0};
    leie_table t[2] = {0};
    leie_study study = {0}, imported = {0};
    leie_account_regions q[2] = {0};
    leie_accounts a[2] = {0};
    bool same;
    char path[512];
    snprintf(path, sizeof path, "%s", path_in(check_folder(), "wiod.nc"));
    setenv("LEIE_DATA", check_data(), 1);
    check_ok(leie_study_read(&study, "tests/studies/wiod-2011.yaml", 0, NULL, &err), &err);
    check_ok(leie_import(&t[0], &same, &study, 2011, &(leie_import_opts){.output = path}, NULL, &err), &err);
    check_ok(leie_study_open(&imported, path, 0, NULL, &err), &err);
    check_ok(leie_assemble(&t[1], &imported, 2011, NULL, &err), &err);
    check_same(&t[0], &t[1]);
    for (int i = 0; i < 2; i++) {
        check_ok(leie_account_regions_all(&q[i], &t[i].sector, &err), &err);
        check_ok(leie_accounts_make(&a[i], &t[i], &q[i], &(leie_accounts_opts){.by = study.by}, &err), &err);
    }
    leie_size count = a[0].q * a[0].k;
    check_true(count == 41 * 50 && a[1].q * a[1].k == count);
    check_bits(a[0].D_cba, a[1].D_cba, count);
    check_bits(a[0].D_pba, a[1].D_pba, count);
    check_bits(a[0].D_imp, a[1].D_imp, count);
    check_bits(a[0].direct, a[1].direct, count);
    check_bits(a[0].by_origin, a[1].by_origin, count * 41);
    for (int i = 0; i < 2; i++) {
        leie_accounts_clear(&a[i]);
        leie_account_regions_clear(&q[i]);
        leie_table_clear(&t[i]);
    }
    leie_study_clear(&study);
    leie_study_clear(&imported);
}

CHECK_SUITE(data_netcdf_table, {"WIOD 2011 by way of a table file", test_wiod, check_needs_data})
