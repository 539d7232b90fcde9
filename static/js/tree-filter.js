// The filter over the tree at once: what it leaves comes from the server, as its links do without this script; what is
// being typed stays where it is. The address goes along, and with it the filter to the next criterion.
(() => {
  const PARTS = [".treefilter", ".tree", "[data-walk]"];
  let asked = 0;

  const show = async (url) => {
    const number = ++asked;
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error("not the page");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (number !== asked) return;
    for (const part of PARTS) {
      const fresh = page.querySelectorAll(part);
      document.querySelectorAll(part).forEach((old, at) => fresh[at] && old.replaceChildren(...fresh[at].childNodes));
    }
    const [pager, now] = [document.querySelector("[data-pager]"), page.querySelector("[data-pager]")];
    for (const way of ["previous", "next"]) {
      if (pager && now?.dataset[way]) pager.dataset[way] = now.dataset[way];
      else if (pager) delete pager.dataset[way];
    }
    history.replaceState(history.state, "", url);
    document.querySelector("form[data-trial]")?.setAttribute("action", url); // "Lưu, sang …" keeps the filter, too
  };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest(".treefilter a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const filters = link.closest(".treefilter");
    const place = [...filters.children].indexOf(link);
    try {
      await show(link.href);
      filters.children[place]?.focus();
    } catch {
      location.assign(link.href); // signed out, or no network: the browser says so
    }
  });
})();
