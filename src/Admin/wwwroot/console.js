// Theme, copy buttons and keys. Runs before the first paint, and works on every page without knowing any.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = (name) => { try { return localStorage.getItem(`nats-console-${name}`); } catch { return null; } };
  const store = (name, value) => { try { localStorage.setItem(`nats-console-${name}`, value); } catch { /* private mode: for this page only */ } };
  const apply = () => { root.dataset.theme = stored("theme") ?? (dark.matches ? "dark" : "light"); };
  apply();
  dark.addEventListener("change", apply);

  const toggleTheme = () => {
    const next = root.dataset.theme === "dark" ? "light" : "dark";
    store("theme", next);
    root.dataset.theme = next;
  };

  const download = (name, text) => {
    const url = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
    Object.assign(document.createElement("a"), { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };

  // A cell that a spreadsheet would take for a formula gets a quote in front.
  const csvCell = (text) => `"${(/^[=+@\t]|^-\D/.test(text) ? "'" : "") + text.replaceAll('"', '""')}"`;
  const csvOf = (table) => [...table.rows].map((row) => [...row.cells].map((cell) => csvCell(cell.textContent.trim().replace(/\s+/g, " "))).join(",")).join("\n");

  document.addEventListener("click", async (event) => {
    const target = event.target.closest("button");
    if (target?.matches("[data-theme-toggle]")) {
      toggleTheme();
    } else if (target?.matches("[data-reload]")) {
      location.reload();
    } else if (target?.matches("[data-copy]")) {
      await navigator.clipboard?.writeText(target.dataset.copy);
      target.textContent = "copied";
      setTimeout(() => { target.textContent = "copy"; }, 1500);
    } else if (target?.matches("[data-download]")) {
      download(target.dataset.download, target.dataset.text);
    } else if (target?.matches("[data-csv]")) {
      const all = document.querySelector("a[download][href*='.csv']");
      if (all) { all.click(); } else { download(`${location.pathname.split("/").pop() || "overview"}.csv`, [...document.querySelectorAll("main table")].map(csvOf).join("\n\n")); }
    } else if (target?.matches("[data-opens=keys]")) {
      openKeys();
    } else if (target?.matches("[data-opens]")) {
      document.getElementById(target.dataset.opens)?.showModal();
    } else if (target?.matches("[data-closes]")) {
      target.closest("dialog")?.close();
    }

    event.target.closest?.("a[data-closes-dialog]")?.closest("dialog").close();
  });
  document.addEventListener("submit", (event) => event.target.closest("form[data-closes-dialog]")?.closest("dialog").close());

  // Keys of the console can be turned off, for they may be those of somebody's aids.
  let usesKeys = stored("keys") !== "off";
  const openKeys = () => {
    const dialog = document.getElementById("keys");
    dialog?.querySelectorAll("[data-keys-toggle]").forEach((box) => { box.checked = usesKeys; });
    dialog?.showModal();
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-keys-toggle]")) {
      usesKeys = event.target.checked;
      store("keys", usesKeys ? "on" : "off");
    }
  });

  // Views: pages as their addresses say them, by names that this browser keeps.
  const views = () => { try { return JSON.parse(stored("views")) ?? {}; } catch { return {}; } };
  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const showViews = (details) => {
    const all = views();
    const keep = (change) => {
      const next = views();
      change(next);
      store("views", JSON.stringify(next));
      showViews(details);
      details.querySelector("input").focus();
    };
    const items = Object.keys(all).sort().map((name) => element("li", {},
      element("a", { href: new URL(all[name], document.baseURI).href, textContent: name, onclick: () => { details.open = false; } }), " ",
      element("button", { type: "button", className: "quiet", textContent: "Forget", ariaLabel: `Forget ${name}`, onclick: () => keep((next) => { delete next[name]; }) })));
    const form = element("form", {
      onsubmit: (event) => {
        event.preventDefault();
        const name = form.elements.name.value.trim();
        if (name) { keep((next) => { next[name] = location.href.slice(document.baseURI.length); }); }
      },
    }, element("input", { name: "name", maxLength: 40, placeholder: "Name", ariaLabel: "Name of this view" }), " ", element("button", { textContent: "Keep this view" }));
    details.querySelector("div").replaceChildren(items.length ? element("ul", { className: "plain" }, ...items) : element("p", { className: "none", textContent: "None yet." }), form);
  };
  document.addEventListener("toggle", (event) => { if (event.target.matches?.("[data-views]") && event.target.open) { showViews(event.target); } }, true);
  document.addEventListener("click", (event) => document.querySelectorAll("details.chooser[open]").forEach((details) => {
    if (event.target.isConnected && !details.contains(event.target)) { details.open = false; }
  }));

  // When the server answers again the page takes up its circuit. Where that is gone, for the server was started anew, the page loads
  // again: its address says what it showed.
  let isReturning = false;
  const returnWhenPossible = async () => {
    if (isReturning) {
      return;
    }

    isReturning = true;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const isLost = document.querySelector("#components-reconnect-modal:is(.components-reconnect-show, .components-reconnect-retrying, .components-reconnect-failed)");
      if (!isLost) {
        break;
      }

      const answers = await fetch(document.querySelector("link[rel=icon]").href, { cache: "no-store" }).then((response) => response.ok, () => false);
      if (answers && !await Blazor.reconnect().catch(() => false)) {
        location.reload();
        break;
      }
    }
    isReturning = false;
  };
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("components-reconnect-modal")?.addEventListener("components-reconnect-state-changed", (event) => {
      if (event.detail.state === "rejected") {
        location.reload();
      } else if (event.detail.state !== "hide") {
        returnWhenPossible();
      }
    });
  });

  // A link that signs in needs no second click; without a script the button is there.
  document.addEventListener("DOMContentLoaded", () => document.querySelector("form[data-submit-once]")?.requestSubmit());

  const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;
  const move = (step, list = "[data-tree] [role=treeitem], [data-grid] tbody :is(a, button)") => {
    const items = [...document.querySelectorAll(list)];
    const next = items[items.indexOf(document.activeElement) + step] ?? (step > 0 ? items[0] : items.at(-1));
    next?.focus();
  };

  // A grid is one stop of the Tab key. Within it the arrows move: up and down by rows, and in a row by what there is to press.
  const stops = "thead button, tbody :is(a, button, input)";
  let current = null;
  const settle = () => document.querySelectorAll("[data-grid] table").forEach((grid) => {
    const all = [...grid.querySelectorAll(stops)];
    const stop = all.includes(current) ? current : all.find((each) => each.closest("tbody")) ?? all[0];
    all.forEach((each) => {
      const index = each === stop ? 0 : -1;
      if (each.getAttribute("tabindex") !== `${index}`) { each.tabIndex = index; }
    });
  });
  const step = (grid, key) => {
    const rows = [...grid.querySelectorAll("tr")].filter((row) => row.querySelector(stops));
    const row = current.closest("tr");
    const inRow = [...row.querySelectorAll(stops)];
    const ways = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };
    if (key === "ArrowLeft" || key === "ArrowRight") { return inRow[inRow.indexOf(current) + ways[key]]; }
    const next = key === "Home" ? rows.find((each) => each.closest("tbody")) : key === "End" ? rows.at(-1) : rows[rows.indexOf(row) + ways[key]];
    return [...next?.querySelectorAll(stops) ?? []].find((each) => each.tagName === current.tagName) ?? next?.querySelector(stops);
  };
  new MutationObserver(settle).observe(root, { childList: true, subtree: true });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.(`[data-grid] :is(${stops})`)) {
      current = event.target;
      settle();
    }
  });

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

    const grid = event.target === current && current?.closest("[data-grid]");
    if (grid && ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Home", "End"].includes(event.key)) {
      event.preventDefault();
      step(grid, event.key)?.focus();
      return;
    }

    if (event.key === "Escape") {
      const chooser = event.target.closest?.("details.chooser[open]");
      chooser?.removeAttribute("open");
      chooser?.querySelector("summary").focus();
    }

    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.matches(".fields")) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }

    if (!usesKeys) {
      return;
    }

    const open = document.querySelector("dialog[open]");
    if (event.key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      const palette = document.getElementById("palette");
      if (palette && !open) {
        palette.showModal();
        palette.querySelector("input").select();
      }
      return;
    }

    if (open?.id === "palette" && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1, "#palette li a");
      return;
    }

    if (open || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
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
      case "?": openKeys(); break;
      case "x": document.activeElement.closest("tr")?.querySelector("[data-select]")?.click(); break;
      case "j": move(1); break;
      case "k": move(-1); break;
      default: document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
    }
  });
})();
