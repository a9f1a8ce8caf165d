/* Version and commit of the program, compiled in. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_VERSION_H
#define LEIE_IO_RUN_VERSION_H

#include "kernels/status.h"

LEIE_API const char *leie_version(void); // "0.1.0"
LEIE_API const char *leie_commit(void);  // short hash of the source tree, "unknown" outside git
LEIE_API const char *leie_compiler(void);
LEIE_API const char *leie_build_flags(void); // kind of build with its flags: "release -O3 -march=x86-64"

#endif
