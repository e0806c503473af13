// Signing out takes the drafts of this browser with it.
"use strict";

document.getElementById("logout-form")?.addEventListener("submit", () => {
  for (const name of Object.keys(localStorage)) if (name.startsWith("newsdesk-draft:")) localStorage.removeItem(name);
});
