// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/provenance.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"
#include "solver/table/table_impl.h"

static void free_source(leie_source *s)
{
    leie_free(s->role);
    leie_free(s->path);
    leie_free(s->reader);
}

leie_status leie_provenance_source(leie_provenance *p, const char *role, const char *path, const char *reader,
                                   leie_size bytes, const char *sha256, leie_error *err)
{
    leie_status st = leie_grow(&p->source, &p->source_room, p->sources, sizeof *p->source, "sources", err);
    if (st)
        return st;
    leie_source s = {.role = leie_strdup(role ? role : ""),
                     .path = leie_strdup(path ? path : ""),
                     .reader = leie_strdup(reader ? reader : ""),
                     .bytes = bytes};
    snprintf(s.sha256, sizeof s.sha256, "%s", sha256 ? sha256 : "");
    if (!s.role || !s.path || !s.reader) {
        free_source(&s);
        return leie_fail_memory(err, "source", 1, sizeof s);
    }
    p->source[p->sources++] = s;
    return LEIE_OK;
}

// Takes text over, also when it fails; text may be NULL.
static leie_status keep_note(leie_provenance *p, leie_note_kind kind, leie_size count, char *text, leie_error *err)
{
    leie_status st = text ? leie_grow(&p->note, &p->note_room, p->notes, sizeof *p->note, "notes", err) : leie_fail_memory(err, "note", 1, 1);
    if (st) {
        leie_free(text);
        return st;
    }
    p->note[p->notes++] = (leie_note){.kind = kind, .text = text, .count = count};
    return LEIE_OK;
}

leie_status leie_provenance_note(leie_provenance *p, leie_note_kind kind, leie_size count, leie_error *err,
                                 const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    char *text = leie_new((leie_size)length + 1, 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    for (leie_size i = 0; text && i < p->notes; i++)
        if (p->note[i].kind == kind && p->note[i].count == count && strcmp(p->note[i].text, text) == 0) {
            leie_free(text);
            return LEIE_OK;
        }
    return keep_note(p, kind, count, text, err);
}

leie_status leie_provenance_factor(leie_provenance *p, const char *const text[LEIE_FACTOR_TEXTS], double value,
                                   leie_error *err)
{
    leie_status st = leie_grow(&p->factor, &p->factor_room, p->factors, sizeof *p->factor, "factors", err);
    if (st)
        return st;
    leie_used_factor *f = &p->factor[p->factors++];
    *f = (leie_used_factor){.value = value};
    for (int i = 0; i < LEIE_FACTOR_TEXTS; i++) {
        f->text[i] = leie_strdup(text[i]);
        if (!f->text[i])
            st = leie_fail_memory(err, "factor", 1, sizeof *f);
    }
    return st;
}

void leie_provenance_forget_factors(leie_provenance *p, leie_size factors)
{
    while (p->factors > factors) {
        leie_used_factor *f = &p->factor[--p->factors];
        for (int i = 0; i < LEIE_FACTOR_TEXTS; i++)
            leie_free(f->text[i]);
    }
}

leie_status leie_provenance_copy(leie_provenance *to, const leie_provenance *from, leie_error *err)
{
    assert(to->sources == 0 && to->notes == 0);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < from->sources; i++) {
        const leie_source *s = &from->source[i];
        st = leie_provenance_source(to, s->role, s->path, s->reader, s->bytes, s->sha256, err);
    }
    for (leie_size i = 0; !st && i < from->notes; i++)
        st = keep_note(to, from->note[i].kind, from->note[i].count, leie_strdup(from->note[i].text), err);
    for (leie_size i = 0; !st && i < from->factors; i++)
        st = leie_provenance_factor(to, (const char *const *)from->factor[i].text, from->factor[i].value, err);
    if (st)
        leie_provenance_clear(to);
    return st;
}

void leie_provenance_rewind(leie_provenance *p, leie_size notes)
{
    while (p->notes > notes)
        leie_free(p->note[--p->notes].text);
}

void leie_provenance_clear(leie_provenance *p)
{
    for (leie_size i = 0; i < p->sources; i++)
        free_source(&p->source[i]);
    leie_provenance_rewind(p, 0);
    leie_provenance_forget_factors(p, 0);
    leie_free(p->factor);
    leie_free(p->source);
    leie_free(p->note);
    *p = (leie_provenance){0};
}

const char *leie_note_name(leie_note_kind kind)
{
    static const char *const names[] = {[LEIE_NOTE_REPAIRED] = "repaired",
                                        [LEIE_NOTE_DROPPED] = "dropped",
                                        [LEIE_NOTE_ASSUMED] = "assumed",
                                        [LEIE_NOTE_FOUND] = "found",
                                        [LEIE_NOTE_DONE] = "done"};
    assert(kind >= LEIE_NOTE_REPAIRED && kind <= LEIE_NOTE_DONE);
    return names[kind];
}
