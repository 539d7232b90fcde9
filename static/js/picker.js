// A search above long lists of things to choose: by code or name, with or without diacritics. What is ticked stays
// ticked and stays in sight. Where one is chosen out of many, the only match is chosen, and a choice that does not match
// is taken back, so that nothing is sent that the search does not show. Without this script the list is simply long.
(() => {
  const LONG = 12;
  const fold = (text) =>
    text.replace(/[đĐ]/g, "d").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();

  const searchOver = (list, items, isKept, name, choose) => {
    if (items.length <= LONG) return;
    const names = new Map(items.map((item) => [item, fold(item.textContent)]));
    const above = document.createElement("div");
    const label = document.createElement("label");
    label.className = "form-text";
    label.textContent = `Tìm trong ${items.length} mục theo mã hoặc tên`;
    const search = document.createElement("input");
    search.type = "search";
    search.className = "form-control";
    search.autocomplete = "off";
    search.id = `tim-${name}`;
    label.htmlFor = search.id;
    const said = document.createElement("p");
    said.className = "meta mb-0";
    said.setAttribute("role", "status");
    search.addEventListener("input", () => {
      const wanted = fold(search.value);
      const found = items.filter((item) => names.get(item).includes(wanted));
      const chosen = wanted ? choose(found) : "";
      let shown = 0;
      for (const item of items) {
        item.hidden = !found.includes(item) && !isKept(item);
        if (!item.hidden) shown += 1;
      }
      said.textContent = wanted ? `Đang hiện ${shown} trong ${items.length} mục.${chosen}` : "";
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // it narrows the list, it does not send the form
    });
    above.append(label, search, said);
    list.before(above);
  };

  document.querySelectorAll("form ul.pick-list").forEach((list, place) => {
    const items = [...list.querySelectorAll("li")].filter((item) => item.querySelector("input"));
    searchOver(list, items, (item) => item.querySelector("input").checked, `ds-${place}`, () => "");
  });
  document.querySelectorAll("select[data-picker]").forEach((list) => {
    const items = [...list.options].filter((item) => item.value);
    const choose = (found) => {
      const before = list.value;
      if (found.length === 1) list.value = found[0].value;
      else if (!found.some((item) => item.selected)) list.value = "";
      if (list.value !== before) list.dispatchEvent(new Event("change", { bubbles: true }));
      const [chosen] = items.filter((item) => item.selected);
      return chosen ? ` Đang chọn: ${chosen.textContent}.` : found.length ? " Chưa chọn mục nào." : "";
    };
    searchOver(list, items, () => false, list.id, choose);
  });
})();
