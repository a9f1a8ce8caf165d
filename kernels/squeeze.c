// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/squeeze.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#if defined __x86_64__ && defined __gnu_linux__
#include <immintrin.h>
#endif

leie_size leie_squeeze_ref(double *val, leie_index *col, const double *z, leie_size n, leie_index first)
{
    leie_size count = 0;
    for (leie_size t = 0; t < n; t++)
        if (z[t] != 0) {
            val[count] = z[t];
            col[count++] = first + (leie_index)t;
        }
    return count;
}

/* Every cell is written, and the next one goes over a zero: no branch to guess. */
static leie_size squeeze_portable(double *val, leie_index *col, const double *z, leie_size n, leie_index first)
{
    leie_size count = 0;
    for (leie_size t = 0; t < n; t++) {
        uint64_t bits;
        memcpy(&bits, &z[t], sizeof bits);
        val[count] = z[t];
        col[count] = first + (leie_index)t;
        count += bits << 1 != 0; // of either sign
    }
    return count;
}

#if defined __x86_64__ && defined __gnu_linux__
/* Eight cells at a time; what is written beyond the count is written over. */
__attribute__((target("avx512f,avx512vl,popcnt"))) static leie_size
squeeze_avx512(double *val, leie_index *col, const double *z, leie_size n, leie_index first)
{
    __m256i here = _mm256_add_epi32(_mm256_set1_epi32(first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    const __m256i step = _mm256_set1_epi32(8);
    const __m512d zero = _mm512_setzero_pd();
    leie_size count = 0;
    for (leie_size t = 0; t < n; t += 8) {
        __mmask8 inside = n - t < 8 ? (__mmask8)((1u << (n - t)) - 1) : (__mmask8)0xff;
        __m512d cells = _mm512_maskz_loadu_pd(inside, z + t);
        __mmask8 used = _mm512_cmp_pd_mask(cells, zero, _CMP_NEQ_UQ);
        _mm512_storeu_pd(val + count, _mm512_maskz_compress_pd(used, cells));
        _mm256_storeu_si256((__m256i *)(void *)(col + count), _mm256_maskz_compress_epi32(used, here));
        here = _mm256_add_epi32(here, step);
        count += __builtin_popcount(used);
    }
    return count;
}
#endif

typedef leie_size (*squeezer)(double *, leie_index *, const double *, leie_size, leie_index);

static squeezer chosen = squeeze_portable;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose(void)
{
#if defined __x86_64__ && defined __gnu_linux__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
        chosen = squeeze_avx512;
#endif
}

leie_size leie_squeeze(double *val, leie_index *col, const double *z, leie_size n, leie_index first)
{
    assert(n <= LEIE_SQUEEZE_MAX);
    pthread_once(&once, choose);
    return chosen(val, col, z, n, first);
}
