// Shows what the figures would earn while they are typed. The server computes by the same rule and stores nothing;
// without this script the button "Tính thử" does the same.
for (const form of document.querySelectorAll("form[data-trial]")) {
  const box = form.querySelector("[data-result]");
  const points = form.querySelector("[data-points]");
  const step = form.querySelector("[data-step]");
  const warning = form.querySelector("[data-warning]");
  let timer = 0;
  let asked = 0;

  const say = (result) => {
    box.hidden = false;
    points.textContent = result.points || "–";
    step.textContent = result.faults.length
      ? result.faults.map((fault) => (fault.label ? `${fault.label}: ${fault.text}` : fault.text)).join(" ")
      : `${result.step} Chưa lưu.`;
    warning.textContent = result.warning;
    warning.hidden = !result.warning;
  };

  const ask = async () => {
    const number = ++asked;
    try {
      const answer = await fetch(form.dataset.trial, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
      });
      if ((answer.ok || answer.status === 422) && number === asked) say(await answer.json());
    } catch {
      step.textContent = "Mất kết nối, chưa tính thử được. Số liệu vẫn còn trên trang này.";
      box.hidden = false;
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
  form.querySelector("[data-trial-button]")?.addEventListener("click", (event) => {
    event.preventDefault();
    ask();
  });
}
