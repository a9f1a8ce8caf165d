// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/peak.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"

#if defined __x86_64__
#include <immintrin.h>
#endif

enum { GRAIN = 1 << 16, CHAINS = 12, WORKERS_MAX = 256 };

typedef struct read_job {
    const uint64_t *word;
    uint64_t sum[WORKERS_MAX];
} read_job;

static leie_status read_part(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)err;
    read_job *job = ctx;
    uint64_t sum = 0;
    for (leie_size i = first; i < last; i++)
        sum += job->word[i];
    job->sum[worker % WORKERS_MAX] += sum;
    return LEIE_OK;
}

uint64_t machine_read(const uint64_t *word, leie_size n)
{
    read_job job = {.word = word};
    uint64_t sum = 0;
    leie_parallel_for(n, GRAIN, read_part, &job, NULL);
    for (int w = 0; w < WORKERS_MAX; w++)
        sum += job.sum[w];
    return sum;
}

/* One worker's share: CHAINS independent chains a = a b + c, enough to fill the pipelines. The value
 * stays near 1, so no denormal or overflow slows it down. */
#if defined __x86_64__
__attribute__((target("avx512f"))) static double fma_avx512(leie_size steps)
{
    __m512d a[CHAINS], b = _mm512_set1_pd(1.0 - 0x1p-30), c = _mm512_set1_pd(0x1p-30);
    for (int i = 0; i < CHAINS; i++)
        a[i] = _mm512_set1_pd(1.0 + i);
    for (leie_size s = 0; s < steps; s++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++)
            a[i] = _mm512_fmadd_pd(a[i], b, c);
    }
    for (int i = 1; i < CHAINS; i++)
        a[0] = _mm512_add_pd(a[0], a[i]);
    return _mm512_reduce_add_pd(a[0]);
}

__attribute__((target("avx2,fma"))) static double fma_avx2(leie_size steps)
{
    __m256d a[CHAINS], b = _mm256_set1_pd(1.0 - 0x1p-30), c = _mm256_set1_pd(0x1p-30);
    for (int i = 0; i < CHAINS; i++)
        a[i] = _mm256_set1_pd(1.0 + i);
    for (leie_size s = 0; s < steps; s++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++)
            a[i] = _mm256_fmadd_pd(a[i], b, c);
    }
    double out[4];
    for (int i = 1; i < CHAINS; i++)
        a[0] = _mm256_add_pd(a[0], a[i]);
    _mm256_storeu_pd(out, a[0]);
    return out[0] + out[1] + out[2] + out[3];
}
#endif

static double fma_portable(leie_size steps)
{
    double a[CHAINS], sum = 0;
    for (int i = 0; i < CHAINS; i++)
        a[i] = 1.0 + i;
    for (leie_size s = 0; s < steps; s++)
        for (int i = 0; i < CHAINS; i++)
            a[i] = a[i] * (1.0 - 0x1p-30) + 0x1p-30;
    for (int i = 0; i < CHAINS; i++)
        sum += a[i];
    return sum;
}

typedef struct fma_kind {
    const char *isa;
    double (*run)(leie_size steps);
    int width;
} fma_kind;

static fma_kind fma_choose(void)
{
#if defined __x86_64__
    if (__builtin_cpu_supports("avx512f"))
        return (fma_kind){"avx512f", fma_avx512, 8};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return (fma_kind){"avx2", fma_avx2, 4};
#endif
    return (fma_kind){"portable", fma_portable, 1};
}

const char *machine_isa(void)
{
    return fma_choose().isa;
}

typedef struct fma_job {
    fma_kind kind;
    leie_size steps;
    double sum[WORKERS_MAX];
} fma_job;

static leie_status fma_part(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    fma_job *job = ctx;
    for (leie_size i = first; i < last; i++)
        job->sum[i % WORKERS_MAX] += job->kind.run(job->steps);
    return LEIE_OK;
}

double machine_fma(leie_size steps, double *sink)
{
    fma_job job = {.kind = fma_choose(), .steps = steps};
    int threads = leie_threads();
    leie_parallel_for(threads, 1, fma_part, &job, NULL);
    *sink = 0;
    for (int w = 0; w < WORKERS_MAX; w++)
        *sink += job.sum[w];
    return 2.0 * CHAINS * job.kind.width * (double)steps * threads;
}

const char *machine_processor(void)
{
    static char name[128] = "unknown";
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    if (!file)
        return name;
    while (fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        colon[strcspn(colon, "\n")] = '\0';
        snprintf(name, sizeof name, "%.120s", colon + 2);
        break;
    }
    fclose(file);
    return name;
}
