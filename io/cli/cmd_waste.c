// SPDX-License-Identifier: GPL-3.0-or-later
/* leie waste: waste accounts of a study, as NetCDF and as a table of regions. */
#include <math.h>
#include <string.h>

#include "io/cli/cmd.h"
#include "io/cli/texttable.h"

static const leie_option options[] = {
    {"output", 'o', "FILE", "result file, in the working folder (default: the study's)"},
    LEIE_OPTION_SET,
    LEIE_OPTION_LOG,
    {"quiet", 'q', NULL, "no log and no table: errors only"},
    {0}};

static const leie_verb verb = {
    .name = "waste",
    .operands = "STUDY",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Draws up waste by type, sector and treatment, and follows it into exports, secondary material and plants;\n"
               "  with 'closure', treatments are columns of a table.",
    .example = "  leie waste tests/cases/waste/study.yaml -o waste.nc\n"
               "  leie waste tests/cases/waste_io/study.yaml -o waste_io.nc\n"
               "  leie waste study.yaml --set residual.target=150",
    .option = options};

static const char *const columns[] = {"extraction",     "stock_additions", "waste_generation", "stock_depletion",
                                      "waste_recovery", "circularity_gap", "residual_waste"};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static leie_status print_table(const leie_dataset *ds, const char *unit, leie_error *err)
{
    const leie_var *region = leie_dataset_find(ds, "region"), *var[COLUMNS];
    leie_texttable t;
    char align[COLUMNS + 2] = "l";
    int n = 0;
    for (int k = 0; k < COLUMNS; k++)
        if ((var[n] = leie_dataset_find(ds, columns[k]))) {
            n++;
            strcat(align, "r");
        }
    leie_texttable_start(&t, align);
    leie_texttable_add(&t, "region");
    for (int k = 0; k < n; k++)
        leie_texttable_add(&t, "%s", var[k]->name);
    for (leie_size r = 0; r < region->count; r++) {
        leie_texttable_add(&t, "%s", region->text[r]);
        for (int k = 0; k < n; k++)
            leie_texttable_add(&t, isnan(var[k]->number[r]) ? "-" : "%.7g", var[k]->number[r]);
    }
    const char *label = leie_dataset_get_text(ds, NULL, "label");
    printf("%s\n%s%sunit: %s", leie_dataset_get_text(ds, NULL, "title"), label ? label : "", label ? "\n" : "", unit);
    const leie_var *residual = leie_dataset_find(ds, "residual_waste");
    if (residual)
        printf("; residual waste in kg per inhabitant, of %s", leie_dataset_get_text(ds, residual, "counts"));
    printf("\n\n");
    leie_status st = leie_texttable_print(&t, stdout, 2, err);
    leie_texttable_clear(&t);
    return st;
}

// One item of the last dimension summed over regions: NAME, NAME_low, NAME_high.
static void add_sums(leie_texttable *t, const leie_dataset *ds, const char *of, leie_size item, leie_size items)
{
    static const char *const end[] = {"", "_low", "_high"};
    double sum[3] = {0};
    for (int e = 0; e < 3; e++) {
        char name[32];
        snprintf(name, sizeof name, "%s%s", of, end[e]);
        const leie_var *var = leie_dataset_find(ds, name);
        for (leie_size i = item; i < var->count; i += items)
            sum[e] += var->number[i];
    }
    leie_texttable_add(t, "%.4g", sum[0]);
    leie_texttable_add(t, "%.4g to %.4g", sum[1], sum[2]);
}

// A table of what the items of an axis need, summed over regions.
static leie_status print_needs(const leie_dataset *ds, const char *axis, const char *title, int count, const char *const *names, const char *const *heads, leie_error *err)
{
    const leie_var *item = leie_dataset_find(ds, axis);
    leie_texttable t;
    leie_texttable_start(&t, count == 1 ? "lrl" : "lrlrlrl");
    leie_texttable_add(&t, "%s", heads[0]);
    for (int k = 0; k < count; k++) {
        leie_texttable_add(&t, "%s", heads[k + 1]);
        leie_texttable_add(&t, "range");
    }
    for (leie_size p = 0; p < item->count; p++) {
        leie_texttable_add(&t, "%s", item->text[p]);
        for (int k = 0; k < count; k++)
            add_sums(&t, ds, names[k], p, item->count);
    }
    printf("\n%s\n\n", title);
    leie_status st = leie_texttable_print(&t, stdout, 2, err);
    leie_texttable_clear(&t);
    return st;
}

// What plants a scenario needs, and how much of the land goes to plants of which size.
static leie_status print_plants(const leie_dataset *ds, leie_error *err)
{
    static const char *const names[] = {"plants_whole", "area_whole", "jobs_whole"}, *const heads[] = {"plant", "plants", "area (ha)", "jobs"};
    static const char *const area[] = {"area_by_size"}, *const sizes[] = {"site of a plant", "area (ha)"};
    if (!leie_dataset_find(ds, "plant"))
        return LEIE_OK;
    leie_status st = print_needs(ds, "plant", "whole plants that the waste treated needs, all regions", 3, names, heads, err);
    return st ? st : print_needs(ds, "size_class", "their area by the size of a plant's site", 1, area, sizes, err);
}

static leie_status run_study(leie_cmd *cmd, const leie_waste_study *study)
{
    char text[512];
    leie_dataset ds = {0};
    leie_waste_info info;
    const char *output = leie_args_value(&cmd->args, "output");
    output = output ? output : study->head.output;
    leie_status st = leie_waste_run(&ds, study, &info, &cmd->err);
    st = st ? st : leie_netcdf_write(output, &ds, 0, &cmd->err);
    if (st)
        goto done;
    if (info.unrouted > 0) {
        snprintf(text, sizeof text, "%g %s of waste has no treatment chosen: see waste_unrouted", info.unrouted, study->unit);
        leie_log_line(&cmd->log, "warning", 0, text);
    }
    if (info.sent_back > 0) {
        snprintf(text, sizeof text, "caps keep %g %s of waste at home: see export_sent_back", info.sent_back, study->unit);
        leie_log_line(&cmd->log, "note", 0, text);
    }
    if (study->closure.table.real) {
        snprintf(text, sizeof text, "waste input-output with treatments as columns: residual %.1e", info.closure_residual);
        leie_log_line(&cmd->log, "info", 0, text);
    }
    snprintf(text, sizeof text, "%.300s: %lld regions, %lld waste types, %lld treatments, mass kept within %.1e", output,
             (long long)info.regions, (long long)info.wastes, (long long)info.treatments, info.gap);
    leie_log_line(&cmd->log, "info", 0, text);
    if (!cmd->log.quiet) {
        st = print_table(&ds, study->unit, &cmd->err);
        st = st ? st : print_plants(&ds, &cmd->err);
    }
done:
    leie_dataset_clear(&ds);
    return st;
}

int leie_cmd_waste(int argc, char **argv)
{
    leie_cmd cmd;
    leie_waste_study study = {0};
    char **set = NULL;
    leie_size sets = 0;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help) {
        st = leie_cmd_sets(&set, &sets, &cmd);
        st = st ? st : leie_waste_study_read(&study, cmd.args.operand[0], sets, set, &cmd.err);
        st = st ? st : run_study(&cmd, &study);
    }
    leie_waste_study_clear(&study);
    leie_free(set);
    return leie_cmd_end(&cmd, st);
}
