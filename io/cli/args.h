/* The command line of one verb: a table of options, and what was given.
 *
 *   --name VALUE   --name=VALUE   -n VALUE   -nVALUE   --flag   --   (everything after it is an operand)
 *
 * --help (-h) belongs to every verb. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_ARGS_H
#define LEIE_IO_CLI_ARGS_H

#include <stdio.h>

#include "solver/leie.h"

typedef struct leie_option {
    const char *name;  // without the dashes; NULL ends a list
    char letter;       // 0 for none
    const char *value; // what stands for the value in the help; NULL for a flag
    const char *help;
} leie_option;

typedef struct leie_verb {
    const char *name;
    const char *operands; // "STUDY", "" for none
    int operands_min, operands_max;
    const char *purpose;  // one sentence
    const char *example;  // lines of a shell
    const leie_option *option;
} leie_verb;

typedef struct leie_given {
    const leie_option *option;
    char *value; // borrowed from argv, NULL for a flag
} leie_given;

typedef struct leie_args {
    bool help;
    int operands;
    char **operand;    // [operands] borrowed texts
    int givens;
    leie_given *given; // [givens] in their order
} leie_args;

/* Reads argv[1 ...] of a verb. Errors: LEIE_ERR_USAGE (unknown option with the nearest known one, missing
 * value, too few or too many operands), LEIE_ERR_NOMEM. */
leie_status leie_args_read(leie_args *args, const leie_verb *verb, int argc, char **argv, leie_error *err);
void leie_args_clear(leie_args *args);

bool leie_args_has(const leie_args *args, const char *name);

/* Value of the last one of that name, NULL when it was not given. */
const char *leie_args_value(const leie_args *args, const char *name);

/* A whole number from low to high; a missing option leaves *value as it is. */
leie_status leie_args_integer(const leie_args *args, const char *name, leie_size low, leie_size high,
                              leie_size *value, leie_error *err);

/* Usage, options and example of a verb. */
void leie_args_help(FILE *to, const leie_verb *verb);

#endif
