/* Seconds, for what is said of a run; no number of a result depends on them. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_CLOCK_H
#define LEIE_KERNELS_CLOCK_H

#include "kernels/status.h"

/* Seconds of a clock that only moves forward; its zero means nothing. */
LEIE_API double leie_seconds(void);

#endif
