// What a page does by itself while somebody works: renew a lease, tell of new leads, count, copy. Everything works without it.
"use strict";

(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const watched = () => document.visibilityState === "visible" && !document.body.dataset.sent;
  const say = (status, text) => {
    status.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
  };

  // Leads that arrived meanwhile are told, and loaded when asked for; an empty list loads them by itself.
  const arrived = one("#arrived");
  const look = async () => {
    if (!watched()) return;
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

  // The counts of the filters come after the page; what was chosen meanwhile stays chosen.
  const facets = one("#facets[data-address]");
  const count = async () => {
    const answer = await fetch(facets.dataset.address).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const counts = await answer.json();
    for (const box of all("input[type=radio]", facets)) {
      if (!box.value || !counts[box.name] || box.value === "any") continue;
      const number = counts[box.name][box.value] || 0;
      const label = box.closest("label");
      one(".count", label).textContent = String(number);
      label.hidden = !number && !box.checked;
    }
    const stood = document.activeElement.closest("#sifts li");
    for (const turn of all("#sifts .turn")) {
      const number = (counts[turn.dataset.facet] || {})[turn.dataset.value] || 0;
      one(".count", turn).textContent = String(number);
      turn.closest("li").hidden = !number && !turn.dataset.state;
    }
    for (const sift of all("#sifts .sift")) sift.hidden = !one("li:not([hidden])", sift);
    if (stood && stood.hidden) (one("#sifts .sift:not([hidden]) li:not([hidden]) a") || one("#sort")).focus();
    one("#sift-rules").innerHTML = counts.rules;
    stay();
  };
  // Whoever turned a chip stands on it again, and sees its next state.
  const stay = () => {
    const turned = location.hash.startsWith("#sift-") && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!turned || turned === document.activeElement || document.activeElement !== document.body) return;
    one("#filters").open = true;
    turned.focus();
  };
  stay();
  if (facets) count();

  // A lease lives while its page is looked at.
  const hold = one("#hold");
  const beat = async () => {
    if (!watched()) return;
    const answer = await fetch(hold.action, { method: "POST", body: new FormData(hold) }).catch(() => null);
    if (!answer) return;
    if (answer.redirected) one("#asleep").hidden = false;
    if (!answer.ok || answer.redirected) return clearInterval(beating);
    const { mine, sentence } = await answer.json();
    const lost = one("#lost");
    if (!mine && lost.hidden) one("[data-sentence]", lost).textContent = sentence;
    lost.hidden = mine;
    hold.toggleAttribute("data-held", mine);
  };
  const beating = hold && setInterval(beat, Number(hold.dataset.seconds) * 1000);
  if (hold) beat();

  // The selection's size, and whether anything is selected at all.
  const bulk = one("#bulk");
  const boxes = () => all(".row:not(.gone) input[name=lead]");
  const size = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    one("[data-chosen]", bulk).textContent = String(chosen);
    bulk.classList.toggle("some", chosen > 0);
    const every = one("#select-all");
    if (every) every.checked = chosen > 0 && chosen === boxes().length;
  };
  if (bulk) {
    addEventListener("change", (event) => {
      if (event.target.id === "select-all") boxes().forEach((box) => (box.checked = event.target.checked));
      if (event.target.closest(".row, #bulk")) size();
    });
    addEventListener("pageshow", size);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard?.writeText(button.dataset.copy).catch(() => null);
    say(one("#status"), button.dataset.copied);
  });

  // What stands around a post is asked for when it is unfolded, and put on record then.
  all("details.around").forEach((fold) =>
    fold.addEventListener("toggle", async () => {
      if (!fold.open || fold.dataset.read) return;
      fold.dataset.read = "yes";
      const answer = await fetch(fold.dataset.around).catch(() => null);
      if (!answer || !answer.ok || answer.redirected) return void delete fold.dataset.read;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const posts = page.querySelector("#around-posts");
      if (!posts) return;
      posts.removeAttribute("id");
      fold.lastElementChild.replaceWith(document.importNode(posts, true));
    }),
  );

  // What takes longer than a moment says so.
  const loading = one("#loading");
  const calm = () => {
    loading.hidden = true;
    loading.replaceChildren();
  };
  let waiting = 0;
  addEventListener("beforeunload", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      loading.hidden = false;
      say(loading, loading.dataset.text);
    }, 300);
  });
  for (const event of ["pageshow", "keydown", "pointerdown"])
    addEventListener(event, () => {
      clearTimeout(waiting);
      calm();
    });

  // What somebody writes stays in this window until it was accepted: a session that ended meanwhile loses nothing.
  const drafts = all("textarea[name=note]");
  const draftOf = (box) => `draft:${location.pathname.replace(/(decide|notes|assign)\/$/, "")}:${box.id}`;
  const kept = (prefix) => Object.keys(sessionStorage).filter((name) => name.startsWith(prefix));
  for (const name of kept("sent:")) {
    if (one("#status span")) sessionStorage.removeItem(name.slice(5)); // accepted; what was refused stays a draft
    sessionStorage.removeItem(name);
  }
  for (const box of drafts) {
    const draft = sessionStorage.getItem(draftOf(box));
    if (draft && !box.value) {
      box.value = draft;
      for (let fold = box.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      if (!one("#status span")) say(one("#status"), document.body.dataset.draft); // what was done is told first
    }
    box.addEventListener("input", () => {
      if (box.value) sessionStorage.setItem(draftOf(box), box.value);
      else sessionStorage.removeItem(draftOf(box));
    });
  }
  addEventListener("submit", (event) => {
    for (const box of drafts) if (box.form === event.target && box.value) sessionStorage.setItem(`sent:${draftOf(box)}`, "yes");
  });
  // Signing out oneself leaves nothing behind.
  for (const form of all('form[action$="/logout/"]'))
    form.addEventListener("submit", () => ["draft:", "sent:"].flatMap(kept).forEach((name) => sessionStorage.removeItem(name)));

  // A break's minutes, counted down.
  const timer = one(".timer");
  const until = timer && Date.now() + Number(timer.dataset.minutes) * 60_000;
  if (timer)
    setInterval(() => {
      const left = Math.max(0, Math.round((until - Date.now()) / 1000));
      timer.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    }, 1000);

  const error = one("#error");
  if (error) error.focus();
  // A status that stood there from the beginning is not announced: put it back a moment later. Its undo goes after a minute.
  const status = one("#status span");
  if (status) {
    const text = status.textContent;
    status.textContent = "";
    setTimeout(() => (status.textContent = text), 150);
    const leave = () => {
      if (one("#status").contains(document.activeElement)) setTimeout(leave, 10_000);
      else one("#status").replaceChildren();
    };
    setTimeout(leave, 60_000);
  }
})();
