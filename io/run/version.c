// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/version.h"

#include "solver/leie.h"

#ifndef LEIE_COMMIT
#define LEIE_COMMIT "unknown"
#endif
#ifndef LEIE_BUILD
#define LEIE_BUILD "unknown"
#endif

const char *leie_version(void)
{
    return LEIE_VERSION;
}

const char *leie_commit(void)
{
    return LEIE_COMMIT;
}

const char *leie_compiler(void)
{
#ifdef __clang__
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}

const char *leie_build_flags(void)
{
    return LEIE_BUILD;
}
