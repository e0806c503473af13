// Keeps the text typed into the article form in this browser until it is saved, so that a crash, a closed window or an
// ended session loses nothing. Encrypted with a key that only pages of the same account contain; without a secure
// context there is no cipher, and nothing is kept. "Restore" sends it to the form, which shows it without saving.
"use strict";

(() => {
  const offer = document.getElementById("draft");
  const form = document.getElementById("article_form");
  if (!offer || !form || !crypto.subtle || !form.querySelector("button[name=_save]")) return;
  const PREFIX = "newsdesk-draft:";
  const PLACE = PREFIX + offer.dataset.of;
  const WEEK = 7 * 24 * 3600 * 1000;
  const PAUSE = 300;
  const LEFT_OUT = ["csrfmiddlewaretoken", "draft", "_show"];
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const key = crypto.subtle.importKey("raw", bytes(offer.dataset.key), "AES-GCM", false, ["encrypt", "decrypt"]);
  const cipher = (iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(PLACE) });

  const typed = () => [...new FormData(form)].filter(([name]) => !LEFT_OUT.includes(name));
  const signature = (pairs) =>
    JSON.stringify(pairs.filter(([name]) => !["version", "typist", "reason"].includes(name)).map(([name, value]) =>
      [name, value.replaceAll("\r\n", "\n").trim()]));
  const shown = signature(typed());

  const names = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  const meta = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? {};
    } catch {
      return {};
    }
  };

  // The cookie names the draft that was just saved; old drafts expire.
  const saved = /(?:^|; )newsdesk_saved=([0-9a-f]{16})/.exec(document.cookie)?.[1];
  for (const name of names()) {
    const { id, at } = meta(name);
    if (!id || (saved && id === saved) || !(Date.now() - at < WEEK)) localStorage.removeItem(name);
  }
  if (saved) document.cookie = "newsdesk_saved=; path=/admin/; max-age=0; samesite=strict";

  const read = async () => {
    const found = meta(PLACE);
    if (!found.id) return null;
    try {
      const opened = await crypto.subtle.decrypt(cipher(bytes(found.iv)), await key, bytes(found.text));
      return { ...found, pairs: JSON.parse(new TextDecoder().decode(opened)) };
    } catch {
      localStorage.removeItem(PLACE);
      return null;
    }
  };

  const name = document.createElement("input");
  name.type = "hidden";
  name.name = "draft";
  let wanted = null;
  const write = async () => {
    wanted = null;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(typed()));
    const sealed = await crypto.subtle.encrypt(cipher(iv), await key, plain);
    try {
      localStorage.setItem(PLACE, JSON.stringify({ id: name.value, at: Date.now(), iv: text(iv), text: text(sealed) }));
    } catch {
      // The browser's storage is full: the form itself still has everything.
    }
  };

  const begin = (id) => {
    name.value = id;
    form.append(name);
  };

  const newId = () => [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, "0")).join("");

  form.addEventListener("input", () => {
    if (!name.value) begin(newId());
    offer.hidden = true;
    wanted ??= setTimeout(write, PAUSE);
  });
  const flush = () => {
    if (wanted === null) return;
    clearTimeout(wanted);
    write();
  };
  form.addEventListener("submit", flush);
  document.addEventListener("visibilitychange", flush);
  window.addEventListener("pagehide", flush);

  const restore = (draft) => {
    const again = document.createElement("form");
    again.method = "post";
    again.hidden = true;
    const token = form.elements.csrfmiddlewaretoken.value;
    for (const [box, value] of [["csrfmiddlewaretoken", token], ["_show", "1"], ...draft.pairs]) {
      const input = document.createElement("textarea");
      input.name = box;
      input.value = value;
      again.append(input);
    }
    document.body.append(again);
    again.submit();
  };

  const offerIt = (draft) => {
    const at = new Date(draft.at);
    const isToday = at.toDateString() === new Date().toDateString();
    const time = offer.querySelector("time");
    time.dateTime = at.toISOString();
    const clock = { hour: "2-digit", minute: "2-digit" };
    time.textContent = isToday ? at.toLocaleTimeString([], clock) : at.toLocaleString([], { day: "numeric", month: "short", ...clock });
    const version = draft.pairs.find(([box]) => box === "version")?.[1];
    if (version !== form.elements.version.value) {
      offer.querySelector(".of-version").hidden = false;
      offer.querySelector(".of-version b").textContent = version;
    }
    offer.querySelector(".restore").addEventListener("click", () => restore(draft));
    offer.querySelector(".discard").addEventListener("click", () => {
      localStorage.removeItem(PLACE);
      offer.hidden = true;
    });
    offer.hidden = false;
  };

  // A page that shows typed text continues its draft; any other page offers an existing draft if it differs.
  read().then((draft) => {
    if (!draft || name.value) return;
    if (offer.dataset.isTyped) begin(draft.id);
    else if (signature(draft.pairs) === shown) localStorage.removeItem(PLACE);
    else offerIt(draft);
  });
  if (offer.dataset.isTyped) {
    if (!name.value) begin(meta(PLACE).id ?? newId());
    wanted = setTimeout(write, PAUSE);
  }
})();
