/* A step that a library may not survive, tried in a child process before it is done here. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_TRIAL_H
#define LEIE_IO_RESULT_TRIAL_H

#include "kernels/status.h"

/* What is tried: it reads and leaves nothing but its error. It runs where other threads are gone, so it starts none. */
typedef leie_status (*leie_trial_fn)(void *ctx, leie_error *err);

/* Runs fn in a child that may take `bytes` of memory beside what this process has, and `seconds` of a processor. Returns
 * what fn returns, with its message; LEIE_ERR_DATA when the child does not come back ("PATH: damaged: ..."). SIGCHLD must not be
 * ignored. Where the system does not say what the process has, memory is not limited.
 * Errors: those of fn; LEIE_ERR_NOMEM. */
leie_status leie_trial(const char *path, leie_trial_fn fn, void *ctx, leie_size bytes, leie_size seconds, leie_error *err);

#endif
