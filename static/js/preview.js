// Opens the page of a stored file in a box above the page at hand. The link leads to the same without this script, and
// wherever something goes wrong here.
(() => {
  let box = null;

  const boxOf = () => {
    if (box) return box;
    box = document.createElement("dialog");
    box.className = "preview-box";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-quiet btn-sm preview-close";
    close.textContent = "Đóng";
    close.addEventListener("click", () => box.close());
    const body = document.createElement("div");
    box.append(close, body);
    document.body.append(box);
    return box;
  };

  const open = async (url) => {
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.querySelector("[data-preview-part]");
      if (!part) throw new Error("no preview");
      for (const link of part.querySelectorAll("a[href]")) link.href = new URL(link.getAttribute("href"), url).href;
      boxOf().lastElementChild.replaceChildren(document.adoptNode(part));
      box.setAttribute("aria-labelledby", "xem-tep");
      if (!box.open) box.showModal();
      part.querySelector("h2").focus();
    } catch {
      location.href = url;
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-preview]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !window.HTMLDialogElement) return;
    event.preventDefault();
    open(link.href);
  });
})();
