// SPDX-License-Identifier: GPL-3.0-or-later
/* How fast are products with a few columns, dense against CSR against the block store, plain against transposed?
 * Chooses LEIE_DENSE_FROM and the constants of solver/linear/plan.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/blockstore.h"
#include "kernels/skinny.h"
#include "perf/bench.h"
#include "perf/generate.h"
#include "perf/store_job.h"

enum { COLUMNS_MAX = 32 };

typedef struct job {
    const bench_table *t;
    bool transposed;
    leie_size k;
    double *x, *y;
} job;

static void multiply(void *ctx)
{
    job *j = ctx;
    leie_error err = {0};
    bench_need(leie_matrix_product(j->y, &j->t->Z, j->transposed, j->t->scale, j->k, j->x, &err), &err, "product");
}

/* Largest difference from the plain loops, relative to the largest value. */
static double difference(const job *j, double *ref)
{
    double most = 0, worst = 0;
    leie_matrix_product_ref(ref, &j->t->Z, j->transposed, j->t->scale, j->k, j->x);
    for (leie_size i = 0; i < j->t->n * j->k; i++) {
        most = fmax(most, fabs(ref[i]));
        worst = fmax(worst, fabs(ref[i] - j->y[i]));
    }
    return worst / most;
}

static void measure(job *j, double *ref)
{
    char name[64], sizes[64];
    leie_size nonzeros = leie_matrix_nonzeros(&j->t->Z);
    bool dense = j->t->Z.form == LEIE_DENSE;
    snprintf(name, sizeof name, "%s, %s", dense ? "dense" : "CSR", j->transposed ? "transposed" : "plain");
    snprintf(sizes, sizeof sizes, "n=%lld k=%lld d=%.2f", (long long)j->t->n, (long long)j->k, j->t->density);
    bench_case c = {.name = name, .sizes = sizes, .allowed = 1e-13};
    c.flops = 2.0 * (double)nonzeros * (double)j->k;
    c.bytes = dense ? 8.0 * (double)j->t->n * (double)j->t->n : 12.0 * (double)nonzeros;
    bench_measure(&c, multiply, j);
    c.residual = difference(j, ref);
    bench_report(&c);
}

static void measure_form(int regions, int sectors, leie_matrix_form form)
{
    static const leie_size columns[] = {1, 4, 8, 20, 32};
    leie_error err = {0};
    bench_table t = {0};
    bench_need(bench_generate(&t, regions, sectors, form, &err), &err, "generate");
    double *block = leie_new(3 * t.n * COLUMNS_MAX, sizeof *block);
    if (!block)
        bench_need(LEIE_ERR_NOMEM, NULL, "product");
    for (leie_size i = 0; i < t.n * COLUMNS_MAX; i++)
        block[i] = bench_hash(99, (uint64_t)i);
    job j = {.t = &t, .x = block, .y = block + t.n * COLUMNS_MAX};
    for (int transposed = 0; transposed < 2; transposed++)
        for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
            j.transposed = transposed;
            j.k = columns[i];
            measure(&j, block + 2 * t.n * COLUMNS_MAX);
        }
    leie_free(block);
    bench_generate_clear(&t);
}

/* ---- the block store ---- */

static void measure_store(store_job *j, double *ref)
{
    char name[64], sizes[64];
    leie_size count = j->t->n * j->width;
    double nonzeros = (double)j->survey.nonzeros, most = 0, worst = 0;
    snprintf(name, sizeof name, "store %s, %s%s", j->both ? "f64" : "f32", j->transposed ? "transposed" : "plain",
             j->transposed == j->b.transposed ? "" : ", across");
    snprintf(sizes, sizeof sizes, "n=%lld k=%lld d=%.2f", (long long)j->t->n, (long long)j->width, j->t->density);
    bench_case c = {.name = name, .sizes = sizes, .allowed = j->both ? 1e-13 : 5e-5}; // f32 sums of thousands of cells
    c.flops = 2 * nonzeros * (double)j->width;
    c.bytes = (j->both ? 9 : 5) * nonzeros;
    bench_measure(&c, store_job_multiply, j);
    leie_matrix_product_ref(ref, &j->t->Z, j->transposed, j->t->scale, j->width, j->x);
    for (leie_size i = 0; i < count; i++) {
        most = fmax(most, fabs(ref[i]));
        worst = fmax(worst, fabs(ref[i] - (j->both ? j->y[i] : (double)j->y32[i])));
    }
    c.residual = worst / most;
    bench_report(&c);
}

static void measure_stores(int regions, int sectors)
{
    leie_error err = {0};
    bench_table t = {0};
    bench_need(bench_generate(&t, regions, sectors, LEIE_DENSE, &err), &err, "generate");
    store_job j;
    double *ref = leie_new(t.n * COLUMNS_MAX, sizeof *ref);
    if (!ref)
        bench_need(LEIE_ERR_NOMEM, NULL, "product");
    store_job_new(&j, &t, LEIE_FULL_NEVER);
    for (int kept = 0; kept < 2; kept++) {
        bench_case c = {.name = kept ? "store from dense, transposed" : "store from dense, plain", .residual = NAN};
        c.sizes = "";
        c.bytes = 8.0 * (double)t.n * (double)t.n + 9.0 * (double)j.survey.nonzeros;
        j.b.transposed = kept;
        bench_measure(&c, store_job_fill, &j);
        bench_report(&c);
        for (int both = 0; both < 2; both++)
            for (int across = 0; across < 2; across++)
                for (j.width = 16; j.width <= COLUMNS_MAX; j.width += 16) {
                    j.both = both;
                    j.transposed = kept != across;
                    measure_store(&j, ref);
                }
    }
    store_job_free(&j);
    leie_free(ref);
    bench_generate_clear(&t);
}

static void ask(void)
{
    measure_form(41, 35, LEIE_DENSE);
    measure_form(41, 35, LEIE_SPARSE);
    measure_form(49, bench_large() ? 200 : 80, LEIE_DENSE);
    measure_form(49, bench_large() ? 200 : 80, LEIE_SPARSE);
    measure_stores(49, bench_large() ? 200 : 80);
}
BENCH_QUESTION(product, "products with few columns: dense, CSR, block store", ask)
