// SPDX-License-Identifier: GPL-3.0-or-later
/* leie info: what this program is and what the machine allows it. */
#include <string.h>

#include "io/cli/cmd.h"
#include "io/cli/texttable.h"

static const leie_option options[] = {LEIE_OPTION_THREADS, {0}};

static const leie_verb verb = {
    .name = "info",
    .operands = "",
    .purpose = "Version, build, processor, thread and memory limits, measured memory bandwidth.",
    .example = "  leie info",
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
        double start = leie_progress_clock();
        leie_parallel_for(BAND_DOUBLES, BAND_GRAIN, read_band, &b, NULL);
        double rate = BAND_DOUBLES * sizeof *data / (leie_progress_clock() - start);
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

int leie_cmd_info(int argc, char **argv)
{
    leie_cmd cmd;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help)
        st = print_info(&cmd.err);
    return leie_cmd_end(&cmd, st);
}
