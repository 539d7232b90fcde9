// "Chép": puts the text of a field on the clipboard. Where the browser has none the button stays hidden; the text can
// be marked and copied by hand.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.copied;
      button.setAttribute("aria-live", "polite");
    });
  }
}
