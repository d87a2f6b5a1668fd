// Makes the pages quicker and handier; without it every form and link still works.
"use strict";
(() => {
  const say = document.body.dataset;
  const status = document.getElementById("status");
  let latest = 0;
  let composing = false;
  let composedAt = -1000;

  const tell = (text, retry) => {
    status.textContent = text;
    if (retry) {
      const again = document.createElement("button");
      again.type = "button";
      again.textContent = say.retry;
      again.addEventListener("click", retry);
      status.append(" ", again);
    }
  };

  // The Enter that confirms pinyin never submits. Safari ends the composition before that keydown and marks it 229; a
  // 229 that comes later is a genuine Enter of a keyboard that marks every key so.
  const confirms = (event) =>
    event.isComposing || composing || (event.keyCode === 229 && event.timeStamp - composedAt < 100);
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", (event) => { composing = false; composedAt = event.timeStamp; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input") && confirms(event)) {
      event.preventDefault();
    } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing
        && !event.target.closest("input, textarea, select, [contenteditable]")) {
      const box = document.getElementById("q");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
  });

  const load = async (url, remember) => {
    const ticket = ++latest;
    const main = document.getElementById("main");
    main.setAttribute("aria-busy", "true");
    tell(say.loading);
    try {
      const response = await fetch(url, { headers: { Accept: "text/html" } });
      const text = await response.text();
      if (ticket !== latest) return;
      const page = new DOMParser().parseFromString(text, "text/html");
      const fresh = page.getElementById("main");
      if (!fresh) throw new Error("no page");
      if (remember) history.pushState(null, "", url);
      document.title = page.title;
      main.replaceWith(document.adoptNode(fresh));
      document.querySelector(".foot").replaceWith(document.adoptNode(page.querySelector(".foot")));
      tell("");
      prepare();
      if (remember) { scrollTo(0, 0); (document.querySelector(".answer") || fresh).focus({ preventScroll: true }); }
    } catch {
      if (ticket !== latest) return;
      main.removeAttribute("aria-busy");
      tell(navigator.onLine ? say.failed : say.offline, () => load(url, remember));
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.ask")) return;
    event.preventDefault();
    if (composing) return;
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value.trim()) values.append(name, value.trim());
    load(`${new URL(form.action).pathname}?${values}`, true);
  });
  addEventListener("popstate", () => { if (!location.hash) load(location.href, false); });
  addEventListener("offline", () => tell(say.offline));
  addEventListener("online", () => tell(""));

  const copy = async (text) => {
    try { await navigator.clipboard.writeText(text); tell(say.copied); } catch { tell(say.notCopied); }
  };
  const feedback = async (body) => {
    const response = await fetch("/v1/feedback", {
      method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(String(response.status));
  };
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    const judged = at(".feedback button");
    const form = document.querySelector(".feedback");
    if (at(".copy")) copy(at("dd").querySelector(".copyable").textContent);
    else if (at(".share")) { event.preventDefault(); copy(at(".share").href); }
    else if (at(".print")) print();
    else if (judged) {
      feedback({ request_id: form.dataset.request, kind: judged.value })
        .then(() => { judged.setAttribute("aria-pressed", "true"); tell(say.thanks); }, () => tell(say.notNoted));
    } else if (form && at("[data-clause]")) {
      feedback({ request_id: form.dataset.request, kind: "click", clause: at("[data-clause]").dataset.clause }).catch(() => {});
    }
  });

  // where the outline stands: at the clause that the address names
  const locate = () => {
    for (const link of document.querySelectorAll(".outline a")) {
      if (link.hash === location.hash) link.setAttribute("aria-current", "location"); else link.removeAttribute("aria-current");
    }
    const here = document.querySelector(".outline a[aria-current]");
    const side = here && here.closest(".side");
    if (side) side.scrollTop += here.getBoundingClientRect().top - side.getBoundingClientRect().top - side.clientHeight / 3;
  };
  addEventListener("hashchange", locate);

  const prepare = () => {
    for (const one of document.querySelectorAll(".copy, .print, .feedback")) one.hidden = false;
    const wide = matchMedia("(min-width: 60rem)").matches;
    for (const one of document.querySelectorAll("details[data-wide]")) one.open = wide;
    const cited = document.getElementById("cited");
    if (cited) requestAnimationFrame(() => cited.scrollIntoView({ block: "center", behavior: "instant" }));
    locate();
  };
  prepare();
})();
