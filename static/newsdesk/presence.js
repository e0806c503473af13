// Shows who else has this form open, and whether somebody has saved it. Without this, the form shows the state when it was
// loaded. Hidden windows send nothing, a closing one signs off, and two windows of one browser detect each other.
"use strict";

(() => {
  const region = document.getElementById("presence");
  const form = document.getElementById("article_form");
  if (!region || !form) return;
  const now = region.querySelector(".presence-now");
  const own = region.querySelector(".own-window");
  const windows = new Map();
  const name = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const channel = new BroadcastChannel(`newsdesk:${region.dataset.user}:${region.dataset.address}`);
  let isEditing = document.querySelector(".panel.stale, .errornote") !== null;
  let isSending = false;
  let isWanted = false;

  const said = (more) =>
    new URLSearchParams({
      csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
      version: form.elements.version.value,
      ...(isEditing && { editing: "1" }),
      ...more,
    });

  // Writes only changes, because a screen reader announces every write.
  const show = (html) => {
    if (now.innerHTML !== html) now.innerHTML = html;
  };

  const showOwn = (selector) => {
    const holder = document.createElement("div");
    holder.append(region.querySelector(selector).content.cloneNode(true));
    const link = holder.querySelector("a");
    if (link) link.setAttribute("href", region.dataset.signIn);
    show(holder.innerHTML);
  };

  // After a new sign-in in another window, takes over its CSRF token, if it is the same user's.
  const takeNewToken = async () => {
    const answer = await fetch(region.dataset.address, { redirect: "manual" });
    if (!answer.ok) return false;
    const { user, token } = await answer.json();
    if (String(user) !== region.dataset.user) return false;
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
    return true;
  };

  const send = async () => {
    const answer = await fetch(region.dataset.address, { method: "POST", body: said(), redirect: "manual" });
    if (answer.ok) {
      const parsed = document.createElement("div");
      parsed.innerHTML = await answer.text();
      show(parsed.innerHTML);
    } else if (answer.type === "opaqueredirect") showOwn(".signed-out");
    else if (answer.status === 404) showOwn(".is-gone");
    return answer.status;
  };

  const askOtherWindows = () => {
    channel.postMessage({ ask: name });
    const old = Date.now() - 2500 * Number(region.dataset.seconds);
    for (const [other, at] of windows) if (at < old) windows.delete(other);
    own.hidden = windows.size === 0;
  };

  const beat = async () => {
    isWanted = isSending;
    if (document.hidden || isSending) return;
    isSending = true;
    askOtherWindows();
    try {
      if ((await send()) === 403 && (await takeNewToken())) await send();
    } catch {
      // No network: the next heartbeat will retry.
    } finally {
      isSending = false;
      if (isWanted) beat();
    }
  };

  channel.addEventListener("message", ({ data }) => {
    if (data.gone) windows.delete(data.gone);
    else windows.set(data.ask ?? data.here, Date.now());
    if (data.ask) channel.postMessage({ here: name });
    own.hidden = windows.size === 0;
  });

  form.addEventListener("input", () => {
    if (isEditing) return;
    isEditing = true;
    beat();
  });
  let isLeaving = true;
  form.addEventListener("submit", () => {
    isLeaving = false;
  });
  window.addEventListener("pagehide", () => {
    channel.postMessage({ gone: name });
    if (isLeaving && windows.size === 0) navigator.sendBeacon(region.dataset.address, said({ leaving: "1" }));
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) beat();
  });
  document.addEventListener("visibilitychange", beat);
  setInterval(beat, 1000 * Number(region.dataset.seconds));
  beat();
})();
