// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/parallel.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

static atomic_int chosen; // 0: as many as the machine allows

/* Processors that a cgroup-v2 folder allows: quota / period rounded up, 0 when it sets no limit. */
static int quota_of(const char *folder)
{
    char path[640];
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", folder);
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    double quota = 0, period = 0;
    int read = fscanf(f, "%lf %lf", &quota, &period); // "max 100000" reads as nothing
    fclose(f);
    return read == 2 && quota > 0 && period > 0 ? (int)ceil(quota / period) : 0;
}

/* The smallest quota of our own cgroup and those above it, 0 for none. */
static int quota_here(void)
{
    char line[512], folder[512] = "";
    FILE *f = fopen("/proc/self/cgroup", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "0::/", 4) == 0)
            snprintf(folder, sizeof folder, "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
    if (f)
        fclose(f);
    int least = 0;
    for (;;) {
        int quota = quota_of(folder);
        if (quota > 0 && (least == 0 || quota < least))
            least = quota;
        char *slash = strrchr(folder, '/');
        if (!slash)
            return least;
        *slash = '\0';
    }
}

static int threads_allowed(void)
{
#ifdef _OPENMP
    int threads = omp_get_max_threads() < omp_get_num_procs() ? omp_get_max_threads() : omp_get_num_procs();
    int quota = quota_here();
    return quota > 0 && quota < threads ? quota : threads;
#else
    (void)quota_here;
    return 1;
#endif
}

void leie_threads_set(int threads)
{
#ifdef _OPENMP
    atomic_store(&chosen, threads > 0 ? threads : threads_allowed());
#else
    (void)threads;
    atomic_store(&chosen, threads_allowed());
#endif
}

int leie_threads(void)
{
    if (atomic_load(&chosen) == 0)
        leie_threads_set(0);
    return atomic_load(&chosen);
}

/* What the chunks of one call share. */
typedef struct chunks {
    leie_size n, grain;
    leie_parallel_fn fn;
    void *ctx;
    leie_size failed; // lowest chunk that failed so far; the number of chunks when none did
    leie_status status;
    leie_error error; // of that chunk
} chunks;

static void run_chunk(chunks *all, leie_size chunk, int worker)
{
    leie_size failed;
#ifdef _OPENMP
#pragma omp atomic read
#endif
    failed = all->failed;
    if (chunk > failed) // its error could not win
        return;
    leie_error error = {0};
    leie_size first = chunk * all->grain;
    leie_size last = all->n - first < all->grain ? all->n : first + all->grain;
    leie_status status = all->fn(all->ctx, first, last, worker, &error);
    if (!status)
        return;
#ifdef _OPENMP
#pragma omp critical(leie_parallel_error)
#endif
    if (chunk < all->failed) {
#ifdef _OPENMP
#pragma omp atomic write
#endif
        all->failed = chunk;
        all->status = status;
        all->error = error;
    }
}

leie_status leie_parallel_for(leie_size n, leie_size grain, leie_parallel_fn fn, void *ctx, leie_error *err)
{
    assert(grain > 0);
    leie_size count = n > 0 ? (n - 1) / grain + 1 : 0;
    chunks all = {.n = n, .grain = grain, .fn = fn, .ctx = ctx, .failed = count};
#ifdef _OPENMP
    int threads = leie_threads() < count ? leie_threads() : (int)count;
    if (threads > 1 && !omp_in_parallel()) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
        for (leie_size chunk = 0; chunk < count; chunk++)
            run_chunk(&all, chunk, omp_get_thread_num());
    } else { // nested: keep the number of the worker outside, its workspace is ours
        int worker = omp_in_parallel() ? omp_get_thread_num() : 0;
        for (leie_size chunk = 0; chunk < count && !all.status; chunk++)
            run_chunk(&all, chunk, worker);
    }
#else
    for (leie_size chunk = 0; chunk < count && !all.status; chunk++)
        run_chunk(&all, chunk, 0);
#endif
    if (all.status && err && err->code == LEIE_OK)
        *err = all.error;
    return all.status;
}
