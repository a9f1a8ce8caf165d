// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the page from the data in the script element "data": one section per picture, the table behind it, method, sources.
(function () {
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const V = data.vars, A = data.axes, nl = data.lang === "nl";
const T = nl ? {
    region: "Regio", edition: "editie", table: "Tabel achter de figuur", perHead: "t per inwoner", mt: "Mt", year: "jaar",
    lines: "Indicatoren en doelen", linesText: "Per jaar, met de doelen als stippellijn. Elke reeks heeft haar eigen methode (route).",
    material: "Voetafdruk per materiaal", need: "Voetafdruk per behoeftesysteem", category: "Voetafdruk per finale vraag",
    origin: "Herkomst van de grondstoffen", footText: "Grondstoffen voor de finale vraag van de regio, waar ook ontgonnen (D_cba).",
    sankey: "Van ontginning en invoer naar voorraad, afval en uitvoer", de: "Binnenlandse ontginning", imports: "Invoer",
    exports: "Uitvoer", economy: "Economie", use: "Binnenlands verbruik", stock: "Toevoeging aan de voorraad", unstock: "Uit de voorraad", waste: "Emissies en afval", other: "Niet toegewezen",
    balanceIn: "Lucht en water (in)", balanceOut: "Waterdamp en gassen (uit)",
    investment: "Voorraad (investeringen)", rmeNote: "Invoer en uitvoer in grondstofequivalenten.", tonNote: "Invoer en uitvoer in tonnen.",
    scatter: "Toegevoegde waarde en materiaalvoetafdruk per product", scatterText: "Horizontaal de toegevoegde waarde van de bedrijfstak in de regio, verticaal de voetafdruk van wat de regio van dat product koopt. Vierkantswortelschalen.",
    va: "toegevoegde waarde", fp: "voetafdruk", bridge: "Van RMC met coëfficiënten naar RMC met de tabel",
    bridgeText: "Elke stap is het gemiddelde van twee volgordes; samen zijn ze het verschil.", missing: "Dit resultaat heeft er geen gegevens voor.",
    method: "Methode", sources: "Bronnen", notes: "Aantekeningen", target: "doel", indicator: "indicator", value: "waarde", share: "aandeel",
    others: "andere", all: "Alle indicatoren", demo: "Demonstratie: deze cijfers zijn geen officiële statistiek.", step: "stap", source: "bron", route: "route",
    overlap: "Deze delen overlappen en worden niet opgeteld.", agenda: "Voetafdruk per werkagenda", asset: "Investeringen per soort", chain: "Voetafdruk per waardeketen",
    targets: "Doelen", base: "basis", level: "niveau", last: "laatste", distance: "afstand", required: "nodig per jaar", reached: "bereikt in (trend)", unit: "eenheid"
} : {
    region: "Region", edition: "edition", table: "Table behind the picture", perHead: "t per inhabitant", mt: "Mt", year: "year",
    lines: "Indicators and targets", linesText: "By year, targets dashed. Each series has its own method (route).",
    material: "Footprint by material", need: "Footprint by need", category: "Footprint by final demand",
    origin: "Where the raw materials come from", footText: "Raw materials for the region's final demand, wherever extracted (D_cba).",
    sankey: "From extraction and imports to stock, waste and exports", de: "Domestic extraction", imports: "Imports", exports: "Exports",
    economy: "Economy", use: "Domestic consumption", stock: "Added to stock", unstock: "Out of stock", waste: "Emissions and waste", other: "Not allocated",
    balanceIn: "Air and water (in)", balanceOut: "Vapour and gases (out)",
    investment: "Stock (investment)", rmeNote: "Imports and exports in raw material equivalents.", tonNote: "Imports and exports in tonnes.",
    scatter: "Value added and material footprint by product", scatterText: "Across: value added of the region's industry; up: footprint of what the region buys of its product. Square-root scales.",
    va: "value added", fp: "footprint", bridge: "From RMC by coefficients to RMC by the table",
    bridgeText: "Each step is the mean of two orders; together they are the difference.", missing: "This result has no data for it.",
    method: "Method", sources: "Sources", notes: "Notes", target: "target", indicator: "indicator", value: "value", share: "share",
    others: "others", all: "All indicators", demo: "Demonstration: these figures are no official statistics.", step: "step", source: "source", route: "route",
    overlap: "These parts overlap and are not added up.", agenda: "Footprint by work agenda", asset: "Investment by kind of asset", chain: "Footprint by value chain",
    targets: "Targets", base: "base", level: "level", last: "last", distance: "distance", required: "needed per year", reached: "reached in (trend)", unit: "unit"
};
// Words for codes that the program makes itself: [English, Dutch].
const WORDS = {
    bridge_step: { rme: ["RMC by coefficients", "RMC met coëfficiënten"], extraction: ["extraction account", "rekening ontginning"],
        coverage: ["trade in one route only", "handel in één route"], price: ["actual against average price", "prijs"],
        origin: ["coefficient by origin", "herkomst"], product: ["mix of products", "productmix"],
        definition: ["ore or content, moisture", "erts, gehalte, vocht"], inventories: ["inventories, valuables", "voorraden"],
        averaging: ["moving average", "meerjarig gemiddelde"], remainder: ["remainder", "rest"], io: ["RMC by the table", "RMC met de tabel"] },
    kind: { household: "Huishoudens", npish: "Instellingen zonder winstoogmerk", government: "Overheid", gfcf: "Investeringen", inventories: "Voorraadwijzigingen",
        valuables: "Kostbaarheden" },
    unassigned: { need: ["without a need", "zonder behoefte"], agenda: ["in no agenda", "in geen agenda"], chain: ["in no chain", "in geen keten"],
        asset: ["no investment, or no asset", "geen investering of geen soort"] },
    region: { "BE-VLG": "Vlaanderen", "BE-WAL": "Wallonië", "BE-BRU": "Brussel", BEL: "België", ROW: "Rest van de wereld" },
    indicator: { DEU: "binnenlandse ontginning", IMP: "invoer", EXP: "uitvoer", IMP_INTER: "invoer uit andere regio's van de rekening",
        EXP_INTER: "uitvoer naar andere regio's van de rekening", DMI: "directe materiaalinput", DMC: "binnenlands materiaalverbruik",
        PTB: "fysieke handelsbalans", U: "circulair gebruik van materialen", UDE: "ongebruikte ontginning", BI_IN: "balansposten, input",
        BI_OUT: "balansposten, output", DPO: "output naar het milieu", DMO: "directe materiaaloutput", TDO: "totale binnenlandse output",
        NAS: "netto toevoeging aan de voorraad", IMP_RME: "invoer in grondstofequivalenten", EXP_RME: "uitvoer in grondstofequivalenten",
        RMI: "grondstofinput", RMC: "grondstofverbruik", RTB: "grondstofhandelsbalans" }
};
const colours = ["#0b5394", "#c55a11", "#38761d", "#7f3f98", "#990000", "#45818e", "#b8860b", "#666666", "#c2185b", "#3d85c6"];
const page = d3.select("#page");
const width = Math.max(288, Math.min(document.documentElement.clientWidth - 32, 1100)), narrow = width < 600;
let pictures = 0;

// ---- data ----

const at = (v, sel) => v.v[v.d.reduce((i, d) => i * A[d].n + (sel[d] || 0), 0)];
const index = (dim, code) => A[dim] ? A[dim].code.indexOf(code) : -1;
const known = x => x !== null && x !== undefined;
function name(dim, i) {
    const code = A[dim].code[i], dutch = V[dim + "_name_nl"];
    if (WORDS[dim] && WORDS[dim][code] && WORDS[dim][code].length === 2) return WORDS[dim][code][nl ? 1 : 0];
    if (code === "unassigned" && WORDS.unassigned[dim]) return WORDS.unassigned[dim][nl ? 1 : 0];
    if (nl && dutch && dutch.v[i]) return dutch.v[i];
    if (nl && dim === "category" && V.category_kind && WORDS.kind[V.category_kind.v[i]] &&
        V.category_kind.v.filter(k => k === V.category_kind.v[i]).length === 1) return WORDS.kind[V.category_kind.v[i]];
    if (nl && dim === "indicator" && WORDS.indicator[code]) return WORDS.indicator[code];
    if (nl && ["region", "origin", "supplier"].indexOf(dim) >= 0 && WORDS.region[code]) return WORDS.region[code];
    return A[dim].name[i] || code;
}
// Three figures; what is nothing beside `whole` is 0.
const format = (x, whole) => !known(x) ? "-" : Math.abs(x) <= 1e-9 * (whole || 0) || x === 0 ? "0"
    : d3.format(Math.abs(x) >= 100 ? ",.0f" : Math.abs(x) >= 1 ? ",.2f" : ",.3~r")(x);
const inTonnes = { g: 1e-6, kg: 1e-3, t: 1, "1000 t": 1e3, kt: 1e3, Mt: 1e6, "10^6 t": 1e6 };
// Stressors that add up to a raw material total, with what brings them to Mt; else the first stressor as it is.
function weights() {
    if (!A.stressor) return { w: [], unit: "" };
    const toMt = { t: 1e-6, "1000 t": 1e-3, kg: 1e-9, Mt: 1 };
    const w = A.stressor.code.map((c, s) => V.stressor_kind.v[s] === "material" ? toMt[V.stressor_unit.v[s]] || 0 : 0);
    if (w.some(x => x > 0)) return { w: w, unit: T.mt };
    return { w: w.map((x, s) => s === 0 ? 1 : 0), unit: V.stressor_unit.v[0] };
}
const W = weights();
const sum = (v, sel) => {
    let total = 0, any = false;
    W.w.forEach((w, s) => { const x = w ? at(v, Object.assign({ stressor: s }, sel)) : null; if (known(x)) { total += w * x; any = true; } });
    return any ? total : null;
};
function lastYear(test) {
    for (let y = A.year.n - 1; y >= 0; y--) if (test(y)) return y;
    return -1;
}

// ---- parts of the page ----

function section(title, text, rows, head, draw) {
    const s = page.append("section");
    s.append("h2").text(title);
    s.append("p").text(text);
    if (!rows.length) { s.append("p").attr("class", "note").text(T.missing); return s; }
    if (draw) { draw(s); pictures++; }
    const d = s.append("details");
    d.append("summary").text(T.table);
    table(d.append("div").attr("class", "wide"), head, rows);
    return s;
}
function table(into, head, rows) {
    const t = into.append("table");
    t.append("thead").append("tr").selectAll("th").data(head).enter().append("th").text(x => x);
    const r = t.append("tbody").selectAll("tr").data(rows).enter().append("tr");
    r.selectAll("td").data(x => x).enter().append("td").text(x => typeof x === "number" || x === null ? format(x) : x)
        .attr("class", x => typeof x === "string" && x.length > 40 ? "text" : null);
}
function canvas(s, height, title) {
    const svg = s.append("svg").attr("viewBox", "0 0 " + width + " " + height).attr("role", "img").attr("aria-label", title)
        .attr("class", "picture");
    return svg;
}
function key(s, items) {
    const li = s.append("ul").attr("class", "key").selectAll("li").data(items).enter().append("li");
    li.append("span").style("background", x => x.colour);
    li.append("b").style("font-weight", "normal").text(x => x.label);
}

// ---- indicator lines with targets ----

function lines() {
    const per = V.mfa_per_capita, v = per && per.v.some(known) ? per : V.mfa, unit = v === per ? T.perHead : "Mt";
    const series = [];
    if (v) [["ewmfa", "DMI"], ["ewmfa", "DMC"], ["rme", "RMI"], ["rme", "RMC"], ["io", "RMI"], ["io", "RMC"]].forEach(p => {
        const r = index("route", p[0]), i = index("indicator", p[1]);
        if (r < 0) return;
        const points = A.year.code.map((year, y) => ({ x: year, y: at(v, { route: r, year: y, indicator: i, material: 0 }) }))
            .filter(q => known(q.y)).map(q => ({ x: q.x, y: v === per ? q.y : q.y / 1000 }));
        if (points.length) series.push({ label: p[1] + " (" + p[0] + ")", indicator: p[1], route: p[0], points: points });
    });
    const targets = [];
    if (A.target) A.target.code.forEach((label, t) => {
        const capita = V.target_per.v[t] === "capita", shown = series.some(q => q.indicator === V.target_indicator.v[t] && q.route === V.target_route.v[t]);
        const toUnit = inTonnes[V.target_unit.v[t]] / (v === per ? 1 : 1e6); // t per head, or Mt
        if (V.target_region.v[t] !== data.region || capita !== (v === per) || !shown || !(toUnit > 0)) return;
        if (!known(V.target_level.v[t]) || A.material && V.target_material.v[t] && V.target_material.v[t] !== "TOTAL") return;
        targets.push({ label: label, base: V.target_base_year.v[t], from: known(V.target_base.v[t]) ? toUnit * V.target_base.v[t] : null, year: V.target_year.v[t],
            level: toUnit * V.target_level.v[t], indicator: V.target_indicator.v[t], route: V.target_route.v[t] });
    });
    series.forEach((q, i) => { q.colour = colours[i % colours.length]; });
    const rows = [];
    series.forEach(q => q.points.forEach(p => rows.push([q.label, String(p.x), p.y])));
    targets.forEach(t => rows.push([T.target + " " + t.label, String(t.year), t.level]));
    section(T.lines, T.linesText, rows, [T.indicator, T.year, unit], s => {
        const height = 320, m = { l: 46, r: 16, t: 30, b: 28 };
        if (series.every(q => q.points.length === 1) && !targets.length) return drawBars(s, T.lines, series.map(q => ({ label: q.label + ", " + q.points[0].x, value: q.points[0].y, colour: q.colour })));
        const years = d3.extent([].concat(...series.map(q => q.points.map(p => p.x)), targets.map(t => t.year), targets.filter(t => known(t.base)).map(t => t.base)));
        if (years[0] === years[1]) { years[0] -= 1; years[1] += 1; }
        const top = d3.max([].concat(...series.map(q => q.points.map(p => p.y)), targets.map(t => t.level), targets.map(t => t.from || 0)));
        const x = d3.scaleLinear().domain(years).range([m.l, width - m.r]), y = d3.scaleLinear().domain([0, top]).nice().range([height - m.b, m.t]);
        const svg = canvas(s, height, T.lines);
        axes(svg, x, y, height, m, unit, d3.format("d"));
        series.forEach(q => {
            svg.append("path").attr("fill", "none").attr("stroke", q.colour).attr("stroke-width", 2).attr("d", d3.line().x(p => x(p.x)).y(p => y(p.y))(q.points));
            svg.append("g").selectAll("circle").data(q.points).enter().append("circle").attr("cx", p => x(p.x)).attr("cy", p => y(p.y)).attr("r", 3).attr("fill", q.colour);
        });
        targets.forEach(t => {
            const q = series.find(z => z.indicator === t.indicator && z.route === t.route), c = q ? q.colour : "#222";
            if (known(t.base) && known(t.from))
                svg.append("line").attr("x1", x(t.base)).attr("y1", y(t.from)).attr("x2", x(t.year)).attr("y2", y(t.level)).attr("stroke", c).attr("stroke-dasharray", "5 4");
            svg.append("path").attr("d", d3.symbol().type(d3.symbolDiamond).size(70)()).attr("transform", "translate(" + x(t.year) + "," + y(t.level) + ")").attr("fill", c);
        });
        key(s, series.map(q => ({ colour: q.colour, label: q.label })).concat(targets.map(t => ({ colour: "#222", label: T.target + " " + t.label + ": " + format(t.level) }))));
    });
}
// Years stand at whole numbers only.
function whole(axis, x, tick) {
    let ticks = x.ticks(narrow ? 4 : 8);
    if (x.domain()[0] > 1000) ticks = ticks.filter(t => t === Math.round(t));
    return axis.tickValues(ticks).tickFormat(tick);
}
function axes(svg, x, y, height, m, unit, tick) {
    svg.append("g").attr("class", "grid").selectAll("line").data(y.ticks(5)).enter().append("line").attr("x1", m.l).attr("x2", width - m.r).attr("y1", y).attr("y2", y);
    svg.append("g").attr("class", "axis").attr("transform", "translate(" + m.l + ",0)").call(d3.axisLeft(y).ticks(5).tickSize(0));
    svg.append("g").attr("class", "axis").attr("transform", "translate(0," + (height - m.b) + ")").call(whole(d3.axisBottom(x), x, tick));
    svg.append("text").attr("x", 4).attr("y", 12).text(unit);
}

// ---- bars ----

function bars(title, text, list, additive) {
    const total = d3.sum(list, p => p.value);
    const rows = list.map(p => additive ? [p.label, p.value, 100 * p.value / total] : [p.label, p.value]);
    section(title, text, rows, additive ? ["", W.unit, T.share + " %"] : ["", W.unit], s => {
        drawBars(s, title, list);
    });
}
function drawBars(s, title, list) {
    const most = narrow ? 140 : 320, l = margin(list, most), step = 24, height = list.length * step + 12;
    const low = Math.min(0, d3.min(list, p => p.value)), x = d3.scaleLinear().domain([low, Math.max(d3.max(list, p => p.value), 1e-12)]).range([l, width - 60]);
    const svg = canvas(s, height, title), g = svg.selectAll("g").data(list).enter().append("g").attr("transform", (p, i) => "translate(0," + (i * step + 6) + ")");
    g.append("rect").attr("x", p => x(Math.min(p.value, 0))).attr("width", p => Math.max(1, Math.abs(x(p.value) - x(0)))).attr("height", step - 6).attr("fill", p => p.colour || colours[0]);
    g.append("text").attr("x", l - 6).attr("y", 13).attr("text-anchor", "end").text(p => fit(p.label, most));
    g.append("text").attr("x", p => x(Math.max(p.value, 0)) + 4).attr("y", 13).text(p => format(p.value));
}
// Texts of the pictures in pixels, and cut to fit.
const ruler = document.createElement("canvas").getContext("2d");
ruler.font = "12px system-ui, sans-serif";
const wide = text => ruler.measureText(text).width * 1.03;
function fit(text, pixels) {
    let n = text.length;
    while (n > 1 && wide(n < text.length ? text.slice(0, n) + "…" : text) > pixels) n--;
    return n < text.length ? text.slice(0, n) + "…" : text;
}
const margin = (list, most) => 12 + Math.min(most, d3.max(list, p => wide(p.label)));
function ranked(list, most) {
    list.sort((a, b) => d3.descending(a.value, b.value));
    if (list.length <= most) return list;
    return list.slice(0, most).concat([{ label: T.others, value: d3.sum(list.slice(most), p => p.value) }]);
}
function byDimension(variable, dim, title, most) {
    const v = V[variable];
    if (!v || !A[dim]) return;
    const year = lastYear(y => known(sum(v, { year: y })));
    if (year < 0) return;
    let list = A[dim].code.map((c, i) => ({ label: name(dim, i), value: sum(v, { year: year, [dim]: i }) })).filter(p => known(p.value) && p.value !== 0);
    if (!v.overlap) list = ranked(list, most || 12); else list.sort((a, b) => d3.descending(a.value, b.value));
    bars(title + ", " + A.year.code[year] + ", " + W.unit, T.footText + (v.overlap ? " " + T.overlap : ""), list, !v.overlap);
}
function byMaterial() {
    const v = V.D_cba;
    if (!v || !A.stressor) return;
    const year = lastYear(y => known(sum(v, { year: y })));
    if (year < 0) return;
    const list = A.stressor.code.map((c, s) => ({ label: name("stressor", s), value: W.w[s] ? W.w[s] * at(v, { year: year, stressor: s }) : null })).filter(p => known(p.value));
    bars(T.material + ", " + A.year.code[year] + ", " + W.unit, T.footText, ranked(list, 16), true);
}

// ---- flows ----

function sankey() {
    const v = V.mfa, links = [], link = (from, to, value) => { if (known(value) && value > 0) links.push({ from: from, to: to, value: value / 1000 }); };
    let note = T.tonNote, year = -1;
    if (v) {
        const get = (route, y, i) => at(v, { route: index("route", route), year: y, indicator: index("indicator", i), material: 0 });
        year = lastYear(y => known(get("ewmfa", y, "DEU")) && known(get("ewmfa", y, "IMP")) && known(get("ewmfa", y, "EXP")));
        if (year >= 0) {
            const q = i => get("ewmfa", year, i), nas = q("NAS");
            link(T.de, T.economy, q("DEU")); link(T.imports, T.economy, q("IMP")); link(T.economy, T.exports, q("EXP"));
            if (known(nas)) { // in = out: NAS is DE + IMP + BI_in - EXP - DPO - BI_out
                link(T.balanceIn, T.economy, q("BI_IN")); link(T.unstock, T.economy, -nas);
                link(T.economy, T.stock, nas); link(T.economy, T.waste, q("DPO")); link(T.economy, T.balanceOut, q("BI_OUT"));
            } else link(T.economy, T.use, q("DMC"));
        } else if (index("route", "io") >= 0) {
            year = lastYear(y => known(get("io", y, "RMI")));
            if (year >= 0) {
                const q = i => get("io", year, i), cat = V.footprint_category;
                note = T.rmeNote;
                link(T.de, T.economy, q("DEU")); link(T.imports, T.economy, q("IMP_RME")); link(T.economy, T.exports, q("EXP_RME"));
                let rest = q("RMI") - q("EXP_RME");
                if (cat && A.category && W.unit === T.mt) A.category.code.forEach((c, i) => {
                    const x = 1000 * sum(cat, { year: year, category: i }), stock = V.category_kind && V.category_kind.v[i] === "gfcf";
                    if (x > 0) { link(T.economy, stock ? T.investment : name("category", i), x); rest -= x; }
                });
                else { link(T.economy, T.use, q("RMC")); rest -= q("RMC"); }
                if (rest > 0.001 * q("RMI")) link(T.economy, T.other, rest);
            }
        }
    }
    section(T.sankey + (year >= 0 ? ", " + A.year.code[year] + ", " + T.mt : ""), note, links.map(q => [q.from + " → " + q.to, q.value]), ["", T.mt], s => {
        const names = [], id = n => { if (names.indexOf(n) < 0) names.push(n); return names.indexOf(n); };
        const graph = { links: links.map(q => ({ source: id(q.from), target: id(q.to), value: q.value })), nodes: [] };
        graph.nodes = names.map(n => ({ name: n }));
        const height = narrow ? 420 : 360, svg = canvas(s, height, T.sankey);
        const layout = d3.sankey().nodeWidth(14).nodePadding(narrow ? 26 : 18).extent([[4, 28], [width - 4, height - 8]]);
        layout(graph);
        svg.append("g").attr("fill", "none").selectAll("path").data(graph.links).enter().append("path").attr("d", d3.sankeyLinkHorizontal())
            .attr("stroke", (q, i) => colours[i % colours.length]).attr("stroke-opacity", .4).attr("stroke-width", q => Math.max(1, q.width));
        const n = svg.append("g").selectAll("g").data(graph.nodes).enter().append("g");
        n.append("rect").attr("x", q => q.x0).attr("y", q => q.y0).attr("width", q => q.x1 - q.x0).attr("height", q => Math.max(1, q.y1 - q.y0)).attr("fill", "#444");
        const middle = q => q.sourceLinks.length && q.targetLinks.length;
        n.filter(middle).append("text").attr("x", q => (q.x0 + q.x1) / 2).attr("y", 14).attr("text-anchor", "middle").text(q => q.name + " " + format(q.value));
        const label = n.filter(q => !middle(q)).append("text").attr("x", q => q.x0 < width / 2 ? q.x1 + 6 : q.x0 - 6).attr("text-anchor", q => q.x0 < width / 2 ? "start" : "end");
        label.append("tspan").attr("x", q => q.x0 < width / 2 ? q.x1 + 6 : q.x0 - 6).attr("y", q => (q.y0 + q.y1) / 2 - (narrow ? 4 : -4)).text(q => fit(q.name, width / 2 - 40) + (narrow ? "" : " " + format(q.value)));
        if (narrow) label.append("tspan").attr("x", q => q.x0 < width / 2 ? q.x1 + 6 : q.x0 - 6).attr("y", q => (q.y0 + q.y1) / 2 + 10).text(q => format(q.value));
    });
}

// ---- value added and footprint ----

function scatter() {
    const v = V.footprint_product, va = V.value_added, list = [];
    if (v && va && V.sector_region && A.product) {
        const year = lastYear(y => known(sum(v, { year: y })));
        if (year >= 0) A.product.code.forEach((code, p) => {
            let money = null;
            V.sector_code.v.forEach((c, j) => { if (c === code && V.sector_region.v[j] === data.region) money = (money || 0) + at(va, { year: year, sector: j }); });
            const f = sum(v, { year: year, product: p });
            if (known(money) && known(f) && (money > 0 || f > 0)) list.push({ label: name("product", p), x: Math.max(money, 0), y: Math.max(f, 0) });
        });
    }
    const unit = data.about.money_unit || "";
    section(T.scatter, T.scatterText, list.map(p => [p.label, p.x, p.y]), ["", T.va + " " + unit, T.fp + " " + W.unit], s => {
        const height = narrow ? 340 : 420, m = { l: 46, r: 20, t: 20, b: 40 };
        const x = d3.scaleSqrt().domain([0, d3.max(list, p => p.x) || 1]).range([m.l, width - m.r]), y = d3.scaleSqrt().domain([0, d3.max(list, p => p.y) || 1]).range([height - m.b, m.t]);
        const svg = canvas(s, height, T.scatter);
        axes(svg, x, y, height, m, T.fp + ", " + W.unit, d3.format(narrow ? "~s" : ",d"));
        svg.append("text").attr("x", width - m.r).attr("y", height - 6).attr("text-anchor", "end").text(T.va + ", " + unit);
        svg.append("g").selectAll("circle").data(list).enter().append("circle").attr("cx", p => x(p.x)).attr("cy", p => y(p.y)).attr("r", 4).attr("fill", colours[0]).attr("fill-opacity", .75);
        const far = list.slice().sort((a, b) => d3.descending(x(a.x) - y(a.y), x(b.x) - y(b.y))), placed = [];
        far.forEach(p => { // a label where no other stands
            const text = fit(p.label, narrow ? 110 : 220), w = wide(text) + 14, right = x(p.x) + w < width, box = { x: right ? x(p.x) : x(p.x) - w, y: y(p.y), w: w };
            if (placed.length >= (narrow ? 6 : 14) || placed.some(b => Math.abs(b.y - box.y) < 14 && box.x < b.x + b.w && b.x < box.x + box.w)) return;
            placed.push(box);
            svg.append("text").attr("x", x(p.x) + (right ? 7 : -7)).attr("y", y(p.y) + 4).attr("text-anchor", right ? "start" : "end").text(text);
        });
    });
}

// ---- waterfall ----

function bridge() {
    const v = V.route_bridge;
    if (!v) return;
    const year = lastYear(y => known(at(v, { year: y, material: 0 })));
    const steps = year < 0 ? [] : A.bridge_step.code.map((code, i) => ({ code: code, label: name("bridge_step", i), value: at(v, { year: year, bridge_step: i, material: 0 }) / 1000 }));
    section(T.bridge + (year >= 0 ? ", " + A.year.code[year] + ", " + T.mt : ""), T.bridgeText, steps.map(p => [p.label, p.value]), [T.step, T.mt], s => {
        const step = 26, height = steps.length * step + 24, most = narrow ? 140 : 320, l = margin(steps, most), svg = canvas(s, height, T.bridge);
        let sum = 0;
        steps.forEach((p, i) => {
            const whole = i === 0 || i === steps.length - 1;
            if (!whole && Math.abs(p.value) < 1e-9 * Math.abs(steps[0].value)) p.value = 0; // rounding
            p.from = whole ? 0 : sum; p.to = whole ? p.value : sum + p.value; sum = p.to; p.whole = whole;
        });
        const ends = [].concat(...steps.map(p => [p.from, p.to])), x = d3.scaleLinear().domain([Math.min(0, d3.min(ends)), d3.max(ends)]).range([l, width - 64]);
        const g = svg.selectAll("g").data(steps).enter().append("g").attr("transform", (p, i) => "translate(0," + (i * step + 6) + ")");
        g.append("rect").attr("x", p => Math.min(x(p.from), x(p.to))).attr("width", p => Math.max(1, Math.abs(x(p.to) - x(p.from)))).attr("height", step - 8)
            .attr("fill", p => p.whole ? "#444" : p.value >= 0 ? colours[1] : colours[2]);
        g.append("text").attr("x", l - 6).attr("y", 13).attr("text-anchor", "end").text(p => fit(p.label, most));
        g.append("text").attr("x", p => Math.max(x(p.from), x(p.to)) + 4).attr("y", 13).text(p => (p.whole || p.value <= 0 ? "" : "+") + format(p.value));
    });
}

// ---- tables without a picture ----

function targetTable() {
    if (!A.target) return;
    const rows = A.target.code.map((c, t) => t).filter(t => V.target_region.v[t] === data.region).map(t => {
        const n = variable => known(V[variable].v[t]) ? V[variable].v[t] : null, year = known(V.target_year_reached.v[t]) ? String(Math.ceil(V.target_year_reached.v[t])) : "-";
        return [A.target.code[t] + " (" + V.target_route.v[t] + ")", V.target_unit.v[t] + (V.target_per.v[t] === "capita" ? "/" + (nl ? "inw." : "inh.") : ""), n("target_base"), n("target_level"),
            n("target_last"), n("target_distance"), n("target_required_change"), year];
    });
    if (!rows.length) return;
    const s = page.append("section");
    s.append("h2").text(T.targets);
    table(s.append("div").attr("class", "wide"), [T.target, T.unit, T.base, T.level, T.last, T.distance, T.required, T.reached], rows);
}

function indicators() {
    const v = V.mfa;
    if (!v) return;
    const year = lastYear(y => A.route.code.some((r, i) => A.indicator.code.some((c, k) => known(at(v, { route: i, year: y, indicator: k, material: 0 })))));
    if (year < 0) return;
    const rows = [];
    A.indicator.code.forEach((c, k) => {
        const values = A.route.code.map((r, i) => at(v, { route: i, year: year, indicator: k, material: 0 }));
        if (values.some(known)) rows.push([c + " " + name("indicator", k)].concat(values.map(x => known(x) ? x / 1000 : null)));
    });
    const s = page.append("section");
    s.append("h2").text(T.all + ", " + A.year.code[year] + ", Mt");
    table(s.append("div").attr("class", "wide"), [T.indicator].concat(A.route.code), rows);
}
function method() {
    const s = page.append("section");
    s.append("h2").text(T.method);
    s.append("p").text(data.about.method || "");
    if (data.about.summary) s.append("p").text(data.about.summary);
    s.append("p").attr("class", "note").text("leie " + data.about.leie_version);
    if (A.note) {
        const d = s.append("details");
        d.append("summary").text(T.notes + " (" + A.note.n + ")");
        table(d.append("div").attr("class", "wide"), [T.year, ""], V.note_text.v.map((t, i) => [V.note_year.v[i] ? String(V.note_year.v[i]) : "", t]));
    }
    s.append("h2").text(T.sources);
    const lists = [V.table_source, V.table_license].filter(x => x).map(x => d3.set(x.v).values().filter(t => t).join("; ")).filter(t => t);
    lists.forEach(t => s.append("p").text(t));
    if (A.source) {
        const d = s.append("details");
        d.append("summary").text(T.sources + " (" + A.source.n + ")");
        table(d.append("div").attr("class", "wide"), [T.source, "", "SHA-256"], V.source_path.v.map((p, i) => [V.source_role.v[i], p, V.source_sha256.v[i]]));
    }
    const targets = A.target ? A.target.code.map((c, t) => [c, V.target_source.v[t]]) : [];
    if (targets.length) table(s.append("div").attr("class", "wide"), [T.target, T.source], targets);
}

// ---- the whole ----

page.append("h1").text(data.about.title || data.about.study || "");
if (data.region) page.append("p").text(T.region + ": " + name("region", data.regionIndex) + " (" + data.region + ")" + (data.about.edition ? ", " + T.edition + " " + data.about.edition : ""));
if (data.about.label) page.append("p").attr("class", "label").text(data.about.label === "demonstration" ? T.demo : data.about.label);
if (data.region) {
    lines();
    targetTable();
    byMaterial();
    byDimension("footprint_need", "need", T.need);
    byDimension("footprint_category", "category", T.category);
    byDimension("footprint_origin", "origin", T.origin);
    byDimension("footprint_agenda", "agenda", T.agenda);
    byDimension("footprint_chain", "chain", T.chain);
    byDimension("footprint_asset", "asset", T.asset);
    sankey();
    scatter();
    bridge();
    indicators();
}
leieSystems({ data: data, V: V, A: A, nl: nl, at: at, known: known, format: format, colours: colours, width: width, narrow: narrow, page: page, section: section, canvas: canvas, fit: fit, wide: wide });
method();
document.body.setAttribute("data-pictures", pictures);
})();
