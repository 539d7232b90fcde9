// Tells what colleagues of the unit do meanwhile: every few seconds, while the page is in view, it asks whether anything
// of the worksheet has changed. Fields that nobody types in here are filled with what is stored now; what is typed is
// never touched. Explanations ask likewise. The request says that the page asks by itself, so it keeps no session alive.
(() => {
  const EVERY = 15_000; // milliseconds
  const SOON = 3_000; // after something was stored here: the totals and the marks that hang on it
  const place = document.querySelector("[data-pulse]");
  if (!place) return;
  const leaves = window.autosave?.leaves ?? [];
  const me = document.querySelector("[data-me]")?.dataset.me;
  const words = document.createElement("p");
  words.className = "pulse-said";
  words.setAttribute("role", "status");
  document.querySelector(".crit-grid > header, main > h1, [data-pulse-head]")?.after(words);
  let rev = "";
  let before = null; // by code: [version, unfinished, documents, who, hour]
  let timer = 0;
  let isAsking = false;
  let isSaved = false; // something was stored here since the last answer

  const get = (url, accept) => fetch(url, { headers: { Accept: accept, "X-By-Itself": "1" }, signal: AbortSignal.timeout(EVERY) });
  const codeOf = (leaf) => leaf.place.dataset.leaf;
  const swap = (old, fresh) => {
    const here = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    if (!here && old.contains(document.activeElement)) return; // somebody is in it: the next time
    if (old.innerHTML === fresh.innerHTML) return;
    const [open, folds] = [old.querySelectorAll("details"), fresh.querySelectorAll("details")];
    if (open.length === folds.length) open.forEach((fold, at) => (folds[at].open = fold.open));
    old.replaceChildren(...fresh.childNodes);
    if (here) old.querySelector(`[href="${CSS.escape(here)}"]`)?.focus();
  };

  // The page as the server shows it now: marks, what is left to do, and the fields of the leaves that were changed.
  const renew = async (codes) => {
    const answer = await get(location.href, "text/html");
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const leaf of leaves.filter((each) => codes.includes(codeOf(each)))) {
      const fresh = page.querySelector(`[data-autosave="${CSS.escape(leaf.url)}"]`);
      if (fresh) leaf.adopt(fresh);
    }
    for (const part of [".crit-grid > header .state", ".treefilter", ".tree", ".foot-work .missing", ".foot-work .end", "[data-live]"]) {
      const fresh = page.querySelectorAll(part);
      document.querySelectorAll(part).forEach((old, at) => fresh[at] && swap(old, fresh[at]));
    }
    // Documents that somebody brought; what is being filled in at one of them stays.
    const [papers, now] = [document, page].map((where) => where.querySelector("[data-flow-part]"));
    if (papers && now && !papers.querySelector("details[open]")) swap(papers, now);
  };
  const tellTotals = (totals) => {
    const sum = document.querySelector(".foot-work .total b");
    if (!sum || !totals) return;
    const most = document.createElement("small");
    most.textContent = `/ ${totals.max_points}`;
    sum.replaceChildren(`${totals.points || "–"} `, most);
  };

  const isOther = (was, now) => String(was.slice(0, 3)) !== String(now.slice(0, 3));
  const learn = async (told, isOwn) => {
    const old = before;
    before = told.leaves;
    tellTotals(told.totals);
    const codes = Object.keys(told.leaves).filter((code) => {
      const now = told.leaves[code];
      const leaf = leaves.find((each) => codeOf(each) === code);
      const own = leaf && [leaf.entry.version, leaf.entry.unfinished, (old?.[code] ?? now)[2]];
      return isOther(own ?? old?.[code] ?? now, now);
    });
    if (codes.length || isOwn) await renew(codes);
    const [first, ...rest] = codes.filter((code) => told.leaves[code][3] && told.leaves[code][3] !== me);
    if (!first) return;
    const [, , , who, at] = told.leaves[first];
    const said = `${who} vừa sửa ${first}${rest.length ? ` và ${rest.length} tiêu chí khác` : ""} lúc ${at}.`;
    if (words.textContent !== said) words.textContent = said;
  };

  const ask = async () => {
    clearTimeout(timer);
    if (document.visibilityState !== "visible" || isAsking) return;
    isAsking = true;
    const isOwn = isSaved;
    isSaved = false;
    try {
      const answer = await get(`${place.dataset.pulse}?ban=${encodeURIComponent(rev)}`, "application/json");
      if (answer.status === 200 && !answer.redirected) {
        const told = await answer.json();
        rev = told.rev;
        await learn(told, isOwn);
      }
    } catch {
      isSaved ||= isOwn; // no network: nothing is known, nothing is said
    }
    isAsking = false;
    timer = setTimeout(ask, isSaved ? SOON : EVERY);
  };
  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  };
  addEventListener("visibilitychange", () => document.visibilityState === "visible" && soon(0));
  addEventListener("leaf-saved", () => {
    isSaved = true;
    soon(SOON);
  });
  // A document that came or went here: whether its leaf lacks one is not known to the page.
  addEventListener("papers-changed", () => {
    isSaved = true;
    soon(0);
  });
  soon(leaves.length ? EVERY : 0); // a page without fields does not know yet what it shows
})();
