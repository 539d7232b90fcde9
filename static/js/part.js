// A part of a page that stands at an address of its own ([data-part]) is put in its place once the page is there, or
// when the [data-part] inside a closed <details> is opened. Without this script its link leads to it as a page.
(() => {
  const LONGEST = 10_000; // milliseconds; then the link stays

  const load = async (place) => {
    if (place.dataset.partState) return;
    place.dataset.partState = "asking";
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(place.dataset.part, {
        headers: { "X-Requested-With": "fetch" },
        signal: AbortSignal.timeout(LONGEST),
      });
      // Signed out meanwhile, or refused: the link says so.
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...part.body.childNodes);
      place.dataset.partState = "there";
      place.dispatchEvent(new CustomEvent("part:loaded", { bubbles: true }));
    } catch {
      delete place.dataset.partState;
    } finally {
      place.removeAttribute("aria-busy");
    }
  };

  for (const place of document.querySelectorAll("[data-part]")) {
    const fold = place.closest("details");
    if (fold && !fold.open) fold.addEventListener("toggle", () => fold.open && load(place));
    else load(place);
  }
})();
