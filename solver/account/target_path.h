/* A target: a level of an indicator in a year, the straight path to it from a base year, and where a series
 * stands against it. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_TARGET_PATH_H
#define LEIE_SOLVER_ACCOUNT_TARGET_PATH_H

#include "kernels/status.h"

typedef struct leie_target_goal {
    int base_year; // 0: not known, there is no path then
    double base;   // value of the indicator in the base year; NaN when not known
    int year;
    double level;  // in the target year
} leie_target_goal;

typedef struct leie_target_track {
    int last_year;       // the last year of the series with a value, 0 for none
    double last;
    double distance;     // last - path in that year (or - level when there is no path); positive is above
    double required;     // change per year from the last value to the level: (level - last) / years left;
                         // NaN when no year is left
    double required_rate; // the same as a constant rate: (level / last)^(1 / years left) - 1
    double trend;        // change per year: least squares over the years from the base year on
    double reached;      // year in which the trend reaches the level; NaN when it leads away from it or has not
                         // two points; the last year when the level is reached already (on the side of the goal)
} leie_target_track;

/* Path of a goal in a year: base + (level - base) (year - base_year) / (target year - base_year), NaN outside
 * these years or without a base. */
LEIE_API double leie_target_path(const leie_target_goal *goal, int year);

/* Where a series of n years (ascending, NaN is missing) stands. A goal is a reduction when its level lies
 * below the base (or the last value, when there is no base). */
LEIE_API void leie_target_follow(leie_target_track *track, const leie_target_goal *goal, const int *year,
                                 const double *value, leie_size n);

#endif
