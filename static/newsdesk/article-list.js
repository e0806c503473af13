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

  // After a decision the focus moves to the next undecided row; after a refusal it stays.
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

  // A second press of the same key is ignored (once.js), and remembered nowhere.
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

  // A verb with fields has them in the bar: its key opens them, and Escape returns to the row.
  const asked = new Map();

  const askingOf = (element) => (element.tagName === "SUMMARY" ? element.parentElement : null);

  const ask = (asking, place, box) => {
    asked.set(asking, place);
    asking.open = true;
    (box ?? asking.querySelector("select, input, textarea")).focus({ preventScroll: true });
  };

  const press = (element, place) => {
    const asking = askingOf(element);
    if (asking) ask(asking, place);
    else decide(element.value, place);
  };

  const leave = (asking) => {
    asking.open = false;
    if (asked.has(asking)) focusRow(asked.get(asking));
    else asking.querySelector("summary").focus();
  };

  const done = (asking) => {
    const needed = asking.querySelector("[data-needed]");
    if (needed && !needed.value.trim()) return needed.focus();
    const button = asking.querySelector("button");
    if (asked.has(asking)) decide(button.value, asked.get(asking));
    else button.click();
  };

  // A number chooses a cause and decides; "other" asks for a note first.
  const chooseByNumber = (number, place) => {
    const select = bar.querySelector("details.ask select");
    const option = select?.options[number - 1];
    if (!option) return false;
    const asking = select.closest("details");
    select.value = option.value;
    if (option.value === "other") ask(asking, place, asking.querySelector("input"));
    else decide(asking.querySelector("button").value, place);
    return true;
  };

  for (const asking of bar.querySelectorAll("details.ask")) {
    asking.addEventListener("toggle", () => {
      if (!asking.open) asked.delete(asking);
      else if (!asking.querySelector(".ask-panel").contains(document.activeElement)) asking.querySelector("select, input, textarea").focus();
    });
    asking.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        return leave(asking);
      }
      const isText = event.target.matches("input");
      if (isText && event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        if (!event.repeat) done(asking);
      }
      if (event.target.matches("select") && /^[1-9]$/.test(event.key)) {
        event.preventDefault();
        const option = event.target.options[event.key - 1];
        if (!option) return;
        event.target.value = option.value;
        if (option.value === "other") asking.querySelector("input").focus();
        else done(asking);
      }
    });
  }

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
    o: (place) => rows[place].querySelector("th a").click(),
    z: () => document.querySelector(".messagelist form.undo button")?.click(),
    "/": () => document.getElementById("filter-q").focus(),
    x: toggle,
    v: (place) => rows[place].querySelector("a.preview").click(),
  };

  for (const element of bar.querySelectorAll("[data-key]")) keys[element.dataset.key] = (place) => press(element, place);

  form.addEventListener("keydown", (event) => {
    const place = rows.indexOf(event.target.closest("tr"));
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = keys[key] ?? (/^[1-9]$/.test(key) ? (at) => chooseByNumber(Number(key), at) : null);
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

  for (const hint of document.querySelectorAll(".keys, .decide-bar kbd")) hint.hidden = false;
  const place = rememberedPlace();
  if (place !== null) focusRow(place);
  window.addEventListener("pageshow", count);
})();
