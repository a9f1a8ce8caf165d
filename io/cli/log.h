/* What the program says on stderr while it works: plain lines and a bar, or one JSON object per line. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_LOG_H
#define LEIE_IO_CLI_LOG_H

#include <stdio.h>

#include "io/cli/args.h"
#include "io/cli/progress.h"
#include "io/leie_io.h"

typedef struct leie_log {
    FILE *to;
    bool json;
    bool quiet; // errors only
    leie_progress progress;
} leie_log;

/* Options --log text|json and --quiet of a verb that has them. LEIE_ERR_USAGE. */
leie_status leie_log_start(leie_log *log, const leie_args *args, leie_error *err);

/* Callbacks for leie_run and leie_assemble; the log must outlive them. */
leie_watch leie_log_watch(leie_log *log);

/* One line: a sentence at a level ("info", "note", "warning", "error"), year 0 for none. */
void leie_log_line(leie_log *log, const char *level, int year, const char *text);

/* Prints an error and returns the exit code of its status; 128 + n when signal n asked to stop. */
int leie_log_error(leie_log *log, leie_status st, const leie_error *err);

/* A text as a JSON string with its quotes: control characters, quotes and backslashes escaped, and bytes
 * that are not UTF-8 replaced by U+FFFD. */
void leie_log_json_string(FILE *to, const char *text);

#endif
