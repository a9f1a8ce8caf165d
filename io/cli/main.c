// SPDX-License-Identifier: GPL-3.0-or-later
/* The program: finds the verb and hands over. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "io/cli/cmd.h"
#include "io/cli/cmd_show.h"

static const struct {
    const char *name, *operands, *purpose;
    int (*run)(int argc, char **argv);
} verbs[] = {
    {"run", "STUDY", "a study in, footprints as NetCDF and a summary out", leie_cmd_run},
    {"check", "STUDY|TABLE", "all identities of tables and accounts, pass or fail", leie_cmd_check},
    {"show", "FILE [NAME]", "a result or a table file as readable tables", leie_cmd_show},
    {"compare", "RESULT [RESULT]", "what changed between editions, years or scenarios, and why", leie_cmd_compare},
    {"import", "FORMAT PATH -o FILE", "tables in, Leie's table file out", leie_cmd_import},
    {"export", "TABLE --to csv -o FOLDER", "an assembled table as a folder of CSV files", leie_cmd_export},
    {"report", "RESULT -o report.html", "one self-contained page with pictures", leie_cmd_report},
    {"construct", "SUT --model A|B|C|D|almon", "a symmetric table from supply and use", leie_cmd_construct},
    {"balance", "PRIOR --row-totals R ...", "a table moved to totals that it does not meet", leie_cmd_balance},
    {"split", "TABLE --sector SPEC ...", "sectors cut into parts, or (SUT --keys K) a nation into regions", leie_cmd_split},
    {"reconcile", "SYSTEM [-o FILE]", "uncertain flows made to keep every balance", leie_cmd_reconcile},
    {"stock", "STUDY [-o FILE]", "what is in use, by year of inflow and lifetime", leie_cmd_stock},
    {"waste", "STUDY [-o FILE]", "waste by type, sector and treatment, secondary material, plants", leie_cmd_waste},
    {"info", "", "version, build, processor, limits, measured bandwidth", leie_cmd_info},
};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

static int print_help(FILE *to, int code)
{
    fputs("leie: input-output and material flow analysis for a circular economy\n\n"
          "leie VERB [OPTION]... [OPERAND]...\n\n",
          to);
    for (int i = 0; i < VERBS; i++)
        fprintf(to, "  leie %-9s %-25s  %s\n", verbs[i].name, verbs[i].operands, verbs[i].purpose);
    fputs("\nleie VERB --help    options and an example of a verb\n"
          "leie --version      version and commit\n\n"
          "Exit codes: 0 done, 1 computation failed, 2 wrong usage, 3 bad data, 4 check failed,\n"
          "5 no resources, 128+n ended by signal n. Results on stdout, log and progress on stderr.\n\n"
          "Example\n  leie run study.yaml -o result.nc\n  leie show result.nc D_cba\n",
          to);
    return code;
}

static int unknown_verb(const char *word)
{
    leie_labels names = {0};
    for (int i = 0; i < VERBS; i++)
        if (leie_labels_add(&names, verbs[i].name, NULL, NULL, NULL, NULL) < 0)
            break; // without memory the hint is from a shorter list
    const char *nearest = leie_labels_nearest(&names, word);
    if (nearest)
        fprintf(stderr, "leie: no verb '%.60s', did you mean '%s'? (leie --help)\n", word, nearest);
    else
        fprintf(stderr,
                "leie: no verb '%.60s': run, check, show, compare, import, export, report, construct, balance, "
                "split, reconcile, stock, waste or info (leie --help)\n",
                word);
    leie_labels_clear(&names);
    return leie_exit_code(LEIE_ERR_USAGE);
}

// Leaves with the verb's exit code. After a failed write of netCDF past its exit handler, which may crash; without
// resources past that of OpenBLAS, which waits for its threads, and they for memory.
static int leave(int code)
{
    if (leie_netcdf_poisoned() || code == leie_exit_code(LEIE_ERR_NOMEM)) {
        fflush(NULL);
        _Exit(code);
    }
    return code;
}

enum { MAPPED_FROM = 1 << 20 }; // bytes: larger blocks go back to the system when they are freed

int main(int argc, char **argv)
{
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, MAPPED_FROM); // glibc would raise it with every block that is freed
#endif
    leie_blas_alone();
    if (argc < 2)
        return print_help(stderr, leie_exit_code(LEIE_ERR_USAGE));
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
        return print_help(stdout, 0);
    if (strcmp(word, "--version") == 0) {
        printf("leie %s (%s)\n", leie_version(), leie_commit());
        return 0;
    }
    for (int i = 0; i < VERBS; i++)
        if (strcmp(word, verbs[i].name) == 0)
            return leave(verbs[i].run(argc - 1, argv + 1));
    return unknown_verb(word);
}
