// SPDX-License-Identifier: GPL-3.0-or-later
/* A line of numbers in batches, by AVX-512. Every step runs over a whole batch, and what the text decides is a mask and no
 * branch:
 *
 *   1. find       64 bytes at a time: where fields end that are more than a zero, and which ones they are
 *   2. look       at the 32 bytes before each end: separators, marks, digits, minus signs as bits
 *   3. judge      16 fields at a time: where the digits are, the power of ten that the mark gives, what stands behind
 *   4. join       the digits without the mark, right-aligned, to w; exponents of those that have one
 *   5. scale      8 fields at a time, value = w 10^q as in powers.h
 *
 * Fields that are not of the plain form (numbers.c) are marked as odd on the way; leie_numbers_field reads them. */
#include "kernels/numbers_impl.h"

#if defined __x86_64__
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define TARGET                                                                                                         \
    __attribute__((target(                                                                                             \
        "avx512f,avx512bw,avx512vl,avx512dq,avx512cd,avx512vbmi,avx512vbmi2,bmi,bmi2,lzcnt,popcnt")))

enum {
    BATCH = 128, // fields of a batch, at least (bench_wide)
    BLOCK = 64,  // bytes, and most fields that a block can end
    ROOM = BATCH + BLOCK,
    LOOK_BACK = 66 // bytes before an end that steps 2 and 4 may read
};

typedef struct batch {
    // of each field; bit k of a mask is byte end - 32 + k
    _Alignas(64) uint32_t end[ROOM], which[ROOM];                            // behind its last byte, in the text; its number
    _Alignas(64) uint32_t separator[ROOM], mark[ROOM], digit[ROOM], minus[ROOM]; // what is seen
    _Alignas(64) uint32_t at[ROOM];                                          // behind the digits
    _Alignas(64) uint32_t before[ROOM];                                      // where digits before the mark are read from
    _Alignas(64) uint32_t upto[ROOM], kept[ROOM];                            // bytes read from there; bytes that are digits
    _Alignas(64) int32_t q[ROOM];                                            // power of ten
    _Alignas(64) uint64_t pair[2 * ROOM];                                    // eights of digits, two fields at a time
    _Alignas(64) uint64_t w[ROOM];
    _Alignas(64) double value[ROOM];
    uint32_t late[ROOM]; // fields with something behind the digits
    leie_size lates, n;
    uint16_t odd[ROOM / 16], negative[ROOM / 16]; // as bits
} batch;

typedef struct line {
    const char *text;
    const leie_numbers_form *form;
    const leie_powers *powers;
    double *value; // [count]
    leie_size count;
    leie_numbers_found *found;
} line;

// ---- 1. find ----

// The bits of a mask as numbers from `first`; up to 16 at a time.
TARGET LEIE_INLINE void list_bits(uint32_t *to, uint64_t mask, leie_size count, uint32_t first)
{
    static const unsigned char number[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    __m512i at = _mm512_maskz_compress_epi8(mask, _mm512_loadu_si512(number)), base = _mm512_set1_epi32((int)first);
    _mm512_storeu_si512(to, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(at))));
    if (count <= 16)
        return;
    _mm512_storeu_si512(to + 16, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 1))));
    _mm512_storeu_si512(to + 32, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 2))));
    _mm512_storeu_si512(to + 48, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 3))));
}

// The same for 16 bits.
TARGET LEIE_INLINE void list_bits16(uint32_t *to, __mmask16 mask, uint32_t first)
{
    const __m512i number = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(mask, _mm512_add_epi32(number, _mm512_set1_epi32((int)first))));
}

TARGET LEIE_INLINE leie_marks marks_of(const char *at, const leie_numbers_form *form)
{
    __m512i block = _mm512_loadu_si512(at);
    return (leie_marks){_mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(form->separator)),
                        _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('0')),
                        _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(form->mark))};
}

// ---- 2. look ----

TARGET static void look(batch *b, leie_size n, const line *l)
{
    const __m256i separator = _mm256_set1_epi8(l->form->separator), mark = _mm256_set1_epi8(l->form->mark);
    const __m256i minus = _mm256_set1_epi8('-'), zero = _mm256_set1_epi8('0'), ten = _mm256_set1_epi8(10);
    for (leie_size i = 0; i < n; i++) {
        __m256i seen = _mm256_loadu_si256((const __m256i *)(const void *)(l->text + b->end[i] - 32));
        b->separator[i] = _mm256_cmpeq_epi8_mask(seen, separator);
        b->mark[i] = _mm256_cmpeq_epi8_mask(seen, mark);
        b->minus[i] = _mm256_cmpeq_epi8_mask(seen, minus);
        b->digit[i] = _mm256_cmplt_epu8_mask(_mm256_sub_epi8(seen, zero), ten);
    }
}

// ---- 3. judge ----

TARGET LEIE_INLINE __m512i lowest_bit(__m512i mask)
{
    return _mm512_and_si512(mask, _mm512_sub_epi32(_mm512_setzero_si512(), mask));
}

// Fields i .. i + 15.
TARGET LEIE_INLINE void judge(batch *b, leie_size i)
{
    const __m512i none = _mm512_setzero_si512(), one = _mm512_set1_epi32(1), all = _mm512_set1_epi32(-1);
    __m512i end = _mm512_load_si512(&b->end[i]);
    // the field behind the last separator, without its sign
    __m512i length = _mm512_lzcnt_epi32(_mm512_load_si512(&b->separator[i])); // 32: longer than what is seen
    __m512i field = _mm512_xor_si512(all, _mm512_srlv_epi32(all, length)), first = lowest_bit(field);
    __mmask16 negative = _mm512_test_epi32_mask(first, _mm512_load_si512(&b->minus[i]));
    __m512i within = _mm512_mask_xor_epi32(field, negative, field, first);
    // digits and mark, then perhaps an exponent
    __m512i mark = _mm512_and_si512(within, _mm512_load_si512(&b->mark[i]));
    __m512i digit = _mm512_and_si512(within, _mm512_load_si512(&b->digit[i]));
    __m512i other = _mm512_andnot_si512(_mm512_or_si512(mark, digit), within);
    __mmask16 late = _mm512_test_epi32_mask(other, other);
    __m512i tail = _mm512_maskz_add_epi32(late, _mm512_lzcnt_epi32(lowest_bit(other)), one);
    // the digits at the right end; those before the mark move by one byte, over it
    mark = _mm512_sllv_epi32(mark, tail);
    digit = _mm512_sllv_epi32(digit, tail);
    __mmask16 marked = _mm512_test_epi32_mask(mark, mark);
    __m512i upto = _mm512_xor_si512(mark, _mm512_sub_epi32(mark, one)); // all without a mark
    __m512i kept = _mm512_mask_slli_epi32(digit, marked, digit, 1);
    kept = _mm512_ternarylogic_epi32(upto, kept, digit, 0xca); // upto ? kept : digit
    __m512i at = _mm512_sub_epi32(end, tail);
    _mm512_store_si512(&b->at[i], at);
    _mm512_store_si512(&b->before[i], _mm512_mask_sub_epi32(at, marked, at, one));
    _mm512_store_si512(&b->upto[i], upto);
    _mm512_store_si512(&b->kept[i], kept);
    _mm512_store_si512(&b->q[i], _mm512_sub_epi32(none, _mm512_maskz_lzcnt_epi32(marked, mark)));
    b->negative[i / 16] = negative;
    b->odd[i / 16] = _mm512_testn_epi32_mask(kept, kept) | _mm512_test_epi32_mask(mark, _mm512_sub_epi32(mark, one)) |
                     _mm512_cmpge_epi32_mask(length, _mm512_set1_epi32(32));
    list_bits16(b->late + b->lates, late, (uint32_t)i);
    b->lates += __builtin_popcount(late);
}

// ---- 4. join ----

// Four digits each of the 32 bytes of field i, the last ones at the end.
TARGET LEIE_INLINE __m256i fours(const batch *b, leie_size i, const char *text)
{
    __m256i joined = _mm256_loadu_si256((const __m256i *)(const void *)(text + b->at[i] - 32));
    joined = _mm256_mask_loadu_epi8(joined, b->upto[i], text + b->before[i] - 32);
    joined = _mm256_maskz_sub_epi8(b->kept[i], joined, _mm256_set1_epi8('0'));
    joined = _mm256_maddubs_epi16(joined, _mm256_set1_epi16(0x010a)); // 10 a + b
    return _mm256_madd_epi16(joined, _mm256_set1_epi32(0x00010064));  // 100 a + b
}

TARGET static void join(batch *b, leie_size n, const line *l)
{
    for (leie_size i = 0; i < n; i += 2) {
        __m256i both = _mm256_packus_epi32(fours(b, i, l->text), fours(b, i + 1, l->text));
        both = _mm256_madd_epi16(both, _mm256_set1_epi32(0x00012710)); // 10000 a + b
        _mm256_store_si256((__m256i *)(void *)&b->pair[2 * i], both);
    }
}

/* "e-12": what stands behind the digits of field i; anything else makes it odd. */
LEIE_INLINE void take_exponent(batch *b, leie_size i, const char *text)
{
    uint64_t word;
    unsigned tail = b->end[i] - b->at[i];
    memcpy(&word, text + b->at[i], sizeof word); // LEIE_NUMBERS_PADDING behind the text
    unsigned sign = word >> 8 & 0xff, is_signed = (sign == '-') | (sign == '+'), digits = tail - 1 - is_signed;
    uint32_t four = (uint32_t)(word >> (8 + 8 * is_signed)) ^ 0x30303030;
    four <<= 8 * (4 - digits) & 31; // to the right; what moves in is zero
    bool good = (word & 0xdf) == 'E' && digits - 1 < 3 && (((four + 0x76767676) | four) & 0x80808080) == 0;
    four = (four * 10 + (four >> 8)) & 0x00ff00ff;
    four = (four * 100 + (four >> 16)) & 0xffff;
    b->q[i] += sign == '-' ? -(int32_t)four : (int32_t)four;
    b->odd[i / 16] |= (uint16_t)(!good << i % 16);
}

// ---- 5. scale ----

// a b to 128 bits.
TARGET LEIE_INLINE void multiply(__m512i *high, __m512i *low, __m512i a, __m512i b)
{
    const __m512i half = _mm512_set1_epi64(UINT32_MAX);
    __m512i a1 = _mm512_srli_epi64(a, 32), b1 = _mm512_srli_epi64(b, 32);
    __m512i p00 = _mm512_mul_epu32(a, b), p01 = _mm512_mul_epu32(a, b1), p10 = _mm512_mul_epu32(a1, b);
    __m512i middle = _mm512_add_epi64(_mm512_srli_epi64(p00, 32), _mm512_and_si512(p01, half));
    middle = _mm512_add_epi64(middle, _mm512_and_si512(p10, half));
    *low = _mm512_or_si512(_mm512_slli_epi64(middle, 32), _mm512_and_si512(p00, half));
    *high = _mm512_add_epi64(_mm512_mul_epu32(a1, b1), _mm512_srli_epi64(p01, 32));
    *high = _mm512_add_epi64(*high, _mm512_add_epi64(_mm512_srli_epi64(p10, 32), _mm512_srli_epi64(middle, 32)));
}

/* Digits of fields i .. i + 7 as w; more than 19 behind leading zeros are odd. */
TARGET LEIE_INLINE __m512i digits_of(batch *b, leie_size i)
{
    const __m512i half = _mm512_set1_epi64(UINT32_MAX);
    __m512i p = _mm512_load_si512(&b->pair[2 * i]), r = _mm512_load_si512(&b->pair[2 * i + 8]);
    __m512i upper = _mm512_permutex2var_epi64(p, _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13), r);
    __m512i lower = _mm512_permutex2var_epi64(p, _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15), r);
    __m512i third = _mm512_srli_epi64(upper, 32);
    __m512i w = _mm512_mullo_epi64(third, _mm512_set1_epi64(10000000000000000));
    w = _mm512_add_epi64(w, _mm512_mul_epu32(lower, _mm512_set1_epi64(100000000)));
    w = _mm512_add_epi64(w, _mm512_srli_epi64(lower, 32));
    unsigned odd = _mm512_test_epi64_mask(upper, half) | _mm512_cmpge_epi64_mask(third, _mm512_set1_epi64(1000));
    b->odd[i / 16] |= (uint16_t)(odd << i % 16);
    _mm512_store_si512(&b->w[i], w);
    return w;
}

/* Values of fields i .. i + 7 without their signs. Returns those that leie_powers_scale must see: too large, too small, or
 * not decided by 64 bits of the power. */
TARGET LEIE_INLINE __mmask8 scale(batch *b, leie_size i, const leie_powers *powers)
{
    const __m512i one = _mm512_set1_epi64(1), none = _mm512_setzero_si512(), nine = _mm512_set1_epi64(9);
    __m512i w = digits_of(b, i), q = _mm512_cvtepi32_epi64(_mm256_load_si256((const __m256i *)(const void *)&b->q[i]));
    __mmask8 inside = _mm512_cmpge_epi64_mask(q, _mm512_set1_epi64(LEIE_POWER_FIRST)) &
                      _mm512_cmple_epi64_mask(q, _mm512_set1_epi64(LEIE_POWER_LAST));
    __m512i place = _mm512_sub_epi64(q, _mm512_set1_epi64(LEIE_POWER_FIRST));
    __m512i power = _mm512_mask_i64gather_epi64(none, inside, place, powers->high, 8);
    __m512i shift = _mm512_lzcnt_epi64(w), high, low;
    multiply(&high, &low, _mm512_sllv_epi64(w, shift), power);
    // 53 bits and one for rounding
    __m512i top = _mm512_srli_epi64(high, 63), down = _mm512_add_epi64(top, nine);
    __m512i mantissa = _mm512_srlv_epi64(high, down);
    __m512i exponent = _mm512_srai_epi64(_mm512_mul_epi32(q, _mm512_set1_epi64(217706)), 16);
    exponent = _mm512_add_epi64(_mm512_sub_epi64(exponent, shift), _mm512_add_epi64(top, _mm512_set1_epi64(63 + 1023)));
    // half way between two doubles: to the even one
    __mmask8 tie = _mm512_cmple_epu64_mask(low, one) & _mm512_cmpge_epi64_mask(q, _mm512_set1_epi64(-4)) &
                   _mm512_cmple_epi64_mask(q, _mm512_set1_epi64(23)) &
                   _mm512_cmpeq_epi64_mask(_mm512_and_si512(mantissa, _mm512_set1_epi64(3)), one) &
                   _mm512_cmpeq_epi64_mask(_mm512_sllv_epi64(mantissa, down), high);
    mantissa = _mm512_mask_sub_epi64(mantissa, tie, mantissa, one);
    mantissa = _mm512_srli_epi64(_mm512_add_epi64(mantissa, _mm512_and_si512(mantissa, one)), 1);
    // its highest bit, and a carry out of the rounding, add to the exponent
    __m512i bits = _mm512_add_epi64(_mm512_slli_epi64(_mm512_sub_epi64(exponent, one), 52), mantissa);
    __mmask8 some = _mm512_test_epi64_mask(w, w);
    _mm512_store_si512(&b->value[i], _mm512_maskz_mov_epi64(some, bits));
    const __m512i last = _mm512_set1_epi64(0x1ff);
    __mmask8 decided = _mm512_cmpneq_epi64_mask(_mm512_and_si512(high, last), last) &
                       _mm512_cmpneq_epi64_mask(low, _mm512_set1_epi64(-1)) & inside &
                       _mm512_cmpgt_epi64_mask(exponent, none) &
                       _mm512_cmplt_epi64_mask(exponent, _mm512_set1_epi64(2046));
    return some & (__mmask8)~decided;
}

LEIE_INLINE void scale_slowly(batch *b, leie_size i, const leie_powers *powers)
{
    if (!leie_powers_scale(&b->value[i], powers, b->w[i], b->q[i]) || isinf(b->value[i]))
        b->odd[i / 16] |= (uint16_t)(1 << i % 16);
}

// ---- a batch ----

static bool read_odd(const batch *b, leie_size i, const line *l)
{
    const char *end = l->text + b->end[i], *from = end;
    while (from > l->text && from[-1] != l->form->separator)
        from--;
    return leie_numbers_field(&l->value[b->which[i]], b->which[i], from, end - from, l->form, l->found);
}

// Fields so close to the start of the line that the steps would look at what is before it.
static bool read_start(batch *b, const line *l)
{
    leie_size first = 0;
    for (; first < b->n && b->end[first] < LOOK_BACK; first++)
        if (!read_odd(b, first, l))
            return false;
    b->n -= first;
    memmove(b->end, b->end + first, (size_t)b->n * sizeof *b->end);
    memmove(b->which, b->which + first, (size_t)b->n * sizeof *b->which);
    return true;
}

TARGET LEIE_INLINE void put(const batch *b, leie_size first, leie_size last, double *value)
{
    for (leie_size i = first; i < last; i++) {
        double v = b->value[i];
        value[b->which[i]] = b->negative[i / 16] >> i % 16 & 1 ? -v : v;
    }
}

TARGET static bool read_fields(batch *b, const line *l)
{
    while (b->n > 0 && b->which[b->n - 1] >= l->count)
        b->n--;
    if (b->n > 0 && b->end[0] < LOOK_BACK && !read_start(b, l))
        return false;
    leie_size n = b->n, whole = (n + 15) / 16 * 16;
    for (leie_size i = n; i < whole; i++)
        b->end[i] = b->end[n - 1];
    b->n = b->lates = 0;
    look(b, whole, l);
    for (leie_size i = 0; i < whole; i += 16)
        judge(b, i);
    join(b, whole, l);
    for (leie_size k = 0; k < b->lates; k++)
        take_exponent(b, b->late[k], l->text);
    unsigned odd = 0;
    for (leie_size i = 0; i < whole; i += 8)
        for (__mmask8 more = scale(b, i, l->powers); more; more &= more - 1)
            scale_slowly(b, i + __builtin_ctz(more), l->powers);
    for (leie_size i = 0; i < whole; i += 16)
        odd |= b->odd[i / 16];
    put(b, 0, n, l->value);
    for (leie_size i = 0; odd && i < n; i++)
        if (b->odd[i / 16] >> i % 16 & 1 && !read_odd(b, i, l))
            return false;
    return true;
}

TARGET bool leie_numbers_read_batch(double *value, leie_size count, const char *text, leie_size size,
                                    const leie_numbers_form *form, leie_numbers_found *found)
{
    const line l = {text, form, leie_powers_get(), value, count, found};
    batch b;
    leie_marks_before before = {.separator = 1};
    leie_size field = 0;
    if (size > UINT32_MAX)
        return leie_numbers_read_ref(value, count, text, size, form, found);
    *found = (leie_numbers_found){0};
    b.n = 0;
    for (leie_size base = 0; base <= size; base += BLOCK) {
        leie_marks m = marks_of(text + base, form);
        if (size - base < BLOCK)
            leie_marks_close(&m, size - base);
        uint64_t ends = leie_marks_ends(&m, &before);
        leie_size more = __builtin_popcountll(ends);
        list_bits(b.end + b.n, ends, more, (uint32_t)base);
        list_bits(b.which + b.n, _pext_u64(ends, m.separator), more, (uint32_t)field);
        field += __builtin_popcountll(m.separator);
        b.n += more;
        if (b.n >= BATCH && !read_fields(&b, &l))
            return false;
    }
    if (!read_fields(&b, &l))
        return false;
    found->fields = field;
    return field == count;
}

bool leie_numbers_batch_can(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("bmi"); // and lzcnt, which clang does not know by name
}

#else

bool leie_numbers_batch_can(void)
{
    return false;
}

bool leie_numbers_read_batch(double *value, leie_size count, const char *text, leie_size size,
                             const leie_numbers_form *form, leie_numbers_found *found)
{
    return leie_numbers_read_ref(value, count, text, size, form, found);
}

#endif
