// Stores what is typed into a worksheet by itself: soon after the last key, when the field is left, and at the latest
// every few seconds. The server computes what it earns by the same rule. One request a leaf is on its way at a time;
// what has no answer yet lies in outbox.js and is tried again. A leaf is a form, or a part of one with names that begin
// with a prefix, and says in `data-autosave` where it is stored. Without this script "Lưu" does the same.
window.autosave = (() => {
  const PAUSE = 600; // milliseconds after the last key
  const LONGEST = 8_000; // milliseconds from the first key that is not stored
  const WRITE_DOWN = 200; // milliseconds until this browser keeps it
  const SLOW = 1_000; // milliseconds until "Đang lưu…" is worth saying
  const { outbox, saveShowing: showing, typed } = window;
  if (!outbox) return null;
  const now = () => new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });

  class Leaf {
    constructor(place, number) {
      this.place = place;
      this.url = place.dataset.autosave;
      this.number = number;
      const version = place.querySelector("input[type=hidden][name=version], input[type=hidden][name$='-version']");
      this.prefix = version.name.slice(0, -"version".length);
      this.line = place.querySelector("[data-save-state]");
      this.acked = typed.read(place); // the state of the fields that the server has
      this.timer = this.late = this.slow = this.retry = this.writing = 0;
      this.tries = 0;
      this.running = null; // the delivery that is on its way
      this.isStopped = false;
      this.entry = { url: this.url, page: location.pathname, title: this.title(), sent: null, refused: null, ...this.versions() };
      place.addEventListener("input", () => this.touched());
      place.addEventListener("focusout", (event) => place.contains(event.relatedTarget) || this.left());
    }

    // ── what the leaf holds ────────────────────────────────────────────────────────────────────────────────────────
    hidden(name) {
      return this.place.querySelector(`input[type=hidden][name="${this.prefix}${name}"]`);
    }
    versions() {
      return { version: Number(this.hidden("version").value), unfinished: Number(this.hidden("unfinished")?.value ?? 0) };
    }
    title() {
      const title = this.place.tagName === "FORM" ? document.querySelector("h1") : this.place.querySelector("h2");
      return (title?.textContent ?? document.title).trim().replace(/\s+/g, " ");
    }
    inputs(name) {
      return typed.fieldsOf(this.place).filter((field) => field.name === this.prefix + name);
    }
    fields() {
      return typed.fieldsOf(this.place).flatMap((field) => {
        const name = field.name.slice(this.prefix.length);
        if (typed.isTicked(field)) return field.checked ? [[name, field.value]] : [];
        return [typed.stateOf(field)].flat().map((value) => [name, value]);
      });
    }
    words() {
      return typed.fieldsOf(this.place).flatMap((field) => {
        const label = (field.labels?.[0]?.textContent ?? "").trim().replace(/\s+/g, " ");
        if (typed.isTicked(field)) return field.checked ? [["", label]] : [];
        return field.value.trim() ? [[label, field.value]] : [];
      });
    }
    get isDirty() {
      return !typed.same(typed.read(this.place), this.acked);
    }
    get isOpen() {
      return this.isDirty || Boolean(this.entry.sent);
    }
    take() {
      Object.assign(this.entry, { typed: typed.read(this.place), fields: this.fields(), words: this.words() });
    }
    learn({ version, unfinished = 0 }) {
      Object.assign(this.entry, { version, unfinished });
      this.hidden("version").value = version;
      if (this.hidden("unfinished")) this.hidden("unfinished").value = unfinished;
      Object.assign(this.place.dataset, { version, unfinished });
      for (const field of document.querySelectorAll(`[data-version-of="${CSS.escape(this.url)}"] [name=version]`)) field.value = version;
    }
    // Fields as the server names them: {name: text, or a list of what is ticked}; what it does not name is blank.
    fill(fields) {
      for (const field of typed.fieldsOf(this.place)) {
        const value = [fields[field.name.slice(this.prefix.length)] ?? []].flat();
        typed.set(field, typed.isTicked(field) ? value.includes(field.value) : (value[0] ?? ""));
      }
    }

    // ── when ───────────────────────────────────────────────────────────────────────────────────────────────────────
    touched() {
      this.line.classList.toggle("is-typing", this.isOpen);
      this.take();
      clearTimeout(this.writing);
      this.writing = setTimeout(() => (this.isOpen ? outbox.keep(this.name, this.entry) : outbox.drop(this.name)), WRITE_DOWN);
      if (this.entry.refused && this.entry.refused.state !== "refused") return; // a person decides first
      this.entry.refused = null;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.flush(), PAUSE);
      this.late ||= setTimeout(() => this.flush(), LONGEST);
    }
    left() {
      if (this.timer) this.flush();
      else if (this.held) this.showFaults();
    }
    // Sends what is not with the server; the answer of the last write, or null where there is nothing to send.
    flush() {
      clearTimeout(this.timer);
      clearTimeout(this.late);
      clearTimeout(this.retry);
      this.timer = this.late = 0;
      if (this.running) return this.running;
      if (this.isStopped || !this.isOpen || this.entry.refused) return Promise.resolve(this.entry.refused);
      this.take();
      this.slow = setTimeout(() => showing.say(this.line, "busy", "Đang lưu…"), SLOW);
      return this.deliver((answer) => this.answered(answer));
    }
    deliver(then) {
      this.running = outbox.deliver(this.name, this.entry).then((answer) => {
        clearTimeout(this.slow);
        clearTimeout(this.writing);
        this.running = null;
        if (this.isStopped) outbox.drop(this.name);
        else then(answer);
        return answer;
      });
      return this.running;
    }
    whereKept() {
      if (!outbox.isKeeping) return "còn giữ trên trang này";
      return outbox.isKept(this.name) ? "còn giữ trên máy này" : "máy này hết chỗ giữ, đừng đóng trang này";
    }
    again(seconds) {
      clearTimeout(this.retry);
      this.retry = setTimeout(() => this.flush(), seconds * 1000);
    }
    stop() {
      this.isStopped = true;
      for (const timer of [this.timer, this.late, this.slow, this.retry, this.writing]) clearTimeout(timer);
      outbox.drop(this.name);
    }

    // ── what came of it ────────────────────────────────────────────────────────────────────────────────────────────
    answered(answer) {
      const said = (kind, text, link) => showing.say(this.line, kind, text, link);
      const at = answer.at || now();
      if (answer.state === "saved" || answer.state === "kept") {
        this.acked = this.entry.typed; // the last that was sent: `deliver` goes on until nothing newer is typed
        this.tries = 0;
        this.learn(answer);
        this.box?.remove();
        // What the page said of a form sent before, and of what was typed before this.
        const told = this.place.tagName === "FORM" ? document : this.place;
        for (const old of told.querySelectorAll(".errors[data-focus], [data-unfinished-note]")) old.remove();
        this.held = answer.state === "kept" ? answer.faults : [];
        this.showFaults();
        this.showNode(answer);
        for (const [name, text] of Object.entries(answer.tally ?? {})) {
          for (const place of document.querySelectorAll(`[data-tally="${CSS.escape(name)}"]`)) place.textContent = text;
        }
        if (answer.state === "kept") said("off", `Đang nhập dở – đã giữ ${at}, chưa tính`);
        else said("ok", `Đã lưu ${at}`);
        this.line.classList.toggle("is-typing", this.isDirty);
        dispatchEvent(new CustomEvent("leaf-saved", { detail: this.url }));
        if (this.isDirty) this.touched();
        return;
      }
      const place = this.whereKept();
      if (answer.state === "offline" || answer.state === "busy") {
        const wait = outbox.WAITS[Math.min(this.tries++, outbox.WAITS.length - 1)];
        this.again(Math.max(wait, answer.retry_after ?? 0));
        said("off", `Chưa lưu được – ${place}`);
      } else if (answer.state === "signed_out") {
        const words = answer.other ? "Người khác đã đăng nhập ở trình duyệt này" : "Phiên làm việc đã hết";
        said("off", `${words} – nội dung ${place}.`, { label: "Đăng nhập lại", url: answer.url });
      } else this.refused(answer);
    }
    refused(answer) {
      if (answer.state === "clash") {
        const who = answer.who || "Người khác";
        showing.say(this.line, "clash", `${who} vừa sửa${answer.at ? ` lúc ${answer.at}` : ""}`);
        const take = () => this.settle(answer, () => this.fill(answer.fields ?? {}));
        const keepMine = () => this.settle(answer, () => typed.write(this.place, this.entry.typed), true);
        this.show(showing.clash(`hai-ban-${this.number}`, answer, this.entry.words, take, keepMine));
      } else if (answer.state === "closed") {
        showing.say(this.line, "clash", answer.text);
        this.show(showing.closed(`chua-luu-${this.number}`, answer, this.entry.words, () => this.stop(), outbox.isKept(this.name)));
      } else {
        showing.say(this.line, "clash", `Chưa lưu được: ${answer.text ?? answer.faults?.[0]?.text ?? ""}`);
        this.held = (answer.faults ?? []).filter((fault) => fault.key);
        this.showFaults();
      }
    }
    show(box) {
      this.box?.remove();
      this.box = box;
      this.place.prepend(box);
    }
    // A clash is over: the version that was told is the one to write over; with `isMine` what was typed is sent at once.
    settle(answer, write, isMine = false) {
      this.box?.remove();
      this.learn(answer);
      this.entry.refused = this.entry.sent = null;
      write();
      showing.clear(this.place);
      if (isMine) {
        this.acked = {};
        this.flush();
      } else {
        clearTimeout(this.timer);
        this.acked = typed.read(this.place);
        outbox.drop(this.name);
        showing.say(this.line, "ok", "Đã lấy bản đang có trên cổng");
        this.line.classList.remove("is-typing");
        window.trial?.ask(this.place.closest("form"));
      }
      typed.fieldsOf(this.place)[0]?.focus();
    }
    showFaults() {
      const choose = (field, reading) => {
        field.value = reading;
        field.focus();
        this.touched();
        this.flush();
      };
      showing.faults(this.place, this.held ?? [], (name) => this.inputs(name), choose);
    }
    showNode({ state, points, step, warning, hint, levels, node }) {
      const put = (mark, text) => {
        const part = this.place.querySelector(`[data-${mark}]`);
        if (part && part.textContent !== text) part.textContent = text;
        return part;
      };
      const result = this.place.querySelector("[data-result]");
      if (result && state === "saved") {
        put("points", points || "–");
        put("step", [step, hint].filter(Boolean).join(". "));
        const words = put("warning", warning ?? "");
        if (words) words.hidden = !warning;
        result.hidden = false;
      } else if (result) {
        put("points", "–");
        const told = (this.held ?? []).filter((fault) => fault.key && !showing.isBlank(this.inputs(fault.key))).map((fault) => fault.text);
        put("step", `Chưa tính. ${told.join(" ") || "Nhập đủ số liệu thì điểm hiện ở đây."}`);
      }
      if (result) showing.levels(levels);
      if (!node) return;
      for (const link of document.querySelectorAll(`.tree a[data-code="${CSS.escape(this.place.dataset.leaf)}"]`)) {
        showing.mark(link, node);
        const own = link.querySelector(".pts");
        if (own && state === "saved") own.textContent = (points || "–").split(" / ")[0];
      }
      const title = this.place.querySelector(".state") ?? document.querySelector(".crit-grid > header .state");
      if (title) showing.mark(title, node);
    }

    // What keeps typing that the page came with from being an answer, at its fields as when it was typed.
    remember() {
      const told = this.place.tagName === "FORM" ? document : this.place;
      const note = told.querySelector("[data-unfinished-note][data-faults]");
      if (!note || this.isDirty) return;
      this.held = JSON.parse(note.dataset.faults);
      this.showFaults();
    }

    // ── what an earlier page left ──────────────────────────────────────────────────────────────────────────────────
    async begin() {
      this.name = await outbox.nameOf(this.url);
      if (this.name) outbox.hold(this.name);
      const old = await outbox.found(this.name);
      if (!old) {
        this.remember();
        // A page that came back with what is wrong shows text that nobody has stored.
        if (performance.getEntriesByType("navigation")[0]?.responseStatus !== 422) return;
        this.acked = {};
        this.flush();
        return;
      }
      const page = this.versions();
      const fits = old.version === page.version && old.unfinished === page.unfinished;
      const isClash = old.refused?.state === "clash";
      this.entry = { ...old, page: location.pathname, title: this.title(), refused: isClash ? old.refused : null };
      if (fits || isClash) typed.write(this.place, old.typed);
      if (isClash) this.refused(old.refused);
      else if (fits) this.flush();
      else {
        // The page shows something newer: first hear what the server makes of what was typed before that.
        this.deliver((answer) => {
          const isTaken = answer.state === "saved" || answer.state === "kept";
          if (isTaken && answer.version < page.version) this.learn(page);
          else {
            typed.write(this.place, old.typed);
            this.answered(answer);
          }
        });
      }
    }
    // What a colleague stored meanwhile, from the page as it is now; never over what is being typed here.
    adopt(fresh) {
      const version = fresh.querySelector(`input[type=hidden][name="${this.prefix}version"]`);
      if (!version || this.isOpen || this.running || this.entry.refused) return false;
      typed.write(this.place, typed.read(fresh));
      clearTimeout(this.timer);
      clearTimeout(this.late);
      clearTimeout(this.writing);
      this.timer = this.late = 0;
      this.learn({ version: Number(version.value), unfinished: Number(fresh.querySelector(`[name="${this.prefix}unfinished"]`)?.value || 0) });
      this.acked = typed.read(this.place);
      this.line.classList.remove("is-typing");
      const [result, now] = [this.place.querySelector("[data-result]"), fresh.querySelector("[data-result]")];
      if (result && now) [result.innerHTML, result.hidden] = [now.innerHTML, now.hidden];
      return true;
    }
  }

  const leaves = [...document.querySelectorAll("[data-autosave]")].map((place, number) => new Leaf(place, number + 1));
  outbox.after(Promise.all(leaves.map((leaf) => leaf.begin())));
  const again = () => leaves.forEach((leaf) => leaf.isOpen && leaf.flush());
  addEventListener("online", again);
  addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? again() : leaves.forEach((leaf) => leaf.timer && leaf.flush())));
  return { leaves };
})();
