// A search above long lists of things to choose: by code or name, with or without diacritics. What is ticked stays
// ticked and stays in sight. Without this script the list is simply long.
(() => {
  const LONG = 12;
  const fold = (text) =>
    text.replace(/[đĐ]/g, "d").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();

  const searchOver = (list, items, isChosen, name) => {
    if (items.length <= LONG) return;
    const names = new Map(items.map((item) => [item, fold(item.textContent)]));
    const label = document.createElement("label");
    label.className = "form-label";
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
      let shown = 0;
      for (const item of items) {
        item.hidden = !names.get(item).includes(wanted) && !isChosen(item);
        if (!item.hidden) shown += 1;
      }
      said.textContent = wanted ? `Đang hiện ${shown} trong ${items.length} mục.` : "";
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // it narrows the list, it does not send the form
    });
    list.before(label, search, said);
  };

  document.querySelectorAll("form ul.pick-list").forEach((list, place) => {
    const items = [...list.querySelectorAll("li")].filter((item) => item.querySelector("input"));
    searchOver(list, items, (item) => item.querySelector("input").checked, `ds-${place}`);
  });
  document.querySelectorAll("select[data-picker]").forEach((list) => {
    const items = [...list.options].filter((item) => item.value);
    searchOver(list, items, (item) => item.selected, list.id);
  });
})();
