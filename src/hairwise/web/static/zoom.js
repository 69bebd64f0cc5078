// Zoom and pan for photos: wheel, pinch, drag, and buttons that a keyboard reaches.
"use strict";
document.querySelectorAll("svg[data-zoom]").forEach((svg) => {
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  let view = { x: 0, y: 0, w: width, h: height };
  const fingers = new Map();
  let moved = 0;
  const show = () => {
    view.w = Math.min(width, Math.max(width / 16, view.w));
    view.h = (view.w * height) / width;
    view.x = Math.min(width - view.w, Math.max(0, view.x));
    view.y = Math.min(height - view.h, Math.max(0, view.y));
    svg.style.touchAction = view.w < width ? "none" : "pan-y"; // whole, a finger scrolls the page; zoomed, it moves the photo
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
  };
  const zoom = (by, px = 0.5, py = 0.5) => {
    const w = Math.min(width, Math.max(width / 16, view.w / by));
    view.x += (view.w - w) * px;
    view.y += (view.h - (w * height) / width) * py;
    view.w = w;
    show();
  };
  const shift = (dx, dy) => {
    view.x += dx * view.w;
    view.y += dy * view.h;
    show();
  };
  const place = (event) => {
    const box = svg.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && view.w === width && event.deltaY > 0) return; // let the page scroll
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.25 : 0.8, ...place(event));
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, place(event));
    moved = 0;
  });
  svg.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    const others = [...fingers].filter(([id]) => id !== event.pointerId);
    if (others.length) {
      const other = others[0][1];
      const gap = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 0.01;
      zoom(gap(now) / gap(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    } else if (view.w < width) {
      shift(before[0] - now[0], before[1] - now[1]);
    }
    moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    fingers.set(event.pointerId, now);
  });
  const lift = (event) => fingers.delete(event.pointerId);
  ["pointerup", "pointercancel", "pointerleave"].forEach((name) => svg.addEventListener(name, lift));
  svg.addEventListener("click", (event) => {
    if (moved > 0.02) event.preventDefault(); // a drag is no choice of a hair
  }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  const row = document.createElement("div");
  row.className = "actions tools";
  const tool = (text, label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = text;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    row.append(button);
  };
  tool("+", "Zoom in", () => zoom(1.6));
  tool("−", "Zoom out", () => zoom(0.625));
  tool("Whole", "Show the whole photo", () => zoom(1 / 16));
  tool("←", "Move left", () => shift(-0.25, 0));
  tool("→", "Move right", () => shift(0.25, 0));
  tool("↑", "Move up", () => shift(0, -0.25));
  tool("↓", "Move down", () => shift(0, 0.25));
  svg.after(row);
  show();
});
