// A bulk action works without this: "Resume" does the next chunk. With it, one chunk follows the other, and the bar
// moves. It begins by itself only on the page that the confirmation leads to (#run); elsewhere "Resume" begins it.
"use strict";

(() => {
  const form = document.getElementById("bulk-continue");
  const bar = document.getElementById("bulk-progress");
  const sentence = document.getElementById("bulk-sentence");
  const button = form.querySelector("button");
  const label = button.textContent;
  let isRunning = false;

  const next = async () => {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
      redirect: "error",
    });
    if (answer.status === 403) form.submit(); // as without this script: whose session ended signs in and continues
    if (!answer.ok) throw new Error(`answered with ${answer.status}`);
    return answer.json();
  };

  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    button.disabled = true;
    button.textContent = "Running…";
    try {
      for (let state = { is_running: true }; state.is_running; ) {
        state = await next();
        bar.value = state.done;
        sentence.textContent = state.sentence;
      }
      location.replace(location.pathname);
    } catch {
      isRunning = false;
      button.disabled = false;
      button.textContent = label;
      sentence.textContent += " The last step failed. Press Resume.";
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  if (location.hash === "#run") run();
})();
