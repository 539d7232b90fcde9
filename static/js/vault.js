// Where this browser keeps what was typed and is not with the server yet: encrypted with a key that the server gives
// with each page to the person who typed, so that nobody else at the same computer reads it, and for three days at
// most. Used by drafts.js (forms) and outbox.js (worksheets). Where the browser cannot encrypt (no https) or storage is
// switched off there is no vault: `window.vault` is null.
window.vault = (() => {
  const OLDEST = 3 * 24 * 60 * 60 * 1000; // milliseconds
  const LONGEST = 200_000; // signs of one kept text
  const PREFIX = "draft:";
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
  const drop = (name) => memory.removeItem(name);
  // A name that tells nothing of `text`.
  const nameOf = async (text, kind = "") => `${start}${kind}${coded(await crypto.subtle.digest("SHA-256", bytes(text))).slice(0, 24)}`;

  const keep = async (name, entry) => {
    const text = JSON.stringify(entry);
    if (text.length > LONGEST) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyReady, bytes(text));
    try {
      memory.setItem(name, JSON.stringify({ at: entry.at, id: entry.id, iv: coded(iv), sealed: coded(sealed) }));
    } catch {
      // Full: what is oldest makes room, and the next key tries again.
      const [oldest] = all().sort((a, b) => plain(a).at - plain(b).at);
      if (oldest) memory.removeItem(oldest);
    }
  };
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
  return { owner, all, own, plain, drop, nameOf, keep, found };
})();
