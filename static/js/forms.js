// Puts the keyboard on the error summary of a page that came back with faults. Without this script the summary is
// still the first thing on the page and announces itself (role="alert").
document.querySelector("[data-focus]")?.focus();
