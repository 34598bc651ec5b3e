// Sets the theme before the first paint: what the server wrote, else the viewer's
// choice (cookie "theme"), else what the system prefers. Loaded without defer on
// purpose.
(() => {
  "use strict";
  const root = document.documentElement;
  const choice = /(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1];
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  root.classList.add("js");
  if (root.hasAttribute("data-bs-theme")) return;
  const apply = () => root.setAttribute("data-bs-theme", choice || (system.matches ? "dark" : "light"));
  apply();
  if (!choice) system.addEventListener("change", () => {
    if (!/(?:^|; )theme=/.test(document.cookie)) apply();
  });
})();
