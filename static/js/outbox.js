// What was typed into a worksheet and is not acknowledged by the server: kept in the vault of this browser, sent again
// when the network or the session is back, from whatever page of the workspace is open. Each write has a key of its own
// and is sent with that key until an answer comes: the server does it once and answers it every time the same. What is
// refused is never dropped: its own page shows it (autosave.js), other pages say where.
//
// An entry, one a leaf: {url (where it is sent), page, title, typed (state of the fields, see typed.js), fields ([name,
// value] as they are sent), words ([label, text] for people), version, unfinished (both as last told by the server),
// sent ({key, fields, version, unfinished}, the write that waits for its answer, or null), refused (answer, or null),
// at (milliseconds)}.
window.outbox = (() => {
  const LIMIT = 20_000; // milliseconds until a request without an answer counts as lost
  const WAITS = [2, 5, 15, 30]; // seconds between tries; the last one again and again
  const { vault, typed } = window;
  const KIND = vault?.UNSENT;
  const session = document.querySelector("[data-session]");
  if (!session) return null;

  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const nameOf = async (url) => (vault?.owner ? vault.nameOf(new URL(url, location.href).pathname, KIND) : null);
  const names = () => (vault?.owner ? vault.own().filter((name) => name.includes(`:${KIND}`)) : []);
  const keep = async (name, entry) => name && vault.keep(name, { ...entry, at: Date.now() });
  const drop = (name) => name && vault.drop(name);
  // Whether this browser holds the newest text of an entry, so that the page may be closed.
  const isKept = (name) => Boolean(vault?.owner) && !vault.isLost(name);
  const found = async (name) => (name ? vault.found(name) : null);

  // ── one request ──────────────────────────────────────────────────────────────────────────────────────────────────
  const tokens = () => [...document.querySelectorAll("input[name=csrfmiddlewaretoken]")];
  const ask = async (url, options) => {
    const answer = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers }, signal: AbortSignal.timeout(LIMIT) });
    if (answer.redirected) return { state: "signed_out", url: answer.url };
    const told = await answer.json().catch(() => null);
    if (told && (told.state || answer.ok)) return told;
    // An answer torn in the middle (a server that died, a proxy that spoke in its place) tells nothing: ask again.
    if (answer.ok || answer.status >= 500 || answer.status === 429) return { state: "busy" };
    return { state: "refused", text: "Cổng không nhận nội dung này ở đây nữa. Tải lại trang để xem vì sao." };
  };
  const post = (url, write, byItself) => {
    const body = new URLSearchParams(write.fields);
    for (const name of ["version", "unfinished", "key"]) body.append(name, write[name]);
    body.append("csrfmiddlewaretoken", tokens()[0]?.value ?? "");
    return ask(url, { method: "POST", body, headers: byItself ? { "X-By-Itself": "1" } : {} });
  };
  // The token of the session that is open now; false where that is another person's.
  const renew = async () => {
    const told = await ask(session.querySelector("form").action, { headers: { "X-By-Itself": "1" } });
    if (told.state) return told;
    if (told.owner !== session.dataset.draftsOwner) return { state: "signed_out", other: true, url: session.querySelector("[data-session-again]").href };
    for (const field of tokens()) field.value = told.token;
    return null;
  };
  const send = async (url, write, byItself) => {
    try {
      const answer = await post(url, write, byItself);
      if (answer.state !== "csrf") return answer;
      const refused = await renew();
      if (refused) return refused;
      const second = await post(url, write, byItself);
      return second.state === "csrf" ? { ...second, state: "refused" } : second;
    } catch {
      return { state: "offline" };
    }
  };

  // ── one entry, until it is with the server or cannot be ──────────────────────────────────────────────────────────
  // Answers what the server said last; `entry` is changed as that says. Text that came while a write was on its way is
  // a write of its own. A write is written down before it is sent: after a crash it goes out again under the same key.
  const deliver = async (name, entry, byItself = false) => {
    for (;;) {
      entry.sent ??= { key: key(), fields: entry.fields, version: entry.version, unfinished: entry.unfinished };
      await keep(name, entry);
      const answer = await send(entry.url, entry.sent, byItself);
      if (["offline", "busy", "signed_out"].includes(answer.state)) return answer;
      const { fields } = entry.sent;
      entry.sent = null;
      if (answer.state === "saved" || answer.state === "kept") {
        entry.version = answer.version;
        entry.unfinished = answer.unfinished;
        if (typed.same(fields, entry.fields)) {
          drop(name);
          return answer;
        }
        continue;
      }
      entry.refused = answer;
      await keep(name, entry);
      return answer;
    }
  };

  // ── what other pages left behind ─────────────────────────────────────────────────────────────────────────────────
  // Held by a page as long as it shows the leaf: what it types it sends itself.
  const own = new Set();
  const hold = (name) => {
    own.add(name);
    navigator.locks?.request(name, { mode: "shared" }, () => new Promise(() => {}));
  };
  const alone = (name, act) => (navigator.locks ? navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && act()) : act());

  let tries = 0;
  let timer = 0;
  let isSending = false;
  let ready = Promise.resolve(); // until the scripts of the page have said which leaves are its own
  const after = (promise) => (ready = promise.catch(() => {}));
  const sendAll = async () => {
    clearTimeout(timer);
    if (isSending || !vault?.owner) return;
    isSending = true;
    await ready;
    let isLeft = false;
    for (const name of names().filter((each) => !own.has(each))) {
      await alone(name, async () => {
        const entry = await found(name);
        if (!entry || entry.refused) return;
        const { state } = await deliver(name, entry, true);
        if (state === "offline" || state === "busy") isLeft = true;
      });
      if (isLeft) break; // no network for one, none for the others
    }
    isSending = false;
    if (isLeft) timer = setTimeout(sendAll, WAITS[Math.min(tries++, WAITS.length - 1)] * 1000);
    else tries = 0;
    await tell();
  };

  // ── said on pages that do not edit the leaf: which leaf it is; on its own page, the text itself ───────────────────
  const shown = new Set();
  const host = document.querySelector(".pane-main") ?? document.querySelector("main");
  const box = document.createElement("div");
  box.className = "note-soft draft-note";
  box.setAttribute("role", "status");
  const tell = async () => {
    const left = [];
    for (const name of names().filter((each) => !own.has(each) && !shown.has(each))) {
      const entry = await found(name);
      if (!entry?.refused) continue;
      if (entry.page !== location.pathname || !window.saveShowing) left.push(entry);
      else {
        shown.add(name);
        const text = window.saveShowing.closed(`chua-luu-cu-${shown.size}`, entry.refused, entry.words, () => drop(name));
        host.prepend(text);
      }
    }
    if (!left.length) return box.remove();
    const words = document.createElement("p");
    words.append("Có nội dung đã gõ mà cổng chưa nhận, còn giữ trên máy này: ");
    left.forEach((entry, at) => {
      const link = document.createElement("a");
      link.href = entry.page;
      link.textContent = entry.title;
      words.append(at ? ", " : "", link);
    });
    words.append(".");
    if (box.firstChild?.textContent === words.textContent) return undefined;
    box.replaceChildren(words);
    return host?.prepend(box);
  };

  addEventListener("online", sendAll);
  addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendAll());
  addEventListener("load", () => setTimeout(sendAll));
  return { WAITS, isKeeping: Boolean(vault?.owner), isKept, nameOf, keep, drop, found, hold, after, deliver };
})();
