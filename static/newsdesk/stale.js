// The stale form works without this. With it, a field for which "Theirs" is chosen is dimmed, and typing into it chooses
// "Yours" again.
"use strict";

for (const choices of document.querySelectorAll(".panel.stale fieldset[data-box]")) {
  const [mine, theirs] = choices.querySelectorAll("input[type=radio]");
  const place = document.getElementById(choices.dataset.box);
  const box = place?.closest(".box") ?? place;
  if (!box) continue;
  const show = () => box.classList.toggle("left-to-others", theirs.checked);
  choices.addEventListener("change", show);
  box.addEventListener("input", () => {
    mine.checked = true;
    show();
  });
  show();
}
