// What single keys do on a page, without the keys: where they go, what they unfold. keys.js binds them.
"use strict";

const hands = (() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const jump = (selector, by) => {
    const list = all(selector);
    if (!list.length) return false;
    const place = list.findIndex((each) => each.classList.contains("here"));
    const next = list[(place + by + list.length + (place < 0 && by < 0 ? 1 : 0)) % list.length];
    list.forEach((each) => each.classList.toggle("here", each === next));
    next.scrollIntoView({ block: "center" });
  };
  const visit = (selector) => {
    const place = one(selector);
    if (!place) return false;
    if (place instanceof HTMLDetailsElement) place.open = true;
    place.tabIndex = -1;
    place.focus();
  };
  return {
    "mark-next": () => jump(".words mark", 1),
    "mark-previous": () => jump(".words mark", -1),
    "sighting-next": () => jump("article.sighting", 1),
    "sighting-previous": () => jump("article.sighting", -1),
    peek: () => document.body.classList.add("revealed"),
    reveal: () => {
      const kept = document.body.classList.toggle("kept");
      document.body.classList.toggle("revealed", kept);
      all('[data-acts="reveal"]').forEach((button) => button.setAttribute("aria-pressed", String(kept)));
    },
    break: () => {
      const link = one('a[data-does="break"]');
      return link ? link.click() : false;
    },
    around: () => {
      const fold = one("details.around");
      if (!fold) return false;
      fold.open = !fold.open;
      one("summary", fold).focus();
    },
    seller: () => visit("#seller"),
    file: () => {
      const link = one('a[data-does="file"]');
      return link ? link.click() : false;
    },
    copy: () => (one("[data-copy]") ? one("[data-copy]").click() : false),
    filter: () => {
      one("#filters").open = true;
      (one("#sifts .sift:not([hidden]) li:not([hidden]) a") || one("#sort")).focus();
    },
    search: () => {
      const place = one("#search-words");
      const link = one('.places a[data-place="search"]');
      return place ? place.focus() : link ? link.click() : false;
    },
    note: () => {
      const note = one("#note");
      if (!note) return false;
      one("#choose-note").open = true;
      note.focus();
    },
    load: () => {
      const link = one("#arrived a");
      return link && !one("#arrived").hidden ? link.click() : false;
    },
    go: (place) => {
      const link = one(`.top a[data-place="${CSS.escape(place)}"]`);
      return link ? link.click() : false;
    },
  };
})();
