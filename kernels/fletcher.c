// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/fletcher.h"

#include <string.h>

#include "kernels/clones.h"

enum { LANES = LEIE_FLETCHER_LANES, ROUND = LANES * 4 };

LEIE_CLONES
static void add_rounds(uint64_t *sum, const unsigned char *at, size_t rounds)
{
    uint64_t a[LANES], b[LANES], c[LANES], d[LANES];
    memcpy(a, sum, sizeof a);
    memcpy(b, sum + LANES, sizeof b);
    memcpy(c, sum + 2 * LANES, sizeof c);
    memcpy(d, sum + 3 * LANES, sizeof d);
    for (size_t r = 0; r < rounds; r++) {
        uint32_t word[LANES];
        memcpy(word, at + r * ROUND, sizeof word);
        for (int i = 0; i < LANES; i++) {
            a[i] += word[i];
            b[i] += a[i];
            c[i] += b[i];
            d[i] += c[i];
        }
    }
    memcpy(sum, a, sizeof a);
    memcpy(sum + LANES, b, sizeof b);
    memcpy(sum + 2 * LANES, c, sizeof c);
    memcpy(sum + 3 * LANES, d, sizeof d);
}

void leie_fletcher(uint64_t *sum, const void *data, size_t bytes)
{
    const unsigned char *at = data;
    size_t rounds = bytes / ROUND, rest = bytes % ROUND;
    unsigned char last[ROUND] = {0};
    memset(sum, 0, LEIE_FLETCHER_SUMS * sizeof *sum);
    add_rounds(sum, at, rounds);
    if (rest == 0)
        return;
    memcpy(last, at + rounds * ROUND, rest);
    add_rounds(sum, last, 1);
}
