// Keys of a worksheet, and of an explanation, which has no tree. Each does what a button or a link on the page does; "Phím tắt" lists them.
(() => {
  const { autosave, typed } = window;
  const NEXT = "worksheet-focus"; // told to the next page: the cursor goes to its first field
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  const OF_TREE = ["Alt + →", "Alt + ←", "/"];
  const LIST = [
    ["Ctrl + Enter", "Lưu và sang tiêu chí sau"],
    ["Alt + ↓", "Tiêu chí sau"],
    ["Alt + ↑", "Tiêu chí trước"],
    ["Alt + →", "Lĩnh vực sau"],
    ["Alt + ←", "Lĩnh vực trước"],
    ["/", "Đến cây tiêu chí"],
    ["?", "Danh sách phím tắt này"],
  ].filter(([key]) => document.querySelector(".tree, [data-next-component]") || !OF_TREE.includes(key));
  const places = [...document.querySelectorAll("[data-autosave]")];
  const isOne = places.length === 1 && places[0].tagName === "FORM"; // else a component, leaf below leaf
  const isShown = (node) => node.getClientRects().length > 0;
  const firstField = (place) => typed.fieldsOf(place).find(isShown);
  const remember = () => {
    try {
      sessionStorage.setItem(NEXT, "1");
    } catch {
      // switched off in this browser: the next page begins at its top
    }
  };
  const go = async (url) => {
    if (!url) return;
    const waiting = Promise.all((autosave?.leaves ?? []).map((leaf) => leaf.flush()));
    await Promise.race([waiting, new Promise((done) => setTimeout(done, 2000))]); // what is left the outbox sends
    remember();
    location.assign(url);
  };

  // ── where the keys lead ──────────────────────────────────────────────────────────────────────────────────────────
  const step = (by) => {
    const pager = document.querySelector("[data-pager]");
    if (pager) return go(by > 0 ? pager.dataset.next : pager.dataset.previous);
    const here = places.findIndex((place) => place.contains(document.activeElement));
    const there = places[here < 0 ? 0 : here + by];
    there?.scrollIntoView({ block: "nearest" });
    return there && firstField(there)?.focus();
  };
  const component = (by) => {
    const pager = document.querySelector(by > 0 ? "[data-next-component]" : "[data-previous-component]");
    if (pager) return go(pager.getAttribute("href"));
    const links = [...document.querySelectorAll(".tree .lv1 > a")].filter((link, at, all) => all.findIndex((other) => other.getAttribute("href") === link.getAttribute("href")) === at);
    const here = links.findIndex((link) => link.parentElement.querySelector("[aria-current]"));
    return go(links[here + by]?.getAttribute("href"));
  };
  const saveAndNext = () => {
    if (!isOne) {
      (autosave?.leaves ?? []).forEach((leaf) => leaf.flush());
      return step(1);
    }
    const form = places[0];
    const button = form.querySelector("button[name=go_on]") ?? form.querySelector("button[type=submit]");
    return form.requestSubmit(button);
  };
  const filter = () => {
    const fold = document.querySelector(".pane-tree details");
    if (fold && isShown(fold)) fold.open = true;
    const find = (way) => [...document.querySelectorAll(way)].find(isShown);
    (find(".treefilter input, .treefilter a") ?? find(".tree a[aria-current]") ?? find(".tree a"))?.focus();
  };

  // A component's buttons do the same as the keys: without this script they lead to the leaf, with it into its field.
  for (const link of document.querySelectorAll("[data-leaf-walk]")) {
    link.addEventListener("click", (event) => {
      const there = document.querySelector(link.hash);
      const field = there && firstField(there);
      if (!field) return;
      event.preventDefault();
      there.scrollIntoView({ block: "nearest" });
      field.focus();
    });
  }

  // ── the list of the keys ─────────────────────────────────────────────────────────────────────────────────────────
  const box = document.createElement("dialog");
  const list = () => {
    if (!box.open) box.showModal();
  };
  const opener = document.querySelector("[data-keys]");
  if (box.showModal) {
    box.className = "why-box keys-box";
    box.setAttribute("aria-labelledby", "phim-tat");
    const title = document.createElement("h2");
    title.id = "phim-tat";
    title.className = "why-title";
    title.textContent = "Phím tắt";
    const rows = document.createElement("dl");
    for (const [key, act] of LIST) {
      const part = document.createElement("div");
      const name = document.createElement("dt");
      const mark = document.createElement("kbd");
      const what = document.createElement("dd");
      mark.className = "kbd";
      mark.textContent = key;
      what.textContent = act;
      name.append(mark);
      part.append(name, what);
      rows.append(part);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-quiet btn-sm";
    close.textContent = "Đóng";
    close.addEventListener("click", () => box.close());
    const body = document.createElement("div");
    body.className = "why-body";
    body.append(title, rows, close);
    box.append(body);
    document.body.append(box);
    if (opener) {
      opener.hidden = false;
      opener.addEventListener("click", list);
    }
  }

  const isText = (field) => field.isContentEditable || field.tagName === "TEXTAREA" || (field.tagName === "INPUT" && !typed.isTicked(field));
  const KEYS = { ArrowDown: () => step(1), ArrowUp: () => step(-1), ArrowRight: () => component(1), ArrowLeft: () => component(-1) };
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const isInText = isText(event.target);
    let act = null;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      // A leaf that somebody else fills in has nothing to save: the same keys lead on.
      act = places.length ? saveAndNext : document.querySelector("[data-pager]") && (() => step(1));
    } else if (event.altKey && !event.ctrlKey && !event.shiftKey && KEYS[event.key]) {
      // There the same keys move the cursor by words, or open a list of choices.
      if ((isMac && isInText) || event.target.tagName === "SELECT") return;
      act = KEYS[event.key];
    } else if (!isInText && !event.ctrlKey && !event.altKey && !event.metaKey && event.key === "/") act = filter;
    else if (!isInText && !event.ctrlKey && !event.altKey && !event.metaKey && event.key === "?") act = list;
    if (!act) return;
    event.preventDefault();
    act();
  });

  // "Lưu, sang 1.2" by any means leads to the first field there, unless something is wrong with this one.
  for (const form of places) form.addEventListener("submit", (event) => event.submitter?.name === "go_on" && remember());
  try {
    const isAsked = sessionStorage.getItem(NEXT);
    sessionStorage.removeItem(NEXT);
    if (isAsked && places[0] && !document.querySelector("[data-focus]")) firstField(places[0])?.focus();
  } catch {
    // switched off in this browser
  }
})();
