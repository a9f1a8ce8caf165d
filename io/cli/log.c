// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/log.h"

#include <string.h>
#include <unistd.h>

#include "io/cli/stop.h"

leie_status leie_log_start(leie_log *log, const leie_args *args, leie_error *err)
{
    const char *form = leie_args_value(args, "log");
    *log = (leie_log){.to = stderr, .quiet = leie_args_has(args, "quiet")};
    leie_progress_start(&log->progress, stderr, isatty(STDERR_FILENO) == 1);
    if (!form || strcmp(form, "text") == 0)
        return LEIE_OK;
    if (strcmp(form, "json") != 0)
        return leie_fail(err, LEIE_ERR_USAGE, "--log is text or json, found '%.60s'", form);
    log->json = true;
    return LEIE_OK;
}

void leie_log_json_string(FILE *to, const char *text)
{
    fputc('"', to);
    for (const char *c = text; *c;) {
        int n = leie_utf8_length(c);
        if (n == 0)
            fputs("\\ufffd", to);
        else if (*c == '"' || *c == '\\')
            fprintf(to, "\\%c", *c);
        else if ((unsigned char)*c < 0x20 || *c == 0x7f)
            fprintf(to, "\\u%04x", (unsigned)*c);
        else
            fwrite(c, 1, (size_t)n, to);
        c += n ? n : 1;
    }
    fputc('"', to);
}

static void json_line(leie_log *log, const char *level, int year, const char *text, int code)
{
    fprintf(log->to, "{\"level\": \"%s\"", level);
    if (year)
        fprintf(log->to, ", \"year\": %d", year);
    if (code)
        fprintf(log->to, ", \"exit\": %d", code);
    fputs(", \"text\": ", log->to);
    leie_log_json_string(log->to, text);
    fputs("}\n", log->to);
}

void leie_log_line(leie_log *log, const char *level, int year, const char *text)
{
    if (log->quiet)
        return;
    leie_progress_hide(&log->progress);
    if (log->json) {
        json_line(log, level, year, text, 0);
        return;
    }
    if (year)
        fprintf(log->to, "%d: ", year);
    fprintf(log->to, "%s%s%s\n", strcmp(level, "info") == 0 ? "" : level, strcmp(level, "info") == 0 ? "" : ": ", text);
}

static void on_log(void *ctx, leie_log_level level, int year, const char *text)
{
    static const char *const levels[] = {
        [LEIE_LOG_INFO] = "info", [LEIE_LOG_NOTE] = "note", [LEIE_LOG_WARNING] = "warning"};
    leie_log_line(ctx, levels[level], year, text);
}

static void on_progress(void *ctx, double share, const char *what)
{
    leie_log *log = ctx;
    double now = leie_seconds();
    if (log->quiet || !leie_progress_due(&log->progress, share, now))
        return;
    if (!log->json) {
        leie_progress_show(&log->progress, share, what);
        return;
    }
    fprintf(log->to, "{\"level\": \"progress\", \"share\": %.3f, \"seconds\": %.3f, \"text\": ", share,
            now - log->progress.start);
    leie_log_json_string(log->to, what);
    fputs("}\n", log->to);
}

leie_watch leie_log_watch(leie_log *log)
{
    return (leie_watch){.ctx = log, .log = on_log, .progress = on_progress, .stop = leie_stop_asked};
}

int leie_log_error(leie_log *log, leie_status st, const leie_error *err)
{
    int asked = leie_stop_signal();
    int code = st == LEIE_ERR_STOPPED && asked ? 128 + asked : leie_exit_code(st);
    const char *text = err->code ? err->text : "something failed without saying what";
    leie_progress_hide(&log->progress);
    if (log->json)
        json_line(log, "error", 0, text, code);
    else
        fprintf(log->to, "leie: %s\n", text);
    return code;
}
