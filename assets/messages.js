/* The page of messages in the browser: placeholders are inserted where the cursor is, a wording is previewed after every
   change, and a mistake is shown at its place. */
(() => {
  "use strict";

  const PATH = "/settings/messages";
  const DONE = "messages-done";
  const PAUSE = 300; // milliseconds between the last change and the question
  const AROUND = 24; // characters that are shown before and after a mistake
  const { make, undoButton, mistake, guard, taking, ...answers } = window.dash_clientside.answers;
  const $ = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  let edited = null; // name and the count of versions that was seen
  let clean = null; // the text as it was first
  let asked = 0;
  let pause = null;

  const field = () => $("message-text");
  const isDirty = () => Boolean(edited && clean !== null && field() && field().value !== clean);
  const tellForm = (text, kind) => answers.tellForm($("message-told"), text, kind);

  /* Drafts and wishes. */

  const wish = (data) => set("messages-wish", { data: { ...data, at: Date.now() } });

  function ask(delay = PAUSE) {
    clearTimeout(pause);
    $("messages-preview").setAttribute("aria-busy", "true");
    pause = setTimeout(() => {
      if (edited && field()) set("messages-draft", { data: { name: edited.name, text: field().value, at: ++asked } });
    }, delay);
  }

  function send(act) {
    if (act !== "save" && isDirty() && !window.confirm("Leave what you typed?")) return;
    tellForm("Saving …");
    wish({ act, name: edited.name, text: field().value, seen: edited.seen });
  }

  function insert(text) {
    field().setRangeText(text, field().selectionStart, field().selectionEnd, "end");
    field().focus();
    changed();
  }

  function use(text) {
    field().value = text;
    field().focus();
    changed();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !$("messages")) return;
    const { undo, placeholder } = button.dataset;
    if (["message-save", "message-undo", "message-reset"].includes(button.id)) send(button.id.replace("message-", ""));
    else if (undo) wish(JSON.parse(undo));
    else if (placeholder) insert(placeholder);
    else if ("use" in button.dataset) use(button.dataset.use);
    else if ("mistakeStart" in button.dataset) select(Number(button.dataset.mistakeStart));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== field() || event.shiftKey || event.isComposing) return;
    event.preventDefault(); // a wording is one line
    send("save");
  });

  document.addEventListener("input", (event) => {
    if (event.target === field()) changed();
  });

  function changed() {
    tellForm("");
    ask();
  }

  /* A mistake at its place; places are counted in characters, as the server does. */

  function select(start) {
    const characters = Array.from(field().value);
    const at = characters.slice(0, start).join("").length;
    field().focus();
    field().setSelectionRange(at, at + wrongAt(characters, start).length);
  }

  const wrongAt = (characters, start) => characters.slice(start).join("").match(/^(\{[^{}[\]]*\}?|[^]?)/u)[0];

  function showMistake(answer) {
    field().setAttribute("aria-invalid", "true");
    const characters = Array.from(field().value);
    if (answer.start === null || !field().value.trim()) {
      $("message-mistake").replaceChildren(mistake(answer.refusal));
      return;
    }
    const wrong = wrongAt(characters, answer.start);
    const before = characters.slice(Math.max(0, answer.start - AROUND), answer.start).join("");
    const after = characters.slice(answer.start + Array.from(wrong).length).slice(0, AROUND).join("");
    const go = answers.button("Go there", { mistakeStart: String(answer.start) });
    const pointer = make("span", "pointer", before, make("mark", "", wrong || " "), after);
    $("message-mistake").replaceChildren(mistake(answer.refusal, pointer, go));
  }

  function forgetMistake() {
    $("message-mistake").replaceChildren();
    field().removeAttribute("aria-invalid");
  }

  /* What was done. */

  function fulfilled(answer) {
    if (answer.refusal && edited) {
      tellForm(answer.start === null ? answer.refusal : "", "bad");
      if (answer.start === null) return;
      showMistake(answer);
      select(answer.start);
      return;
    }
    if (answer.refusal) {
      answers.tell(DONE, answer.refusal, "bad");
      return;
    }
    tellForm("");
    answers.tell(DONE, answer.sentence, "", [undoButton(answer.undo)]);
    clean = null;
    if (edited) answers.toList(PATH, ["edit"]);
    set("messages-again", { data: Date.now() });
  }

  guard("messages", isDirty, () => {
    clean = null;
  });

  /* Answers. */

  function place(answer) {
    const isSame = answer.edited && edited && answer.edited.name === edited.name && field();
    if (isSame && isDirty()) delete answer.parts["messages-form"]; // somebody types
    window.dash_clientside.frame.place(answer);
    $("messages-list").classList.toggle("awaited", !answer.edited && !answer.parts["messages-list"]);
    if (isSame && isDirty()) return;
    edited = answer.edited;
    clean = edited ? field().value : null;
    if (!edited) return;
    ask(0);
    if (isSame) return;
    $(DONE).replaceChildren();
    field().focus({ preventScroll: true });
  }

  function tried(answer) {
    if (!edited || answer.at !== asked) return; // something else was typed meanwhile
    window.dash_clientside.frame.place(answer);
    $("messages-preview").removeAttribute("aria-busy");
    if (answer.refusal) showMistake(answer);
    else forgetMistake();
  }

  const messages = { place: taking(place), fulfilled: taking(fulfilled), tried: taking(tried) };
  window.dash_clientside = { ...window.dash_clientside, messages };
})();
