// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/condense.h"

#include <pthread.h>
#include <string.h>

#if defined __x86_64__ && defined __gnu_linux__
#include <immintrin.h>
#endif

#include "kernels/clones.h"
#include "kernels/squeeze.h"

enum { LANES = 8, STRIP = 16, SPARE = 64 }; // cells in a register; columns turned together; room behind a run

leie_size leie_condense_bytes(leie_size inputs)
{
    return STRIP * (inputs + SPARE) * (leie_size)sizeof(double);
}

static leie_size outputs_of(const leie_piece *p)
{
    return p->turned ? p->columns : p->rows;
}

static leie_size inputs_of(const leie_piece *p)
{
    return p->turned ? p->rows : p->columns;
}

static void put_position(const leie_cells_f32 *to, leie_size at, leie_size position)
{
    if (to->byte)
        to->index[at] = (unsigned char)position;
    else
        ((uint16_t *)(void *)to->index)[at] = (uint16_t)position;
}

leie_size leie_condense_ref(const leie_cells_f32 *to, const leie_piece *from)
{
    leie_size n = 0;
    for (leie_size o = 0; o < outputs_of(from); o++) {
        leie_size begin = n;
        for (leie_size i = 0; i < inputs_of(from); i++) {
            leie_size row = from->turned ? i : o, col = from->turned ? o : i;
            double a = from->z[row * from->ld + col] * from->scale[col];
            if (a == 0 && !from->all)
                continue;
            to->high[n] = (float)a;
            if (to->low)
                to->low[n] = (float)(a - (double)to->high[n]);
            put_position(to, n++, i);
        }
        to->count[o] = (uint16_t)(n - begin);
    }
    return n;
}

/* ---- any processor ---- */

/* a[c, i] = z[i, c] scale[c] for a strip of columns, rows `inputs` apart in a. */
LEIE_CLONES
static void turn(double *a, const leie_piece *p, leie_size first, leie_size columns)
{
    for (leie_size i = 0; i < p->rows; i++)
        for (leie_size c = 0; c < columns; c++)
            a[c * p->rows + i] = p->z[i * p->ld + first + c] * p->scale[first + c];
}

/* The cells a [size] of one output behind the n there are; returns how many there are then. */
LEIE_CLONES
static leie_size put_output(const leie_cells_f32 *to, leie_size n, const double *a, leie_size size, bool all)
{
    double val[LEIE_SQUEEZE_ROOM];
    leie_index col[LEIE_SQUEEZE_ROOM];
    for (leie_size i = 0; all && i < size; i++) {
        to->high[n + i] = (float)a[i];
        if (to->low)
            to->low[n + i] = (float)(a[i] - (double)to->high[n + i]);
        put_position(to, n + i, i);
    }
    if (all)
        return n + size;
    for (leie_size i = 0; i < size; i += LEIE_SQUEEZE_MAX) {
        leie_size cells = size - i < LEIE_SQUEEZE_MAX ? size - i : LEIE_SQUEEZE_MAX;
        leie_size count = leie_squeeze(val, col, a + i, cells, (leie_index)i);
        float *high = to->high + n;
        for (leie_size t = 0; t < count; t++)
            high[t] = (float)val[t];
        for (leie_size t = 0; to->low && t < count; t++)
            to->low[n + t] = (float)(val[t] - (double)high[t]);
        for (leie_size t = 0; t < count; t++)
            put_position(to, n + t, col[t]);
        n += count;
    }
    return n;
}

static leie_size condense_portable(const leie_cells_f32 *to, const leie_piece *p, void *work)
{
    double *a = work;
    leie_size n = 0, inputs = inputs_of(p), step = p->turned ? STRIP : 1;
    for (leie_size o = 0; o < outputs_of(p); o += step) {
        leie_size outputs = outputs_of(p) - o < step ? outputs_of(p) - o : step;
        if (p->turned)
            turn(a, p, o, outputs);
        for (leie_size j = 0; !p->turned && j < inputs; j++)
            a[j] = p->z[o * p->ld + j] * p->scale[j];
        for (leie_size c = 0; c < outputs; c++) {
            leie_size end = put_output(to, n, a + c * inputs, inputs, p->all);
            to->count[o + c] = (uint16_t)(end - n);
            n = end;
        }
    }
    return n;
}

/* ---- AVX-512: eight cells at a time ---- */

#if defined __x86_64__ && defined __gnu_linux__
#define TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,popcnt")))
#define INLINE TARGET static inline __attribute__((always_inline))

static uint64_t positions[256]; // positions of the bits that are set, one byte each

/* The cells of one output while they are found. */
typedef struct run {
    float *high, *low;
    unsigned char *index;
    leie_size n;
} run;

/* Cells a of inputs i .. i + 7 behind the others, those of `kept` even when they are zero; what is written beyond the
 * count is written over. */
INLINE void put_cells(run *r, __m512d a, leie_size i, __mmask8 kept, bool low, bool byte)
{
    __mmask8 used = _mm512_cmp_pd_mask(a, _mm512_setzero_pd(), _CMP_NEQ_UQ) | kept;
    __m256 high = _mm512_cvtpd_ps(a);
    _mm256_storeu_ps(r->high + r->n, _mm256_maskz_compress_ps(used, high));
    if (low) {
        __m256 rest = _mm512_cvtpd_ps(_mm512_sub_pd(a, _mm512_cvtps_pd(high)));
        _mm256_storeu_ps(r->low + r->n, _mm256_maskz_compress_ps(used, rest));
    }
    if (byte) {
        uint64_t here = positions[used] + (uint64_t)i * 0x0101010101010101u;
        memcpy(r->index + r->n, &here, sizeof here);
    } else {
        __m128i here = _mm_cvtepu8_epi16(_mm_cvtsi64_si128((long long)positions[used]));
        _mm_storeu_si128((__m128i *)(void *)(r->index + 2 * r->n), _mm_add_epi16(here, _mm_set1_epi16((short)i)));
    }
    r->n += __builtin_popcount(used);
}

/* Eight rows of eight columns as eight columns of eight rows. */
INLINE void transpose(__m512d v[LANES])
{
    __m512d pair[LANES], half[LANES];
    for (int k = 0; k < LANES; k += 2) {
        pair[k] = _mm512_unpacklo_pd(v[k], v[k + 1]);
        pair[k + 1] = _mm512_unpackhi_pd(v[k], v[k + 1]);
    }
    for (int k = 0; k < 2; k++) {
        half[k] = _mm512_shuffle_f64x2(pair[k], pair[k + 2], 0x88);
        half[k + 2] = _mm512_shuffle_f64x2(pair[k], pair[k + 2], 0xdd);
        half[k + 4] = _mm512_shuffle_f64x2(pair[k + 4], pair[k + 6], 0x88);
        half[k + 6] = _mm512_shuffle_f64x2(pair[k + 4], pair[k + 6], 0xdd);
    }
    for (int k = 0; k < 4; k++) {
        v[k] = _mm512_shuffle_f64x2(half[k], half[k + 4], 0x88);
        v[k + 4] = _mm512_shuffle_f64x2(half[k], half[k + 4], 0xdd);
    }
}

/* The next piece on its way into the second cache, row after row. */
typedef struct ahead {
    const leie_piece *p; // NULL for none
    leie_size row, col;
} ahead;

INLINE void fetch(ahead *a, leie_size lines)
{
    for (; a->p && lines > 0; lines--) {
        _mm_prefetch((const char *)(a->p->z + a->row * a->p->ld + a->col), _MM_HINT_T1);
        a->col += LANES;
        if (a->col < a->p->columns)
            continue;
        a->col = 0;
        if (++a->row == a->p->rows)
            a->p = NULL;
    }
}

INLINE __mmask8 first_of(leie_size n)
{
    return n >= LANES ? (__mmask8)0xff : (__mmask8)((1u << n) - 1);
}

/* Columns j .. j + 7 (or fewer) into eight runs. */
INLINE void find_columns(run r[LANES], const leie_piece *p, leie_size j, leie_size columns, ahead *next, bool low,
                         bool byte)
{
    __mmask8 inside = first_of(columns);
    __m512d scale = _mm512_maskz_loadu_pd(inside, p->scale + j);
    for (leie_size i = 0; i < p->rows; i += LANES) {
        __m512d v[LANES];
        fetch(next, LANES);
        for (int k = 0; k < LANES; k++)
            v[k] = i + k < p->rows ? _mm512_mul_pd(_mm512_maskz_loadu_pd(inside, p->z + (i + k) * p->ld + j), scale)
                                   : _mm512_setzero_pd();
        transpose(v);
        for (int c = 0; c < LANES; c++)
            put_cells(&r[c], v[c], i, p->all ? first_of(p->rows - i) : 0, low, byte);
    }
}

/* Row i into one run. */
INLINE void find_row(run *r, const leie_piece *p, leie_size i, ahead *next, bool low, bool byte)
{
    const double *z = p->z + i * p->ld;
    for (leie_size j = 0; j < p->columns; j += LANES) {
        __mmask8 inside = first_of(p->columns - j);
        fetch(next, 1);
        __m512d scale = _mm512_maskz_loadu_pd(inside, p->scale + j);
        put_cells(r, _mm512_mul_pd(_mm512_maskz_loadu_pd(inside, z + j), scale), j, p->all ? inside : 0, low, byte);
    }
}

/* n bytes, 64 at a time and not one more. */
INLINE void copy(void *to, const void *from, leie_size n)
{
    char *out = to;
    const char *in = from;
    leie_size t = 0;
    for (; t + 64 <= n; t += 64)
        _mm512_storeu_si512(out + t, _mm512_loadu_si512(in + t));
    if (t < n) {
        __mmask64 rest = ~(__mmask64)0 >> (64 - (n - t));
        _mm512_mask_storeu_epi8(out + t, rest, _mm512_maskz_loadu_epi8(rest, in + t));
    }
}

INLINE leie_size condense_lanes(const leie_cells_f32 *to, const leie_piece *p, void *work, bool low, bool byte)
{
    run r[LANES];
    ahead next = {.p = p->next};
    leie_size n = 0, outputs = outputs_of(p), step = p->turned ? LANES : 1, room = inputs_of(p) + SPARE;
    int each = byte ? 1 : 2;
    float *f = work;
    for (int c = 0; c < LANES; c++)
        r[c] = (run){.high = f + 2 * c * room, .low = f + (2 * c + 1) * room,
                     .index = (unsigned char *)(f + 2 * LANES * room) + 2 * c * room};
    for (leie_size o = 0; o < outputs; o += step) {
        leie_size here = outputs - o < step ? outputs - o : step;
        for (int c = 0; c < LANES; c++)
            r[c].n = 0;
        if (p->turned)
            find_columns(r, p, o, here, &next, low, byte);
        else
            find_row(r, p, o, &next, low, byte);
        for (leie_size c = 0; c < here; c++) {
            copy(to->high + n, r[c].high, r[c].n * (leie_size)sizeof(float));
            if (low)
                copy(to->low + n, r[c].low, r[c].n * (leie_size)sizeof(float));
            copy(to->index + n * each, r[c].index, r[c].n * each);
            to->count[o + c] = (uint16_t)r[c].n;
            n += r[c].n;
        }
    }
    return n;
}

TARGET static leie_size condense_avx512(const leie_cells_f32 *to, const leie_piece *p, void *work)
{
    if (to->low && to->byte)
        return condense_lanes(to, p, work, true, true);
    if (to->low)
        return condense_lanes(to, p, work, true, false);
    if (to->byte)
        return condense_lanes(to, p, work, false, true);
    return condense_lanes(to, p, work, false, false);
}
#endif

typedef leie_size (*condenser)(const leie_cells_f32 *, const leie_piece *, void *);

static condenser chosen = condense_portable;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose(void)
{
#if defined __x86_64__ && defined __gnu_linux__
    for (unsigned mask = 0; mask < 256; mask++)
        for (unsigned bit = 0, n = 0; bit < 8; bit++)
            if (mask >> bit & 1)
                positions[mask] |= (uint64_t)bit << 8 * n++;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq"))
        chosen = condense_avx512;
#endif
}

leie_size leie_condense(const leie_cells_f32 *to, const leie_piece *from, void *work)
{
    pthread_once(&once, choose);
    return chosen(to, from, work);
}
