// The list of articles works without this. With it, rows are selected and decided from the keyboard: the next
// decision is one keystroke away. Keys act only while a row has the focus (WCAG 2.1.4).
"use strict";

(() => {
  const form = document.getElementById("changelist-form");
  const bar = form.querySelector(".decide-bar");
  const boxes = [...form.querySelectorAll("input.action-select")];
  if (!bar || !boxes.length) return;

  const all = document.getElementById("action-toggle");
  const counter = bar.querySelector(".action-counter");
  const rows = boxes.map((box) => box.closest("tr"));
  const keyOfPlace = "newsdesk-row";
  const moves = ["ArrowDown", "ArrowUp", "j", "k"];
  let last = null;

  const count = () => {
    const selected = boxes.filter((box) => box.checked).length;
    counter.textContent = `${selected} of ${counter.dataset.of} selected`;
    all.checked = selected === boxes.length;
    all.indeterminate = selected > 0 && selected < boxes.length;
  };

  const focusRow = (place) => {
    const row = rows[Math.max(0, Math.min(place, rows.length - 1))];
    row.querySelector("input.action-select").focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const buttonOf = (verdict) => bar.querySelector(`button[value="${verdict}"]`);

  // After a decision the cursor goes on to the next row that was not decided with it; after a refusal it stays.
  const remember = (place) => {
    const next = boxes.find((box, at) => at > place && !box.checked);
    sessionStorage.setItem(keyOfPlace, JSON.stringify({ place, decided: boxes[place].value, next: next?.value }));
  };

  const rememberedPlace = () => {
    const stored = JSON.parse(sessionStorage.getItem(keyOfPlace));
    sessionStorage.removeItem(keyOfPlace);
    if (!stored) return null;
    const isDone = document.querySelector(".messagelist .success");
    const found = boxes.findIndex((box) => box.value === (isDone ? stored.next : stored.decided));
    return found < 0 ? stored.place : found;
  };

  // A second press of the same key is none (once.js), and leaves no trace.
  const decide = (verdict, place) => {
    const button = buttonOf(verdict);
    if (!button || "sent" in form.dataset) return;
    const isAlone = !boxes.some((box) => box.checked);
    if (isAlone) boxes[place].checked = true;
    remember(place);
    button.click();
    if ("sent" in form.dataset) return;
    sessionStorage.removeItem(keyOfPlace);
    if (isAlone) boxes[place].checked = false;
  };

  const reason = bar.querySelector("#action-reason");
  const causes = bar.querySelector("#action-cause");
  const askingCause = document.getElementById("asking-cause");
  const askingWhy = document.getElementById("asking-why");
  let asked = null;

  const setAside = (cause, place) => {
    if (!buttonOf("set_aside")) return;
    causes.value = cause;
    decide("set_aside", place);
  };

  const ask = (dialog, verdict, place) => {
    if (!buttonOf(verdict)) return null;
    asked = place;
    const box = dialog.querySelector("input");
    box.value = reason.value;
    dialog.showModal();
    return box;
  };

  const answer = (dialog, decided) => {
    reason.value = dialog.querySelector("input").value;
    dialog.close();
    decided(asked);
  };

  const setAsideByNumber = (number, place) => {
    const cause = causes?.options[number - 1].value;
    if (cause !== "other") return setAside(cause, place);
    ask(askingCause, "set_aside", place)?.focus();
  };

  askingCause.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) answer(askingCause, (place) => setAside(button.value, place));
  });
  askingCause.addEventListener("keydown", (event) => {
    const isNote = event.target.matches("input");
    const isGiven = isNote && event.key === "Enter" && !event.isComposing;
    if (!isGiven && (isNote || !"12345".includes(event.key))) return;
    event.preventDefault();
    if (isGiven) return answer(askingCause, (place) => setAside("other", place));
    if (event.key === "5") askingCause.querySelector("input").focus();
    else answer(askingCause, (place) => setAside(causes.options[event.key - 1].value, place));
  });

  const hold = () => {
    const box = askingWhy.querySelector("input");
    if (box.value.trim()) answer(askingWhy, (place) => decide("hold", place));
    else box.focus();
  };
  askingWhy.addEventListener("click", (event) => event.target.closest("button") && hold());
  askingWhy.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input") || event.isComposing) return;
    event.preventDefault();
    hold();
  });
  for (const dialog of [askingCause, askingWhy]) dialog.addEventListener("close", () => focusRow(asked));

  const toggle = (place) => {
    boxes[place].checked = !boxes[place].checked;
    last = place;
    count();
  };

  const keys = {
    ArrowDown: (place) => focusRow(place + 1),
    ArrowUp: (place) => focusRow(place - 1),
    j: (place) => focusRow(place + 1),
    k: (place) => focusRow(place - 1),
    Enter: (place) => rows[place].querySelector("th a").click(),
    x: toggle,
    p: (place) => decide("publish", place),
    u: (place) => decide("unpublish", place),
    v: (place) => rows[place].querySelector("a.preview").click(),
    b: (place) => decide("bring_back", place),
    l: (place) => decide("lift_hold", place),
    s: (place) => ask(askingCause, "set_aside", place),
    h: (place) => ask(askingWhy, "hold", place),
  };

  form.addEventListener("keydown", (event) => {
    const place = rows.indexOf(event.target.closest("tr"));
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = keys[key] ?? (causes && "12345".includes(key) ? (at) => setAsideByNumber(key, at) : null);
    if (place < 0 || !act || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.repeat && !moves.includes(key) || key === "Enter" && event.target !== boxes[place]) return;
    event.preventDefault();
    act(place);
  });

  form.addEventListener("click", (event) => {
    const place = boxes.indexOf(event.target);
    if (place < 0) return;
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(last, place), Math.max(last, place)];
      for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
    }
    last = place;
  });

  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    count();
  });

  for (const hint of bar.querySelectorAll(".keys, kbd")) hint.hidden = false;
  const place = rememberedPlace();
  if (place !== null) focusRow(place);
  window.addEventListener("pageshow", count);
})();
