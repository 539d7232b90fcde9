// Says five minutes before the session ends that it will, and offers to go on. The server alone decides when: this
// script asks it before it says anything, since work in another tab counts too. Somebody who types for a long time
// without sending is at work: that is told to the server now and then.
(() => {
  const bar = document.querySelector("[data-session]");
  if (!bar) return;
  const NOTICE = 5 * 60 * 1000; // milliseconds
  const EVERY = 15 * 1000;
  const words = bar.querySelector("[data-session-words]");
  const form = bar.querySelector("form");
  const again = bar.querySelector("[data-session-again]");
  let idleEnd = 0;
  let lastEnd = 0;
  let acted = false;
  let isOver = false;

  const learn = ({ idle, longest }) => {
    idleEnd = Date.now() + idle * 1000;
    lastEnd = Date.now() + longest * 1000;
  };
  const clock = (at) => new Date(at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
  const show = (text, canGoOn) => {
    form.hidden = !canGoOn;
    again.hidden = !isOver;
    bar.hidden = false;
    if (words.textContent !== text) words.textContent = text;
  };

  // Asks without counting as work ("GET"), or says that the person works ("POST"). False: the session is over.
  const ask = async (method) => {
    const answer = await fetch(form.action, {
      method,
      body: method === "POST" ? new FormData(form) : undefined,
      headers: method === "POST" ? {} : { "X-By-Itself": "1" },
    });
    if (answer.redirected || !answer.ok) return false;
    learn(await answer.json());
    return true;
  };

  const look = async () => {
    if (isOver) return;
    const left = Math.min(idleEnd, lastEnd) - Date.now();
    try {
      const isHalfGone = idleEnd - Date.now() < (bar.dataset.idle * 1000) / 2;
      if (acted && isHalfGone && idleEnd < lastEnd) {
        acted = false;
        isOver = !(await ask("POST"));
      } else if (left <= NOTICE) isOver = !(await ask("GET"));
    } catch {
      return; // no connection: nothing is known, nothing is said
    }
    const end = Math.min(idleEnd, lastEnd);
    if (isOver) show("Phiên làm việc đã kết thúc. Phần đang gõ còn giữ trong trình duyệt này; đăng nhập lại để làm tiếp.", false);
    else if (end - Date.now() > NOTICE) bar.hidden = true;
    else if (lastEnd <= idleEnd) show(`Phiên làm việc kết thúc lúc ${clock(end)} vì đã mở đủ lâu. Lưu phần đang làm, rồi đăng nhập lại.`, false);
    else show(`Phiên làm việc sẽ kết thúc lúc ${clock(end)} vì lâu chưa có thao tác.`, true);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      isOver = !(await ask("POST"));
    } catch {
      return;
    }
    await look();
  });
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, (event) => (acted ||= event.isTrusted && !bar.contains(event.target)));
  addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  learn({ idle: bar.dataset.session, longest: bar.dataset.longest });
  setInterval(look, EVERY);
  look();
})();
