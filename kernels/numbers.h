/* A line of numbers between separators, as in wide matrix files: each is what leie_number_read gives, at the speed of
 * a processor that works on 64 bytes at once. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_NUMBERS_H
#define LEIE_KERNELS_NUMBERS_H

#include "kernels/number.h"

enum { LEIE_NUMBERS_PADDING = 64 }; // bytes behind a line that may be read, whatever they hold

typedef struct leie_numbers_form {
    char separator; // between fields
    char mark;      // the decimal point: '.' or ','
    bool blank;     // empty and blank fields count as zero, else they are faults
} leie_numbers_form;

/* What was found in a line. */
typedef struct leie_numbers_found {
    leie_size fields;        // in the line
    leie_number_fault fault; // of the first field among the `count` that is no number, LEIE_NUMBER_OK for none
    leie_size field;         // which one it is
    const char *at;          // its text
    leie_size size;
} leie_numbers_found;

/* Reads the fields of text[0 .. size - 1] into value [count], which is zero before. A field may stand in double
 * quotes. True when there are exactly `count` fields and all are numbers; else *found says what is wrong, and what
 * value holds is not defined. text ends with LEIE_NUMBERS_PADDING readable bytes. An empty line is one empty field.
 *
 * Cost: fields "0" and "0.0" vanish 64 bytes at a time; another number takes about 30 cycles with AVX-512
 * (VBMI2), four times that without. */
LEIE_API bool leie_numbers_read(double *value, leie_size count, const char *text, leie_size size,
                                const leie_numbers_form *form, leie_numbers_found *found);

/* The same field by field, for tests and for processors that are no x86-64. */
LEIE_API bool leie_numbers_read_ref(double *value, leie_size count, const char *text, leie_size size,
                                    const leie_numbers_form *form, leie_numbers_found *found);

/* Which loop the processor gets: "avx512", "sse2" or "plain". leie_numbers_choose takes another one that it can run
 * ("" for the best), for tests; false when it cannot. */
LEIE_API const char *leie_numbers_loop(void);
LEIE_API bool leie_numbers_choose(const char *loop);

#endif
