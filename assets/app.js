/* What the frame does in the browser. The sections: view (the URL), poll (the flag), jobs, uploads, messages, filter, keys.
   The state of the view is the URL's query; the store "view" repeats it for the callbacks of the pages. */
(() => {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const number = new Intl.NumberFormat("en");

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  /* View: every change of the view is an entry of the history; the router of the pages never sees it. */

  const DEFAULTS = { period: "12m", compare: "previous", grain: "auto" };
  const CONTROLS = { "bar-period": "period", "bar-compare": "compare", "bar-grain": "grain", "overview-by": "by", "drivers-kpi": "kpi", "drivers-by": "by" };

  const hasOwnQuery = () => location.pathname === "/data/revisions"; // it shows no view
  const query = () => (hasOwnQuery() ? (shown ?? "") : location.search.slice(1));
  let path = location.pathname;
  let shown = null;
  shown = query();

  // Without what is of one page only: the source, the table whose mapping is open, the page of a table.
  function viewOf(text) {
    const params = new URLSearchParams(text ?? "");
    ["id", "file", "sheet", "page", "edit", "new", "copy", "tag", "state", "severity", "about", "segment", "who", "tagged", "of", "versions", "limit"].forEach((name) => params.delete(name));
    return params.toString();
  }

  function go(change) {
    const params = new URLSearchParams(location.search);
    const before = params.toString();
    change(params);
    params.delete("page"); // of a table that another view fills anew
    for (const [name, value] of Object.entries(DEFAULTS)) if (params.get(name) === value) params.delete(name);
    if (params.get("period") !== "custom") ["from", "to"].forEach((name) => params.delete(name));
    if (params.get("compare") !== "fixed") ["against_from", "against_to"].forEach((name) => params.delete(name));
    const after = params.toString();
    if (after === before) return;
    history.pushState(history.state, "", location.pathname + (after && `?${after}`));
    show();
  }

  const choose = (name, value) => go((params) => params.set(name, value));

  function barState() {
    const params = new URLSearchParams(location.search);
    const isCustom = params.has("from") && params.has("to") && (params.get("period") ?? "custom") === "custom";
    const isFixed = params.get("compare") === "fixed" && params.has("against_from") && params.has("against_to");
    $("bar-custom").hidden = !isCustom;
    $("bar-against").hidden = !isFixed;
    return {
      "bar-period": isCustom ? "custom" : known("bar-period", params.get("period")) ?? DEFAULTS.period,
      "bar-from": params.get("from") ?? "",
      "bar-to": params.get("to") ?? "",
      "bar-compare": isFixed || params.get("compare") !== "fixed" ? known("bar-compare", params.get("compare")) ?? DEFAULTS.compare : DEFAULTS.compare,
      "bar-against-from": params.get("against_from") ?? "",
      "bar-against-to": params.get("against_to") ?? "",
      "bar-grain": params.get("grain") || DEFAULTS.grain,
    };
  }

  const known = (id, value) => ([...$(id).options].some((option) => option.value === value) ? value : null);

  function show() {
    if (shown === query()) return;
    shown = query();
    for (const [id, value] of Object.entries(barState())) if ($(id).value !== value) set(id, { value });
    set("view", { data: shown });
  }

  function mark() {
    document.querySelectorAll(".nav a").forEach((link) => {
      const at = location.pathname.replace(/^\/rows$/, "/").replace(/^\/settings\/.*/, "/settings/kpis");
      const isCurrent = link.pathname === at || at.startsWith(`${link.pathname}/`);
      if (isCurrent) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
      if (isCurrent) document.body.dataset.page = link.id.replace("nav-", "");
    });
  }

  // Registered before Dash's own listener, so that going back within a page does not lay the page out again.
  addEventListener("popstate", (event) => {
    if (location.pathname === path && path !== "/data/mapping" && !hasOwnQuery()) event.stopImmediatePropagation();
    path = location.pathname;
    show();
    mark();
  });

  addEventListener("_dashprivate_pushstate", () => {
    path = location.pathname;
    if (!location.search && viewOf(shown) && !hasOwnQuery()) history.replaceState(history.state, "", `${path}?${viewOf(shown)}`);
    show();
    mark();
    $("main")?.focus({ preventScroll: true });
  });

  let typing;
  document.addEventListener("change", (event) => {
    const { id, value } = event.target;
    if (id === "bar-period" && value === "custom") startCustom();
    else if (id === "bar-compare" && value === "fixed") startFixed();
    else if (id in CONTROLS) choose(CONTROLS[id], value);
    else if (["bar-from", "bar-to", "bar-against-from", "bar-against-to"].includes(id)) {
      clearTimeout(typing);
      typing = setTimeout(id.includes("against") ? applyAgainst : applyDays, 400);
    }
  });

  function startCustom() {
    const days = document.querySelector("[data-start]");
    const today = new Date().toISOString().slice(0, 10);
    go((params) => {
      params.set("period", "custom");
      params.set("from", days?.dataset.start ?? today);
      params.set("to", days?.dataset.end ?? today);
    });
  }

  function startFixed() {
    const days = document.querySelector("[data-reference-start]");
    const today = new Date().toISOString().slice(0, 10);
    go((params) => {
      params.set("compare", "fixed");
      params.set("against_from", days?.dataset.referenceStart || today);
      params.set("against_to", days?.dataset.referenceEnd || today);
    });
  }

  const applyDays = () => apply("bar-from", "bar-to", { period: "custom" }, ["from", "to"]);
  const applyAgainst = () => apply("bar-against-from", "bar-against-to", { compare: "fixed" }, ["against_from", "against_to"]);

  function apply(first, last, choice, names) {
    const days = [$(first).value, $(last).value];
    if (!days.every((day) => day >= "1900")) return; // not typed to the end yet
    go((params) => {
      for (const [name, value] of Object.entries(choice)) params.set(name, value);
      names.forEach((name, at) => params.set(name, days[at]));
    });
  }

  /* Poll: one question a second while somebody looks; the server says "304" until something moved. */

  const LONGEST_WAIT = 30_000;
  const WHILE_READING = 200;
  let etag = null;
  let isAsking = false;
  let failures = 0;
  let nextAt = 0;
  let answeredAt = new Date();
  let revision = null;
  let build = null;

  async function tick() {
    if (isAsking || document.hidden || Date.now() < nextAt) return;
    isAsking = true;
    try {
      const answer = await fetch("/api/flag", {
        headers: etag ? { "If-None-Match": etag } : {},
        cache: "no-store",
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.status === 401) {
        location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
        return;
      }
      if (answer.status !== 304 && !answer.ok) throw new Error(answer.statusText);
      const flag = answer.status === 304 ? null : await answer.json();
      if (flag) etag = answer.headers.get("ETag");
      answered();
      if (flag) receive(flag);
    } catch {
      lost();
    } finally {
      isAsking = false;
      tellAges();
      placeUploads();
    }
    if (active.length && !failures) setTimeout(tick, WHILE_READING); // what is being read is waited for
  }

  function answered() {
    if (failures) set("flag", { data: { revision, again: Date.now() } }); // what failed meanwhile is asked again
    failures = 0;
    nextAt = 0;
    answeredAt = new Date();
    $("offline").hidden = true;
  }

  function lost() {
    failures += 1;
    nextAt = Date.now() + Math.min(LONGEST_WAIT, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
    if (failures < 2 || !$("offline").hidden) return;
    const time = answeredAt.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    $("offline").textContent = `The server does not answer; showing data of ${time}; trying again`;
    $("offline").hidden = false;
  }

  function receive(flag) {
    if (build && flag.build !== build && reloadOnce(flag.build)) return;
    build = flag.build;
    if (flag.revision !== revision) {
      const isFirst = revision === null;
      const onPage = document.querySelector("[data-revision]")?.dataset.revision;
      revision = flag.revision;
      if (!isFirst || (onPage && onPage !== String(revision))) set("flag", { data: { revision } });
    }
    receiveJobs(flag.jobs, flag.problems);
    dispatchEvent(new CustomEvent("dash-kpi-flag", { detail: flag }));
  }

  function reloadOnce(newest) {
    const key = "dash-kpi-build";
    if (uploads.some((item) => item.isSending)) return false;
    try {
      if (sessionStorage.getItem(key) === newest) return false;
      sessionStorage.setItem(key, newest);
    } catch {
      return false;
    }
    location.reload();
    return true;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    nextAt = 0;
    tick();
  });

  function tellAges() {
    for (const element of document.querySelectorAll("time.ago")) {
      const at = new Date(element.dateTime);
      const text = age(Math.floor((Date.now() - at) / 60_000));
      if (element.textContent !== text) element.textContent = text;
      if (!element.title) element.title = at.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    }
  }

  function age(minutes) {
    if (minutes < 1) return "just now";
    if (minutes < 60) return `${minutes} min ago`;
    if (minutes < 1440) return `${Math.floor(minutes / 60)} h ago`;
    const days = Math.floor(minutes / 1440);
    return days === 1 ? "1 day ago" : `${number.format(days)} days ago`;
  }

  /* Jobs: the bar names those under way, a message tells how each ended. */

  const isActive = (job) => job.status === "queued" || job.status === "running";
  let ended = null; // the jobs whose end was told; null until the first answer
  let active = [];

  let problems = 0; // sources that are missing or refused

  function receiveJobs(jobs, problemsNow) {
    active = jobs.filter(isActive);
    const over = jobs.filter((job) => !isActive(job));
    const news = ended ? over.filter((job) => !ended.has(job.id)) : [];
    const began = ended && active.some((job) => !ended.begun.has(job.id));
    ended = new Set([...(ended ?? []), ...over.map((job) => job.id)]);
    ended.begun = new Set(active.map((job) => job.id));
    news.reverse().forEach(tellEnd);
    uploads.forEach((item) => followJob(item, jobs.find((job) => job.id === item.job)));
    if (news.length || began || problems !== problemsNow) set("jobs", { data: Date.now() });
    problems = problemsNow;
    tellRunning();
  }

  function tellRunning() {
    const sending = uploads.filter((item) => item.isSending);
    const texts = [
      ...sending.map((item) => `sending ${item.file.name}, ${item.percent} %`),
      ...active.map((job) => (job.status === "queued" ? `${job.file} waits` : `${job.phase || "reading"} ${job.file}, ${job.percent} %`)),
    ];
    const text = texts.length > 1 ? `${texts[0]}, and ${texts.length - 1} more` : texts[0] ?? "";
    if ($("bar-jobs").textContent !== text) $("bar-jobs").textContent = text;
  }

  function tellEnd(job) {
    if (isRefused(job)) say(`${job.file}: ${job.reason ?? "could not be read."}`, { isBad: true, link: true });
    else say(`${job.file}: ${outcome(job)}`);
  }

  const isRefused = (job) => job.status === "refused" || job.outcome === "refused";

  function outcome(job) {
    if (job.outcome === "unchanged") return "nothing new";
    const rows = (count, word) => `${number.format(count)} ${count === 1 ? "row" : "rows"} ${word}`;
    const refused = job.rows_refused ? `, ${number.format(job.rows_refused)} refused` : "";
    return rows(job.rows_loaded, "loaded") + refused;
  }

  /* Uploads: the raw file as the body, one after another; then the job says how far the reading is. */

  const uploads = [];

  function addUploads(files) {
    for (const file of files) {
      const item = { file, percent: 0, isSending: true, isWaiting: true, ...uploadView(file) };
      item.button.addEventListener("click", () => (item.isSending ? cancel(item) : dismiss(item)));
      uploads.push(item);
    }
    placeUploads();
    sendNext();
  }

  function uploadView(file) {
    const fill = make("i");
    const track = make("div", "track", fill);
    const state = make("span", "state", "Waiting");
    const button = make("button", "quiet", "Cancel");
    button.type = "button";
    button.setAttribute("aria-label", `Cancel ${file.name}`);
    track.setAttribute("role", "progressbar");
    track.setAttribute("aria-label", file.name);
    return { fill, track, state, button, row: make("li", "upload", make("span", "file", file.name), button, track, state) };
  }

  function placeUploads() {
    const list = $("uploads");
    if (list) uploads.filter((item) => item.row.parentNode !== list).forEach((item) => list.append(item.row));
  }

  function tellUpload(item, text, percent) {
    item.percent = percent;
    item.state.textContent = text;
    item.track.setAttribute("aria-valuenow", percent);
    item.fill.style.setProperty("--part", percent / 100);
    tellRunning();
  }

  function sendNext() {
    if (uploads.some((item) => item.isSending && !item.isWaiting)) return;
    const item = uploads.find((other) => other.isWaiting);
    if (item) send(item);
  }

  function send(item) {
    const request = new XMLHttpRequest();
    item.isWaiting = false;
    item.request = request;
    request.open("POST", `/api/uploads?name=${encodeURIComponent(item.file.name)}`);
    request.setRequestHeader("X-CSRFToken", cookie("_csrf_token"));
    if (item.password) request.setRequestHeader("X-File-Password", encodeURIComponent(item.password));
    delete item.password;
    request.upload.onprogress = (event) => {
      const percent = event.total ? Math.floor((100 * event.loaded) / event.total) : 0;
      tellUpload(item, percent < 100 ? `Sending, ${percent} %` : "Sent; the server checks it", percent);
    };
    request.onload = () => (request.status === 202 ? accepted(item, parse(request)) : refused(item, request));
    request.onerror = () => over(item, "refused", "The connection broke; nothing was changed. Choose the file again.");
    request.onabort = () => over(item, "refused", "Cancelled; nothing was changed.");
    request.send(item.file);
  }

  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

  function parse(request) {
    try {
      return JSON.parse(request.responseText);
    } catch {
      return {};
    }
  }

  function refused(item, request) {
    over(item, "refused", sentence(request));
    if (parse(request).protected) window.dashKpiPassword.ask(item, (password) => again(item, password));
  }

  function again(item, password) {
    item.row.classList.remove("refused");
    item.button.textContent = "Cancel";
    item.button.setAttribute("aria-label", `Cancel ${item.file.name}`);
    Object.assign(item, { password, isOver: false, isSending: true, isWaiting: true });
    tellUpload(item, "Waiting", 0);
    sendNext();
  }

  const SENTENCES = { 413: "The file is too large.", 403: "The page is out of date; reload it and try again." };
  const sentence = (request) => parse(request).error ?? SENTENCES[request.status] ?? `The server refused the file (${request.status}).`;

  function accepted(item, answer) {
    item.job = answer.job;
    item.replaces = answer.replaces;
    item.isSending = false;
    item.button.hidden = true;
    tellUpload(item, "Waiting to be read", 0);
    tick();
    sendNext();
  }

  function followJob(item, job) {
    if (!job || item.isOver) return;
    if (job.status === "queued") tellUpload(item, "Waiting to be read", 0);
    else if (job.status === "running") tellUpload(item, `${capital(job.phase || "reading")}, ${job.percent} %`, job.percent);
    else if (isRefused(job)) over(item, "refused", job.reason ?? "The file could not be read.");
    else over(item, "done", `${item.replaces ? "Replaced the former version: " : ""}${outcome(job)}`);
  }

  const capital = (text) => text[0].toUpperCase() + text.slice(1);

  function over(item, className, text) {
    Object.assign(item, { isOver: true, isSending: false, isWaiting: false });
    item.row.classList.add(className);
    tellUpload(item, text, 100);
    item.state.prepend(make("span", `icon icon-${className === "done" ? "check" : "stop"}`));
    item.button.hidden = false;
    item.button.textContent = "Dismiss";
    item.button.setAttribute("aria-label", `Dismiss ${item.file.name}`);
    if (className === "refused" && !$("uploads")) say(`${item.file.name}: ${text}`, { isBad: true, link: true });
    sendNext();
  }

  function cancel(item) {
    if (item.request) item.request.abort();
    else over(item, "refused", "Cancelled; nothing was changed.");
  }

  function dismiss(item) {
    uploads.splice(uploads.indexOf(item), 1);
    item.row.remove();
  }

  const picker = Object.assign(make("input"), { type: "file", multiple: true, id: "upload-input", hidden: true });
  picker.accept = ".xlsx,.xlsm,.xlsb,.xls,.ods,.csv,.tsv,.txt";
  picker.addEventListener("change", () => {
    addUploads(picker.files);
    picker.value = ""; // the same file can be chosen again
  });
  document.body.append(picker);

  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  for (const name of ["dragenter", "dragover"]) {
    addEventListener(name, (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      document.body.classList.add("dropping");
    });
  }
  addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
  addEventListener("drop", (event) => {
    document.body.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    addUploads(event.dataTransfer.files);
  });
  addEventListener("beforeunload", (event) => {
    if (uploads.some((item) => item.isSending)) event.preventDefault();
  });

  /* Messages: short, polite, and longer on the screen when something is wrong. */

  function say(text, { isBad = false, link = false, action = null } = {}) {
    const icon = make("span", `icon icon-${isBad ? "stop" : "check"}`);
    const close = make("button", "quiet", make("span", "icon icon-close"));
    const body = make("span", "", text);
    close.type = "button";
    close.setAttribute("aria-label", "Dismiss");
    if (link && location.pathname !== "/data") {
      const more = make("button", "plain-button", "See Data");
      more.dataset.nav = "/data";
      body.append(" ", more);
    }
    if (action) body.append(" ", action);
    const message = make("div", isBad ? "message bad" : "message", icon, body, close);
    close.addEventListener("click", () => message.remove());
    $("toasts").append(message);
    while ($("toasts").children.length > 4) $("toasts").firstChild.remove();
    const leave = () => (message.matches(":hover, :focus-within") ? setTimeout(leave, 2_000) : message.remove());
    setTimeout(leave, isBad ? 20_000 : 8_000);
  }

  /* Filter, copying, navigation and everything else that is clicked. */

  const split = (text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];

  function filters(text) {
    const found = new Map();
    for (const [name, value] of new URLSearchParams(text).getAll("where").filter((where) => where.indexOf("=") > 0).map(split)) {
      found.set(name, [...(found.get(name) ?? []), value]);
    }
    return found;
  }

  function setFilter(dimension, values) {
    go((params) => {
      const others = params.getAll("where").filter((where) => split(where)[0] !== dimension);
      params.delete("where");
      [...others, ...values.map((value) => `${dimension}=${value}`)].forEach((where) => params.append("where", where));
    });
  }

  function openFilter() {
    const select = $("filter-dimension");
    const options = [...select.options].filter((option) => option.value);
    $("filter").showModal();
    select.focus();
    if (!options.length) set("filter-remark", { children: "The data has no dimension to filter by." });
    else if (!options.some((option) => option.value === select.value)) set("filter-dimension", { value: options[0].value });
    else set("filter-values", { value: filters(query()).get(select.value) ?? [] });
    if ($("filter-search").value) set("filter-search", { value: "" });
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", "visually-hidden");
      area.value = text; // without https the browser has no clipboard for scripts, only the command
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say("Copied.");
  }

  function themeLabel() {
    const text = `Theme: ${window.dashKpiTheme.choice()}`;
    $("theme-switch").title = text;
    $("theme-switch").setAttribute("aria-label", `${text}; change it`);
  }

  const CLICKS = {
    kpi: (element) => choose("kpi", element.dataset.kpi),
    where: (element) => {
      const [dimension, value] = split(element.dataset.where);
      setFilter(dimension, [...new Set([...(filters(query()).get(dimension) ?? []), value])]);
    },
    unfilter: (element) => setFilter(element.dataset.unfilter, []),
    now: () => go((params) => params.delete("as_of")),
    nav: (element) => [...document.querySelectorAll(".nav a")].find((link) => link.pathname === element.dataset.nav)?.click(),
    confirm: (element) => {
      const question = element.nextElementSibling;
      question.hidden = !question.hidden;
      element.setAttribute("aria-expanded", String(!question.hidden));
    },
    copy: (element) => copy(element.dataset.copy),
    act: (element) => set("act", { data: { act: element.dataset.act, source: element.dataset.id, at: Date.now() } }),
    choose: () => picker.click(),
    close: (element) => element.closest("dialog").close(),
  };
  const BUTTONS = {
    "filter-open": openFilter,
    "filter-clear": () => {
      setFilter($("filter-dimension").value, []);
      $("filter").close();
    },
    "shortcuts-open": () => $("shortcuts").showModal(),
    "shortcuts-switch": () => {
      localStorage.setItem(KEYS_OFF, hasKeys() ? "1" : "");
      tellKeys();
    },
    "theme-switch": () => {
      window.dashKpiTheme.next();
      themeLabel();
    },
  };

  document.addEventListener("click", (event) => {
    if (event.target.tagName === "DIALOG") event.target.close(); // the backdrop
    const button = event.target.closest("button");
    if (!button) return;
    BUTTONS[button.id]?.();
    for (const name of Object.keys(CLICKS)) if (name in button.dataset) CLICKS[name](button);
  });

  /* Focus: what a callback lays out anew is another element; the one that had the focus gets it back. */

  let held = null;

  function nameOf(element) {
    if (!element.closest("main")) return null;
    for (const name of ["kpi", "where"]) if (name in element.dataset) return `[data-${name}="${CSS.escape(element.dataset[name])}"]`;
    return element.id ? `#${CSS.escape(element.id)}` : null;
  }

  document.addEventListener("pointerdown", () => (held = null));
  document.addEventListener("focusin", (event) => (held = nameOf(event.target)));
  new MutationObserver(() => {
    if (held && document.activeElement === document.body) document.querySelector(held)?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });

  /* Keys. They can be switched off, for those whose speech input or keyboard types them by accident. */

  const KEYS_OFF = "dash-kpi-keys-off";
  const GOES = { o: "overview", t: "trends", w: "drivers", d: "data", h: "thresholds", a: "alerts", s: "settings" };
  let wentAt = 0;

  function hasKeys() {
    try {
      return !localStorage.getItem(KEYS_OFF);
    } catch {
      return true;
    }
  }

  const tellKeys = () => ($("shortcuts-switch").textContent = hasKeys() ? "Switch shortcuts off" : "Switch shortcuts on");

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea, [contenteditable], dialog");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !hasKeys()) return;
    const isGoing = Date.now() - wentAt < 1_500;
    wentAt = event.key === "g" ? Date.now() : 0;
    if (event.key === "?") $("shortcuts").showModal();
    else if (event.key === "/" && $("filter-open").offsetParent) openFilter();
    else if (isGoing && event.key in GOES) $(`nav-${GOES[event.key]}`)?.click();
    else return;
    event.preventDefault();
  });

  /* What callbacks call. */

  const part = (type, props) => ({ type, namespace: "dash_html_components", props });
  const chip = (text, remove, data) =>
    part("Button", {
      type: "button",
      className: "chip",
      title: remove,
      "aria-label": remove,
      disable_n_clicks: true,
      ...data,
      children: [part("Span", { children: text, className: "clip" }), part("Span", { className: "icon icon-close" })],
    });

  /* Place: what an answer shows, as HTML in which every text is escaped. What is the same stays as it is. */

  const offered = {};

  function place(answer) {
    for (const [id, html] of Object.entries(answer.parts)) if ($(id)) renew($(id), html);
    for (const [id, options] of Object.entries(answer.options)) {
      const text = JSON.stringify(options);
      if (offered[id] !== text) set(id, { options });
      offered[id] = text;
    }
    tellAges();
  }

  function renew(element, html) {
    const template = make("template");
    template.innerHTML = html;
    const [before, after] = [[...element.childNodes], [...template.content.childNodes]];
    after.forEach((node, at) => {
      if (!before[at]) element.append(node);
      else if (!before[at].isEqualNode(node)) replace(before[at], node);
    });
    before.slice(after.length).forEach((node) => node.remove());
  }

  function replace(before, after) {
    const were = [...(before.querySelectorAll?.("details") ?? [])].map((details) => details.open);
    [...(after.querySelectorAll?.("details") ?? [])].forEach((details, at) => (details.open = were[at] ?? false));
    before.replaceWith(after);
  }

  const frame = {
    go,
    place(answer) {
      if (answer) place(answer);
    },
    start() {
      mark();
      themeLabel();
      tellKeys();
      return [shown, ...Object.values(barState())];
    },
    tick() {
      tick();
    },
    say(message) {
      if (!message) return;
      say(message.text, { isBad: message.kind === "error", action: message.action });
      tick(); // what was done has moved the flag
    },
    chips(text) {
      const chips = [...filters(text ?? "")].map(([name, values]) => {
        const words = `${capital(name.replaceAll("_", " "))}: ${values.map((value) => value || "(blank)").join(", ")}`;
        return chip(words, `Remove the filter ${words}`, { "data-unfilter": name });
      });
      const asOf = new URLSearchParams(text ?? "").get("as_of");
      return asOf ? [...chips, chip(`As of revision ${asOf}`, `As of revision ${asOf}; return to now`, { "data-now": "" })] : chips;
    },
    links(text) {
      const view = viewOf(text);
      return ["/", "/trends", "/drivers", "/data", "/alerts", "/thresholds", "/settings/kpis"].map((page) => page + (view ? `?${view}` : ""));
    },
    filter(clicks, dimension, values) {
      if (!clicks || !dimension) return;
      setFilter(dimension, values ?? []);
      $("filter").close();
    },
  };
  window.dash_clientside = { ...window.dash_clientside, frame };
})();
