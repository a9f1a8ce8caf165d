// SPDX-License-Identifier: GPL-3.0-or-later
#include "perf/roofline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 300, NAME = 64, KINDS = 12, WIDTH = 900, HEIGHT = 560, LEFT = 70, TOP = 30, RIGHT = 30, BOTTOM = 60 };

static const char *const colour[KINDS] = {"#1f5fa8", "#c2571a", "#2c7a3f", "#8a3fa0", "#a83232", "#5b5b5b",
                                          "#0f8a8a", "#8a7a12", "#d0699a", "#6a8fd0", "#7a4b2a", "#3fa06a"};

typedef struct point {
    char name[NAME];
    int kind; // of those whose names begin alike
    double intensity, rate; // flop/byte, GFLOP/s
} point;

static point points[MOST];
static int count;

/* Names are alike up to their first comma. */
static int kind_of(const char *name)
{
    size_t length = strcspn(name, ",");
    int kinds = 0;
    for (int i = 0; i < count; i++) {
        if (strcspn(points[i].name, ",") == length && strncmp(points[i].name, name, length) == 0)
            return points[i].kind;
        kinds = points[i].kind >= kinds ? points[i].kind + 1 : kinds;
    }
    return kinds;
}

void roofline_add(const char *name, double flops, double bytes, double seconds)
{
    if (!(flops > 0 && bytes > 0 && seconds > 0) || count == MOST)
        return;
    points[count].kind = kind_of(name);
    snprintf(points[count].name, NAME, "%.63s", name);
    points[count].intensity = flops / bytes;
    points[count++].rate = 1e-9 * flops / seconds;
}

/* The window in powers of ten. */
typedef struct window {
    double x0, x1, y0, y1;
} window;

static double across(const window *w, double intensity)
{
    return LEFT + (log10(intensity) - w->x0) / (w->x1 - w->x0) * (WIDTH - LEFT - RIGHT);
}

static double up(const window *w, double rate)
{
    return HEIGHT - BOTTOM - (log10(rate) - w->y0) / (w->y1 - w->y0) * (HEIGHT - TOP - BOTTOM);
}

static window frame(double bandwidth, double peak)
{
    double ridge = peak / bandwidth, x0 = ridge, x1 = ridge, y0 = peak;
    for (int i = 0; i < count; i++) {
        x0 = fmin(x0, points[i].intensity);
        x1 = fmax(x1, points[i].intensity);
        y0 = fmin(y0, points[i].rate);
    }
    return (window){floor(log10(x0)), ceil(log10(x1) + 0.1), floor(log10(y0)), ceil(log10(peak))};
}

static void draw_axes(FILE *f, const window *w)
{
    for (double p = w->x0; p <= w->x1; p++)
        fprintf(f, "<line x1='%.0f' x2='%.0f' y1='%d' y2='%d' stroke='#ddd'/><text x='%.0f' y='%d' text-anchor='middle'>%g"
                "</text>\n", across(w, pow(10, p)), across(w, pow(10, p)), TOP, HEIGHT - BOTTOM, across(w, pow(10, p)),
                HEIGHT - BOTTOM + 18, pow(10, p));
    for (double p = w->y0; p <= w->y1; p++)
        fprintf(f, "<line x1='%d' x2='%d' y1='%.0f' y2='%.0f' stroke='#ddd'/><text x='%d' y='%.0f' text-anchor='end'>%g"
                "</text>\n", LEFT, WIDTH - RIGHT, up(w, pow(10, p)), up(w, pow(10, p)), LEFT - 6, up(w, pow(10, p)) + 4,
                pow(10, p));
    fprintf(f, "<text x='%d' y='%d' text-anchor='middle'>operations per byte</text>\n", (LEFT + WIDTH - RIGHT) / 2,
            HEIGHT - 16);
    fprintf(f, "<text x='16' y='%d' transform='rotate(-90 16 %d)' text-anchor='middle'>GFLOP/s</text>\n", HEIGHT / 2,
            HEIGHT / 2);
}

/* One line for each kind, the last ones share a colour. */
static void draw_legend(FILE *f)
{
    for (int i = 0, kinds = 0; i < count; i++) {
        if (points[i].kind < kinds)
            continue;
        fprintf(f, "<circle cx='%d' cy='%d' r='4' fill='%s'/><text x='%d' y='%d'>%.*s</text>\n", LEFT + 14, TOP + 14 + 16 * kinds,
                colour[points[i].kind % KINDS], LEFT + 24, TOP + 18 + 16 * kinds, (int)strcspn(points[i].name, ","), points[i].name);
        kinds++;
    }
}

void roofline_write(const char *path, double bandwidth, double peak)
{
    FILE *f = count > 0 ? fopen(path, "w") : NULL;
    if (!f)
        return;
    window w = frame(bandwidth, peak);
    double begin = pow(10, w.x0), end = pow(10, w.x1), ridge = peak / bandwidth, low = begin * bandwidth;
    if (low < pow(10, w.y0)) {
        low = pow(10, w.y0);
        begin = low / bandwidth;
    }
    fprintf(f, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='11'>\n",
            WIDTH, HEIGHT);
    draw_axes(f, &w);
    fprintf(f, "<polyline fill='none' stroke='#b33' stroke-width='2' points='%.1f,%.1f %.1f,%.1f %.1f,%.1f'/>\n",
            across(&w, begin), up(&w, low), across(&w, ridge), up(&w, peak), across(&w, end), up(&w, peak));
    fprintf(f, "<text x='%.0f' y='%.0f' fill='#b33'>%.1f GB/s, %.0f GFLOP/s</text>\n", across(&w, ridge) + 6,
            up(&w, peak) - 6, bandwidth, peak);
    for (int i = 0; i < count; i++)
        fprintf(f, "<circle cx='%.1f' cy='%.1f' r='4' fill='%s' fill-opacity='0.6'><title>%s: %.3g flop/byte, %.3g "
                "GFLOP/s</title></circle>\n", across(&w, points[i].intensity), up(&w, points[i].rate), colour[points[i].kind % KINDS], points[i].name,
                points[i].intensity, points[i].rate);
    draw_legend(f);
    fprintf(f, "</svg>\n");
    if (fclose(f) == 0)
        printf("\nroofline of %d cases: %s\n", count, path);
}
