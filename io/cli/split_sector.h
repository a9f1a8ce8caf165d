/* leie split TABLE --sector SPEC: sectors of a table cut into parts, as a verb. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SPLIT_SECTOR_H
#define LEIE_IO_CLI_SPLIT_SECTOR_H

#include "io/cli/cmd.h"

/* The table of operand 0 (a study, a table file or a CSV folder) cut as the file of --sector says, written as a CSV
 * folder to -o; prints what became of every sector. */
leie_status leie_split_sector(leie_cmd *cmd);

#endif
