// SPDX-License-Identifier: GPL-3.0-or-later
/* Parts of Z from table files of every layout: what the table says, and no more bytes. */
#include <netcdf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/cli/cut.h"
#include "io/leie_io.h"
#include "io/result/netcdf.h"
#include "io/write/write_netcdf_table.h"
#include "tests/check.h"
#include "tests/toy_table.h"

enum { WIDE = 300, NARROW = 40, N = 2 * WIDE + 3 * NARROW, EMPTY = WIDE + NARROW, LAYOUTS = 4 };

static const leie_table_form layouts[LAYOUTS] = {LEIE_TABLE_DENSE, LEIE_TABLE_CSR, LEIE_TABLE_BLOCK, LEIE_TABLE_SINGLE};

/* A region of the axis, "BE s0 s1 ..." */
static void add_region(char *text, size_t room, const char *code, int sectors)
{
    size_t used = strlen(text);
    used += (size_t)snprintf(text + used, room - used, "%s%s", used ? "|" : "", code);
    for (int i = 0; i < sectors; i++)
        used += (size_t)snprintf(text + used, room - used, " s%d", i);
}

/* Regions with positions of one byte and of two; EMP buys and sells nothing; a sector without output, of which A has no
 * column; CCC is full. */
static void make(leie_table *t)
{
    static char sectors[1 << 14];
    sectors[0] = '\0';
    add_region(sectors, sizeof sectors, "AAA", WIDE);
    add_region(sectors, sizeof sectors, "BEL", NARROW);
    add_region(sectors, sizeof sectors, "EMP", NARROW);
    add_region(sectors, sizeof sectors, "CCC", NARROW);
    add_region(sectors, sizeof sectors, "DDD", WIDE);
    toy_table(t, sectors, "BEL household", 0, 0);
    toy_fill(t, 5, 0.2);
    for (leie_size i = 0; i < N; i++)
        for (leie_size j = 0; j < N; j++) {
            bool full = i >= EMPTY + NARROW && j >= EMPTY + NARROW && i < EMPTY + 2 * NARROW && j < EMPTY + 2 * NARROW;
            if ((i >= EMPTY && i < EMPTY + NARROW) || (j >= EMPTY && j < EMPTY + NARROW))
                *toy_Z(t, i, j) = 0;
            else if (full)
                *toy_Z(t, i, j) = 1 + (double)(i * 7 + j) / 3;
        }
    t->x[WIDE + 2] = 0;
}

static char folder[600]; // of the files that were written last

/* table-0.nc ... in the layouts. */
static void write_all(const leie_table *t, bool compress)
{
    char path[1024];
    leie_error err = {0};
    snprintf(folder, sizeof folder, "%s", check_folder());
    for (int l = 0; l < LAYOUTS; l++) {
        const leie_netcdf_table_opts opts = {.form = layouts[l], .compress = compress};
        snprintf(path, sizeof path, "%s/table-%d.nc", folder, l);
        check_ok(leie_write_netcdf_table(path, t, &opts, &err), &err);
    }
}

static leie_status cut(leie_dataset *ds, int layout, const char *where, const char *also, leie_error *err)
{
    char path[1024], text[2][64];
    char *const both[] = {text[0], text[1]};
    snprintf(text[0], sizeof text[0], "%s", where ? where : "");
    snprintf(text[1], sizeof text[1], "%s", also ? also : "");
    snprintf(path, sizeof path, "%s/table-%d.nc", folder, layout);
    return leie_cut_read(ds, path, "Z", both, !where ? 0 : also ? 2 : 1, err);
}

/* The part of each layout: rows row .. row + rows - 1 and columns col .. col + cols - 1 of the table, as it says. */
static void check_part(leie_table *t, const char *where, const char *also, leie_size row, leie_size rows, leie_size col, leie_size cols)
{
    static const double tolerance[LAYOUTS] = {0, 0, 0x1p-47, 0x1p-24};
    leie_error err = {0};
    for (int l = 0; l < LAYOUTS; l++) {
        char label[LEIE_LABEL_ROOM], first[LEIE_LABEL_ROOM];
        leie_dataset ds = {0};
        if (!check_ok(cut(&ds, l, where, also, &err), &err))
            continue;
        const leie_var *Z = leie_dataset_find(&ds, "Z");
        leie_size wrong = 0;
        check_size(Z->count, rows * cols);
        for (leie_size i = 0; i < rows; i++)
            for (leie_size j = 0; j < cols; j++) {
                double said = *toy_Z(t, row + i, col + j), found = Z->number[i * cols + j];
                wrong += said == 0 ? found != 0 : !(found - said <= tolerance[l] * said && said - found <= tolerance[l] * said);
            }
        check_size(wrong, 0);
        check_text(leie_dataset_get_text(&ds, Z, "units"), "MEUR");
        check_has(leie_dataset_get_text(&ds, Z, "long_name"), "sales of each sector to each sector");
        snprintf(first, sizeof first, "%s/%s", t->sector.region.code[t->sector.of[col]], t->sector.code[col]);
        check_text(leie_dataset_label(label, &ds, Z->dim[1], 0), first);
        leie_dataset_clear(&ds);
    }
}

static void test_layouts(void)
{
    leie_table t;
    make(&t);
    for (int compress = 0; compress < 2; compress++) {
        write_all(&t, compress);
        check_part(&t, NULL, NULL, 0, N, 0, N);
        check_part(&t, "sector_region=AAA", NULL, 0, WIDE, 0, N);
        check_part(&t, "sector_region=BEL", NULL, WIDE, NARROW, 0, N);
        check_part(&t, "sector_region=EMP", NULL, EMPTY, NARROW, 0, N);
        check_part(&t, "sector_region=CCC", "buyer=CCC/s10", EMPTY + NARROW, NARROW, 390, 1);
        check_part(&t, "buyer_region=BEL", NULL, 0, N, WIDE, NARROW);
        check_part(&t, "buyer=BEL/s2", NULL, 0, N, 302, 1); // without output
        check_part(&t, "buyer=DDD/s299", "sector_region=DDD", N - WIDE, WIDE, 719, 1);
        check_part(&t, "sector=DDD/s7", "buyer=EMP/s10", N - WIDE + 7, 1, 350, 1); // EMP buys nothing
        check_part(&t, "sector=DDD/s7", "buyer=AAA/s17", N - WIDE + 7, 1, 17, 1);
    }
    leie_table_clear(&t);
}

/* What there is not is refused alike. */
static void test_refused(void)
{
    static const char *const where[] = {"sector_region=NOP", "buyer=720", "demand=0"};
    static const char *const why[] = {"no 'sector_region' is 'NOP'; the first is 'AAA'", "'buyer' has no label '720'; it has AAA/s0, AAA/s1, ",
                                      "'Z' has no dimension 'demand'; it has sector, buyer"};
    leie_table t;
    make(&t);
    write_all(&t, false);
    for (int l = 0; l < LAYOUTS; l++)
        for (int c = 0; c < 3; c++) {
            leie_error err = {0};
            leie_dataset ds = {0};
            check_status(cut(&ds, l, where[c], NULL, &err), LEIE_ERR_USAGE, &err);
            check_has(err.text, why[c]);
            leie_dataset_clear(&ds);
        }
    leie_table_clear(&t);
}

/* The header has Z in every layout; a part of everything holds what any layout holds, and not how. */
static void test_everything(void)
{
    leie_table t;
    make(&t);
    write_all(&t, false);
    for (int l = 0; l < LAYOUTS; l++) {
        char path[1024], text[] = "sector_region=CCC";
        char *const where[] = {text};
        leie_error err = {0};
        leie_dataset ds = {0};
        snprintf(path, sizeof path, "%s/table-%d.nc", folder, l);
        check_ok(leie_netcdf_read(&ds, path, true, &err), &err);
        const leie_var *Z = leie_dataset_find(&ds, "Z"), *buyer = leie_dataset_find(&ds, "buyer_region");
        check_true(Z && Z->rank == 2 && Z->count == (leie_size)N * N && !Z->number);
        check_true(buyer && buyer->count == N);
        check_text(buyer->text[WIDE], "BEL");
        leie_dataset_clear(&ds);
        check_ok(leie_cut_read(&ds, path, NULL, where, 1, &err), &err);
        for (leie_size i = 0; i < ds.vars; i++)
            check_true(strncmp(ds.var[i]->name, "A_", 2) != 0 && strncmp(ds.var[i]->name, "Z_", 2) != 0);
        const leie_var *x = leie_dataset_find(&ds, "x"), *Y = leie_dataset_find(&ds, "Y");
        check_size(leie_dataset_find(&ds, "Z")->count, NARROW * N);
        check_size(Y->count, NARROW);
        for (int i = 0; i < NARROW; i++) {
            check_near(x->number[i], t.x[EMPTY + NARROW + i], 0);
            check_near(Y->number[i], t.Y[EMPTY + NARROW + i], 0);
        }
        leie_dataset_clear(&ds);
    }
    leie_table_clear(&t);
}

/* One region of eight: less than a third of the file, of which labels and blocks of 64 kB, as they are read, are a part. */
static void test_bytes(void)
{
    static char sectors[1 << 15];
    leie_table t;
    sectors[0] = '\0';
    for (int r = 0; r < 8; r++)
        add_region(sectors, sizeof sectors, (char[]){'R', (char)('0' + r), '\0'}, 250);
    toy_table(&t, sectors, "R0 household", 0, 0);
    toy_fill(&t, 5, 0.2);
    write_all(&t, false);
    for (int l = 0; l < LAYOUTS; l++) {
        char path[1024];
        struct stat info = {0};
        leie_error err = {0};
        leie_dataset ds = {0};
        snprintf(path, sizeof path, "%s/table-%d.nc", folder, l);
        check_true(stat(path, &info) == 0);
        leie_size before = check_bytes_read();
        check_ok(cut(&ds, l, "sector_region=R5", NULL, &err), &err);
        leie_size took = (check_bytes_read() - before) / 2; // a child process tries the file first
        check_true(before < 0 || took < info.st_size / 3);
        leie_dataset_clear(&ds);
    }
    leie_table_clear(&t);
}

/* Sets one number of a variable; the part is then refused, for a reason. */
static void forge(int layout, const char *variable, size_t at, double value, const char *piece)
{
    char path[1024];
    leie_error err = {0};
    leie_dataset ds = {0};
    double was = 0;
    int nc = -1, var = -1;
    snprintf(path, sizeof path, "%s/table-%d.nc", folder, layout);
    check_size(nc_open(path, NC_WRITE, &nc), NC_NOERR);
    check_size(nc_inq_varid(nc, variable, &var), NC_NOERR);
    nc_get_var1_double(nc, var, &at, &was);
    check_size(nc_put_var1_double(nc, var, &at, &value), NC_NOERR);
    check_size(nc_close(nc), NC_NOERR);
    check_status(cut(&ds, layout, "sector_region=AAA", NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, piece);
    leie_dataset_clear(&ds);
    check_size(nc_open(path, NC_WRITE, &nc), NC_NOERR); // as it was
    check_size(nc_put_var1_double(nc, var, &at, &was), NC_NOERR);
    check_size(nc_close(nc), NC_NOERR);
}

static void test_damage(void)
{
    leie_table t;
    make(&t);
    write_all(&t, false);
    forge(1, "Z_start", 1, 1e9, "'Z_start' 1 is 1000000000: it ascends from 0 to ");
    forge(1, "Z_start", 0, -1, "'Z_start' 0 is -1: it ascends from 0 to ");
    forge(1, "Z_column", 5, N, "'Z_column' 5 is 720: columns go from 0 to 719");
    forge(1, "Z_column", 6, -1, "'Z_column' 6 is -1: columns go from 0 to 719");
    forge(2, "A_part", 1, 1e6, "'A_part' 1 is 1000000: it ascends from 0 to 720");
    forge(2, "A_part", 0, 1, "'A_part' does not divide 720 sectors");
    forge(2, "A_start", 1, -5, "'A_start' 1 is -5: it ascends from 0 to ");
    forge(2, "A_place", 1, 1, "block 0 of A has room for ");
    forge(2, "A_cells", 0, 65535, "block 0 of A has room for ");
    forge(2, "A_position", 1, 200, "'A_position' has "); // the high byte of the first
    forge(2, "Z_start", 1, 1e9, "'Z_start' 1 is 1000000000: it ascends from 0 to ");
    leie_table_clear(&t);
}

CHECK_SUITE(flows_part, {"layouts", test_layouts, NULL}, {"refused", test_refused, NULL}, {"everything", test_everything, NULL}, {"bytes", test_bytes, NULL},
            {"damage", test_damage, NULL})
