// The four panes beside the map: clusters, one kindergarten, rules, distances. Each draws itself anew from the state;
// the focus stays where it was because controls carry a stable data-at.

import { distance, GRADE, metres, OWNERSHIP, RUN_BY } from "./cartography.js";

const SVG = "http://www.w3.org/2000/svg";
const STRENGTH = { hard: "必须符合", in_principle: "原则上", encouraged: "鼓励" };

/** Makes an element: el("button", { class, type, on: { click }, … }, …children). */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [kind, act] of Object.entries(value)) element.addEventListener(kind, act);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function picture(className, viewBox, href) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  if (viewBox) svg.setAttribute("viewBox", viewBox);
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", href);
  svg.append(use);
  return svg;
}
export const icon = (name) => picture("icon", null, `/assets/vendor/icons.svg#${name}`);
const shape = (name) => picture("shape", "0 0 16 16", `/assets/symbols.svg#${name}`);

function swatch([fill, line]) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("viewBox", "0 0 14 14");
  svg.setAttribute("aria-hidden", "true");
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x: 1, y: 1, width: 12, height: 12, rx: 3, fill, "fill-opacity": 0.45, stroke: line, "stroke-width": 1.6 })) rect.setAttribute(name, value);
  svg.append(rect);
  return svg;
}

/** Replaces what a pane shows and gives the focus back. */
function refill(pane, ...children) {
  const active = document.activeElement;
  const at = pane.contains(active) ? active.dataset.at : null;
  const selection = at && active.matches("input[type=search], input[type=text]") ? [active.selectionStart, active.selectionEnd] : null;
  const scroll = pane.scrollTop;
  pane.replaceChildren(...children.flat().filter(Boolean));
  pane.scrollTop = scroll;
  if (!at) return;
  const again = pane.querySelector(`[data-at="${CSS.escape(at)}"]`) ?? pane;
  again.focus({ preventScroll: true });
  if (selection && again.setSelectionRange) again.setSelectionRange(...selection);
}

/** `desk`: the state; `acts`: what the user may do (editor.js); `tint(key)`: colours of a cluster. */
export class Panels {
  constructor(root, desk, acts, tint) {
    this.desk = desk;
    this.acts = acts;
    this.tint = tint;
    this.search = "";
    this.reasons = null;
    this.panes = Object.fromEntries(["clusters", "site", "rules", "cost"].map((name) => [name, root.querySelector(`#pane-${name}`)]));
    this.tabs = [...root.querySelectorAll("[role=tab]")];
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.turn(tab.id.slice(4)));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const next = this.tabs[(this.tabs.indexOf(tab) + step + this.tabs.length) % this.tabs.length];
        this.turn(next.id.slice(4));
        next.focus();
      });
    }
  }

  turn(name) {
    for (const tab of this.tabs) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      this.panes[tab.id.slice(4)].hidden = !chosen;
    }
  }

  redraw() {
    this.drawClusters();
    this.drawSite();
    this.drawRules();
    this.drawCost();
  }

  // ---- Clusters ----

  drawClusters() {
    const { desk } = this;
    const wanted = this.search.trim();
    const hit = (id) => desk.sites.get(id)?.name.includes(wanted);
    const shown = [...desk.clusters.values()].filter((cluster) => !wanted || cluster.name.includes(wanted) || cluster.members.some(hit));
    const search = el("input", {
      class: "form-control", type: "search", placeholder: "查找学区或幼儿园", "aria-label": "查找学区或幼儿园", "data-at": "search",
      on: { input: (event) => { this.search = event.target.value; this.drawClusters(); } },
    });
    search.value = this.search;
    const left = desk.content.unassigned.filter((id) => desk.sites.has(id) && (!wanted || hit(id)));
    const listed = left.slice(0, 40);
    const fresh = desk.clusters.size === 0 && !wanted;
    refill(this.panes.clusters,
      fresh ? el("div", { class: "nothing" }, icon("wand"), el("p", { class: "nothing-title" }, "方案还是空的"),
        el("p", {}, `全区 ${desk.sites.size} 所幼儿园都还没有划入学区。`),
        desk.editable ? el("button", { class: "btn btn-primary", type: "button", "data-do": "propose", "data-at": "propose" }, icon("wand"), "自动划分") : null) : null,
      el("div", { class: "editor-search" }, search),
      left.length && !fresh ? el("section", { class: "cluster cluster-left", "aria-label": "未划入学区的幼儿园" },
        el("h2", {}, icon("alert-triangle"), `未划入学区 ${left.length} 所`),
        el("ul", { class: "members" }, listed.map((id) => this.#member(id, null))),
        left.length > listed.length ? el("p", { class: "small" }, `另有 ${left.length - listed.length} 所，可在上面按名称查找。`) : null) : null,
      shown.length ? el("ul", { class: "clusters" }, shown.map((cluster) => this.#cluster(cluster, wanted && !cluster.name.includes(wanted) ? hit : null)))
        : wanted && !left.length ? el("p", { class: "muted editor-none" }, `没有名称含“${wanted}”的学区或幼儿园。`) : null);
  }

  #cluster(cluster, filter) {
    const { desk, acts } = this;
    const open = desk.open === cluster.key || Boolean(filter);
    const head = el("button", {
      class: "cluster-head", type: "button", "aria-expanded": String(open), "data-at": `cluster-${cluster.key}`,
      on: { click: () => acts.open(desk.open === cluster.key ? null : cluster.key) },
    },
      swatch(this.tint(cluster.key)),
      el("span", { class: "cluster-name" }, cluster.name),
      cluster.locked ? el("span", { class: "cluster-lock", title: "已锁定" }, icon("lock"), el("span", { class: "visually-hidden" }, "已锁定")) : null,
      cluster.hard ? el("span", { class: "mark mark-strength-hard" }, `必改 ${cluster.hard}`) : null,
      cluster.soft ? el("span", { class: "mark mark-strength-in_principle" }, `原则 ${cluster.soft}`) : null,
      el("span", { class: "cluster-size" }, `${cluster.members.length} 所`));
    const item = el("li", { class: open ? "cluster is-open" : "cluster" }, head);
    if (!open) return item;
    const mix = ["公办", "普惠", "民办"].map((label, i) => `${label} ${cluster.mix?.[i] ?? 0}`).join(" · ");
    const members = [...cluster.members].filter((id) => desk.sites.has(id) && (!filter || filter(id))).sort((a, b) => this.#away(a, cluster) - this.#away(b, cluster));
    item.append(el("div", { class: "cluster-body" },
      el("p", { class: "cluster-facts" }, `${mix}　平均 ${metres(cluster.mean_m)}，最远 ${metres(cluster.farthest_m)}`),
      el("ul", { class: "members" }, members.map((id) => this.#member(id, cluster))),
      el("div", { class: "cluster-acts" },
        el("button", { class: "btn btn-sm", type: "button", "data-at": `show-${cluster.key}`, on: { click: () => acts.show(cluster.members) } }, icon("focus-2"), "定位"),
        desk.editable ? [
          el("button", { class: "btn btn-sm", type: "button", "data-at": `rename-${cluster.key}`, on: { click: () => acts.rename(cluster) } }, icon("pencil"), "改名"),
          el("button", { class: "btn btn-sm", type: "button", "data-at": `lock-${cluster.key}`, "aria-pressed": String(cluster.locked), on: { click: () => acts.lock(cluster, !cluster.locked) } }, icon(cluster.locked ? "lock-open" : "lock"), cluster.locked ? "解锁" : "锁定"),
          el("button", { class: "btn btn-sm", type: "button", "data-at": `merge-${cluster.key}`, on: { click: () => acts.merge(cluster) } }, icon("arrow-merge"), "并入…"),
          el("button", { class: "btn btn-sm", type: "button", "data-at": `split-${cluster.key}`, on: { click: () => acts.split(cluster) } }, icon("arrows-split"), "分出…"),
        ] : null)));
    return item;
  }

  #away(id, cluster) {
    const centre = this.desk.sites.get(cluster.centre);
    return id === cluster.centre ? -1 : centre ? distance(this.desk.sites.get(id), centre) : 0;
  }

  #member(id, cluster) {
    const { desk, acts } = this;
    const site = desk.sites.get(id);
    const centre = cluster?.centre === id;
    const picked = desk.picked.has(id);
    return el("li", { class: picked ? "member is-picked" : "member" },
      desk.editable && cluster && desk.several ? el("input", { class: "form-check-input", type: "checkbox", checked: picked, "aria-label": `选择${site.name}`, "data-at": `tick-${id}`, on: { change: () => acts.pick(id, true) } }) : null,
      el("button", { class: "member-name", type: "button", "aria-pressed": String(picked), "data-at": `site-${id}`, on: { click: () => acts.pick(id, desk.several) } },
        shape(centre ? "centre" : site.ownership),
        el("span", {}, site.name, el("span", { class: "visually-hidden" }, `，${OWNERSHIP[site.ownership]?.label ?? ""}${centre ? "，中心园" : ""}`))),
      el("span", { class: "member-far" }, centre ? "中心园" : cluster?.centre ? metres(this.#away(id, cluster)) : ""));
  }

  // ---- One kindergarten ----

  drawSite() {
    const { desk, acts } = this;
    const id = desk.picked.size === 1 ? [...desk.picked][0] : null;
    const site = id && desk.sites.get(id);
    if (!site) {
      refill(this.panes.site, el("div", { class: "nothing" }, icon("map-pin"),
        el("p", { class: "nothing-title" }, desk.picked.size > 1 ? `已选 ${desk.picked.size} 所幼儿园` : "没有选中幼儿园"),
        el("p", {}, "在地图上点一所，或在学区列表里选择。")));
      return;
    }
    const home = desk.clusters.get(desk.home.get(id));
    const centre = home?.centre === id;
    const far = home && !centre && desk.sites.get(home.centre) ? metres(distance(site, desk.sites.get(home.centre))) : null;
    const fact = (label, ...value) => el("div", {}, el("dt", {}, label), el("dd", {}, ...value));
    const breaches = desk.content.breaches.filter((breach) => breach.kindergartens?.includes(id) && !breach.excepted);
    refill(this.panes.site,
      el("h2", { class: "site-name" }, shape(centre ? "centre" : site.ownership), site.name),
      el("dl", { class: "facts facts-tight" },
        fact("所在学区", home ? el("button", { class: "linkish", type: "button", "data-at": "home", on: { click: () => { acts.open(home.key); } } }, home.name) : el("span", { class: "mark mark-strength-hard" }, "未划入"), centre ? "（中心园）" : far ? `　到中心园 ${far}` : ""),
        fact("办园性质", OWNERSHIP[site.ownership]?.label ?? site.ownership),
        fact("等级", GRADE[site.grade] ?? "—"),
        fact("隶属", RUN_BY[site.run_by] ?? "—", site.run_by === "city" ? (site.delegated ? "，有委托书" : "，无有效委托书") : ""),
        fact("街道", site.street || "—"),
        fact("可任中心园", site.eligible ? "可以" : "不符合条件")),
      breaches.map((breach) => el("p", { class: "notice notice-warn notice-small" }, icon("alert-triangle"), el("span", {}, breach.text))),
      desk.editable ? this.#siteActs(site, home, centre) : null,
      this.#why(site, home));
  }

  #siteActs(site, home, centre) {
    const { desk, acts } = this;
    const targets = [...desk.clusters.values()].filter((cluster) => cluster.key !== home?.key)
      .map((cluster) => ({ cluster, far: desk.sites.has(cluster.centre) ? distance(site, desk.sites.get(cluster.centre)) : Infinity }))
      .sort((a, b) => a.far - b.far);
    const select = el("select", { class: "form-select", id: "site-target", "data-at": "target" },
      targets.map(({ cluster, far }) => el("option", { value: cluster.key }, `${cluster.name} · ${Number.isFinite(far) ? metres(far) : "无中心园"} · 现 ${cluster.members.length} 所`)));
    return el("div", { class: "site-acts" },
      el("label", { class: "form-label", for: "site-target" }, "移到（由近到远）"),
      el("div", { class: "pairing" }, select, el("button", { class: "btn btn-primary", type: "button", "data-at": "move", disabled: !targets.length, on: { click: () => acts.move(site.id, Number(select.value)) } }, "移动")),
      el("div", { class: "cluster-acts" },
        home && !centre ? el("button", { class: "btn btn-sm", type: "button", "data-at": "centre", on: { click: () => acts.centre(site.id) } }, icon("star"), "设为中心园") : null,
        home ? el("button", { class: "btn btn-sm", type: "button", "data-at": "unassign", on: { click: () => acts.unassign(site.id) } }, icon("x"), "移出学区") : null,
        el("button", { class: "btn btn-sm", type: "button", "data-at": "show-site", on: { click: () => acts.show([site.id]) } }, icon("focus-2"), "定位")));
  }

  #why(site, home) {
    const { reasons } = this;
    const ready = reasons && reasons.id === site.id && reasons.version === this.desk.content.plan.version ? reasons : null;
    const body = !ready ? el("button", { class: "btn", type: "button", "data-at": "why", on: { click: () => this.acts.why(site.id) } }, icon("help"), home ? "为什么在这里？" : "可以划到哪里？")
      : ready.waiting ? el("p", { class: "muted" }, "正在计算…")
        : ready.fault ? el("p", { class: "field-error" }, ready.fault)
          : el("ol", { class: "reasons" }, ready.nearest.map((near) => el("li", { class: near.cluster === home?.key ? "reason is-home" : "reason" },
            el("p", { class: "reason-head" }, swatch(this.tint(near.cluster)), el("b", {}, near.name), el("span", {}, metres(near.distance_m))),
            el("p", { class: "small muted" }, `中心园：${this.desk.sites.get(near.centre)?.name ?? near.centre ?? "—"}`),
            near.cluster === home?.key ? el("p", { class: "small" }, "现在就在这个学区。") : [
              el("p", { class: "small" }, near.change_m > 0 ? `移过去，全区总距离增加 ${metres(near.change_m)}。` : near.change_m < 0 ? `移过去，全区总距离减少 ${metres(-near.change_m)}。` : "移过去，全区总距离不变。"),
              near.breaks.map((text) => el("p", { class: "small reason-break" }, icon("alert-triangle"), text)),
              this.desk.editable ? el("button", { class: "btn btn-sm", type: "button", "data-at": `near-${near.cluster}`, on: { click: () => this.acts.move(site.id, near.cluster) } }, "移到这里") : null,
            ])));
    return el("section", { class: "why", "aria-live": "polite" }, ready && !ready.waiting ? el("h2", {}, home ? "为什么在这里？离它最近的三个中心园" : "离它最近的三个中心园") : null, body);
  }

  // ---- Rules ----

  drawRules() {
    const { desk } = this;
    const { breaches, legal } = desk.content;
    const groups = ["hard", "in_principle", "encouraged"].map((strength) => [strength, breaches.filter((breach) => breach.strength === strength)]);
    const open = desk.outstanding();
    refill(this.panes.rules,
      el("div", { class: legal ? "notice notice-good" : "notice notice-warn" }, icon(legal ? "check" : "alert-triangle"),
        el("div", {}, el("p", { class: "notice-title" }, legal ? "符合规则，可以提交" : `还有 ${open.hard + open.soft} 项没有处理`),
          legal ? null : el("p", {}, [open.hard ? `必须改正 ${open.hard} 项` : null, open.soft ? `改正或申请例外 ${open.soft} 项` : null].filter(Boolean).join("，") + "。"))),
      groups.map(([strength, list]) => (list.length ? el("section", { class: "rules" },
        el("h2", {}, STRENGTH[strength], el("span", { class: "muted" }, `　${list.length} 项`)),
        el("ul", {}, list.map((breach) => this.#breach(breach)))) : null)));
  }

  #breach(breach) {
    const { desk, acts } = this;
    const at = `${breach.rule}-${breach.cluster ?? "all"}`;
    const where = breach.kindergartens?.length ? breach.kindergartens : desk.clusters.get(breach.cluster)?.members ?? [];
    const due = `${Number(new Date().getFullYear()) + 1}-08-31`;
    return el("li", { class: breach.excepted ? "breach is-excepted" : "breach" },
      el("p", { class: "breach-text" }, breach.text),
      el("div", { class: "breach-foot" },
        el("span", { class: "clause", title: breach.clause_text }, `第 ${breach.clause} 条`),
        breach.excepted ? el("span", { class: "mark mark-status-suspended" }, "已申请例外") : null,
        where.length ? el("button", { class: "btn btn-sm btn-ghost", type: "button", "data-at": `locate-${at}`, on: { click: () => acts.locate(breach, where) } }, icon("focus-2"), "定位") : null,
        breach.excepted && desk.editable ? el("button", { class: "btn btn-sm btn-ghost", type: "button", "data-at": `unexcept-${at}`, on: { click: () => acts.unexcept(breach) } }, "撤销例外") : null),
      el("details", { class: "breach-more" },
        el("summary", { "data-at": `more-${at}` }, breach.strength === "in_principle" && desk.editable && !breach.excepted ? "条文与申请例外" : "条文"),
        el("p", { class: "breach-clause" }, breach.clause_text),
        breach.strength === "in_principle" && desk.editable && !breach.excepted ? el("form", { class: "breach-form", on: { submit: (event) => { event.preventDefault(); acts.except(breach, new FormData(event.target)); } } },
          el("label", { class: "form-label", for: `reason-${at}` }, "例外理由", el("span", { class: "needed" }, "必填")),
          el("textarea", { class: "form-control", id: `reason-${at}`, name: "reason", rows: 3, required: true, maxlength: 500 }),
          el("label", { class: "form-label", for: `until-${at}` }, "有效期至"),
          el("input", { class: "form-control", id: `until-${at}`, name: "until", type: "date", required: true, value: due }),
          el("button", { class: "btn btn-sm btn-primary", type: "submit" }, "申请例外")) : null));
  }

  // ---- Distances ----

  drawCost() {
    const { cost } = this.desk.content;
    const { clusters } = this.desk;
    const rows = [...clusters.values()].sort((a, b) => b.mean_m - a.mean_m).slice(0, 12);
    const top = Math.max(1, ...rows.map((cluster) => cluster.mean_m));
    const fact = (label, value) => el("div", {}, el("dt", {}, label), el("dd", {}, value));
    refill(this.panes.cost,
      el("dl", { class: "facts facts-tight" },
        fact("全区总距离", metres(cost.total_m)), fact("平均到中心园", metres(cost.mean_m)), fact("最远", metres(cost.farthest_m)),
        fact("不可能小于", metres(cost.bound_m)), fact("距最优不超过", cost.gap === null || cost.gap === undefined ? "—" : `${(cost.gap * 100).toFixed(1)} %`)),
      el("p", { class: "small muted" }, "“不可能小于”是算出的理论下界：任何划分的总距离都不会比它更小。距离为直线距离。"),
      el("h2", {}, "平均距离最大的学区"),
      el("ul", { class: "bars" }, rows.map((cluster) => el("li", {},
        el("button", { class: "linkish", type: "button", "data-at": `bar-${cluster.key}`, on: { click: () => { this.acts.open(cluster.key); this.acts.show(cluster.members); } } }, cluster.name),
        el("meter", { class: "bar", min: 0, max: top, value: String(cluster.mean_m), "aria-label": `${cluster.name}平均距离` }),
        el("span", { class: "member-far" }, metres(cluster.mean_m))))));
  }
}
