// What somebody has typed into the fields of a form, or of a part of one: read and written by the scripts that keep it
// (drafts.js, autosave.js). Passwords, codes, files and what the page itself says in hidden fields are never part of it.
window.typed = (() => {
  const SECRET = /password|one-time-code/;
  const isTyped = (field) =>
    field.name &&
    field.name !== "csrfmiddlewaretoken" &&
    !["password", "file", "hidden", "submit", "button", "reset", "image"].includes(field.type) &&
    ["INPUT", "TEXTAREA", "SELECT"].includes(field.tagName) &&
    !SECRET.test(field.autocomplete);
  const controlsOf = (place) => [...(place.elements ?? place.querySelectorAll("input, textarea, select"))];
  const fieldsOf = (place) => controlsOf(place).filter(isTyped);
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
  const stateOf = (field) => {
    if (isTicked(field)) return field.checked;
    if (field.multiple && field.options) return [...field.selectedOptions].map((option) => option.value);
    return field.value;
  };
  // One entry a control: its name, for ticks also its value, and its place among those of the same name.
  const keysOf = (fields) => {
    const seen = new Map();
    return fields.map((field) => {
      const key = isTicked(field) ? `${field.name}=${field.value}` : field.name;
      seen.set(key, (seen.get(key) ?? -1) + 1);
      return `${key}#${seen.get(key)}`;
    });
  };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const set = (field, state) => {
    if (isTicked(field)) field.checked = state;
    else if (field.multiple && field.options) for (const option of field.options) option.selected = state.includes(option.value);
    else field.value = state;
    for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  };
  const read = (place) => {
    const fields = fieldsOf(place);
    const keys = keysOf(fields);
    return Object.fromEntries(fields.map((field, at) => [keys[at], stateOf(field)]));
  };
  const write = (place, state) => {
    const fields = fieldsOf(place);
    keysOf(fields).forEach((key, at) => {
      const field = fields[at];
      if (!(key in state) || same(state[key], stateOf(field))) return;
      set(field, state[key]);
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    });
  };
  return { controlsOf, fieldsOf, isTicked, stateOf, set, same, read, write };
})();
