// SPDX-License-Identifier: GPL-3.0-or-later
/* Files that the assembler includes: report.css, report.js and report_systems.js of this folder, d3.min.js and d3-sankey.min.js where the
 * build found them (LEIE_D3 and LEIE_D3_SANKEY). */
#include "io/report/report.h"

#define EMBED(symbol, path)                                                                                            \
    __asm__(".pushsection .rodata\n"                                                                                   \
            ".hidden " #symbol "_first\n.hidden " #symbol "_last\n"                                                    \
            ".global " #symbol "_first\n.global " #symbol "_last\n"                                                    \
            #symbol "_first:\n.incbin \"" path "\"\n" #symbol "_last:\n.byte 0\n.popsection\n");                      \
    extern const char symbol##_first[] __attribute__((visibility("hidden")));                                         \
    extern const char symbol##_last[] __attribute__((visibility("hidden")))

EMBED(leie_embed_style, "io/report/report.css");
EMBED(leie_embed_script, "io/report/report.js");
EMBED(leie_embed_systems, "io/report/report_systems.js");
EMBED(leie_embed_d3, LEIE_D3);
EMBED(leie_embed_sankey, LEIE_D3_SANKEY);

leie_asset leie_report_asset(leie_asset_name name)
{
    const struct {
        const char *first, *last;
    } all[LEIE_ASSETS] = {{leie_embed_style_first, leie_embed_style_last},
                          {leie_embed_script_first, leie_embed_script_last},
                          {leie_embed_systems_first, leie_embed_systems_last},
                          {leie_embed_d3_first, leie_embed_d3_last},
                          {leie_embed_sankey_first, leie_embed_sankey_last}};
    return (leie_asset){all[name].first, (size_t)(all[name].last - all[name].first)};
}
