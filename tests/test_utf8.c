// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/utf8.h"

#include <string.h>

#include "tests/check.h"

static leie_size fault(const char *text)
{
    return leie_utf8_fault(text, (leie_size)strlen(text));
}

static void test_characters(void)
{
    check_size(leie_utf8_length("a"), 1);
    check_size(leie_utf8_length("\xc3\xa9"), 2);         // é
    check_size(leie_utf8_length("\xe2\x82\xac"), 3);     // the euro sign
    check_size(leie_utf8_length("\xf0\x9f\x8c\x8d"), 4); // a globe
    check_size(leie_utf8_length("\x80"), 0);             // what follows, alone
    check_size(leie_utf8_length("\xe2\x82"), 0);         // cut short
    check_size(leie_utf8_length("\xc0\xaf"), 0);         // overlong
    check_size(leie_utf8_length("\xe0\x80\xaf"), 0);
    check_size(leie_utf8_length("\xed\xa0\x80"), 0);     // a surrogate
    check_size(leie_utf8_length("\xf4\x90\x80\x80"), 0); // above U+10FFFF
}

// The place of the byte does not depend on the steps of eight.
static void test_faults(void)
{
    char text[32];
    check_size(fault(""), -1);
    check_size(fault("plain text, longer than a step"), -1);
    check_size(fault("caf\xc3\xa9, ferroni\xc3\xa8re"), -1);
    for (leie_size at = 0; at < 24; at++) {
        memset(text, 'x', 24);
        text[24] = '\0';
        text[at] = '\xe9';
        check_size(fault(text), at);
    }
}

CHECK_SUITE(utf8, {"characters", test_characters, NULL}, {"faults", test_faults, NULL})
