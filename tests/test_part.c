// SPDX-License-Identifier: GPL-3.0-or-later
/* Parts of files: the same values as in the whole, and no more bytes than that takes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "io/result/dataset_cut.h"
#include "io/result/netcdf.h"
#include "kernels/memory.h"
#include "tests/check.h"

enum { REGIONS = 8, EACH = 250, N = REGIONS * EACH, YEARS = 3 };

static double value(leie_size at)
{
    return 2.385 * (double)(at % 7919) - 3;
}

/* Z (sector, buyer) of 32 MB and a series over years, with labels. */
static void write_file(char *path, size_t room)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    leie_var *region, *code, *v;
    double *z = leie_new((leie_size)N * N, sizeof *z);
    for (leie_size t = 0; t < (leie_size)N * N; t++)
        z[t] = value(t);
    snprintf(path, room, "%s/part.nc", check_folder());
    leie_dataset_dim(&ds, "year", YEARS, &err);
    leie_dataset_dim(&ds, "sector", N, &err);
    leie_dataset_dim(&ds, "buyer", N, &err);
    leie_dataset_var(&v, &ds, "year", LEIE_VAR_INT, "year", "1", "year", &err);
    for (int y = 0; y < YEARS; y++)
        v->integer[y] = 2009 + y;
    leie_dataset_var(&region, &ds, "sector_region", LEIE_VAR_TEXT, "sector", NULL, "region of the sector", &err);
    leie_dataset_var(&code, &ds, "sector_code", LEIE_VAR_TEXT, "sector", NULL, "code of the sector", &err);
    for (leie_size i = 0; i < N; i++) {
        char text[16];
        snprintf(text, sizeof text, "R%d", (int)(i / EACH));
        leie_var_set_text(region, i, text, &err);
        snprintf(text, sizeof text, "s%d", (int)(i % EACH));
        leie_var_set_text(code, i, text, &err);
    }
    leie_dataset_var(&v, &ds, "output", LEIE_VAR_DOUBLE, "year sector", "t", "output", &err);
    for (leie_size t = 0; t < v->count; t++)
        v->number[t] = value(t);
    leie_dataset_var(&v, &ds, "firms", LEIE_VAR_INT, "sector year", "1", "number of firms", &err);
    for (leie_size t = 0; t < v->count; t++)
        v->integer[t] = t * 3;
    leie_dataset_lend(&v, &ds, "Z", "sector buyer", "t", "flows", z, NULL, false, &err);
    leie_netcdf_write(path, &ds, 0, &err);
    check_ok(err.code, &err);
    leie_dataset_clear(&ds);
    leie_free(z);
}

/* Sectors of the third region, and the second year. */
static leie_status cut_both(void *ctx, leie_dataset *ds, leie_size *from, leie_error *err)
{
    leie_size sector = leie_dataset_find_dim(ds, "sector"), year = leie_dataset_find_dim(ds, "year");
    (void)ctx;
    from[sector] = 2 * EACH;
    from[year] = 1;
    leie_status st = leie_dataset_cut(ds, sector, 2 * EACH, EACH, err);
    return st ? st : leie_dataset_cut(ds, year, 1, 1, err);
}

static void test_values(void)
{
    char path[1024];
    leie_error err = {0};
    leie_dataset ds = {0};
    struct stat info;
    write_file(path, sizeof path);
    leie_netcdf_part_of part = {.name = "Z", .cut = cut_both};
    leie_size before = check_bytes_read();
    check_ok(leie_netcdf_read_part(&ds, path, &part, &err), &err);
    leie_size took = check_bytes_read() - before;
    const leie_var *Z = leie_dataset_find(&ds, "Z"), *region = leie_dataset_find(&ds, "sector_region");
    check_true(!stat(path, &info) && (before < 0 || took < info.st_size / 2)); // an eighth of Z, and labels
    check_size(Z->count, (leie_size)EACH * N);
    for (leie_size t = 0; t < Z->count; t += 97)
        check_near(Z->number[t], value(2 * EACH * N + t), 0);
    check_size(region->count, EACH);
    check_text(region->text[0], "R2");
    check_text(region->text[EACH - 1], "R2");
    check_true(leie_dataset_find(&ds, "output")->number == NULL); // was not asked for
    check_size((leie_size)leie_dataset_find(&ds, "year")->integer[0], 2010);
    leie_dataset_clear(&ds);

    part.name = NULL; // all
    check_ok(leie_netcdf_read_part(&ds, path, &part, &err), &err);
    const leie_var *output = leie_dataset_find(&ds, "output"), *firms = leie_dataset_find(&ds, "firms");
    check_size(output->count, EACH);
    check_size(firms->count, EACH);
    for (leie_size i = 0; i < EACH; i++) {
        check_near(output->number[i], value(N + 2 * EACH + i), 0);
        check_size((leie_size)firms->integer[i], 3 * ((2 * EACH + i) * YEARS + 1));
    }
    leie_dataset_clear(&ds);
}

/* Cuts of a dataset that has its values. */
static void test_cut(void)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    leie_var *number, *text;
    leie_dataset_dim(&ds, "a", 3, &err);
    leie_dataset_dim(&ds, "b", 4, &err);
    leie_dataset_dim(&ds, "c", 2, &err);
    leie_dataset_var(&number, &ds, "x", LEIE_VAR_DOUBLE, "a b c", "1", "x", &err);
    leie_dataset_var(&text, &ds, "t", LEIE_VAR_TEXT, "b", NULL, "t", &err);
    for (int i = 0; i < 24; i++)
        number->number[i] = i;
    for (int i = 0; i < 4; i++)
        leie_var_set_text(text, i, (char[]){(char)('p' + i), '\0'}, &err);
    check_ok(leie_dataset_cut(&ds, 1, 1, 2, &err), &err);
    check_size(number->count, 12);
    for (int i = 0; i < 12; i++)
        check_near(number->number[i], i / 4 * 8 + 2 + i % 4, 0);
    check_size(text->count, 2);
    check_text(text->text[0], "q");
    check_text(text->text[1], "r");
    check_status(leie_dataset_cut(&ds, 1, 1, 2, &err), LEIE_ERR_SHAPE, &err);
    leie_dataset_clear(&ds);
}

/* Runs the program; text receives stdout and stderr. */
static int run(char *text, size_t room, const char *arguments, const char *path)
{
    char command[4096], with_file[2048];
    snprintf(with_file, sizeof with_file, arguments, path);
    snprintf(command, sizeof command, "'%s' %s 2>&1", check_program(), with_file);
    FILE *pipe = popen(command, "r");
    size_t n = pipe ? fread(text, 1, room - 1, pipe) : 0;
    text[n] = '\0';
    while (pipe && fgetc(pipe) != EOF)
        continue;
    int status = pipe ? pclose(pipe) : -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* One bit of the last cell of Z. */
static void damage_last(const char *path)
{
    enum { CELLS = 64 };
    double last[CELLS], found[CELLS];
    for (int t = 0; t < CELLS; t++)
        last[t] = value((leie_size)N * N - CELLS + t);
    FILE *f = fopen(path, "r+b");
    bool done = false;
    fseek(f, 0, SEEK_END);
    for (long at = ftell(f) - (long)sizeof found; !done && at >= 0; at--) {
        fseek(f, at, SEEK_SET);
        done = fread(found, sizeof found, 1, f) == 1 && memcmp(found, last, sizeof last) == 0;
        if (done) {
            ((unsigned char *)found)[sizeof found - 3] ^= 16;
            fseek(f, at, SEEK_SET);
            fwrite(found, sizeof found, 1, f);
        }
    }
    check_true(done);
    fclose(f);
}

/* Numbers of another region may be damaged: they are not read. All of the file is, without --where. */
static void test_show(void)
{
    char path[1024], text[8192], folder[1100], command[1200];
    write_file(path, sizeof path);
    check_size(run(text, sizeof text, "show %s Z --where sector_region=R1 --where sector_code=s7 --format csv", path), 0);
    check_has(text, "\n257,0,"); // positions of what has no labels
    damage_last(path);
    check_size(run(text, sizeof text, "show %s Z --where sector_region=R1 --format csv", path), 0);
    check_size(run(text, sizeof text, "show %s output", path), 3);
    check_has(text, "damaged");
    check_size(run(text, sizeof text, "show %s output --where year=2010 --where sector_region=R9", path), 2);
    check_has(text, "no 'sector_region' is 'R9'; the first is 'R0'");
    check_size(run(text, sizeof text, "show %s output --where sector_code=s7", path), 2);
    check_has(text, "in places that do not lie together");
    check_size(run(text, sizeof text, "show %s output --sum year --where year=2010", path), 2);
    check_has(text, "no such dimension after --sum year");
    snprintf(folder, sizeof folder, "%s/out", check_folder());
    snprintf(command, sizeof command, "export %%s --to csv -o %s --where year=2011 --where sector_region=R1", folder);
    check_size(run(text, sizeof text, command, path), 0);
    snprintf(command, sizeof command, "%s/output.csv", folder);
    FILE *f = fopen(command, "r");
    leie_size lines = 0;
    while (f && fgets(text, sizeof text, f)) {
        check_true(lines == 0 || strncmp(text, "2011,", 5) == 0);
        lines++;
    }
    if (f)
        fclose(f);
    check_size(lines, EACH + 1);
}

CHECK_SUITE(part, {"values", test_values, NULL}, {"cut", test_cut, NULL}, {"show and export", test_show, check_needs_program})
