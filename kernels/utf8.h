/* UTF-8, as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_UTF8_H
#define LEIE_KERNELS_UTF8_H

#include "kernels/status.h"

/* Bytes of the character at text, which a NUL ends; 0 when it is not one. */
LEIE_API int leie_utf8_length(const char *text);

/* Position of the first byte of text [size], closed by a NUL, that begins no character; -1 when all is
 * well. ASCII passes at eight bytes a step. */
leie_size leie_utf8_fault(const char *text, leie_size size);

#endif
