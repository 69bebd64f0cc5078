// Follows a job by the server's events and opens its page again when it ends; without scripts the page refreshes itself.
"use strict";
const work = document.querySelector("[data-job]");
if (work) {
  const step = document.getElementById("step");
  const bar = document.getElementById("progress");
  const source = new EventSource(`/jobs/${work.dataset.job}/events`);
  source.addEventListener("message", (event) => {
    const told = JSON.parse(event.data);
    if (told.state === "done" || told.state === "refused") {
      source.close();
      window.location.replace(`/jobs/${work.dataset.job}`);
      return;
    }
    step.textContent = told.step || "Waiting for its turn";
    bar.max = told.steps || 1;
    bar.value = told.done;
  });
}
