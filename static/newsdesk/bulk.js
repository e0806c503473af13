// A bulk action works without this: "Resume" processes the next chunk. With it, chunks follow each other and the progress
// bar moves. Starts by itself only after the confirmation (#run); otherwise "Resume" starts it.
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
    if (answer.status === 403) form.submit(); // as without this script: after a sign-in, it continues
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
