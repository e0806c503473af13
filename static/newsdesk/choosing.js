// Gives Django's autocomplete widget an accessible name, which it lacks.
"use strict";

(() => {
  const nameBox = (select) => {
    const box = select.parentElement.querySelector(".select2-selection[aria-labelledby]");
    const shown = box?.querySelector(".select2-selection__rendered");
    if (!shown) return;
    const name = document.querySelector(`label[for="${select.id}"]`)?.textContent.trim().replace(/:$/, "") ?? select.name;
    const tell = () => box.setAttribute("aria-label", `${name}: ${shown.textContent.replace("×", "").trim() || "none"}`);
    for (const attribute of ["role", "aria-readonly"]) shown.removeAttribute(attribute);
    box.removeAttribute("aria-labelledby");
    new MutationObserver(tell).observe(shown, { childList: true, subtree: true });
    tell();
  };

  const selects = document.querySelectorAll("select.admin-autocomplete");
  const nameAll = () => selects.forEach(nameBox);
  nameAll();
  for (const select of selects) new MutationObserver(nameAll).observe(select.parentElement, { childList: true });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".select2-search__field")) event.target.setAttribute("aria-label", "Search");
  });
})();
