// SPDX-License-Identifier: GPL-3.0-or-later
/* The pieces of the program that tests look at: the library does not hold them. */
#include "io/cli/args.c"
#include "io/cli/log.c"
#include "io/cli/progress.c"
#include "io/cli/stop.c"
#include "io/cli/summary.c"
#include "io/cli/summary_view.c"
#include "io/cli/texttable.c"
