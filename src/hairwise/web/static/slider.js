// A slider that draws the second photo over the first from the right; without scripts both stand side by side below.
"use strict";
document.querySelectorAll("[data-slider]").forEach((viewer) => {
  const after = viewer.querySelector("image.after");
  const label = document.createElement("label");
  const range = document.createElement("input");
  label.className = "slider";
  label.textContent = "Before or after";
  range.type = "range";
  range.min = "0";
  range.max = "100";
  range.value = "50";
  const show = () => {
    after.style.clipPath = `inset(0 0 0 ${range.value}%)`;
    range.setAttribute("aria-valuetext", `${100 - range.value} % of the second photo is shown`);
  };
  range.addEventListener("input", show);
  label.append(range);
  viewer.prepend(label);
  show();
});
