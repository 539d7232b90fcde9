// Counts down to a deadline by the server's clock: the page carries the server's instant, and only how long the page has
// been open is measured here. A clock of this machine that is wrong decides nothing, and is told.
(() => {
  const DAY = 86_400_000;
  const WRONG = 60_000; // milliseconds by which the clock here may differ before it is told
  for (const place of document.querySelectorAll("[data-until]")) {
    const served = Number(place.dataset.now);
    // Since the page was asked for: a moment too long rather than too short.
    const now = () => served + performance.now();
    const said = place.querySelector("[data-left]");
    const pad = (number) => String(number).padStart(2, "0");
    const off = Math.round((Date.now() - now()) / 60_000);
    if (Math.abs(Date.now() - now()) > WRONG) {
      const note = document.createElement("span");
      note.className = "clock-off";
      note.textContent = ` Đồng hồ máy này ${off > 0 ? "nhanh" : "chậm"} ${Math.abs(off) || 1} phút so với máy chủ.`;
      place.append(note);
    }
    let timer = 0;
    const show = () => {
      const left = Number(place.dataset.until) - now();
      if (left > DAY) return;
      if (left <= 0) {
        place.classList.add("is-near");
        said.textContent = place.dataset.after;
        clearInterval(timer);
        return;
      }
      place.classList.add("is-near");
      const seconds = Math.floor(left / 1000);
      const hours = Math.floor(seconds / 3600);
      const minutes = Math.floor((seconds % 3600) / 60);
      said.textContent = `${place.dataset.before} ${hours ? `${hours}:${pad(minutes)}` : minutes}:${pad(seconds % 60)}`;
    };
    show();
    timer = setInterval(show, 1000);
  }
})();
