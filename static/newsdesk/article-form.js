// The article form works without this. With it, "Add a picture" and "Add an entry" add an empty row; Enter in a one-line
// box, Ctrl+S and Ctrl+Enter always save; Ctrl+Shift+Enter publishes if that is offered; no key unpublishes; and leaving
// with unsaved changes asks first.
"use strict";

(() => {
  const form = document.getElementById("article_form");
  const save = form.querySelector("button[name=_save]");
  const publish = form.querySelector("button.go");

  for (const button of form.querySelectorAll("button.add-part")) {
    const total = document.getElementById(`id_${button.dataset.prefix}-TOTAL_FORMS`);
    const template = button.parentElement.querySelector("template");
    button.hidden = false;
    button.addEventListener("click", () => {
      const row = template.content.cloneNode(true);
      for (const element of row.querySelectorAll("*")) {
        for (const name of ["id", "name", "for", "aria-describedby"]) {
          const value = element.getAttribute(name);
          if (value) element.setAttribute(name, value.replaceAll("__prefix__", total.value));
        }
      }
      template.before(row);
      total.value = Number(total.value) + 1;
      template.previousElementSibling.querySelector("input:not([type=hidden]), textarea").focus();
    });
  }

  // A link to a field inside a closed section opens the section.
  const open = () => document.getElementById(location.hash.slice(1))?.closest("details")?.setAttribute("open", "");
  window.addEventListener("hashchange", open);

  if (!save) return;
  for (const hint of form.querySelectorAll(".decide-bar kbd")) hint.hidden = false;

  // Verbs that ask first: opening focuses the first field, Escape closes.
  for (const asking of form.querySelectorAll("details.ask")) {
    asking.addEventListener("toggle", () => asking.open && asking.querySelector("select, input").focus({ preventScroll: true }));
    asking.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      asking.open = false;
      asking.querySelector("summary").focus();
    });
  }
  const isElsewhere = (element) =>
    element.closest("dialog") || (element.form ?? element.closest("form") ?? form) !== form;

  // The form's keys work wherever the focus is, except in another form. Enter in a verb's field focuses its button; held
  // down, it does not press that as well.
  document.addEventListener("keydown", (event) => {
    if (isElsewhere(event.target)) return;
    const isControl = event.ctrlKey || event.metaKey;
    const isEnter = event.key === "Enter" && !event.isComposing;
    const isPlainEnter = isEnter && !isControl && !event.shiftKey;
    const asking = isPlainEnter && event.target.matches(".ask-panel input") && event.target.closest(".ask-panel");
    const button =
      isControl && isEnter ? (event.shiftKey ? publish : save)
      : isControl && event.key.toLowerCase() === "s" ? save
      : isPlainEnter && event.target.matches("textarea[data-line]") ? save
      : null;
    if (asking) asking.querySelector("button").focus();
    if (button || asking || isPlainEnter && event.repeat && !event.target.matches("textarea")) event.preventDefault();
    if (button && !event.repeat) form.requestSubmit(button);
  });

  // After a save, Tab continues from the message: to its Undo, and into the form.
  const message = document.querySelector(".messagelist li");
  if (message) {
    message.tabIndex = -1;
    message.focus({ preventScroll: true });
  }

  let isChanged = document.querySelector("form .wrong, .panel.stale, .panel.kept-here") !== null;
  form.addEventListener("input", () => {
    isChanged = true;
  });
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.formTarget) isChanged = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
})();
