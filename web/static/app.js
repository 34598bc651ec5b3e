// Everything the pages do in the browser beyond htmx: theme, menu, keys,
// questions before an action, copying, current times. No page depends on it.
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const say = (text) => { const live = $("#live"); if (live) live.textContent = text; };

  // Theme: the choice is kept in a cookie for a year, so the server knows it too.
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const root = document.documentElement;
    const next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    root.setAttribute("data-bs-theme", next);
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
    say(`${next} theme`);
  });

  // Menu on narrow screens.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-menu]");
    if (!button) return;
    const open = document.body.classList.toggle("menu-open");
    button.setAttribute("aria-expanded", String(open));
  });

  // A menu that is a <details> closes when the click goes elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of $$("details.who[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // On a narrow screen the open tab may lie outside: bring it in.
  for (const tab of $$(".tabs [aria-current]")) {
    const strip = tab.parentElement;
    strip.scrollLeft = tab.offsetLeft - strip.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
  }

  // Copy buttons.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (!button) return;
    const text = button.dataset.copy ?? button.closest(".doc")?.querySelector("pre")?.textContent ?? "";
    try {
      await navigator.clipboard.writeText(text);
      button.classList.add("copied");
      setTimeout(() => button.classList.remove("copied"), 1500);
      say("Copied");
    } catch {
      say("The browser did not allow copying");
    }
  });

  // Questions before an action: <form data-confirm="...">.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = form.dataset?.confirm;
    const dialog = $("#confirm");
    if (!question || form.dataset.sure || !dialog?.showModal) return;
    event.preventDefault();
    const submitter = event.submitter;
    $("#confirm-text").textContent = question;
    $("[data-confirm-yes]", dialog).textContent = submitter?.textContent.trim() || "Continue";
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      // A live update may have replaced the form while the question stood.
      const same = (other) => other.getAttribute("action") === form.getAttribute("action");
      const current = form.isConnected ? form : $$("form").find(same);
      if (!current) { say("This is not offered any more"); return; }
      current.dataset.sure = "yes";
      current.requestSubmit(form.isConnected ? submitter : undefined);
    };
    dialog.showModal();
  }, true);

  // A form is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of $$("form[data-sent]")) {
      delete form.dataset.sent;
      delete form.dataset.sure;
      form.removeAttribute("aria-busy");
    }
  });

  // Rows: j and k mark, Enter opens. The mark survives a live update by its id.
  let marked = "";
  const mark = (row) => {
    for (const other of $$("[data-row].marked")) other.classList.remove("marked");
    if (!row) return;
    marked = row.id;
    row.classList.add("marked");
    const link = $("a", row);
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const rows = $$("[data-row]");
    if (!rows.length) return false;
    const at = rows.findIndex((row) => row.id === marked);
    mark(rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))]);
    return true;
  };
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row) marked = row.id;
  });
  // x chooses the marked row, where rows can be chosen. Choices survive a live update
  // while the row says the same.
  const pick = () => {
    const box = marked && document.getElementById(marked)?.querySelector("input[name=pick]");
    if (box) box.checked = !box.checked;
    return Boolean(box);
  };
  let focused = false;
  let picked = [];
  document.addEventListener("htmx:beforeSwap", () => {
    focused = Boolean(document.activeElement?.closest("[data-row]"));
    picked = $$("input[name=pick]:checked").map((box) => box.value);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const box of $$("input[name=pick]")) box.checked = picked.includes(box.value);
    const row = marked && document.getElementById(marked);
    if (row) row.classList.add("marked");
    if (row && focused) $("a", row)?.focus({ preventScroll: true });
    tick();
  });

  // Keys. They rest while somebody types, and while a dialog is open.
  let going = 0;
  const showKeys = () => {
    const dialog = $("#keys");
    const section = $("[data-page-keys]", dialog);
    const list = $("dl", section);
    list.replaceChildren();
    for (const target of $$("[data-key][data-key-help]")) {
      const term = document.createElement("dt");
      const key = document.createElement("kbd");
      const text = document.createElement("dd");
      key.textContent = target.dataset.key;
      text.textContent = target.dataset.keyHelp;
      term.append(key);
      list.append(term, text);
    }
    section.hidden = !list.children.length;
    dialog.showModal();
    dialog.scrollTop = 0;
  };
  const press = (key) => {
    const target = $$("[data-key]").find((element) => element.dataset.key === key && !element.disabled);
    if (!target) return false;
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
    return true;
  };
  const go = (key) => {
    const link = $$("[data-go]").find((element) => element.dataset.go === key);
    if (link) link.click();
    return Boolean(link);
  };
  const typing = (element) => element.matches?.("input:not([type=checkbox]):not([type=hidden]), textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    let done = true;
    if (going && Date.now() - going < 1500) { going = 0; done = go(event.key); }
    else if (event.key === "g") going = Date.now();
    else if (event.key === "/") {
      const boxes = $$("[data-search]").filter((box) => box.offsetParent);
      const box = boxes[boxes.length - 1];
      done = Boolean(box);
      if (box) { box.focus(); box.select(); }
    }
    else if (event.key === "?") showKeys();
    else if (event.key === "j") done = step(1);
    else if (event.key === "k") done = step(-1);
    else if (event.key === "x") done = pick();
    else done = press(event.key);
    if (done) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) showKeys();
  });

  // Times stay current, in the words of the server.
  const span = (seconds) => {
    if (seconds < 60) return `${Math.floor(seconds)} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
    return `${Math.floor(seconds / 86400)} days`;
  };
  const tick = () => {
    for (const time of $$("time[data-relative]")) {
      const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      if (Math.abs(seconds) > 30 * 86400) continue;
      time.textContent = seconds < 0 ? `in ${span(-seconds)}` : seconds < 5 ? "just now" : `${span(seconds)} ago`;
    }
  };
  if (document.body.hasAttribute("data-clock")) setInterval(tick, 15000);

  // Live updates: the dot says whether the stream is open.
  const live = (on) => {
    for (const dot of $$("[data-live-state]")) {
      dot.classList.toggle("is-live", on);
      $("[data-live-text]", dot).textContent = on ? "Live" : "Not live";
    }
  };
  document.addEventListener("htmx:sseOpen", () => live(true));
  document.addEventListener("htmx:sseError", () => live(false));
  document.addEventListener("htmx:sseClose", () => live(false));
})();
