// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/gain.h"

#include <zlib.h>

#include "kernels/memory.h"

enum { STRETCHES = 16, STRETCH = 512 }; // numbers of a stretch: 4 kB

/* Numbers first .. first + count - 1, byte after byte of all of them, behind `at` of `total`. */
static void shuffle(unsigned char *to, leie_size at, leie_size total, const double *number, leie_size count)
{
    const unsigned char *from = (const unsigned char *)number;
    for (leie_size i = 0; i < count; i++)
        for (size_t b = 0; b < sizeof *number; b++)
            to[(leie_size)b * total + at + i] = from[(size_t)i * sizeof *number + b];
}

leie_status leie_gain_of(int *percent, const double *number, leie_size n, leie_error *err)
{
    leie_size most = STRETCHES * STRETCH, total = n < most ? n : most;
    uLong bytes = (uLong)total * sizeof *number;
    uLongf packed = compressBound(bytes);
    unsigned char *text = leie_new(total, sizeof *number), *room = leie_new((leie_size)packed, 1);
    leie_status st = text && room ? LEIE_OK : leie_fail_memory(err, "a sample of numbers", total, sizeof *number);
    for (leie_size k = 0; !st && n > most && k < STRETCHES; k++)
        shuffle(text, k * STRETCH, total, number + (n - STRETCH) / (STRETCHES - 1) * k, STRETCH);
    if (!st && n <= most)
        shuffle(text, 0, total, number, n);
    if (!st && compress2(room, &packed, text, bytes, Z_BEST_SPEED) != Z_OK)
        st = leie_fail_memory(err, "a sample of numbers", total, sizeof *number);
    *percent = st || packed >= bytes ? 0 : (int)(100 * (bytes - packed) / bytes);
    leie_free(text);
    leie_free(room);
    return st;
}
