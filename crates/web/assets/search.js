// Search from anywhere: a dialog with one field and one list, opened by Ctrl+K, by "/" or by the link in the top bar, which
// without scripts leads to the page /search. The focus stays in the field; the arrow keys walk through the list (a combobox).

const PAUSE_MS = 160;
const PATIENCE_MS = 8000;
/** What was opened from the dialog in this tab: forgotten when the tab closes or its person signs out (app.js). */
const RECENT = "gongzhi-found";
const MOST_RECENT = 6;

let dialog = null;

/** Opens the dialog; `link` is the link of the top bar, which knows the day that the page shows. */
export function open(link) {
  dialog ??= new SearchDialog(link);
  dialog.open();
}

function made(name, className, text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** Pieces as the server marks them: [{text, hit}]. */
function written(element, pieces) {
  for (const piece of pieces) element.append(piece.hit ? made("mark", "", piece.text) : piece.text);
  return element;
}

class SearchDialog {
  constructor(link) {
    this.day = link.dataset.day || "";
    this.number = 0;
    this.dialog = made("dialog", "finder");
    this.dialog.setAttribute("aria-label", "搜索");
    const form = made("form", "finder-head");
    form.action = "/search";
    form.setAttribute("role", "search");
    this.input = made("input", "finder-input");
    Object.assign(this.input, { type: "text", name: "q", autocomplete: "off", spellcheck: false, placeholder: "幼儿园、学区、人员、条款、页面", enterKeyHint: "search" });
    const traits = { role: "combobox", "aria-label": "搜索名称、拼音、首字母或编号", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": "finder-list" };
    for (const [name, value] of Object.entries(traits)) this.input.setAttribute(name, value);
    const close = made("button", "btn btn-sm btn-ghost", "关闭");
    close.type = "button";
    close.addEventListener("click", () => this.dialog.close());
    form.append(this.input, close);
    if (this.day) {
      const day = made("input");
      Object.assign(day, { type: "hidden", name: "day", value: this.day });
      form.append(day);
    }
    this.list = made("div", "finder-list");
    this.list.id = "finder-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "搜索结果");
    this.told = made("p", "finder-told");
    this.told.setAttribute("role", "status");
    const foot = made("p", "finder-foot");
    foot.append(made("span", "finder-keys", "↑↓ 选择　回车 打开　Esc 关闭"), this.day ? `按 ${this.day} 的记录查找` : "");
    this.all = made("a", "", "在页面中查看");
    foot.append(this.all);
    this.dialog.append(form, this.told, this.list, foot);
    document.body.append(this.dialog);

    this.input.addEventListener("input", () => this.#later());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("submit", (event) => {
      // Enter opens the chosen line. Before an answer is there it leads to the page with the same question.
      if (!this.chosen) return void (this.input.value.trim() || event.preventDefault());
      event.preventDefault();
      this.#go(this.chosen);
    });
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#go(option);
    });
    this.list.addEventListener("pointermove", (event) => {
      const option = event.target.closest("[role=option]");
      if (option && option !== this.chosen) this.#choose(option, false);
    });
    // A click beside it closes it.
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => this.#stop());
  }

  open() {
    if (this.dialog.open) return;
    this.input.value = "";
    this.dialog.showModal();
    this.input.focus();
    this.#recent();
  }

  #stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.number += 1;
  }

  #later() {
    this.#stop();
    const typed = this.input.value.trim();
    if (!typed) return void this.#recent();
    this.#point(typed);
    this.dialog.setAttribute("aria-busy", "true");
    this.timer = setTimeout(() => this.#ask(typed), PAUSE_MS);
  }

  /** The page with the same question. */
  #point(typed) {
    const query = new URLSearchParams(typed ? { q: typed } : {});
    if (this.day) query.set("day", this.day);
    this.all.href = `/search?${query}`;
  }

  async #ask(typed) {
    const number = (this.number += 1);
    this.asking = new AbortController();
    const patience = setTimeout(() => this.asking.abort(), PATIENCE_MS);
    const query = new URLSearchParams({ q: typed });
    if (this.day) query.set("day", this.day);
    try {
      const answer = await fetch(`/search.json?${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin", signal: this.asking.signal });
      if (answer.status === 401) return void (number === this.number && this.#say("登录已失效，请重新登录后再搜索。"));
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      // A later question may have been answered first.
      if (number === this.number) this.#show(found.groups, found.told);
    } catch {
      if (number === this.number) this.#say("暂时无法搜索，请检查网络后重试。");
    } finally {
      clearTimeout(patience);
    }
  }

  #say(text) {
    this.#show([], text);
    this.told.classList.add("is-fault");
  }

  #show(groups, told) {
    this.dialog.removeAttribute("aria-busy");
    this.told.classList.remove("is-fault");
    this.list.replaceChildren();
    this.chosen = null;
    let count = 0;
    for (const group of groups) {
      const part = made("div", "finder-group");
      part.setAttribute("role", "group");
      const head = made("div", "finder-group-head", group.label);
      head.id = `finder-g-${group.kind}`;
      head.setAttribute("role", "presentation");
      part.setAttribute("aria-labelledby", head.id);
      part.append(head);
      for (const line of group.lines) part.append(this.#option(line, `finder-o-${(count += 1)}`));
      if (group.cut || group.total > group.lines.length) {
        part.append(this.#option({ href: group.all, title: [{ text: `全部${group.label}（${group.cut ? "至少 " : ""}${group.total} 项）`, hit: false }], by: "", by_text: [], note: "", further: true }, `finder-o-${(count += 1)}`));
      }
      this.list.append(part);
    }
    const total = groups.reduce((sum, group) => sum + group.total, 0);
    this.told.textContent = told || (total ? `找到 ${total} 项` : "");
    // Not shown to those who see the list, said to those who don't.
    this.told.classList.toggle("visually-hidden", !told);
    this.input.setAttribute("aria-expanded", String(count > 0));
    this.#choose(this.list.querySelector("[role=option]"), true);
  }

  #option(line, id) {
    const option = made("a", line.further ? "find find-further" : "find");
    option.href = line.href;
    option.id = id;
    option.tabIndex = -1;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.append(written(made("span", "find-title"), line.title));
    if (line.by) option.append(written(made("span", "find-by", `${line.by} `), line.by_text));
    if (line.note) option.append(made("span", "find-note", line.note));
    option.line = line;
    return option;
  }

  #choose(option, scroll) {
    this.chosen?.setAttribute("aria-selected", "false");
    this.chosen = option;
    if (!option) return void this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", option.id);
    if (scroll) option.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    // Keys that choose a word in an input method are not ours.
    if (event.isComposing) return;
    const options = [...this.list.querySelectorAll("[role=option]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      const at = options.indexOf(this.chosen);
      this.#choose(options[(at + step + options.length) % options.length], true);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.dialog.close();
    }
  }

  #go(option) {
    if (!option.line.further) this.#remember(option.line);
    location.assign(option.href);
    this.dialog.close();
  }

  #kept() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(RECENT) || "[]");
      return Array.isArray(kept) ? kept.filter((line) => typeof line?.href === "string" && line.href.startsWith("/") && typeof line.title === "string") : [];
    } catch {
      return [];
    }
  }

  #remember(line) {
    const title = line.title.map((piece) => piece.text).join("");
    const kept = this.#kept().filter((known) => known.href !== line.href);
    try {
      sessionStorage.setItem(RECENT, JSON.stringify([{ href: line.href, title, note: line.note }, ...kept].slice(0, MOST_RECENT)));
    } catch {
      // Full or forbidden: then nothing is remembered.
    }
  }

  /** Before anything is typed: what was opened last. */
  #recent() {
    this.#point("");
    const lines = this.#kept().map((line) => ({ href: line.href, title: [{ text: line.title, hit: false }], by: "", by_text: [], note: String(line.note ?? "") }));
    const groups = lines.length ? [{ kind: "recent", label: "最近打开", total: lines.length, lines }] : [];
    this.#show(groups, lines.length ? "" : "输入名称、拼音、首字母或编号，例如“青禾”“qh”。");
    if (lines.length) this.told.textContent = "";
  }
}
