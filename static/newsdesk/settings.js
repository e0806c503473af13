// The settings work without this. With it, the browser's time zone is suggested if another one is set.
"use strict";

(() => {
  const box = document.getElementById("id_time_zone");
  const suggestion = document.querySelector(".suggestion");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isKnown = [...document.getElementById("time-zones").options].some((option) => option.value === own);
  if (!isKnown) return;
  suggestion.querySelector("b").textContent = own;
  const show = () => {
    suggestion.hidden = box.value.trim() === own;
  };
  suggestion.querySelector("button").addEventListener("click", () => {
    box.value = own;
    show();
    box.focus();
  });
  box.addEventListener("input", show);
  show();
})();
