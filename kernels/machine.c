// SPDX-License-Identifier: GPL-3.0-or-later
#define _DEFAULT_SOURCE // _SC_PHYS_PAGES
#include "kernels/machine.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

leie_size leie_machine_memory(void)
{
    leie_size pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? pages * size : 0;
}

// A number of bytes in a file, 0 when it holds none ("max").
static leie_size bytes_in(const char *path)
{
    double bytes = 0;
    FILE *f = fopen(path, "r");
    if (f && fscanf(f, "%lf", &bytes) != 1)
        bytes = 0;
    if (f)
        fclose(f);
    return bytes > 0 && bytes < 0x1p62 ? (leie_size)bytes : 0;
}

static leie_size smaller(leie_size a, leie_size b)
{
    return a == 0 || (b > 0 && b < a) ? b : a;
}

/* The smallest limit of our own control group (version 2) and those above it, 0 for none; of version 1 the group's own
 * that is mounted. */
static leie_size group_limit(void)
{
    char line[512], folder[512] = "", path[640];
    leie_size least = bytes_in("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    FILE *f = fopen("/proc/self/cgroup", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "0::/", 4) == 0)
            snprintf(folder, sizeof folder, "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
    if (f)
        fclose(f);
    for (;;) {
        snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", folder);
        least = smaller(least, bytes_in(path));
        char *slash = strrchr(folder, '/');
        if (!slash)
            return least;
        *slash = '\0';
    }
}

leie_size leie_machine_allowed(void)
{
    leie_size memory = leie_machine_memory(), limit = group_limit();
    return limit > 0 && (memory == 0 || limit < memory) ? limit : memory;
}
