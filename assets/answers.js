/* What the pages of the settings have in common: what was done or refused is told, test messages are watched on their
   way, and what is typed is not lost by mistake. */
(() => {
  "use strict";

  const LOOK_AGAIN = 700; // milliseconds between two looks at what became of a test
  const PATIENCE = 90_000; // milliseconds after which a test is not looked at any more
  const SLOW = 15_000; // milliseconds after which the worker may be missing
  const LOST = ["failed", "parked", "dropped", "unknown"];
  const $ = (id) => document.getElementById(id);

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  function button(words, data) {
    const made = make("button", "quiet bordered", words);
    made.type = "button";
    Object.assign(made.dataset, data);
    return made;
  }

  const undoButton = (undo) => button("Undo", { undo: JSON.stringify(undo) });

  /* What was done, above the page, and what a form says beside its buttons. */

  function tell(id, text, kind = "", more = []) {
    const picture = kind === "bad" ? "stop" : "check";
    const line = make("p", `done ${kind}`, make("span", `icon icon-${picture}`), make("span", "", text), ...more);
    $(id).replaceChildren(line);
  }

  function tellForm(line, text, kind = "") {
    if (!line) return;
    const picture = { good: "check", bad: "stop" }[kind];
    line.className = `channel-told ${kind}`;
    line.replaceChildren(...(picture ? [make("span", `icon icon-${picture}`)] : []), text);
  }

  const mistake = (sentence, ...more) => make("p", "", make("span", "icon icon-stop"), make("span", "", sentence, ...more));

  function forgetMistakes(form) {
    form.querySelectorAll(".mistake").forEach((line) => line.replaceChildren());
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  }

  /* A test message on its way; `isMine` tells whether somebody still wants to know. */

  async function follow(id, numbers, isMine, again) {
    const began = Date.now();
    const address = `/api/v1/channels/tests?${numbers.map((number) => `id=${number}`).join("&")}`;
    const isWanted = () => isMine() && $(id);
    while (isWanted() && Date.now() - began < PATIENCE) {
      await new Promise((done) => setTimeout(done, LOOK_AGAIN));
      let found;
      try {
        found = (await (await fetch(address, { signal: AbortSignal.timeout(10_000) })).json()).tests;
      } catch {
        continue; // the bar says that the server does not answer
      }
      if (!isWanted()) return;
      showSendings(id, found, Date.now() - began > SLOW);
      if (found.every((one) => one.is_over)) {
        again();
        return;
      }
    }
  }

  function showSendings(id, found, isSlow) {
    const waits = isSlow && found.some((one) => one.status === "queued");
    const bad = found.some((one) => LOST.includes(one.status));
    const items = found.map((one) => make("li", "", one.sentence));
    if (waits) items.push(make("li", "", "It still waits: is the worker running? (dash-kpi worker, or dash-kpi serve)"));
    const isOver = found.every((one) => one.is_over);
    const words = isOver ? (bad ? "The test did not arrive everywhere." : "The test was sent.") : "The test is on its way.";
    const text = JSON.stringify([words, ...items.map((item) => item.textContent)]);
    if ($(id).dataset.shown === text && $(id).querySelector("ul")) return; // nothing new to read out
    $(id).dataset.shown = text;
    tell(id, words, isOver && bad ? "bad" : "", [make("ul", "sendings", ...items)]);
  }

  /* Going back to the list, and leaving. */

  function toList(path, names) {
    const params = new URLSearchParams(location.search);
    names.forEach((name) => params.delete(name));
    history.pushState(history.state, "", params.size ? `${path}?${params}` : path);
    dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  }

  function guard(root, isDirty, forget) {
    addEventListener("beforeunload", (event) => {
      if ($(root) && isDirty()) event.preventDefault();
    });
    addEventListener(
      "click",
      (event) => {
        const link = event.target.closest?.("a[href]");
        if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button || !$(root) || !isDirty()) return;
        if (window.confirm("Leave without saving?")) {
          forget();
        } else {
          event.preventDefault();
          event.stopImmediatePropagation();
        }
      },
      true,
    );
  }

  const taking = (take) => (answer) => {
    if (answer) take(answer);
  };
  const answers = { make, button, undoButton, tell, tellForm, mistake, forgetMistakes, follow, toList, guard, taking };
  window.dash_clientside = { ...window.dash_clientside, answers };
})();
