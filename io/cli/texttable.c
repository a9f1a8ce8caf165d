// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/texttable.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

void leie_texttable_start(leie_texttable *t, const char *align)
{
    size_t columns = strlen(align);
    assert(columns > 0 && columns <= LEIE_TEXTTABLE_COLUMNS);
    *t = (leie_texttable){.columns = (int)columns};
    memcpy(t->align, align, columns);
}

// Bytes of the first `characters` characters, and how many characters there were.
static size_t bytes_of(const char *text, int characters, int *found)
{
    const char *at = text;
    int n = 0;
    while (*at && n < characters) {
        at++;
        while (((unsigned char)*at & 0xc0) == 0x80) // the rest of one UTF-8 character
            at++;
        n++;
    }
    *found = n;
    return (size_t)(at - text);
}

static int width_of(const char *text)
{
    int width;
    bytes_of(text, (int)strlen(text) + 1, &width);
    return width;
}

static void shorten(char *text, int limit)
{
    int found;
    if (limit < 3 || width_of(text) <= limit)
        return;
    size_t kept = bytes_of(text, limit - 2, &found);
    memcpy(text + kept, "..", 3); // what is cut off is three bytes or more
}

void leie_texttable_add(leie_texttable *t, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    shorten(text, t->limit[t->cells % t->columns]);
    if (t->failed)
        return;
    t->failed = leie_grow(&t->cell, &t->room, t->cells, sizeof *t->cell, "a table of text", NULL) != LEIE_OK;
    if (t->failed)
        return;
    t->cell[t->cells] = leie_strdup(text);
    t->failed = !t->cell[t->cells];
    t->cells += !t->failed;
}

void leie_texttable_number(leie_texttable *t, int decimals, double value)
{
    if (isnan(value))
        leie_texttable_add(t, "-");
    else
        leie_texttable_add(t, "%.*f", decimals, value == 0 ? 0.0 : value); // no "-0.0" from a plain zero
}

void leie_texttable_end_row(leie_texttable *t)
{
    while (!t->failed && t->cells % t->columns)
        leie_texttable_add(t, "%s", "");
}

static void print_blanks(FILE *to, int n)
{
    fprintf(to, "%*s", n > 0 ? n : 0, "");
}

leie_status leie_texttable_print(const leie_texttable *t, FILE *to, int indent, leie_error *err)
{
    int width[LEIE_TEXTTABLE_COLUMNS] = {0};
    if (t->failed)
        return leie_fail_memory(err, "a table on the screen", t->cells, sizeof *t->cell);
    for (leie_size i = 0; i < t->cells; i++) {
        int w = width_of(t->cell[i]);
        if (w > width[i % t->columns])
            width[i % t->columns] = w;
    }
    for (leie_size row = 0; row + t->columns <= t->cells; row += t->columns) {
        int last = t->columns - 1, owed = indent; // blanks not printed yet
        while (last >= 0 && !t->cell[row + last][0])
            last--;
        for (int c = 0; c <= last; c++) {
            const char *text = t->cell[row + c];
            int slack = width[c] - width_of(text);
            print_blanks(to, owed + (t->align[c] == 'r' ? slack : 0));
            fputs(text, to);
            owed = 2 + (t->align[c] == 'r' ? 0 : slack);
        }
        fputc('\n', to);
    }
    return LEIE_OK;
}

void leie_texttable_clear(leie_texttable *t)
{
    for (leie_size i = 0; i < t->cells; i++)
        leie_free(t->cell[i]);
    leie_free(t->cell);
    *t = (leie_texttable){0};
}
