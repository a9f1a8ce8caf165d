/* Row numbers in ascending order: by insertion when they are few, as mostly.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_ASCENDING_H
#define LEIE_KERNELS_ASCENDING_H

#include "kernels/status.h"

void leie_ascending(leie_size *list, leie_size n);

#endif
