// The plan editor: state, changes and their fate. The map is in editor-map.js, the panes in editor-panels.js, the server's
// JSON in editor-server.js. Every change goes to the server, which answers with the plan's next version and all its rules;
// nothing is decided here. A change that was not taken stays in sight until it is tried again or given up.

import { distance, metres } from "./cartography.js";
import { PlanMap } from "./editor-map.js";
import { el, icon, Panels } from "./editor-panels.js";
import { Exchange } from "./editor-server.js";

const STAGE = { draft: "编制中", submitted: "待审批", approved: "已批准", adopted: "已公布", withdrawn: "已撤回" };

/** More kindergartens left out than this are no longer pointed at one by one. */
const MANY = 40;

const root = document.getElementById("editor");
const part = (name) => root.querySelector(`[data-ed="${name}"]`);
const exchange = new Exchange(root.dataset.plan);

/** What the editor knows. `home`: kindergarten → its cluster's key; `picked`: chosen kindergartens; `open`: the cluster in view. */
const desk = {
  content: null, sites: new Map(), clusters: new Map(), home: new Map(),
  picked: new Set(), alarmed: new Set(), open: null, several: false, editable: false, manyLeft: false,
  outstanding() {
    const open = this.content.breaches.filter((breach) => !breach.excepted);
    return { hard: open.filter((breach) => breach.strength === "hard").length, soft: open.filter((breach) => breach.strength === "in_principle").length };
  },
};
let map = null;
let panels = null;

const nameOf = (id) => desk.sites.get(id)?.name ?? id;
const clusterName = (key) => desk.clusters.get(key)?.name ?? "学区";

function announce(text) {
  const live = part("live");
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = text));
}

// ---- Taking in a version of the plan ----

function adopt(content) {
  // A kindergarten that opened since the page was loaded: the map has to be drawn anew.
  if (!content.sites && [...content.clusters.flatMap((cluster) => cluster.members), ...content.unassigned].some((id) => !desk.sites.has(id))) {
    location.reload();
  }
  desk.content = { ...content, sites: undefined };
  if (content.sites) desk.sites = new Map(content.sites.map((site) => [site.id, site]));
  desk.clusters = new Map(content.clusters.map((cluster) => [cluster.key, cluster]));
  desk.home = new Map(content.clusters.flatMap((cluster) => cluster.members.map((id) => [id, cluster.key])));
  desk.editable = content.plan.editable;
  desk.manyLeft = content.unassigned.length > MANY;
  if (!desk.clusters.has(desk.open)) desk.open = null;
  for (const id of desk.picked) if (!desk.sites.has(id)) desk.picked.delete(id);
  desk.alarmed.clear();
}

function redraw() {
  map.redraw();
  panels.redraw();
  head();
  picked();
}

function head() {
  const { plan, cost, clusters, unassigned } = desk.content;
  const open = desk.outstanding();
  part("state").replaceChildren(
    el("span", { class: `mark mark-stage-${plan.stage}` }, STAGE[plan.stage] ?? plan.stage),
    `　第 ${plan.version} 版 · ${plan.edited_by ? `${plan.edited_by} ${plan.edited_at}` : ""}${plan.editable ? "" : " · 只读"}`);
  const figure = (label, value, tone = "") => el("div", { class: tone }, el("dt", {}, label), el("dd", {}, value));
  part("figures").replaceChildren(
    figure("学区", `${clusters.length} 个`),
    figure("幼儿园", `${desk.sites.size} 所`),
    figure("未划入", `${unassigned.length} 所`, unassigned.length ? "is-bad" : ""),
    figure("平均距离", metres(cost.mean_m)),
    figure("最远", metres(cost.farthest_m)),
    figure("距最优≤", cost.gap === null || cost.gap === undefined ? "—" : `${(cost.gap * 100).toFixed(1)} %`),
    figure("必须改正", `${open.hard} 项`, open.hard ? "is-bad" : "is-good"),
    figure("原则上", `${open.soft} 项`, open.soft ? "is-warn" : "is-good"));
  const count = part("rule-count");
  count.textContent = open.hard + open.soft || "";
  count.classList.toggle("is-bad", open.hard > 0);
  const busy = waiting.length > 0;
  root.querySelector("[data-do=undo]").disabled = !plan.editable || !plan.can_undo || busy;
  root.querySelector("[data-do=redo]").disabled = !plan.editable || !plan.can_redo || busy;
  root.querySelector("[data-do=propose]").disabled = !plan.editable || busy;
  const several = root.querySelector("[data-do=several]");
  several.disabled = !plan.editable;
  several.setAttribute("aria-pressed", String(desk.several));
  several.classList.toggle("is-on", desk.several);
}

/** The bar under the map while several kindergartens are chosen. */
function picked() {
  const bar = part("picked");
  const several = desk.several || desk.picked.size > 1;
  bar.hidden = !several;
  if (!several) return;
  part("news").hidden = true;
  const homes = new Set([...desk.picked].map((id) => desk.home.get(id)));
  const one = homes.size === 1 && !homes.has(undefined);
  bar.replaceChildren(
    el("span", {}, desk.picked.size ? `已选 ${desk.picked.size} 所${one ? `（${clusterName([...homes][0])}）` : ""}` : "点选要分出的幼儿园"),
    desk.editable ? el("button", { class: "btn btn-sm btn-primary", type: "button", disabled: !one || desk.picked.size < 1, on: { click: () => acts.split(desk.clusters.get([...homes][0])) } }, icon("arrows-split"), "分出新学区") : "",
    el("button", { class: "btn btn-sm", type: "button", on: { click: () => acts.clear() } }, "取消选择"),
    desk.picked.size && !one ? el("small", {}, "只能从同一个学区分出") : "");
}

// ---- Changes ----

/** Changes on their way, the first one being sent: { change, words }. */
let waiting = [];
let sending = false;
let halted = false;

function submit(change, words) {
  waiting.push({ change, words });
  if (change.kind === "move") map.pending(change.kindergarten, change.to);
  drain();
}

async function drain() {
  if (sending || halted) return;
  sending = true;
  while (waiting.length && !halted) {
    root.classList.add("is-busy");
    head();
    const intent = waiting[0];
    try {
      const before = faults();
      const content = await exchange.change(desk.content.plan.version, intent.change);
      waiting.shift();
      adopt(content);
      fault(null);
      report(intent.words, before);
    } catch (reason) {
      halted = true;
      fault(reason);
    }
    map.settled();
    redraw();
  }
  sending = false;
  root.classList.remove("is-busy");
  head();
}

/** The rules broken now: rule and cluster → sentence. */
function faults() {
  return new Map(desk.content.breaches.filter((breach) => !breach.excepted).map((breach) => [`${breach.rule} ${breach.cluster}`, breach.text]));
}

/** Says what was done and which rules it broke or mended, on the map and for screen readers. */
function report(words, before) {
  const still = new Set(desk.content.breaches.map((breach) => `${breach.rule} ${breach.cluster}`));
  const broken = desk.content.breaches.filter((breach) => !breach.excepted && before.get(`${breach.rule} ${breach.cluster}`) !== breach.text);
  const mended = [...before].filter(([key]) => !still.has(key)).map(([, text]) => text);
  const news = part("news");
  news.hidden = false;
  news.className = broken.length ? "editor-news is-warn" : "editor-news";
  news.replaceChildren(
    el("p", {}, el("b", {}, words)),
    ...broken.slice(0, 3).map((breach) => el("p", { class: "news-broken" }, icon("alert-triangle"), el("span", {}, breach.text, " ", el("span", { class: "clause", title: breach.clause_text }, `第 ${breach.clause} 条`)))),
    broken.length > 3 ? el("p", {}, `另有 ${broken.length - 3} 条，见“规则”。`) : "",
    ...mended.slice(0, 2).map((text) => el("p", { class: "news-mended" }, icon("check"), el("span", {}, "已解决：", text))),
    el("button", { class: "news-close", type: "button", "aria-label": "关闭", on: { click: () => (news.hidden = true) } }, icon("x")));
  clearTimeout(report.timer);
  report.timer = setTimeout(() => (news.hidden = true), broken.length ? 12000 : 5000);
  announce([words, ...broken.map((breach) => `不符合规则：${breach.text}，第 ${breach.clause} 条`), ...mended.map((text) => `已解决：${text}`)].join("。"));
}

/** What was not taken, why, and what can be done about it. */
function fault(reason) {
  const box = part("fault");
  box.hidden = !reason;
  if (!reason) return box.replaceChildren();
  part("news").hidden = true;
  if (reason.kind === "stale" && reason.content) adopt(reason.content);
  const list = waiting.map((intent) => intent.words);
  const retry = el("button", { class: "btn btn-sm btn-primary", type: "button", on: { click: again } }, icon("refresh"), reason.kind === "stale" ? "在新版本上重试" : "重试");
  const drop = el("button", { class: "btn btn-sm", type: "button", on: { click: giveUp } }, reason.kind === "refused" ? "知道了" : "放弃这项修改");
  box.className = `editor-fault is-${reason.kind}`;
  box.replaceChildren(
    icon({ offline: "wifi-off", stale: "users", session: "door-exit" }[reason.kind] ?? "alert-circle"),
    el("div", {},
      el("p", { class: "notice-title" }, reason.message),
      list.length ? el("p", {}, reason.kind === "refused" ? "没有保存：" : "您的修改还没有保存：", el("b", {}, list.join("；"))) : null,
      reason.kind === "stale" ? el("p", {}, "下面显示的是最新版本。请看过后决定是否重做。") : null,
      reason.kind === "session" ? el("p", {}, "请", el("a", { href: "/sign-in", target: "_blank", rel: "noopener" }, "在新窗口重新登录"), "，再回到这里点“重试”。") : null,
      el("div", { class: "fault-acts" }, reason.kind === "refused" || reason.kind === "forbidden" ? null : retry, list.length ? drop : null)));
}

async function again() {
  await exchange.renew();
  if (!desk.content) return start();
  halted = false;
  if (waiting.length) return drain();
  return refresh(true);
}

function giveUp() {
  const [first, ...rest] = waiting;
  waiting = rest;
  halted = false;
  fault(null);
  map.settled();
  if (first) announce(`已放弃：${first.words}`);
  head();
  drain();
}

/** Another officer may have worked meanwhile: look when the window comes back to the front. */
async function refresh(always = false) {
  if (sending || halted || (!always && Date.now() - refresh.last < 15000)) return;
  refresh.last = Date.now();
  try {
    const content = await exchange.content();
    fault(null);
    if (content.plan.version === desk.content.plan.version && !always) return;
    if (sending || waiting.length) return;
    const newer = content.plan.version !== desk.content.plan.version;
    adopt(content);
    redraw();
    if (newer) announce(`方案已由${content.plan.edited_by}修改为第 ${content.plan.version} 版，页面已更新`);
  } catch (reason) {
    if (always) fault(reason);
  }
}
refresh.last = Date.now();

// ---- What a user can do ----

const acts = {
  pick(id, adding) {
    if (adding) {
      if (!desk.picked.delete(id)) desk.picked.add(id);
    } else {
      desk.picked = new Set([id]);
    }
    desk.alarmed.clear();
    if (!adding) {
      desk.open = desk.home.get(id) ?? desk.open;
      const listed = document.getElementById("pane-clusters").contains(document.activeElement);
      panels.turn("site");
      panels.drawSite();
      if (listed) document.getElementById("pane-site").focus({ preventScroll: true });
      announce(`已选中${nameOf(id)}，${desk.home.has(id) ? clusterName(desk.home.get(id)) : "未划入学区"}`);
    }
    redraw();
  },
  open(key) {
    const elsewhere = root.querySelector(".editor-panel").contains(document.activeElement) && !document.getElementById("pane-clusters").contains(document.activeElement);
    desk.open = key;
    if (key !== null && desk.clusters.has(key)) {
      panels.turn("clusters");
      const cluster = desk.clusters.get(key);
      announce(`${cluster.name}，${cluster.members.length} 所`);
    }
    redraw();
    const shown = root.querySelector(`[data-at="cluster-${key}"]`);
    shown?.scrollIntoView({ block: "nearest" });
    if (elsewhere) shown?.focus({ preventScroll: true });
  },
  clear() {
    desk.picked.clear();
    desk.alarmed.clear();
    desk.several = false;
    desk.open = null;
    redraw();
  },
  show: (ids) => map.show(ids),
  locate(breach, ids) {
    desk.alarmed = new Set(breach.kindergartens ?? []);
    if (desk.clusters.has(breach.cluster)) desk.open = breach.cluster;
    map.redraw();
    panels.drawClusters();
    map.show(ids);
    if (matchMedia("(width < 900px)").matches) part("map").scrollIntoView({ block: "center" });
    announce(`已在地图上定位：${breach.text}`);
  },
  move(id, to) {
    submit({ kind: "move", kindergarten: id, to }, `把${nameOf(id)}移到${clusterName(to)}`);
  },
  centre(id) {
    submit({ kind: "centre", kindergarten: id }, `把${nameOf(id)}设为${clusterName(desk.home.get(id))}的中心园`);
  },
  unassign(id) {
    submit({ kind: "unassign", kindergarten: id }, `把${nameOf(id)}移出${clusterName(desk.home.get(id))}`);
  },
  lock(cluster, locked) {
    submit({ kind: "lock", cluster: cluster.key, locked }, `${locked ? "锁定" : "解锁"}${cluster.name}`);
  },
  async rename(cluster) {
    const input = el("input", { class: "form-control", id: "new-name", name: "name", type: "text", required: true, maxlength: 40, value: cluster.name });
    const form = await query("学区改名", "改名", el("label", { class: "form-label", for: "new-name" }, "学区名称"), input, el("p", { class: "field-help" }, "用中心园所在街道或社区命名，或“行政区＋序号”；全市不得重名。"));
    const name = form?.get("name").trim();
    if (name && name !== cluster.name) submit({ kind: "rename", cluster: cluster.key, name }, `把${cluster.name}改名为${name}`);
  },
  async merge(cluster) {
    const from = desk.sites.get(cluster.centre ?? cluster.members[0]);
    const others = [...desk.clusters.values()].filter((other) => other !== cluster)
      .map((other) => ({ other, far: from && desk.sites.get(other.centre) ? distance(from, desk.sites.get(other.centre)) : Infinity })).sort((a, b) => a.far - b.far);
    const select = el("select", { class: "form-select", id: "into", name: "into" }, others.map(({ other }) => el("option", { value: other.key }, `${other.name}（并后 ${other.members.length + cluster.members.length} 所）`)));
    const form = await query(`把${cluster.name}并入`, "合并", el("label", { class: "form-label", for: "into" }, "并入哪个学区（由近到远）"), select, el("p", { class: "field-help" }, `${cluster.name}将不再存在，成员和中心园都成为对方的成员园。`));
    const into = Number(form?.get("into"));
    if (form && desk.clusters.has(into)) submit({ kind: "merge", cluster: cluster.key, into }, `把${cluster.name}并入${clusterName(into)}`);
  },
  async split(cluster) {
    const chosen = new Set([...desk.picked].filter((id) => desk.home.get(id) === cluster.key));
    const list = el("div", { class: "tickboxes" }, cluster.members.map((id) => el("label", { class: "form-check" },
      el("input", { class: "form-check-input", type: "checkbox", name: "kindergarten", value: id, checked: chosen.has(id) }), el("span", {}, nameOf(id), id === cluster.centre ? "（现中心园）" : ""))));
    const centre = el("select", { class: "form-select", id: "split-centre", name: "centre" });
    const fill = () => {
      const ids = [...list.querySelectorAll(":checked")].map((box) => box.value);
      const fit = ids.filter((id) => desk.sites.get(id).eligible);
      centre.replaceChildren(...fit.map((id) => el("option", { value: id }, nameOf(id))), ...(fit.length ? [] : [el("option", { value: "" }, "所选中没有可任中心园的，暂缺")]));
    };
    list.addEventListener("change", fill);
    fill();
    const form = await query(`从${cluster.name}分出新学区`, "分出", el("p", { class: "form-label" }, "分出哪些幼儿园"), list, el("label", { class: "form-label", for: "split-centre" }, "新学区的中心园"), centre);
    const ids = form?.getAll("kindergarten") ?? [];
    if (!ids.length) return;
    if (ids.length === cluster.members.length) return void announce("至少要留下一所幼儿园");
    desk.several = false;
    desk.picked.clear();
    submit({ kind: "split", cluster: cluster.key, kindergartens: ids, centre: form.get("centre") || null }, `从${cluster.name}分出 ${ids.length} 所组成新学区`);
  },
  except(breach, form) {
    submit({ kind: "except", rule: breach.rule, cluster: breach.cluster, reason: form.get("reason").trim(), until: form.get("until") }, `为“${breach.text}”申请例外`);
  },
  unexcept(breach) {
    submit({ kind: "unexcept", rule: breach.rule, cluster: breach.cluster }, `撤销“${breach.text}”的例外`);
  },
  async why(id) {
    const { version } = desk.content.plan;
    panels.reasons = { id, version, waiting: true };
    panels.drawSite();
    try {
      panels.reasons = { id, version, ...(await exchange.reasons(id)) };
    } catch (reason) {
      panels.reasons = { id, version, fault: reason.message };
    }
    panels.drawSite();
  },
};

/** A small form in a dialog; resolves to its content, or null. */
function query(title, confirm, ...fields) {
  return new Promise((resolve) => {
    const form = el("form", { method: "dialog" },
      el("div", { class: "ask-body" }, el("h2", { id: "query-heading" }, title), ...fields),
      el("div", { class: "ask-foot" }, el("button", { class: "btn", value: "no", formnovalidate: true }, "取消"), el("button", { class: "btn btn-primary", value: "yes" }, confirm)));
    const dialog = el("dialog", { class: "ask", "aria-labelledby": "query-heading" }, form);
    // Enter in a field presses the first button of a form; here that must be the confirming one.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.matches("button, textarea")) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector("[value=yes]"));
    });
    dialog.addEventListener("close", () => {
      const content = dialog.returnValue === "yes" ? new FormData(form) : null;
      dialog.remove();
      resolve(content);
    });
    root.append(dialog);
    dialog.showModal();
    form.querySelector("input, select")?.focus();
  });
}

// ---- Proposing ----

async function propose() {
  const dialog = part("proposal");
  const form = part("proposal-form");
  const run = part("proposal-run");
  form.hidden = false;
  run.hidden = true;
  const locked = [...desk.clusters.values()].filter((cluster) => cluster.locked).length;
  part("proposal-note").textContent = `按相对就近、搭配合理重新划分${locked ? `；已锁定的 ${locked} 个学区保持不变` : ""}。结果是一个新版本，可以撤销。`;
  dialog.returnValue = "";
  dialog.showModal();
}

async function runProposal(clusters, seconds) {
  const dialog = part("proposal");
  const before = faults();
  part("proposal-form").hidden = true;
  part("proposal-run").hidden = false;
  part("proposal-bar").value = 0;
  part("proposal-words").textContent = "正在准备…";
  part("proposal-facts").replaceChildren();
  const stop = root.querySelector("[data-do=cancel-proposal]");
  stop.disabled = false;
  try {
    const { run } = await exchange.propose(desk.content.plan.version, clusters, seconds);
    stop.onclick = () => {
      stop.disabled = true;
      part("proposal-words").textContent = "正在停止…";
      exchange.cancel(run).catch(() => (stop.disabled = false));
    };
    let misses = 0;
    for (;;) {
      await new Promise((wake) => setTimeout(wake, 400));
      let state;
      try {
        state = await exchange.progress(run);
        misses = 0;
      } catch (reason) {
        if (reason.kind !== "offline" || ++misses > 20) throw reason;
        part("proposal-words").textContent = "网络不通，正在等待…";
        continue;
      }
      part("proposal-bar").value = state.progress ?? 0;
      if (!stop.disabled) part("proposal-words").textContent = state.message || "正在计算…";
      const fact = (label, value) => el("div", {}, el("dt", {}, label), el("dd", {}, value));
      part("proposal-facts").replaceChildren(fact("总距离", metres(state.cost_m)), fact("不可能小于", metres(state.bound_m)), fact("距最优不超过", state.gap === null || state.gap === undefined ? "—" : `${(state.gap * 100).toFixed(1)} %`));
      if (state.state === "running") continue;
      dialog.close("done");
      if (state.state === "done") {
        const content = await exchange.content();
        adopt(content);
        redraw();
        map.fitAll();
        report(`自动划分完成：${content.clusters.length} 个学区，平均 ${metres(content.cost.mean_m)}`, before);
      } else if (state.state === "cancelled") {
        report("已停止计算，方案没有改变", before);
      } else {
        fault({ kind: "refused", message: state.message || "没有算出符合要求的划分。" });
      }
      return;
    }
  } catch (reason) {
    dialog.close("failed");
    fault(reason);
    redraw();
  }
}

// ---- Wiring ----

function wire() {
  const doing = {
    undo: () => submit({ kind: "undo" }, "撤销上一步"),
    redo: () => submit({ kind: "redo" }, "重做"),
    propose,
    several: () => {
      desk.several = !desk.several;
      if (desk.several) panels.turn("clusters");
      redraw();
    },
    help: () => part("help").showModal(),
  };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button && doing[button.dataset.do]) doing[button.dataset.do]();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
      event.preventDefault();
      const redo = key === "y" || event.shiftKey;
      const { plan } = desk.content;
      if (plan.editable && (redo ? plan.can_redo : plan.can_undo) && !waiting.length) doing[redo ? "redo" : "undo"]();
    } else if (event.key === "Escape" && (desk.picked.size || desk.several)) {
      acts.clear();
    }
  });
  part("proposal").addEventListener("cancel", (event) => {
    if (!part("proposal-run").hidden) event.preventDefault();
  });
  part("proposal-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.value !== "yes") return part("proposal").close("no");
    const form = new FormData(event.target);
    runProposal(form.get("clusters") ? Number(form.get("clusters")) : null, Number(form.get("seconds")));
  });
  window.addEventListener("focus", () => refresh());
  window.addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });
}

async function start() {
  try {
    adopt(await exchange.content());
  } catch (reason) {
    part("state").textContent = "方案没有载入";
    return fault(reason);
  }
  fault(null);
  map = new PlanMap(part("map"), desk, acts);
  panels = new Panels(root, desk, acts, (key) => map.tint(key));
  map.start(desk.content.outline);
  redraw();
  wire();
  // Where a kindergarten or (by key) a cluster's centre is on the screen: for browser tests, which drag as people do.
  root.whereIs = (id) => map.onScreen(desk.sites.has(id) ? id : desk.clusters.get(Number(id))?.centre);
  root.dataset.ready = "yes";
}

start();
