// The keyboard, and nothing else: every page works without this file.
// Bindings are read from the help table, so that help and bindings cannot differ.
"use strict";

(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const help = one("#keys");
  const where = document.body.classList.contains("page-queue") ? "queue" : "lead";
  const bindings = new Map();
  for (const row of all("#keys [data-code]")) {
    const { code, does, where: place } = row.dataset;
    if (place === "both" || place === where) {
      bindings.set((row.hasAttribute("data-shift") ? "Shift+" : "") + code, does);
    }
  }
  let chooser = null; // the open list of reasons or times; digits press its buttons
  let sent = false; // a decision is on its way; a second key would decide another lead

  // An input method owns the keyboard while it composes (Zhuyin, Cangjie): keyCode 229 is its sign in older browsers.
  const composing = (event) => event.isComposing || event.key === "Process" || event.keyCode === 229;
  const writing = (target) =>
    target instanceof Element &&
    target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

  const rows = () => all(".row");
  const current = () => {
    const focused = document.activeElement && document.activeElement.closest(".row");
    return focused || one(`.row[data-lead="${CSS.escape(sessionStorage.getItem("lead") || "")}"]`);
  };
  const select = (row) => {
    if (!row) return;
    sessionStorage.setItem("lead", row.dataset.lead);
    one(".words", row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    if (where === "lead") {
      const link = one(`a[data-does="${by > 0 ? "next" : "previous"}"]`);
      if (link) link.click();
      return;
    }
    const list = rows();
    const place = list.indexOf(current());
    const onRow = document.activeElement && document.activeElement.closest(".row");
    if (place < 0 || !onRow) return select(list[Math.max(place, 0)]);
    const next = list[place + by];
    if (next) return select(next);
    const more = by > 0 && one('a[rel="next"]');
    if (more) more.focus();
  };

  // On the queue the one form decides on the chosen row; on a lead's page it is that lead's own.
  const aim = () => {
    const form = one("#decide");
    if (!form) return null;
    if (where === "queue") {
      const row = current();
      if (!row) return null;
      form.action = row.dataset.decide;
      form.elements.version.value = row.dataset.version;
      sessionStorage.setItem("place", String(rows().indexOf(row)));
    }
    return form;
  };
  const tell = (sentence) => {
    const status = one("#status");
    status.replaceChildren(Object.assign(document.createElement("span"), { textContent: sentence }));
  };
  const press = (name) => {
    const button = one(`[data-does="press:${CSS.escape(name)}"]`);
    if (!button || sent) return;
    if (name !== "reopened" && !aim()) return;
    if (button.dataset.only && current().dataset.kind !== button.dataset.only) return tell(button.dataset.otherwise);
    button.form.requestSubmit(button);
  };

  const open = (name) => {
    const list = one(`#choose-${CSS.escape(name)}`);
    if (!list || (where === "queue" && !current())) return;
    chooser = list;
    if (list instanceof HTMLDialogElement) {
      list.showModal();
    } else {
      all(".panel[open]").forEach((panel) => (panel.open = panel === list));
      list.open = true;
      one("[data-digit]", list).focus();
    }
  };
  const close = () => {
    if (!chooser) return;
    if (chooser instanceof HTMLDialogElement) chooser.close();
    else chooser.open = false;
    chooser = null;
  };
  const choose = (digit) => {
    const button = one(`[data-digit="${digit}"]`, chooser);
    if (!button || sent) return;
    const rule = one("#false-rule");
    if (button.dataset.needs === "rule" && !rule.value) {
      rule.focus();
      return;
    }
    const note = one("#note");
    if (button.dataset.needs === "note" && note && !note.value.trim()) {
      one("#choose-note").open = true;
      note.focus();
      return;
    }
    button.click();
  };

  const marks = () => all(".words mark");
  const jump = (by) => {
    const list = marks();
    if (!list.length) return;
    const place = list.findIndex((mark) => mark.classList.contains("here"));
    const next = list[(place + by + list.length + (place < 0 && by < 0 ? 1 : 0)) % list.length];
    list.forEach((mark) => mark.classList.toggle("here", mark === next));
    next.scrollIntoView({ block: "center" });
  };

  const acts = {
    next: () => step(1),
    previous: () => step(-1),
    open: () => current() && one(".words", current()).click(),
    back: () => one('a[data-does="back"]').click(),
    "mark-next": () => jump(1),
    "mark-previous": () => jump(-1),
    filter: () => {
      one("#filters").open = true;
      one("#sort").focus();
    },
    search: () => one("#search-words").focus(),
    note: () => {
      const note = one("#note");
      if (!note) return;
      one("#choose-note").open = true;
      note.focus();
    },
    load: () => {
      const link = one("#arrived a");
      if (link && !one("#arrived").hidden) link.click();
    },
    help: () => help.showModal(),
  };
  const act = (does) => {
    const [verb, name] = does.split(":");
    if (verb === "press") press(name);
    else if (verb === "choose") open(name);
    else acts[does]();
  };

  document.addEventListener("keydown", (event) => {
    if (composing(event) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") {
      if (writing(event.target)) event.target.blur();
      else if (chooser) close();
      return;
    }
    if (event.key === "Enter" && event.target.id === "false-rule") {
      event.preventDefault();
      one('[data-needs="rule"]').click();
      return;
    }
    if (writing(event.target) || event.repeat) return;
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    if (digit && chooser && !event.shiftKey) {
      event.preventDefault();
      choose(digit[1]);
      return;
    }
    if (one("dialog[open]")) return;
    const does = bindings.get((event.shiftKey ? "Shift+" : "") + event.code);
    if (!does) return;
    event.preventDefault();
    if (chooser && !does.startsWith("choose")) close();
    act(does);
  });

  // Buttons of the queue's dialogs decide on the chosen row, also when they are clicked.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-digit]");
    if (!button || where !== "queue") return;
    if (button.dataset.opens) {
      event.preventDefault();
      const link = current() && one(".words", current());
      if (link) location.assign(`${link.href}#choose-${button.dataset.opens}`);
      return;
    }
    if (!aim()) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "decide") return;
    if (sent) event.preventDefault();
    sent = true;
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest(".row");
    if (row) sessionStorage.setItem("lead", row.dataset.lead);
  });
  all("details.panel").forEach((panel) =>
    panel.addEventListener("toggle", () => {
      if (panel.open && one("[data-digit]", panel)) chooser = panel;
      else if (chooser === panel) chooser = null;
    }),
  );
  all("dialog").forEach((dialog) => dialog.addEventListener("close", () => (chooser = null)));
  addEventListener("pageshow", (event) => {
    if (event.persisted) sent = false;
  });

  // Where we were: the lead named in the address, the one looked at last, or the same place in the list.
  // After loading: going to the address's fragment takes the focus away.
  addEventListener("load", () => {
    if (where !== "queue" || !one(".rows")) return;
    const named = location.hash.startsWith("#lead-") && document.getElementById(location.hash.slice(1));
    const place = sessionStorage.getItem("place");
    sessionStorage.removeItem("place");
    if (named) select(named);
    else if (place !== null) select(rows()[Math.min(Number(place), rows().length - 1)]);
    else if (location.hash) select(current());
  });
  // Leads that arrived meanwhile are told, and loaded when asked for; an empty list loads them by itself.
  const arrived = one("#arrived");
  const look = async () => {
    if (document.visibilityState !== "visible" || sent) return;
    const answer = await fetch(arrived.dataset.address).catch(() => null);
    if (!answer) return;
    if (!answer.ok || answer.redirected) return clearInterval(looking);
    const { count, sentence } = await answer.json();
    if (!count) return;
    if (!one(".rows") && !one(".chips")) return location.reload();
    one("[data-count]", arrived).textContent = sentence;
    arrived.hidden = false;
  };
  const looking = arrived && setInterval(look, Number(arrived.dataset.seconds) * 1000);

  if (where === "lead" && location.hash.startsWith("#choose-")) open(location.hash.slice(8));
  const error = one("#error");
  if (error) error.focus();
  // A status that stood there from the beginning is not announced: put it back a moment later.
  const status = one("#status span");
  if (status) {
    const text = status.textContent;
    status.textContent = "";
    setTimeout(() => (status.textContent = text), 150);
  }
})();
