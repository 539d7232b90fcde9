// "Vì sao số này?": a number with dots under it opens its explanation in a box. Without this script, or with a key held
// for a new tab, the same address is a page.
(() => {
  const box = document.createElement("dialog");
  if (!box.showModal) return;
  box.className = "why-box";
  box.setAttribute("aria-labelledby", "vi-sao");
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
  let asked = 0;

  const show = (text) => {
    const part = new DOMParser().parseFromString(text, "text/html");
    body.replaceChildren(...part.body.childNodes);
    if (!box.open) box.showModal();
    box.scrollTop = 0;
    body.focus();
  };

  const open = async (address) => {
    const number = ++asked;
    try {
      const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
      // Signed out meanwhile, or refused: the page itself says so.
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const text = await answer.text();
      if (number === asked) show(text);
    } catch {
      if (number === asked) location.assign(address);
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
})();
