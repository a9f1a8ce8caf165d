/* Patterns with captures, for names of files and labels: "ICIO2018_{year}.csv", "{region}_{code}".
 *
 *   {name}  one or more bytes, as few as fit; {name+} as many as fit; {name#} digits; {year} four digits; {_} is not kept.
 *           A name that occurs again is the same text
 *   *       any bytes but /, also none
 *
 * Everything else is itself. A pattern that needs more than a million tries does not match: time is bounded for any. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_PATTERN_H
#define LEIE_IO_READ_PATTERN_H

#include "kernels/status.h"

enum { LEIE_CAPTURES_MOST = 12, LEIE_CAPTURE_NAME = 24, LEIE_CAPTURE_SIZE = 1024 };

typedef struct leie_captures {
    int n;
    struct {
        char name[LEIE_CAPTURE_NAME];
        char value[LEIE_CAPTURE_SIZE];
    } item[LEIE_CAPTURES_MOST];
} leie_captures;

/* Whether the whole text is of the pattern; captures are added to *c, which is unchanged when it is not.
 * any_case: letters of ASCII match without regard to case. */
bool leie_pattern_match(leie_captures *c, const char *pattern, const char *text, bool any_case);

/* The same for the end of a path, from a / or from its beginning. */
bool leie_pattern_match_end(leie_captures *c, const char *pattern, const char *path, bool any_case);

/* The same for some place inside a text. */
bool leie_pattern_match_inside(leie_captures *c, const char *pattern, const char *text, bool any_case);

/* Value of a capture, NULL when there is none of that name. */
const char *leie_captures_get(const leie_captures *c, const char *name);

/* Adds a capture, or replaces it. False when there is no room. */
bool leie_captures_set(leie_captures *c, const char *name, const char *value);

/* The text of a template with the captures filled in, at most size bytes with the NUL; one that is not there is left
 * out. False when it does not fit. */
bool leie_pattern_fill(char *text, size_t size, const char *template, const leie_captures *c);

#endif
