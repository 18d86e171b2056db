/* Alerts in the browser: how many are open, which channels do not work, what is selected, what is done, and by which keys.
   The store "alerted" tells the pages that an alert, a silence or a delivery moved. */
(() => {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const PATIENCE = 15_000; // milliseconds
  const HOUR = 3_600_000;
  const DIALOGS = { snooze: "alert-snooze", assign: "alert-assign", comment: "alert-commenting" };
  let isSending = false;
  let moved;
  let about = []; // the alerts that an open dialog is about
  const selected = new Set();

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  /* The frame: the flag says how many are open, and which channels do not work. */

  addEventListener("dash-kpi-flag", ({ detail }) => {
    if (!detail.alerts) return;
    count(detail.alerts);
    tellChannels(detail.alerts.channels, detail.alerts.undelivered);
    const isNews = moved !== undefined && moved !== detail.alerts.moved;
    moved = detail.alerts.moved;
    if (isNews) set("alerted", { data: moved });
  });

  function count({ open, severities }) {
    const waiting = open.open ?? 0;
    const all = waiting + (open.acknowledged ?? 0) + (open.snoozed ?? 0);
    const worst = ["critical", "warning", "info"].find((name) => severities.includes(name)) ?? "";
    $("bar-alerts").hidden = !all;
    $("bar-alerts").dataset.severity = worst;
    $("bar-alerts").title = waiting ? `${waiting} that nobody has acknowledged` : "All are acknowledged or snoozed";
    $("bar-alerts-text").textContent = `${all} open`;
    $("bar-alerts-unseen").textContent = all === 1 ? " alert" : " alerts";
    $("nav-count").hidden = !all;
    $("nav-count").textContent = all > 99 ? "99+" : String(all);
  }

  function tellChannels(channels, { failed, waiting }) {
    const place = $("channel-problems");
    const parked = channels.map(({ name, problem }) => `${name} is parked: ${problem.replace(/\.$/, "")}.`).join(" ");
    const many = (count, one, all) => (count ? [`${count} ${count === 1 ? `message ${one}` : `messages ${all}`}`] : []);
    const stuck = [...many(failed, "could not be delivered", "could not be delivered"), ...many(waiting, "waits for somebody", "wait for somebody")].join(", ");
    const text = `${parked}\n${stuck}`;
    if (place.dataset.text === text) return;
    place.dataset.text = text;
    place.hidden = !parked && !stuck;
    const parts = [];
    if (parked) parts.push(make("span", "", `${parked} `, goTo("/settings/channels", "Settings › Channels")));
    if (stuck) parts.push(make("span", "", `${stuck} · see `, goTo("/alerts", "Alerts")));
    place.replaceChildren(...(parts.length ? [make("span", "icon icon-warning"), make("span", "channel-words", ...parts)] : []));
  }

  function goTo(address, text) {
    const link = make("a", "", text);
    link.href = address;
    link.dataset.go = "";
    return link;
  }

  /* What goes over the wire. */

  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const say = (text, more = {}) => window.dash_clientside.frame.say({ text, ...more });

  async function send(address, given, method = "POST") {
    if (isSending) return { error: "The last change is still being sent." };
    isSending = true;
    try {
      const headers = { "X-CSRFToken": cookie("_csrf_token"), "Content-Type": "application/json" };
      const answer = await fetch(address, { method, headers, body: JSON.stringify(given ?? {}), signal: AbortSignal.timeout(PATIENCE) });
      const found = await answer.json();
      return answer.ok ? found : { error: found.error ?? "The server refused that.", field: found.field };
    } catch {
      return { error: "The server does not answer; nothing is known to be changed. Try again." };
    } finally {
      isSending = false;
    }
  }

  const follow = () => set("alerted", { data: Date.now() });

  /* Acts: what is done, and the way back. */

  async function act(wish) {
    const done = await send("/api/v1/alerts/act", wish);
    if (done.error) return done;
    const undo = done.undo.length ? undoButton(done.undo) : null;
    say(done.sentence, { kind: done.changed.length ? "" : "error", action: undo });
    if (selected.size) clear();
    follow();
    return done;
  }

  function undoButton(wishes) {
    const undo = make("button", "plain-button alert-undo", "Undo");
    undo.type = "button";
    undo.addEventListener("click", async () => {
      undo.closest(".message")?.remove();
      const said = [];
      for (const wish of wishes) {
        const done = await send("/api/v1/alerts/act", wish);
        said.push(done.error ?? done.sentence);
      }
      say(said.join(" "));
      follow();
      if (!document.activeElement.closest("#alerts-rows")) rows()[0]?.focus();
    });
    return undo;
  }

  async function start(name, ids) {
    if (!ids.length) return;
    if (!(name in DIALOGS)) {
      const done = await act({ act: name, ids });
      if (done.error) say(done.error, { kind: "error" });
      return;
    }
    about = ids;
    open(DIALOGS[name], ids.length === 1 ? `alert ${ids[0]}` : `${ids.length} alerts`);
  }

  function open(name, what) {
    const dialog = $(name);
    const title = $(`${name}-title`);
    title.dataset.word ??= title.textContent;
    title.textContent = what ? `${title.dataset.word} ${what}` : title.dataset.word;
    dialog.querySelectorAll(".field-error").forEach((line) => (line.textContent = ""));
    dialog.querySelectorAll("textarea, input[type=text], input[type=number]").forEach((field) => (field.value = ""));
    dialog.querySelectorAll("input[type=datetime-local]").forEach((field) => (field.value = localText(new Date(Date.now() + 24 * HOUR))));
    dialog.showModal();
    dialog.querySelector("fieldset input, .form-control, .form-select")?.focus();
  }

  /* Moments: a field knows the time of this browser, the server takes one with its zone. */

  function localText(at) {
    const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
    return shifted.toISOString().slice(0, 16);
  }

  function morning(days) {
    const at = new Date();
    at.setDate(at.getDate() + days);
    at.setHours(9, 0, 0, 0);
    return at;
  }

  const iso = (text) => (text ? new Date(text).toISOString() : "");

  const TIMES = {
    "1h": () => new Date(Date.now() + HOUR).toISOString(),
    tomorrow: () => morning(1).toISOString(),
    monday: () => morning((8 - new Date().getDay()) % 7 || 7).toISOString(),
    until: () => iso($("alert-until").value),
  };

  const WISHES = {
    snooze() {
      const worse = $("alert-worse").value;
      const time = document.querySelector("[name=alert-time]:checked").value;
      return { act: "snooze", until: TIMES[time](), worse_by: worse ? Number(worse) / 100 : null, comment: $("alert-snooze-comment").value };
    },
    assign: () => ({ act: "assign", assignee: $("alert-assignee").value }),
    comment: () => ({ act: $("alert-comment-ack").checked ? "acknowledge" : "comment", comment: $("alert-comment").value }),
  };

  async function save(name) {
    if (name === "silence") return saveSilence();
    const wish = { ...WISHES[name](), ids: about };
    const dialog = $(DIALOGS[name]);
    const done = await act(wish);
    if (done.error) {
      $(`${dialog.id}-error`).textContent = done.error;
      return;
    }
    dialog.close();
  }

  /* Silences. */

  function openSilence({ threshold, kpiName, kpiLabel, dimension, segment, kpis }) {
    const offered = [];
    if (threshold) offered.push(["This threshold", { threshold_id: Number(threshold) }]);
    if (threshold && segment) offered.push([`This threshold, ${segment}`, { threshold_id: Number(threshold), dimension, segment }]);
    if (kpiName) offered.push([`${kpiLabel}, every threshold`, { kpi: kpiName }]);
    if (segment) offered.push([`${segment}, every threshold`, { dimension, segment }]);
    for (const line of kpis ? kpis.split("\n") : []) {
      const [name, label] = line.split("\t");
      offered.push([label, { kpi: name }]);
    }
    offered.push(["Everything", {}]);
    const options = offered.map(([text, scope]) => Object.assign(make("option", "", text), { value: JSON.stringify(scope) }));
    $("silence-about").replaceChildren(...options);
    open("alert-silence", "");
  }

  async function saveSilence() {
    const given = { ...JSON.parse($("silence-about").value), until: iso($("silence-until").value), comment: $("silence-comment").value.trim() };
    const isSaid = given.comment || { error: "A silence needs a comment: why is nothing to be told?", field: "comment" };
    const made = isSaid === given.comment ? await send("/api/v1/silences", given) : isSaid;
    for (const field of ["until", "comment"]) $(`silence-${field}-error`).textContent = made.field === field ? made.error : "";
    $("alert-silence-error").textContent = made.error && !["until", "comment"].includes(made.field) ? made.error : "";
    if (made.error) return $(`silence-${made.field}`)?.focus();
    $("alert-silence").close();
    const undo = make("button", "plain-button alert-undo", "Undo");
    undo.type = "button";
    undo.addEventListener("click", () => {
      undo.closest(".message")?.remove();
      endSilence(made.id);
    });
    say(`Silenced: ${made.words}.`, { action: undo });
    follow();
  }

  async function endSilence(number) {
    const done = await send(`/api/v1/silences/${number}/end`);
    say(done.error ?? `The silence about ${done.words} has ended.`, { kind: done.error ? "error" : "" });
    follow();
  }

  async function extendSilence(number, ends) {
    const until = new Date(new Date(ends).getTime() + 24 * HOUR).toISOString();
    const done = await send(`/api/v1/silences/${number}`, { until }, "PATCH");
    say(done.error ?? `The silence about ${done.words} lasts a day longer.`, { kind: done.error ? "error" : "" });
    follow();
  }

  /* The selection: it outlives the table, which is laid out anew whenever something moves. */

  const rows = () => [...document.querySelectorAll("#alerts-rows > tr")];
  const picks = () => [...document.querySelectorAll("[data-pick]")];

  function pick(box, isPicked) {
    box.checked = isPicked;
    if (isPicked) selected.add(box.dataset.pick);
    else selected.delete(box.dataset.pick);
    tellSelected();
  }

  function clear() {
    selected.clear();
    picks().forEach((box) => (box.checked = false));
    tellSelected();
  }

  function tellSelected() {
    const boxes = picks();
    if ($("alerts-toolbar")) $("alerts-toolbar").hidden = !selected.size;
    if ($("alerts-selected")) $("alerts-selected").textContent = `${selected.size} selected`;
    boxes.forEach((box) => box.closest("tr").classList.toggle("is-picked", box.checked));
    const all = $("alerts-all");
    if (!all) return;
    all.disabled = !boxes.length;
    all.checked = Boolean(boxes.length) && boxes.every((box) => box.checked);
    all.indeterminate = !all.checked && boxes.some((box) => box.checked);
  }

  const numbers = (text) => text.split(" ").filter(Boolean).map(Number);

  document.addEventListener("change", (event) => {
    if (event.target.id === "alerts-all") picks().forEach((box) => pick(box, event.target.checked));
    else if ("pick" in event.target.dataset) pick(event.target, event.target.checked);
    else if (event.target.id === "alert-until") document.querySelector("[name=alert-time][value=until]").checked = true;
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { dataset } = button;
    if ("alertAct" in dataset) start(dataset.alertAct, dataset.ids ? numbers(dataset.ids) : [...selected].map(Number));
    else if ("alertSave" in dataset) save(dataset.alertSave);
    else if ("alertClear" in dataset) clear();
    else if ("silence" in dataset) openSilence(dataset);
    else if ("silenceEnd" in dataset) endSilence(dataset.silenceEnd);
    else if ("silenceExtend" in dataset) extendSilence(dataset.silenceExtend, dataset.ends);
  });

  /* Keys, only while the focus is in the list. */

  function step(row, by) {
    const all = rows();
    const next = all[all.indexOf(row) + by];
    if (!next) return;
    row.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  const KEYS = {
    j: (row) => step(row, 1),
    ArrowDown: (row) => step(row, 1),
    k: (row) => step(row, -1),
    ArrowUp: (row) => step(row, -1),
    x: (row) => row.querySelector("[data-pick]") && pick(row.querySelector("[data-pick]"), !selected.has(row.dataset.alert)),
    a: (row) => start("acknowledge", chosen(row)),
    s: (row) => start("snooze", chosen(row)),
    z: () => [...document.querySelectorAll(".alert-undo")].at(-1)?.click(),
    Enter: (row) => row.querySelector("a[data-go]")?.click(),
  };

  const chosen = (row) => (selected.size ? [...selected].map(Number) : [Number(row.dataset.alert)]);
  const areOff = () => {
    try {
      return Boolean(localStorage.getItem("dash-kpi-keys-off"));
    } catch {
      return false;
    }
  };

  let wentAt = 0; // "g a" goes to the alerts, also from within the list

  document.addEventListener(
    "keydown",
    (event) => {
      const { key, target } = event;
      if (key === "Enter" && target.closest(".dialog") && target.matches("input") && !event.isComposing) {
        const button = target.closest(".dialog").querySelector("[data-alert-save]");
        if (button) event.preventDefault();
        button?.click();
        return;
      }
      const row = target.closest("#alerts-rows > tr");
      const isGoing = Date.now() - wentAt < 1_500;
      wentAt = key === "g" ? Date.now() : 0;
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !isGoing;
      if (!row || !isPlain || !(key in KEYS) || (target !== row && !"jkxasz".includes(key)) || (key.length === 1 && areOff())) return;
      event.preventDefault();
      event.stopPropagation();
      KEYS[key](row);
    },
    true,
  );

  /* Answers. */

  function place(answer) {
    if (!answer) return;
    if (document.querySelector("#alert-dialogs dialog[open]")) delete answer.parts["alert-dialogs"];
    const decided = document.activeElement.closest("#alerts-problems, #alert-body, #alert-head");
    const held = document.activeElement.closest("#alerts-rows > tr")?.dataset.alert;
    const at = held && rows().findIndex((row) => row.dataset.alert === held);
    window.dash_clientside.frame.place(answer);
    const known = new Set(picks().map((box) => box.dataset.pick));
    selected.forEach((number) => known.has(number) || selected.delete(number));
    picks().forEach((box) => (box.checked = selected.has(box.dataset.pick)));
    tellSelected();
    if (decided && document.activeElement === document.body) (decided.querySelector("button") ?? $("main")).focus({ preventScroll: true });
    if (!held || document.activeElement.closest("#alerts-rows")) return;
    const all = rows();
    const next = all.find((row) => row.dataset.alert === held) ?? all[Math.min(at, all.length - 1)];
    if (!next) return;
    all.forEach((row) => (row.tabIndex = row === next ? 0 : -1));
    next.focus({ preventScroll: true });
  }

  window.dash_clientside = { ...window.dash_clientside, alerts: { place, send, follow } };
})();
