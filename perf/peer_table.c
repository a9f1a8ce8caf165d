// SPDX-License-Identifier: GPL-3.0-or-later
#define _XOPEN_SOURCE 700
#include "perf/peer_table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Opens folder/name for writing. */
static leie_status open_file(FILE **file, const char *folder, const char *name, leie_error *err)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    *file = fopen(path, "wb");
    return *file ? LEIE_OK : leie_fail(err, LEIE_ERR_OUTPUT, "%s: %s", path, strerror(errno));
}

static leie_status close_file(FILE *file, bool good, const char *name, leie_error *err)
{
    good &= fclose(file) == 0;
    return good ? LEIE_OK : leie_fail(err, LEIE_ERR_OUTPUT, "%s: not written", name);
}

static leie_status write_doubles(const char *folder, const char *name, const double *val, leie_size count, leie_error *err)
{
    FILE *file;
    leie_status st = open_file(&file, folder, name, err);
    return st ? st : close_file(file, fwrite(val, sizeof *val, (size_t)count, file) == (size_t)count, name, err);
}

static leie_status write_Z(const char *folder, const leie_matrix *Z, leie_error *err)
{
    FILE *file;
    double *row = leie_new(Z->cols, sizeof *row);
    if (!row)
        return leie_fail_memory(err, "row of Z", Z->cols, sizeof *row);
    leie_status st = open_file(&file, folder, "Z.f64", err);
    bool good = true;
    for (leie_size i = 0; !st && i < Z->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(Z, i, &col, &val);
        memset(row, 0, (size_t)Z->cols * sizeof *row);
        for (leie_size c = 0; c < count; c++)
            row[col ? col[c] : c] = val[c];
        good &= fwrite(row, sizeof *row, (size_t)Z->cols, file) == (size_t)Z->cols;
    }
    leie_free(row);
    return st ? st : close_file(file, good, "Z.f64", err);
}

static leie_status write_Y(const char *folder, const leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n, m = t->demand.n, R = t->sector.region.n;
    double *Y = leie_new(n * R, sizeof *Y);
    if (!Y)
        return leie_fail_memory(err, "final demand", n * R, sizeof *Y);
    for (leie_size i = 0; i < n; i++)
        for (leie_size j = 0; j < m; j++) {
            leie_size r = leie_labels_find(&t->sector.region, t->demand.region.code[t->demand.of[j]]);
            if (r >= 0 && leie_demand_counts(t->demand.kind[j]))
                Y[i * R + r] += t->Y[i * m + j];
        }
    leie_status st = write_doubles(folder, "Y.f64", Y, n * R, err);
    leie_free(Y);
    return st;
}

leie_status bench_peer_table(const char *folder, const leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n;
    FILE *file;
    if (mkdir(folder, 0777) && errno != EEXIST)
        return leie_fail(err, LEIE_ERR_OUTPUT, "%s: %s", folder, strerror(errno));
    leie_status st = write_Z(folder, &t->Z, err);
    if (!st)
        st = write_Y(folder, t, err);
    if (!st)
        st = write_doubles(folder, "x.f64", t->x, n, err);
    if (!st)
        st = write_doubles(folder, "F.f64", t->F, t->stressor.n * n, err);
    if (!st)
        st = open_file(&file, folder, "table.json", err);
    if (st)
        return st;
    double density = (double)leie_matrix_nonzeros(&t->Z) / ((double)n * (double)n);
    bool good = fprintf(file, "{\"n\": %lld, \"regions\": %lld, \"stressors\": %lld, \"density\": %.4f}\n", (long long)n,
                        (long long)t->sector.region.n, (long long)t->stressor.n, density) > 0;
    return close_file(file, good, "table.json", err);
}
