// The editor's map: hulls, kindergartens, names; choosing by click, moving by drag.

import { bareMap, colours, distance, features, fromLonLat, ground, hull, legend, metres, nameStyle, padding, PALETTE, scaleAt, symbol } from "./cartography.js";

const LINE = (colour, width, dash) => new ol.style.Style({ stroke: new ol.style.Stroke({ color: colour, width, lineDash: dash }), zIndex: 10 });

/** `desk` is the editor's state (editor.js); `acts`: { pick(id, adding), open(key), move(id, key), clear() }. */
export class PlanMap {
  constructor(element, desk, acts) {
    this.element = element;
    this.desk = desk;
    this.acts = acts;
    const { map, outline } = bareMap(element);
    this.map = map;
    this.outline = outline;
    this.hulls = new ol.source.Vector();
    this.spokes = new ol.source.Vector();
    this.sites = new ol.source.Vector();
    this.names = new ol.source.Vector();
    this.ghost = new ol.source.Vector();
    this.features = new Map();
    this.grounds = new Map();
    this.tints = new Map();
    this.pointed = null;
    this.target = null;
    const layer = (source, style, more = {}) => map.addLayer(new ol.layer.Vector({ source, style, updateWhileInteracting: true, updateWhileAnimating: true, ...more }));
    layer(this.hulls, (feature) => this.#groundOf(feature));
    layer(this.spokes, (feature) => feature.get("line"));
    layer(this.sites, (feature, resolution) => this.#symbolOf(feature, resolution));
    layer(this.names, (feature) => feature.get("label"), { declutter: true, updateWhileInteracting: false });
    layer(this.ghost, (feature) => feature.get("line"));
    this.tip = document.createElement("div");
    this.tip.className = "map-tip";
    this.tip.hidden = true;
    this.overlay = new ol.Overlay({ element: this.tip, positioning: "bottom-left", offset: [12, -10], stopEvent: false });
    map.addOverlay(this.overlay);
    map.on("whole", () => this.fitAll());
    this.#listen();
    legend(element, [["changed", "选中、未划入或需要留意"]]);
  }

  /** The sites are drawn once; later versions of the plan move them between clusters only. */
  async start(outlineAddress) {
    for (const site of this.desk.sites.values()) {
      const feature = new ol.Feature({ geometry: new ol.geom.Point(fromLonLat([site.lon, site.lat])), site: site.id });
      this.features.set(site.id, feature);
    }
    this.sites.addFeatures([...this.features.values()]);
    this.pad = padding([...this.features.values()].map((feature) => feature.getGeometry().getCoordinates()));
    this.redraw();
    this.fitAll();
    // The page's layout may come after the script: fit again once the map has its size.
    if (!this.map.getSize()?.every(Boolean)) this.map.once("change:size", () => this.fitAll());
    if (outlineAddress) {
      const border = await features(outlineAddress).catch(() => []);
      this.outline.addFeatures(border);
    }
  }

  at(id) { return this.features.get(id).getGeometry().getCoordinates(); }

  /** A new version of the plan, or another choice of clusters. */
  redraw() {
    const { clusters } = this.desk;
    const groups = [...clusters.values()].map((cluster) => ({ key: cluster.key, points: cluster.members.filter((id) => this.features.has(id)).map((id) => this.at(id)) }));
    this.tints = colours(groups, new Map([...this.tints].filter(([key]) => clusters.has(key))));
    this.hulls.clear(true);
    this.names.clear(true);
    this.grounds.clear();
    const hulls = [];
    const names = [];
    for (const group of groups) {
      if (!group.points.length) continue;
      const cluster = clusters.get(group.key);
      const feature = new ol.Feature({ geometry: new ol.geom.Polygon(hull(group.points, this.pad)), cluster: group.key });
      hulls.push(feature);
      this.grounds.set(group.key, feature);
      const anchor = cluster.centre && this.features.has(cluster.centre) ? this.at(cluster.centre) : ol.extent.getCenter(feature.getGeometry().getExtent());
      const strong = this.desk.open === group.key;
      const label = `${cluster.name}${cluster.hard ? " ✕" : cluster.soft ? " !" : ""}`;
      names.push(new ol.Feature({ geometry: new ol.geom.Point(anchor), label: nameStyle(label, this.tints.get(group.key), strong), cluster: group.key }));
    }
    this.hulls.addFeatures(hulls);
    this.names.addFeatures(names);
    this.choose();
  }

  /** Only the choice changed. */
  choose() {
    this.spokes.clear(true);
    const key = this.desk.open;
    const cluster = this.desk.clusters.get(key);
    if (cluster?.centre && this.features.has(cluster.centre)) {
      const style = LINE(`${PALETTE[this.tints.get(key)][1]}b0`, 1.3);
      const from = this.at(cluster.centre);
      this.spokes.addFeatures(cluster.members.filter((id) => id !== cluster.centre && this.features.has(id))
        .map((id) => new ol.Feature({ geometry: new ol.geom.LineString([from, this.at(id)]), line: style })));
    }
    this.sites.changed();
    this.hulls.changed();
  }

  /** The place of a kindergarten in the window, in CSS pixels; null when it is not drawn. */
  onScreen(id) {
    if (!this.features.has(id)) return null;
    const [x, y] = this.map.getPixelFromCoordinate(this.at(id)) ?? [];
    const box = this.element.getBoundingClientRect();
    return x === undefined ? null : { x: box.left + this.element.clientLeft + x, y: box.top + this.element.clientTop + y };
  }

  tint(key) { return PALETTE[this.tints.get(key) ?? 0]; }

  fitAll() {
    const extent = this.sites.getExtent();
    if (extent && !ol.extent.isEmpty(extent)) this.map.getView().fit(extent, { padding: [40, 30, 50, 30], maxZoom: 16 });
  }

  /** Shows these kindergartens. */
  show(ids) {
    const points = ids.filter((id) => this.features.has(id)).map((id) => this.at(id));
    if (!points.length) return;
    this.map.getView().fit(ol.extent.buffer(ol.extent.boundingExtent(points), this.pad * 2), { padding: [60, 60, 80, 60], maxZoom: 14.5, duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250 });
  }

  /** The line of a move that the server has not answered yet. */
  pending(id, key) {
    this.ghost.clear();
    const cluster = this.desk.clusters.get(key);
    const goal = cluster?.centre ?? cluster?.members[0];
    if (!goal || !this.features.has(goal) || !this.features.has(id)) return;
    this.ghost.addFeature(new ol.Feature({ geometry: new ol.geom.LineString([this.at(id), this.at(goal)]), line: LINE("#12333a", 2, [6, 5]) }));
  }

  settled() { this.ghost.clear(); }

  #groundOf(feature) {
    const key = feature.get("cluster");
    const state = this.target === key ? "target" : this.pointed === key || this.desk.open === key ? "lit" : "";
    return ground(this.tints.get(key), state);
  }

  #symbolOf(feature, resolution) {
    const site = this.desk.sites.get(feature.get("site"));
    const cluster = this.desk.clusters.get(this.desk.home.get(site.id));
    const state = this.desk.picked.has(site.id) ? "picked" : (!cluster && !this.desk.manyLeft) || this.desk.alarmed.has(site.id) ? "alarm" : "";
    return symbol(site.ownership, cluster?.centre === site.id, state, scaleAt(resolution) * (this.desk.open === cluster?.key && cluster ? 1.2 : 1));
  }

  #siteAt(pixel, tolerance) {
    let found = null;
    let nearest = Infinity;
    this.map.forEachFeatureAtPixel(pixel, (feature) => {
      const id = feature.get("site");
      if (!id) return;
      const at = this.map.getPixelFromCoordinate(feature.getGeometry().getCoordinates());
      const away = Math.hypot(at[0] - pixel[0], at[1] - pixel[1]);
      if (away < nearest) [nearest, found] = [away, id];
    }, { hitTolerance: tolerance });
    return found;
  }

  /** The cluster under a point: of several hulls the one with the nearest centre; beside all hulls, that of a site within 40 px. */
  #clusterAt(coordinate) {
    const far = (key) => {
      const cluster = this.desk.clusters.get(key);
      const at = cluster?.centre && this.features.has(cluster.centre) ? this.at(cluster.centre) : ol.extent.getCenter(this.grounds.get(key).getGeometry().getExtent());
      return Math.hypot(at[0] - coordinate[0], at[1] - coordinate[1]);
    };
    const under = this.hulls.getFeaturesAtCoordinate(coordinate).map((feature) => feature.get("cluster"));
    if (under.length) return under.reduce((best, key) => (far(key) < far(best) ? key : best));
    const site = this.sites.getClosestFeatureToCoordinate(coordinate, (feature) => this.desk.home.has(feature.get("site")));
    if (!site) return null;
    const at = site.getGeometry().getCoordinates();
    const away = Math.hypot(at[0] - coordinate[0], at[1] - coordinate[1]) / this.map.getView().getResolution();
    return away <= 40 ? this.desk.home.get(site.get("site")) : null;
  }

  #say(coordinate, title, line) {
    const head = document.createElement("b");
    head.textContent = title;
    this.tip.replaceChildren(head, line);
    this.tip.hidden = false;
    this.overlay.setPosition(coordinate);
  }

  #listen() {
    const { map, desk } = this;
    map.on("pointermove", (event) => {
      if (event.dragging || this.dragging) return;
      const id = this.#siteAt(event.pixel, 4);
      const key = id ? desk.home.get(id) : this.hulls.getFeaturesAtCoordinate(event.coordinate).length ? this.#clusterAt(event.coordinate) : null;
      if (this.pointed !== key) {
        this.pointed = key ?? null;
        this.hulls.changed();
      }
      this.element.style.cursor = id ? (desk.editable ? "grab" : "pointer") : "";
      const cluster = desk.clusters.get(key);
      if (id) this.#say(event.coordinate, desk.sites.get(id).name, cluster ? `${cluster.name}${cluster.centre === id ? " · 中心园" : ""}` : "还没有划入学区");
      else if (cluster) this.#say(event.coordinate, cluster.name, `${cluster.members.length} 所 · 平均 ${metres(cluster.mean_m)}`);
      else this.tip.hidden = true;
    });
    this.element.addEventListener("pointerleave", () => {
      if (!this.dragging) this.tip.hidden = true;
    });
    map.on("singleclick", (event) => {
      const id = this.#siteAt(event.pixel, event.originalEvent.pointerType === "touch" ? 14 : 6);
      const adding = event.originalEvent.shiftKey || desk.several;
      if (id) return void this.acts.pick(id, adding);
      const key = this.hulls.getFeaturesAtCoordinate(event.coordinate).length ? this.#clusterAt(event.coordinate) : null;
      if (key !== null) this.acts.open(key);
      else this.acts.clear();
    });
    map.addInteraction(new ol.interaction.Pointer({
      handleDownEvent: (event) => {
        const { originalEvent: original } = event;
        if (!desk.editable || original.button !== 0 || original.shiftKey || desk.several) return false;
        const touch = original.pointerType === "touch";
        const id = this.#siteAt(event.pixel, touch ? 14 : 6);
        // A finger pans the map more often than it moves a kindergarten: tap it first, then drag.
        if (!id || (touch && !desk.picked.has(id))) return false;
        this.held = { id, from: event.pixel };
        return true;
      },
      handleDragEvent: (event) => this.#drag(event),
      handleUpEvent: (event) => this.#drop(event),
    }));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.dragging) this.#letGo();
    });
  }

  #drag(event) {
    if (!this.held) return;
    const [x, y] = this.held.from;
    if (!this.dragging && Math.hypot(event.pixel[0] - x, event.pixel[1] - y) < 6) return;
    this.dragging = true;
    this.element.style.cursor = "grabbing";
    const { id } = this.held;
    const own = this.desk.home.get(id);
    const key = this.#clusterAt(event.coordinate);
    const target = key === null || key === own ? null : key;
    if (target !== this.target) {
      this.target = target;
      this.hulls.changed();
    }
    this.ghost.clear(true);
    this.ghost.addFeature(new ol.Feature({
      geometry: new ol.geom.LineString([this.at(id), event.coordinate]),
      line: LINE(target === null ? "#5d6d71" : "#12333a", 2.2, target === null ? [3, 5] : [7, 5]),
    }));
    const cluster = this.desk.clusters.get(target);
    if (!cluster) return void this.#say(event.coordinate, this.desk.sites.get(id).name, key === own && own !== undefined ? "仍在原学区" : "拖到一个学区上松开");
    const centre = this.desk.sites.get(cluster.centre);
    this.#say(event.coordinate, `移到 ${cluster.name}`,
      `${cluster.members.length} → ${cluster.members.length + 1} 所${centre ? ` · 到中心园 ${metres(distance(this.desk.sites.get(id), centre))}` : ""}`);
  }

  #drop() {
    const { held, dragging, target } = this;
    this.#letGo();
    if (held && dragging && target !== null) this.acts.move(held.id, target);
    return false;
  }

  #letGo() {
    this.held = null;
    this.dragging = false;
    this.target = null;
    this.element.style.cursor = "";
    this.tip.hidden = true;
    this.ghost.clear();
    this.hulls.changed();
  }
}
