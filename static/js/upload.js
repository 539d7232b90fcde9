// Brings files in from the page of a leaf: two at a time, each with its progress, three tries, then a button. What was
// refused stays listed with its reason. Every file has a key of its own, so that a retry stores nothing twice. Without
// this script the same form sends all files at once.
(() => {
  const AT_ONCE = 2;
  const WAITS = [1000, 3000]; // before the second and the third try
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const flow = form.closest("[data-evidence-flow]");
  const list = flow.querySelector("[data-uploads]");
  const said = flow.querySelector("[data-upload-said]");
  const waiting = [];
  const count = { running: 0, stored: 0, refused: 0 };

  const makeKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((part) => part.toString(16).padStart(2, "0")).join("");

  const make = (tag, text, className = "") => {
    const node = document.createElement(tag);
    node.textContent = text;
    node.className = className;
    return node;
  };

  const tell = () => {
    const left = count.running + waiting.length;
    const parts = [];
    if (left) parts.push(`Đang tải ${left} tệp.`);
    if (count.stored) parts.push(`Đã lưu ${count.stored} tệp.`);
    if (count.refused) parts.push(`${count.refused} tệp chưa lưu, xem lý do ở danh sách.`);
    const words = parts.join(" ");
    if (said.textContent !== words) said.textContent = words;
  };

  const show = (job, words, ...more) => {
    job.line.replaceChildren(make("b", job.file.name), make("p", words, more.length ? "is-bad" : "meta"), ...more);
  };

  const button = (words, about, act) => {
    const made = make("button", words, "btn btn-quiet btn-sm");
    made.type = "button";
    made.append(make("span", `: ${about}`, "visually-hidden"));
    made.addEventListener("click", act);
    return made;
  };

  const forget = (job) => {
    job.line.remove();
    list.hidden = !list.children.length;
    form.querySelector("input[type=file]").focus();
  };

  const refuse = (job, words, canRetry) => {
    count.refused += 1;
    const acts = make("p", "", "row-wrap");
    if (canRetry)
      acts.append(
        button("Thử lại", job.file.name, () => {
          count.refused -= 1;
          job.tries = 0;
          add(job);
        }),
        " ",
      );
    acts.append(
      button("Bỏ khỏi danh sách", job.file.name, () => {
        count.refused -= 1;
        forget(job);
        tell();
      }),
    );
    show(job, words, acts);
  };

  const stored = (job, answer) => {
    count.stored += 1;
    job.line.remove();
    list.hidden = !list.children.length;
    const cards = flow.querySelector("[data-cards]");
    cards.querySelector(`[data-card="${answer.pk}"]`)?.remove();
    cards.insertAdjacentHTML("beforeend", answer.card);
    cards.hidden = false;
    const none = flow.querySelector("[data-none]");
    if (none) none.hidden = true;
    flow.dispatchEvent(new CustomEvent("evidence-stored", { detail: { card: cards.lastElementChild } }));
    dispatchEvent(new Event("papers-changed"));
  };

  const newToken = async () => {
    try {
      const field = form.elements.csrfmiddlewaretoken;
      const answer = await fetch(form.dataset.token, { headers: { Accept: "application/json", "X-By-Itself": "1" } });
      const { token } = await answer.json();
      if (token) field.value = token;
      return Boolean(token);
    } catch {
      return false;
    }
  };

  const later = (job, words) => {
    if (job.tries > WAITS.length) {
      refuse(job, words, true);
      return;
    }
    show(job, `${words} Đang chờ để thử lại lần ${job.tries + 1}.`);
    count.running += 1; // a place is kept: it is still on its way
    setTimeout(() => {
      count.running -= 1;
      waiting.unshift(job);
      next();
    }, WAITS[job.tries - 1]);
  };

  const answered = async (job, request) => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // a page of a proxy, or nothing at all
    }
    const words = answer.text || "";
    if (request.status === 201 && answer.state === "stored") stored(job, answer);
    else if (request.status === 401) {
      const link = make("a", "Đăng nhập lại rồi bấm Thử lại");
      link.href = answer.url || "/tai-khoan/dang-nhap/";
      link.target = "_blank";
      link.rel = "noopener";
      refuse(job, "Phiên làm việc đã hết, tệp chưa lưu.", true);
      job.line.append(link);
    } else if (answer.state === "csrf" && !job.asked && (await newToken())) {
      job.asked = true;
      waiting.unshift(job);
    } else if (answer.state === "csrf") refuse(job, words, true);
    else if (request.status === 413) refuse(job, words || `Không nhận tệp “${job.file.name}” vì quá lớn.`, false);
    else if (request.status >= 400 && request.status < 500) {
      refuse(job, words || "Trang này không còn nhận tệp. Tải lại trang.", false);
    } else later(job, words || "Chưa gửi được tệp: mất kết nối.");
  };

  const send = (job) => {
    job.tries += 1;
    count.running += 1;
    const progress = document.createElement("progress");
    progress.max = 100;
    progress.value = 0;
    progress.setAttribute("aria-label", `Đang tải ${job.file.name}`);
    show(job, "Đang tải lên…");
    job.line.append(progress);
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "criterion", "purpose", "back"]) data.set(name, form.elements[name].value);
    data.set("key", job.key);
    data.set("file", job.file);
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.upload);
    request.setRequestHeader("Accept", "application/json");
    request.timeout = 10 * 60 * 1000;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = Math.round((100 * event.loaded) / event.total);
    });
    request.addEventListener("loadend", async () => {
      await answered(job, request);
      count.running -= 1;
      next();
    });
    request.send(data);
  };

  const next = () => {
    while (count.running < AT_ONCE && waiting.length) send(waiting.shift());
    tell();
  };

  const add = (job) => {
    show(job, "Đang chờ đến lượt.");
    waiting.push(job);
    next();
  };

  const take = (files) => {
    for (const file of files) {
      const job = { file, key: makeKey(), tries: 0, asked: false, line: document.createElement("li") };
      list.append(job.line);
      list.hidden = false;
      add(job);
    }
  };

  form.classList.add("is-live");
  flow.querySelector("[data-drop-words]").hidden = false;
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      take([...input.files]);
      input.value = "";
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("is-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  // A file dropped beside the box would take the place of the page, and of what is typed there.
  for (const kind of ["dragover", "drop"]) {
    addEventListener(kind, (event) => {
      if ([...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault();
    });
  }
  addEventListener("beforeunload", (event) => {
    if (count.running || waiting.length) event.preventDefault();
  });
})();
