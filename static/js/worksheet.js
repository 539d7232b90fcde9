// A worksheet's own buttons: "Tính thử" shows what the figures would earn without storing them, and where typing is
// stored by itself (autosave.js) a button that leads on waits until it is. Without this script both are plain forms.
window.trial = (() => {
  const PAUSE = 400; // milliseconds
  const WORDS = "Mất kết nối, chưa tính thử được. Số liệu vẫn còn trên trang này.";
  let asked = 0;

  const say = (form, result) => {
    const part = (name) => form.querySelector(`[data-${name}]`);
    part("result").hidden = false;
    part("points").textContent = result.points || "–";
    part("step").textContent = result.faults.length
      ? result.faults.map((fault) => (fault.label ? `${fault.label}: ${fault.text}` : fault.text)).join(" ")
      : [[result.step, result.hint].filter(Boolean).join(". "), form.dataset.autosave ? "" : "Chưa lưu."].filter(Boolean).join(" ");
    window.saveShowing?.levels(result.levels);
    part("warning").textContent = result.warning;
    part("warning").hidden = !result.warning;
  };
  const ask = async (form) => {
    if (!form?.dataset.trial) return;
    const number = ++asked;
    try {
      const answer = await fetch(form.dataset.trial, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (number !== asked) return;
      if (told.points !== undefined) say(form, told);
      else say(form, { step: told.text, points: "", warning: "", faults: [] });
    } catch {
      say(form, { step: WORDS, points: "", warning: "", faults: [] });
    }
  };

  for (const form of document.querySelectorAll("form[data-trial]:not([data-node-form])")) {
    let timer = 0;
    if (!form.dataset.autosave) {
      form.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => ask(form), PAUSE);
      });
    }
    form.querySelector("[data-trial-button]")?.addEventListener("click", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
  return { ask };
})();

// ── buttons of a page that stores by itself ──────────────────────────────────────────────────────────────────────────
(() => {
  const leaves = window.autosave?.leaves ?? [];
  const passing = new WeakSet(); // forms whose text is stored: the browser goes on with them

  for (const form of new Set(leaves.map((leaf) => leaf.place.closest("form")))) {
    const own = leaves.filter((leaf) => form.contains(leaf.place));
    form.addEventListener("submit", async (event) => {
      if (passing.delete(form) || !own.some((leaf) => leaf.isOpen)) return;
      event.preventDefault();
      const answers = await Promise.all(own.map((leaf) => leaf.flush()));
      // Not there, overtaken or too late: the page says so already, and what was typed stays in view.
      if (answers.some((answer) => ["offline", "busy", "clash", "closed"].includes(answer?.state))) return;
      const out = answers.find((answer) => answer?.state === "signed_out");
      if (out) {
        if (!out.other) location.assign(out.url); // and back to this page, which sends what was typed
        return;
      }
      passing.add(form);
      form.requestSubmit(event.submitter);
    });
  }
  // Taking an answer away takes away what was typed over it.
  for (const form of document.querySelectorAll("form[data-version-of]")) {
    form.addEventListener("submit", async (event) => {
      const leaf = leaves.find((each) => each.url === form.dataset.versionOf);
      if (!leaf || passing.delete(form)) return;
      event.preventDefault();
      await leaf.running;
      leaf.stop();
      passing.add(form);
      form.requestSubmit(event.submitter);
    });
  }
})();
