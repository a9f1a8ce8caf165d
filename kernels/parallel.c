// SPDX-License-Identifier: GPL-3.0-or-later
#define _GNU_SOURCE // sched_setaffinity
#include "kernels/parallel.h"
#include "kernels/clock.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
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

int leie_worker(void)
{
#ifdef _OPENMP
    return omp_get_thread_num();
#else
    return 0;
#endif
}

void leie_thread_unbind(void)
{
#ifdef _OPENMP
    int id[CPU_SETSIZE], places = omp_get_num_places();
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int place = 0; place < places; place++) {
        int n = omp_get_place_num_procs(place);
        if (n > CPU_SETSIZE)
            return;
        omp_get_place_proc_ids(place, id);
        for (int i = 0; i < n; i++)
            if (id[i] < CPU_SETSIZE)
                CPU_SET((size_t)id[i], &set);
    }
    if (places > 0)
        sched_setaffinity(0, sizeof set, &set); // at worst it stays where it is
#endif
}

void leie_thread_behind(void)
{
#ifdef __linux__
    enum { BEHIND = 5 };
    setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + BEHIND); // there it is the thread alone; at worst it stays what it is
#endif
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

#ifdef _OPENMP
/* ---- teams ---- */

static const double SPIN = 50e-6; // seconds that a thread without work keeps its processor

/* One job after the other for the threads that stand by. They claim chunks; nobody waits for a thread that has
 * claimed none, so one that the system has taken off its processor holds nobody up. */
typedef struct team {
    chunks *job;
    leie_size count; // chunks of the job
    atomic_llong next;
    atomic_int number; // of the job, 0 before the first
    atomic_bool open, over;
    atomic_int working, sleeping;
    pthread_mutex_t lock;
    pthread_cond_t news;
} team;

static _Thread_local team *led; // by this thread

static void breathe(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#else
    sched_yield();
#endif
}

static void claim_chunks(team *t, int worker)
{
    for (long long chunk; (chunk = atomic_fetch_add(&t->next, 1)) < t->count;)
        run_chunk(t->job, chunk, worker);
}

static bool has_news(team *t, int seen)
{
    return atomic_load(&t->number) != seen || atomic_load(&t->over);
}

static void await_news(team *t, int seen)
{
    for (double until = leie_seconds() + SPIN; !has_news(t, seen) && leie_seconds() < until;)
        for (int i = 0; i < 8; i++)
            breathe();
    if (has_news(t, seen))
        return;
    pthread_mutex_lock(&t->lock);
    atomic_fetch_add(&t->sleeping, 1);
    while (!has_news(t, seen))
        pthread_cond_wait(&t->news, &t->lock);
    atomic_fetch_sub(&t->sleeping, 1);
    pthread_mutex_unlock(&t->lock);
}

static void wake(team *t)
{
    if (atomic_load(&t->sleeping) == 0)
        return;
    pthread_mutex_lock(&t->lock);
    pthread_cond_broadcast(&t->news);
    pthread_mutex_unlock(&t->lock);
}

/* What a thread that stands by does. */
static void serve(team *t, int worker)
{
    for (int seen = 0;;) {
        await_news(t, seen);
        if (atomic_load(&t->over))
            return;
        seen = atomic_load(&t->number);
        atomic_fetch_add(&t->working, 1); // before the look at `open`: see run_job
        if (atomic_load(&t->open))
            claim_chunks(t, worker);
        atomic_fetch_sub(&t->working, 1);
    }
}

static void run_job(team *t, chunks *all, leie_size count)
{
    t->job = all;
    t->count = count;
    atomic_store(&t->next, 0);
    atomic_store(&t->open, true);
    atomic_fetch_add(&t->number, 1);
    wake(t);
    claim_chunks(t, omp_get_thread_num());
    atomic_store(&t->open, false); // who looks now does not begin
    for (leie_size tries = 0; atomic_load(&t->working) > 0; tries++)
        if (tries < 1000)
            breathe();
        else
            sched_yield();
}
#endif

leie_status leie_parallel_team(leie_team_fn fn, void *ctx, leie_error *err)
{
#ifdef _OPENMP
    leie_status st = LEIE_OK;
    team t = {.lock = PTHREAD_MUTEX_INITIALIZER, .news = PTHREAD_COND_INITIALIZER};
    if (leie_threads() == 1 || omp_in_parallel())
        return fn(ctx, err);
#pragma omp parallel num_threads(leie_threads())
    {
        if (omp_get_thread_num() == 0) {
            led = &t;
            st = fn(ctx, err);
            led = NULL;
            atomic_store(&t.over, true);
            pthread_mutex_lock(&t.lock);
            pthread_cond_broadcast(&t.news);
            pthread_mutex_unlock(&t.lock);
        } else {
            serve(&t, omp_get_thread_num());
        }
    }
    pthread_cond_destroy(&t.news);
    pthread_mutex_destroy(&t.lock);
    return st;
#else
    return fn(ctx, err);
#endif
}

leie_status leie_parallel_for(leie_size n, leie_size grain, leie_parallel_fn fn, void *ctx, leie_error *err)
{
    assert(grain > 0);
    leie_size count = n > 0 ? (n - 1) / grain + 1 : 0;
    chunks all = {.n = n, .grain = grain, .fn = fn, .ctx = ctx, .failed = count};
#ifdef _OPENMP
    int threads = leie_threads() < count ? leie_threads() : (int)count;
    if (threads > 1 && led) {
        team *t = led;
        led = NULL; // what a chunk calls runs on its own thread
        run_job(t, &all, count);
        led = t;
    } else if (threads > 1 && !omp_in_parallel()) {
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
