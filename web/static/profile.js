// What the pages of a profile do in the browser. No page depends on it.
(() => {
  "use strict";
})();
