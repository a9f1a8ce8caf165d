// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/args.h"

#include <stdlib.h>
#include <string.h>

static const leie_option help_option = {"help", 'h', NULL, "this text"};

static const leie_option *option_named(const leie_verb *verb, const char *name, size_t length)
{
    for (const leie_option *o = verb->option; o->name; o++)
        if (strlen(o->name) == length && strncmp(o->name, name, length) == 0)
            return o;
    return strlen(help_option.name) == length && strncmp(help_option.name, name, length) == 0 ? &help_option : NULL;
}

static const leie_option *option_lettered(const leie_verb *verb, char letter)
{
    for (const leie_option *o = verb->option; o->name; o++)
        if (o->letter == letter)
            return o;
    return letter == help_option.letter ? &help_option : NULL;
}

static leie_status unknown_option(const leie_verb *verb, const char *text, leie_error *err)
{
    leie_labels names = {0};
    const char *nearest = NULL;
    char bare[64];
    snprintf(bare, sizeof bare, "%s", text + strspn(text, "-"));
    bare[strcspn(bare, "=")] = '\0';
    for (const leie_option *o = verb->option; o->name; o++)
        if (leie_labels_add(&names, o->name, NULL, NULL, NULL, NULL) < 0)
            break; // without memory the hint is from a shorter list
    nearest = leie_labels_nearest(&names, bare);
    leie_status st =
        nearest ? leie_fail(err, LEIE_ERR_USAGE, "leie %s has no option %.60s, did you mean --%s? (leie %s --help)",
                            verb->name, text, nearest, verb->name)
                : leie_fail(err, LEIE_ERR_USAGE, "leie %s has no option %.60s (leie %s --help)", verb->name, text,
                            verb->name);
    leie_labels_clear(&names);
    return st;
}

// One option at argv[*i]; moves *i to its last word.
static leie_status read_option(leie_args *args, const leie_verb *verb, int argc, char **argv, int *i, leie_error *err)
{
    char *text = argv[*i], *value = NULL;
    const leie_option *option;
    if (text[1] == '-') {
        size_t length = strcspn(text + 2, "=");
        option = option_named(verb, text + 2, length);
        value = text[2 + length] ? text + 3 + length : NULL;
    } else {
        option = option_lettered(verb, text[1]);
        value = text[2] ? text + 2 : NULL;
    }
    if (!option)
        return unknown_option(verb, text, err);
    if (!option->value && value)
        return leie_fail(err, LEIE_ERR_USAGE, "--%s takes no value, found %.60s", option->name, text);
    if (option->value && !value) {
        if (*i + 1 >= argc)
            return leie_fail(err, LEIE_ERR_USAGE, "--%s needs a value: --%s %s", option->name, option->name,
                             option->value);
        value = argv[++*i];
    }
    if (option == &help_option)
        args->help = true;
    else
        args->given[args->givens++] = (leie_given){option, value};
    return LEIE_OK;
}

leie_status leie_args_read(leie_args *args, const leie_verb *verb, int argc, char **argv, leie_error *err)
{
    bool only_operands = false;
    leie_status st = LEIE_OK;
    *args = (leie_args){0};
    args->operand = leie_new(argc, sizeof *args->operand);
    args->given = leie_new(argc, sizeof *args->given);
    if (!args->operand || !args->given)
        st = leie_fail_memory(err, "command line", argc, sizeof *args->given);
    for (int i = 1; i < argc && !st; i++) {
        if (only_operands || argv[i][0] != '-' || !argv[i][1])
            args->operand[args->operands++] = argv[i];
        else if (strcmp(argv[i], "--") == 0)
            only_operands = true;
        else
            st = read_option(args, verb, argc, argv, &i, err);
    }
    if (!st && !args->help && args->operands < verb->operands_min)
        st = leie_fail(err, LEIE_ERR_USAGE, "leie %s needs %s (leie %s --help)", verb->name, verb->operands, verb->name);
    if (!st && !args->help && args->operands > verb->operands_max)
        st = leie_fail(err, LEIE_ERR_USAGE, "leie %s: '%.100s' is one too many (leie %s --help)", verb->name,
                       args->operand[verb->operands_max], verb->name);
    if (st)
        leie_args_clear(args);
    return st;
}

void leie_args_clear(leie_args *args)
{
    leie_free(args->operand);
    leie_free(args->given);
    *args = (leie_args){0};
}

bool leie_args_has(const leie_args *args, const char *name)
{
    for (int i = 0; i < args->givens; i++)
        if (strcmp(args->given[i].option->name, name) == 0)
            return true;
    return false;
}

const char *leie_args_value(const leie_args *args, const char *name)
{
    const char *value = NULL;
    for (int i = 0; i < args->givens; i++)
        if (strcmp(args->given[i].option->name, name) == 0)
            value = args->given[i].value;
    return value;
}

leie_status leie_args_integer(const leie_args *args, const char *name, leie_size low, leie_size high,
                              leie_size *value, leie_error *err)
{
    const char *text = leie_args_value(args, name);
    if (!text)
        return LEIE_OK;
    size_t length = strlen(text);
    leie_size read = length > 0 && length < 10 && strspn(text, "0123456789") == length ? strtol(text, NULL, 10) : -1;
    if (read < low || read > high)
        return leie_fail(err, LEIE_ERR_USAGE, "--%s needs a whole number from %lld to %lld, found '%.60s'", name,
                         (long long)low, (long long)high, text);
    *value = read;
    return LEIE_OK;
}

static int head_of(char *text, size_t size, const leie_option *o)
{
    char letter[8] = "    ";
    if (o->letter)
        snprintf(letter, sizeof letter, "-%c, ", o->letter);
    return snprintf(text, size, "%s--%s%s%s", letter, o->name, o->value ? " " : "", o->value ? o->value : "");
}

void leie_args_help(FILE *to, const leie_verb *verb)
{
    char head[64];
    int width = head_of(head, sizeof head, &help_option);
    for (const leie_option *o = verb->option; o->name; o++) {
        int w = head_of(head, sizeof head, o);
        width = w > width ? w : width;
    }
    fprintf(to, "leie %s%s%s%s\n\n  %s\n\nOptions\n", verb->name, verb->operands[0] ? " " : "", verb->operands,
            verb->option->name ? " [OPTION]..." : "", verb->purpose);
    for (const leie_option *o = verb->option; o->name; o++) {
        head_of(head, sizeof head, o);
        fprintf(to, "  %-*s  %s\n", width, head, o->help);
    }
    head_of(head, sizeof head, &help_option);
    fprintf(to, "  %-*s  %s\n\nExample\n%s\n", width, head, help_option.help, verb->example);
}
