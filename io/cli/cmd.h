/* The verbs of the program that read a study, and what they share (show: cmd_show.h). Each verb takes argv[0] = its name,
 * prints results on stdout and everything else on stderr, and returns the exit code. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_CMD_H
#define LEIE_IO_CLI_CMD_H

#include "io/cli/args.h"
#include "io/cli/log.h"
#include "io/leie_io.h"

int leie_cmd_run(int argc, char **argv);
int leie_cmd_check(int argc, char **argv);
int leie_cmd_compare(int argc, char **argv);
int leie_cmd_export(int argc, char **argv);
int leie_cmd_report(int argc, char **argv);
int leie_cmd_import(int argc, char **argv);
int leie_cmd_construct(int argc, char **argv);
int leie_cmd_balance(int argc, char **argv);
int leie_cmd_split(int argc, char **argv);
int leie_cmd_info(int argc, char **argv);
int leie_cmd_reconcile(int argc, char **argv);
int leie_cmd_stock(int argc, char **argv);
int leie_cmd_waste(int argc, char **argv);

/* One call of a verb. */
typedef struct leie_cmd {
    const leie_verb *verb;
    leie_args args;
    leie_log log;
    leie_study study;
    leie_error err;
} leie_cmd;

/* Options that every verb with a study has. */
#define LEIE_OPTION_SET {"set", 0, "KEY=VALUE", "change the study: --set solver.tolerance=1e-10 (may be repeated)"}
#define LEIE_OPTION_THREADS {"threads", 0, "N", "threads to use (default: what the machine allows)"}
#define LEIE_OPTION_SOLVER {"solver", 0, "NAME", "auto, lu, mixed, sparse, klu, block or factored"}
#define LEIE_OPTION_LOG {"log", 0, "text|json", "form of the log on stderr (default: text)"}
#define LEIE_OPTION_QUIET {"quiet", 'q', NULL, "nothing on stderr but errors"}

/* Reads the command line, prints the help when it is asked for, sets log and threads. The verb goes on
 * when this is LEIE_OK and args.help is false. */
leie_status leie_cmd_begin(leie_cmd *cmd, const leie_verb *verb, int argc, char **argv);

/* The values of --set in their order; the list has room for three more and is the caller's to leie_free. */
leie_status leie_cmd_sets(char ***set, leie_size *sets, leie_cmd *cmd);

/* Reads the study of operand 0, or makes one around the table that it is, with --set, --solver, --draws and --seed. */
leie_status leie_cmd_study(leie_cmd *cmd);

/* The year of --year, or the only one of the study. LEIE_ERR_USAGE. */
leie_status leie_cmd_year(int *year, leie_cmd *cmd);

/* The notes of a table as lines of the log; year 0 for none. */
void leie_cmd_notes(leie_cmd *cmd, const leie_provenance *p, int year);

/* Prints the error of a status other than LEIE_OK, releases everything and returns the exit code: 5 when
 * stdout could not be written. */
int leie_cmd_end(leie_cmd *cmd, leie_status st);

#endif
