// SPDX-License-Identifier: GPL-3.0-or-later
/* A number of the plain form has a sign or none, at most 32 bytes, digits with at most one decimal mark, at most 19
 * digits behind leading zeros, and no exponent or one of three digits at most:
 *
 *   w  its digits as an integer   q  its power of ten      value = w 10^q by powers.h
 *
 * Every other form, and what is no number, is left to leie_number_read. */
#include "kernels/numbers_impl.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#if defined __x86_64__
#include <immintrin.h>
#define WITH_X86
#endif

static bool is_blank(const char *at, leie_size size)
{
    for (leie_size i = 0; i < size; i++)
        if (at[i] != ' ' && at[i] != '\t')
            return false;
    return true;
}

/* Any field, quotes taken off; false when it is no number: *found says so. */
static bool slow(double *value, leie_size field, const char *at, leie_size size, const leie_numbers_form *form,
                 leie_numbers_found *found)
{
    if (size >= 2 && at[0] == '"' && at[size - 1] == '"') {
        at++;
        size -= 2;
    }
    leie_number_fault fault = leie_number_read_marked(value, at, size, form->mark);
    if (fault == LEIE_NUMBER_OK || (fault == LEIE_NUMBER_EMPTY && form->blank && is_blank(at, size)))
        return true;
    *found = (leie_numbers_found){.fault = fault, .field = field, .at = at, .size = size};
    return false;
}

// ---- field by field ----

bool leie_numbers_read_ref(double *value, leie_size count, const char *text, leie_size size,
                           const leie_numbers_form *form, leie_numbers_found *found)
{
    leie_size field = 0, start = 0;
    *found = (leie_numbers_found){0};
    for (leie_size at = 0; at <= size; at++) {
        if (at < size && text[at] != form->separator)
            continue;
        if (field < count && !slow(&value[field], field, text + start, at - start, form, found))
            return false;
        field++;
        start = at + 1;
    }
    found->fields = field;
    return field == count;
}

// ---- the plain form by words of eight bytes ----

LEIE_INLINE uint64_t load_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

// Eight digits as a number; the first is the lowest byte.
LEIE_INLINE uint64_t eight_digits(uint64_t word)
{
    word -= 0x3030303030303030;
    word = word * 10 + (word >> 8);
    return ((word & 0x000000ff000000ff) * (100 + (1000000ULL << 32)) +
            ((word >> 16) & 0x000000ff000000ff) * (1 + (10000ULL << 32))) >>
           32;
}

LEIE_INLINE bool all_digits(uint64_t word)
{
    return ((word & 0xf0f0f0f0f0f0f0f0) | ((word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4) ==
           0x3333333333333333;
}

// Digits from `at`, at most to `end`; *w goes on.
LEIE_INLINE const char *take_digits(uint64_t *w, const char *at, const char *end)
{
    while (end - at >= 8 && all_digits(load_word(at))) {
        *w = *w * 100000000 + eight_digits(load_word(at));
        at += 8;
    }
    for (; at < end && (unsigned char)(*at - '0') < 10; at++)
        *w = *w * 10 + (uint64_t)(*at - '0');
    return at;
}

// "e-12" from `at` to the end of the field; false for anything else.
LEIE_INLINE bool take_exponent(int64_t *q, const char *at, const char *end)
{
    if ((*at | 0x20) != 'e')
        return false;
    at++;
    bool minus = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (end - at < 1 || end - at > 3)
        return false;
    int64_t e = 0;
    for (; at < end; at++) {
        if ((unsigned char)(*at - '0') >= 10)
            return false;
        e = 10 * e + (*at - '0');
    }
    *q += minus ? -e : e;
    return true;
}

/* w 10^q with a sign; false when it overflows or 128 bits do not decide. */
LEIE_INLINE bool finish(double *value, uint64_t w, int64_t q, bool minus, const leie_powers *powers)
{
    double magnitude = 0;
    if (w && (!leie_powers_scale(&magnitude, powers, w, q) || isinf(magnitude)))
        return false;
    *value = minus ? -magnitude : magnitude;
    return true;
}

LEIE_INLINE bool plain_words(double *value, const char *at, leie_size size, const leie_numbers_form *form,
                        const leie_powers *powers)
{
    const char *end = at + size;
    uint64_t w = 0;
    int64_t q = 0;
    bool minus = size > 0 && *at == '-';
    at += minus;
    const char *first = at;
    at = take_digits(&w, at, end);
    leie_size digits = at - first;
    if (at < end && *at == form->mark) {
        const char *behind = ++at;
        at = take_digits(&w, at, end);
        q = -(at - behind);
        digits += at - behind;
    }
    if (digits == 0 || digits > 19) // 19 digits always fit 64 bits
        return false;
    if (at < end && !take_exponent(&q, at, end))
        return false;
    return finish(value, w, q, minus, powers);
}

bool leie_numbers_field(double *value, leie_size field, const char *at, leie_size size, const leie_numbers_form *form,
                        leie_numbers_found *found)
{
    return plain_words(value, at, size, form, leie_powers_get()) || slow(value, field, at, size, form, found);
}

// ---- 64 bytes byte by byte ----

#define TARGET
#define NAME(function) function##_portable

LEIE_INLINE void marks_portable(leie_marks *m, const char *at, const leie_numbers_form *form)
{
    *m = (leie_marks){0};
    for (int i = 0; i < 64; i++) {
        m->separator |= (uint64_t)(at[i] == form->separator) << i;
        m->zero |= (uint64_t)(at[i] == '0') << i;
        m->mark |= (uint64_t)(at[i] == form->mark) << i;
    }
}

#define plain_portable plain_words
#include "kernels/numbers_loops.h"
#undef TARGET
#undef NAME

#ifdef WITH_X86

// ---- SSE2: 64 bytes in four steps ----

#define TARGET
#define NAME(function) function##_sse2

LEIE_INLINE uint64_t equal_sse2(const char *at, char byte)
{
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i));
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(byte))) << (16 * i);
    }
    return bits;
}

LEIE_INLINE void marks_sse2(leie_marks *m, const char *at, const leie_numbers_form *form)
{
    *m = (leie_marks){equal_sse2(at, form->separator), equal_sse2(at, '0'), equal_sse2(at, form->mark)};
}

#define plain_sse2 plain_words
#include "kernels/numbers_loops.h"
#undef TARGET
#undef NAME

#endif

// ---- which loop ----

typedef bool (*line_reader)(double *value, leie_size count, const char *text, leie_size size,
                            const leie_numbers_form *form, leie_numbers_found *found);

static const struct loop {
    const char *name;
    line_reader read;
} loops[] = {
#ifdef WITH_X86
    {"avx512", leie_numbers_read_batch},
    {"sse2", read_sse2},
#endif
    {"plain", read_portable},
};

enum { LOOPS = sizeof loops / sizeof loops[0] };

static atomic_int chosen = -1;

static bool can_run(int loop)
{
#ifdef WITH_X86
    return loop > 0 || leie_numbers_batch_can();
#else
    return loop >= 0;
#endif
}

static const struct loop *current(void)
{
    int loop = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (loop < 0) {
        loop = can_run(0) ? 0 : 1;
        atomic_store(&chosen, loop);
    }
    return &loops[loop];
}

bool leie_numbers_choose(const char *loop)
{
    for (int i = 0; i < LOOPS; i++)
        if ((!loop[0] || strcmp(loop, loops[i].name) == 0) && can_run(i)) {
            atomic_store(&chosen, i);
            return true;
        }
    return false;
}

const char *leie_numbers_loop(void)
{
    return current()->name;
}

bool leie_numbers_read(double *value, leie_size count, const char *text, leie_size size, const leie_numbers_form *form,
                       leie_numbers_found *found)
{
    return current()->read(value, count, text, size, form, found);
}
