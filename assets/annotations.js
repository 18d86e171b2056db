/* People's notes: the dialog in which they are written, what is sent, and the way back after a deletion.
   The store "noted" tells the pages that a note was changed, here or by somebody else. */
(() => {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const FIELDS = ["from", "to", "text", "kpi"];
  const ADDRESS = "/api/v1/annotations";
  const PATIENCE = 15_000; // milliseconds
  let open = null; // what the dialog is about: { id, version, kpi }; a new note has no id
  let isSending = false;
  let notedAt;

  /* The dialog. */

  function placeOf(element) {
    return element.closest("section")?.querySelector("[data-note-kpi]")?.dataset;
  }

  function openNew(button) {
    const place = placeOf(button);
    if (!place) return;
    show({ kpi: place.noteKpi, label: place.noteLabel, from: place.noteFrom, to: place.noteTo, text: "", isOwn: true });
  }

  function openOld(button) {
    const { noteEdit, kpiOf, from, to, text, version } = button.dataset;
    const place = placeOf(button) ?? {};
    const kpi = kpiOf || place.noteKpi;
    const label = kpi === place.noteKpi ? place.noteLabel : kpi;
    show({ id: noteEdit, version, kpi, label, from, to, text, isOwn: Boolean(kpiOf) });
  }

  function show(note) {
    open = note;
    set("note-from", { value: note.from });
    set("note-to", { value: note.to });
    $("note-text").value = note.text;
    set("note-kpi-own", { children: `on ${note.label}` });
    $("note-kpi").value = note.isOwn ? "own" : "every";
    $("note-title").textContent = note.id ? "Edit note" : "New note";
    $("note-remove").hidden = !note.id;
    tell(null);
    $("note").showModal();
    $("note-text").focus();
  }

  // A sentence beside the field that it is about, or below all of them.
  function tell(error) {
    for (const field of FIELDS) {
      const isWrong = error?.field === field;
      const input = $(`note-${field}`);
      $(`note-${field}-error`).textContent = isWrong ? error.sentence : "";
      if (isWrong) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", `note-${field}-error`);
        input.focus();
      } else {
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
    }
    $("note-error").textContent = error && !FIELDS.includes(error.field) ? error.sentence : "";
  }

  function written() {
    return {
      from: $("note-from").value,
      to: $("note-to").value,
      text: $("note-text").value,
      kpi: $("note-kpi").value === "own" ? open.kpi : null,
      version: open.version,
    };
  }

  async function save() {
    const given = written();
    if (!given.to) given.to = given.from; // one day
    const { id } = open;
    const answer = await send(id ? `${ADDRESS}/${id}` : ADDRESS, id ? "PATCH" : "POST", given);
    if (answer.error) return tell({ sentence: answer.error, field: answer.field });
    $("note").close();
    changed(answer);
    say(id ? "The note is changed." : "The note is saved.");
  }

  /* Deleting, and the way back. */

  async function remove(id, version) {
    const answer = await send(`${ADDRESS}/${id}?version=${encodeURIComponent(version)}`, "DELETE");
    if (answer.error) return $("note").open ? tell({ sentence: answer.error }) : say(answer.error, { kind: "error" });
    $("note").close();
    changed(answer);
    const undo = Object.assign(document.createElement("button"), { type: "button", className: "plain-button", textContent: "Undo" });
    undo.addEventListener("click", () => restore(id, undo));
    say("The note is deleted.", { action: undo });
    undo.focus();
  }

  async function restore(id, undo) {
    const answer = await send(`${ADDRESS}/${id}/restore`, "POST");
    if (answer.error) return say(answer.error, { kind: "error" });
    undo.closest(".message")?.remove();
    $("note-new")?.focus();
    changed(answer);
    say("The note is back.");
  }

  /* What goes over the wire. */

  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const say = (text, more = {}) => window.dash_clientside.frame.say({ text, ...more });

  async function send(address, method, given) {
    if (isSending) return { error: "The last change is still being sent." };
    isSending = true;
    try {
      const headers = { "X-CSRFToken": cookie("_csrf_token"), "Content-Type": "application/json" };
      const body = given && JSON.stringify(given);
      const answer = await fetch(address, { method, headers, body, signal: AbortSignal.timeout(PATIENCE) });
      const found = await answer.json();
      return answer.ok ? found : { error: found.error ?? "The server refused the note.", field: found.field };
    } catch {
      return { error: "The server does not answer; nothing is known to be saved. Try again." };
    } finally {
      isSending = false;
    }
  }

  function changed(note) {
    notedAt = note.version; // so that the flag tells nothing new
    set("noted", { data: note.version });
  }

  addEventListener("dash-kpi-flag", ({ detail }) => {
    const isNews = notedAt !== undefined && detail.noted_at !== notedAt;
    notedAt = detail.noted_at;
    if (isNews) set("noted", { data: notedAt });
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("noteNew" in button.dataset) openNew(button);
    else if ("noteEdit" in button.dataset) openOld(button);
    else if ("noteDelete" in button.dataset) remove(button.dataset.noteDelete, button.dataset.version);
    else if (button.id === "note-save") save();
    else if (button.id === "note-remove") remove(open.id, open.version);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.closest("#note")) return;
    const isLine = event.target.matches("textarea");
    if (event.target.matches("input") || (isLine && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      save();
    }
  });
})();
