// Lets the browser show a page of its own when hairwise is not running, and offer to install it. Nothing else needs this.
"use strict";
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}
