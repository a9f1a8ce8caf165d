// SPDX-License-Identifier: GPL-3.0-or-later
/* leie report: a result as one page. */
#include <stdlib.h>

#include "io/cli/cmd.h"

static const leie_option options[] = {{"output", 'o', "FILE", "the page, in the working folder (default report.html)"},
                                      {"region", 'r', "CODE", "whose account it shows (default: the first region of the result)"},
                                      {"language", 'l', "en|nl", "English (default) or Dutch"},
                                      {0}};

static const leie_verb verb = {
    .name = "report",
    .operands = "RESULT",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Makes one self-contained page of a result: pictures, the table behind each, method and sources.\n"
               "  A reconciled system, by itself or in a run, is drawn as a Sankey with standard deviations.",
    .example = "  leie report results.nc -o report.html --region BE-VLG --language nl\n"
               "  leie reconcile system.yaml -o system.nc && leie report system.nc",
    .option = options};

// The page in memory, then as a file in a single step.
static leie_status write_page(const leie_dataset *ds, const leie_report_opts *opts, const char *path, leie_error *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *page = open_memstream(&text, &size);
    if (!page)
        return leie_fail_memory(err, "report", 1, 1);
    leie_status st = leie_report_write(page, ds, opts, err);
    if (fclose(page) && !st)
        st = leie_fail_memory(err, "report", 1, 1);
    if (!st)
        st = leie_report_replace(path, text, size, err);
    free(text); // of open_memstream, not of the allocator
    return st;
}

int leie_cmd_report(int argc, char **argv)
{
    leie_args args;
    leie_dataset ds = {0};
    leie_error err = {0};
    leie_status st = leie_args_read(&args, &verb, argc, argv, &err);
    if (!st && args.help) {
        leie_args_help(stdout, &verb);
    } else if (!st) {
        leie_report_opts opts = {.region = leie_args_value(&args, "region"), .language = leie_args_value(&args, "language")};
        const char *output = leie_args_value(&args, "output");
        output = output ? output : "report.html";
        st = leie_netcdf_read(&ds, args.operand[0], false, &err);
        if (!st)
            st = write_page(&ds, &opts, output, &err);
        if (!st)
            fprintf(stderr, "%s\n", output);
    }
    if (st)
        fprintf(stderr, "leie report: %s\n", err.text);
    leie_dataset_clear(&ds);
    leie_args_clear(&args);
    return leie_exit_code(st);
}
