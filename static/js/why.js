// "Vì sao số này?": a number with dots under it opens its explanation in a box. Without this script, with a key held
// for a new tab, or where the box cannot be filled, the same address is a page.
(() => {
  const LONGEST = 10_000; // milliseconds; who waits longer is better served by the page, which tells of its own delays
  const box = document.createElement("dialog");
  if (!box.showModal) return;
  box.className = "why-box";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet btn-sm why-close";
  close.textContent = "Đóng";
  close.addEventListener("click", () => box.close());
  const body = document.createElement("div");
  body.className = "why-body";
  body.tabIndex = -1;
  box.append(close, body);
  document.body.append(box);
  let asking = null; // the request that the box waits for

  const wait = () => {
    const words = document.createElement("p");
    words.className = "why-title";
    words.id = "vi-sao";
    words.setAttribute("role", "status");
    words.textContent = "Đang mở cách tính…";
    fill([words]);
  };

  const fill = (nodes) => {
    body.replaceChildren(...nodes);
    body.setAttribute("aria-busy", asking ? "true" : "false");
    box.setAttribute("aria-labelledby", "vi-sao");
    if (!box.open) box.showModal();
    box.scrollTop = 0;
    body.focus();
  };

  const open = async (address) => {
    asking?.abort();
    const request = new AbortController();
    asking = request;
    wait();
    const limit = setTimeout(() => request.abort("late"), LONGEST);
    try {
      const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" }, signal: request.signal });
      // Signed out meanwhile, or refused: the page itself says so.
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (asking !== request) return;
      asking = null;
      fill(part.body.childNodes);
    } catch {
      // Closed, or another number asked for: nobody waits for this one any more.
      if (asking === request) location.assign(address);
    } finally {
      clearTimeout(limit);
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.why");
    const meansNewTab = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || meansNewTab || event.defaultPrevented) return;
    event.preventDefault();
    open(link.href);
  });

  // A click beside the box closes it; the key Escape does so by itself, and the number has the focus again.
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  // Who comes back by the arrow of the browser finds the page, not a box that waits.
  addEventListener("pagehide", () => box.close());
  box.addEventListener("close", () => {
    asking?.abort();
    asking = null;
  });
})();
