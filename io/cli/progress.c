// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/progress.h"

#include <string.h>
#include <sys/ioctl.h>

enum { BAR = 30 }; // characters between the brackets

void leie_progress_start(leie_progress *p, FILE *to, bool terminal)
{
    *p = (leie_progress){.to = to, .terminal = terminal, .start = leie_seconds()};
    p->shown_at = p->start;
}

bool leie_progress_due(leie_progress *p, double share, double now)
{
    bool due = p->terminal ? now - p->shown_at >= 0.1 || share >= 1
                           : share - p->shown_share >= 0.1 || now - p->shown_at >= 10;
    if (due) {
        p->shown_at = now;
        p->shown_share = share;
    }
    return due;
}

void leie_progress_bar(char *line, size_t size, int width, double share, double seconds, const char *what)
{
    char bar[BAR + 1], rate[64] = "";
    int full = (int)(share * BAR + 0.5);
    full = full < 0 ? 0 : full > BAR ? BAR : full;
    memset(bar, '.', BAR);
    memset(bar, '#', (size_t)full);
    bar[BAR] = '\0';
    if (share > 0 && share < 1 && seconds >= 0.5) {
        double left = seconds * (1 - share) / share;
        if (left < 90)
            snprintf(rate, sizeof rate, "  %.3g %%/s  %.0f s left", 100 * share / seconds, left);
        else
            snprintf(rate, sizeof rate, "  %.3g %%/s  %.0f min left", 100 * share / seconds, left / 60);
    }
    snprintf(line, size, "[%s] %3.0f %%%s  %s", bar, 100 * share, rate, what);
    if (width > 0 && (size_t)width < size)
        line[width] = '\0'; // phases are named in ASCII
}

static int terminal_width(FILE *to)
{
    struct winsize w;
    return ioctl(fileno(to), TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? w.ws_col - 1 : 79;
}

void leie_progress_show(leie_progress *p, double share, const char *what)
{
    char line[256];
    if (!p->terminal) {
        fprintf(p->to, "%3.0f %%  %s\n", 100 * share, what);
        return;
    }
    leie_progress_bar(line, sizeof line, terminal_width(p->to), share, p->shown_at - p->start, what);
    fprintf(p->to, "\r%s\033[K", line);
    fflush(p->to);
    p->drawn = true;
}

void leie_progress_hide(leie_progress *p)
{
    if (p->drawn)
        fputs("\r\033[K", p->to);
    p->drawn = false;
}
