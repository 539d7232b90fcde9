// Keeps what somebody types in a form of the workspace until the server has taken it: through a session that ended, a
// refused or failed request, a closed tab. It lies in this browser alone, encrypted with a key that the server gives
// with each page to the person who typed, so that nobody else at the same computer reads it. Passwords, codes and
// files are never kept; everything goes after three days, when the form was taken, and at sign-out. Without this
// script (or without https, where browsers do not encrypt) forms work as ever.
(() => {
  const OLDEST = 3 * 24 * 60 * 60 * 1000; // milliseconds
  const LONGEST = 200_000; // signs of one kept form
  const WAIT = 200; // milliseconds between the last key and the writing down
  const PREFIX = "draft:";
  const TAKEN = "da-nhan"; // the cookie by which the server says which forms it has taken
  const SECRET = /password|one-time-code/;
  const place = document.querySelector("[data-drafts-owner]");
  const memory = (() => {
    try {
      return window.localStorage;
    } catch {
      return null; // switched off in this browser
    }
  })();
  if (!memory || !window.crypto?.subtle) return;

  const kept = () => Object.keys(memory).filter((name) => name.startsWith(PREFIX));
  const plain = (name) => {
    try {
      return JSON.parse(memory.getItem(name)) ?? {};
    } catch {
      return {};
    }
  };
  for (const name of kept()) {
    if (!(Date.now() - plain(name).at < OLDEST)) memory.removeItem(name);
  }
  // On the page of sign-in nobody's text is shown, only that there is some.
  for (const words of document.querySelectorAll("[data-kept]")) words.hidden = kept().length === 0;
  if (!place) return;

  const owner = `${PREFIX}${place.dataset.draftsOwner}:`;
  for (const form of document.querySelectorAll("form[data-forget-drafts]")) {
    form.addEventListener("submit", () => {
      for (const name of kept()) if (name.startsWith(owner)) memory.removeItem(name);
    });
  }

  const told = document.cookie.split("; ").find((part) => part.startsWith(`${TAKEN}=`));
  if (told) {
    const taken = told.slice(TAKEN.length + 1).split(".");
    for (const name of kept()) if (name.startsWith(owner) && taken.includes(plain(name).id)) memory.removeItem(name);
    document.cookie = `${TAKEN}=; path=/; max-age=0; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
  }

  // ── what a form holds ────────────────────────────────────────────────────────────────────────────────────────────
  const isTyped = (field) =>
    field.name &&
    field.name !== "csrfmiddlewaretoken" &&
    !["password", "file", "hidden", "submit", "button", "reset", "image"].includes(field.type) &&
    ["INPUT", "TEXTAREA", "SELECT"].includes(field.tagName) &&
    !SECRET.test(field.autocomplete);
  const fieldsOf = (form) => [...form.elements].filter(isTyped);
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
  const stateOf = (field) => {
    if (isTicked(field)) return field.checked;
    if (field.multiple && field.options) return [...field.selectedOptions].map((option) => option.value);
    return field.value;
  };
  // One entry a control: its name, for ticks also its value, and its place among those of the same name.
  const keysOf = (fields) => {
    const seen = new Map();
    return fields.map((field) => {
      const key = isTicked(field) ? `${field.name}=${field.value}` : field.name;
      seen.set(key, (seen.get(key) ?? -1) + 1);
      return `${key}#${seen.get(key)}`;
    });
  };
  const read = (form) => {
    const fields = fieldsOf(form);
    const keys = keysOf(fields);
    return Object.fromEntries(fields.map((field, at) => [keys[at], stateOf(field)]));
  };
  const write = (form, state) => {
    const fields = fieldsOf(form);
    keysOf(fields).forEach((key, at) => {
      const field = fields[at];
      if (!(key in state) || same(state[key], stateOf(field))) return;
      if (isTicked(field)) field.checked = state[key];
      else if (field.multiple && field.options) for (const option of field.options) option.selected = state[key].includes(option.value);
      else field.value = state[key];
      for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    });
  };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  // What the page itself says of the form, where another value means that the server knows a newer one.
  const hiddenOf = (form) =>
    [...form.elements].filter((field) => field.type === "hidden" && field.name !== "csrfmiddlewaretoken").map((field) => [field.name, field.value]);

  // ── kept under a name that tells nothing, in a text that only its owner's pages can read ─────────────────────────
  const bytes = (text) => new TextEncoder().encode(text);
  const coded = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const decoded = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const keyReady = crypto.subtle.importKey("raw", decoded(place.dataset.draftsKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  const nameOf = async (form, number) => {
    const action = new URL(form.getAttribute("action") || location.href, location.href);
    const names = [...new Set(fieldsOf(form).map((field) => field.name))].sort();
    const text = JSON.stringify([action.pathname, action.search, names, number]);
    return owner + coded(await crypto.subtle.digest("SHA-256", bytes(text))).slice(0, 24);
  };
  const keep = async (name, draft) => {
    const text = JSON.stringify(draft);
    if (text.length > LONGEST) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyReady, bytes(text));
    try {
      memory.setItem(name, JSON.stringify({ at: draft.at, id: draft.id, iv: coded(iv), sealed: coded(sealed) }));
    } catch {
      // Full: what is oldest makes room, and the next key tries again.
      const [oldest] = kept().sort((a, b) => plain(a).at - plain(b).at);
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

  // ── one form ─────────────────────────────────────────────────────────────────────────────────────────────────────
  const clock = (at) => {
    const when = new Date(at);
    const time = when.toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    return when.toDateString() === new Date().toDateString() ? time : `${time} ngày ${when.toLocaleDateString("vi-VN")}`;
  };
  const note = (form, words, ...buttons) => {
    const box = document.createElement("div");
    box.className = "note-soft draft-note";
    box.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = words;
    box.append(text);
    for (const [label, act] of buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-quiet btn-sm";
      button.textContent = label;
      button.addEventListener("click", () => {
        act();
        box.remove();
        fieldsOf(form)[0]?.focus();
      });
      box.append(button);
    }
    form.before(box);
  };

  const watch = async (form, number) => {
    const name = await nameOf(form, number);
    const opened = { base: read(form), hidden: hiddenOf(form) };
    const old = await found(name);
    let draft = { ...opened, id: [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
    let timer = 0;
    let isSending = false;

    const save = async (sent = false) => {
      clearTimeout(timer);
      timer = 0;
      const typed = read(form);
      if (same(typed, draft.base)) memory.removeItem(name);
      else await keep(name, { ...draft, typed, sent, at: Date.now() });
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, WAIT);
    });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      isSending = true;
      setTimeout(() => (isSending = false));
      save(true);
    });
    // Only a form that is being sent says which text it holds; one that a script reads for a trial does not.
    form.addEventListener("formdata", (event) => {
      if (isSending) event.formData.append("_nhap", draft.id);
    });
    addEventListener("pagehide", () => timer && save());

    if (!old) return;
    const isNewer = !same(old.base, opened.base) || !same(old.hidden, opened.hidden);
    if (same(old.typed, opened.base)) {
      // The page shows this text itself, most often beside what is wrong with it: go on keeping it.
      const status = performance.getEntriesByType("navigation")[0]?.responseStatus;
      if (status === 200) memory.removeItem(name);
      else draft = { ...draft, base: old.base };
      return;
    }
    const restore = () => write(form, old.typed);
    const forget = () => memory.removeItem(name);
    if (old.sent && !isNewer) {
      restore();
      note(form, `Đã điền lại phần gõ lúc ${clock(old.at)}, chưa được lưu. Xem lại rồi bấm lưu.`, ["Bỏ, lấy lại nội dung đã lưu", () => (write(form, opened.base), forget())]);
      return;
    }
    const warning = isNewer ? " Nội dung trên cổng đã thay đổi từ lúc đó: xem kỹ trước khi lưu." : "";
    note(form, `Có phần gõ dở chưa lưu.${warning}`, [`Khôi phục phần đang gõ dở (${clock(old.at)})`, restore], ["Bỏ phần gõ dở", forget]);
  };

  // Not before the page's own scripts listen: what is filled in again is typed for them too, so that a figure that
  // follows from it is never left beside text that it does not belong to.
  addEventListener("DOMContentLoaded", () => {
    const seen = new Map();
    for (const form of document.querySelectorAll("main form")) {
      if (form.method !== "post" || form.dataset.noDrafts !== undefined || !fieldsOf(form).length) continue;
      const address = form.getAttribute("action") || "";
      seen.set(address, (seen.get(address) ?? -1) + 1);
      watch(form, seen.get(address));
    }
  });
})();
