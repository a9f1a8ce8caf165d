// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/pattern.h"

#include <string.h>

static char fold(char c, bool any_case)
{
    return any_case && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

const char *leie_captures_get(const leie_captures *c, const char *name)
{
    for (int i = 0; i < c->n; i++)
        if (strcmp(c->item[i].name, name) == 0)
            return c->item[i].value;
    return NULL;
}

bool leie_captures_set(leie_captures *c, const char *name, const char *value)
{
    size_t named = strlen(name) + 1, size = strlen(value) + 1;
    int at = 0;
    while (at < c->n && strcmp(c->item[at].name, name) != 0)
        at++;
    if (at == LEIE_CAPTURES_MOST || named > LEIE_CAPTURE_NAME || size > LEIE_CAPTURE_SIZE)
        return false;
    memcpy(c->item[at].name, name, named);
    memcpy(c->item[at].value, value, size);
    if (at == c->n)
        c->n++;
    return true;
}

static bool is_year(const char *text, size_t length)
{
    return length == 4 && strspn(text, "0123456789") >= 4;
}

enum { STEPS_MOST = 1 << 20 }; // of one matching: patterns that try everything on a long text match nothing

/* What a matching in progress is about. inside: the text may go on behind the pattern; path: a capture is part of one
 * name of the path. */
typedef struct matching {
    leie_captures *c;
    bool any_case, inside, path;
    int *steps;
} matching;

static bool match(const matching *m, const char *pattern, const char *text);

// {name}: the shortest text first, {name+}: the longest. A name that was captured before stands for its value.
static bool match_capture(const matching *m, const char *pattern, const char *text)
{
    char name[LEIE_CAPTURE_NAME], value[LEIE_CAPTURE_SIZE];
    const char *close = strchr(pattern, '}');
    size_t length = close ? (size_t)(close - pattern) - 1 : 0, most = strlen(text);
    if (length == 0 || length >= sizeof name)
        return false;
    char mode = pattern[length];
    length -= mode == '+' || mode == '#';
    memcpy(name, pattern + 1, length);
    name[length] = '\0';
    const char *known = strcmp(name, "_") ? leie_captures_get(m->c, name) : NULL;
    bool year = strcmp(name, "year") == 0, last = close[1] == '\0' && !m->inside;
    int before = m->c->n;
    if (most >= sizeof value)
        most = sizeof value - 1;
    for (size_t k = 1; k <= most; k++) {
        size_t n = mode == '+' ? most + 1 - k : k;
        if ((last && text[n]) || (year && !is_year(text, n)) || (mode == '#' && strspn(text, "0123456789") < n))
            continue;
        if (known && (strlen(known) != n || strncmp(known, text, n) != 0))
            continue;
        if (m->path && memchr(text, '/', n))
            continue;
        memcpy(value, text, n);
        value[n] = '\0';
        if (!known && !leie_captures_set(m->c, name, value))
            return false;
        if (match(m, close + 1, text + n))
            return true;
        m->c->n = before;
    }
    return false;
}

static bool match(const matching *m, const char *pattern, const char *text)
{
    if (++*m->steps > STEPS_MOST)
        return false;
    for (;; pattern++, text++) {
        if (*pattern == '\0')
            return *text == '\0' || m->inside;
        if (*pattern == '{')
            return match_capture(m, pattern, text);
        if (*pattern == '*') {
            for (const char *at = text;; at++) {
                if (match(m, pattern + 1, at))
                    return true;
                if (*at == '\0' || *at == '/')
                    return false;
            }
        }
        if (fold(*pattern, m->any_case) != fold(*text, m->any_case) || *text == '\0')
            return false;
    }
}

static bool match_whole(const matching *m, const char *pattern, const char *text)
{
    int before = m->c->n;
    bool same = match(m, pattern, text);
    if (!same)
        m->c->n = before;
    return same;
}

bool leie_pattern_match(leie_captures *c, const char *pattern, const char *text, bool any_case)
{
    int steps = 0;
    const matching m = {.c = c, .any_case = any_case, .steps = &steps};
    return match_whole(&m, pattern, text);
}

bool leie_pattern_match_end(leie_captures *c, const char *pattern, const char *path, bool any_case)
{
    int steps = 0;
    const matching m = {.c = c, .any_case = any_case, .path = true, .steps = &steps};
    for (const char *at = path; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
        if (match_whole(&m, pattern, at))
            return true;
    return false;
}

bool leie_pattern_match_inside(leie_captures *c, const char *pattern, const char *text, bool any_case)
{
    int steps = 0;
    const matching m = {.c = c, .any_case = any_case, .inside = true, .path = true, .steps = &steps};
    int before = c->n;
    for (const char *at = text; *at; at++) {
        if (match(&m, pattern, at))
            return true;
        c->n = before;
    }
    return false;
}

bool leie_pattern_fill(char *text, size_t size, const char *template, const leie_captures *c)
{
    size_t at = 0;
    while (*template) {
        const char *close = *template == '{' ? strchr(template, '}') : NULL;
        const char *piece = template;
        size_t length = 1;
        if (close) {
            char name[LEIE_CAPTURE_NAME] = "";
            size_t n = (size_t)(close - template) - 1;
            if (n < sizeof name)
                memcpy(name, template + 1, n);
            piece = leie_captures_get(c, name);
            length = piece ? strlen(piece) : 0;
            template = close;
        }
        if (at + length >= size)
            return false;
        memcpy(text + at, piece ? piece : "", length);
        at += length;
        template++;
    }
    text[at] = '\0';
    return true;
}
