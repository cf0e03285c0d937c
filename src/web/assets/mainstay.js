// Enhancement only: every page is complete and usable without this file.
const root = document.documentElement;

// Appearance: the server stores the choice in a cookie and writes data-theme;
// here it only changes without a round trip.
function setTheme(value) {
  if (value === "light" || value === "dark") root.dataset.theme = value;
  else delete root.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-form] button")) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
}
const asked = new URLSearchParams(location.search).get("theme");
if (asked) setTheme(asked);
for (const form of document.querySelectorAll("[data-theme-form]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    setTheme(event.submitter?.value);
    // The server keeps the choice; without an answer it holds until the next page.
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    fetch(form.action, { method: "POST", body: fields, redirect: "manual" }).catch(() => {});
  });
}

// "/" goes to search, Escape closes menus. data-keys="off" on <html> switches
// single keys off (an account setting, WCAG 2.1.4).
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    const open = document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    return;
  }
  if (typing || root.dataset.keys === "off") return;
  if (event.key === "/") {
    const find = document.querySelector("[data-hotkey='/']");
    if (find) { event.preventDefault(); find.focus(); find.select(); }
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Dialogs: links to #id open the <dialog> modally; without script the
// same link shows it through :target.
for (const link of document.querySelectorAll("a[data-dialog]")) {
  const dialog = document.querySelector(link.getAttribute("href"));
  link.addEventListener("click", (event) => {
    if (!dialog?.showModal) return;
    event.preventDefault();
    dialog.showModal();
  });
}
for (const close of document.querySelectorAll("dialog [data-close]")) {
  close.addEventListener("click", (event) => {
    const dialog = close.closest("dialog");
    if (dialog.open) { event.preventDefault(); dialog.close(); }
  });
}

// Tables: the head box selects the page; the bar counts what is selected.
for (const form of document.querySelectorAll("form[data-select]")) {
  const all = form.querySelector("thead .pick");
  const boxes = [...form.querySelectorAll("tbody .pick")];
  const count = form.querySelector("[data-count]");
  const sync = () => {
    const n = boxes.filter((box) => box.checked).length;
    if (all) { all.checked = n === boxes.length; all.indeterminate = n > 0 && n < boxes.length; }
    if (count) count.textContent = String(n);
  };
  all?.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; sync(); });
  form.addEventListener("change", sync);
  sync();
}

// Copy buttons say what happened in words.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(button.dataset.copy);
    const said = button.querySelector("[data-said]");
    if (said) said.textContent = "Copied";
  });
}

// Live parts: fetch the same page every few seconds and take its copy of the part,
// as long as somebody looks and the part still asks for it.
for (const part of document.querySelectorAll("[data-live]")) {
  const every = Number(part.dataset.live) * 1000;
  const selector = part.id ? "#" + part.id : "[data-live]";
  let current = part;
  const look = async () => {
    if (!document.hidden) {
      const answer = await fetch(location.href).catch(() => null);
      if (answer?.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);
        if (!fresh) return;
        current.replaceWith(fresh);
        current = fresh;
        if (!fresh.dataset.live) { location.reload(); return; }
      }
    }
    setTimeout(look, every);
  };
  setTimeout(look, every);
}
