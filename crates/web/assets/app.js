// Small behaviours of every page. Each hangs on a data attribute; without scripts the forms and links still work.

/** Menus (<details data-menu>) close on a click elsewhere and on Escape. */
function menus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

/** Asks a question in a dialog; resolves to true when it is confirmed. */
export function ask(question, confirmText = "确定", danger = false) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "ask";
    const body = document.createElement("div");
    body.className = "ask-body";
    const heading = document.createElement("h2");
    heading.id = "ask-heading";
    heading.textContent = "请确认";
    const text = document.createElement("p");
    text.textContent = question;
    body.append(heading, text);
    const foot = document.createElement("form");
    foot.method = "dialog";
    foot.className = "ask-foot";
    const cancel = document.createElement("button");
    cancel.className = "btn";
    cancel.value = "no";
    cancel.textContent = "取消";
    const confirm = document.createElement("button");
    confirm.className = danger ? "btn btn-danger" : "btn btn-primary";
    confirm.value = "yes";
    confirm.textContent = confirmText;
    foot.append(cancel, confirm);
    dialog.setAttribute("aria-labelledby", heading.id);
    dialog.append(body, foot);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    confirm.focus();
  });
}

/** Forms with data-confirm ask before they are sent. */
function confirmations() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    const sender = event.submitter;
    const danger = Boolean(sender?.classList.contains("btn-danger"));
    if (await ask(form.dataset.confirm, form.dataset.confirmButton || "确定", danger)) {
      form.dataset.confirmed = "yes";
      form.requestSubmit(sender ?? undefined);
      delete form.dataset.confirmed;
    } else {
      sender?.focus();
    }
  });
}

/** On phones a list's filters fold behind a button, unless one of them is in use. */
function foldedFilters() {
  for (const form of document.querySelectorAll(".filters")) {
    const hidden = [...form.querySelectorAll(".field")].slice(1);
    if (hidden.length < 2) continue;
    const more = document.createElement("button");
    more.type = "button";
    more.className = "btn btn-sm btn-ghost filters-more";
    const fold = (folded) => {
      form.classList.toggle("is-folded", folded);
      more.setAttribute("aria-expanded", String(!folded));
      more.textContent = folded ? `更多条件（${hidden.length}）` : "收起条件";
    };
    fold(!hidden.some((field) => field.querySelector("input, select")?.value));
    more.addEventListener("click", () => fold(!form.classList.contains("is-folded")));
    form.append(more);
  }
}

/** A second click does not send a form twice. Buttons wake up when the page comes back from the history. */
function singleSends() {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    const sender = event.submitter;
    if (sender) setTimeout(() => (sender.disabled = true));
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("form button:disabled")) button.disabled = false;
  });
}

/** Filter forms send themselves: drop-downs and dates at once, text after a pause. */
function autoSubmits() {
  for (const form of document.querySelectorAll("form[data-autosubmit]")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
      // A year that is still being typed begins with zeros.
      else if (event.target.matches("input[type=date]") && event.target.value >= "1900") form.requestSubmit();
    });
    // Empty fields stay out of the address, so that it can be read and passed on.
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) {
        if (value === "") event.formData.delete(name);
      }
    });
  }
}

/** <… data-poll="/address"> is replaced by fetched fragments until one carries data-done.
 *  A fragment may carry data-go="/address" to move on to another page. */
function polls() {
  for (const place of document.querySelectorAll("[data-poll]")) poll(place);
}

async function poll(place) {
  let pause = 400;
  for (;;) {
    await new Promise((wake) => setTimeout(wake, pause));
    if (!place.isConnected) return;
    try {
      const answer = await fetch(place.dataset.poll, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...fragment.body.childNodes);
      const next = place.querySelector("[data-go]");
      if (next) return void location.assign(next.dataset.go);
      if (place.querySelector("[data-done]")) return;
      pause = Math.min(pause * 1.15, 2000);
    } catch {
      pause = Math.min(pause * 2, 15000);
    }
  }
}

/** File fields show the chosen name and take dropped files. */
function dropZones() {
  for (const zone of document.querySelectorAll("[data-drop]")) {
    const input = zone.querySelector("input[type=file]");
    const name = zone.querySelector("[data-drop-name]");
    const show = () => {
      const file = input.files[0];
      if (file) name.textContent = `${file.name}（${(file.size / 1024 / 1024).toFixed(1)} MB）`;
    };
    input.addEventListener("change", show);
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, (event) => {
        event.preventDefault();
        zone.classList.add("is-over");
      });
    }
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("is-over");
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        show();
      }
    });
  }
}

/** Search from anywhere: Ctrl+K, "/" outside of fields, or the link with data-search. */
function searching() {
  const link = document.querySelector("[data-search]");
  if (!link) return;
  const search = async () => {
    try {
      (await import("./search.js")).open(link);
    } catch {
      location.assign(link.href);
    }
  };
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    search();
  });
  document.addEventListener("keydown", (event) => {
    const isChord = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k";
    const isStroke = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, select, textarea, [contenteditable]");
    if (event.defaultPrevented || event.isComposing || !(isChord || isStroke) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    search();
  });
  // Who comes next to this tab does not see what was looked for.
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => sessionStorage.removeItem("gongzhi-found"));
}

/** Buttons with data-print open the print dialog. */
function printing() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}

/** After a form came back with faults, the first faulty field gets the focus. */
function firstFault() {
  document.querySelector("[aria-invalid=true]")?.focus();
}

menus();
confirmations();
foldedFilters();
singleSends();
autoSubmits();
polls();
dropZones();
searching();
printing();
firstFault();
