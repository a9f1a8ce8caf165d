#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# look.sh PAGE WIDTH   opens a page in headless Chromium: prints "pictures: N" when N pictures were drawn, each with marks
# in it, and fails when the console has an error, a picture is empty or a text stands outside the window.
set -u
page=$(realpath "$1") width=$2
probe=$(mktemp --suffix=.html)
trap 'rm -f "$probe"' EXIT
# The page in a frame of the width: a window of Chromium has a smallest width of its own.
cat >"$probe" <<HTML
<iframe id="f" src="file://$page" style="width:${width}px;height:9000px;border:0"></iframe><pre id="out"></pre>
<script>
window.onload = function () {
    const d = document.getElementById("f").contentDocument, out = [];
    const svgs = Array.from(d.querySelectorAll("svg.picture"));
    svgs.forEach(function (s) {
        const marks = s.querySelectorAll("rect, circle, path[stroke-width], path[fill]").length, box = s.getBoundingClientRect();
        if (!marks || box.height < 20) out.push("empty: " + s.getAttribute("aria-label"));
        s.querySelectorAll("text").forEach(function (t) {
            const b = t.getBoundingClientRect();
            if (b.width && (b.left < -1 || b.right > ${width} + 1)) out.push("outside: " + t.textContent);
        });
    });
    if (d.documentElement.scrollWidth > ${width}) out.push("wider than the window: " + d.documentElement.scrollWidth);
    out.push("pictures: " + svgs.length + " of " + d.body.getAttribute("data-pictures"));
    document.getElementById("out").textContent = out.join("\n");
};
</script>
HTML
log=$(mktemp)
dom=$(chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --enable-logging=stderr --window-size=1400,9200 \
    --virtual-time-budget=5000 --dump-dom "file://$probe" 2>"$log")
errors=$(grep -c 'CONSOLE.*\(Error\|error\)' "$log")
rm -f "$log"
said=$(echo "$dom" | sed -n '/<pre id="out">/,/<\/pre>/p' | sed 's/.*<pre id="out">//; /<\/pre>/{s/<\/pre>.*//;q}')
echo "$said"
echo "console errors: $errors"
[ "$errors" = 0 ] && ! echo "$said" | grep -q '^empty:\|^outside:\|^wider than'
