// The cards of a leaf's documents: what is changed there is sent without leaving the page, so that figures typed beside
// it stay; fields nobody filled in are proposed from the file. Without this script every form is sent as it stands.
(() => {
  const flow = document.querySelector("[data-evidence-flow]");
  if (!flow) return;
  const part = flow.querySelector("[data-flow-part]");

  const say = (form, words, isBad) => {
    let line = form.querySelector("[data-flow-said]");
    if (!line) {
      line = document.createElement("p");
      line.dataset.flowSaid = "";
      line.setAttribute("role", "status");
      form.append(line);
    }
    line.className = isBad ? "note-back" : "meta";
    line.textContent = words;
  };

  const typedElsewhere = (form) =>
    [...part.querySelectorAll("input[id], select[id]")]
      .filter((field) => field.form !== form && (field.classList.contains("proposed") || field.value !== field.defaultValue))
      .filter((field) => field.type !== "hidden" && (field.tagName !== "SELECT" || field.value))
      .map((field) => [field.id, field.value, field.closest("details")]);

  const refill = (typed) => {
    for (const [id, value] of typed) {
      const field = document.getElementById(id);
      if (!field) continue;
      field.value = value;
      const around = field.closest("details");
      if (around) around.open = true;
    }
  };

  const send = async (form) => {
    const pressed = form.querySelector("button[type=submit]");
    pressed.disabled = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "text/html" },
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-flow-part]");
      if (answer.ok && fresh) {
        const typed = typedElsewhere(form);
        const card = form.closest("[data-card]")?.dataset.card;
        part.replaceChildren(...document.adoptNode(fresh).childNodes);
        refill(typed);
        flow.querySelector("[data-upload-said]").textContent = page.querySelector(".messages")?.textContent ?? "Đã lưu.";
        const back = (card && part.querySelector(`[data-card="${card}"]`)) || flow.querySelector("input[type=file]");
        back?.focus();
        dispatchEvent(new Event("papers-changed"));
        return;
      }
      const told = [...page.querySelectorAll(".errors li, .note-back")].map((line) => line.textContent.trim());
      say(form, told.join(" ") || "Chưa lưu được. Phiên làm việc có thể đã hết: đăng nhập lại ở thẻ khác rồi thử lại.", true);
    } catch {
      say(form, "Mất kết nối, chưa lưu được. Nội dung vẫn còn trên trang này.", true);
    }
    pressed.disabled = false;
  };

  const propose = async (details) => {
    if (!details?.dataset.proposal || details.dataset.asked) return;
    details.dataset.asked = "1";
    const line = details.querySelector("[data-proposal-said]");
    line.setAttribute("role", "status");
    line.textContent = "Đang đọc tệp…";
    try {
      const answer = await fetch(details.dataset.proposal, { headers: { Accept: "application/json" } });
      const { fields = {}, text = "" } = await answer.json();
      let filled = 0;
      for (const [name, value] of Object.entries(fields)) {
        const field = details.querySelector(`[name="${name}"]`);
        if (!field || field.value !== field.defaultValue) continue; // somebody was quicker
        field.value = value;
        field.classList.add("proposed");
        filled += 1;
      }
      line.textContent = filled || !Object.keys(fields).length ? text : "";
    } catch {
      line.textContent = "Chưa đọc được tệp. Nhập theo văn bản.";
    }
  };

  part.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-flow-form]");
    if (!form) return;
    event.preventDefault();
    send(form);
  });
  part.addEventListener("click", (event) => {
    const link = event.target.closest("[data-proposal-link]");
    if (!link) return;
    event.preventDefault();
    propose(link.closest("details"));
  });
  // "toggle" does not rise, so it is caught on its way down.
  part.addEventListener(
    "toggle",
    (event) => {
      if (event.target.open && event.target.matches(".evidence-details")) propose(event.target);
    },
    true,
  );
  flow.addEventListener("evidence-stored", (event) => propose(event.detail.card.querySelector(".evidence-details")));
})();
