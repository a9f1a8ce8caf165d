// SPDX-License-Identifier: GPL-3.0-or-later
/* A number of the plain form has a sign or none, at most 32 bytes, digits with at most one decimal mark, at most 19
 * digits behind leading zeros, and no exponent or one of three digits at most:
 *
 *   w  its digits as an integer   q  its power of ten      value = w 10^q by powers.h
 *
 * Every other form, and what is no number, is left to leie_number_read. */
#include "kernels/numbers.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "kernels/powers.h"

#if defined __x86_64__
#include <immintrin.h>
#define WITH_X86
#endif

#define INLINE static inline __attribute__((always_inline))

enum { PLAIN_SIZE = 32 };

// Bytes of a block of 64, as bits.
struct marks {
    uint64_t separator, zero, mark;
};

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

INLINE uint64_t load_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

// Eight digits as a number; the first is the lowest byte.
INLINE uint64_t eight_digits(uint64_t word)
{
    word -= 0x3030303030303030;
    word = word * 10 + (word >> 8);
    return ((word & 0x000000ff000000ff) * (100 + (1000000ULL << 32)) +
            ((word >> 16) & 0x000000ff000000ff) * (1 + (10000ULL << 32))) >>
           32;
}

INLINE bool all_digits(uint64_t word)
{
    return ((word & 0xf0f0f0f0f0f0f0f0) | ((word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4) ==
           0x3333333333333333;
}

// Digits from `at`, at most to `end`; *w goes on.
INLINE const char *take_digits(uint64_t *w, const char *at, const char *end)
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
INLINE bool take_exponent(int64_t *q, const char *at, const char *end)
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
INLINE bool finish(double *value, uint64_t w, int64_t q, bool minus, const leie_powers *powers)
{
    double magnitude = 0;
    if (w && (!leie_powers_scale(&magnitude, powers, w, q) || isinf(magnitude)))
        return false;
    *value = minus ? -magnitude : magnitude;
    return true;
}

INLINE bool plain_words(double *value, const char *at, leie_size size, const leie_numbers_form *form,
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

// ---- 64 bytes byte by byte ----

#define TARGET
#define NAME(function) function##_portable

INLINE void marks_portable(struct marks *m, const char *at, const leie_numbers_form *form)
{
    *m = (struct marks){0};
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

INLINE uint64_t equal_sse2(const char *at, char byte)
{
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i));
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(byte))) << (16 * i);
    }
    return bits;
}

INLINE void marks_sse2(struct marks *m, const char *at, const leie_numbers_form *form)
{
    *m = (struct marks){equal_sse2(at, form->separator), equal_sse2(at, '0'), equal_sse2(at, form->mark)};
}

#define plain_sse2 plain_words
#include "kernels/numbers_loops.h"
#undef TARGET
#undef NAME

// ---- AVX-512: 64 bytes at once, a number without a branch ----

#define TARGET                                                                                                         \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,bmi,bmi2,lzcnt,popcnt")))
#define NAME(function) function##_avx512

TARGET INLINE void marks_avx512(struct marks *m, const char *at, const leie_numbers_form *form)
{
    __m512i block = _mm512_loadu_si512(at);
    m->separator = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(form->separator));
    m->zero = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('0'));
    m->mark = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(form->mark));
}

/* The digits that `digit` marks among 32 bytes, as an integer; false above 19 digits behind leading zeros. */
TARGET INLINE bool digits_avx512(uint64_t *w, __m256i value, uint32_t digit)
{
    int count = __builtin_popcount(digit);
    __m256i packed = _mm256_maskz_compress_epi8(digit, value);                                // to the left, no mark
    __m256i right = _mm256_maskz_expand_epi8(~_bzhi_u32(UINT32_MAX, 32 - (unsigned)count), packed); // to the right
    __m256i two = _mm256_maddubs_epi16(right, _mm256_set1_epi16(0x010a));                     // 10 a + b
    __m256i four = _mm256_madd_epi16(two, _mm256_set1_epi32(0x00010064));                     // 100 a + b
    __m256i eight = _mm256_madd_epi16(_mm256_packus_epi32(four, four), _mm256_set1_epi32(0x00012710)); // 10000 a + b
    uint64_t upper = (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(eight));
    uint64_t lower = (uint64_t)_mm_cvtsi128_si64(_mm256_extracti128_si256(eight, 1));
    uint64_t third = upper >> 32;
    *w = third * 10000000000000000 + (lower & UINT32_MAX) * 100000000 + (lower >> 32);
    return count > 0 && (upper & UINT32_MAX) == 0 && third < 1000;
}

/* The exponent in the bytes of a field behind its digits: tail bytes from `at`, of which `digit` marks the digits. */
TARGET INLINE bool exponent_avx512(int64_t *e, const char *at, unsigned tail, uint32_t digit)
{
    uint64_t word = load_word(at);
    unsigned sign = word >> 8 & 0xff, is_signed = sign == '-' || sign == '+', count = tail - 1 - is_signed;
    uint32_t four = (uint32_t)(word >> (8 + 8 * is_signed)) - 0x30303030;
    four <<= 8 * (4 - count) & 31; // right-aligned; what moves in is zero
    four = (four * 10 + (four >> 8)) & 0x00ff00ff;
    four = (four * 100 + (four >> 16)) & 0xffff;
    *e = sign == '-' ? -(int64_t)four : (int64_t)four;
    return (word & 0xdf) == 'E' && count - 1 < 3 && digit >> (1 + is_signed) == _bzhi_u32(UINT32_MAX, count);
}

TARGET INLINE bool plain_avx512(double *value, const char *at, leie_size size, const leie_numbers_form *form,
                                const leie_powers *powers)
{
    bool minus = size > 0 && *at == '-';
    at += minus;
    size -= minus;
    if (size > PLAIN_SIZE)
        return false;
    __m256i block = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i number = _mm256_sub_epi8(block, _mm256_set1_epi8('0'));
    uint32_t within = _bzhi_u32(UINT32_MAX, (unsigned)size);
    uint32_t digit = _mm256_cmplt_epu8_mask(number, _mm256_set1_epi8(10)) & within;
    uint32_t mark = _mm256_cmpeq_epi8_mask(block, _mm256_set1_epi8(form->mark)) & within;
    // the digits and the mark from the left, then the exponent
    uint64_t body = (uint64_t)(digit | mark);
    unsigned length = (unsigned)_tzcnt_u64(~body), tail = (unsigned)size - length;
    uint32_t before = _bzhi_u32(UINT32_MAX, length);
    int64_t e = 0;
    if (tail && !exponent_avx512(&e, at + length, tail, (uint32_t)((uint64_t)digit >> length)))
        return false;
    uint64_t w = 0;
    digit &= before;
    mark &= before;
    if (!digits_avx512(&w, number, digit) || (mark & (mark - 1)))
        return false;
    int64_t behind = mark ? (int64_t)length - 1 - (int64_t)_tzcnt_u32(mark) : 0;
    return finish(value, w, e - behind, minus, powers);
}

#include "kernels/numbers_loops.h"
#undef TARGET
#undef NAME

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("bmi");
}

#endif

// ---- which loop ----

typedef bool (*line_reader)(double *value, leie_size count, const char *text, leie_size size,
                            const leie_numbers_form *form, leie_numbers_found *found);

static const struct loop {
    const char *name;
    line_reader read;
} loops[] = {
#ifdef WITH_X86
    {"avx512", read_avx512},
    {"sse2", read_sse2},
#endif
    {"plain", read_portable},
};

enum { LOOPS = sizeof loops / sizeof loops[0] };

static atomic_int chosen = -1;

static bool can_run(int loop)
{
#ifdef WITH_X86
    return loop > 0 || has_avx512();
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
