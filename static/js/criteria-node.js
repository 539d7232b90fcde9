// The form of one criterion: rows of its rule come and go, another kind asks other things, and sample figures earn
// points while they are typed. The server makes all of it by the same rule and stores nothing; without this script the
// buttons do the same with a page each.
(() => {
  const form = document.querySelector("[data-node-form]");
  if (!form) return;
  const rule = form.querySelector("[data-rule]");
  const box = form.querySelector("[data-trial-box]");
  form.classList.add("has-script");
  let timer = 0;
  let asked = 0;

  const post = async (address, extra = {}) => {
    const data = new FormData(form);
    for (const [name, value] of Object.entries(extra)) data.set(name, value);
    const answer = await fetch(address, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
    if (![200, 422].includes(answer.status) || answer.redirected) throw new Error(String(answer.status));
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const names = (part) => [...part.querySelectorAll("input, select")].map((field) => `${field.name}=${field.type === "radio" || field.type === "checkbox" ? field.value : ""}`).join();

  const tryOut = async () => {
    const number = ++asked;
    try {
      const fresh = await post(form.dataset.trial);
      if (number !== asked) return;
      // Fields that are being typed in stay, unless the rule now asks for other figures.
      const [now, then] = [box.querySelector("[data-ask]"), fresh.querySelector("[data-ask]")];
      if (now && then && names(now) !== names(then)) now.replaceWith(document.importNode(then, true));
      box.querySelector("[data-told]").replaceWith(document.importNode(fresh.querySelector("[data-told]"), true));
    } catch {
      // Nothing is lost: saving tells what is wrong.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(tryOut, 350);
  };

  const ask = async (extra, focus) => {
    try {
      const fresh = await post(form.getAttribute("action") || location.href, extra);
      rule.replaceChildren(...[...fresh.body.childNodes].map((node) => document.importNode(node, true)));
      focus?.();
      soon();
    } catch {
      form.requestSubmit(form.querySelector("button[type=submit]"));
    }
  };

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.matches("[data-row], [data-refresh]")) {
      event.preventDefault();
      const [key, at] = button.value.split("-");
      const rows = () => document.getElementById(`id_q-${key}`)?.querySelectorAll("tbody tr") ?? [];
      ask({ [button.name]: button.value }, () => {
        const all = rows();
        const row = button.name === "more" ? all[all.length - 1] : all[Math.max(0, Math.min(Number(at) - 1, all.length - 1))];
        (row?.querySelector("input, textarea, select") ?? rule.querySelector("[data-row]"))?.focus();
      });
    } else if (button?.matches("[data-trial-button]")) {
      event.preventDefault();
      tryOut();
    }
  });
  rule.addEventListener("change", (event) => {
    if (event.target.name === "kind") ask({ refresh: "1" }, () => rule.querySelector("select[name=kind]").focus());
  });
  form.addEventListener("input", (event) => {
    if (event.target.name !== "kind") soon();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select") && event.target.name !== "kind") soon();
  });

  // Another kind was chosen before this script was there, or by the browser that came back to the page.
  const kind = rule.querySelector("select[name=kind]");
  const drawn = kind && ([...kind.options].find((option) => option.defaultSelected) ?? kind.options[0]);
  if (drawn && drawn !== kind.selectedOptions[0]) ask({ refresh: "1" }, () => rule.querySelector("select[name=kind]").focus());
})();
