/* <policy-qa>: a question box for any page. No dependency, cookie, storage or inline style. See docs/widget.md. */
(() => {
  "use strict";
  const STYLES = "widget.css";
  const SCRIPT = document.currentScript;
  const BASE = SCRIPT ? SCRIPT.src : document.baseURI;
  const FILTERS = ["issuer", "type", "number", "since", "until", "as_of", "duty", "validity", "disclosure"];
  const DEBOUNCE = 250, TIMEOUT = 40000, LEAST = 2, CONFIRMED = 100;
  const WORDS = {
    zh: {
      label: "政策问答", ask: "提问", placeholder: "输入问题，如：谁牵头？", list: "相关条款", answer: "回答", retry: "重试",
      asking: "正在查找……", answered: (n) => `已回答，${n} 处出处。`, refused: "没有找到可靠的依据。", nearest: "最接近的条款：",
      found: (n) => (n ? `${n} 条相关条款，用上下键选择，按回车提问。` : "没有相关条款，按回车提问。"),
      failed: "没有连上服务，请检查网络后重试。", busy: "服务繁忙，请稍后重试。", closed: "服务没有答复，请重试。",
      address: "挂件的 endpoint 应是 http(s) 地址。",
    },
    en: {
      label: "Ask the policy documents", ask: "Ask", placeholder: "Ask a question", list: "Related clauses", answer: "Answer",
      retry: "Try again", asking: "Searching…", answered: (n) => `Answered, ${n} source(s).`, refused: "No reliable evidence was found.",
      nearest: "Closest clauses:", found: (n) => (n ? `${n} related clauses. Arrow keys choose, Enter asks.` : "No related clauses. Enter asks."),
      failed: "The service could not be reached. Check the network and try again.", busy: "The service is busy. Try again later.",
      closed: "The service did not answer. Try again.", address: "The widget's endpoint has to be an http(s) address.",
    },
  };
  // what turns or hides text has no place in what is shown
  const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
  const shown = (text) => String(text == null ? "" : text).replace(UNSEEN, "");

  const make = (name, values = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(values)) if (value != null) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const typing = (event) => {
    const at = event.composedPath()[0];
    return at instanceof Element && (at.isContentEditable || at.localName.includes("-") ||
      Boolean(at.closest("input, textarea, select, [role=textbox], [role=searchbox], [role=combobox]")));
  };
  let sheet = null;
  let serial = 0;

  class Failure extends Error {
    constructor(message, status = 0) { super(message); this.status = status; }
  }

  class PolicyQA extends HTMLElement {
    static observedAttributes = ["placeholder", "theme", "data-theme", "lang", "endpoint"];

    #root = this.attachShadow({ mode: "open" });
    #parts = null;
    #hits = [];
    #active = -1;
    #turn = 0;
    #running = null;
    #timer = 0;
    #composing = false;
    #composed = -Infinity;
    #life = null;
    #again = null;

    connectedCallback() {
      if (!this.#parts) this.#build();
      this.#life = new AbortController();
      const { signal } = this.#life;
      this.#dark = matchMedia("(prefers-color-scheme: dark)");
      this.#dark.addEventListener("change", () => this.#look(), { signal });
      document.addEventListener("keydown", (event) => this.#shortcut(event), { signal });
      document.addEventListener("pointerdown", (event) => {
        if (!event.composedPath().includes(this)) this.close();
      }, { signal });
      this.#look();
    }
    #dark = null;

    disconnectedCallback() {
      this.#life?.abort();
      this.close();
    }

    attributeChangedCallback() { if (this.#parts && this.#dark) this.#look(); }

    /** Shows the box's panel and puts the cursor into the box. */
    open() {
      this.#parts.input.focus();
      if (this.#parts.panel.hidden && this.#filled()) this.#show();
    }

    /** Hides the panel and gives up what is under way. */
    close() {
      this.#stop();
      if (!this.#parts) return;
      this.#parts.panel.hidden = true;
      this.#choose(-1);
      this.#parts.input.setAttribute("aria-expanded", "false");
    }

    /** Asks; the promise ends with the reply, or with null where it failed or was overtaken. */
    ask(question) {
      const asked = String(question == null ? "" : question).trim();
      this.#parts.input.value = asked;
      if (!asked) return Promise.resolve(null);
      const filters = Object.fromEntries(this.#filters());
      const body = { question: asked, filters };
      if (this.#count()) body.k = this.#count();
      const send = { method: "POST", body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", "X-Policy-QA-Client": "widget" } };
      this.#clear();
      this.#say(this.#words.asking);
      return this.#fetch("/v1/ask", send, (reply) => this.#answer(reply), () => this.ask(asked));
    }

    /** Takes the widget from the page, with its listeners and requests. */
    destroy() { this.remove(); }

    get #words() {
      const language = (this.closest("[lang]")?.getAttribute("lang") || document.documentElement.lang || "zh").toLowerCase();
      return language.startsWith("en") ? WORDS.en : WORDS.zh;
    }

    #count() {
      const given = Number(this.getAttribute("k"));
      return Number.isInteger(given) && given >= 1 && given <= 50 ? given : 0;
    }

    #filters() { return FILTERS.filter((name) => this.getAttribute(name)).map((name) => [name, this.getAttribute(name)]); }

    #address(path) {
      let base;
      try { base = new URL(this.getAttribute("endpoint") || new URL("/", BASE).href, document.baseURI); } catch { base = null; }
      if (!base || !/^https?:$/.test(base.protocol)) throw new Failure(this.#words.address);
      return base.origin + base.pathname.replace(/\/+$/, "") + path;
    }

    #link(found) {
      const span = found.marker ? `?start=${Number(found.start)}&end=${Number(found.end)}` : "";
      return this.#address(`/documents/${encodeURIComponent(found.document.id)}${span}#${encodeURIComponent(found.clause.id)}`);
    }

    #build() {
      const given = this.querySelector("input[name=q]");
      const id = `policy-qa-${++serial}`;
      const input = make("input", { part: "input", name: "q", type: "search", role: "combobox", autocomplete: "off",
        enterkeyhint: "search", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`, maxlength: 2000 });
      const button = make("button", { part: "button", type: "submit" });
      const list = make("ul", { part: "list", role: "listbox", id: `${id}-list` });
      const answer = make("div", { part: "answer", class: "answer", role: "region", tabindex: 0 });
      const retry = make("button", { part: "retry", class: "retry", type: "button" });
      const status = make("p", { part: "status", class: "status", role: "status", "aria-live": "polite" });
      const panel = make("div", { part: "panel", class: "panel" }, list, answer, status, retry);
      const form = make("form", { part: "form", role: "search", method: "get" }, input, button);
      const box = make("div", { class: "box", part: "box" }, form, panel);
      panel.hidden = list.hidden = answer.hidden = retry.hidden = true;
      if (given) input.value = given.value;
      this.#parts = { input, button, list, answer, retry, status, panel, form, box, given, id };
      this.#dress();
      this.#root.append(box);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (!this.#composing) this.ask(input.value);
      });
      input.addEventListener("compositionstart", () => { this.#composing = true; clearTimeout(this.#timer); });
      input.addEventListener("compositionend", () => {
        this.#composing = false;
        this.#composed = performance.now();
        this.#suggestSoon();
      });
      input.addEventListener("input", (event) => { if (!this.#composing && !event.isComposing) this.#suggestSoon(); });
      input.addEventListener("keydown", (event) => this.#key(event));
      retry.addEventListener("click", () => { input.focus(); this.#again?.(); });
      box.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && event.target !== input && !panel.hidden) { this.close(); input.focus(); }
      });
      box.addEventListener("focusout", (event) => {
        if (event.relatedTarget && !this.#root.contains(event.relatedTarget)) this.close();
      });
    }

    #dress() {
      if ("adoptedStyleSheets" in this.#root && "replaceSync" in CSSStyleSheet.prototype) {
        if (!sheet) { sheet = new CSSStyleSheet(); sheet.replaceSync(STYLES); }
        this.#root.adoptedStyleSheets = [sheet];
      } else {
        this.#root.append(make("link", { rel: "stylesheet", href: new URL("/widget.css", BASE).href }));
      }
    }

    #look() {
      const { input, button, list, answer, retry, given, box, form } = this.#parts, words = this.#words;
      const theme = this.getAttribute("theme") || this.dataset.theme || document.documentElement.dataset.theme;
      box.classList.toggle("dark", theme === "dark" || (theme !== "light" && this.#dark.matches));
      input.placeholder = this.getAttribute("placeholder") || given?.placeholder || words.placeholder;
      for (const node of [input, form]) node.setAttribute("aria-label", words.label);
      list.setAttribute("aria-label", words.list);
      answer.setAttribute("aria-label", words.answer);
      box.lang = words === WORDS.en ? "en" : "zh-CN";
      button.textContent = words.ask;
      retry.textContent = words.retry;
    }

    #shortcut(event) {
      const first = document.querySelector("policy-qa") === this;
      if (!first || event.defaultPrevented || event.altKey || event.shiftKey || event.isComposing) return;
      const plain = !event.ctrlKey && !event.metaKey;
      const wanted = plain ? event.key === "/" : event.key.toLowerCase() === "k";
      const own = event.composedPath().includes(this.#parts.input);
      if (!wanted || (own ? plain : typing(event))) return;
      event.preventDefault();
      this.open();
      this.#parts.input.select();
    }

    #key(event) {
      // Safari ends the composition before the Enter that ended it, which then says 229; a later 229 is a real Enter
      const confirms = event.keyCode === 229 && performance.now() - this.#composed < CONFIRMED;
      if (this.#composing || event.isComposing || confirms) {
        if (event.key === "Enter") event.preventDefault();
        return;
      }
      const { list, panel, input } = this.#parts, count = list.hidden ? 0 : this.#hits.length;
      const open = !panel.hidden && count > 0;
      const to = { ArrowDown: this.#active + 1 >= count ? 0 : this.#active + 1, ArrowUp: (this.#active < 1 ? count : this.#active) - 1,
        Home: this.#active < 0 ? null : 0, End: this.#active < 0 ? null : count - 1 }[event.key];
      if (event.key === "Enter") {
        event.preventDefault();
        if (open && this.#active >= 0) this.#select(this.#hits[this.#active]);
        else this.ask(input.value);
      } else if (event.key === "Escape") {
        event.preventDefault();
        if (panel.hidden) input.value = ""; else this.close();
      } else if (event.key === "ArrowDown" && panel.hidden && this.#filled()) {
        event.preventDefault();
        this.#show();
      } else if (open && to != null) {
        event.preventDefault();
        this.#choose(to);
      } else if (event.key === "Tab" && open) {
        this.close();
      }
    }

    #choose(at) {
      this.#active = at;
      const { list, input } = this.#parts;
      [...list.children].forEach((node, number) => node.setAttribute("aria-selected", String(number === at)));
      if (at < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", list.children[at].id);
    }

    #select(hit) {
      const url = this.#link(hit);
      if (this.#tell("select", { url, document: hit.document, clause: hit.clause }, true)) location.assign(url);
    }

    #suggestSoon() {
      this.#stop();
      this.#choose(-1);  // what was chosen was chosen for other words
      const query = this.#parts.input.value.trim();
      if (query.length < LEAST) { this.#clear(); this.close(); return; }
      this.#timer = setTimeout(() => this.#suggest(query), DEBOUNCE);
    }

    #suggest(query) {
      const values = new URLSearchParams([["q", query], ["k", "5"], ...this.#filters()]);
      this.#fetch(`/v1/search?${values}`, {}, (found) => {
        this.#clear();
        const { list, id } = this.#parts;
        this.#hits = found.hits;
        list.replaceChildren(...found.hits.map((hit, number) => {
          const option = make("li", { part: "option", role: "option", id: `${id}-${number}`, "aria-selected": "false" },
            make("span", { class: "where" }, this.#where(hit)), make("span", { class: "text" }, shown(hit.clause.text).slice(0, 160)));
          option.addEventListener("pointerdown", (event) => event.preventDefault());
          option.addEventListener("click", () => this.#select(hit));
          return option;
        }));
        list.hidden = !found.hits.length;
        this.#say(this.#words.found(found.hits.length));
        this.#parts.input.setAttribute("aria-expanded", String(!list.hidden));
      }, () => this.#suggest(query));
    }

    #where(found) {
      return [found.clause.path, found.document.number || found.document.title, found.document.issued_on].filter(Boolean).map(shown).join(" · ");
    }

    #answer(reply) {
      this.#clear();
      const { answer } = this.#parts, words = this.#words;
      const cited = new Map(reply.citations.map((one) => [`[${one.marker}]`, one]));
      const nodes = [];
      if (reply.answered) {
        const said = make("p", { class: "said", part: "said" });
        for (const piece of reply.answer.split(/(\[\d+\])/)) {
          said.append(cited.has(piece) ? this.#leading(cited.get(piece), "marker", piece) : shown(piece));
        }
        nodes.push(said, this.#sources(reply.citations, (one) => `[${one.marker}] `, (one) => one.quote));
      } else {
        const nearest = reply.refusal.nearest;
        nodes.push(make("p", { class: "note", part: "refusal" }, shown(reply.refusal.message) || words.refused));
        if (nearest.length) nodes.push(make("p", { class: "note" }, words.nearest), this.#sources(nearest, () => "", (one) => one.clause.text.slice(0, 160)));
      }
      answer.replaceChildren(...nodes);
      answer.hidden = false;
      answer.scrollTop = 0;
      this.#say(reply.answered ? words.answered(reply.citations.length) : words.refused);
      this.#tell("answer", { reply });
    }

    #sources(found, before, text) {
      return make("ol", { class: "sources", part: "sources" }, ...found.map((one) =>
        make("li", {}, this.#leading(one, "citation", before(one) + this.#where(one)),
          ...(one.document.number && one.document.title ? [make("span", { class: "title" }, shown(one.document.title))] : []), make("blockquote", { part: "quote" }, shown(text(one))))));
    }

    /* A link to a clause; the page that holds the widget may lead there in its own way. */
    #leading(one, part, text) {
      const link = make("a", { href: this.#link(one), part }, text);
      link.addEventListener("click", (event) => {
        const detail = { url: link.href, document: one.document, clause: one.clause };
        if (!this.#tell("select", detail, true)) event.preventDefault();
      });
      return link;
    }

    /* One request at a time: a newer one overtakes, and what then still comes of the older is dropped. */
    async #fetch(path, options, use, again) {
      this.#stop();
      const turn = this.#turn, running = (this.#running = new AbortController());
      const key = this.getAttribute("key");
      const headers = { Accept: "application/json", ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) };
      const late = setTimeout(() => running.abort(), TIMEOUT);
      try {
        let reply;
        try {
          const response = await fetch(this.#address(path), { ...options, headers, signal: running.signal, credentials: "omit", cache: "no-store" });
          reply = await response.json().catch(() => null);
          if (!response.ok) {
            const busy = response.status === 429 || response.status === 503;
            throw new Failure(shown(reply?.detail) || (busy ? this.#words.busy : this.#words.closed), response.status);
          }
          if (!reply) throw new Failure(this.#words.closed, response.status);
        } catch (error) {
          if (turn !== this.#turn) return null;
          if (error instanceof Failure) throw error;
          throw new Failure(running.signal.aborted ? this.#words.closed : this.#words.failed);
        }
        if (turn !== this.#turn) return null;
        use(reply);
        return reply;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        this.#clear();
        this.#say(error.message);
        this.#again = again;
        this.#parts.retry.hidden = false;
        this.#tell("error", { message: error.message, status: error.status });
        return null;
      } finally {
        clearTimeout(late);
      }
    }

    #stop() {
      clearTimeout(this.#timer);
      this.#turn += 1;
      this.#running?.abort();
      this.#running = null;
    }

    #filled() { return this.#parts.status.textContent !== ""; }

    #clear() {
      const { list, answer, retry, status, input } = this.#parts;
      this.#hits = [];
      this.#choose(-1);
      list.replaceChildren();
      answer.replaceChildren();
      list.hidden = answer.hidden = retry.hidden = true;
      status.textContent = "";
      input.setAttribute("aria-expanded", "false");
    }

    #say(text) {
      this.#show();
      this.#parts.status.textContent = text;
    }

    #show() {
      const { panel, list, input } = this.#parts;
      const shut = panel.hidden;
      panel.hidden = false;
      input.setAttribute("aria-expanded", String(!list.hidden));
      if (shut) this.#tell("open", {});
    }

    #tell(name, detail, cancelable = false) {
      return this.dispatchEvent(new CustomEvent(`policy-qa:${name}`, { detail, bubbles: true, composed: true, cancelable }));
    }
  }

  if (!customElements.get("policy-qa")) customElements.define("policy-qa", PolicyQA);

  // the one-tag form: <script src="…/widget.js" data-endpoint="…" data-target="#here" defer>
  if (SCRIPT && SCRIPT.dataset.endpoint !== undefined) {
    const place = () => {
      const { target, ...values } = SCRIPT.dataset;
      const names = Object.entries(values).map(([name, value]) => [name === "asOf" ? "as_of" : name, value]);
      const element = make("policy-qa", Object.fromEntries(names));
      if (SCRIPT.lang) element.lang = SCRIPT.lang;
      const at = target && document.querySelector(target);
      if (at) at.append(element); else SCRIPT.after(element);
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place); else place();
  }
})();
