// Read-only maps: every <div data-map data-source="…geojson"> of the page.
//
// The source is a FeatureCollection. Points are kindergartens: name, ownership, role ("centre" | "member"), cluster (key),
// cluster_name, href, cluster_href, and optionally note, changed (true), was, and verdict (then clusters are coloured by it). Polygons with `cluster` are ready-made hulls;
// where there are none the hull is drawn here. data-outline: the district; data-compare: the earlier plan, whose hulls
// are dashed and against which moved kindergartens are ringed.

import { bareMap, colours, districtStyle, features, ground, hull, legend, nameStyle, padding, scaleAt, symbol, VERDICTS } from "./cartography.js";

const VERDICT_LEGEND = [
  ["state-met", "已落实"], ["state-excepted", "例外"], ["state-failed", "未落实"], ["state-unknown", "尚无记录或不涉及"], ["changed", "未落实的幼儿园"],
];

async function draw(element) {
  const { map, outline } = bareMap(element);
  const sites = new ol.source.Vector();
  const hulls = new ol.source.Vector();
  const names = new ol.source.Vector();
  map.addLayer(new ol.layer.Vector({ source: hulls, style: (feature) => ground(feature.get("colour"), feature.get("state")) }));
  map.addLayer(new ol.layer.Vector({
    source: sites,
    style: (feature, resolution) => symbol(feature.get("ownership"), feature.get("role") === "centre",
      feature.get("changed") ? "changed" : feature.get("state") ?? "", scaleAt(resolution)),
  }));
  // Over a whole city two hundred names hide the map: there the districts are named, nearer by the clusters.
  map.addLayer(new ol.layer.Vector({
    source: names,
    declutter: true,
    style: (feature, resolution) => feature.get("label")[names.get("districts") && resolution > 32 ? "far" : "near"],
  }));

  const compare = element.dataset.compare;
  const [now, border, before] = await Promise.all([
    features(element.dataset.source),
    element.dataset.outline ? features(element.dataset.outline).catch(() => []) : [],
    compare ? features(compare) : [],
  ]);
  outline.addFeatures(border);
  if (border.length > 1) {
    names.set("districts", true);
    for (const district of border) {
      const at = ol.extent.getCenter(largest(district.getGeometry()).getExtent());
      names.addFeature(new ol.Feature({ geometry: new ol.geom.Point(at), label: { far: districtStyle(district.get("name") ?? ""), near: null } }));
    }
  }

  const points = now.filter((feature) => feature.getGeometry().getType() === "Point");
  const ready = now.filter((feature) => feature.getGeometry().getType() !== "Point");
  const groups = grouped(points);
  const chosen = colours(groups.map((group) => ({ key: group.key, points: group.points })));
  const pad = padding(points.map((feature) => feature.getGeometry().getCoordinates()));

  if (compare) {
    const old = grouped(before.filter((feature) => feature.getGeometry().getType() === "Point"));
    for (const group of old) {
      hulls.addFeature(new ol.Feature({ geometry: new ol.geom.Polygon(hull(group.points, pad)), colour: 0, state: "old" }));
    }
    const was = new Map(before.map((feature) => [identity(feature), feature.get("cluster_name")]));
    for (const feature of points) {
      if (feature.get("changed") !== undefined) continue;
      const earlier = was.get(identity(feature));
      if (earlier !== undefined && earlier !== feature.get("cluster_name")) feature.setProperties({ changed: true, was: earlier });
    }
  }

  for (const group of groups) {
    const colour = group.verdict ?? chosen.get(group.key);
    const given = ready.find((feature) => String(feature.get("cluster")) === group.key);
    const shape = given ? given.getGeometry() : new ol.geom.Polygon(hull(group.points, pad));
    const properties = { colour, state: "", name: group.name, href: group.href, count: group.points.length, verdict: VERDICTS[group.verdict]?.label };
    hulls.addFeature(new ol.Feature({ geometry: shape, ...properties }));
    const anchor = group.centre ?? ol.extent.getCenter(shape.getExtent());
    if (group.name) names.addFeature(new ol.Feature({ geometry: new ol.geom.Point(anchor), label: { far: null, near: nameStyle(group.name, colour) } }));
  }
  sites.addFeatures(points);

  const extent = ol.extent.createEmpty();
  for (const source of points.length ? [sites, hulls] : [outline]) ol.extent.extend(extent, source.getExtent());
  // A map of the whole district shows its border too; a map of one cluster only the cluster.
  const around = ol.extent.createEmpty();
  for (const district of border) ol.extent.extend(around, largest(district.getGeometry()).getExtent());
  if (border.length && ol.extent.getArea(extent) > ol.extent.getArea(around) / 4) ol.extent.extend(extent, around);
  const judged = groups.some((group) => group.verdict);
  legend(element, judged ? VERDICT_LEGEND : compare ? [["old", "原方案的学区"], ["changed", "所在学区有变化"]] : []);
  const whole = () => ol.extent.isEmpty(extent)
    || map.getView().fit(extent, { padding: [28, element.clientWidth > 700 ? 200 : 28, 44, 28], maxZoom: 16 });
  whole();
  // The layout may come after the script, or a tablet is turned: the map stays whole until somebody moves it.
  let moved = false;
  for (const kind of ["pointerdown", "wheel", "keydown"]) element.addEventListener(kind, () => (moved = true), { passive: true });
  map.on("change:size", () => moved || whole());
  map.on("whole", whole);
  tips(map, element, hulls);
  element.dataset.ready = "yes";
}

/** The largest part of a district: its name stands there and the map shows it; far islands are beyond the edge. */
function largest(geometry) {
  if (geometry.getType() !== "MultiPolygon") return geometry;
  return geometry.getPolygons().reduce((best, part) => (part.getArea() > best.getArea() ? part : best));
}

const identity = (feature) => feature.get("kg_id") ?? feature.get("id") ?? feature.get("name");

/** Kindergartens by cluster; those of no cluster are drawn without a ground. */
function grouped(points) {
  const groups = new Map();
  for (const feature of points) {
    const key = feature.get("cluster");
    if (key === null || key === undefined) continue;
    let group = groups.get(String(key));
    if (!group) groups.set(String(key), (group = { key: String(key), name: feature.get("cluster_name"), href: feature.get("cluster_href"), verdict: feature.get("verdict"), points: [], centre: null }));
    const at = feature.getGeometry().getCoordinates();
    group.points.push(at);
    if (feature.get("role") === "centre") group.centre = at;
  }
  return [...groups.values()];
}

/** What the pointer is on: a tooltip, a lit hull; a click opens its page. */
function tips(map, element, hulls) {
  const tip = document.createElement("div");
  tip.className = "map-tip";
  tip.hidden = true;
  const overlay = new ol.Overlay({ element: tip, positioning: "bottom-left", stopEvent: false });
  map.addOverlay(overlay);
  let lit = null;
  const under = (pixel) => {
    let found = null;
    map.forEachFeatureAtPixel(pixel, (feature) => {
      if (feature.get("label") || feature.get("state") === "old" || !feature.get("name")) return;
      if (!found || feature.getGeometry().getType() === "Point") found = feature;
      return found.getGeometry().getType() === "Point";
    }, { hitTolerance: 5 });
    return found;
  };
  const show = (event) => {
    if (event.dragging) return;
    const feature = under(event.pixel);
    const polygon = feature && feature.getGeometry().getType() !== "Point" ? feature : null;
    if (lit !== polygon) {
      lit?.set("state", "");
      polygon?.set("state", "lit");
      lit = polygon;
      hulls.changed();
    }
    tip.hidden = !feature;
    map.getTargetElement().style.cursor = feature?.get("href") ? "pointer" : "";
    if (!feature) return;
    const title = document.createElement("b");
    title.textContent = feature.get("name");
    const line = [
      polygon ? `${feature.get("count")} 所幼儿园` : feature.get("cluster_name"),
      polygon?.get("verdict"),
      feature.get("role") === "centre" ? "中心园" : null,
      feature.get("was") ? `原在${feature.get("was")}` : null,
      feature.get("note"),
    ].filter(Boolean).join(" · ");
    tip.replaceChildren(title, line);
    overlay.setPosition(event.coordinate);
  };
  map.on("pointermove", show);
  map.on("singleclick", (event) => {
    const feature = under(event.pixel);
    // A finger has no pointer to hover with: the first tap tells, the second opens.
    if (event.originalEvent.pointerType === "touch" && tip.dataset.of !== feature?.get("name")) {
      tip.dataset.of = feature?.get("name") ?? "";
      show(event);
      return;
    }
    if (feature?.get("href")) location.assign(feature.get("href"));
  });
}

for (const element of document.querySelectorAll("[data-map]")) {
  draw(element).catch((reason) => {
    const fault = document.createElement("p");
    fault.className = "map-fault";
    fault.textContent = "地图没有载入，可刷新页面再试；同样的内容见页面上的列表。";
    element.append(fault);
    console.warn("map", reason);
  });
}
