/* Threads. OpenMP appears in kernels/ only; other rooms give a function and a range.
 *
 * Items are cut into chunks of `grain` by number alone, so what an item computes never depends on the
 * thread count. A sum over items is formed by the caller from per-item results in item order.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_PARALLEL_H
#define LEIE_KERNELS_PARALLEL_H

#include "kernels/status.h"

/* Work on items first .. last - 1. worker is 0 .. leie_threads() - 1 and picks a workspace. */
typedef leie_status (*leie_parallel_fn)(void *ctx, leie_size first, leie_size last, int worker, leie_error *err);

/* Calls fn over 0 .. n - 1 in chunks of grain items. When several fail, the error of the lowest item
 * is returned. Nested calls run on one thread. */
LEIE_API leie_status leie_parallel_for(leie_size n, leie_size grain, leie_parallel_fn fn, void *ctx, leie_error *err);

/* Calls fn on this thread while the others stand by for every leie_parallel_for that it makes: for work in many
 * short steps. A step then waits only for chunks that are being worked on, not for threads that another process
 * keeps from running; threads without work sleep. Inside of another parallel call it is fn(ctx, err). */
typedef leie_status (*leie_team_fn)(void *ctx, leie_error *err);
leie_status leie_parallel_team(leie_team_fn fn, void *ctx, leie_error *err);

/* The worker that this thread is, 0 outside of parallel calls. */
int leie_worker(void);

/* For a thread that is not OpenMP's: it may run where any of OpenMP's threads may, and not only where the one that made it is
 * bound (OMP_PROC_BIND). */
void leie_thread_unbind(void);

/* This thread, one of those, goes behind the others: for work that nobody waits for yet. */
void leie_thread_behind(void);

/* Threads in use; set with leie_threads_set (0: as many as the machine and its cgroup allow). */
LEIE_API int leie_threads(void);
LEIE_API void leie_threads_set(int threads);

#endif
