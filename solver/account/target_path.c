// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/target_path.h"

#include <math.h>

double leie_target_path(const leie_target_goal *goal, int year)
{
    if (!goal->base_year || isnan(goal->base) || year < goal->base_year || year > goal->year)
        return NAN;
    double share = (double)(year - goal->base_year) / (double)(goal->year - goal->base_year);
    return goal->base + (goal->level - goal->base) * share;
}

// Least squares  value = a + b (year - centre)  over the years from `from` on; b is NaN with fewer than two.
static void fit(double *b, double *centre, double *a, int from, const int *year, const double *value, leie_size n)
{
    double years = 0, values = 0, cross = 0, square = 0;
    leie_size points = 0;
    for (leie_size i = 0; i < n; i++)
        if (year[i] >= from && !isnan(value[i])) {
            years += year[i];
            values += value[i];
            points++;
        }
    *centre = years / (double)points;
    *a = values / (double)points;
    for (leie_size i = 0; i < n; i++)
        if (year[i] >= from && !isnan(value[i])) {
            cross += (year[i] - *centre) * (value[i] - *a);
            square += (year[i] - *centre) * (year[i] - *centre);
        }
    *b = points > 1 ? cross / square : NAN;
}

static double year_reached(const leie_target_track *track, const leie_target_goal *goal, double centre, double a)
{
    double start = isnan(goal->base) ? track->last : goal->base;
    bool down = goal->level <= start;
    if (down ? track->last <= goal->level : track->last >= goal->level)
        return track->last_year;
    double when = centre + (goal->level - a) / track->trend;
    return when >= track->last_year ? when : NAN; // also NaN for a trend that leads away
}

void leie_target_follow(leie_target_track *track, const leie_target_goal *goal, const int *year, const double *value,
                        leie_size n)
{
    *track = (leie_target_track){.last = NAN, .distance = NAN, .required = NAN, .required_rate = NAN, .trend = NAN,
                                 .reached = NAN};
    for (leie_size i = 0; i < n; i++)
        if (!isnan(value[i])) {
            track->last_year = year[i];
            track->last = value[i];
        }
    if (!track->last_year)
        return;
    double path = leie_target_path(goal, track->last_year), centre, a;
    track->distance = track->last - (isnan(path) ? goal->level : path);
    int left = goal->year - track->last_year;
    if (left > 0) {
        track->required = (goal->level - track->last) / left;
        track->required_rate = pow(goal->level / track->last, 1.0 / left) - 1;
    }
    fit(&track->trend, &centre, &a, goal->base_year, year, value, n);
    track->reached = year_reached(track, goal, centre, a);
}
