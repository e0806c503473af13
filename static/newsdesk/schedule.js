// The boxes for moments work without this. With it, the form says while it is typed what readers will see and from
// when, offers the usual moments, and shows at once where the clocks of the editor's zone skip a time or show it twice.
"use strict";

(() => {
  const panel = document.querySelector("section.schedule");
  const form = panel?.closest("form");
  const zone = panel?.querySelector("input[name=zone]").value;
  const DAY = 86_400_000;
  const FIELDS = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
  if (!zone || !Intl.supportedValuesOf) return;

  // A wall time is what clocks there show, in milliseconds as if it were UTC.
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
  const wallOf = (box) => {
    const wall = Date.parse(`${box.value}Z`);
    return Number.isNaN(wall) || new Date(wall).getUTCFullYear() < 1900 ? null : wall - (wall % 1000);
  };

  const offsetSaid = (minutes) => {
    const size = Math.abs(minutes);
    const two = (number) => String(number).padStart(2, "0");
    return `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  };

  const choiceOf = (box) => form.querySelector(`select[name="${box.name}-pass"]`);

  const note = (box, kind, content) => {
    box.parentElement.querySelectorAll("label.pass, p.skipped").forEach((old) => old.remove());
    if (!kind) return;
    const found = Object.assign(document.createElement(kind === "pass" ? "label" : "p"), { className: kind });
    found.append(...content);
    box.after(found);
  };

  const tell = (box) => {
    const wall = wallOf(box);
    const found = wall === null ? null : passes(wall);
    if (!found || found.length === 1) {
      note(box, "", []);
    } else if (!found.length) {
      note(box, "skipped", [`Clocks in ${zone} go forward and never show this time. Choose one before or after.`]);
    } else {
      const select = document.createElement("select");
      Object.assign(select, { name: `${box.name}-pass`, id: `${box.id}-pass` });
      const chosen = choiceOf(box)?.value ?? "1";
      found.forEach((moment, place) => {
        const text = `the ${["first", "second"][place]}, ${offsetSaid((wall - moment) / 60_000)}`;
        select.add(new Option(text, place + 1, false, String(place + 1) === chosen));
      });
      const words = document.createElement("span");
      words.textContent = `Clocks in ${zone} show this time twice. Meant is`;
      note(box, "pass", [words, " ", select]);
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.matches("input.moment")) tell(event.target);
  });

  // What readers will see.
  const [from, until] = ["live_from", "live_until"].map((name) => document.getElementById(`id_${name}`));
  if (from.disabled) return;
  const plan = panel.querySelector("p.plan");
  const isPublished = "published" in panel.dataset;

  const momentOf = (box) => {
    const wall = wallOf(box);
    const found = wall === null ? [] : passes(wall);
    return found[choiceOf(box)?.value === "2" ? found.length - 1 : 0] ?? null;
  };
  const said = (box) => {
    const wall = wallOf(box);
    const words = new Date(wall).toLocaleString("en-GB", { timeZone: "UTC", dateStyle: "full", timeStyle: "short" });
    return passes(wall).length > 1 ? `${words} (${offsetSaid((wall - momentOf(box)) / 60_000)})` : words;
  };
  const sentence = () => {
    const [begins, ends] = [momentOf(from), momentOf(until)];
    if ((from.value && begins === null) || (until.value && ends === null)) return "";
    if (ends !== null && ends <= Math.max(begins ?? 0, Date.now())) return "Readers would never see it: it ends too early.";
    const start = begins !== null && begins > Date.now() ? `from ${said(from)}` : "at once";
    const end = ends === null ? "" : `, until ${said(until)}`;
    return `${isPublished ? "Once saved" : "Once published"}, readers see it ${start}${end}.`;
  };
  const foretell = () => {
    plan.textContent = sentence();
    plan.hidden = !plan.textContent;
  };
  panel.addEventListener("input", foretell);
  panel.addEventListener("change", foretell);

  // The usual moments.
  const today = () => Math.floor(wallAt(Date.now()) / DAY) * DAY;
  const nine = (days) => today() + days * DAY + 9 * 3_600_000;
  const untilMonday = () => ((8 - new Date(today()).getUTCDay()) % 7) || 7;
  const after = (days) => (wallOf(from) !== null && momentOf(from) > Date.now() ? wallOf(from) : wallAt(Date.now())) + days * DAY;
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
