// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/toy_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

static void fill_axis(leie_axis *axis, const char *text, bool demand)
{
    char *copy = leie_strdup(text), *regions, *items;
    for (char *region = strtok_r(copy, "|", &regions); region; region = strtok_r(NULL, "|", &regions)) {
        const char *code = strtok_r(region, " ", &items);
        for (char *item = strtok_r(NULL, " ", &items); item; item = strtok_r(NULL, " ", &items)) {
            int kind = demand ? leie_demand_find(item) : 0;
            leie_axis_add(axis, code, item, "", "", kind < 0 ? LEIE_DEMAND_HOUSEHOLD : (leie_demand_kind)kind, NULL);
        }
    }
    leie_free(copy);
}

void toy_table(leie_table *t, const char *sectors, const char *demand, leie_size k, leie_size v)
{
    leie_error err = {0};
    leie_labels rows = {0};
    char code[32];
    *t = (leie_table){.year = 2011};
    t->currency = leie_strdup("EUR");
    t->unit = leie_strdup("MEUR");
    fill_axis(&t->sector, sectors, false);
    fill_axis(&t->demand, demand, true);
    leie_size n = t->sector.n, m = t->demand.n;
    check_ok(leie_matrix_new_dense(&t->Z, n, n, &err), &err);
    t->Y = leie_new(n * m, sizeof *t->Y);
    t->x = leie_new(n, sizeof *t->x);
    for (leie_size s = 0; s < k; s++) {
        snprintf(code, sizeof code, "f%d", (int)s);
        leie_labels_add(&rows, code, "", "t", LEIE_STRESSOR_MATERIAL, &err);
    }
    if (k > 0)
        leie_table_add_stressors(t, &rows, "ext", "residence", &err);
    leie_labels_clear(&rows);
    for (leie_size w = 0; w < v; w++) {
        snprintf(code, sizeof code, "w%d", (int)w);
        leie_labels_add(&t->input, code, "", "", "", &err);
    }
    t->W = v > 0 ? leie_new(v * n, sizeof *t->W) : NULL;
    check_ok(err.code, &err);
}

double *toy_Z(leie_table *t, leie_size i, leie_size j)
{
    return &t->Z.val[i * t->Z.ld + j];
}

void toy_fill(leie_table *t, uint64_t seed, double filled)
{
    leie_error err = {0};
    leie_size n = t->sector.n, m = t->demand.n;
    for (leie_size i = 0; i < n; i++) {
        for (leie_size j = 0; j < n; j++)
            if (check_random(&seed) < filled)
                *toy_Z(t, i, j) = 1 + 99 * check_random(&seed);
        for (leie_size f = 0; f < m; f++) {
            bool inventories = t->demand.kind[f] == LEIE_DEMAND_INVENTORIES;
            t->Y[i * m + f] = inventories ? 40 * check_random(&seed) - 20 : 60 * (double)n * check_random(&seed);
        }
    }
    for (leie_size c = 0; c < t->stressor.n * n; c++)
        t->F[c] = check_random(&seed) < 0.8 ? 1000 * check_random(&seed) : 0;
    for (leie_size c = 0; c < t->stressor.n * m; c++)
        t->F_Y[c] = 10 * check_random(&seed);
    for (leie_size c = 0; c < t->input.n * n; c++)
        t->W[c] = 50 * check_random(&seed);
    check_ok(leie_table_set_x(t, LEIE_X_ROW, NULL, &err), &err);
}

void toy_small_mrio(leie_table *t)
{
    static const double Z[6][6] = {{10, 5, 1, 6, 5, 7}, {0, 2, 0, 0, 5, 3},   {10, 3, 20, 4, 2, 0},
                                   {5, 0, 0, 1, 10, 9}, {0, 10, 1, 0, 20, 1}, {5, 0, 0, 1, 10, 10}};
    static const double Y[12] = {14, 3, 2.5, 2.5, 13, 6, 5, 20, 10, 10, 3, 10};
    static const double F[12] = {20, 1, 42, 4, 20, 5, 5, 4, 11, 8, 2, 10}, F_Y[4] = {50, 10, 100, 20};
    leie_error err = {0};
    toy_table(t, "reg1 s1 s2 s3|reg2 s1 s2 s3", "reg1 household|reg2 household", 2, 0);
    for (leie_size i = 0; i < 6; i++)
        for (leie_size j = 0; j < 6; j++)
            *toy_Z(t, i, j) = Z[i][j];
    memcpy(t->Y, Y, sizeof Y);
    memcpy(t->F, F, sizeof F);
    memcpy(t->F_Y, F_Y, sizeof F_Y);
    check_ok(leie_table_set_x(t, LEIE_X_ROW, NULL, &err), &err);
}

// Gauss-Jordan with pivoting on [n, n + 1]; the solution is left in the last column.
static void eliminate(double *a, leie_size n)
{
    leie_size w = n + 1;
    for (leie_size k = 0; k < n; k++) {
        leie_size p = k;
        for (leie_size i = k + 1; i < n; i++)
            if (fabs(a[i * w + k]) > fabs(a[p * w + k]))
                p = i;
        for (leie_size j = 0; j < w; j++) {
            double swap = a[k * w + j];
            a[k * w + j] = a[p * w + j];
            a[p * w + j] = swap;
        }
        for (leie_size i = 0; i < n; i++) {
            double f = i == k ? 0 : a[i * w + k] / a[k * w + k];
            for (leie_size j = k; f != 0 && j < w; j++)
                a[i * w + j] -= f * a[k * w + j];
        }
    }
    for (leie_size i = 0; i < n; i++)
        a[i * w + n] /= a[i * w + i];
}

// (I - A) or its transpose with a right-hand side b[i * step].
static double *system_of(const leie_table *t, bool transposed, const double *b, leie_size step)
{
    leie_size n = t->sector.n, w = n + 1;
    double *a = leie_new(n * w, sizeof *a);
    for (leie_size i = 0; i < n; i++) {
        for (leie_size j = 0; j < n; j++) {
            double share = t->x[j] != 0 ? leie_matrix_get(&t->Z, i, j) / t->x[j] : 0;
            a[transposed ? j * w + i : i * w + j] = (i == j) - share;
        }
        a[i * w + n] = b[i * step];
    }
    eliminate(a, n);
    return a;
}

double toy_footprint(const leie_table *t, leie_size s, leie_size column)
{
    leie_size n = t->sector.n;
    double *a = system_of(t, false, t->Y + column, t->demand.n), sum = 0;
    for (leie_size i = 0; i < n; i++)
        if (t->x[i] != 0)
            sum += t->F[s * n + i] / t->x[i] * a[i * (n + 1) + n];
    leie_free(a);
    return sum;
}

void toy_multipliers(double *m, const leie_table *t, leie_size s)
{
    leie_size n = t->sector.n;
    double *S = leie_new(n, sizeof *S);
    for (leie_size i = 0; i < n; i++)
        S[i] = t->x[i] != 0 ? t->F[s * n + i] / t->x[i] : 0;
    double *a = system_of(t, true, S, 1);
    for (leie_size i = 0; i < n; i++)
        m[i] = a[i * (n + 1) + n];
    leie_free(a);
    leie_free(S);
}

double toy_sum(const leie_matrix *m)
{
    double sum = 0;
    for (leie_size i = 0; i < m->rows; i++)
        for (leie_size j = 0; j < m->cols; j++)
            sum += leie_matrix_get(m, i, j);
    return sum;
}

const char *toy_note(const leie_table *t, const char *piece)
{
    for (leie_size i = 0; i < t->provenance.notes; i++)
        if (strstr(t->provenance.note[i].text, piece))
            return t->provenance.note[i].text;
    return "";
}
