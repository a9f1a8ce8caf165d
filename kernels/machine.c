// SPDX-License-Identifier: GPL-3.0-or-later
#define _DEFAULT_SOURCE // _SC_PHYS_PAGES
#include "kernels/machine.h"

#include <stdio.h>
#include <unistd.h>

leie_size leie_machine_memory(void)
{
    leie_size pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? pages * size : 0;
}

// Limit of the control group in bytes, 0 when there is none.
static leie_size group_limit(void)
{
    static const char *const files[] = {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    double bytes = 0;
    for (int i = 0; i < 2 && bytes == 0; i++) {
        FILE *f = fopen(files[i], "r");
        if (f && fscanf(f, "%lf", &bytes) != 1)
            bytes = 0; // "max"
        if (f)
            fclose(f);
    }
    return bytes > 0 && bytes < 0x1p62 ? (leie_size)bytes : 0;
}

leie_size leie_machine_allowed(void)
{
    leie_size memory = leie_machine_memory(), limit = group_limit();
    return limit > 0 && (memory == 0 || limit < memory) ? limit : memory;
}
