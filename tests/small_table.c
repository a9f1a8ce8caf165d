// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/small_table.h"

#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "tests/check.h"

// Takes the next blank-separated word of *text apart at its colons; fields that are missing are "".
static bool next_word(char field[3][32], const char **text)
{
    *text += strspn(*text, " ");
    size_t length = strcspn(*text, " ");
    if (length == 0)
        return false;
    const char *at = *text, *end = *text + length;
    for (int f = 0; f < 3; f++) {
        size_t size = strcspn(at, ": ");
        snprintf(field[f], sizeof field[f], "%.*s", (int)size, at);
        at += size;
        at += at < end;
    }
    *text = end;
    return true;
}

static double *copy_of(const double *from, leie_size count)
{
    double *to = leie_new(count, sizeof *to);
    if (to && from)
        memcpy(to, from, (size_t)count * sizeof *to);
    return to;
}

static void set_labels(leie_table *t, const char *sectors, const char *demand, const char *stressors)
{
    char f[3][32];
    while (next_word(f, &sectors))
        check_true(leie_axis_add(&t->sector, f[0], f[1], NULL, f[2], LEIE_DEMAND_HOUSEHOLD, NULL) >= 0);
    while (next_word(f, &demand))
        check_true(leie_axis_add(&t->demand, f[0], f[1], NULL, NULL, (leie_demand_kind)leie_demand_find(f[2]), NULL) >=
                   0);
    while (next_word(f, &stressors))
        check_true(leie_labels_add(&t->stressor, f[0], NULL, f[1], f[2], NULL) >= 0);
}

void small_table(leie_table *t, const char *sectors, const char *demand, const char *stressors, const double *Z,
                 const double *Y, const double *F, const double *F_Y)
{
    *t = (leie_table){.year = 2011, .currency = leie_strdup("EUR"), .unit = leie_strdup("MEUR")};
    set_labels(t, sectors, demand, stressors);
    leie_size n = t->sector.n, m = t->demand.n, k = t->stressor.n;
    check_ok(leie_matrix_new_dense(&t->Z, n, n, NULL), NULL);
    for (leie_size i = 0; i < n; i++)
        memcpy(t->Z.val + i * t->Z.ld, Z + i * n, (size_t)n * sizeof *Z);
    t->Y = copy_of(Y, n * m);
    t->x = copy_of(NULL, n);
    t->extension = leie_new(k, sizeof *t->extension);
    t->basis = leie_new(k, sizeof *t->basis);
    for (leie_size s = 0; s < k; s++) {
        t->extension[s] = leie_strdup("test");
        t->basis[s] = leie_strdup("");
    }
    t->F = k ? copy_of(F, k * n) : NULL;
    t->F_Y = k ? copy_of(F_Y, k * m) : NULL;
    for (leie_size i = 0; i < n; i++) {
        for (leie_size j = 0; j < n; j++)
            t->x[i] += Z[i * n + j];
        for (leie_size j = 0; j < m; j++)
            t->x[i] += Y[i * m + j];
    }
}

void small_table_random(leie_table *t, uint64_t seed, int k)
{
    enum { n = 9, m = 7, k_max = 64, idle = 4 };
    double Z[n * n], Y[n * m], F[k_max * n], F_Y[k_max * m];
    char stressors[24 * k_max] = "";
    check_true(k <= k_max);
    for (int i = 0; i < n * n; i++)
        Z[i] = i / n == idle || i % n == idle || check_random(&seed) < 0.2 ? 0 : 2.385 * check_random(&seed);
    for (int i = 0; i < n * m; i++)
        Y[i] = i / m == idle ? 0 : i % m == 2 ? 2 * check_random(&seed) - 1 : 1 + 5.25 * check_random(&seed);
    for (int s = 0; s < k; s++) {
        uint64_t row = seed + (uint64_t)(s % 3);
        for (int i = 0; i < n; i++)
            F[s * n + i] = check_random(&row) < 0.1 ? 0 : 10 * check_random(&row);
        for (int j = 0; j < m; j++)
            F_Y[s * m + j] = check_random(&row);
        snprintf(stressors + strlen(stressors), 24, "s%d:t:%s ", s, s % 2 ? "" : "material");
    }
    small_table(t, "A:s1 A:s2 B:s2 B:s3 B:s4 B:s5 C:s1 C:s3 C:s6",
                "A:hh:household A:gov:government A:inv:inventories A:exp:export B:hh:household C:hh:household "
                "C:dis:discrepancy",
                stressors, Z, Y, F, F_Y);
}

void small_table_pymrio(leie_table *t)
{
    const double Z[36] = {10, 5, 1, 6, 5,  7, 0, 2,  0, 0, 5,  3, 10, 3, 20, 4, 2,  0,
                          5,  0, 0, 1, 10, 9, 0, 10, 1, 0, 20, 1, 5,  0, 0,  1, 10, 10};
    const double Y[12] = {14, 3, 2.5, 2.5, 13, 6, 5, 20, 10, 10, 3, 10};
    const double F[12] = {20, 1, 42, 4, 20, 5, 5, 4, 11, 8, 2, 10};
    const double F_Y[4] = {50, 10, 100, 20};
    small_table(t, "reg1:s1 reg1:s2 reg1:s3 reg2:s1 reg2:s2 reg2:s3", "reg1:final:household reg2:final:household",
                "one:t: two:t:", Z, Y, F, F_Y);
}
