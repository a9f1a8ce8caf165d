// SPDX-License-Identifier: GPL-3.0-or-later
/* leie info: what this program is and what the machine allows it. */
#include <string.h>
#include <sys/stat.h>

#include "io/cli/cmd.h"
#include "io/cli/texttable.h"

static const leie_option options[] = {LEIE_OPTION_THREADS, {0}};

static const leie_verb verb = {
    .name = "info",
    .operands = "[TABLE]",
    .operands_max = 1,
    .purpose = "Version, build, processor, thread and memory limits, measured memory bandwidth; or of a table file: how it\n"
               "keeps Z, and what solving from it takes.",
    .example = "  leie info\n"
               "  leie info 2011.nc",
    .option = options};

enum { BAND_DOUBLES = 1 << 25, BAND_GRAIN = 1 << 16, BAND_CHUNKS = BAND_DOUBLES / BAND_GRAIN, BAND_REPEATS = 5 };

// Memory read by all threads, summed so that it is really read.
typedef struct band {
    const double *data; // [BAND_DOUBLES]
    double *sum;        // [BAND_CHUNKS]
} band;

static leie_status read_band(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const band *b = ctx;
    double s[8] = {0};
    (void)worker;
    (void)err;
    for (leie_size i = first; i + 8 <= last; i += 8)
        for (int j = 0; j < 8; j++)
            s[j] += b->data[i + j];
    b->sum[first / BAND_GRAIN] = s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7];
    return LEIE_OK;
}

// Bytes per second of the best of a few reads of 256 MiB; 0 when there is no memory for it.
static double bandwidth(void)
{
    double best = 0;
    double *data = leie_new(BAND_DOUBLES, sizeof *data);
    double *sum = leie_new(BAND_CHUNKS, sizeof *sum);
    band b = {data, sum};
    for (int i = 0; data && sum && i < BAND_REPEATS; i++) {
        double start = leie_seconds();
        leie_parallel_for(BAND_DOUBLES, BAND_GRAIN, read_band, &b, NULL);
        double rate = BAND_DOUBLES * sizeof *data / (leie_seconds() - start);
        best = rate > best ? rate : best;
    }
    leie_free(data);
    leie_free(sum);
    return best;
}

static void processor(char *name, size_t size)
{
    char line[256];
    FILE *f = fopen("/proc/cpuinfo", "r");
    snprintf(name, size, "unknown");
    while (f && fgets(line, sizeof line, f)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        snprintf(name, size, "%s", colon + 1 + strspn(colon + 1, " \t"));
        name[strcspn(name, "\n")] = '\0';
        break;
    }
    if (f)
        fclose(f);
}

static leie_status print_info(leie_error *err)
{
    leie_texttable table;
    char name[256];
    double memory = (double)leie_machine_memory(), allowed = (double)leie_machine_allowed();
    double rate = bandwidth();
    processor(name, sizeof name);
    leie_texttable_start(&table, "ll");
    leie_texttable_add(&table, "leie");
    leie_texttable_add(&table, "%s, commit %s", leie_version(), leie_commit());
    leie_texttable_add(&table, "compiler");
    leie_texttable_add(&table, "%s", leie_compiler());
    leie_texttable_add(&table, "processor");
    leie_texttable_add(&table, "%s", name);
    leie_texttable_add(&table, "threads");
    leie_texttable_add(&table, "%d", leie_threads());
    leie_texttable_add(&table, "memory");
    if (allowed < memory)
        leie_texttable_add(&table, "%.1f GB, of which this process may use %.1f GB", memory / 1e9, allowed / 1e9);
    else
        leie_texttable_add(&table, "%.1f GB", memory / 1e9);
    leie_texttable_add(&table, "bandwidth");
    leie_texttable_add(&table, rate > 0 ? "%.1f GB/s read, all threads, best of %d" : "not measured: no memory", rate / 1e9,
                       BAND_REPEATS);
    leie_status st = leie_texttable_print(&table, stdout, 0, err);
    leie_texttable_clear(&table);
    return st;
}

// ---- a table file ----

static double integer_of(const leie_dataset *ds, const char *name)
{
    const leie_attribute *a = leie_dataset_get(ds, NULL, name);
    return a && a->type == LEIE_VAR_INT && a->n == 1 ? (double)a->integer[0] : 0;
}

static double length_of(const leie_dataset *ds, const char *dim)
{
    leie_size at = leie_dataset_find_dim(ds, dim);
    return at < 0 ? 0 : (double)ds->dim[at].n;
}

static const char *layout_of(const leie_dataset *ds)
{
    return leie_dataset_find(ds, "A_high")     ? "block: technical coefficients by blocks of regions, solved from without conversion"
           : leie_dataset_find(ds, "Z_single") ? "single: Z in single precision"
           : leie_dataset_find(ds, "Z_start")  ? "csr: compressed rows of Z"
                                               : "dense: Z in double precision";
}

static leie_status print_table(const char *path, leie_error *err)
{
    leie_dataset ds = {0};
    leie_texttable table;
    leie_size bytes;
    leie_netcdf_old old = LEIE_OLD_NONE;
    leie_status st = leie_netcdf_read(&ds, path, true, err);
    st = st ? st : leie_netcdf_find(&old, path, err);
    if (!st && !leie_dataset_get(&ds, NULL, "leie_table"))
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no table file of Leie: the attribute 'leie_table' is missing", path);
    if (st) {
        leie_dataset_clear(&ds);
        return st;
    }
    double n = length_of(&ds, "sector"), values = length_of(&ds, "nonzero");
    bool block = leie_dataset_find(&ds, "A_high") != NULL;
    struct stat info;
    bytes = stat(path, &info) ? 0 : (leie_size)info.st_size;
    leie_texttable_start(&table, "ll");
    leie_texttable_add(&table, "table of");
    leie_texttable_add(&table, "%.0f, layout version %.0f", integer_of(&ds, "year"), integer_of(&ds, "leie_table"));
    leie_texttable_add(&table, "layout");
    leie_texttable_add(&table, "%s", layout_of(&ds));
    leie_texttable_add(&table, "size");
    leie_texttable_add(&table, "%.1f MB; Z as dense doubles would take %.1f MB", (double)bytes / 1e6, 8e-6 * n * n);
    leie_texttable_add(&table, "shape");
    leie_texttable_add(&table, "%.0f sectors in %.0f regions, %.0f final-demand columns, %.0f stressors", n, length_of(&ds, "region"),
                       length_of(&ds, "demand"), length_of(&ds, "stressor"));
    if (block || values > 0) {
        leie_texttable_add(&table, block ? "entries" : "non-zeros");
        leie_texttable_add(&table, block ? "%.0f, %.1f %% of all cells, with what rounds blocks up" : "%.0f, %.1f %% of all cells",
                           block ? length_of(&ds, "entry") : values, 100 * (block ? length_of(&ds, "entry") : values) / (n * n));
    }
    leie_texttable_add(&table, "check sums");
    leie_texttable_add(&table, "%s", old == LEIE_OLD_WHOLE ? "good" : "none: another program wrote the file again");
    st = leie_texttable_print(&table, stdout, 0, err);
    leie_texttable_clear(&table);
    leie_dataset_clear(&ds);
    return st;
}

int leie_cmd_info(int argc, char **argv)
{
    leie_cmd cmd;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help)
        st = cmd.args.operands ? print_table(cmd.args.operand[0], &cmd.err) : print_info(&cmd.err);
    return leie_cmd_end(&cmd, st);
}
