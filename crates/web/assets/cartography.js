// What every map of clusters shares: projection, hulls, colours that differ between neighbours, symbols, the bare map.
// Needs OpenLayers (global `ol`). Used by map.js (read-only) and editor.js.

const { fromLonLat, toLonLat } = ol.proj;
export { fromLonLat, toLonLat };

export const HAN = '"PingFang SC","Microsoft YaHei","Source Han Sans SC","Noto Sans CJK SC",sans-serif';

/** Twelve grounds for clusters: [fill, line], told apart in hue and lightness; the line carries white text. */
export const PALETTE = [
  ["#2f8f83", "#17665c"], ["#d98032", "#96500f"], ["#5a7fc4", "#2f549b"], ["#b65a8e", "#873064"],
  ["#8aa63c", "#566b14"], ["#8b6bb8", "#5e3f8e"], ["#c9604f", "#973527"], ["#3f9bb5", "#1b6780"],
  ["#c4a02f", "#755c06"], ["#6b8f6b", "#3f643f"], ["#a97c58", "#75492a"], ["#7486a0", "#485b76"],
];

/** Grounds and lines by what the policy says of a cluster; the words stand in the tooltip and in the list. */
export const VERDICTS = {
  met: { label: "已落实", colours: ["#2d8a53", "#1c6239"] },
  excepted: { label: "例外", colours: ["#d98a1c", "#8a5200"] },
  failed: { label: "未落实", colours: ["#c9402f", "#8f1f1f"] },
  unknown: { label: "尚无记录", colours: ["#98a6a8", "#56666a"] },
  none: { label: "不涉及", colours: ["#c3cccd", "#56666a"] },
};

export const OWNERSHIP = {
  public: { label: "公办", colour: "#0f5c63" },
  inclusive: { label: "普惠性民办", colour: "#3b6fb6" },
  private: { label: "民办", colour: "#8a4a9e" },
};
export const GRADE = { provincial: "省一级", municipal: "市一级", district: "区一级", ungraded: "未评级" };
export const RUN_BY = { city: "市属", district: "区属" };

/** "812 米", "2.3 公里". */
export function metres(value) {
  if (value === null || value === undefined) return "—";
  return Math.abs(value) < 1000 ? `${Math.round(value)} 米` : `${(value / 1000).toFixed(1)} 公里`;
}

/** Great-circle metres between two things with `lon` and `lat`. */
export function distance(a, b) {
  const rad = Math.PI / 180;
  const h = Math.sin(((b.lat - a.lat) * rad) / 2) ** 2
    + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2;
  return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Convex hull (monotone chain) of [x, y] points. */
function convex(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list) => {
    const chain = [];
    for (const p of list) {
      while (chain.length > 1) {
        const [a, b] = [chain.at(-2), chain.at(-1)];
        if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
        chain.pop();
      }
      chain.push(p);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** The rounded hull of a cluster: so that one or two kindergartens have a shape too. */
export function hull(points, pad) {
  const ring = [];
  for (const [x, y] of points.length > 2 ? (convex(points).length ? convex(points) : points) : points) {
    for (let step = 0; step < 16; step += 1) {
      const angle = (step * Math.PI) / 8;
      ring.push([x + pad * Math.cos(angle), y + pad * Math.sin(angle)]);
    }
  }
  const outer = convex(ring);
  return [[...outer, outer[0]]];
}

/** Room around the sites of a hull, in map units: a share of the usual spacing. */
export function padding(points) {
  if (points.length < 2) return 150;
  const box = ol.extent.boundingExtent(points);
  const spacing = Math.sqrt((ol.extent.getArea(box) || 1) / points.length);
  return Math.min(320, Math.max(40, spacing * 0.2));
}

/** Colours for clusters such that near ones differ. `groups`: [{key, points}]; `kept`: Map of colours to keep.
 *  Greedy in order of size: the colour that the eight nearest use least, then the one used least at all. */
export function colours(groups, kept = new Map()) {
  const placed = groups.filter((group) => group.points.length).map((group) => ({
    key: group.key,
    size: group.points.length,
    x: group.points.reduce((sum, p) => sum + p[0], 0) / group.points.length,
    y: group.points.reduce((sum, p) => sum + p[1], 0) / group.points.length,
  }));
  const chosen = new Map();
  for (const group of groups) if (kept.has(group.key)) chosen.set(group.key, kept.get(group.key));
  const used = PALETTE.map(() => 0);
  for (const colour of chosen.values()) used[colour] += 1;
  for (const group of [...placed].sort((a, b) => b.size - a.size)) {
    if (chosen.has(group.key)) continue;
    const near = placed.filter((other) => other !== group)
      .map((other) => [(other.x - group.x) ** 2 + (other.y - group.y) ** 2, other.key])
      .sort((a, b) => a[0] - b[0]).slice(0, 8);
    const cost = PALETTE.map((_, colour) => used[colour]);
    near.forEach(([, key], rank) => {
      if (chosen.has(key)) cost[chosen.get(key)] += 1000 * (8 - rank);
    });
    const best = cost.indexOf(Math.min(...cost));
    chosen.set(group.key, best);
    used[best] += 1;
  }
  for (const group of groups) if (!chosen.has(group.key)) chosen.set(group.key, 0);
  return chosen;
}

const symbols = new Map();

/** How large symbols are at a resolution (metres a pixel): small over a city, large in a neighbourhood. */
export function scaleAt(resolution) {
  if (resolution > 120) return 0.32;
  if (resolution > 60) return 0.55;
  if (resolution > 28) return 0.7;
  if (resolution > 14) return 0.85;
  return resolution > 3 ? 1 : 1.3;
}

/** The picture of one kindergarten. Shape tells ownership, a star the centre.
 *  `state`: "", "picked", "alarm" (broken or left out), "changed" (other cluster than before). */
export function symbol(ownership, centre, state = "", scale = 1) {
  const key = `${ownership} ${centre} ${state} ${scale}`;
  let style = symbols.get(key);
  if (style) return style;
  const fill = new ol.style.Fill({ color: centre ? "#ffd75e" : OWNERSHIP[ownership]?.colour ?? "#555" });
  const stroke = new ol.style.Stroke({ color: centre ? "#3d2c00" : "#ffffff", width: centre ? 1.2 : 1.3 });
  let image;
  if (centre) image = new ol.style.RegularShape({ points: 5, radius: 10 * scale, radius2: 4.4 * scale, fill, stroke });
  else if (ownership === "inclusive") image = new ol.style.RegularShape({ points: 4, radius: 6.4 * scale, angle: Math.PI / 4, fill, stroke });
  else if (ownership === "private") image = new ol.style.RegularShape({ points: 3, radius: 6.8 * scale, fill, stroke });
  else image = new ol.style.Circle({ radius: 5 * scale, fill, stroke });
  style = [new ol.style.Style({ image, zIndex: centre ? 30 : 20 })];
  if (state) {
    style.unshift(new ol.style.Style({
      image: new ol.style.Circle({
        radius: Math.max(9, (centre ? 13 : 10) * scale),
        fill: new ol.style.Fill({ color: "rgba(255,255,255,.75)" }),
        stroke: new ol.style.Stroke({ color: state === "picked" ? "#111111" : "#b3261e", width: 2.2, lineDash: state === "alarm" ? [4, 3] : undefined }),
      }),
      zIndex: centre ? 29 : 19,
    }));
  }
  symbols.set(key, style);
  return style;
}

const grounds = new Map();

/** The ground of a cluster. `state`: "", "lit" (pointed at or chosen), "target" (drop here), "old" (earlier plan). */
export function ground(colour, state = "") {
  const key = `${colour} ${state}`;
  let style = grounds.get(key);
  if (!style) {
    const [fill, line] = VERDICTS[colour]?.colours ?? PALETTE[colour];
    const alpha = { "": "38", lit: "66", target: "80", old: "00" }[state];
    style = new ol.style.Style({
      fill: new ol.style.Fill({ color: fill + alpha }),
      stroke: new ol.style.Stroke({
        color: state === "old" ? "#5d6d71" : line, width: { "": 1.4, lit: 2.6, target: 3.4, old: 1.2 }[state],
        lineDash: state === "old" ? [5, 5] : undefined,
      }),
      zIndex: { "": 1, lit: 5, target: 6, old: 0 }[state],
    });
    grounds.set(key, style);
  }
  return style;
}

/** The name of a cluster. */
export function nameStyle(text, colour, strong = false) {
  return new ol.style.Style({
    text: new ol.style.Text({
      text, font: `${strong ? 650 : 600} ${strong ? 14 : 12.5}px ${HAN}`, offsetY: -18,
      fill: new ol.style.Fill({ color: (VERDICTS[colour]?.colours ?? PALETTE[colour])[1] }),
      stroke: new ol.style.Stroke({ color: "rgba(255,255,255,.92)", width: 3.5 }),
      overflow: true,
    }),
    zIndex: strong ? 60 : 40,
  });
}

/** The name of a district. */
export function districtStyle(text) {
  return new ol.style.Style({
    text: new ol.style.Text({
      text, font: `650 15px ${HAN}`,
      fill: new ol.style.Fill({ color: "#12333a" }),
      stroke: new ol.style.Stroke({ color: "rgba(255,255,255,.94)", width: 4.5 }),
      overflow: true,
    }),
    zIndex: 50,
  });
}

/** A map without tiles in `element`, whose button 看全图 raises the map's event "whole"; with tiles when the bureau has set them (data-tiles, blank-separated XYZ addresses). */
export function bareMap(element) {
  const layers = [];
  for (const url of (element.dataset.tiles ?? "").split(/\s+/).filter(Boolean)) {
    layers.push(new ol.layer.Tile({ source: new ol.source.XYZ({ url, attributions: element.dataset.credit ?? "" }) }));
  }
  const outline = new ol.source.Vector();
  layers.push(new ol.layer.Vector({
    source: outline,
    style: new ol.style.Style({
      fill: new ol.style.Fill({ color: layers.length ? "rgba(255,255,255,.25)" : "#fbfcfb" }),
      stroke: new ol.style.Stroke({ color: "#7d9093", width: 1.6, lineDash: [8, 4, 2, 4] }),
    }),
  }));
  const ratio = Number(element.dataset.pixelRatio);
  const map = new ol.Map({
    target: element,
    layers,
    ...(ratio ? { pixelRatio: ratio } : {}),
    controls: [
      new ol.control.Zoom({ zoomInTipLabel: "放大", zoomOutTipLabel: "缩小" }),
      new ol.control.ScaleLine({ minWidth: 64 }),
    ],
    view: new ol.View({ center: fromLonLat([114.06, 22.54]), zoom: 11, minZoom: 7, maxZoom: 19, constrainRotation: true, enableRotation: false }),
  });
  const whole = document.createElement("button");
  whole.type = "button";
  whole.title = "看全图";
  whole.setAttribute("aria-label", "看全图");
  whole.textContent = "⤢";
  whole.addEventListener("click", () => map.dispatchEvent("whole"));
  const corner = document.createElement("div");
  corner.className = "map-whole ol-unselectable ol-control";
  corner.append(whole);
  map.addControl(new ol.control.Control({ element: corner }));
  const notes = [element.dataset.note, element.dataset.credit, element.dataset.approval].filter(Boolean);
  if (notes.length) {
    const note = document.createElement("p");
    note.className = "map-note";
    note.textContent = notes.join(" · ");
    element.append(note);
  }
  return { map, outline };
}

/** Reads GeoJSON into features of the map's projection. */
export async function features(url) {
  const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const content = await answer.json();
  const format = new ol.format.GeoJSON({ featureProjection: "EPSG:3857" });
  return format.readFeatures(content.type === "Feature" || content.type === "FeatureCollection" ? content : { type: "Feature", geometry: content, properties: {} });
}

/** The legend: a <details> so that phones can fold it. */
export function legend(element, extra = []) {
  const box = document.createElement("details");
  box.className = "map-legend";
  box.open = element.clientWidth > 640 && !element.closest(".editor");
  const summary = document.createElement("summary");
  summary.textContent = "图例";
  const list = document.createElement("ul");
  const row = (id, label) => {
    const item = document.createElement("li");
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `/assets/symbols.svg#${id}`);
    svg.append(use);
    item.append(svg, label);
    list.append(item);
  };
  row("centre", "学区中心园");
  for (const [code, { label }] of Object.entries(OWNERSHIP)) row(code, label);
  row("hull", "学区（不是招生片区）");
  for (const [id, label] of extra) row(id, label);
  box.append(summary, list);
  element.append(box);
}
