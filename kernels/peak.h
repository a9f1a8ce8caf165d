/* What the machine can do at most: read bandwidth and FMA peak. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_PEAK_H
#define LEIE_KERNELS_PEAK_H

#include "kernels/status.h"

/* Reads n 8-byte words and returns their sum in integer arithmetic: what a product that does nothing
 * but read could reach. */
uint64_t machine_read(const uint64_t *word, leie_size n);

/* steps chains of FMA in registers, on all threads. Returns the floating-point operations done; *sink
 * receives a value that depends on all of them. */
double machine_fma(leie_size steps, double *sink);

/* Instruction set the FMA loop uses: "avx512f", "avx2", "portable". */
const char *machine_isa(void);

/* Model name of the processor, "unknown" when the system does not say. */
const char *machine_processor(void);

#endif
