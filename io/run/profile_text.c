// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/profile_text.h"

#include <stdio.h>
#include <string.h>

#include "kernels/parallel.h"

/* Behind the text that is there; what does not fit is left out. */
#define APPEND(json, size, ...) snprintf((json) + strlen(json), (size)-strlen(json), __VA_ARGS__)

void leie_profile_json(char *json, size_t size, const leie_roof *roof)
{
    bool first = true;
    json[0] = '\0';
    APPEND(json, size, "{\"threads\": %d", leie_threads());
    if (roof)
        APPEND(json, size, ", \"read_bandwidth\": %.4g, \"fma_peak\": %.4g", roof->bytes, roof->flops);
    APPEND(json, size, ", \"work\": [");
    for (int w = 0; w < LEIE_WORKS; w++) {
        leie_profile p = leie_profile_of((leie_work)w);
        if (p.calls == 0)
            continue;
        APPEND(json, size, "%s{\"name\": \"%s\", \"calls\": %lld, \"seconds\": %.6g, \"bytes\": %.6g, \"flops\": %.6g}",
               first ? "" : ", ", leie_work_name((leie_work)w), (long long)p.calls, p.seconds, p.bytes, p.flops);
        first = false;
    }
    APPEND(json, size, "]}");
}
