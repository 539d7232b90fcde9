// Where this browser keeps what was typed and is not with the server yet: encrypted with a key that the server gives
// with each page to the person who typed, so that nobody else at the same computer reads it, and for three days at
// most. Used by drafts.js (forms) and outbox.js (worksheets). Where the browser cannot encrypt (no https) or storage is
// switched off there is no vault: `window.vault` is null. Where storage is full drafts of forms make room, the oldest
// first; what waits to be sent never does.
window.vault = (() => {
  const OLDEST = 3 * 24 * 60 * 60 * 1000; // milliseconds
  const LONGEST = 200_000; // signs of one kept text
  const PREFIX = "draft:";
  const UNSENT = "o."; // kind of the entries of outbox.js
  const memory = (() => {
    try {
      return window.localStorage;
    } catch {
      return null; // switched off in this browser
    }
  })();
  if (!memory || !window.crypto?.subtle) return null;

  const all = () => Object.keys(memory).filter((name) => name.startsWith(PREFIX));
  // What can be read of an entry without the key: {at, id}; {} of one that is gone.
  const plain = (name) => {
    try {
      return JSON.parse(memory.getItem(name)) ?? {};
    } catch {
      return {};
    }
  };
  for (const name of all()) {
    if (!(Date.now() - plain(name).at < OLDEST)) memory.removeItem(name);
  }

  const place = document.querySelector("[data-drafts-owner]");
  const bytes = (text) => new TextEncoder().encode(text);
  const coded = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const decoded = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  // The owner of this page; null where nobody is signed in, and then nothing can be kept or read.
  const owner = place ? place.dataset.draftsOwner : null;
  const start = owner ? `${PREFIX}${owner}:` : null;
  const keyReady = place && crypto.subtle.importKey("raw", decoded(place.dataset.draftsKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  const own = () => (start ? all().filter((name) => name.startsWith(start)) : []);
  const lost = new Set(); // names whose newest text there was no room for
  const drop = (name) => {
    lost.delete(name);
    memory.removeItem(name);
  };
  // A name that tells nothing of `text`.
  const nameOf = async (text, kind = "") => `${start}${kind}${coded(await crypto.subtle.digest("SHA-256", bytes(text))).slice(0, 24)}`;

  const put = (name, text) => {
    for (;;) {
      try {
        memory.setItem(name, text);
        return true;
      } catch {
        const drafts = all().filter((each) => each !== name && !each.includes(`:${UNSENT}`));
        if (!drafts.length) return false;
        memory.removeItem(drafts.sort((a, b) => plain(a).at - plain(b).at)[0]);
      }
    }
  };
  const seal = async (entry, text) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyReady, bytes(text));
    return JSON.stringify({ at: entry.at, id: entry.id, iv: coded(iv), sealed: coded(sealed) });
  };
  const keep = async (name, entry) => {
    const text = JSON.stringify(entry);
    if (text.length <= LONGEST && put(name, await seal(entry, text))) lost.delete(name);
    else lost.add(name);
  };
  const isLost = (name) => lost.has(name);
  const found = async (name) => {
    const { iv, sealed } = plain(name);
    if (!sealed) return null;
    try {
      const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: decoded(iv) }, await keyReady, decoded(sealed));
      return JSON.parse(new TextDecoder().decode(text));
    } catch {
      memory.removeItem(name);
      return null;
    }
  };
  return { owner, all, own, plain, drop, nameOf, keep, isLost, found, UNSENT };
})();
