/* What the machine lets this process have. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_MACHINE_H
#define LEIE_KERNELS_MACHINE_H

#include "kernels/status.h"

/* Bytes of physical memory, swap apart, 0 when unknown. */
LEIE_API leie_size leie_machine_memory(void);

/* The same, or the limit of the control group when that is less. */
LEIE_API leie_size leie_machine_allowed(void);

#endif
