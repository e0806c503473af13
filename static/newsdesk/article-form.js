// The article form works without this. With it, "Add a picture" and "Add an entry" give one more empty row.
"use strict";

for (const button of document.querySelectorAll("button.add-part")) {
  const total = document.getElementById(`id_${button.dataset.prefix}-TOTAL_FORMS`);
  const template = button.parentElement.querySelector("template");
  button.hidden = false;
  button.addEventListener("click", () => {
    const row = template.content.cloneNode(true);
    for (const element of row.querySelectorAll("*")) {
      for (const name of ["id", "name", "for"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace("__prefix__", total.value));
      }
    }
    template.before(row);
    total.value = Number(total.value) + 1;
    template.previousElementSibling.querySelector("input:not([type=hidden]), textarea").focus();
  });
}
