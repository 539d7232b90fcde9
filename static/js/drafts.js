// Keeps what somebody types in a form of the workspace until the server has taken it: through a session that ended, a
// refused or failed request, a closed tab. It lies in this browser alone, encrypted with a key that the server gives
// with each page to the person who typed, so that nobody else at the same computer reads it. Passwords, codes and
// files are never kept; everything goes after three days, when the form was taken, and at sign-out. Without this
// script (or without https, where browsers do not encrypt) forms work as ever.
(() => {
  const { vault, typed } = window;
  if (!vault) return;
  const { fieldsOf, read, same, write } = typed;
  const WAIT = 200; // milliseconds between the last key and the writing down
  const TAKEN = "da-nhan"; // the cookie by which the server says which forms it has taken

  // On the page of sign-in nobody's text is shown, only that there is some.
  for (const words of document.querySelectorAll("[data-kept]")) words.hidden = vault.all().length === 0;
  if (!vault.owner) return;

  for (const form of document.querySelectorAll("form[data-forget-drafts]")) {
    form.addEventListener("submit", () => vault.own().forEach(vault.drop));
  }

  const told = document.cookie.split("; ").find((part) => part.startsWith(`${TAKEN}=`));
  if (told) {
    const taken = told.slice(TAKEN.length + 1).split(".");
    for (const name of vault.own()) if (taken.includes(vault.plain(name).id)) vault.drop(name);
    document.cookie = `${TAKEN}=; path=/; max-age=0; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
  }

  // What the page itself says of the form, where another value means that the server knows a newer one.
  const hiddenOf = (form) =>
    [...form.elements].filter((field) => field.type === "hidden" && field.name !== "csrfmiddlewaretoken").map((field) => [field.name, field.value]);
  const nameOf = (form, number) => {
    const action = new URL(form.getAttribute("action") || location.href, location.href);
    const names = [...new Set(fieldsOf(form).map((field) => field.name))].sort();
    return vault.nameOf(JSON.stringify([action.pathname, action.search, names, number]));
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
    const old = await vault.found(name);
    let draft = { ...opened, id: [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
    let timer = 0;
    let isSending = false;

    const save = async (sent = false) => {
      clearTimeout(timer);
      timer = 0;
      const now = read(form);
      if (same(now, draft.base)) vault.drop(name);
      else await vault.keep(name, { ...draft, typed: now, sent, at: Date.now() });
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
      if (status === 200) vault.drop(name);
      else draft = { ...draft, base: old.base };
      return;
    }
    const restore = () => write(form, old.typed);
    const forget = () => vault.drop(name);
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
      if (form.matches("[data-autosave]") || form.querySelector("[data-autosave]")) continue; // kept by outbox.js
      const address = form.getAttribute("action") || "";
      seen.set(address, (seen.get(address) ?? -1) + 1);
      watch(form, seen.get(address));
    }
  });
})();
