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

  const decide = (verdict, place) => {
    const button = bar.querySelector(`button[value="${verdict}"]`);
    if (!button) return;
    if (!boxes.some((box) => box.checked)) boxes[place].checked = true;
    sessionStorage.setItem(keyOfPlace, place);
    button.click();
  };

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
    x: toggle,
    p: (place) => decide("publish", place),
    u: (place) => decide("unpublish", place),
    v: (place) => rows[place].querySelector("a.preview").click(),
  };

  form.addEventListener("keydown", (event) => {
    const place = rows.indexOf(event.target.closest("tr"));
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (place < 0 || !act || event.ctrlKey || event.metaKey || event.altKey || event.repeat && "puxv".includes(event.key)) return;
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

  const hint = bar.querySelector(".keys");
  if (hint) hint.hidden = false;
  const place = sessionStorage.getItem(keyOfPlace);
  sessionStorage.removeItem(keyOfPlace);
  if (place !== null) focusRow(Number(place));
  window.addEventListener("pageshow", count);
})();
