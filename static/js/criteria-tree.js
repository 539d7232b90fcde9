// The tree of a criteria set as a grid that is walked by keyboard and sorted by dragging. Every act is a button of the
// form, sent in the background with what was typed; the server answers with the tree as it is then. Without this script
// the same buttons load the page anew.
(() => {
  const place = document.querySelector("[data-tree]");
  const said = document.querySelector("[data-said]");
  if (!place) return;
  const folded = new Set(); // permanent ids of criteria whose inside is not shown
  let busy = false;
  let timer = 0;
  let asked = 0;

  const form = () => place.querySelector("[data-tree-form]");
  const rows = () => [...place.querySelectorAll("tr[data-node]")];
  const shown = () => rows().filter((row) => !row.hidden);
  const rowOf = (id) => rows().find((row) => row.dataset.node === id);
  const level = (row) => Number(row.dataset.level);
  const inside = (row) => {
    const all = rows();
    const found = [];
    for (const other of all.slice(all.indexOf(row) + 1)) {
      if (level(other) <= level(row)) break;
      found.push(other);
    }
    return found;
  };
  const say = (text) => {
    said.textContent = "";
    // A second sentence that equals the first is read out all the same.
    setTimeout(() => (said.textContent = text), 20);
  };

  // ── the grid ──────────────────────────────────────────────────────────────────────────────────────────────────
  const choose = (row, { focus = true } = {}) => {
    if (!row) return;
    for (const other of rows()) {
      const chosen = other === row;
      other.tabIndex = chosen ? 0 : -1;
      other.classList.toggle("is-chosen", chosen);
      other.setAttribute("aria-selected", String(chosen));
    }
    row.querySelector("input[type=radio]").checked = true;
    if (focus) {
      row.focus();
      row.scrollIntoView({ block: "nearest" });
    }
  };

  const fold = () => {
    for (const row of rows()) {
      row.hidden = false;
      if ("open" in row.dataset) row.setAttribute("aria-expanded", String(!folded.has(row.dataset.node)));
    }
    for (const row of rows()) if (folded.has(row.dataset.node)) for (const other of inside(row)) other.hidden = true;
  };

  const dress = () => {
    const grid = place.querySelector("[data-grid]");
    if (!grid) return;
    grid.setAttribute("role", "treegrid");
    grid.classList.add("has-grips");
    for (const row of rows()) {
      row.setAttribute("aria-level", row.dataset.level);
      row.setAttribute("aria-posinset", row.dataset.at);
      row.setAttribute("aria-setsize", row.dataset.among);
      row.querySelector("input[type=radio]").tabIndex = -1;
    }
    fold();
    const checked = place.querySelector("tr input[type=radio]:checked");
    choose(checked?.closest("tr") ?? rows()[0], { focus: false });
  };

  // ── acts in the background ────────────────────────────────────────────────────────────────────────────────────
  const send = async (fields) => {
    if (busy) return;
    busy = true;
    const from = form();
    const data = new FormData();
    data.set("csrfmiddlewaretoken", from.elements.csrfmiddlewaretoken.value);
    data.set("version", from.elements.version.value);
    data.set("node", place.querySelector("tr input[type=radio]:checked")?.value ?? "");
    for (const input of from.querySelectorAll("input.form-control")) {
      if (input.value !== input.defaultValue || "kept" in input.dataset) data.set(input.name, input.value);
    }
    for (const [name, value] of Object.entries(fields)) data.set(name, value);
    from.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(from.action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
      if (![200, 409, 422].includes(answer.status) || answer.redirected) throw new Error(String(answer.status));
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = part.querySelector("[data-tree-form]");
      if (!fresh) throw new Error("no tree");
      show(fresh, fields.act);
    } catch {
      // Signed out, refused, or no connection: the page itself says so, and what was typed stays in it.
      from.removeAttribute("aria-busy");
      say("Chưa làm được: mất kết nối hoặc phiên làm việc đã hết. Nội dung vừa gõ vẫn còn trên trang này.");
    } finally {
      busy = false;
    }
  };

  const show = (fresh, act) => {
    const refused = "refused" in fresh.dataset;
    place.replaceChildren(document.importNode(fresh, true));
    for (const other of document.querySelectorAll("[data-version]")) other.value = form().dataset.now;
    if (refused) {
      // What was typed and refused is not stored: it is sent again with the next act.
      for (const input of place.querySelectorAll("input.form-control")) input.dataset.kept = "";
    }
    const row = rowOf(form().dataset.focusOn);
    if (row) {
      let above = row;
      for (const other of [...rows()].slice(0, rows().indexOf(row)).reverse()) {
        if (level(other) < level(above)) folded.delete((above = other).dataset.node);
      }
    }
    dress();
    say(form().dataset.heard);
    const wrong = place.querySelector("input.bad");
    if (wrong) wrong.focus();
    else if (row) {
      choose(row);
      if (act?.startsWith("add_")) row.querySelector(".c-title input").select();
    } else (rows().find((other) => other.tabIndex === 0) ?? place.querySelector("button")).focus();
  };

  place.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ act: event.submitter?.value || "save" });
  });

  // ── keyboard ──────────────────────────────────────────────────────────────────────────────────────────────────
  const MOVES = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };
  const onRow = (event, row) => {
    const all = shown();
    const at = all.indexOf(row);
    const go = (other) => other && choose(other);
    const { key } = event;
    if (event.altKey && key in MOVES) return send({ act: MOVES[key] });
    if (event.ctrlKey && key.toLowerCase() === "z") return place.querySelector('button[value="undo"]')?.click();
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    if (key === "ArrowDown") return go(all[at + 1]);
    if (key === "ArrowUp") return go(all[at - 1]);
    if (key === "Home") return go(all[0]);
    if (key === "End") return go(all[all.length - 1]);
    if (key === "Enter" || key === "F2") return row.querySelector(".c-title input").select();
    if (key === "Insert") return send({ act: event.shiftKey ? "add_inside" : "add_below" });
    if (key === "Delete") return send({ act: "remove" });
    if (key === "ArrowRight" && "open" in row.dataset) {
      if (!folded.delete(row.dataset.node)) return go(all[at + 1]);
      return fold();
    }
    if (key === "ArrowLeft") {
      if ("open" in row.dataset && !folded.has(row.dataset.node)) {
        folded.add(row.dataset.node);
        return fold();
      }
      return go(all.slice(0, at).reverse().find((other) => level(other) < level(row)));
    }
    return false;
  };
  place.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr[data-node]");
    if (!row) return;
    if (event.target === row) {
      if (onRow(event, row) !== false) event.preventDefault();
    } else if (event.key === "Escape" && event.target.matches("input.form-control")) {
      event.target.value = event.target.defaultValue;
      choose(row);
    } else if (event.key === "Enter" && event.target.matches("input.form-control")) {
      event.preventDefault();
      send({ act: "save" });
    }
  });
  place.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-node]");
    if (row && row.tabIndex !== 0) choose(row, { focus: false });
  });
  place.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-node]");
    if (row) choose(row, { focus: !event.target.closest("a, input.form-control") });
  });

  // ── sums and states while they are typed ─────────────────────────────────────────────────────────────────────────────────
  const tell = (row, now) => {
    const picture = row.querySelector("[data-state] svg");
    const use = picture.querySelector("use");
    picture.setAttribute("class", `st st-${now.state}`);
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#st-${now.state}`));
    picture.parentElement.lastChild.textContent = now.label;
    for (const spot of row.querySelectorAll("[data-told]")) {
      const kind = spot.dataset.told;
      spot.replaceChildren(...now[kind].map((text) => {
        const line = document.createElement("span");
        line.className = kind === "doubt" ? "note doubt" : "field-error";
        line.textContent = text;
        return line;
      }));
    }
    for (const [kind, place] of [["title", ".c-title"], ["points", ".c-max"]]) {
      const input = row.querySelector(`${place} input`);
      input.classList.toggle("bad", now[kind].length > 0);
      if (now[kind].length) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  };
  const ask = async () => {
    const number = ++asked;
    const from = form();
    try {
      const answer = await fetch(from.dataset.sums, { method: "POST", body: new FormData(from) });
      if (!answer.ok || number !== asked || from !== form()) return;
      const { sums, rows: told } = await answer.json();
      for (const row of rows()) if (told[row.dataset.node]) tell(row, told[row.dataset.node]);
      for (const spot of from.querySelectorAll("[data-sum-of]")) {
        const sum = sums[spot.dataset.sumOf];
        if (!sum) continue;
        spot.textContent = sum.text;
        spot.classList.toggle("gap", !sum.fits);
      }
    } catch {
      // The sums stand as they were; saving tells of a lost connection.
    }
  };
  place.addEventListener("input", (event) => {
    if (!event.target.matches("input.form-control")) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 300);
  });

  // ── dragging, with mouse, pen or finger ───────────────────────────────────────────────────────────────────────
  let dragged = null;
  let target = null;
  let where = "";
  const clear = () => {
    for (const row of rows()) row.classList.remove("is-dragged", "drop-above", "drop-below", "drop-inside");
  };
  place.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    dragged = grip.closest("tr");
    target = null;
    choose(dragged);
  });
  place.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const row = document.elementFromPoint(event.clientX, event.clientY)?.closest("tr[data-node]");
    clear();
    dragged.classList.add("is-dragged");
    target = row && row !== dragged && !inside(dragged).includes(row) ? row : null;
    if (event.clientY < 60) scrollBy(0, -12);
    else if (event.clientY > innerHeight - 60) scrollBy(0, 12);
    if (!target) return;
    const box = target.getBoundingClientRect();
    const share = (event.clientY - box.top) / box.height;
    where = share < 0.3 ? "above" : share > 0.7 ? "below" : "inside";
    target.classList.add(`drop-${where}`);
  });
  const drop = (event) => {
    if (!dragged) return;
    clear();
    if (target && event.type === "pointerup") send({ act: "place", node: dragged.dataset.node, target: target.dataset.node, where });
    dragged = null;
  };
  place.addEventListener("pointerup", drop);
  place.addEventListener("pointercancel", drop);

  dress();
  const first = rowOf(form().dataset.focusOn);
  if (first) choose(first);
})();
