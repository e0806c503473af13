// Logging out deletes this browser's drafts.
"use strict";

document.getElementById("logout-form")?.addEventListener("submit", () => {
  for (const name of Object.keys(localStorage)) if (name.startsWith("newsdesk-draft:")) localStorage.removeItem(name);
});
