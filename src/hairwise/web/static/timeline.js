// Lets the timeline be dragged and zoomed in place; without it, the picture and the links do the same.
"use strict";
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const PAUSE_MS = 350;
  let view = null;
  let timer = 0;
  let asked = 0;

  const part = (selector) => document.querySelector(`#chart ${selector}`);
  const iso = (ms) => new Date(ms).toISOString().slice(0, 10);

  function address(query) {
    const figure = document.getElementById("chart");
    const widths = figure.dataset.widths.split(" ").map(Number);
    const width = widths.filter((w) => w <= figure.clientWidth + 2).pop() || widths[0];
    return `/timeline.json?${query}&width=${width}&ground=${dark.matches ? "dark" : "light"}`;
  }

  async function draw() {
    const reply = await fetch(address(document.getElementById("chart").dataset.query));
    if (!reply.ok) return;
    const told = await reply.json();
    const program = window.vega.parse(told, null, { ast: true });
    const place = document.createElement("div");
    const next = new window.vega.View(program, {
      expr: window.vegaInterpreter.expressionInterpreter, renderer: "svg", container: place, hover: false,
    });
    await next.runAsync();
    const svg = place.querySelector("svg");
    if (svg) svg.setAttribute("aria-hidden", "true");
    next.addSignalListener("zoom", (_, moved) => {
      window.clearTimeout(timer);
      if (moved && moved.day) timer = window.setTimeout(() => follow(moved.day, told.usermeta.edge_share), PAUSE_MS);
    });
    if (view) view.finalize();
    view = next;
    part(".live").replaceChildren(place);
    part(".live").hidden = false;
    part(".live-hint").hidden = false;
    part("picture").hidden = true;
  }

  // after the chart was moved: take the days it shows now, with their links and tables, from the page of those days
  async function follow([from, to], edgeShare) {
    const mine = ++asked;
    const open = [...document.querySelectorAll("#shown details[open] summary")].map((s) => s.textContent.split(" (")[0]);
    const edge = (to - from) * edgeShare;
    const [first, last] = [from + edge, to - edge];
    const query = `first=${iso(first)}&last=${iso(last)}`;
    const reply = await fetch(`/timeline?${query}`);
    if (!reply.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const [now, then] = [document.getElementById("shown"), page.getElementById("shown")];
    if (!then || mine !== asked) return;
    for (const summary of then.querySelectorAll("summary")) {
      summary.parentElement.open = open.includes(summary.textContent.split(" (")[0]);
    }
    then.querySelector("picture").hidden = true;
    const kept = then.querySelector(".live");
    kept.replaceChildren(...part(".live").childNodes);
    kept.hidden = false;
    now.replaceWith(document.importNode(then, false));
    document.getElementById("shown").append(...then.childNodes);
    window.history.replaceState(null, "", `/timeline?${query}`);
    await draw();
  }

  if (!document.getElementById("chart") || !window.vega || !window.vegaInterpreter) return;
  dark.addEventListener("change", draw);
  window.addEventListener("resize", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(draw, PAUSE_MS);
  });
  draw();
})();
