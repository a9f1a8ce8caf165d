/* Integer types, status codes and the error record that every room shares.
 *
 * A function that can fail returns a leie_status: LEIE_OK (0) or a negative code. Its last argument
 * is a leie_error, may be NULL, and keeps the first message written to it. The text names the thing
 * (path, line, region and sector), what was expected and what was found.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_STATUS_H
#define LEIE_KERNELS_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEIE_API __attribute__((visibility("default")))

typedef int64_t leie_size;  // dimensions, counts, row pointers
typedef int32_t leie_index; // stored column indices

typedef enum leie_status {
    LEIE_OK = 0,
    LEIE_ERR_USAGE = -1,     // wrong command line or option          exit 2
    LEIE_ERR_IO = -2,        // input missing or unreadable           exit 3
    LEIE_ERR_DATA = -3,      // input read, content wrong             exit 3
    LEIE_ERR_SHAPE = -4,     // arrays that do not fit together       exit 3
    LEIE_ERR_UNIT = -5,      // unit missing, unknown, not convertible exit 3
    LEIE_ERR_SINGULAR = -6,  // no solution of the linear system      exit 1
    LEIE_ERR_CONVERGE = -7,  // iteration ended above its tolerance   exit 1
    LEIE_ERR_CHECK = -8,     // an identity does not hold             exit 4
    LEIE_ERR_NOMEM = -9,     // allocation failed                     exit 5
    LEIE_ERR_LIMIT = -10,    // stated memory limit too small         exit 5
    LEIE_ERR_OUTPUT = -11,   // disk full, output not writable        exit 5
    LEIE_ERR_INTERNAL = -12, // a library refused what we believed in exit 1
    LEIE_ERR_STOPPED = -13   // the caller asked to stop              128 + signal
} leie_status;

typedef struct leie_error {
    leie_status code; // LEIE_OK while nothing failed
    char text[1024];  // one sentence, no newline at the end
} leie_error;

/* Records a failure and returns its code:  return leie_fail(err, LEIE_ERR_DATA, "%s: ...", path).
 * The first message wins; err may be NULL. */
LEIE_API leie_status leie_fail(leie_error *err, leie_status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for an allocation of count items of size bytes that failed: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_fail_memory(leie_error *err, const char *what, leie_size count, size_t size);

/* Exit code of the program for a status (0 done, 1 computation failed, 2 usage, 3 bad data, 4 check
 * failed, 5 no resources). */
LEIE_API int leie_exit_code(leie_status status);

#endif
