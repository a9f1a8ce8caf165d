/* The loop over a line of numbers. numbers.c includes this file once for each set of instructions, with TARGET,
 * NAME(function), NAME(marks) and NAME(plain) defined:
 *
 *   marks(m, at, form)           which of the 64 bytes at `at` are separators, zeros and decimal marks
 *   plain(value, at, size, ...)  one number of the plain form; false for any other, which the slow way decides
 */
// SPDX-License-Identifier: GPL-3.0-or-later

TARGET static bool NAME(read)(double *value, leie_size count, const char *text, leie_size size,
                              const leie_numbers_form *form, leie_numbers_found *found)
{
    const leie_powers *powers = leie_powers_get();
    leie_marks_before before = {.separator = 1};
    leie_size field = 0, start = 0; // number and first byte of the current field
    *found = (leie_numbers_found){0};
    for (leie_size base = 0; base <= size; base += 64) {
        leie_marks m;
        NAME(marks)(&m, text + base, form);
        if (size - base < 64)
            leie_marks_close(&m, size - base);
        uint64_t ends = leie_marks_ends(&m, &before);
        for (; ends; ends &= ends - 1) {
            uint64_t below = (ends & -ends) - 1, earlier = m.separator & below;
            leie_size end = base + __builtin_ctzll(ends), which = field + __builtin_popcountll(earlier);
            leie_size from = earlier ? base + 64 - __builtin_clzll(earlier) : start;
            if (which >= count)
                break;
            if (!NAME(plain)(&value[which], text + from, end - from, form, powers) &&
                !slow(&value[which], which, text + from, end - from, form, found))
                return false;
        }
        if (m.separator) {
            field += __builtin_popcountll(m.separator);
            start = base + 64 - __builtin_clzll(m.separator);
        }
    }
    found->fields = field;
    return field == count;
}
