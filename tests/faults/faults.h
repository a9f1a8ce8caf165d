/* Allocation failures on purpose. A scenario runs again and again; in run N the N-th allocation fails,
 * alone or with all that follow it. Each time it has to return LEIE_ERR_NOMEM with a message and to give
 * back every block, until a run needs fewer than N allocations and succeeds. In child processes nothing fails.
 *
 *   static leie_status read_labels(leie_error *err) { ... }
 *   FAULT_SCENARIO(labels, read_labels)
 *
 * A scenario releases what it took also when it fails. What it finds wrong beside the status (a file left
 * behind) it reports as LEIE_ERR_CHECK.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_FAULTS_FAULTS_H
#define LEIE_TESTS_FAULTS_FAULTS_H

#include "kernels/status.h"

typedef leie_status (*fault_scenario)(leie_error *err);

/* recovers: succeeding in spite of a refused allocation is right too (by doing without what needed it). */
void fault_register(const char *name, fault_scenario run, bool recovers);

#define FAULT_REGISTER(name, run, recovers)                                                                            \
    __attribute__((constructor)) static void name##_register(void)                                                     \
    {                                                                                                                  \
        fault_register(#name, run, recovers);                                                                          \
    }
#define FAULT_SCENARIO(name, run) FAULT_REGISTER(name, run, false)
#define FAULT_SCENARIO_RECOVERS(name, run) FAULT_REGISTER(name, run, true)

/* The allocator in memory_fault.c, which takes the place of kernels/memory.c. */
typedef enum fault_mode { FAULT_NEVER, FAULT_ONCE, FAULT_FROM_THERE } fault_mode;

/* Counts calls from here on; call number n fails (from 1), or every call from n on. */
void fault_arm(fault_mode mode, long n);

/* Calls since fault_arm; whether one of them was refused; blocks that are not freed. */
long fault_calls(void);
bool fault_struck(void);
long fault_live(void);

/* While tracing, the allocator remembers who asks. fault_trace_print says who was refused first and who
 * asked for the blocks that were taken since tracing began and are not freed, by function and line. */
void fault_trace(bool on);
void fault_trace_print(void);

/* to = a path in the scratch folder of all scenarios, which is made once and removed when the program ends. */
void fault_path(char *to, size_t size, const char *name);

#endif
