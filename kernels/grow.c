// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/grow.h"

#include <string.h>

#include "kernels/memory.h"

leie_status leie_grow(void *list, leie_size *room, leie_size n, size_t size, const char *what, leie_error *err)
{
    if (n < *room)
        return LEIE_OK;
    leie_size wanted = 2 * *room > n + 1 ? 2 * *room : n + 1;
    wanted = wanted < LEIE_GROW_LEAST ? LEIE_GROW_LEAST : wanted;
    void *items;
    memcpy(&items, list, sizeof items); // a pointer of any type
    items = leie_resize(items, n, wanted, size);
    if (!items)
        return leie_fail_memory(err, what, wanted, size);
    memcpy(list, &items, sizeof items);
    *room = wanted;
    return LEIE_OK;
}
