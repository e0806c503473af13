// Shows what will change for readers while an editor types. The form works without this: a button does the same.
// Waits for a pause in typing, sends a request only if something has changed since the last one, and aborts outdated
// requests, so there are at most two per second.
"use strict";

(() => {
  const form = document.getElementById("article_form");
  const panel = document.getElementById("readers-changes");
  if (!form || !panel) return;
  const PAUSE = 500;
  const details = panel.querySelector("details");
  const count = panel.querySelector(".changes-count");
  const status = panel.querySelector("[role=status]");
  let timer = 0;
  let running = null;
  let hasChosen = false;

  const typed = () => {
    const boxes = new FormData(form);
    for (const name of ["reason", "draft"]) boxes.delete(name);
    return new URLSearchParams(boxes).toString();
  };

  const setState = (state) => {
    panel.classList.replace(`is-${panel.dataset.state}`, `is-${state}`);
    panel.dataset.state = state;
    if (!hasChosen && state !== "wrong") details.open = state === "seen" && matchMedia("(width >= 860px)").matches;
  };

  const show = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("readers-changes");
    if (!fresh) throw new Error("the response has no panel");
    const [detail, next] = [panel, fresh].map((side) => side.querySelector(".changes-detail"));
    if (detail.innerHTML !== next.innerHTML) detail.replaceChildren(...next.childNodes);
    tell(fresh.querySelector(".changes-count").textContent, fresh.dataset.state);
  };

  const tell = (headline, state) => {
    if (count.textContent !== headline) count.textContent = status.textContent = headline;
    setState(state);
  };

  let answered = typed();

  const ask = async () => {
    const asked = typed();
    running?.abort();
    running = null;
    if (asked === answered) return;
    const question = (running = new AbortController());
    const body = new URLSearchParams(asked);
    try {
      const answer = await fetch(panel.dataset.address, { method: "POST", body, redirect: "manual", signal: question.signal });
      const html = await answer.text();
      if (question !== running) return;
      if (!answer.ok) throw new Error(String(answer.status));
      show(html);
      answered = asked;
    } catch {
      if (question !== running) return;
      answered = "";
      tell("Can't show the changes right now. You can still save.", "same");
    }
  };

  const askSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };

  const isTouched = (box) =>
    box.type === "checkbox" ? box.checked !== box.defaultChecked : "defaultValue" in box && box.value !== box.defaultValue;

  form.addEventListener("input", askSoon);
  form.addEventListener("change", askSoon);
  form.addEventListener("submit", () => clearTimeout(timer));
  panel.querySelector("summary").addEventListener("click", () => {
    hasChosen = true;
  });

  // After Back, the browser may have restored typed text.
  window.addEventListener("pageshow", () => {
    if (![...form.elements].some(isTouched)) return;
    answered = "";
    ask();
  });
})();
