// What the pages of a profile do in the browser: show the chosen way and
// transform of a cell, and search its sources. No page depends on it.
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  const form = $("[data-cell]");
  if (form) {
    const show = () => {
      const mode = $("input[name=mode]:checked", form)?.value ?? "pick";
      for (const part of $$("[data-mode]", form)) part.hidden = part.dataset.mode !== mode;
      const chosen = $("[data-transform-choice]", form)?.value;
      for (const part of $$("[data-transform]", form)) part.hidden = part.dataset.transform !== chosen;
    };
    form.addEventListener("change", show);
    window.addEventListener("pageshow", show);
    show();
  }

  const box = $("[data-source-filter]");
  const list = $("[data-source-list]");
  if (box && list) {
    const rows = $$("li", list).map((row) => ({ row, text: row.textContent.toLowerCase() }));
    const count = $("[data-source-count]");
    const note = count?.textContent.trim() ?? "";
    box.hidden = false;
    $("input", box).addEventListener("input", (event) => {
      const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const { row, text } of rows) {
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) found++;
      }
      if (count) count.textContent = words.length ? `${found} of ${rows.length} fields` : note;
    });
    $("input", box).addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // it would save the form
      const first = rows.find(({ row }) => !row.hidden);
      const choice = first && $("input", first.row);
      if (choice) { choice.checked = true; choice.focus(); }
    });
    const chosen = $("input:checked", list);
    if (chosen) list.scrollTop = Math.max(0, chosen.closest("li").offsetTop - list.offsetTop - 60);
  }
})();
