"use strict";
// Boxes that search while one types (select2) are named after the label of their field, which the library forgets.
function nameBoxes() {
  for (const box of document.querySelectorAll(".select2-selection:not([data-named])")) {
    const shown = box.querySelector(".select2-selection__rendered");
    const field = shown && shown.id.replace(/^select2-/, "").replace(/-container$/, "");
    const label = field && document.querySelector(`label[for="${CSS.escape(field)}"]`);
    if (!label) continue;
    label.id = label.id || `label-${field}`;
    box.dataset.named = "";
    box.setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
    shown.setAttribute("aria-labelledby", label.id);
  }
}
// Rows ticked in a list are no text to keep (drafts.js).
for (const form of document.querySelectorAll("#changelist-form")) form.dataset.noDrafts = "";
// The library makes its boxes when it is ready, which may be after everything else.
new MutationObserver(nameBoxes).observe(document.documentElement, { childList: true, subtree: true });
