// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/toy_sut.h"

#include <stdio.h>
#include <string.h>

#include "tests/check.h"

static double *copy(const double *from, leie_size count)
{
    double *to = leie_new(count, sizeof *to);
    if (from)
        memcpy(to, from, (size_t)count * sizeof *to);
    return to;
}

static void add_demand(leie_axis *axis, const char *words)
{
    char *text = leie_strdup(words), *rest;
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        leie_axis_add(axis, "BE", word, "", "", (leie_demand_kind)leie_demand_find(word), NULL);
    leie_free(text);
}

void toy_sut(leie_sut *s, const toy_sut_values *values)
{
    leie_error err = {0};
    char code[32];
    *s = (leie_sut){.account = {.year = 2015}};
    s->account.currency = leie_strdup("EUR");
    s->account.unit = leie_strdup("MEUR");
    for (leie_size i = 0; i < values->p; i++) {
        snprintf(code, sizeof code, "p%d", (int)i);
        leie_axis_add(&s->product, "BE", code, "", "", LEIE_DEMAND_HOUSEHOLD, &err);
    }
    for (leie_size j = 0; j < values->k; j++) {
        snprintf(code, sizeof code, "p%d", (int)j);
        leie_axis_add(&s->account.sector, "BE", code, "", "", LEIE_DEMAND_HOUSEHOLD, &err);
    }
    add_demand(&s->account.demand, values->demand);
    for (leie_size w = 0; w < values->v; w++) {
        snprintf(code, sizeof code, "w%d", (int)w);
        leie_labels_add(&s->account.input, code, "", "", "", &err);
    }
    check_ok(err.code, &err);
    s->supply = copy(values->supply, values->p * values->k);
    s->account.W = values->v > 0 ? copy(values->W, values->v * values->k) : NULL;
    s->layer[LEIE_DOMESTIC][LEIE_BASIC] =
        (leie_sut_layer){copy(values->use, values->p * values->k), copy(values->final, values->p * values->m)};
    if (values->use_m)
        s->layer[LEIE_IMPORTED][LEIE_BASIC] =
            (leie_sut_layer){copy(values->use_m, values->p * values->k), copy(values->final_m, values->p * values->m)};
}

void toy_sut_un(leie_sut *s)
{
    static const double supply[] = {25.77, 5.15, 7.04, 1.35, 402.51, 40.21, 13.32, 25.64, 717.41};
    static const double use[] = {4.35, 9.28, 0.61, 8.08, 107.8, 46.29, 3.78, 62.72, 211.4};
    static const double final[] = {13.18, 0.08, 10.47, 32.04, 73.94, 175.94, 344.77, 20.75, 112.95};
    static const double use_m[] = {0.77, 6.4, 0.48, 1.49, 100.14, 35.3, 0.28, 17.2, 42.52};
    static const double final_m[] = {1.25, 0.03, 6.45, 61.07, 31.49, 171.55, 13.02, 4.98, 66.81};
    static const double W[] = {21.7, 129.78, 428.07};
    const toy_sut_values values = {.p = 3,
                                   .k = 3,
                                   .m = 3,
                                   .v = 1,
                                   .demand = "household gfcf export",
                                   .supply = supply,
                                   .use = use,
                                   .final = final,
                                   .use_m = use_m,
                                   .final_m = final_m,
                                   .W = W};
    toy_sut(s, &values);
}

static double cell(uint64_t *seed, double filled, double size)
{
    double draw = check_random(seed), value = check_random(seed);
    return draw < filled ? size * value : 0;
}

void toy_sut_random(leie_sut *s, leie_size p, leie_size k, uint64_t seed)
{
    enum { MOST = 40, INPUTS = 2, COLUMNS = 3 };
    static double supply[MOST * MOST], use[MOST * MOST], use_m[MOST * MOST], final[MOST * COLUMNS],
        final_m[MOST * COLUMNS], W[INPUTS * MOST];
    check_true(p <= MOST && k <= MOST);
    for (leie_size j = 0; j < k; j++) {
        double made = 0, paid = 0;
        for (leie_size i = 0; i < p; i++) {
            supply[i * k + j] = i % k == j ? 100 + 50 * check_random(&seed) : cell(&seed, 0.3, 60.0 / (double)p);
            made += supply[i * k + j];
            use[i * k + j] = cell(&seed, 0.4, 60.0 / (double)p);
            use_m[i * k + j] = cell(&seed, 0.3, 40.0 / (double)p);
            paid += use[i * k + j] + use_m[i * k + j];
        }
        W[j] = (made - paid) * check_random(&seed);
        W[k + j] = made - paid - W[j];
    }
    for (leie_size i = 0; i < p; i++) {
        double left = leie_sum(supply + i * k, k, 1) - leie_sum(use + i * k, k, 1);
        for (leie_size f = 0; f < COLUMNS; f++) {
            final[i * COLUMNS + f] = f + 1 < COLUMNS ? 0.3 * left * check_random(&seed) : left;
            left -= final[i * COLUMNS + f];
            final_m[i * COLUMNS + f] = cell(&seed, 0.6, 10);
        }
    }
    const toy_sut_values values = {.p = p,
                                   .k = k,
                                   .m = COLUMNS,
                                   .v = INPUTS,
                                   .demand = "household gfcf export",
                                   .supply = supply,
                                   .use = use,
                                   .final = final,
                                   .use_m = use_m,
                                   .final_m = final_m,
                                   .W = W};
    toy_sut(s, &values);
}

void toy_sut_pressures(leie_sut *s, leie_size stressors, uint64_t seed)
{
    leie_error err = {0};
    leie_labels rows = {0};
    char code[32];
    for (leie_size f = 0; f < stressors; f++) {
        snprintf(code, sizeof code, "f%d", (int)f);
        leie_labels_add(&rows, code, "", "t", "", &err);
    }
    check_true(leie_table_add_stressors(&s->account, &rows, "ext", "residence", &err) == 0);
    leie_labels_clear(&rows);
    for (leie_size c = 0; c < stressors * s->account.sector.n; c++)
        s->account.F[c] = 1000 * check_random(&seed);
    for (leie_size c = 0; c < stressors * s->account.demand.n; c++)
        s->account.F_Y[c] = 10 * check_random(&seed);
}
