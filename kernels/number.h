/* Numbers from text: correctly rounded for every input (equal to strtod), independent of the locale. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_NUMBER_H
#define LEIE_KERNELS_NUMBER_H

#include "kernels/status.h"

typedef enum leie_number_fault {
    LEIE_NUMBER_OK,
    LEIE_NUMBER_EMPTY,
    LEIE_NUMBER_TEXT,     // not a number at all
    LEIE_NUMBER_TRAILING, // a number and something behind it
    LEIE_NUMBER_COMMA,    // looks like a decimal comma
    LEIE_NUMBER_NAN,      // nan, inf written out
    LEIE_NUMBER_RANGE     // overflows to infinity
} leie_number_fault;

/* Reads a decimal number that fills text[0 .. size - 1] but for blanks at both ends. Underflow to a
 * subnormal or zero is correct rounding, not a fault. *value is 0 on a fault. */
LEIE_API leie_number_fault leie_number_read(double *value, const char *text, leie_size size);

/* The same with another decimal mark than '.': a comma. */
LEIE_API leie_number_fault leie_number_read_marked(double *value, const char *text, leie_size size, char mark);

/* What a fault is in words: "text where a number belongs". */
LEIE_API const char *leie_number_why(leie_number_fault fault);

/* Shortest text that reads back to the same value, at most 32 bytes with the NUL; returns its length. */
LEIE_API int leie_number_write(char *text, double value);

#endif
