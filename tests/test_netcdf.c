// SPDX-License-Identifier: GPL-3.0-or-later
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <math.h>
#include <netcdf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "io/result/netcdf.h"
#include "io/result/seal.h"
#include "io/result/temporary.h"
#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/results.h"

enum { FOLDER_ROOM = 512, PATH_ROOM = 1024, DIRECT = 1 }; // a memory limit of 1 byte: netCDF writes the file itself

/* ---- helpers ---- */

static void join(char *path, const char *folder, const char *name)
{
    snprintf(path, PATH_ROOM, "%s/%s", folder, name);
}

/* A result with the corners a result can have: texts, integers of 32 and 64 bits, a scalar, NaN, -0.0,
 * denormals, more attributes than HDF5 keeps in the header, sectors with auxiliary texts. */
static void build(leie_dataset *ds, leie_size years, leie_size sectors, uint64_t seed)
{
    leie_error err = {0};
    leie_var *v = NULL;
    char name[32];
    char *code[] = {(char[]){"BE-VLG"}, (char[]){"BE-WAL"}, (char[]){"BE-BRU"}};
    char *label[] = {(char[]){"Vlaanderen"}, (char[]){"Walloni\xc3\xab"}, NULL};
    check_ok(leie_dataset_coordinate(ds, "region", 3, code, label, "region", &err), &err);
    leie_dataset_dim(ds, "year", years, &err);
    leie_dataset_dim(ds, "sector", sectors, &err);
    leie_dataset_var(&v, ds, "year", LEIE_VAR_INT, "year", "1", "year", &err);
    for (leie_size i = 0; i < years; i++)
        v->integer[i] = 1995 + i;
    leie_dataset_var(&v, ds, "sector_code", LEIE_VAR_TEXT, "sector", NULL, "code of sector", &err);
    for (leie_size i = 0; i < sectors; i++) {
        snprintf(name, sizeof name, "C%lld", (long long)i);
        leie_var_set_text(v, i, i == 1 ? "" : name, &err);
    }
    leie_dataset_var(&v, ds, "footprint", LEIE_VAR_DOUBLE, "year region sector", "1000 t", "footprint", &err);
    for (leie_size i = 0; i < v->count; i++)
        v->number[i] = i % 7 == 3 ? NAN : i == 4 ? -0.0 : i == 5 ? 4.9e-324 : check_random(&seed) * 2.385e6;
    leie_dataset_text(ds, v, "cell_methods", "year: sum", &err);
    leie_dataset_number(ds, v, "tolerance", 1e-12, &err);
    leie_dataset_var(&v, ds, "residual", LEIE_VAR_DOUBLE, "", "1", "largest relative residual", &err);
    v->number[0] = 3.1e-14;
    leie_dataset_var(&v, ds, "bytes_read", LEIE_VAR_INT, "year", "byte", "bytes read", &err);
    v->integer[0] = (int64_t)1 << 40;
    leie_dataset_text(ds, NULL, "title", "Test of the result file", &err);
    leie_dataset_text(ds, NULL, "comment", "", &err);
    leie_dataset_integer(ds, NULL, "large", -((int64_t)1 << 40), &err);
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof name, "option_%d", i);
        leie_dataset_integer(ds, NULL, name, i, &err);
    }
    check_ok(err.code, &err);
}

/* Every attribute of a is in b; the writer may have added some. */
static void check_attributes(const leie_attributes *a, const leie_dataset *ds, const leie_var *v)
{
    for (leie_size i = 0; i < a->n; i++) {
        const leie_attribute *x = &a->item[i], *y = leie_dataset_get(ds, v, x->name);
        if (!check_true(y && y->type == x->type && y->n == x->n))
            continue;
        if (x->text)
            check_text(y->text, x->text);
        check_true(!x->number || memcmp(x->number, y->number, (size_t)x->n * sizeof *x->number) == 0);
        check_true(!x->integer || memcmp(x->integer, y->integer, (size_t)x->n * sizeof *x->integer) == 0);
    }
}

static void check_same_var(const leie_dataset *a, const leie_var *x, const leie_dataset *b, const leie_var *y)
{
    if (!check_true(y && y->type == x->type && y->rank == x->rank && y->count == x->count))
        return;
    for (int k = 0; k < x->rank; k++)
        check_text(b->dim[y->dim[k]].name, a->dim[x->dim[k]].name);
    leie_size differing = 0;
    for (leie_size i = 0; i < x->count; i++) {
        if (x->text)
            differing += strcmp(x->text[i], y->text[i]) != 0;
        else if (x->integer)
            differing += x->integer[i] != y->integer[i];
        else
            differing += memcmp(&x->number[i], &y->number[i], sizeof(double)) != 0;
    }
    check_size(differing, 0);
    check_attributes(&x->attribute, b, y);
}

static void check_same(const leie_dataset *a, const leie_dataset *b)
{
    check_size(b->dims, a->dims);
    check_size(b->vars, a->vars);
    for (leie_size i = 0; i < a->dims && i < b->dims; i++) {
        check_text(b->dim[i].name, a->dim[i].name);
        check_size(b->dim[i].n, a->dim[i].n);
    }
    for (leie_size i = 0; i < a->vars && i < b->vars; i++) {
        check_text(b->var[i]->name, a->var[i]->name);
        check_same_var(a, a->var[i], b, b->var[i]);
    }
    check_attributes(&a->attribute, b, NULL);
}

static char *load(const char *path, size_t *size)
{
    struct stat st;
    FILE *file = fopen(path, "rb");
    if (!check_true(file && fstat(fileno(file), &st) == 0))
        exit(2);
    char *data = leie_new(st.st_size + 1, 1);
    *size = fread(data, 1, (size_t)st.st_size, file);
    fclose(file);
    return data;
}

static void store(const char *path, const char *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!check_true(file && fwrite(data, 1, size, file) == size))
        exit(2);
    fclose(file);
}

static bool same_bytes(const char *a, const char *b)
{
    size_t n, m;
    char *x = load(a, &n), *y = load(b, &m);
    bool same = n == m && memcmp(x, y, n) == 0;
    leie_free(x);
    leie_free(y);
    return same;
}

/* Number of temporary files in a folder. */
static int temporaries(const char *folder)
{
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        n += strstr(e->d_name, ".tmp") != NULL;
    closedir(dir);
    return n;
}

static void must_write(const char *path, leie_size years, leie_size sectors, uint64_t seed, leie_size limit)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    build(&ds, years, sectors, seed);
    check_ok(leie_netcdf_write(path, &ds, limit, &err), &err);
    leie_dataset_clear(&ds);
}

static void must_refuse(const char *path, leie_status expected, const char *piece)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    check_status(leie_netcdf_read(&ds, path, false, &err), expected, &err);
    check_has(err.text, piece);
    check_has(err.text, path);
    check_size(ds.vars, 0);
    leie_dataset_clear(&ds);
}

/* ---- writing ---- */

static void round_trip(leie_size limit)
{
    char path[PATH_ROOM];
    leie_error err = {0};
    leie_dataset ds = {0}, back = {0}, head = {0};
    join(path, check_folder(), "result.nc");
    build(&ds, 5, 100, 7);
    check_ok(leie_netcdf_write(path, &ds, limit, &err), &err);
    check_true(!leie_netcdf_temporary());
    check_true(!leie_netcdf_poisoned());
    check_ok(leie_netcdf_read(&back, path, false, &err), &err);
    check_same(&ds, &back);
    check_text(leie_dataset_get_text(&back, NULL, "Conventions"), "CF-1.10, ACDD-1.3");
    check_text(leie_dataset_get_text(&back, leie_dataset_find(&back, "footprint"), "coordinates"),
               "region_name sector_code");
    check_true(!leie_dataset_get(&back, leie_dataset_find(&back, "year"), "coordinates"));
    check_ok(leie_netcdf_read(&head, path, true, &err), &err);
    check_size(head.vars, ds.vars);
    check_true(!leie_dataset_find(&head, "footprint")->number);
    check_size(leie_dataset_find(&head, "year")->integer[4], 1999);
    check_text(leie_dataset_find(&head, "sector_code")->text[99], "C99");
    check_status(leie_netcdf_write(path, &head, limit, &err), LEIE_ERR_SHAPE, &err);
    check_has(err.text, "has no values: only its header was read");
    leie_dataset_clear(&ds);
    leie_dataset_clear(&back);
    leie_dataset_clear(&head);
}

static void test_round_trip(void)
{
    round_trip(0);
}

static void test_round_trip_direct(void)
{
    round_trip(DIRECT);
}

/* The same dataset gives the same bytes a second later, in another folder, under another name. */
static void same_file(leie_size limit)
{
    char a[PATH_ROOM], b[PATH_ROOM], c[PATH_ROOM];
    join(a, check_folder(), "result.nc");
    join(b, check_folder(), "a-longer-name.nc");
    join(c, check_folder(), "seed.nc");
    must_write(a, 5, 100, 7, limit);
    nanosleep(&(struct timespec){1, 100000000}, NULL);
    must_write(b, 5, 100, 7, limit);
    must_write(c, 5, 100, 8, limit);
    check_true(same_bytes(a, b));
    check_true(!same_bytes(a, c));
}

static void test_same_bytes(void)
{
    same_file(0);
    same_file(DIRECT);
}

static void test_storage(void)
{
    char path[PATH_ROOM];
    leie_error err = {0};
    leie_dataset ds = {0};
    leie_var *v = NULL;
    join(path, check_folder(), "result.nc");
    leie_dataset_dim(&ds, "scenario", 2, &err);
    leie_dataset_dim(&ds, "year", 40, &err);
    leie_dataset_dim(&ds, "row", 1500, &err);
    leie_dataset_dim(&ds, "column", 20, &err);
    leie_dataset_dim(&ds, "stressor", 100, &err);
    leie_dataset_var(&v, &ds, "tiny", LEIE_VAR_DOUBLE, "row", "1", "more than 1,023 values", &err);
    leie_dataset_var(&v, &ds, "short", LEIE_VAR_DOUBLE, "stressor", "1", "fewer", &err);
    leie_dataset_var(&v, &ds, "slab", LEIE_VAR_DOUBLE, "scenario year row column", "1", "a slab of 240 kB", &err);
    leie_dataset_var(&v, &ds, "small", LEIE_VAR_DOUBLE, "scenario year stressor", "1", "slabs of 800 bytes", &err);
    leie_dataset_var(&v, &ds, "large", LEIE_VAR_DOUBLE, "row column stressor", "1", "a slab of 24 MB", &err);
    leie_dataset_var(&v, &ds, "odd", LEIE_VAR_DOUBLE, "row column", "1", "numbers that deflate gains little on", &err);
    for (leie_size i = 0; i < v->count; i++)
        v->number[i] = exp(20 * sin((double)i));
    check_ok(leie_netcdf_write(path, &ds, 0, &err), &err);
    const struct {
        const char *name;
        int deflated;
        size_t chunk[4];
    } expected[] = {{"tiny", 1, {1500}},
                    {"short", 0, {0}},
                    {"slab", 1, {1, 1, 1500, 20}},
                    {"small", 1, {2, 40, 100}}, // 64 kB: both scenarios together
                    {"large", 1, {750, 20, 100}},
                    {"odd", 0, {1500, 20}}};
    int nc, var, shuffle, deflate, level, storage;
    check_size(nc_open(path, NC_NOWRITE, &nc), 0);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        size_t chunk[4] = {0};
        check_size(nc_inq_varid(nc, expected[i].name, &var), 0);
        nc_inq_var_deflate(nc, var, &shuffle, &deflate, &level);
        nc_inq_var_chunking(nc, var, &storage, chunk);
        check_size(deflate, expected[i].deflated);
        check_true(!deflate || (shuffle && level == 4));
        check_size(storage, chunk[0] ? NC_CHUNKED : NC_CONTIGUOUS);
        for (int k = 0; k < 4; k++)
            check_size((leie_size)chunk[k], (leie_size)expected[i].chunk[k]);
    }
    nc_close(nc);
    leie_dataset_clear(&ds);
}

/* ---- places that cannot be written ---- */

static void write_refused(const char *path, const char *piece)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    build(&ds, 1, 2, 1);
    check_status(leie_netcdf_write(path, &ds, 0, &err), LEIE_ERR_OUTPUT, &err);
    check_has(err.text, piece);
    check_true(!leie_netcdf_temporary());
    leie_dataset_clear(&ds);
}

static void test_places(void)
{
    char folder[FOLDER_ROOM], path[PATH_ROOM], link[PATH_ROOM], fifo[PATH_ROOM], long_name[400];
    struct stat st;
    snprintf(folder, sizeof folder, "%s", check_folder());
    write_refused(folder, "is a folder, expected a file");
    write_refused("", "is no name for a file");
    snprintf(path, sizeof path, "%s/missing/result.nc", folder);
    write_refused(path, "missing': No such file or directory");
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    check_size(mkfifo(fifo, 0666), 0);
    write_refused(fifo, "is no regular file");
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    snprintf(path, sizeof path, "%s/%s", folder, long_name);
    write_refused(path, "File name too long");
    // a link stays a link, and the file behind it is replaced
    snprintf(path, sizeof path, "%s/result.nc", folder);
    snprintf(link, sizeof link, "%s/link.nc", folder);
    must_write(path, 1, 2, 1, 0);
    check_size(symlink(path, link), 0);
    must_write(link, 2, 2, 1, 0);
    check_true(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
    check_true(same_bytes(path, link));
    check_size(temporaries(folder), 0);
}

/* ---- full disks and killed processes ---- */

/* Runs a function in a child whose files may not exceed 40 kB; it returns 0 when all is as expected. */
static void with_small_files(int (*run)(const char *path), const char *path)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){40000, 40000});
        _exit(run(path));
    }
    check_true(waitpid(child, &status, 0) == child);
    check_size(status, 0);
}

/* Our own writing meets the limit: the message has the bytes needed. */
static int fill_temporary(const char *path)
{
    static const char block[30000];
    leie_error err = {0};
    leie_temporary t = {0};
    leie_status st = leie_temporary_open(&t, path, &err);
    bool there = leie_temporary_current() && strcmp(leie_temporary_current(), t.path) == 0;
    if (!st)
        st = leie_temporary_write(&t, block, sizeof block, &err);
    bool began = st == LEIE_OK;
    if (!st)
        st = leie_temporary_write(&t, block, sizeof block, &err);
    leie_temporary_drop(&t);
    bool said = strstr(err.text, "disk full: 30000 bytes needed, 10000 written");
    return there && began && said && st == LEIE_ERR_OUTPUT && !leie_temporary_current() ? 0 : 1;
}

/* So does the image of a result. */
static int fill_image(const char *path)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    build(&ds, 10, 2000, 2);
    leie_status st = leie_netcdf_write(path, &ds, 0, &err);
    bool said = strstr(err.text, "disk full") && strstr(err.text, "bytes needed, 40000 written");
    return said && st == LEIE_ERR_OUTPUT && !leie_netcdf_poisoned() && !leie_netcdf_temporary() ? 0 : 1;
}

/* netCDF itself meets it: the program must know that it may not exit as usual. */
static int fill_direct(const char *path)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    build(&ds, 10, 2000, 2);
    leie_status st = leie_netcdf_write(path, &ds, DIRECT, &err);
    return st == LEIE_ERR_OUTPUT && leie_netcdf_poisoned() && !leie_netcdf_temporary() ? 0 : 1;
}

/* The old result survives, and no temporary file is left. */
static void test_full_disk(void)
{
    char folder[FOLDER_ROOM], old[PATH_ROOM], copy[PATH_ROOM];
    snprintf(folder, sizeof folder, "%s", check_folder());
    join(old, folder, "result.nc");
    join(copy, folder, "copy.nc");
    must_write(old, 1, 2, 1, 0);
    must_write(copy, 1, 2, 1, 0);
    with_small_files(fill_temporary, old);
    with_small_files(fill_image, old);
    with_small_files(fill_direct, old);
    check_true(same_bytes(old, copy));
    check_size(temporaries(folder), 0);
}

/* A process killed at any moment of writing leaves the old file or the new one, whole. */
static void test_killed(void)
{
    char path[PATH_ROOM];
    uint64_t state = 20110101;
    join(path, check_folder(), "result.nc");
    leie_dataset ds = {0};
    build(&ds, 10, 3000, 2);
    must_write(path, 1, 2, 1, 0);
    for (int round = 0; round < 10; round++) {
        pid_t child = fork();
        if (child == 0)
            for (leie_size limit = 0;; limit = !limit)
                leie_netcdf_write(path, &ds, limit, NULL);
        nanosleep(&(struct timespec){0, (long)(check_random(&state) * 4e7)}, NULL);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        leie_error err = {0};
        leie_dataset back = {0};
        leie_seal_state seal = LEIE_SEAL_NONE;
        check_ok(leie_seal_check(&seal, NULL, path, &err), &err);
        check_size(seal, LEIE_SEAL_WHOLE);
        check_ok(leie_netcdf_read(&back, path, false, &err), &err);
        leie_dataset_clear(&back);
    }
    leie_dataset_clear(&ds);
}

/* ---- files of others, and damaged ones ---- */

static void test_not_ours(void)
{
    char folder[FOLDER_ROOM], path[PATH_ROOM];
    int nc;
    snprintf(folder, sizeof folder, "%s", check_folder());
    must_refuse(folder, LEIE_ERR_IO, "not a regular file");
    join(path, folder, "absent.nc");
    must_refuse(path, LEIE_ERR_IO, "No such file");
    join(path, folder, "text.nc");
    store(path, "a,b\n1,2\n", 8);
    must_refuse(path, LEIE_ERR_DATA, "not a netCDF-4 file");
    store(path, "", 0);
    must_refuse(path, LEIE_ERR_DATA, "not a netCDF-4 file");
    store(path, "\x89HDF\r\n\x1a\n", 8);
    must_refuse(path, LEIE_ERR_DATA, "damaged or not a netCDF-4 file");
    join(path, folder, "classic.nc");
    check_size(nc_create(path, NC_CLOBBER, &nc), 0);
    nc_close(nc);
    must_refuse(path, LEIE_ERR_DATA, "classic netCDF (CDF-1), expected netCDF-4");
}

/* An HDF5 file without netCDF's mark: the mark's name is overwritten. */
static void test_plain_hdf5(void)
{
    char path[PATH_ROOM];
    size_t size;
    join(path, check_folder(), "plain.nc");
    must_write(path, 1, 2, 1, 0);
    char *data = load(path, &size);
    for (size_t i = 0; i + 13 < size; i++)
        if (memcmp(data + i, "_NCProperties", 13) == 0)
            data[i + 1] = 'X';
    store(path, data, size - LEIE_SEAL_SIZE);
    leie_free(data);
    must_refuse(path, LEIE_ERR_DATA, "an HDF5 file that was not written as netCDF-4");
}

/* A text in HDF5's global heap that claims another length: the library itself fails on this one, and only
 * in the child that tries the file. An object's head is index, count, 4 bytes, and its length in 8. */
static void test_damaged_heap(void)
{
    char path[PATH_ROOM];
    size_t size;
    join(path, check_folder(), "heap.nc");
    must_write(path, 2, 50, 1, 0);
    char *data = load(path, &size);
    for (size_t i = 0; i + 64 < size; i++)
        if (memcmp(data + i, "GCOL", 4) == 0)
            for (size_t object = i + 16; object < i + 4000 && data[object];) {
                uint64_t length;
                memcpy(&length, data + object + 8, sizeof length);
                data[object + 8 + 3] = 0x10; // 256 MB longer
                object += 16 + (length + 7) / 8 * 8;
            }
    store(path, data, size - LEIE_SEAL_SIZE);
    leie_free(data);
    must_refuse(path, LEIE_ERR_DATA, "heap.nc");
}

/* The last text claims 2.5 GB where its variable refers to it (length in 4 bytes, heap in 8, index in 4): HDF5 would take and fill
 * them, and netCDF copy them. The child that tries the file has no room for that. */
static void test_forged_length(void)
{
    char path[PATH_ROOM];
    size_t size, last = 0;
    uint32_t length;
    join(path, check_folder(), "forged.nc");
    must_write(path, 2, 50, 1, 0);
    char *data = load(path, &size);
    for (uint64_t heap = 0; heap + 64 < size; heap++)
        for (size_t i = 4; memcmp(data + heap, "GCOL", 4) == 0 && i + 12 < size; i++)
            if (memcmp(data + i, &heap, sizeof heap) == 0 && i > last) {
                memcpy(&length, data + i - 4, sizeof length);
                last = length > 0 && length < 4096 ? i : last;
            }
    check_true(last > 0);
    data[last - 1] = (char)0xa0;
    store(path, data, size - LEIE_SEAL_SIZE);
    leie_free(data);
    must_refuse(path, LEIE_ERR_DATA, "forged.nc");
    struct rusage children;
    check_size(getrusage(RUSAGE_CHILDREN, &children), 0);
    check_true(children.ru_maxrss < 1 << 20); // in KB
}

/* What a foreign file holds beyond what we read; each case is one netCDF file. */
static void foreign_group(int nc)
{
    int group;
    nc_def_grp(nc, "year_2011", &group);
}

static void foreign_char(int nc)
{
    int var;
    nc_def_var(nc, "letters", NC_CHAR, 0, NULL, &var);
}

static void foreign_unsigned(int nc)
{
    int var;
    nc_def_var(nc, "counts", NC_UINT64, 0, NULL, &var);
}

static void foreign_packed(int nc)
{
    int var;
    double scale = 0.1;
    nc_def_var(nc, "packed", NC_SHORT, 0, NULL, &var);
    nc_put_att_double(nc, var, "scale_factor", NC_DOUBLE, 1, &scale);
}

static void foreign_empty(int nc)
{
    int dim;
    nc_def_dim(nc, "time", NC_UNLIMITED, &dim);
}

static void foreign_name(int nc)
{
    int var;
    nc_def_var(nc, "CO2-eq", NC_DOUBLE, 0, NULL, &var);
}

/* 8 TB stated, nothing stored. */
static void foreign_giant(int nc)
{
    int dim[2], var;
    size_t chunk[2] = {1000, 1000};
    nc_def_dim(nc, "a", 1000000, &dim[0]);
    nc_def_dim(nc, "b", 1000000, &dim[1]);
    nc_def_var(nc, "giant", NC_DOUBLE, 2, dim, &var);
    nc_def_var_chunking(nc, var, NC_CHUNKED, chunk);
}

static void foreign_long(int nc)
{
    int dim;
    nc_def_dim(nc, "long", (size_t)1 << 40, &dim);
}

static void test_foreign(void)
{
    const struct {
        void (*fill)(int nc);
        const char *piece;
    } cases[] = {{foreign_group, "holds 1 groups, expected none"},
                 {foreign_char, "variable 'letters' has type 2"},
                 {foreign_unsigned, "variable 'counts' has type 11"},
                 {foreign_packed, "variable 'packed' is packed (scale_factor)"},
                 {foreign_empty, "dimension 'time' has length 0"},
                 {foreign_name, "'CO2-eq' is no name for a variable"},
                 {foreign_long, "dimension 'long' has length 1099511627776"},
                 {foreign_giant, "'giant' states 1000000000000 values, more than a file of"}};
    char path[PATH_ROOM];
    int nc;
    join(path, check_folder(), "foreign.nc");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_size(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &nc), 0);
        cases[i].fill(nc);
        check_size(nc_close(nc), 0);
        must_refuse(path, LEIE_ERR_DATA, cases[i].piece);
    }
}

/* float, short, _FillValue and a string attribute of another program are read. */
static void test_foreign_read(void)
{
    char path[PATH_ROOM];
    int nc, dim, real, small;
    float values[3] = {1.5f, -9999.0f, 2.25f}, fill = -9999.0f;
    short counts[3] = {1, 2, -3};
    const char *text = "persons";
    leie_error err = {0};
    leie_dataset ds = {0};
    join(path, check_folder(), "foreign.nc");
    check_size(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &nc), 0);
    nc_def_dim(nc, "n", 3, &dim);
    nc_def_var(nc, "real", NC_FLOAT, 1, &dim, &real);
    nc_def_var(nc, "small", NC_SHORT, 1, &dim, &small);
    nc_def_var_fill(nc, real, NC_FILL, &fill);
    nc_put_att_string(nc, small, "long_name", 1, &text);
    nc_put_var_float(nc, real, values);
    nc_put_var_short(nc, small, counts);
    check_size(nc_close(nc), 0);
    check_ok(leie_netcdf_read(&ds, path, false, &err), &err);
    check_near(leie_dataset_find(&ds, "real")->number[2], 2.25, 0);
    check_true(isnan(leie_dataset_find(&ds, "real")->number[1]));
    check_size(leie_dataset_find(&ds, "small")->integer[2], -3);
    check_text(leie_dataset_get_text(&ds, leie_dataset_find(&ds, "small"), "long_name"), "persons");
    leie_dataset_clear(&ds);
}

/* Cut at every sixteenth, with and without the seal, a file is refused. */
static void test_truncated(void)
{
    char whole[PATH_ROOM], part[PATH_ROOM];
    size_t size;
    join(whole, check_folder(), "whole.nc");
    join(part, check_folder(), "part.nc");
    must_write(whole, 4, 200, 3, DIRECT);
    char *data = load(whole, &size);
    for (size_t i = 0; i < 16; i++) {
        store(part, data, size * i / 16);
        must_refuse(part, LEIE_ERR_DATA, i ? "damaged" : "not a netCDF-4 file");
    }
    store(part, data, size - LEIE_SEAL_SIZE - 1);
    must_refuse(part, LEIE_ERR_DATA, "damaged");
    leie_free(data);
}

/* Flips bits and reads, all in a child: it ends by itself. Sealed, every flip is known; without a seal
 * the file is tried in a child of its own, and what is still readable is read. */
static void flip(bool sealed, int seeds)
{
    char whole[PATH_ROOM], bad[PATH_ROOM];
    size_t size;
    int status = 0;
    join(whole, check_folder(), "whole.nc");
    join(bad, check_folder(), "bad.nc");
    must_write(whole, 4, 50, 3, 0);
    char *data = load(whole, &size);
    size_t bytes = sealed ? size : size - LEIE_SEAL_SIZE;
    pid_t child = fork();
    if (child == 0) {
        int wrong = 0;
        for (int seed = 0; seed < seeds; seed++) {
            uint64_t state = (uint64_t)seed;
            leie_dataset ds = {0};
            size_t where[4], reach = seed % 2 && !sealed ? 4096 : size - LEIE_SEAL_SIZE;
            for (int k = 0; k <= seed % 4; k++) {
                where[k] = (size_t)(check_random(&state) * (double)reach);
                data[where[k]] ^= (char)(1 + k);
            }
            store(bad, data, bytes);
            for (int k = 0; k <= seed % 4; k++)
                data[where[k]] ^= (char)(1 + k);
            wrong += leie_netcdf_read(&ds, bad, false, NULL) == LEIE_OK && sealed;
            leie_dataset_clear(&ds);
        }
        _exit(wrong ? 1 : 0);
    }
    check_true(waitpid(child, &status, 0) == child);
    check_size(status, 0);
    leie_free(data);
}

static void test_flipped(void)
{
    flip(true, 200 * check_effort());
}

static void test_flipped_unsealed(void)
{
    flip(false, 300 * check_effort());
}

/* ---- other people's readers ---- */

static void test_xarray(void)
{
    char path[PATH_ROOM], direct[PATH_ROOM], bad[PATH_ROOM];
    int nc, var;
    join(path, check_folder(), "result.nc");
    join(direct, check_folder(), "direct.nc");
    join(bad, check_folder(), "bad.nc");
    must_write(path, 5, 100, 7, 0);
    must_write(direct, 5, 100, 7, DIRECT);
    check_size(result_check_netcdf(path), 0);
    check_size(result_check_netcdf(direct), 0);
    must_write(bad, 5, 100, 7, 0);
    check_size(nc_open(bad, NC_WRITE, &nc), 0);
    nc_inq_varid(nc, "footprint", &var);
    nc_put_att_text(nc, var, "units", 2, "kt");
    nc_close(nc);
    printf("\n    (one fault on purpose) ");
    fflush(stdout);
    check_size(result_check_netcdf(bad), 1);
}

CHECK_SUITE(netcdf, {"round trip", test_round_trip, NULL}, {"round trip, large files", test_round_trip_direct, NULL},
            {"same dataset, same bytes", test_same_bytes, NULL}, {"chunks and deflate", test_storage, NULL},
            {"places", test_places, NULL}, {"full disk", test_full_disk, NULL}, {"killed", test_killed, NULL},
            {"not netCDF-4", test_not_ours, NULL}, {"plain HDF5", test_plain_hdf5, NULL},
            {"damaged heap", test_damaged_heap, NULL}, {"forged length", test_forged_length, NULL},
            {"foreign files refused", test_foreign, NULL}, {"foreign files read", test_foreign_read, NULL},
            {"truncated", test_truncated, NULL}, {"flipped bits", test_flipped, NULL},
            {"flipped bits without a seal", test_flipped_unsealed, NULL}, {"xarray", test_xarray, result_needs_xarray})
