// Theme, copy buttons and keys. Runs before the first paint, and works on every page without knowing any.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("nats-console-theme"); } catch { return null; } };
  const apply = () => { root.dataset.theme = stored() ?? (dark.matches ? "dark" : "light"); };
  apply();
  dark.addEventListener("change", apply);

  const toggleTheme = () => {
    const next = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("nats-console-theme", next); } catch { /* private mode: for this page only */ }
    root.dataset.theme = next;
  };

  document.addEventListener("click", async (event) => {
    const target = event.target.closest("button");
    if (target?.matches("[data-theme-toggle]")) {
      toggleTheme();
    } else if (target?.matches("[data-copy]")) {
      await navigator.clipboard?.writeText(target.dataset.copy);
      target.textContent = "copied";
      setTimeout(() => { target.textContent = "copy"; }, 1500);
    } else if (target?.matches("[data-opens]")) {
      document.getElementById(target.dataset.opens)?.showModal();
    } else if (target?.matches("[data-closes]")) {
      target.closest("dialog")?.close();
    }
  });

  // A link that signs in needs no second click; without a script the button is there.
  document.addEventListener("DOMContentLoaded", () => document.querySelector("form[data-submit-once]")?.requestSubmit());

  const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;
  const move = (step) => {
    const items = [...document.querySelectorAll("[data-tree] [role=treeitem], [data-grid] tbody a")];
    const next = items[items.indexOf(document.activeElement) + step] ?? (step > 0 ? items[0] : items.at(-1));
    next?.focus();
  };

  // A tab behind others is refreshed less often. The page asks for it, and is told.
  globalThis.natsConsole = {
    watchVisibility: (page) => document.addEventListener("visibilitychange", () => {
      page.invokeMethodAsync("OnVisibility", document.hidden).catch(() => { /* the page has gone */ });
    }),
  };

  let isGoing = false;
  document.addEventListener("keydown", (event) => {
    const isTree = event.target.closest?.("[data-tree]");
    if (isTree && ["ArrowDown", "ArrowUp", "Home", "End", "Enter", " "].includes(event.key)) {
      event.preventDefault();
      const items = [...isTree.querySelectorAll("[role=treeitem]")];
      if (event.key === "Home") { items[0].focus(); }
      else if (event.key === "End") { items.at(-1).focus(); }
      else if (event.key.startsWith("Arrow")) { move(event.key === "ArrowDown" ? 1 : -1); }
      return;
    }

    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
      return;
    }

    if (isGoing) {
      isGoing = false;
      document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
      return;
    }

    switch (event.key) {
      case "g": isGoing = true; setTimeout(() => { isGoing = false; }, 1500); break;
      case "/": event.preventDefault(); document.querySelector("[data-filter]")?.focus(); break;
      case "?": document.getElementById("keys")?.showModal(); break;
      case "j": move(1); break;
      case "k": move(-1); break;
      default: document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
    }
  });
})();
