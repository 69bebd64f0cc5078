// A countdown for each zone of the session guide. Without scripts the seconds stand in the text.
"use strict";
document.querySelectorAll(".zone[data-seconds]").forEach((step) => {
  const total = Number(step.dataset.seconds);
  const row = document.createElement("p");
  const button = document.createElement("button");
  const left = document.createElement("span");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Start timer";
  left.className = "left";
  left.setAttribute("role", "timer");
  left.setAttribute("aria-live", "off");
  let ends = 0;
  let ticking = 0;
  const show = () => {
    const seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    left.textContent = ` ${seconds} s`;
    if (seconds === 0) {
      window.clearInterval(ticking);
      left.setAttribute("aria-live", "assertive");
      left.textContent = " Done. Lift, look at the skin, and go on only if it is no more than lightly red.";
      button.textContent = "Start again";
    }
  };
  button.addEventListener("click", () => {
    window.clearInterval(ticking);
    left.setAttribute("aria-live", "off");
    ends = Date.now() + total * 1000;
    button.textContent = "Start again";
    show();
    ticking = window.setInterval(show, 250);
  });
  row.append(button, left);
  step.append(row);
});
