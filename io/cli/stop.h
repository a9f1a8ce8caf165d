/* Signals. The first SIGINT, SIGTERM or SIGHUP asks the run to stop; the second one, or five seconds in which
 * nothing came of it, removes the temporary file and ends the program at once. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_STOP_H
#define LEIE_IO_CLI_STOP_H

#include <stdbool.h>

/* Listens from now on. A file that outgrows its limit becomes an error of the write, not a signal. */
void leie_stop_listen(void);

/* The signal that asked to stop, 0 for none. */
int leie_stop_signal(void);

/* As leie_watch.stop; ctx is not used. */
bool leie_stop_asked(void *ctx);

#endif
