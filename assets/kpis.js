/* The page of KPIs in the browser: it keeps what is typed, asks for a preview after every change, and sends wishes. */
(() => {
  "use strict";

  const PATH = "/settings/kpis";
  const PAUSE = 300; // milliseconds between the last change and the question
  const WRONG = { formula: ["kpi-formula"], target: ["kpi-target-value", "kpi-target-formula"], name: ["kpi-name"] };
  const $ = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  let edited = null; // what is edited: name, version, new, hidden
  let clean = null; // the definition as the form had it first
  let pause = null;
  let asked = 0;
  const kept = new Map(); // what was typed and not saved, by what is edited

  /* The form: from fields to a definition. */

  const fields = () => [...document.querySelectorAll("#kpis-form :is(input, textarea, select)")];
  const keyOf = (one) => (one ? `${one.new}:${one.name}` : null);
  const isPercent = () => $("kpi-unit").value === "percent";

  function numberOf(text) {
    const plain = text.trim().replaceAll(/[\s\u00a0']/g, "");
    const value = Number(/^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain) ? plain.replaceAll(",", "") : plain.replace(/^(-?\d+),(\d+)$/, "$1.$2"));
    if (!plain || !Number.isFinite(value)) return text; // the server says what is wrong with it
    return isPercent() ? Number((value / 100).toPrecision(15)) : value;
  }

  function target() {
    const kind = $("kpi-target-kind").value;
    if (kind === "none") return null;
    if (kind === "formula") return { formula: $("kpi-target-formula").value };
    const value = numberOf($("kpi-target-value").value);
    return kind === "per" ? { value, per: $("kpi-target-per").value } : { value };
  }

  function definition() {
    return {
      name: $("kpi-name").value.trim(),
      label: $("kpi-label").value.trim(),
      formula: $("kpi-formula").value,
      unit: $("kpi-unit").value,
      decimals: $("kpi-decimals").value === "" ? null : Number($("kpi-decimals").value),
      direction: $("kpi-direction").value,
      description: $("kpi-description").value,
      target: target(),
      owner: $("kpi-owner").value,
      tags: $("kpi-tags").value.split(",").map((tag) => tag.trim()).filter(Boolean),
      is_hidden: edited.hidden === "1",
    };
  }

  const isDirty = () => Boolean(edited && $("kpi-formula") && JSON.stringify(definition()) !== clean);

  let isBegun = false; // somebody has typed into the formula

  function slug(label) {
    const words = label.normalize("NFKC").toLowerCase().replaceAll(/[^\p{L}\p{N}_]+/gu, "_").replaceAll(/^_+|_+$/g, "");
    return (/^\p{L}/u.test(words) || !words ? words : `kpi_${words}`).slice(0, 60);
  }

  function showTarget() {
    const kind = $("kpi-target-kind").value;
    document.querySelectorAll("[data-target]").forEach((part) => (part.hidden = !part.dataset.target.split(" ").includes(kind)));
    $("kpi-target-unit").textContent = isPercent() ? " in percent" : $("kpi-unit").value === "duration" ? " in hours" : "";
  }

  function ask(delay = PAUSE) {
    clearTimeout(pause);
    $("kpis-preview").setAttribute("aria-busy", "true");
    pause = setTimeout(() => {
      if (edited && $("kpi-formula")) set("kpis-draft", { data: { definition: definition(), is_new: edited.new === "1", at: ++asked } });
    }, delay);
  }

  function changed(field) {
    if (field.id === "kpi-name") field.dataset.own = field.value ? "1" : "";
    if (field.id === "kpi-label" && edited.new && !$("kpi-name").dataset.own) $("kpi-name").value = slug(field.value);
    if (field.id === "kpi-unit" || field.id === "kpi-target-kind") showTarget();
    if (field.id === "kpi-formula") isBegun = true;
    $("kpi-save-mistake")?.remove();
    ask();
  }

  document.addEventListener("input", (event) => {
    if (event.target.id === "kpis-search") search();
    else if (event.target.closest("#kpis-form")) changed(event.target);
  });

  /* Inserting words, and mending what is misspelt; places are counted in characters, as the server does. */

  function insert(field, text, start, end) {
    const at = text.indexOf("|");
    field.setRangeText(text.replace("|", ""), start, end, "end");
    if (at >= 0) field.setSelectionRange(start + at, start + at);
    field.focus();
    changed(field);
  }

  function mend(button) {
    const field = button.dataset.field === "target" ? $("kpi-target-formula") : $("kpi-formula");
    const characters = Array.from(field.value);
    const place = (number) => characters.slice(0, Number(number)).join("").length;
    insert(field, button.dataset.suggest, place(button.dataset.start), place(button.dataset.end));
  }

  /* Wishes: save, hide, show, reset, remove, undo. */

  function save() {
    set("kpis-wish", {
      data: { act: "save", definition: definition(), version: Number(edited.version), is_new: edited.new === "1", at: Date.now() },
    });
  }

  const wish = ({ kpiAct, name, version }) =>
    set("kpis-wish", { data: { act: kpiAct, name, version: version ? Number(version) : null, at: Date.now() } });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "kpi-save") save();
    else if ("kpiAct" in button.dataset) wish(button.dataset);
    else if ("insert" in button.dataset) insert($("kpi-formula"), button.dataset.insert, $("kpi-formula").selectionStart, $("kpi-formula").selectionEnd);
    else if ("suggest" in button.dataset) mend(button);
  });

  function visit(href) {
    history.pushState(history.state, "", href);
    dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  }

  function toList() {
    const params = new URLSearchParams(location.search);
    ["edit", "new", "copy"].forEach((name) => params.delete(name));
    visit(params.size ? `${PATH}?${params}` : PATH);
  }

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  function tell(answer) {
    const words = make("span", "", answer.sentence);
    const line = make("p", "done", make("span", "icon icon-check"), words);
    if (answer.sentence !== "Nothing was changed.") {
      const undo = make("button", "quiet bordered", "Undo");
      undo.type = "button";
      Object.assign(undo.dataset, { kpiAct: "undo", name: answer.name, version: String(answer.version) });
      line.append(undo);
    }
    $("kpis-done").replaceChildren(line);
  }

  function refuse(answer) {
    if (answer.act !== "save" || !$("kpi-save")) {
      $("kpis-done").replaceChildren(make("p", "done bad", make("span", "icon icon-stop"), answer.refusal));
      return;
    }
    $("kpi-save-mistake")?.remove();
    const line = make("p", "mistake", make("span", "icon icon-stop"), answer.refusal);
    line.id = "kpi-save-mistake";
    line.setAttribute("role", "alert");
    document.querySelector(".editor-actions").prepend(line);
  }

  /* Leaving: what is typed is not lost by mistake. Going back keeps it, for whoever comes again. */

  addEventListener("beforeunload", (event) => {
    if (isDirty()) event.preventDefault();
  });
  addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[href]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button || !isDirty()) return;
      if (window.confirm("Leave without saving this KPI?")) {
        kept.delete(keyOf(edited));
        clean = JSON.stringify(definition());
      } else {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  /* The list. */

  function search() {
    const wanted = ($("kpis-search")?.value ?? "").trim().toLowerCase();
    const rows = [...document.querySelectorAll("[data-find]")];
    rows.forEach((row) => (row.hidden = !row.dataset.find.includes(wanted)));
    if ($("kpis-none")) $("kpis-none").hidden = rows.some((row) => !row.hidden);
  }

  /* Answers. */

  function place(answer) {
    const isSame = answer.edited && keyOf(answer.edited) === keyOf(edited) && $("kpi-formula");
    if (isDirty()) kept.set(keyOf(edited), fields().map((field) => field.value));
    if (isSame && isDirty()) {
      delete answer.parts["kpis-form"]; // the data moved while somebody types
      window.dash_clientside.frame.place(answer);
      ask(0);
      return;
    }
    if (edited && !answer.edited) kept.delete(null);
    window.dash_clientside.frame.place(answer);
    edited = answer.edited;
    document.querySelector("#kpis").classList.toggle("editing", Boolean(edited));
    if (!edited) {
      search();
      return;
    }
    open(isSame);
  }

  function open(isSame) {
    clean = JSON.stringify(definition());
    isBegun = false;
    const typed = kept.get(keyOf(edited));
    kept.delete(keyOf(edited));
    if (typed) fields().forEach((field, at) => (field.value = typed[at] ?? field.value));
    $("kpi-name").dataset.own = $("kpi-name").value ? "1" : "";
    showTarget();
    if (!isSame) {
      $("kpis-done").replaceChildren();
      $(edited.new === "1" ? "kpi-label" : "kpi-formula").focus({ preventScroll: true });
    }
    ask(0);
  }

  function hideMistakeOf(field, answer) {
    answer.parts[`kpi-${field}-mistake`] = "";
    answer.wrong = answer.wrong.filter((other) => other !== field);
  }

  function tried(answer) {
    if (!edited || answer.at !== asked) return; // something else was typed meanwhile
    if (!$("kpi-formula").value.trim() && !isBegun) hideMistakeOf("formula", answer); // nobody has come to it yet
    window.dash_clientside.frame.place(answer);
    $("kpis-preview").removeAttribute("aria-busy");
    for (const [field, ids] of Object.entries(WRONG)) {
      for (const id of ids) $(id)?.setAttribute("aria-invalid", String(answer.wrong.includes(field)));
    }
  }

  function fulfilled(answer) {
    if (answer.refusal) {
      refuse(answer);
      return;
    }
    if (edited) {
      kept.delete(keyOf(edited));
      clean = JSON.stringify(definition());
      toList();
    }
    tell(answer);
    window.dash_clientside.frame.tick();
  }

  const taking = (take) => (answer) => {
    if (answer) take(answer);
  };
  const kpis = { place: taking(place), tried: taking(tried), fulfilled: taking(fulfilled) };
  window.dash_clientside = { ...window.dash_clientside, kpis };
})();
