/* Helpers of the test program: comparisons that print both values, suites that register themselves,
 * tests that are skipped by name with a reason.
 *
 *   static void test_doubles(void) { check_near(2 * 1.1925, 2.385, 1e-15); }
 *   CHECK_SUITE(example, {"doubles", test_doubles, NULL})
 *
 * The third member is a function that returns NULL when the test can run, else why it cannot.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_CHECK_H
#define LEIE_TESTS_CHECK_H

#include <CUnit/CUnit.h>
#include <stddef.h>

#include "kernels/status.h"

typedef struct check_test {
    const char *name;
    void (*run)(void);
    const char *(*skip)(void);
} check_test;

void check_register(const char *suite, const check_test *tests, size_t count);

#define CHECK_SUITE(suite, ...)                                                                    \
    static const check_test suite##_tests[] = {__VA_ARGS__};                                       \
    __attribute__((constructor)) static void suite##_register(void)                                \
    {                                                                                              \
        check_register(#suite, suite##_tests, sizeof suite##_tests / sizeof suite##_tests[0]);     \
    }

/* |got - expected| <= tolerance * max(1e-300, |expected|); both are printed when not. */
#define check_near(got, expected, tolerance)                                                       \
    check_near_at((got), (expected), (tolerance), 0.0, #got, __FILE__, __LINE__)
/* The same with an absolute allowance beside the relative one. */
#define check_close(got, expected, relative, absolute)                                             \
    check_near_at((got), (expected), (relative), (absolute), #got, __FILE__, __LINE__)
#define check_size(got, expected) check_size_at((got), (expected), #got, __FILE__, __LINE__)
#define check_text(got, expected) check_text_at((got), (expected), #got, __FILE__, __LINE__)
/* The text contains the piece. */
#define check_has(text, piece) check_has_at((text), (piece), #text, __FILE__, __LINE__)
#define check_true(condition) check_true_at((condition), #condition, __FILE__, __LINE__)
/* Status is LEIE_OK, else the error's text is printed. */
#define check_ok(status, err) check_status_at((status), LEIE_OK, (err), #status, __FILE__, __LINE__)
#define check_status(status, expected, err) check_status_at((status), (expected), (err), #status, __FILE__, __LINE__)

bool check_near_at(double got, double expected, double relative, double absolute, const char *what, const char *file, int line);
bool check_size_at(leie_size got, leie_size expected, const char *what, const char *file, int line);
bool check_text_at(const char *got, const char *expected, const char *what, const char *file, int line);
bool check_has_at(const char *text, const char *piece, const char *what, const char *file, int line);
bool check_true_at(bool condition, const char *what, const char *file, int line);
bool check_status_at(leie_status got, leie_status expected, const leie_error *err, const char *what, const char *file, int line);

/* Folder of the shared data (environment LEIE_DATA, else ../shared/data when it is there), NULL when
 * absent; check_needs_data is the matching skip function. check_cases is the folder tests/cases. */
const char *check_data(void);
const char *check_needs_data(void);
const char *check_cases(void);

/* The program beside the tests, NULL when it is not built; check_needs_program is the matching skip function. */
const char *check_program(void);
const char *check_needs_program(void);

/* A fresh empty folder under the build tree, removed at exit; the text is owned by check.c. */
const char *check_folder(void);

/* Bytes that this process has asked the system for, -1 when it does not say. */
leie_size check_bytes_read(void);

/* How much effort random tests may take: LEIE_TEST_EFFORT, default 1. */
int check_effort(void);

/* Deterministic random numbers for tests: uniform in [0, 1). */
double check_random(uint64_t *state);

#endif
