/* What this build is: for `leie info`, for the provenance in result files and for benchmarks. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_VERSION_H
#define LEIE_SOLVER_VERSION_H

#include "kernels/status.h"

#define LEIE_VERSION "0.1.0"

/* LEIE_VERSION of the library that is linked. */
LEIE_API const char *leie_version(void);

/* Commit it was built from, with "-dirty" when sources had changed since; "unknown" outside git. */
LEIE_API const char *leie_commit(void);

/* Compiler with its version; kind of build with its flags. */
LEIE_API const char *leie_compiler(void);
LEIE_API const char *leie_build_flags(void);

#endif
