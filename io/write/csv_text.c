// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/csv_text.h"

#include <math.h>
#include <string.h>

#include "io/result/temporary.h"
#include "kernels/memory.h"
#include "kernels/number.h"

enum { FIRST_ROOM = 1 << 14, NUMBER_SIZE = 32 };

static void add(leie_csv_text *t, const char *text, size_t size)
{
    leie_size room = t->room ? t->room : FIRST_ROOM;
    while (room - t->size < (leie_size)size)
        room *= 2;
    if (room != t->room && !t->failed) {
        char *grown = leie_resize(t->data, t->room, room, 1);
        t->failed = !grown;
        t->data = grown ? grown : t->data;
        t->room = grown ? room : t->room;
    }
    if (t->failed)
        return;
    memcpy(t->data + t->size, text, size);
    t->size += (leie_size)size;
}

void leie_csv_text_field(leie_csv_text *t, const char *text, char behind)
{
    size_t length = strlen(text);
    bool plain = text[strcspn(text, ",\"\r\n")] == '\0' && text[0] != ' ' && (length == 0 || text[length - 1] != ' ');
    if (plain)
        add(t, text, length);
    else
        add(t, "\"", 1);
    for (; !plain && *text; text++)
        add(t, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    if (!plain)
        add(t, "\"", 1);
    add(t, &behind, 1);
}

void leie_csv_text_raw(leie_csv_text *t, const char *text)
{
    add(t, text, strlen(text));
}

void leie_csv_text_number(leie_csv_text *t, double value, char behind)
{
    char text[NUMBER_SIZE];
    t->infinite = t->infinite || isinf(value);
    if (isfinite(value))
        add(t, text, (size_t)leie_number_write(text, value));
    add(t, &behind, 1);
}

leie_status leie_csv_text_save(leie_csv_text *t, const char *path, leie_error *err)
{
    leie_temporary file = {0};
    leie_status st = LEIE_OK;
    if (t->failed)
        st = leie_fail_memory(err, "the text of a CSV file", 2 * t->room, 1);
    else if (t->infinite)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: a value is infinite", path);
    st = st ? st : leie_temporary_open(&file, path, err);
    st = st ? st : leie_temporary_write(&file, t->data, (size_t)t->size, err);
    st = st ? st : leie_temporary_commit(&file, err);
    leie_temporary_drop(&file);
    leie_csv_text_clear(t);
    return st;
}

void leie_csv_text_clear(leie_csv_text *t)
{
    leie_free(t->data);
    *t = (leie_csv_text){0};
}
