// SPDX-License-Identifier: GPL-3.0-or-later
/* Numbers: one against strtod, lines by every loop against field by field. */
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/numbers.h"
#include "tests/fuzz/fuzz.h"

enum { NUMBER_MOST = 400, FIELDS_MOST = 64 };

static void number(const uint8_t *data, size_t size)
{
    char text[NUMBER_MOST + 1], *end;
    double value = 0;
    if (size > NUMBER_MOST)
        return;
    memcpy(text, data, size);
    text[size] = '\0';
    if (leie_number_read(&value, text, (leie_size)size) != LEIE_NUMBER_OK)
        return;
    double expected = strtod(text, &end);
    if (memcmp(&value, &expected, sizeof value) || strspn(end, " \t") != strlen(end))
        fuzz_fail("not what strtod reads");
    leie_number_write(text, value);
    if (strtod(text, NULL) != value)
        fuzz_fail("what is written does not come back");
}
FUZZ_TARGET("number", number)

static void compare(const char *text, leie_size size, leie_size count, const leie_numbers_form *form)
{
    static const char *const loops[] = {"avx512", "sse2", "plain"};
    double expected[FIELDS_MOST] = {0}, value[FIELDS_MOST];
    leie_numbers_found right, found;
    bool good = leie_numbers_read_ref(expected, count, text, size, form, &right);
    for (int i = 0; i < 3; i++) {
        if (!leie_numbers_choose(loops[i]))
            continue;
        memset(value, 0, sizeof value);
        if (leie_numbers_read(value, count, text, size, form, &found) != good || found.fields != right.fields ||
            found.fault != right.fault || found.field != right.field || found.at != right.at)
            fuzz_fail("loops disagree about what is wrong");
        if (good && memcmp(value, expected, sizeof value))
            fuzz_fail("loops disagree about a number");
    }
}

// The first byte is the form, the second the number of fields.
static void line(const uint8_t *data, size_t size)
{
    if (size < 2)
        return;
    const leie_numbers_form form = {"\t,; "[data[0] & 3], data[0] & 4 ? ',' : '.', data[0] & 8};
    if (form.separator == form.mark)
        return;
    leie_size length = (leie_size)size - 2;
    char *text = leie_new(length + LEIE_NUMBERS_PADDING, 1);
    if (!text)
        return;
    memcpy(text, data + 2, (size_t)length);
    compare(text, length, data[1] % FIELDS_MOST, &form);
    leie_free(text);
}
FUZZ_TARGET("numbers", line)
