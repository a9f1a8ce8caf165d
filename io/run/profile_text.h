/* The profile of a run as text (kernels/profile.h). */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_PROFILE_TEXT_H
#define LEIE_IO_RUN_PROFILE_TEXT_H

#include "kernels/profile.h"

enum { LEIE_PROFILE_JSON = 4096 };

/* Read bandwidth and FMA peak of this machine, bytes and operations a second. */
typedef struct leie_roof {
    double bytes, flops;
} leie_roof;

/* One JSON object: threads, the roof when it was measured (roof not NULL), and per kind of work calls, seconds, bytes,
 * flops. */
LEIE_API void leie_profile_json(char *json, size_t size, const leie_roof *roof);

#endif
