// Search without diacritics, class filter and column sorting over a ranking that is already whole in the page.
// Everything works on the rows that are there; without this script the table is complete and in order of rank.
(() => {
  const table = document.querySelector("[data-rank-table]");
  const form = document.querySelector("[data-rank-filters]");
  if (!table || !form) return;

  const body = table.tBodies[0];
  const rows = [...table.querySelectorAll("tr[data-rank]")];
  const ranked = rows.filter((row) => row.parentElement === body);
  const mean = body.querySelector("tr.mean");
  const meanAt = mean ? [...body.rows].indexOf(mean) : -1;
  const dividers = [...table.querySelectorAll("tr.divider")];
  const search = form.querySelector("input[type=search]");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const said = form.querySelector(".filters-said");
  let column = "rank";
  let falling = false;

  const fold = (text) =>
    text.replace(/[đĐ]/g, "d").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
  const names = new Map(rows.map((row) => [row, fold(row.querySelector(".unit-name").textContent)]));

  const filter = () => {
    const wanted = fold(search.value);
    const shownGrades = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const row of rows) {
      const grade = row.dataset.grade;
      row.hidden = !names.get(row).includes(wanted) || (boxes.length > 0 && grade !== undefined && !shownGrades.has(grade));
      if (!row.hidden) shown += 1;
    }
    const all = shown === rows.length;
    if (mean) mean.hidden = !all || column === "name" || column === "change";
    for (const divider of dividers) divider.hidden = rows.every((row) => row.hidden || row.parentElement !== divider.parentElement);
    if (shown > 0) said.textContent = all ? "" : `Đang hiện ${shown} trong ${rows.length} đơn vị.`;
    else if (wanted) said.textContent = `Không có đơn vị nào tên “${search.value.trim()}”. Thử gõ một phần tên, có dấu hoặc không dấu đều được.`;
    else said.textContent = "Không có đơn vị nào thuộc loại đã chọn.";
  };

  // Numbers here only order rows on the screen; the figures shown are the text of the page and stay as they are.
  const compare = (first, second) => {
    const [a, b] = [first.dataset[column], second.dataset[column]];
    if (a === "" || b === "") return (a === "") - (b === "");
    const order = column === "name" ? (a < b ? -1 : a > b ? 1 : 0) : Number(a) - Number(b);
    return falling ? -order : order;
  };

  const sort = (heading) => {
    const chosen = heading.dataset.sort;
    const fallsFirst = chosen === "index" || chosen === "change";
    falling = chosen === column ? !falling : fallsFirst;
    column = chosen;
    // Rank and index order the table alike; only then does the mean have a place in it.
    const sorted = [...ranked].sort(compare);
    body.append(...sorted);
    if (mean) {
      const atTop = (column === "rank") === falling;
      const before = column === "name" || column === "change" ? null : sorted[atTop ? sorted.length - meanAt : meanAt];
      body.insertBefore(mean, before ?? null);
    }
    for (const other of table.tHead.querySelectorAll("th[data-sort]")) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
    filter();
    said.textContent = `Xếp theo cột ${heading.textContent.trim()}, ${falling ? "từ cao xuống thấp" : "từ thấp lên cao"}.`;
  };

  for (const heading of table.tHead.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(heading));
  }
  table.tHead.querySelector('th[data-sort="rank"]').setAttribute("aria-sort", "ascending");
  search.addEventListener("input", filter);
  for (const box of boxes) box.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
})();
