/* LEIE_CLONES before a function compiles it for several x86-64 levels; the fastest that the processor
 * has is chosen when the program is loaded. The clones add in the same order and round the same way. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_CLONES_H
#define LEIE_KERNELS_CLONES_H

#if defined __x86_64__ && defined __gnu_linux__ && !defined __clang__ && !defined __SANITIZE_ADDRESS__
#define LEIE_CLONES __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define LEIE_CLONES
#endif

#endif
