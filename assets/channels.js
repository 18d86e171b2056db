/* The page of channels in the browser: it sends forms and wishes, shows what is wrong at its field, and watches tests. */
(() => {
  "use strict";

  const PATH = "/settings/channels";
  const LOOK_AGAIN = 700; // milliseconds between two looks at what became of a test
  const PATIENCE = 90_000; // milliseconds after which a test is not looked at any more
  const SLOW = 15_000; // milliseconds after which the worker may be missing
  const $ = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  let edited = null; // what the form is about: kind, number, version
  let clean = null; // the form as it was first
  let watch = 0;

  const keyOf = (one) => (one ? `${one.kind}:${one.number}` : null);
  const isRoute = () => edited?.kind === "route";
  const prefix = () => (isRoute() ? "route" : "channel");
  const whole = (text) => (text ? Number(text) : null);
  const fields = () => [...document.querySelectorAll("#channels-form :is(input, textarea, select)")];
  const isDirty = () => Boolean(edited && clean !== null && fields().length && JSON.stringify(given()) !== clean);

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  /* From the form to what is given. */

  function given() {
    return isRoute() ? route() : channel();
  }

  function channel() {
    const values = {};
    document.querySelectorAll("#channels-form [data-field]").forEach((field) => {
      if (field.dataset.field !== "name") values[field.dataset.field] = field.value;
    });
    return {
      kind: edited.kind,
      name: $("channel-name").value,
      values,
      on_unknown: document.querySelector("[name=channel-policy]:checked")?.value,
      forget: [...document.querySelectorAll("[data-forget]:checked")].map((box) => box.dataset.forget),
    };
  }

  function route() {
    const many = (name) => [...document.querySelectorAll(`[data-many="${name}"]:checked`)].map((box) => box.value);
    return {
      name: $("route-name").value,
      severities: many("severities"),
      tags: $("route-tags").value,
      channels: many("channels").map(Number),
      escalate_hours: $("route-escalate_hours").value.trim() || null,
      escalate_channels: many("escalate_channels").map(Number),
    };
  }

  /* Wishes. */

  const wish = (data) => set("channels-wish", { data: { ...data, at: Date.now() } });

  function send(act) {
    forgetMistakes();
    tellForm(act === "connect" ? "Asking the service …" : "Saving …");
    const asIs = act === "connect" && edited.number && !isDirty(); // what is kept: where it works, what waited goes on
    wish({ act: isRoute() ? "save_route" : act, given: asIs ? null : given(), number: edited.number, version: edited.version });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { channelAct, number, version, position, undo } = button.dataset;
    if (button.id === "channel-save" || button.id === "route-save") send("save");
    else if (button.id === "channel-connect") send("connect");
    else if (undo) wish(JSON.parse(undo));
    else if (channelAct) wish({ act: channelAct, number: whole(number), version: position ? undefined : version, position: whole(position) });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("#channels-form input:not([type=checkbox], [type=radio])")) return;
    event.preventDefault();
    send("save");
  });

  document.addEventListener("input", (event) => {
    if (event.target.closest("#channels-form")) forget(event.target.dataset.field ?? event.target.dataset.many ?? event.target.id.replace("route-", ""));
  });

  /* What is wrong. */

  function forget(field) {
    if ($(`${prefix()}-${field}-mistake`)) $(`${prefix()}-${field}-mistake`).replaceChildren();
    $(`${prefix()}-${field}`)?.removeAttribute("aria-invalid");
  }

  function forgetMistakes() {
    document.querySelectorAll("#channels-form .mistake").forEach((line) => line.replaceChildren());
    document.querySelectorAll("#channels-form [aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    tellForm("");
  }

  function tellForm(text, kind = "") {
    const line = $(`${prefix()}-told`);
    if (!line) return;
    const picture = { good: "check", bad: "stop" }[kind];
    line.className = `channel-told ${kind}`;
    line.replaceChildren(...(picture ? [make("span", `icon icon-${picture}`)] : []), text);
  }

  function refuse(answer) {
    const isOfForm = edited && ["save", "connect", "save_route"].includes(answer.act);
    if (!isOfForm) {
      tell(answer.refusal, "bad");
      return;
    }
    const place = answer.field ? $(`${prefix()}-${answer.field}-mistake`) : null;
    if (!place) {
      tellForm(answer.refusal, "bad");
      return;
    }
    tellForm("");
    place.replaceChildren(make("p", "", make("span", "icon icon-stop"), make("span", "", answer.refusal)));
    const field = $(`${prefix()}-${answer.field}`) ?? document.querySelector(`[data-many="${answer.field}"]`);
    if ($(`${prefix()}-${answer.field}`)) field.setAttribute("aria-invalid", "true");
    field?.focus();
  }

  /* What was done. */

  function tell(text, kind = "", more = []) {
    const line = make("p", `done ${kind}`, make("span", `icon icon-${kind === "bad" ? "stop" : "check"}`), make("span", "", text), ...more);
    $("channels-done").replaceChildren(line);
    return line;
  }

  function undoButton(undo) {
    const button = make("button", "quiet bordered", "Undo");
    button.type = "button";
    button.dataset.undo = JSON.stringify(undo);
    return button;
  }

  function testButton(number) {
    const button = make("button", "quiet bordered", "Send a test");
    button.type = "button";
    Object.assign(button.dataset, { channelAct: "send", number: String(number) });
    return button;
  }

  function made(secret) {
    const text = make("code", "made", secret);
    return make("span", "", "Its signing secret, shown this once: ", text);
  }

  function fulfilled(answer) {
    if (answer.refusal) {
      refuse(answer);
      return;
    }
    if (answer.act === "connect") {
      tellForm(answer.sentence, "good");
      again();
      return;
    }
    const more = [];
    if (answer.made) more.push(made(answer.made));
    if (answer.act === "save") more.push(testButton(answer.number));
    if (answer.undo) more.push(undoButton(answer.undo));
    tell(answer.sentence, "", more);
    if (answer.sendings) follow(answer.sendings);
    if (edited && ["save", "save_route", "remove"].includes(answer.act)) toList();
    again();
  }

  const again = () => set("channels-again", { data: Date.now() });

  function toList() {
    clean = null;
    const params = new URLSearchParams(location.search);
    ["edit", "new"].forEach((name) => params.delete(name));
    history.pushState(history.state, "", params.size ? `${PATH}?${params}` : PATH);
    dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  }

  /* A test message on its way. */

  async function follow(numbers) {
    const mine = ++watch;
    const began = Date.now();
    const address = `/api/v1/channels/tests?${numbers.map((number) => `id=${number}`).join("&")}`;
    while (mine === watch && $("channels-done") && Date.now() - began < PATIENCE) {
      await new Promise((done) => setTimeout(done, LOOK_AGAIN));
      let found;
      try {
        found = (await (await fetch(address, { signal: AbortSignal.timeout(10_000) })).json()).tests;
      } catch {
        continue; // the bar says that the server does not answer
      }
      if (mine !== watch || !$("channels-done")) return;
      showSendings(found, Date.now() - began > SLOW);
      if (found.every((one) => one.is_over)) {
        again();
        return;
      }
    }
  }

  function showSendings(found, isSlow) {
    const waits = isSlow && found.some((one) => one.status === "queued");
    const bad = found.some((one) => ["failed", "parked", "dropped", "unknown"].includes(one.status));
    const items = found.map((one) => make("li", "", one.sentence));
    if (waits) items.push(make("li", "", "It still waits: is the worker running? (dash-kpi worker, or dash-kpi serve)"));
    const isOver = found.every((one) => one.is_over);
    const words = isOver ? (bad ? "The test did not arrive everywhere." : "The test was sent.") : "The test is on its way.";
    const text = JSON.stringify([words, ...items.map((item) => item.textContent)]);
    if ($("channels-done").dataset.shown === text && $("channels-done").querySelector("ul")) return; // nothing new to read out
    $("channels-done").dataset.shown = text;
    tell(words, isOver && bad ? "bad" : "", [make("ul", "sendings", ...items)]);
  }

  /* Leaving: what is typed is not lost by mistake. */

  addEventListener("beforeunload", (event) => {
    if ($("channels") && isDirty()) event.preventDefault();
  });
  addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[href]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button || !$("channels") || !isDirty()) return;
      if (window.confirm("Leave without saving?")) {
        clean = null;
      } else {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  /* Answers. */

  function place(answer) {
    const isSame = keyOf(answer.edited) === keyOf(edited) && edited && fields().length;
    if (isSame && isDirty()) delete answer.parts["channels-form"]; // somebody types
    window.dash_clientside.frame.place(answer);
    const isListed = Boolean(answer.edited) || Boolean(answer.parts["channels-list"]);
    $("channels-list").classList.toggle("awaited", !isListed);
    if (isSame && isDirty()) return;
    edited = answer.edited;
    clean = edited ? JSON.stringify(given()) : null;
    if (!edited || isSame) return;
    watch += 1;
    $("channels-done").replaceChildren();
    $(`${prefix()}-name`).focus({ preventScroll: true });
  }

  const taking = (take) => (answer) => {
    if (answer) take(answer);
  };
  const channels = { place: taking(place), fulfilled: taking(fulfilled) };
  window.dash_clientside = { ...window.dash_clientside, channels };
})();
