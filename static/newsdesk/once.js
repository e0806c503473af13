// Sends a POST form once, however often its button or key is pressed: its buttons are disabled until the response. The
// server recognises a second press as well. A press meant for the previous page that reaches this one because it loaded
// fast is ignored too: nobody has read the page yet. After a click, the pointer may rest on the next article's button, and
// the second half of a slow double click comes late.
"use strict";

(() => {
  const TOO_FAST = { key: 150, pointer: 700 };
  const LONGEST = 10_000;
  const KEY = "newsdesk-pressed";
  const buttonsOf = (form) => [...form.elements].filter((element) => element.type === "submit" && !element.formTarget);
  // The same button for another article has another form, or another number after the colon.
  const nameOf = ({ submitter }) => [location.pathname, submitter?.name, submitter?.value.split(":")[0]].join(" ");
  const acts = (event) => event.target.method === "post" && !event.target.target && !event.submitter?.formTarget;

  // Typing, choosing, pressing or moving the pointer to another button shows that the page has been seen.
  const NEAR = 120;
  let spot = null;
  let isSeen = false;
  const isPressed = (event) => event.target.closest("[type=submit]");
  document.addEventListener(
    "pointerdown",
    (event) => {
      spot = [event.clientX, event.clientY];
      isSeen ||= !isPressed(event);
    },
    true,
  );
  for (const type of ["keydown", "input"]) document.addEventListener(type, () => (isSeen = true), true);
  const isAtRest = (before) =>
    !isSeen && spot && before && Math.hypot(spot[0] - before[0], spot[1] - before[1]) < NEAR;

  const isSecond = (event) => {
    const last = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    const limit = isAtRest(last.spot) ? TOO_FAST.pointer : TOO_FAST.key;
    return last.name === nameOf(event) && Math.abs(Date.now() - last.at) < limit;
  };

  const rest = (form) => {
    const buttons = buttonsOf(form).filter((button) => !button.disabled);
    form.dataset.sent = "";
    // Later, because the browser has not read the form yet and would omit a disabled button.
    setTimeout(() => {
      for (const button of buttons) button.disabled = true;
    });
    const wake = () => {
      delete form.dataset.sent;
      for (const button of buttons) button.disabled = false;
    };
    setTimeout(wake, LONGEST);
    window.addEventListener("pageshow", (event) => event.persisted && wake());
  };

  document.addEventListener(
    "submit",
    (event) => {
      if (!acts(event) || !("sent" in event.target.dataset || isSecond(event))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !acts(event)) return;
    sessionStorage.setItem(KEY, JSON.stringify({ name: nameOf(event), at: Date.now(), spot }));
    rest(event.target);
  });
})();
