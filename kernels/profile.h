/* Where the time of a run goes: calls, seconds, bytes and operations of each kind of work, counted on the thread that
 * leads it. Off until leie_profile_start; then one run at a time.
 *
 *   double begun = leie_profile_begin();
 *   ... the work, on all threads ...
 *   leie_profile_end(LEIE_WORK_SWEEP, begun, bytes, flops);
 *
 * Bytes and operations are those that the work cannot do without; 0 where nobody counts them.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_PROFILE_H
#define LEIE_KERNELS_PROFILE_H

#include "kernels/status.h"

typedef enum leie_work {
    LEIE_WORK_READ,     // tables and extensions, from files to memory
    LEIE_WORK_ACCOUNTS, // accounts with their linear systems: holds all that follows
    LEIE_WORK_SURVEY,   // one read of Z
    LEIE_WORK_FACTOR,   // LU factors, domestic inverses
    LEIE_WORK_STORE,    // non-zeros into the block store
    LEIE_WORK_SWEEP,    // f32 sweeps
    LEIE_WORK_MIXING,
    LEIE_WORK_RESIDUAL, // f64 residuals
    LEIE_WORK_SUBSTITUTE, // triangular solves with LU factors
    LEIE_WORK_SOLVE,    // a group of right-hand sides in a back end: holds sweeps, mixing, residuals and substitutions
    LEIE_WORK_WRITE,    // the result file
    LEIE_WORKS
} leie_work;

typedef struct leie_profile {
    leie_size calls;
    double seconds, bytes, flops;
} leie_profile;

/* Clears all counts and counts from now on; off stops. */
LEIE_API void leie_profile_start(bool on);

LEIE_API double leie_profile_begin(void);
LEIE_API void leie_profile_end(leie_work work, double begun, double bytes, double flops);

/* More bytes and operations of work that somebody else times. */
LEIE_API void leie_profile_add(leie_work work, double bytes, double flops);

/* What was counted; the name of a kind of work. */
LEIE_API leie_profile leie_profile_of(leie_work work);
LEIE_API const char *leie_work_name(leie_work work);

/* Read bandwidth in bytes and FMA peak in operations a second, on the threads in use: measured now, a third of a second.
 * 0 when there is no memory for it. */
LEIE_API void leie_profile_roof(double *bytes, double *flops);

#endif
