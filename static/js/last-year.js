// Last year in the drawer of a leaf: once part.js has put it there it is shown beside each field, and put into the fields
// by "Dùng lại". What is put there is not stored until a person changes something or presses "Lưu". Without this script
// the links of the drawer lead to the same form filled by the server.
(() => {
  const place = document.querySelector("[data-last-year]");
  if (!place) return;
  const { typed, autosave, saveShowing, trial } = window;
  const form = document.querySelector("form[data-trial]");
  const leaf = autosave?.leaves.find((each) => each.place === form);

  const make = (tag, css, text) => {
    const node = document.createElement(tag);
    node.className = css;
    node.textContent = text;
    return node;
  };
  const fieldsNamed = (name) => typed.fieldsOf(form).filter((field) => field.name === name);
  const boxOf = (field) => field.closest(".figure-group .field") ?? field.closest(".field");

  const refusal = make("p", "meta reused", "");
  refusal.setAttribute("role", "alert");
  addEventListener("leaf-saved", (event) => event.detail === leaf?.url && refusal.remove());

  const mark = (field, year) => {
    const box = boxOf(field);
    if (!box || box.querySelector("[data-reused-mark]")) return;
    const words = make("p", "meta reused", `Từ năm ${year} – hãy kiểm tra`);
    words.dataset.reusedMark = "";
    box.append(words);
    box.addEventListener("input", () => words.remove(), { once: true });
  };
  const fill = async (figures, year) => {
    // What was typed is stored first. Without an answer it goes out again by itself, and the figures of last year would go
    // with it: so they wait.
    if (leaf?.isOpen) await leaf.flush();
    refusal.remove();
    if (leaf?.isOpen || leaf?.entry.refused) {
      refusal.textContent = `Chưa điền số năm ${year}, vì phần anh, chị vừa gõ chưa lưu được. Lưu được rồi hãy bấm lại.`;
      leaf.line.after(refusal);
      return;
    }
    for (const [name, raw] of Object.entries(figures)) {
      const values = [raw].flat();
      const fields = fieldsNamed(name);
      for (const field of fields) typed.set(field, typed.isTicked(field) ? values.includes(field.value) : values[0]);
      if (!fields.length) continue;
      mark(fields[0], year);
      const fold = fields[0].closest("details");
      if (fold) fold.open = true;
    }
    const what = "not_applicable" in figures ? "đề nghị không áp dụng" : "số";
    if (leaf) {
      leaf.acked = typed.read(form); // nobody has typed it, so it is not sent by itself
      saveShowing.say(leaf.line, "off", `Đã điền ${what} năm ${year}, chưa lưu. Kiểm tra rồi bấm Lưu.`);
    }
    const blank = [...form.querySelectorAll(".inputs input[type=text]")].some((field) => !field.value.trim());
    if (!blank) trial?.ask(form); // half an answer earns nothing yet
    fieldsNamed(Object.keys(figures)[0])[0]?.focus();
  };

  const beside = (part) => {
    for (const cell of part.querySelectorAll("[data-reuse]")) {
      const [first] = fieldsNamed(cell.dataset.reuse);
      const box = first && boxOf(first);
      if (!box || box.querySelector("[data-last]")) continue;
      const { year } = cell.dataset;
      const words = make("p", "meta last-figure", `Năm ${year}: ${cell.textContent.trim()} `);
      words.dataset.last = "";
      const button = make("button", "linklike", "Dùng lại");
      button.type = "button";
      button.setAttribute("aria-label", `Dùng lại số năm ${year}: ${cell.textContent.trim()}`);
      button.addEventListener("click", () => fill(JSON.parse(cell.dataset.raw), year));
      words.append(button);
      box.append(words);
    }
  };
  const show = (part) => {
    part.addEventListener("click", (event) => {
      const all = event.target.closest("[data-reuse-all]");
      if (!all || !form) return;
      event.preventDefault();
      fill(JSON.parse(all.dataset.reuseAll), all.dataset.year);
    });
    if (form) beside(part);
    const doubt = part.querySelector("[data-last-year-doubt]");
    const warning = form?.querySelector("[data-warning]");
    if (doubt && warning?.hidden) {
      warning.textContent = doubt.textContent;
      warning.hidden = false;
      doubt.remove();
    }
  };

  place.addEventListener("part:loaded", () => show(place.querySelector("[data-last-year-part]")));
})();
