// SPDX-License-Identifier: GPL-3.0-or-later
/* bench [-l] [question ...]             measures the questions whose names begin so, or all
 * bench --export FOLDER REGIONS SECTORS  writes the generated table for perf/peers; a third number, the density in
 *                                        per cent, asks for a sparse one whose regions buy from the one before alone
 * bench --export FOLDER STUDY            writes the table of a study's last year
 *
 * Lines go to standard output; with BENCH_TABLE=FILE each is appended there too, with commit, compiler,
 * flags and processor, separated by tabs. */
#define _XOPEN_SOURCE 700
#include "perf/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "perf/generate.h"
#include "kernels/peak.h"
#include "perf/peer_answers.h"
#include "perf/peer_table.h"
#include "perf/roofline.h"

enum { QUESTIONS_MAX = 64, RUNS_MIN = 3, RUNS_MAX = 9, WORDS = 1 << 26, FMA_STEPS = 20000000 };

static struct {
    const char *name, *what;
    bench_question ask;
} questions[QUESTIONS_MAX];
static int question_count;
static const char *asking = "";
static bool wrong;

void bench_register(const char *name, const char *what, bench_question ask)
{
    if (question_count == QUESTIONS_MAX) {
        fprintf(stderr, "more than %d questions\n", QUESTIONS_MAX);
        exit(2);
    }
    questions[question_count].name = name;
    questions[question_count].what = what;
    questions[question_count++].ask = ask;
}

bool bench_large(void)
{
    const char *env = getenv("BENCH_LARGE");
    return env && strcmp(env, "1") == 0;
}

void bench_need(leie_status st, const leie_error *err, const char *what)
{
    if (!st)
        return;
    fprintf(stderr, "bench: %s: %s\n", what, err && err->code ? err->text : "failed");
    exit(1);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void bench_measure(bench_case *c, bench_work work, void *ctx)
{
    double seconds[RUNS_MAX], start = leie_seconds();
    work(ctx);
    bool slow = leie_seconds() - start > 5; // the warm-up of a long case counts as a run
    double total = 0;
    c->runs = 0;
    if (slow)
        total = seconds[c->runs++] = leie_seconds() - start;
    while (c->runs < RUNS_MAX && (c->runs < RUNS_MIN || total < 1)) {
        start = leie_seconds();
        work(ctx);
        total += seconds[c->runs++] = leie_seconds() - start;
    }
    qsort(seconds, (size_t)c->runs, sizeof seconds[0], by_value);
    c->best = seconds[0];
    c->median = seconds[c->runs / 2];
    c->threads = leie_threads();
}

static struct {
    int threads;
    double bandwidth, peak;
} machine;

typedef struct machine_job {
    uint64_t *word;
    uint64_t sum;
    double sink, flops;
} machine_job;

static void read_all(void *ctx)
{
    machine_job *job = ctx;
    job->sum += machine_read(job->word, WORDS);
}

static void multiply_add(void *ctx)
{
    machine_job *job = ctx;
    job->flops = machine_fma(FMA_STEPS, &job->sink);
}

/* Bandwidth and peak for the current thread count. */
static void measure_machine(void)
{
    if (machine.threads == leie_threads())
        return;
    machine_job job = {.word = leie_new(WORDS, sizeof *job.word)};
    bench_case c = {0};
    if (!job.word) {
        fprintf(stderr, "bench: no memory for the bandwidth test\n");
        exit(1);
    }
    for (leie_size i = 0; i < WORDS; i++)
        job.word[i] = (uint64_t)i;
    bench_measure(&c, read_all, &job);
    machine.bandwidth = 1e-9 * sizeof *job.word * WORDS / c.best;
    bench_measure(&c, multiply_add, &job);
    machine.peak = 1e-9 * job.flops / c.best;
    if (job.sum == 0 || job.sink == 0) // both are results: the loops may not be optimised away
        fprintf(stderr, "bench: the machine test gave nothing\n");
    leie_free(job.word);
    machine.threads = leie_threads();
}

double bench_bandwidth(void)
{
    measure_machine();
    return machine.bandwidth;
}

double bench_peak(void)
{
    measure_machine();
    return machine.peak;
}

static const char *verdict(const bench_case *c)
{
    if (isnan(c->residual))
        return "-";
    return c->residual <= c->allowed ? "good" : "WRONG";
}

/* "12.3 GB/s (61 %)", or "" without a rate. */
static void rate(char *text, size_t size, double amount, double seconds, const char *unit, double most)
{
    double speed = 1e-9 * amount / seconds;
    text[0] = '\0';
    if (amount > 0)
        snprintf(text, size, "%.2f %s (%.0f %%)", speed, unit, 100 * speed / most);
}

static void append(const bench_case *c, const char *flops, const char *bytes)
{
    const char *path = getenv("BENCH_TABLE");
    FILE *file = path && path[0] ? fopen(path, "a") : NULL;
    if (!file)
        return;
    fprintf(file, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%.6g\t%.6g\t%s\t%s\t%.3g\t%s\t%s\n", leie_commit(),
            leie_compiler(), leie_build_flags(), machine_processor(), asking, c->name, c->sizes, c->threads, c->runs,
            c->best, c->median, flops, bytes, c->residual, verdict(c), c->note ? c->note : "");
    fclose(file);
}

void bench_report(const bench_case *c)
{
    char flops[64], bytes[64], residual[32] = "-";
    rate(flops, sizeof flops, c->flops, c->best, "GFLOP/s", c->flops > 0 ? bench_peak() : 1);
    rate(bytes, sizeof bytes, c->bytes, c->best, "GB/s", c->bytes > 0 ? bench_bandwidth() : 1);
    if (!isnan(c->residual))
        snprintf(residual, sizeof residual, "%.1e", c->residual);
    printf("%-10s %-34s %-30s %2d  %10.5f %10.5f  %-22s %-20s %8s %s%s%s\n", asking, c->name, c->sizes, c->threads,
           c->best, c->median, flops, bytes, residual, verdict(c), c->note ? "  " : "", c->note ? c->note : "");
    fflush(stdout);
    append(c, flops, bytes);
    char name[128];
    snprintf(name, sizeof name, "%.60s %.50s T=%d", c->name, c->sizes, c->threads);
    roofline_add(name, c->flops, c->bytes, c->best);
    wrong |= strcmp(verdict(c), "WRONG") == 0;
}

void bench_skip(const char *name, const char *why)
{
    printf("%-10s %-34s skipped: %s\n", asking, name, why);
    fflush(stdout);
}

static bool wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strncmp(name, argv[i], strlen(argv[i])) == 0)
            return true;
    return argc <= 1;
}

static int list(void)
{
    for (int i = 0; i < question_count; i++)
        printf("%-10s %s\n", questions[i].name, questions[i].what);
    return 0;
}

/* Writes a table for the peers, or the engine's answers to it. */
static void hand_over(const char *what, const char *folder, const leie_table *t)
{
    leie_error err = {0};
    bool answers = strcmp(what, "--answers") == 0;
    leie_status st = answers ? bench_peer_answers(folder, t, LEIE_SOLVER_AUTO, &err) : bench_peer_table(folder, t, &err);
    bench_need(st, &err, answers ? "answers" : "export");
}

static int export_made(int argc, char **argv)
{
    leie_error err = {0};
    bench_table made = {0};
    leie_table t = {0};
    int regions = atoi(argv[3]), sectors = atoi(argv[4]);
    if (argc == 5) {
        bench_need(bench_generate(&made, regions, sectors, LEIE_DENSE, &err), &err, "generate");
    } else { // two blocks of a region's column are used, one of them a third as dense
        double home = 0.01 * atof(argv[5]) * regions * 0.75;
        const bench_shape chain = {.home = home, .abroad = home / 3, .chain = true};
        bench_need(bench_generate_shape(&made, regions, sectors, LEIE_SPARSE, &chain, &err), &err, "generate");
    }
    bench_need(bench_generate_table(&t, &made, &err), &err, "generate");
    hand_over(argv[1], argv[2], &t);
    leie_table_clear(&t);
    bench_generate_clear(&made);
    return 0;
}

/* The last year of a study. */
static int export_study(char **argv)
{
    leie_error err = {0};
    leie_study study = {0};
    leie_table t = {0};
    int *years = NULL;
    leie_size n = 0;
    bench_need(leie_study_read(&study, argv[3], 0, NULL, &err), &err, argv[3]);
    bench_need(leie_study_years(&years, &n, &study, &err), &err, argv[3]);
    bench_need(leie_assemble(&t, &study, years[n - 1], NULL, &err), &err, argv[3]);
    hand_over(argv[1], argv[2], &t);
    leie_table_clear(&t);
    leie_study_clear(&study);
    leie_free(years);
    return 0;
}

static bool hands_over(int argc, char **argv)
{
    return argc >= 4 && (strcmp(argv[1], "--export") == 0 || strcmp(argv[1], "--answers") == 0);
}

static void header(void)
{
    printf("commit %s, %s, %s\n", leie_commit(), leie_compiler(), leie_build_flags());
    printf("%s, %d threads, FMA by %s\n", machine_processor(), leie_threads(), machine_isa());
    printf("measured: read %.1f GB/s, FMA peak %.1f GFLOP/s (the shares below are of these)\n\n", bench_bandwidth(),
           bench_peak());
    printf("%-10s %-34s %-30s %2s  %10s %10s  %-22s %-20s %8s %s\n", "question", "case", "sizes", "T", "best s",
           "median s", "flops", "bytes", "residual", "verdict");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && strcmp(argv[1], "-l") == 0)
        return list();
    if (hands_over(argc, argv) && argc <= 6)
        return argc > 4 ? export_made(argc, argv) : export_study(argv);
    header();
    int asked = 0;
    for (int i = 0; i < question_count; i++) {
        if (!wanted(questions[i].name, argc, argv))
            continue;
        asking = questions[i].name;
        questions[i].ask();
        asked++;
    }
    roofline_write("build/roofline.svg", bench_bandwidth(), bench_peak());
    if (!asked)
        fprintf(stderr, "bench: no question of that name; bench -l lists them\n");
    return wrong ? 1 : asked ? 0 : 2;
}
