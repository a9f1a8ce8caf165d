/* The harness: questions register themselves, a case is warmed up and repeated, and one line per case
 * says what was measured and how good that is on this machine.
 *
 *   static void product(void *ctx) { ... }            the work, once
 *   static void question(void) {
 *       bench_case c = {.name = "dense k=20", .sizes = "n=9800", .flops = ..., .bytes = ...};
 *       bench_measure(&c, product, &ctx);
 *       c.residual = ...;
 *       bench_report(&c);
 *   }
 *   BENCH_QUESTION(product, "skinny products", question)
 *
 * Rates are from the best time. Shares are of the read bandwidth and of the FMA peak measured in the same
 * run with the same number of threads.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_PERF_BENCH_H
#define LEIE_PERF_BENCH_H

#include "kernels/clock.h"
#include "kernels/status.h"

typedef struct bench_case {
    const char *name;  // what was done, and how
    const char *sizes; // "n=1435 k=50 density 0.20"
    double flops;      // floating-point operations of one run, 0: no such rate
    double bytes;      // bytes that have to be read or written at least, 0: no such rate
    double residual;   // of the result, NAN when there is nothing to judge
    double allowed;    // largest residual that is good
    const char *note;  // may be NULL
    // filled by bench_measure
    int runs, threads;
    double best, median; // seconds
} bench_case;

typedef void (*bench_work)(void *ctx);
typedef void (*bench_question)(void);

/* Once to warm up, then until three runs and one second, or nine runs, have passed. */
void bench_measure(bench_case *c, bench_work work, void *ctx);

/* Prints the line of a case and appends it to the table of the run. A residual above the allowed one makes
 * the verdict WRONG and the exit status of the program 1. */
void bench_report(const bench_case *c);

/* A case that was not run, by name and reason. */
void bench_skip(const char *name, const char *why);

/* Ends the program when a call failed that a measurement depends on. */
void bench_need(leie_status st, const leie_error *err, const char *what);

/* The main job on a study, by phase, as a case of the question that asks (bench_study.c). */
void bench_run_study(const char *path, const char *name, const char *sizes);

/* Read bandwidth in GB/s and FMA peak in GFLOP/s with the current number of threads, measured once. */
double bench_bandwidth(void);
double bench_peak(void);

/* Whether the run asks for the large cases too (BENCH_LARGE=1: minutes and gigabytes). */
bool bench_large(void);

void bench_register(const char *name, const char *what, bench_question ask);

#define BENCH_QUESTION(name, what, ask)                                                                                \
    __attribute__((constructor)) static void name##_register(void)                                                     \
    {                                                                                                                  \
        bench_register(#name, what, ask);                                                                              \
    }

#endif
