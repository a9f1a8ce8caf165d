/* Lists that grow by one item at a time. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_GROW_H
#define LEIE_KERNELS_GROW_H

#include "kernels/status.h"

/* Makes sure that a list of n items has room for one more, so that n < *room afterwards.
 *
 * list: address of the pointer to the items, NULL while there are none; it moves when it grows. A list that is
 * full gets twice its room, and room for LEIE_GROW_LEAST items at least; new items are zero. size: bytes of an
 * item. Cost: a copy of the list when it grows, so O(1) for each item that is added.
 * Errors: LEIE_ERR_NOMEM names what; the list is as it was. */
LEIE_API leie_status leie_grow(void *list, leie_size *room, leie_size n, size_t size, const char *what, leie_error *err);

enum { LEIE_GROW_LEAST = 16 };

#endif
