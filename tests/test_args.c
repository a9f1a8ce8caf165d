// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/args.h"
#include "io/cli/log.h"
#include "io/cli/progress.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const leie_option options[] = {
    {"output", 'o', "FILE", "where"}, {"set", 0, "KEY=VALUE", "change"}, {"force", 'f', NULL, "again"}, {0}};
static const leie_verb verb = {.name = "run",
                               .operands = "STUDY",
                               .operands_min = 1,
                               .operands_max = 1,
                               .purpose = "Runs.",
                               .example = "  leie run x",
                               .option = options};

static char words[16][64];
static char *argv[16];

// The words of a line as argv.
static int line(const char *text)
{
    int n = 0;
    char copy[512];
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok(copy, " "); word && n < 16; word = strtok(NULL, " ")) {
        snprintf(words[n], sizeof words[n], "%s", word);
        argv[n] = words[n];
        n++;
    }
    return n;
}

static leie_status read_line(leie_args *args, const char *text, leie_error *err)
{
    *err = (leie_error){0};
    return leie_args_read(args, &verb, line(text), argv, err);
}

static void test_forms(void)
{
    leie_args args;
    leie_error err;
    check_ok(read_line(&args, "run study.yaml -o a.nc --set x=1 --output=b.nc -of.nc --set y=2 -f", &err), &err);
    check_size(args.operands, 1);
    check_text(args.operand[0], "study.yaml");
    check_text(leie_args_value(&args, "output"), "f.nc");
    check_text(leie_args_value(&args, "set"), "y=2");
    check_true(leie_args_has(&args, "force"));
    check_size(args.givens, 6);
    check_true(!args.help);
    leie_args_clear(&args);
    check_ok(read_line(&args, "run -- --study", &err), &err);
    check_text(args.operand[0], "--study");
    leie_args_clear(&args);
    check_ok(read_line(&args, "run --help", &err), &err);
    check_true(args.help);
    leie_args_clear(&args);
}

static void refused(const char *text, const char *piece)
{
    leie_args args;
    leie_error err;
    check_status(read_line(&args, text, &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, piece);
    check_true(args.given == NULL);
}

static void test_refused(void)
{
    refused("run s --ouput x", "leie run has no option --ouput, did you mean --output?");
    refused("run s --ouput=x", "did you mean --output?");
    refused("run s -z", "leie run has no option -z");
    refused("run s --output", "--output needs a value: --output FILE");
    refused("run s --force=1", "--force takes no value");
    refused("run", "leie run needs STUDY");
    refused("run a b", "'b' is one too many");
}

static void test_integer(void)
{
    leie_args args;
    leie_error err;
    leie_size value = 5;
    check_ok(read_line(&args, "run s -o 12", &err), &err);
    check_ok(leie_args_integer(&args, "set", 1, 20, &value, &err), &err);
    check_size(value, 5);
    check_ok(leie_args_integer(&args, "output", 1, 20, &value, &err), &err);
    check_size(value, 12);
    check_status(leie_args_integer(&args, "output", 1, 10, &value, &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, "--output needs a whole number from 1 to 10, found '12'");
    leie_args_clear(&args);
    check_ok(read_line(&args, "run s -o 1e3", &err), &err);
    check_status(leie_args_integer(&args, "output", 1, 10000, &value, &err), LEIE_ERR_USAGE, &err);
    leie_args_clear(&args);
}

static void test_help(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    leie_args_help(f, &verb);
    fclose(f);
    check_has(text, "leie run STUDY [OPTION]...");
    check_has(text, "-o, --output FILE    where");
    check_has(text, "    --set KEY=VALUE  change");
    check_has(text, "Example\n  leie run x");
    free(text);
}

static void test_json_string(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    leie_log_json_string(f, "a\"b\\c\n\x01 \xc3\xab \xff \xe2\x82 \xed\xa0\x80 \xf0\x9f\x8c\x8a");
    fclose(f);
    check_text(text, "\"a\\\"b\\\\c\\u000a\\u0001 \xc3\xab \\ufffd \\ufffd\\ufffd \\ufffd\\ufffd\\ufffd "
                     "\xf0\x9f\x8c\x8a\"");
    free(text);
}

static void test_progress_bar(void)
{
    char text[256];
    leie_progress_bar(text, sizeof text, 0, 0.5, 10, "solve");
    check_text(text, "[###############...............]  50 %  5 %/s  10 s left  solve");
    leie_progress_bar(text, sizeof text, 0, 0.25, 600, "solve");
    check_has(text, " 25 %  0.0417 %/s  30 min left  solve");
    leie_progress_bar(text, sizeof text, 0, 0, 0, "read");
    check_text(text, "[..............................]   0 %  read");
    leie_progress_bar(text, sizeof text, 0, 1, 3, "write");
    check_text(text, "[##############################] 100 %  write");
    leie_progress_bar(text, sizeof text, 20, 0.5, 10, "solve");
    check_size((leie_size)strlen(text), 20);
}

static void test_progress_due(void)
{
    leie_progress p;
    leie_progress_start(&p, stderr, false);
    check_true(!leie_progress_due(&p, 0.05, p.start + 1));
    check_true(leie_progress_due(&p, 0.11, p.start + 1));
    check_true(!leie_progress_due(&p, 0.2, p.start + 2));
    check_true(leie_progress_due(&p, 0.2, p.start + 12));
}

CHECK_SUITE(args, {"forms", test_forms, NULL}, {"refused", test_refused, NULL}, {"integer", test_integer, NULL},
            {"help", test_help, NULL}, {"JSON string", test_json_string, NULL},
            {"progress bar", test_progress_bar, NULL}, {"progress due", test_progress_due, NULL})
