// SPDX-License-Identifier: GPL-3.0-or-later
/* leie split: sectors of a table cut into parts, or a supply-use table into regions. */
#include "io/cli/split_regions.h"
#include "io/cli/split_sector.h"

static const leie_option options[] = {
    {"sector", 0, "SPEC", "a file with leie: 1 and disaggregate:, as in a study; its paths are relative to it"},
    LEIE_OPTIONS_SPLIT_REGIONS,
    {"output", 'o', "FOLDER", "where the table goes, as CSV files that studies read"},
    {"year", 0, "N", "which year, when the study has several"},
    {"digits", 0, "N", "significant digits, 1 to 17 (default: as many as give the same number back)"},
    LEIE_OPTION_SET,
    LEIE_OPTION_THREADS,
    LEIE_OPTION_LOG,
    LEIE_OPTION_QUIET,
    {0}};

static const leie_verb verb = {
    .name = "split",
    .operands = "STUDY|TABLE|SUT",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Cuts sectors of a table into parts by weights; every total of the parent is kept. Or, with --keys, a national\n"
               "  supply-use table into those of its regions: trade between them estimated, then balanced to the nation.",
    .example = "  leie split table.nc --sector mining.yaml -o table-mining\n"
               "  leie split sut/2015 --keys keys.csv --sectors nace_sections_nace64.csv --trade charm -o sut/regions",
    .option = options};

int leie_cmd_split(int argc, char **argv)
{
    leie_cmd cmd;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help)
        st = leie_args_has(&cmd.args, "sector") && leie_args_has(&cmd.args, "keys")
                 ? leie_fail(&cmd.err, LEIE_ERR_USAGE, "leie split takes --sector (sectors) or --keys (regions), not both")
             : leie_args_has(&cmd.args, "sector") ? leie_split_sector(&cmd)
             : leie_args_has(&cmd.args, "keys")
                 ? leie_split_regions(&cmd)
                 : leie_fail(&cmd.err, LEIE_ERR_USAGE, "leie split needs --sector SPEC (sectors) or --keys FILE (regions)");
    return leie_cmd_end(&cmd, st);
}
