/* The page of digests in the browser: the form as a digest, its message after every change, and wishes. */
(() => {
  "use strict";

  const PATH = "/settings/digests";
  const DONE = "digests-done";
  const PAUSE = 400; // milliseconds between the last change and the question
  const { undoButton, mistake, guard, taking, ...answers } = window.dash_clientside.answers;
  const $ = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  let edited = null; // number and version
  let clean = null; // the form as it was first
  let asked = 0;
  let pause = null;
  let watch = 0;

  const many = (name) => [...document.querySelectorAll(`#digests-form [data-many="${name}"]:checked`)].map((box) => box.value);
  const isDirty = () => Boolean(edited && clean !== null && $("digest-name") && JSON.stringify(given()) !== clean);
  const tellForm = (text, kind) => answers.tellForm($("digest-told"), text, kind);

  function given() {
    return {
      name: $("digest-name").value,
      kpis: many("kpis"),
      every: $("digest-every").value,
      weekday: $("digest-weekday").value,
      at: $("digest-at").value.trim(),
      channels: many("channels").map(Number),
    };
  }

  /* Drafts and wishes. */

  const wish = (data) => set("digests-wish", { data: { ...data, at: Date.now() } });

  function ask(delay = PAUSE) {
    clearTimeout(pause);
    $("digests-preview").setAttribute("aria-busy", "true");
    pause = setTimeout(() => {
      if (edited && $("digest-name")) set("digests-draft", { data: { given: given(), at: ++asked } });
    }, delay);
  }

  function send(act) {
    answers.forgetMistakes($("digests-form"));
    tellForm(act === "send" ? "Sending …" : "Saving …");
    wish({ act, given: given(), number: edited.number, version: edited.version });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !$("digests")) return;
    const { digestAct, number, version, undo } = button.dataset;
    if (button.id === "digest-save") send("save");
    else if (button.id === "digest-send") send("send");
    else if (undo) wish(JSON.parse(undo));
    else if (digestAct) wish({ act: digestAct, number: Number(number), version });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("#digests-form input:not([type=checkbox])")) return;
    event.preventDefault();
    if (event.target.id !== "digest-search") send("save");
  });

  document.addEventListener("input", (event) => {
    if (event.target.id === "digest-search") search();
    else if (event.target.closest("#digests-form")) changed(event.target);
  });

  function changed(field) {
    forget(field.dataset.many ?? field.id.replace("digest-", ""));
    $("digest-weekday-part").hidden = $("digest-every").value !== "week";
    ask();
  }

  function search() {
    const wanted = $("digest-search").value.trim().toLowerCase();
    const boxes = [...document.querySelectorAll("#digests-form .kpi-choices .box")];
    boxes.forEach((box) => (box.hidden = !box.textContent.toLowerCase().includes(wanted)));
    $("digest-none").hidden = boxes.some((box) => !box.hidden);
  }

  /* What is wrong, and what was done. */

  function forget(field) {
    $(`digest-${field}-mistake`)?.replaceChildren();
    $(`digest-${field}`)?.removeAttribute("aria-invalid");
    tellForm("");
  }

  function refuse(answer) {
    const place = edited && $(`digest-${answer.field}-mistake`);
    if (!edited || !["save", "send"].includes(answer.act)) {
      answers.tell(DONE, answer.refusal, "bad");
      return;
    }
    tellForm(place ? "" : answer.refusal, "bad");
    if (!place) return;
    place.replaceChildren(mistake(answer.refusal));
    $(`digest-${answer.field}`)?.setAttribute("aria-invalid", "true");
    ($(`digest-${answer.field}`) ?? document.querySelector(`[data-many="${answer.field}"]`))?.focus();
  }

  const again = () => set("digests-again", { data: Date.now() });

  function fulfilled(answer) {
    if (answer.refusal) {
      refuse(answer);
      return;
    }
    if (edited) tellForm("");
    answers.tell(DONE, answer.sentence, "", answer.undo ? [undoButton(answer.undo)] : []);
    if (answer.sendings) {
      const mine = ++watch;
      answers.follow(DONE, answer.sendings, () => mine === watch, again);
      return;
    }
    watch += 1;
    if (edited && answer.act === "save") {
      clean = null;
      answers.toList(PATH, ["edit", "new"]);
    }
    again();
  }

  guard("digests", isDirty, () => {
    clean = null;
  });

  /* Answers. */

  const keyOf = (one) => (one ? String(one.number) : null);

  function place(answer) {
    const isSame = answer.edited && edited && keyOf(answer.edited) === keyOf(edited) && $("digest-name");
    if (isSame && isDirty()) delete answer.parts["digests-form"]; // somebody types
    window.dash_clientside.frame.place(answer);
    $("digests-list").classList.toggle("awaited", !answer.edited && !answer.parts["digests-list"]);
    if (isSame && isDirty()) return;
    edited = answer.edited;
    clean = edited ? JSON.stringify(given()) : null;
    if (!edited) return;
    if ($("digest-search")) search();
    ask(0);
    if (isSame) return;
    watch += 1;
    $(DONE).replaceChildren();
    $("digest-name").focus({ preventScroll: true });
  }

  function tried(answer) {
    if (!edited || answer.at !== asked) return; // something else was typed meanwhile
    window.dash_clientside.frame.place(answer);
    $("digests-preview").removeAttribute("aria-busy");
  }

  const digests = { place: taking(place), fulfilled: taking(fulfilled), tried: taking(tried) };
  window.dash_clientside = { ...window.dash_clientside, digests };
})();
