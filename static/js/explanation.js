// Whoever types an explanation has chosen to explain: without this script that is said by the radio button alone.
(() => {
  for (const form of document.querySelectorAll("[data-explains]")) {
    const choice = form.querySelector("input[name=opinion][value=explain]");
    form.querySelector("textarea[name=text]")?.addEventListener("input", (event) => {
      if (choice && event.target.value.trim()) choice.checked = true;
    });
  }
})();
