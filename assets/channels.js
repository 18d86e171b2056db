/* The page of channels in the browser: it sends forms and wishes, shows what is wrong at its field, and watches tests. */
(() => {
  "use strict";

  const PATH = "/settings/channels";
  const DONE = "channels-done";
  const { make, button, undoButton, mistake, guard, taking, ...answers } = window.dash_clientside.answers;
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
    if (!button || !$("channels")) return;
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
    answers.forgetMistakes($("channels-form"));
    tellForm("");
  }

  const tellForm = (text, kind) => answers.tellForm($(`${prefix()}-told`), text, kind);

  function refuse(answer) {
    const isOfForm = edited && ["save", "connect", "save_route"].includes(answer.act);
    if (!isOfForm) {
      answers.tell(DONE, answer.refusal, "bad");
      return;
    }
    const place = answer.field ? $(`${prefix()}-${answer.field}-mistake`) : null;
    if (!place) {
      tellForm(answer.refusal, "bad");
      return;
    }
    tellForm("");
    place.replaceChildren(mistake(answer.refusal));
    const field = $(`${prefix()}-${answer.field}`) ?? document.querySelector(`[data-many="${answer.field}"]`);
    if ($(`${prefix()}-${answer.field}`)) field.setAttribute("aria-invalid", "true");
    field?.focus();
  }

  /* What was done. */

  const testButton = (number) => button("Send a test", { channelAct: "send", number: String(number) });

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
    answers.tell(DONE, answer.sentence, "", more);
    if (answer.sendings) follow(answer.sendings);
    if (edited && ["save", "save_route", "remove"].includes(answer.act)) toList();
    again();
  }

  const again = () => set("channels-again", { data: Date.now() });

  function toList() {
    clean = null;
    answers.toList(PATH, ["edit", "new"]);
  }

  function follow(numbers) {
    const mine = ++watch;
    answers.follow(DONE, numbers, () => mine === watch, again);
  }

  guard("channels", isDirty, () => {
    clean = null;
  });

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
    $(DONE).replaceChildren();
    $(`${prefix()}-name`).focus({ preventScroll: true });
  }

  const channels = { place: taking(place), fulfilled: taking(fulfilled) };
  window.dash_clientside = { ...window.dash_clientside, channels };
})();
