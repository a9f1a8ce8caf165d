// SPDX-License-Identifier: GPL-3.0-or-later
/* Values of a study: texts, lists, labels, years, and paths with what the environment adds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/study/study_impl.h"
#include "kernels/memory.h"

// ---- texts and lists ----

leie_status leie_study_set_string(char **to, const char *text, leie_error *err)
{
    char *copy = leie_strdup(text);
    if (!copy)
        return leie_fail_memory(err, "study text", 1, strlen(text) + 1);
    leie_free(*to);
    *to = copy;
    return LEIE_OK;
}

leie_status leie_study_string(char **to, const leie_yaml *map, const char *key, leie_error *err)
{
    const char *text = NULL;
    leie_status st = leie_yaml_text(map, key, &text, err);
    return st || !text ? st : leie_study_set_string(to, text, err);
}

leie_size leie_study_items(const leie_yaml *node)
{
    return node->kind == LEIE_YAML_LIST ? node->n : 1;
}

const leie_yaml *leie_study_item(const leie_yaml *node, leie_size i)
{
    return node->kind == LEIE_YAML_LIST ? node->child[i] : node;
}

char **leie_study_free_strings(char **list, leie_size n)
{
    for (leie_size i = 0; list && i < n; i++)
        leie_free(list[i]);
    return leie_free(list);
}

leie_status leie_study_strings(char ***list, leie_size *n, const leie_yaml *map, const char *key, leie_error *err)
{
    leie_labels seen = {0};
    leie_status st = leie_study_labels(&seen, map, key, LEIE_STUDY_NAME, err);
    if (st || !seen.n)
        goto done;
    char **copy = leie_new(seen.n, sizeof *copy);
    if (!copy) {
        st = leie_fail_memory(err, key, seen.n, sizeof *copy);
        goto done;
    }
    for (leie_size i = 0; i < seen.n; i++) {
        copy[i] = seen.code[i]; // moved
        seen.code[i] = NULL;
    }
    *list = leie_study_free_strings(*list, *n);
    *list = copy;
    *n = seen.n;
done:
    leie_labels_clear(&seen);
    return st;
}

leie_status leie_study_choice_fail(const leie_yaml *node, const char *key, const char *word,
                                   const char *const *words, leie_error *err)
{
    char all[256];
    size_t used = 0;
    for (int i = 0; words[i] && used < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", words[i]);
    const char *nearest = leie_yaml_nearest(word, words);
    if (nearest)
        return leie_yaml_fail(node, err, "'%s' does not know '%.100s', did you mean '%s'? (%s)", key, word, nearest,
                              all);
    return leie_yaml_fail(node, err, "'%s' does not know '%.100s', one of: %s", key, word, all);
}

leie_status leie_study_choice(int *choice, const leie_yaml *map, const char *key, const char *const *words,
                              leie_error *err)
{
    const char *text = NULL;
    leie_status st = leie_yaml_text(map, key, &text, err);
    if (st || !text)
        return st;
    int word = leie_yaml_word(text, words);
    if (word < 0)
        return leie_study_choice_fail(leie_yaml_get(map, key), key, text, words, err);
    *choice = word;
    return LEIE_OK;
}

// ---- labels ----

static leie_status add_label(leie_labels *to, const leie_yaml *at, const char *key, const char *code,
                             const char *name, const char *kind, leie_error *err)
{
    if (!code || !code[0])
        return leie_yaml_fail(at, err, "'%s' holds an entry without a code", key);
    if (leie_labels_find(to, code) >= 0)
        return leie_yaml_fail(at, err, "'%s' names '%s' twice", key, code);
    leie_size position = leie_labels_add(to, code, name, NULL, kind, err);
    return position < 0 ? (leie_status)position : LEIE_OK;
}

static leie_status item_label(leie_labels *to, const leie_yaml *item, const char *key, leie_study_label value,
                              leie_error *err)
{
    static const char *const with_kind[] = {"code", "name", "kind", NULL};
    static const char *const with_sign[] = {"code", "name", "sign", NULL};
    if (item->kind == LEIE_YAML_SCALAR)
        return add_label(to, item, key, item->text, NULL, NULL, err);
    const char *code = NULL, *name = NULL, *kind = NULL;
    leie_status st = leie_yaml_known(item, value == LEIE_STUDY_SIGN ? with_sign : with_kind, err);
    st = st ? st : leie_yaml_text(item, "code", &code, err);
    st = st ? st : leie_yaml_text(item, "name", &name, err);
    st = st ? st : leie_yaml_text(item, "kind", &kind, err);
    return st ? st : add_label(to, item, key, code, name, kind, err);
}

leie_status leie_study_labels(leie_labels *to, const leie_yaml *map, const char *key, leie_study_label value,
                              leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, key);
    leie_status st = LEIE_OK;
    if (!node)
        return LEIE_OK;
    if (node->kind != LEIE_YAML_MAP) {
        for (leie_size i = 0; i < leie_study_items(node) && !st; i++)
            st = item_label(to, leie_study_item(node, i), key, value, err);
        return st;
    }
    for (leie_size i = 0; i < node->n && !st; i++) {
        const char *text = NULL;
        st = leie_yaml_text(node, node->key[i], &text, err);
        if (!st)
            st = add_label(to, node->child[i], key, node->key[i], value == LEIE_STUDY_KIND ? NULL : text,
                           value == LEIE_STUDY_KIND ? text : NULL, err);
    }
    return st;
}

// ---- years ----

// Four digits and what follows them; -1 when there are no four digits.
static int year_at(const char *text, const char **rest)
{
    int year = 0;
    for (int i = 0; i < 4; i++, text++) {
        if (*text < '0' || *text > '9')
            return -1;
        year = 10 * year + (*text - '0');
    }
    *rest = text;
    return year;
}

// Both ends of "2011" or "1995-2011".
static leie_status year_range(int *first, int *last, const leie_yaml *item, leie_error *err)
{
    const char *rest = "";
    int from = item->kind == LEIE_YAML_SCALAR ? year_at(item->text, &rest) : -1;
    int to = from;
    if (from >= 0 && rest[0]) {
        rest += strspn(rest, " ");
        to = rest[0] == '-' ? year_at(rest + 1 + strspn(rest + 1, " "), &rest) : -1;
    }
    if (from < 0 || to < 0 || rest[0])
        return leie_yaml_fail(item, err, "a year (2011) or a range of years (1995-2011) is expected, found %s%s%s",
                              item->text ? "'" : "a list or map", item->text ? item->text : "",
                              item->text ? "'" : "");
    if (to < from)
        return leie_yaml_fail(item, err, "the range of years %d-%d runs backwards", from, to);
    *first = from;
    *last = to;
    return LEIE_OK;
}

static int by_year(const void *a, const void *b)
{
    int p = *(const int *)a, q = *(const int *)b;
    return (p > q) - (p < q);
}

leie_status leie_study_read_years(int **year, leie_size *n, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *one = leie_yaml_get(map, "year"), *many = leie_yaml_get(map, "years");
    const leie_yaml *node = one ? one : many;
    int *list = NULL, first = 0, last = 0;
    leie_size count = 0;
    leie_status st = LEIE_OK;
    if (one && many)
        return leie_yaml_fail(many, err, "both 'year' and 'years' are given");
    for (leie_size i = 0; node && i < leie_study_items(node) && !st; i++) {
        st = year_range(&first, &last, leie_study_item(node, i), err);
        int *grown = st ? NULL : leie_resize(list, count, count + last - first + 1, sizeof *list);
        if (!st && !grown)
            st = leie_fail_memory(err, "years", count + last - first + 1, sizeof *list);
        list = grown ? grown : list;
        for (int y = first; !st && y <= last; y++)
            list[count++] = y;
    }
    if (st || !count)
        goto done;
    qsort(list, (size_t)count, sizeof *list, by_year);
    for (leie_size i = 1; i < count && !st; i++)
        if (list[i] == list[i - 1])
            st = leie_yaml_fail(node, err, "the year %d is given twice", list[i]);
    if (st)
        goto done;
    leie_free(*year);
    *year = list;
    *n = count;
    list = NULL;
done:
    leie_free(list);
    return st;
}

// ---- paths ----

void leie_study_path_clear(leie_path *path)
{
    leie_free(path->shown);
    leie_free(path->real);
    *path = (leie_path){0};
}

// "folder/name", or the name alone when the folder is empty or ".".
static char *joined(const char *folder, const char *name)
{
    if (!folder[0] || strcmp(folder, ".") == 0)
        return leie_strdup(name);
    size_t length = strlen(folder), room = length + strlen(name) + 2;
    char *path = leie_new((leie_size)room, 1);
    if (path)
        snprintf(path, room, "%s%s%s", folder, folder[length - 1] == '/' ? "" : "/", name);
    return path;
}

// Value of the variable whose name stands at ${...}; *after receives the text behind the brace.
static leie_status variable(const char **value, const char **after, const leie_yaml *at, const char *key,
                            const char *text, leie_error *err)
{
    char name[128];
    const char *close = strchr(text, '}');
    size_t length = close ? (size_t)(close - text) - 2 : 0;
    if (!close || length == 0 || length >= sizeof name)
        return leie_yaml_fail(at, err, "'%s': '%.100s' should be ${NAME}, a variable of the environment", key, text);
    memcpy(name, text + 2, length);
    name[length] = '\0';
    *value = getenv(name);
    *after = close + 1;
    if (!*value || !(*value)[0])
        return leie_yaml_fail(at, err,
                              "'%s': the environment variable %s is not set; set it to a path first: "
                              "export %s=/where/the/files/are", key, name, name);
    return LEIE_OK;
}

// The text with every ${NAME} replaced; the caller frees it.
static leie_status expanded(char **out, const leie_yaml *at, const char *key, const char *text, leie_error *err)
{
    char *made = leie_strdup("");
    leie_status st = made ? LEIE_OK : leie_fail_memory(err, "path", 1, 1);
    while (!st && text[0]) {
        const char *piece = text, *open = strstr(text, "${"), *after = open ? open : text + strlen(text);
        size_t length = (size_t)(after - text);
        if (open == text) {
            st = variable(&piece, &after, at, key, text, err);
            length = st ? 0 : strlen(piece);
        }
        leie_size used = (leie_size)strlen(made ? made : "");
        char *grown = st ? NULL : leie_resize(made, used, used + (leie_size)length + 1, 1);
        if (!st && !grown)
            st = leie_fail_memory(err, "path", used + (leie_size)length + 1, 1);
        if (st)
            break;
        memcpy(grown + used, piece, length);
        made = grown;
        text = after;
    }
    if (st)
        made = leie_free(made);
    *out = made;
    return st;
}

leie_status leie_study_default_path(leie_path *to, const leie_study *study, const leie_yaml *at, const char *key,
                                    const char *text, const leie_path *base, leie_error *err)
{
    bool alone = text[0] == '/' || strncmp(text, "${", 2) == 0;
    const char *folder = base && base->real ? base->real : study->folder;
    const char *shown_folder = base && base->shown ? base->shown : "";
    char *name = NULL;
    leie_status st = expanded(&name, at, key, text, err);
    if (st)
        return st;
    leie_path path = {.line = at->line};
    path.shown = joined(alone ? "" : shown_folder, text);
    path.real = joined(alone || name[0] == '/' ? "" : folder, name); // a variable is of the shell: its folder counts
    leie_free(name);
    if (!path.shown || !path.real) {
        leie_study_path_clear(&path);
        return leie_fail_memory(err, "path", 1, strlen(text) + 1);
    }
    leie_study_path_clear(to);
    *to = path;
    return LEIE_OK;
}

leie_status leie_study_path(leie_path *to, const leie_study *study, const leie_yaml *map, const char *key,
                            const leie_path *base, leie_error *err)
{
    const char *text = NULL;
    leie_status st = leie_yaml_text(map, key, &text, err);
    if (st || !text)
        return st;
    if (!text[0])
        return leie_yaml_fail(leie_yaml_get(map, key), err, "'%s' is an empty path", key);
    return leie_study_default_path(to, study, leie_yaml_get(map, key), key, text, base, err);
}

char *leie_path_for(const leie_path *path, int year)
{
    static const char pattern[] = "{year}";
    char digits[16];
    if (!path->real)
        return NULL;
    int width = snprintf(digits, sizeof digits, "%d", year);
    size_t room = strlen(path->real) + 1;
    for (const char *at = path->real; (at = strstr(at, pattern)); at += sizeof pattern - 1)
        room += (size_t)width;
    char *made = leie_new((leie_size)room, 1), *to = made;
    for (const char *at = path->real; made;) {
        const char *hit = strstr(at, pattern);
        size_t length = hit ? (size_t)(hit - at) : strlen(at);
        memcpy(to, at, length);
        to += length;
        if (!hit)
            break;
        memcpy(to, digits, (size_t)width);
        to += width;
        at = hit + sizeof pattern - 1;
    }
    return made;
}
