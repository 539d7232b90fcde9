// What people read and press while their typing is stored: the state in words, what is wrong beside the field it is
// about, and both texts where somebody else was faster. Knows nothing of requests (autosave.js does).
window.saveShowing = (() => {
  const { typed } = window;
  const make = (tag, css, text) => {
    const node = document.createElement(tag);
    if (css) node.className = css;
    if (text) node.textContent = text;
    return node;
  };
  const button = (label, act, css = "btn btn-quiet btn-sm") => {
    const node = make("button", css, label);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  };
  const sprite = document.querySelector("use")?.getAttribute("href").split("#")[0] ?? "";
  const drawing = (name, css, size) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", css);
    svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${sprite}#${name}`);
    svg.append(use);
    return svg;
  };
  const ICONS = { busy: "busy", ok: "check", off: "cloudoff", clash: "swap" };
  // "Chị Hà" inside a sentence is "chị Hà"; any other name stays as it is.
  const inside = (who) => (/^(Anh|Chị|Ông|Bà|Cô|Người|Đồng) /.test(who) ? who[0].toLowerCase() + who.slice(1) : who);

  // The state line is a live region: it is touched only when what it says is another thing.
  const say = (line, kind, text, link) => {
    if (line.dataset.said === `${kind}${text}`) return;
    line.dataset.said = `${kind}${text}`;
    const words = make("span", `save save-${kind}`);
    words.append(drawing(ICONS[kind], "icon", 24), text);
    line.replaceChildren(words);
    if (!link) return;
    const way = make("a", "", link.label);
    way.href = link.url;
    line.append(" ", way);
  };

  // ── faults beside the fields ─────────────────────────────────────────────────────────────────────────────────────
  const isBlank = (fields) => fields.every((field) => (typed.isTicked(field) ? !field.checked : !field.value.trim()));
  const clear = (place) => {
    for (const words of place.querySelectorAll("[data-fault]")) words.remove();
    for (const bad of place.querySelectorAll(".field-bad")) bad.classList.remove("field-bad");
    for (const field of typed.fieldsOf(place)) {
      const left = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.endsWith("_chua"));
      if (left.length) field.setAttribute("aria-describedby", left.join(" "));
      else field.removeAttribute("aria-describedby");
      field.removeAttribute("aria-invalid");
      field.classList.remove("bad");
    }
  };
  // `faults` [{key, label, text, readings}]; `inputs(key)` are the fields of a name. While somebody is still in the
  // leaf an empty field is not yet a fault of it: the person is on the way there.
  const faults = (place, list, inputs, choose) => {
    clear(place);
    for (const old of place.querySelectorAll(".field-error:not([data-fault])")) old.remove(); // of the page as it came
    const isInside = place.contains(document.activeElement);
    for (const fault of list) {
      const fields = fault.key ? inputs(fault.key) : [];
      if (fields.length ? isBlank(fields) && isInside : isInside && !fault.key) continue;
      const words = make("p", "field-error", fault.text);
      words.dataset.fault = "";
      const box = fields[0]?.closest(".field");
      if (!box) {
        place.querySelector(".inputs")?.before(words);
        continue;
      }
      words.id = `${fields[0].id}_chua`;
      box.classList.add("field-bad");
      const before = box.querySelector("fieldset > div, fieldset > ul") ?? fields[0].closest("label") ?? fields[0];
      before.before(words);
      for (const field of fields) {
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${words.id}`.trim());
        if (!typed.isTicked(field)) field.classList.add("bad");
      }
      if (!fault.readings?.length) continue;
      const row = make("div", "acts-row readings");
      row.dataset.fault = "";
      row.setAttribute("role", "group");
      row.setAttribute("aria-label", `Chọn cách đọc ${fields[0].value}`);
      for (const reading of fault.readings) {
        const kind = reading.includes(",") ? "số thập phân" : "số nguyên";
        row.append(button(`${reading} (${kind})`, () => choose(fields[0], reading)));
      }
      fields[0].after(row);
    }
  };

  // ── boxes ────────────────────────────────────────────────────────────────────────────────────────────────────────
  const box = (id, heading) => {
    const node = make("section", "panel stack save-box");
    const title = make("h2", "", heading);
    title.id = id;
    title.tabIndex = -1;
    node.setAttribute("aria-labelledby", id);
    node.append(title);
    return node;
  };
  const inLines = (words) => words.map(([label, text]) => (label ? `${label}: ${text}` : text)).join("\n") || "Để trống";
  const twoTexts = (rows) => {
    const list = make("dl", "two-texts");
    for (const [label, text] of rows) {
      const part = make("div");
      part.append(make("dt", "", label), make("dd", "said", text));
      list.append(part);
    }
    return list;
  };
  const clash = (id, answer, words, take, stay) => {
    const who = answer.who || "Người khác";
    const node = box(id, `${who} vừa sửa${answer.at ? ` lúc ${answer.at}` : ""}`);
    node.append(
      make("p", "mb-0", "Phần anh, chị gõ chưa lưu. Chọn một bản để làm tiếp."),
      twoTexts([[`Bản của ${inside(who)}, đang có trên cổng`, answer.said || "Để trống"], ["Bản của tôi, chưa lưu", inLines(words)]]),
    );
    const acts = make("div", "acts-row");
    acts.append(button(`Lấy bản của ${inside(who)}`, take), button("Giữ bản của tôi", stay));
    node.append(acts);
    return node;
  };
  // What can no longer be stored stays here to be read and copied, until the person puts it away.
  const closed = (id, answer, words, forget, isKept = true) => {
    const node = box(id, "Nội dung chưa lưu được");
    const text = make("textarea", "form-control");
    text.readOnly = true;
    text.rows = Math.min(8, words.length + 1);
    text.value = inLines(words);
    text.setAttribute("aria-labelledby", id);
    const acts = make("div", "acts-row");
    const copy = button("Chép", async () => {
      await navigator.clipboard.writeText(text.value);
      copy.textContent = "Đã chép";
    });
    if (navigator.clipboard) acts.append(copy);
    acts.append(button("Bỏ nội dung này", () => (node.remove(), forget())));
    const place = isKept ? "Phần đã gõ còn giữ trên máy này, trong ba ngày." : "Máy này không giữ được phần đã gõ: chép lại trước khi đóng trang.";
    node.append(make("p", "mb-0", `${answer.text ?? ""} ${place}`.trim()), text, acts);
    return node;
  };
  // The mark of a node, in the tree and beside its title.
  const mark = (node, { icon, label }) => {
    const svg = node.querySelector("svg.st");
    if (!svg) return;
    const fresh = drawing(`st-${icon}`, `st st-${icon}`, 18);
    svg.replaceWith(fresh);
    const hidden = node.querySelector(":scope > .visually-hidden");
    if (hidden) hidden.textContent = label;
    else if (fresh.nextSibling) fresh.nextSibling.textContent = label;
  };
  // The rows of the table of levels where the answer stands, by their numbers.
  const levels = (numbers = []) => {
    document.querySelectorAll("[data-levels] tbody tr").forEach((row, at) => {
      const isHere = numbers.includes(at);
      row.classList.toggle("hit", isHere);
      const words = row.querySelector(".here");
      if (words) words.hidden = !isHere;
    });
  };
  return { say, isBlank, faults, clear, clash, closed, mark, levels };
})();
