// SPDX-License-Identifier: GPL-3.0-or-later
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "kernels/blas.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void dgemm_(const char *ta, const char *tb, const int *m, const int *n, const int *k, const double *alpha,
            const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
            const int *ldc, size_t ta_length, size_t tb_length);
void dtrsm_(const char *side, const char *uplo, const char *trans, const char *diag, const int *m, const int *n,
            const double *alpha, const double *a, const int *lda, double *b, const int *ldb, size_t side_length,
            size_t uplo_length, size_t trans_length, size_t diag_length);
void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *pivot, int *info);
void dlaswp_(const int *n, double *a, const int *lda, const int *first, const int *last, const int *pivot,
             const int *step);
void sgemm_(const char *ta, const char *tb, const int *m, const int *n, const int *k, const float *alpha,
            const float *a, const int *lda, const float *b, const int *ldb, const float *beta, float *c, const int *ldc,
            size_t ta_length, size_t tb_length);
void strsm_(const char *side, const char *uplo, const char *trans, const char *diag, const int *m, const int *n,
            const float *alpha, const float *a, const int *lda, float *b, const int *ldb, size_t side_length,
            size_t uplo_length, size_t trans_length, size_t diag_length);
void sgetrf_(const int *m, const int *n, float *a, const int *lda, int *pivot, int *info);
void slaswp_(const int *n, float *a, const int *lda, const int *first, const int *last, const int *pivot,
             const int *step);

// Present in OpenBLAS and in the OpenMP library; NULL where they are not linked.
void openblas_set_num_threads(int threads) __attribute__((weak));
int openblas_get_parallel(void) __attribute__((weak));
int blas_thread_shutdown_(void) __attribute__((weak));
char *openblas_get_corename(void) __attribute__((weak));
void gotoblas_dynamic_quit(void) __attribute__((weak));
void gotoblas_dynamic_init(void) __attribute__((weak));
void *blas_memory_alloc(int what) __attribute__((weak));
void blas_memory_free(void *buffer) __attribute__((weak));
int omp_get_max_threads(void) __attribute__((weak));
void omp_set_num_threads(int threads) __attribute__((weak));
int omp_in_parallel(void) __attribute__((weak));

enum { PARALLEL_POSIX = 1, PARALLEL_OPENMP = 2 }; // what openblas_get_parallel says of the two builds

static bool with_openmp;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The kernels that fit this processor when OpenBLAS chose its oldest ones, NULL when it chose well. */
static const char *better_core(void)
{
#ifdef __x86_64__
    if (strcmp(leie_blas_core(), "Prescott") != 0)
        return NULL;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return "SkylakeX";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return "Haswell";
#endif
    return NULL;
}

/* OpenBLAS before 0.3.25 takes an Intel processor that it does not know by number for a Prescott
 * (issue 4267 there): a quarter of the speed. It reads OPENBLAS_CORETYPE when it is loaded, so it is
 * made to choose once more with the name given. What the user set stands. */
static void choose_core(void)
{
    if (getenv("OPENBLAS_CORETYPE") || !gotoblas_dynamic_quit || !gotoblas_dynamic_init)
        return;
    const char *core = better_core();
    if (core && setenv("OPENBLAS_CORETYPE", core, 1) == 0) {
        gotoblas_dynamic_quit();
        gotoblas_dynamic_init();
        unsetenv("OPENBLAS_CORETYPE");
    }
}

static void choose(void)
{
    choose_core();
    with_openmp = openblas_get_parallel && openblas_get_parallel() == PARALLEL_OPENMP && omp_get_max_threads &&
                  omp_set_num_threads && omp_in_parallel;
    if (!with_openmp && openblas_set_num_threads)
        openblas_set_num_threads(1);
}

void leie_blas_alone(void)
{
    if (openblas_get_parallel && openblas_get_parallel() == PARALLEL_POSIX && blas_thread_shutdown_)
        blas_thread_shutdown_();
}

const char *leie_blas_core(void)
{
    return openblas_get_corename ? openblas_get_corename() : "unknown";
}

int leie_blas_begin(void)
{
    pthread_once(&once, choose);
    if (!with_openmp || omp_in_parallel())
        return 0;
    int turn = omp_get_max_threads();
    omp_set_num_threads(1);
    return turn;
}

void leie_blas_end(int turn)
{
    if (turn > 0)
        omp_set_num_threads(turn);
}

// Whether so many bytes of address space are free.
static bool room_for(size_t bytes)
{
    void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return block != MAP_FAILED && munmap(block, bytes) == 0;
}

bool leie_blas_room(int threads)
{
    enum { MOST = 32 }; // OpenBLAS has places for 50 buffers at least
    static int taken;
    void *buffer[MOST];
    int wanted = threads < MOST ? threads : MOST;
    if (!blas_memory_alloc || !blas_memory_free || wanted <= taken)
        return true;
    if (!room_for((size_t)(wanted - taken) * LEIE_BLAS_BUFFER))
        return false;
    for (int i = 0; i < wanted; i++) // what was taken before is given again first
        buffer[i] = blas_memory_alloc(0);
    for (int i = 0; i < wanted; i++)
        blas_memory_free(buffer[i]);
    taken = wanted;
    return true;
}

static int narrow(leie_size n)
{
    assert(n >= 0 && n <= INT32_MAX);
    return (int)n;
}

#define REAL double
#define FORTRAN(routine) d##routine##_
#define NAME(function) leie_blas_##function
#include "kernels/blas_calls.h"
#undef REAL
#undef FORTRAN
#undef NAME
#define REAL float
#define FORTRAN(routine) s##routine##_
#define NAME(function) leie_blas_##function##_f32
#include "kernels/blas_calls.h"
