// On a phone a row of a workspace table becomes a small card. Each cell then needs the name of its column beside it:
// this copies the headings into the cells. Without this script the table scrolls inside its panel.
for (const table of document.querySelectorAll(".work .grid-table:not(.rank-table):not(.cmp):not(.leaves)")) {
  const heading = table.tHead?.rows[0];
  if (!heading) continue;
  const labels = [];
  for (const cell of heading.cells) {
    // A heading that nobody sees, such as that of a column of links, is not said beside each of them either.
    const isSeen = [...cell.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    labels.push(...Array(cell.colSpan).fill(isSeen ? cell.innerText.trim() : ""));
  }
  for (const body of table.tBodies) {
    for (const row of body.rows) {
      let column = 0;
      for (const cell of row.cells) {
        if (cell.colSpan === 1 && labels[column]) cell.dataset.label = labels[column];
        column += cell.colSpan;
      }
    }
  }
  table.classList.add("labelled");
}

// A table wider than its panel can be scrolled by keyboard too.
for (const box of document.querySelectorAll(".table-scroll")) {
  if (box.scrollWidth <= box.clientWidth) continue;
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", box.querySelector("caption")?.innerText.trim() || "Bảng rộng, cuộn ngang để xem hết");
}

// On a phone the tabs of a year are one row in a box of its own: the current one is brought into it.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}
