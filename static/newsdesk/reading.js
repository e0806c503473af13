// The reading pane works without this, by its address. With it, the pane follows the row that has the focus, the next two
// are fetched ahead, and R opens and closes it.
"use strict";

(() => {
  const desk = document.querySelector(".desk");
  const pane = document.getElementById("pane");
  const rows = [...document.querySelectorAll("#result_list tbody tr")];
  if (!rows.length) return;

  const SOON = 120;
  const AHEAD = 2;
  const KEY = "newsdesk-pane";
  const isWide = matchMedia("(width >= 1100px)");
  const links = rows.map((row) => row.querySelector("a.read"));
  const fetched = new Map();
  const readFirst = pane.querySelector("[data-article]")?.dataset.article;
  let shown = rows.findIndex((row) => row.querySelector("input.action-select")?.value === readFirst);
  let timer = 0;

  const isOpen = () => !pane.hidden;

  const fetchPane = async (place) => {
    const address = links[place]?.dataset.pane;
    if (!address) return "";
    if (!fetched.has(address)) {
      const asked = fetch(address, { headers: { Accept: "text/html" } }).then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""));
      fetched.set(address, asked.catch(() => ""));
    }
    return fetched.get(address);
  };

  const mark = () => {
    for (const row of rows) row.removeAttribute("aria-current");
    if (isOpen()) rows[shown]?.setAttribute("aria-current", "true");
  };

  const open = async (place) => {
    shown = place;
    pane.hidden = false;
    desk.classList.add("is-reading");
    mark();
    const html = await fetchPane(place);
    if (shown !== place || !html) return;
    pane.innerHTML = html;
    const next = links[place + 1]?.href ?? pane.querySelector("form")?.action;
    if (pane.querySelector("form")) pane.querySelector("form").action = next;
    history.replaceState(history.state, "", links[place].href);
    for (let ahead = 1; ahead <= AHEAD; ahead += 1) fetchPane(place + ahead);
  };

  const close = () => {
    pane.hidden = true;
    desk.classList.remove("is-reading");
    mark();
    const address = new URL(location.href);
    address.searchParams.delete("read");
    history.replaceState(history.state, "", address);
  };

  const focus = (place) => rows[place].querySelector("input.action-select")?.focus();

  const toggle = (place) => {
    if (isOpen()) close();
    else open(place);
    localStorage.setItem(KEY, isOpen() ? "open" : "closed");
  };

  document.getElementById("changelist-form").addEventListener("focusin", (event) => {
    const place = rows.indexOf(event.target.closest("tr"));
    if (place < 0 || place === shown || !isOpen() || !isWide.matches) return;
    clearTimeout(timer);
    timer = setTimeout(() => isOpen() && open(place), SOON);
  });

  document.addEventListener("keydown", (event) => {
    const place = rows.indexOf(event.target.closest("tr"));
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "r" && !event.repeat) toggle(place);
    else if (event.key === " " && isOpen() && isWide.matches) {
      event.preventDefault();
      const page = pane.querySelector(".pane");
      page?.scrollBy({ top: (event.shiftKey ? -0.85 : 0.85) * page.clientHeight });
    }
  });

  for (const [place, link] of links.entries())
    link.addEventListener("click", (event) => {
      if (!isWide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(place);
      focus(place);
      localStorage.setItem(KEY, "open");
    });

  pane.addEventListener("click", (event) => {
    const way = event.target.closest("a");
    const move = { next: 1, prev: -1 }[way?.rel];
    if (way?.matches(".pane-close")) {
      event.preventDefault();
      close();
      localStorage.setItem(KEY, "closed");
      focus(shown);
    } else if (move && rows[shown + move]) {
      event.preventDefault();
      open(shown + move);
      focus(shown);
    }
  });

  // A row may have got the focus before this was loaded: the one behind what was decided.
  mark();
  const focused = rows.findIndex((row) => row.contains(document.activeElement));
  const isWanted = isOpen() ? focused >= 0 && focused !== shown : localStorage.getItem(KEY) === "open";
  if (isWide.matches && isWanted) open(Math.max(focused, 0));
})();
