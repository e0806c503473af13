// What readers will see change, told while an editor types. The form works without this: a button asks for the same.
// It waits for a pause in the typing, asks only about what differs from its last question, and drops a question that a
// newer one overtakes, so that a fast typist asks no more than twice a second.
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
    if (!fresh) throw new Error("the answer is no panel");
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

  // A browser that comes back to the page may have kept what was typed.
  window.addEventListener("pageshow", () => {
    if (![...form.elements].some(isTouched)) return;
    answered = "";
    ask();
  });
})();
