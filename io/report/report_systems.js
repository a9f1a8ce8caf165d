// SPDX-License-Identifier: GPL-3.0-or-later
// Reconciled material flow systems: a Sankey with standard deviations for each layer, the flows behind it, what contradicts.
function leieSystems(R) {
"use strict";
const V = R.V, A = R.A, format = R.format, known = R.known, colours = R.colours, width = R.width, narrow = R.narrow, page = R.page;
const LINKS = 60, PICTURES = 6;
const W = R.nl ? {
    system: "Massabalans", flow: "stroom", ends: "van → naar", measured: "gemeten", sd: "± sd", reconciled: "vereffend", test: "toets", state: "toestand", outside: "buiten",
    concentration: "gehalte", transfer: "transfercoëfficiënt", coefficient: "coëfficiënt", stock: "voorraad van ", goods: "goederen", text: "De breedte is de vereffende waarde; de donkere kern is een standaardafwijking minder, de lichte rand een meer.",
    unseen: n => " Niet waarneembaar, dus niet getekend: " + n + ".", small: n => " De " + n + " grootste stromen zijn getekend.",
    again: " Wat teruggaat, staat twee keer: bij ↺ verlaat het een proces en bij ↺ komt het weer binnen.",
    tested: (x, n, p, bad) => "Globale toets: kwadratensom " + x + " bij " + n + " vrijheidsgraden, kans " + p + ": " + (bad ? "de gegevens spreken elkaar tegen." : "geen tegenspraak."),
    untested: "Globale toets: niets is dubbel gemeten, dus niets kan worden getoetst.",
    contradicts: c => "Tegengesproken door de balansen (meer dan " + c + " standaardafwijkingen): ",
    left: "Te groot voor een pagina: leie show toont de waarden.",
    states: ["constant", "vereffend", "enkel gemeten", "berekend", "niet waarneembaar", "op een grens", "opzij gezet"]
} : {
    system: "Mass balance", flow: "flow", ends: "from → to", measured: "measured", sd: "± sd", reconciled: "reconciled", test: "test", state: "state", outside: "outside",
    concentration: "concentration", transfer: "transfer coefficient", coefficient: "coefficient", stock: "stock of ", goods: "goods", text: "Widths are reconciled values; the dark core is one standard deviation less, the pale rim one more.",
    unseen: n => " Not observable, so not drawn: " + n + ".", small: n => " The " + n + " largest flows are drawn.",
    again: " What goes back stands twice: at ↺ it leaves a process, and at ↺ it comes in again.",
    tested: (x, n, p, bad) => "Global test: sum of squares " + x + " with " + n + " degrees of freedom, probability " + p + ": " + (bad ? "the data contradict each other." : "no contradiction."),
    untested: "Global test: nothing is redundant, so nothing can be tested.",
    contradicts: c => "Contradicted by the balances (more than " + c + " standard deviations): ",
    left: "Too large for a page: leie show prints the values.",
    states: ["constant", "adjusted", "measured only", "computed", "not observable", "at a bound", "set aside"]
};
// A value with its deviation, to the digits that the deviation leaves.
function pair(x, sd) {
    if (!known(x)) return "-";
    if (!known(sd) || sd === 0) return format(x);
    const digits = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(sd)))), text = d3.format(",." + digits + "f");
    return text(x) + " ± " + text(sd);
}
const short = x => d3.format(".3~g")(x);

// ---- one system ----

function draw(about) {
    const P = about.prefix, v = V[P + "reconciled"];
    page.append("h2").text(W.system + (P ? ": " + (about.title || about.study || "") : "")); // the page of a system has its title above
    if (P && about.label) page.append("p").attr("class", "label").text(about.label);
    if (about.left || !v) { page.append("p").attr("class", "note").text(W.left); return; }
    const tested = page.append("p"), dof = about.degrees_of_freedom;
    tested.text(dof > 0 && known(about.probability) ? W.tested(short(about.objective), dof, short(about.probability), about.probability < about.level_of_tests) : dof > 0 ? "" : W.untested);
    const dim = { flow: P + "flow", layer: P + "layer", year: P + "year", process: P + "process" };
    const get = (name, f, l, y) => R.at(V[P + name], { [dim.flow]: f, [dim.layer]: l, [dim.year]: y });
    const flows = A[dim.flow], years = A[dim.year];
    const last = layer => { for (let y = years.n - 1; y >= 0; y--) if (flows.code.some((c, f) => known(get("reconciled", f, layer, y)))) return y; return -1; };
    const bad = [];
    flows.code.forEach((c, f) => A[dim.layer].code.forEach((g, l) => years.code.forEach((t, y) => {
        const test = get("test", f, l, y);
        if (known(test) && test > about.critical_test) bad.push({ text: flowName(P, dim, f) + " (" + layerName(dim, l) + ", " + t + "): " + format(test), test: test });
    })));
    ["concentration", "transfer", "coefficient"].forEach(kind => { // by item and year
        const tests = V[P + kind + "_test"], items = A[P + kind];
        if (tests && items) items.code.forEach((c, i) => years.code.forEach((t, y) => {
            const test = R.at(tests, { [P + kind]: i, [dim.year]: y });
            if (known(test) && test > about.critical_test) bad.push({ text: W[kind] + " " + c + " (" + t + "): " + format(test), test: test });
        }));
    });
    bad.sort((a, b) => d3.descending(a.test, b.test));
    if (bad.length) page.append("p").text(W.contradicts(format(about.critical_test)) + bad.slice(0, 8).map(b => b.text).join("; ") + (bad.length > 8 ? "; …" : ""));
    A[dim.layer].code.slice(0, PICTURES).forEach((code, layer) => {
        const year = last(layer);
        if (year >= 0) layerPicture(P, dim, get, layer, year, V[P + "layer_unit"] ? V[P + "layer_unit"].v[layer] : v.u);
    });
}
const layerName = (dim, l) => l === 0 && A[dim.layer].code[0] === "goods" ? W.goods : A[dim.layer].name[l] || A[dim.layer].code[l];
function processName(dim, code) {
    const p = A[dim.process] ? A[dim.process].code.indexOf(code) : -1;
    return p >= 0 && A[dim.process].name[p] || code;
}
function flowName(P, dim, f) {
    const to = V[P + "flow_to"].v[f], from = V[P + "flow_from"].v[f];
    return to === "stock" && A[dim.flow].code[f] === "stock:" + from ? W.stock + processName(dim, from) : A[dim.flow].name[f] || A[dim.flow].code[f];
}

// ---- one layer in one year ----

function layerPicture(P, dim, get, layer, year, unit) {
    const flows = A[dim.flow], from = V[P + "flow_from"].v, to = V[P + "flow_to"].v, list = [], rows = [];
    let unseen = 0;
    flows.code.forEach((code, f) => {
        const x = get("reconciled", f, layer, year), sd = get("reconciled_sd", f, layer, year), state = get("state", f, layer, year), name = flowName(P, dim, f);
        const stock = to[f] === "stock" && code === "stock:" + from[f], measured = state === 3 || state === 4 ? null : get("measured", f, layer, year);
        const ends = (from[f] ? processName(dim, from[f]) : W.outside) + " → " + (stock ? W.stock + processName(dim, from[f]) : to[f] ? processName(dim, to[f]) : W.outside);
        rows.push([name, ends, measured, known(measured) ? get("measured_sd", f, layer, year) : null, x, sd, get("test", f, layer, year), W.states[state] || ""]);
        if (!known(x)) { unseen++; return; }
        if (x === 0) return;
        const q = { name: name, value: Math.abs(x), sd: sd || 0, from: from[f], to: stock ? "" : to[f], flow: f,
            tip: name + ": " + ends + ", " + pair(x, sd) + " " + unit + (known(measured) ? "; " + W.measured + " " + pair(measured, get("measured_sd", f, layer, year)) : "") + "; " + (W.states[state] || "") };
        if (x < 0) { const end = q.from; q.from = q.to; q.to = end; }
        list.push(q);
    });
    list.sort((a, b) => d3.descending(a.value, b.value));
    const links = list.slice(0, LINKS), graph = build(links, dim);
    const text = W.text + (unseen ? W.unseen(unseen) : "") + (list.length > LINKS ? W.small(LINKS) : "") + (graph.again ? W.again : "");
    const title = layerName(dim, layer) + ", " + A[dim.year].code[year] + ", " + unit;
    R.section(title, text, rows, [W.flow, W.ends, W.measured, W.sd, W.reconciled, W.sd, W.test, W.state], links.length ? s => picture(s, title, graph) : null);
}

/* Nodes and links without circles: what comes from outside or goes there ends in a node of its own; a link that would close a circle
 * is cut in two. */
function build(links, dim) {
    const nodes = [], at = {}, next = {}, made = [];
    const node = (key, name) => { if (!(key in at)) { at[key] = nodes.length; nodes.push({ name: name }); } return at[key]; };
    const reaches = (a, b) => { // whether b is downstream of a
        const seen = {}, stack = [a];
        while (stack.length) { const c = stack.pop(); if (c === b) return true; if (!seen[c]) { seen[c] = true; (next[c] || []).forEach(d => stack.push(d)); } }
        return false;
    };
    let again = false;
    links.forEach(q => {
        const add = (source, target, label) => made.push(Object.assign({}, q, { source: source, target: target, label: label }));
        const own = key => node("p" + key, processName(dim, key)), end = side => node(side + q.flow, q.name);
        if (q.from && q.to && reaches(q.to, q.from)) {
            again = true;
            add(own(q.from), node("r" + q.flow, q.name + " ↺"), false);
            add(node("b" + q.flow, "↺ " + q.name), own(q.to), false);
            return;
        }
        if (q.from && q.to) (next[q.from] = next[q.from] || []).push(q.to);
        add(q.from ? own(q.from) : end("i"), q.to ? own(q.to) : end("o"), !!(q.from && q.to));
    });
    return { nodes: nodes, links: made, again: again };
}

function picture(s, title, graph) {
    const ends = Math.max(graph.nodes.filter((n, i) => graph.links.every(q => q.target !== i)).length, graph.nodes.filter((n, i) => graph.links.every(q => q.source !== i)).length, 2);
    const height = Math.min(900, 120 + 56 * ends), svg = R.canvas(s, height, title), links = graph.links, nodes = graph.nodes;
    d3.sankey().nodeWidth(12).nodePadding(narrow ? 30 : 22).extent([[4, 24], [width - 4, height - 16]])(graph);
    const band = (opacity, part) => svg.append("g").attr("fill", "none").selectAll("path").data(links).enter().append("path").attr("d", d3.sankeyLinkHorizontal())
        .attr("stroke", q => colours[q.flow % colours.length]).attr("stroke-opacity", opacity).attr("stroke-width", q => Math.max(part < 0 ? 0 : 1, q.width * Math.max(0, q.value + part * q.sd) / q.value));
    band(.25, 1);
    band(.55, -1);
    band(0, 1).append("title").text(q => q.tip);
    const n = svg.append("g").selectAll("g").data(nodes).enter().append("g");
    n.append("rect").attr("x", q => q.x0).attr("y", q => q.y0).attr("width", q => q.x1 - q.x0).attr("height", q => Math.max(1, q.y1 - q.y0)).attr("fill", "#444").append("title").text(q => q.name);
    const taken = [];
    const place = (lines, x, y, anchor) => { // where no other text stands, all lines or none
        const boxes = lines.map((text, i) => { const w = R.wide(text); return { x: anchor === "start" ? x : anchor === "end" ? x - w : x - w / 2, y: y + 14 * i, w: w }; });
        if (boxes.some(b => b.x < 0 || b.x + b.w > width || taken.some(t => Math.abs(t.y - b.y) < 13 && b.x < t.x + t.w && t.x < b.x + b.w))) return 0;
        boxes.forEach((b, i) => { taken.push(b); svg.append("text").attr("class", "over").attr("x", x).attr("y", b.y).attr("text-anchor", anchor).text(lines[i]); });
        return boxes.length;
    };
    const middle = q => q.sourceLinks.length && q.targetLinks.length;
    nodes.filter(q => !middle(q)).forEach(q => {
        const start = q.sourceLinks.length > 0, link = (start ? q.sourceLinks : q.targetLinks)[0];
        place([R.fit(q.name, Math.max(100, link.target.x0 - link.source.x1 - 50)), pair(link.value, link.sd)], start ? q.x1 + 6 : q.x0 - 6, (q.y0 + q.y1) / 2 - 2, start ? "start" : "end");
    });
    nodes.filter(middle).forEach(q => (narrow ? [160, 90] : [230, 160, 90]).some(most => [q.y0 - 6, q.y1 + 14].some(y => place([R.fit(q.name, most)], (q.x0 + q.x1) / 2, y, "middle"))));
    links.filter(q => q.label && (q.width > 8 || !narrow)).sort((a, b) => d3.descending(a.value, b.value)).forEach(q => {
        place([R.fit(q.name, Math.max(100, q.target.x0 - q.source.x1 - 16)), pair(q.value, q.sd)], (q.source.x1 + q.target.x0) / 2, (q.y0 + q.y1) / 2 - 2, "middle");
    });
}
(R.data.systems || []).forEach(draw);
}
