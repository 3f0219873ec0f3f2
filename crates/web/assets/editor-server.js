// The editor's talk with the server: plain JSON, every failure worded and told apart.

/** A request that did not end well. `kind`: "offline", "stale", "refused", "session", "forbidden", "broken". */
export class Fault extends Error {
  constructor(kind, message, content = null) {
    super(message);
    this.kind = kind;
    this.content = content;
  }
}

export class Exchange {
  /** `root`: the plan's address, "/plans/pln_…". */
  constructor(root) {
    this.root = root;
    this.token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
  }

  content() { return this.#talk("GET", "/content"); }
  change(base, change) { return this.#talk("POST", "/changes", { base, change }); }
  propose(base, clusters, seconds) { return this.#talk("POST", "/proposal", { base, clusters, seconds }); }
  progress(run) { return this.#talk("GET", `/proposal/${encodeURIComponent(run)}`); }
  cancel(run) { return this.#talk("POST", `/proposal/${encodeURIComponent(run)}/cancellation`, {}); }
  reasons(kindergarten) { return this.#talk("GET", `/reasons/${encodeURIComponent(kindergarten)}`); }

  /** After signing in again (in another window) the page's token is another one: read it from a fresh copy of the page. */
  async renew() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.token = page.querySelector("meta[name=csrf-token]")?.content ?? this.token;
    } catch {
      // Still offline: the retry itself will say so.
    }
  }

  async #talk(method, path, content) {
    let answer;
    try {
      answer = await fetch(this.root + path, {
        method,
        credentials: "same-origin",
        cache: "no-store",
        redirect: "manual",
        headers: { Accept: "application/json", ...(content ? { "Content-Type": "application/json", "X-CSRF-Token": this.token } : {}) },
        body: content ? JSON.stringify(content) : undefined,
      });
    } catch {
      throw new Fault("offline", navigator.onLine ? "没有连上服务器。" : "网络已断开。");
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) throw new Fault("session", "登录已过期。");
    const said = await answer.json().catch(() => null);
    if (answer.ok) return said ?? {};
    const message = said?.message ?? "";
    if (answer.status === 409) throw new Fault("stale", message || "方案刚被他人修改。", said?.content ?? null);
    if (answer.status === 422 || answer.status === 400) throw new Fault("refused", message || "不能这样做。");
    if (answer.status === 403) throw new Fault("forbidden", message || "您现在的岗位不能做这件事。");
    if (answer.status === 404) throw new Fault("forbidden", message || "方案已不存在，或不在您负责的范围内。");
    throw new Fault("broken", message || `服务器没有完成这次操作（${answer.status}）。`);
  }
}
