// The date and time boxes work without this. With it, the form says while typing what readers will see and when, suggests
// common times, and reports at once a time that does not exist or occurs twice in the editor's zone.
"use strict";

(() => {
  const panel = document.querySelector("section.schedule");
  const form = panel?.closest("form");
  const zone = panel?.querySelector("input[name=zone]").value;
  const DAY = 86_400_000;
  const FIELDS = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
  if (!zone || !Intl.supportedValuesOf) return;

  // A wall time is the local time, in milliseconds as if it were UTC.
  let clock;
  try {
    clock = new Intl.DateTimeFormat("en-GB", { ...FIELDS, timeZone: zone, hourCycle: "h23" });
  } catch {
    return; // a zone that this browser does not know
  }
  const wallAt = (moment) => {
    const part = Object.fromEntries(clock.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
  };
  const passes = (wall) => {
    const offsets = new Set([wall - 1.5 * DAY, wall + 1.5 * DAY].map((moment) => wallAt(moment) - moment));
    return [...offsets].map((offset) => wall - offset).filter((moment) => wallAt(moment) === wall).sort((a, b) => a - b);
  };
  const OFFSET = /(?:Z|[+-]\d\d:?\d\d)$/;

  // The moments of the typed time: two if it occurs twice, none if it does not exist; null if it is not a time.
  const momentsOf = (box) => {
    const text = box.value.trim().replace(" ", "T");
    const hasOffset = OFFSET.test(text);
    const parsed = Date.parse(hasOffset ? text : `${text}Z`);
    if (Number.isNaN(parsed) || new Date(parsed).getUTCFullYear() < 1900) return null;
    return hasOffset ? [parsed] : passes(parsed - (parsed % 1000));
  };

  const offsetSaid = (moment) => {
    const minutes = Math.round((wallAt(moment) - moment) / 60_000);
    const size = Math.abs(minutes);
    const two = (number) => String(number).padStart(2, "0");
    return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  };

  const problemOf = (box) => {
    const moments = momentsOf(box);
    if (!moments || moments.length === 1) return "";
    const typed = box.value.trim();
    if (!moments.length) return `${typed.slice(11)} doesn't exist that day (clocks go forward).`;
    const both = moments.map((moment) => typed + offsetSaid(moment)).join(" or ");
    return `This time occurs twice: ${both}. Type the one you mean with its offset.`;
  };

  const tell = (box) => {
    box.parentElement.querySelector("p.not-once")?.remove();
    const problem = problemOf(box);
    if (problem) box.after(Object.assign(document.createElement("p"), { className: "not-once", textContent: problem }));
  };

  // The picker follows the browser's language, which may count to 12: the desk's own way stands below it.
  const isTwelve = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12;
  const said = (moment) => {
    const wall = wallAt(moment);
    const words = new Date(wall).toLocaleString("en-GB", { timeZone: "UTC", dateStyle: "full", timeStyle: "short" });
    return passes(wall).length > 1 ? `${words} (${offsetSaid(moment)})` : words;
  };
  const sayIn24 = (box) => {
    if (!isTwelve) return;
    const moments = box.type === "text" ? null : momentsOf(box);
    const line = box.parentElement.querySelector("output.in-24") ?? document.createElement("output");
    line.className = "in-24";
    line.textContent = moments?.length === 1 ? said(moments[0]) : "";
    box.after(line);
  };
  for (const box of form.querySelectorAll("input.moment")) sayIn24(box);

  form.addEventListener("input", (event) => {
    if (!event.target.matches("input.moment")) return;
    sayIn24(event.target);
    tell(event.target);
  });
  // The browser's picker has no room for an offset.
  form.addEventListener("focusout", ({ target }) => {
    if (!target.matches("input.moment") || !(momentsOf(target)?.length > 1)) return;
    target.type = "text";
    sayIn24(target);
  });

  // What readers will see.
  const [from, until] = ["live_from", "live_until"].map((name) => document.getElementById(`id_${name}`));
  if (from.disabled) return;
  const plan = panel.querySelector("p.plan");
  const isPublished = "published" in panel.dataset;

  const momentOf = (box) => {
    const moments = momentsOf(box);
    return moments?.length === 1 ? moments[0] : null;
  };
  const sentence = () => {
    const [begins, ends] = [momentOf(from), momentOf(until)];
    if ((from.value && begins === null) || (until.value && ends === null)) return "";
    if (ends !== null && ends <= Math.max(begins ?? 0, Date.now())) return "Never goes live: “Live until” is too early.";
    const start = begins !== null && begins > Date.now() ? `from ${said(begins)}` : "at once";
    const end = ends === null ? "" : `, until ${said(ends)}`;
    return `${isPublished ? "Once saved" : "Once published"}, it is live ${start}${end}.`;
  };
  const foretell = () => {
    plan.textContent = sentence();
    plan.hidden = !plan.textContent;
  };
  panel.addEventListener("input", foretell);
  panel.addEventListener("change", foretell);

  // Common times.
  const today = () => Math.floor(wallAt(Date.now()) / DAY) * DAY;
  const nine = (days) => today() + days * DAY + 9 * 3_600_000;
  const untilMonday = () => ((8 - new Date(today()).getUTCDay()) % 7) || 7;
  const after = (days) => wallAt(Math.max(momentOf(from) ?? 0, Date.now())) + days * DAY;
  const usual = [
    [from, "Tomorrow 9:00", () => nine(1)],
    [from, "Monday 9:00", () => nine(untilMonday())],
    ...(isPublished ? [] : [[from, "Clear", () => null]]),
    [until, "A day later", () => after(1)],
    [until, "A week later", () => after(7)],
    [until, "Clear", () => null],
  ];
  for (const [box, label, wall] of usual) {
    let row = box.parentElement.querySelector(".usual");
    if (!row) {
      row = Object.assign(document.createElement("div"), { className: "usual" });
      box.before(row);
    }
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    button.setAttribute("aria-label", `${label}, ${box === from ? "live from" : "live until"}`);
    button.addEventListener("click", () => {
      const found = wall();
      box.value = found === null ? "" : new Date(found - (found % 60_000)).toISOString().slice(0, 16);
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    });
    row.append(button);
  }
})();
