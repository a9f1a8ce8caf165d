// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_CMD_SHOW_H
#define LEIE_IO_CLI_CMD_SHOW_H

/* leie show FILE [NAME] [--where dim=label]... [--format text|csv]; argv[0] is the verb. Returns the
 * exit code: 0, 2 (usage, unknown name or label), 3 (unreadable or damaged file), 5 (no memory, output
 * not writable). */
int leie_cmd_show(int argc, char **argv);

#endif
