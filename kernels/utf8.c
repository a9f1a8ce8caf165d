// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/utf8.h"

#include <string.h>

int leie_utf8_length(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    if (c[0] < 0x80)
        return 1;
    int length = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    if (c[0] < 0xc2 || c[0] > 0xf4)
        return 0;
    for (int i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    bool beyond = (c[0] == 0xed && c[1] > 0x9f) || (c[0] == 0xf4 && c[1] > 0x8f);
    return overlong || beyond ? 0 : length;
}

leie_size leie_utf8_fault(const char *text, leie_size size)
{
    leie_size at = 0;
    while (at < size) {
        uint64_t eight;
        if (at + 8 <= size) {
            memcpy(&eight, text + at, sizeof eight);
            if (!(eight & 0x8080808080808080u)) {
                at += 8;
                continue;
            }
        }
        int length = leie_utf8_length(text + at);
        if (!length)
            return at;
        at += length;
    }
    return -1;
}
