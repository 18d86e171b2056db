/* The page of thresholds in the browser: the form as a rule and back, the question what it would have done after every
   change, limits that are dragged, and wishes. */
(() => {
  "use strict";

  const PATH = "/thresholds";
  const PAUSE = 150; // milliseconds between the last change and the question
  const OF_NOW = ["late", "refused", "restated", "no_data", "forecast_target", "forecast_crosses"];
  const SIDES = {
    low: ["below", "inside", "outside", "change", "forecast_crosses"],
    high: ["above", "inside", "outside", "change", "forecast_crosses"],
  };
  const GRAINS = ["day", "week", "month", "quarter", "year"];
  const TEXTS = ["name", "owner", "note", "quiet_from", "quiet_to"];
  const WHOLES = ["pending", "keep_firing"];
  const HOURS = ["cooldown_hours", "repeat_hours"];
  const $ = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  let edited = null; // what is edited: number, version, rule, symbol
  let clean = null; // the rule as the form had it first
  let pause = null;
  let asked = 0;
  let step = 1; // of a limit, in the units of the KPI
  let segment = ""; // that is drawn
  let listed = null; // the list as it came last
  const touched = new Set(); // fields that somebody has come to
  const kept = new Map(); // what was typed and not saved, by what is edited

  const isOpen = () => Boolean(edited && $("th-kpi"));
  const keyOf = (one) => (one ? `${one.number}:${one.number ? "" : JSON.stringify(one.rule)}` : null);
  const isDirty = () => isOpen() && JSON.stringify(rule()) !== clean;

  /* Numbers: percentages are typed as such, falls as positive numbers. */

  const kindOf = (at) => $(`th-kind-${at}`).value;
  const unit = () => $("th-kpi").selectedOptions[0]?.dataset.unit ?? "number";
  const unitScale = () => (unit() === "percent" ? 100 : 1);
  const isPercentChange = (at) => kindOf(at) === "change" && $(`th-measured-${at}`).value === "percent";
  const limitKind = (name, at) => (kindOf(at) === "change" ? "value" : $(`${name}-kind`).value);

  function scaleOf(name) {
    if (name === "th-recovery_margin") return isPercentChange(0) ? 100 : unitScale();
    if (name.startsWith("th-share")) return 100;
    const at = name.at(-1);
    if (isPercentChange(at) || limitKind(name, at) !== "value") return 100;
    return unitScale();
  }

  const signOf = (name) => (name.startsWith("th-low") && kindOf(name.at(-1)) === "change" ? -1 : 1);
  const rounded = (value) => Number(value.toPrecision(12));

  function numberOf(text, scale = 1) {
    const plain = text.trim().replaceAll(/[\s\u00a0']/g, "").replace("\u2212", "-");
    const value = Number(/^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain) ? plain.replaceAll(",", "") : plain.replace(/^(-?\d+),(\d+)$/, "$1.$2"));
    if (!plain || !Number.isFinite(value)) return text; // the server says what is wrong with it
    return scale === 1 ? value : Number((value / scale).toPrecision(15));
  }

  const written = (value, scale = 1) => (typeof value === "number" ? String(rounded(value * scale)) : "");

  /* The form as a rule. */

  function limit(side, at) {
    const name = `th-${side}-${at}`;
    if (!SIDES[side].includes(kindOf(at)) || !$(name).value.trim()) return undefined;
    return { [limitKind(name, at)]: numberOf($(name).value, scaleOf(name) * signOf(name)) };
  }

  function condition(at) {
    const kind = kindOf(at);
    const found = { kind, low: limit("low", at), high: limit("high", at) };
    const choices = { change: ["against", "measured"], anomaly: ["direction", "sensitivity"] }[kind] ?? [];
    choices.forEach((name) => (found[name] = $(`th-${name}-${at}`).value));
    if (["refused", "restated"].includes(kind)) found.share = numberOf($(`th-share-${at}`).value, 100);
    if (kind === "no_data") found.periods = numberOf($(`th-periods-${at}`).value);
    return found;
  }

  const lines = (name) => ($(name)?.value ?? "").split("\n").map((line) => line.trim()).filter(Boolean);

  function parted(line, at) {
    return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }

  function limits() {
    const side = SIDES.low.includes(kindOf(0)) ? "th-low-0" : "th-high-0";
    const scale = scaleOf(side) * signOf(side);
    return Object.fromEntries(lines("th-limits").map((line) => parted(line, line.lastIndexOf("="))).map(([name, value]) => [name, numberOf(value, scale)]));
  }

  function filters() {
    const found = new Map();
    for (const [name, value] of lines("th-filters").map((line) => parted(line, line.indexOf("=")))) found.set(name, [...(found.get(name) ?? []), value]);
    return [...found];
  }

  function rule() {
    const isNow = OF_NOW.includes(kindOf(0));
    const isJoined = !isNow && $("th-join").value;
    const by = isNow ? "" : $("th-by")?.value ?? "";
    const found = { kpi: $("th-kpi").value, grain: $("th-grain").value, severity: $("th-severity").value };
    found.conditions = isJoined ? [condition(0), condition(1)] : [condition(0)];
    if (isJoined) found.join = $("th-join").value;
    Object.assign(found, { by, limits: by ? limits() : {}, filters: filters() });
    TEXTS.forEach((name) => (found[name] = $(`th-${name}`).value.trim()));
    if (!isNow) {
      WHOLES.forEach((name) => (found[name] = numberOf($(`th-${name}`).value)));
      found.recovery_margin = numberOf($("th-recovery_margin").value, scaleOf("th-recovery_margin"));
    }
    HOURS.forEach((name) => (found[name] = numberOf($(`th-${name}`).value)));
    found.working_days = $("th-working_days").checked;
    found.tags = $("th-tags").value.split(",").map((tag) => tag.trim()).filter(Boolean);
    found.channels = [...document.querySelectorAll("#thresholds-form [data-channel]:checked")].map((box) => Number(box.dataset.channel));
    found.is_enabled = edited.rule.is_enabled ?? true;
    found.paused_until = edited.rule.paused_until ?? null;
    return found;
  }

  /* A rule in the form. */

  function choose(name, value) {
    if ($(name) && [...$(name).options].some((option) => option.value === value)) $(name).value = value;
  }

  function fillCondition(at, given = {}) {
    choose(`th-kind-${at}`, given.kind ?? "below");
    ["against", "measured", "direction", "sensitivity"].forEach((name) => {
      const usual = { against: "previous", measured: "percent", direction: "both", sensitivity: "normal" }[name];
      choose(`th-${name}-${at}`, given[name] ?? usual);
    });
    for (const side of ["low", "high"]) {
      const name = `th-${side}-${at}`;
      const [[kind, value]] = Object.entries(given[side] ?? { value: null });
      choose(`${name}-kind`, kind);
      $(name).value = written(value, scaleOf(name) * signOf(name));
    }
    if ($(`th-share-${at}`)) $(`th-share-${at}`).value = written(given.share ?? 0.05, 100);
    if ($(`th-periods-${at}`)) $(`th-periods-${at}`).value = given.periods ?? 1;
  }

  function fill(given) {
    choose("th-kpi", given.kpi);
    choose("th-grain", given.grain ?? "month");
    choose("th-severity", given.severity ?? "warning");
    fillCondition(0, given.conditions?.[0]);
    fillCondition(1, given.conditions?.[1]);
    choose("th-join", given.conditions?.length > 1 ? given.join ?? "and" : "");
    choose("th-by", given.by ?? "");
    const side = SIDES.low.includes(kindOf(0)) ? "th-low-0" : "th-high-0";
    const own = Object.entries(given.limits ?? {}).map(([name, value]) => `${name} = ${written(value, scaleOf(side) * signOf(side))}`);
    if ($("th-limits")) $("th-limits").value = own.join("\n");
    if ($("th-filters")) $("th-filters").value = (given.filters ?? []).flatMap(([name, values]) => values.map((value) => `${name} = ${value}`)).join("\n");
    TEXTS.forEach((name) => ($(`th-${name}`).value = given[name] ?? ""));
    WHOLES.forEach((name) => ($(`th-${name}`).value = given[name] ?? 1));
    HOURS.forEach((name) => ($(`th-${name}`).value = written(given[name] ?? 0)));
    $("th-recovery_margin").value = written(given.recovery_margin ?? 0, scaleOf("th-recovery_margin"));
    $("th-working_days").checked = given.working_days ?? false;
    $("th-tags").value = (given.tags ?? []).join(", ");
    document.querySelectorAll("#thresholds-form [data-channel]").forEach((box) => (box.checked = (given.channels ?? []).includes(Number(box.dataset.channel))));
    unfold(given);
    show();
  }

  // What is not as usual is not hidden.
  function unfold(given) {
    const isUsual = (value) => !value || value === 1 || (typeof value === "object" && !Object.keys(value).length);
    const has = (...names) => names.some((name) => !isUsual(given[name]));
    $("th-fold-second").open = given.conditions?.length > 1;
    $("th-fold-segments").open = has("by", "limits", "filters");
    $("th-fold-life").open = has(...WHOLES, ...HOURS, "recovery_margin");
    $("th-fold-messages").open = has("owner", "note", "tags", "channels", "working_days", "quiet_from", "name");
  }

  /* What is shown of the form: fields where the chosen condition uses them, units, grains that the KPI has. */

  function show(isOtherKpi = false) {
    for (const part of document.querySelectorAll("#thresholds-form [data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(kindOf(part.dataset.condition));
    }
    document.querySelectorAll("[data-joined]").forEach((part) => (part.hidden = !$("th-join").value));
    document.querySelectorAll("[data-segmented]").forEach((part) => (part.hidden = !$("th-by")?.value));
    for (const part of document.querySelectorAll("#thresholds-form [data-unit-of]")) part.textContent = unitWords(part.dataset.unitOf);
    const kpi = $("th-kpi").selectedOptions[0];
    const finest = GRAINS.indexOf(kpi?.dataset.grain ?? "day");
    for (const option of $("th-grain").options) option.disabled = GRAINS.indexOf(option.value.startsWith("rolling") ? "day" : option.value) < finest;
    if (isOtherKpi && $("th-grain").selectedOptions[0]?.disabled) $("th-grain").value = GRAINS[finest];
    for (const option of document.querySelectorAll('#thresholds-form option[value="target"], #thresholds-form option[value="forecast_target"]')) option.disabled = !kpi?.dataset.target;
  }

  function unitWords(name) {
    const isMargin = name === "th-recovery_margin";
    if (isMargin ? isPercentChange(0) : isPercentChange(name.at(-1))) return "%";
    if (!isMargin && limitKind(name, name.at(-1)) !== "value") return "";
    return { percent: "%", duration: "h", currency: edited?.symbol ?? "" }[unit()] ?? "";
  }

  function ask(delay = PAUSE) {
    clearTimeout(pause);
    $("thresholds-preview").setAttribute("aria-busy", "true");
    pause = setTimeout(() => {
      if (isOpen()) set("thresholds-draft", { data: { rule: rule(), segment, at: ++asked } });
    }, delay);
  }

  function changed(field) {
    if (field.id) touched.add(field.id);
    if (field.tagName === "SELECT") show(field.id === "th-kpi");
    tellMistake(null);
    ask();
  }

  document.addEventListener("input", (event) => {
    if (!isOpen()) return;
    if (event.target.id === "thresholds-segment") {
      segment = event.target.value;
      ask(0);
    } else if (event.target.closest("#thresholds-form")) changed(event.target);
  });
  document.addEventListener("focusout", (event) => {
    if (isOpen() && event.target.matches?.("#thresholds-form input") && !touched.has(event.target.id)) {
      touched.add(event.target.id);
      if (!event.target.value) ask();
    }
  });

  /* What is wrong stands at its field. */

  const fieldOf = (name) => document.querySelector(`#thresholds-form [data-field="${CSS.escape(name)}"]`);

  function tellMistake(mistake, isSaving = false) {
    document.querySelectorAll("#thresholds-form .mistake").forEach((part) => part.replaceChildren());
    document.querySelectorAll("#thresholds-form [aria-invalid]").forEach((part) => part.removeAttribute("aria-invalid"));
    if (!mistake) return;
    const field = fieldOf(mistake.field);
    if (field && !isSaving && !field.value && !touched.has(field.id)) return; // nobody has come to it yet
    const own = $(`${field?.id ?? `th-${mistake.field}`}-mistake`);
    const place = own && !own.closest("[hidden]") ? own : $("threshold-mistake");
    place.append(make("p", "", make("span", "icon icon-stop"), make("span", "", mistake.sentence)));
    field?.setAttribute("aria-invalid", "true");
    if (!isSaving) return;
    const fold = place.closest("details");
    if (fold) fold.open = true;
    field?.focus();
  }

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  /* Limits by the keyboard: up and down one step, with shift ten. */

  const isLimit = (field) => /^th-(low|high)-\d$/.test(field.id ?? "");

  function move(field, direction, many) {
    const scale = scaleOf(field.id);
    const isOfKpi = limitKind(field.id, field.id.at(-1)) === "value" && !isPercentChange(field.id.at(-1));
    const size = isOfKpi ? step * scale : 1;
    const typed = numberOf(field.value);
    const suggested = Number(document.querySelector("[data-suggest-limit]")?.dataset.suggestLimit ?? 0) * scale;
    const from = typeof typed === "number" ? typed : isOfKpi ? suggested : 0;
    field.value = String(rounded(Math.round(from / size + direction * many) * size));
    changed(field);
  }

  // What offers pauses closes when somebody looks elsewhere.
  const closePauses = (but) => document.querySelectorAll(".pause[open]").forEach((part) => part === but || (part.open = false));

  document.addEventListener("pointerdown", (event) => closePauses(event.target.closest?.(".pause")));
  document.addEventListener("keydown", (event) => {
    const pauseOpen = event.key === "Escape" && event.target.closest?.(".pause[open]");
    if (pauseOpen) {
      closePauses();
      pauseOpen.querySelector("summary").focus();
    }
    if (!isOpen() || event.isComposing || document.querySelector("dialog[open]")) return;
    const field = event.target;
    const isInForm = field.closest?.("#thresholds-form");
    if (event.key === "Escape") {
      event.preventDefault();
      leave();
    } else if (isInForm && event.key === "Enter" && field.matches("input:not([type=checkbox])")) {
      event.preventDefault();
      save();
    } else if (isInForm && isLimit(field) && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      move(field, event.key === "ArrowUp" ? 1 : -1, event.shiftKey ? 10 : 1);
    }
  });

  /* Limits by mouse and touch: a handle lies over each line that is a number of the form. */

  let watched = null;
  let dragged = null;
  let frame = 0;

  const plotOf = () => document.querySelector("#thresholds-chart .js-plotly-plot");

  function watch() {
    const plot = plotOf();
    if (!plot?.on || plot === watched) return placeHandles();
    watched = plot;
    plot.on("plotly_afterplot", placeHandles);
    placeHandles();
  }

  function placeHandles() {
    const [plot, box] = [plotOf(), $("thresholds-plot")];
    const axis = plot?._fullLayout?.yaxis;
    if (!axis || !box) return;
    const wanted = new Map((plot.layout.meta?.limits ?? []).filter((one) => one.field).map((one) => [one.field, one]));
    for (const handle of box.querySelectorAll(".limit-handle")) if (!wanted.has(handle.dataset.drags) && handle !== dragged) handle.remove();
    for (const [field, one] of wanted) {
      const handle = box.querySelector(`[data-drags="${field}"]`) ?? box.appendChild(newHandle(field));
      if (handle === dragged) continue;
      handle.dataset.shape = one.shape;
      const y = axis.l2p(one.value);
      handle.hidden = y < -1 || y > axis._length + 1;
      handle.style.top = `${axis._offset + y}px`;
      handle.style.left = `${plot._fullLayout.xaxis._offset}px`;
    }
  }

  function newHandle(field) {
    const handle = make("div", "limit-handle", make("span", "knob"));
    handle.dataset.drags = field;
    handle.title = "Drag the limit";
    handle.setAttribute("aria-hidden", "true"); // the number field does the same with the keyboard
    handle.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      dragged = handle;
      handle.setPointerCapture(event.pointerId);
      handle.classList.add("dragging");
      event.preventDefault();
    });
    handle.addEventListener("pointermove", (event) => handle === dragged && drag(handle, event.clientY));
    for (const name of ["pointerup", "pointercancel"]) handle.addEventListener(name, () => drop(handle));
    return handle;
  }

  function drag(handle, clientY) {
    const plot = plotOf();
    const axis = plot._fullLayout.yaxis;
    const y = Math.min(Math.max(clientY - plot.getBoundingClientRect().top - axis._offset, 0), axis._length);
    const value = rounded(Math.round(axis.p2l(y) / step) * step);
    handle.style.top = `${axis._offset + axis.l2p(value)}px`;
    const field = fieldOf(handle.dataset.drags);
    const text = written(value, unitScale());
    if (!field || field.value === text) return;
    field.value = text;
    changed(field);
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => redraw(plot, Number(handle.dataset.shape), value));
  }

  function redraw(plot, at, value) {
    const change = { [`shapes[${at}].y0`]: value, [`shapes[${at}].y1`]: value };
    if (plot.layout.annotations?.[at]) change[`annotations[${at}].y`] = value;
    if (plot.layout.meta?.limits?.[at]) plot.layout.meta.limits[at].value = value;
    window.Plotly.relayout(plot, change);
  }

  function drop(handle) {
    if (handle !== dragged) return;
    dragged = null;
    handle.classList.remove("dragging");
    if (isOpen()) ask(0);
  }

  /* Wishes: save, remove, pause, switch, restore, undo. */

  function save() {
    set("thresholds-wish", { data: { act: "save", rule: rule(), number: edited.number, version: edited.version, at: Date.now() } });
  }

  function wish(data) {
    if (!$("thresholds")) {
      window.dash_clientside.frame.say({ text: "Open Thresholds; the versions of the threshold are there.", kind: "error" });
      return;
    }
    const number = (text) => (text ? Number(text) : null);
    const until = data.until ? $(data.until)?.value : null;
    set("thresholds-wish", {
      data: { act: data.thresholdAct, number: number(data.number), version: number(data.version), wanted: number(data.wanted), hours: number(data.hours), until, at: Date.now() },
    });
  }

  function suggest({ suggestLimit, suggestKind }) {
    choose("th-kind-0", suggestKind);
    const field = $(suggestKind === "below" ? "th-low-0" : "th-high-0");
    choose(`${field.id}-kind`, "value");
    field.value = written(Number(suggestLimit), unitScale());
    show();
    changed(field);
  }

  function addLimit(name) {
    const field = $("th-limits");
    field.value = `${field.value.trimEnd()}${field.value.trim() ? "\n" : ""}${name} = `;
    field.focus();
    touched.add(field.id);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "threshold-save") save();
    else if (button.id === "threshold-reopen") reopen();
    else if ("thresholdAct" in button.dataset) {
      wish(button.dataset);
      button.closest(".message")?.remove();
    } else if ("suggestLimit" in button.dataset) suggest(button.dataset);
    else if ("segmentLimit" in button.dataset) addLimit(button.dataset.segmentLimit);
  });

  const again = () => set("thresholds-again", { n_intervals: Date.now() });

  function reopen() {
    edited = null;
    again();
  }

  function visit(href) {
    history.pushState(history.state, "", href);
    dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  }

  function toList() {
    const params = new URLSearchParams(location.search);
    ["edit", "new", "limit", "versions"].forEach((name) => params.delete(name));
    visit(params.size ? `${PATH}?${params}` : PATH);
  }

  function fulfilled(answer) {
    if (answer.refusal) {
      refuse(answer);
      return;
    }
    if (answer.act === "save" && isOpen()) {
      kept.delete(keyOf(edited));
      clean = JSON.stringify(rule());
      toList();
    }
    window.dash_clientside.frame.say({ text: answer.sentence, action: answer.act === "undo" || answer.sentence === "Nothing was changed." ? null : undoOf(answer) });
    again();
  }

  function undoOf(answer) {
    const undo = make("button", "quiet bordered", "Undo");
    undo.type = "button";
    Object.assign(undo.dataset, { thresholdAct: answer.version === 1 ? "remove" : "undo", number: answer.number, version: answer.version });
    return undo;
  }

  function refuse(answer) {
    if (answer.act !== "save" || !isOpen()) {
      window.dash_clientside.frame.say({ text: answer.refusal, kind: "error" });
      again();
      return;
    }
    tellMistake({ field: answer.is_conflict ? "" : answer.field, sentence: answer.refusal }, true);
    if (!answer.is_conflict) return;
    const button = make("button", "quiet bordered", "Open it again");
    Object.assign(button, { type: "button", id: "threshold-reopen" });
    $("threshold-mistake").append(button);
    button.focus();
  }

  /* Leaving: what is typed is not lost by mistake. Going back keeps it, for whoever comes again. */

  const mayLeave = () => !isDirty() || window.confirm("Leave without saving this threshold?");

  function forget() {
    kept.delete(keyOf(edited));
    clean = JSON.stringify(rule());
  }

  function leave() {
    if (!mayLeave()) return;
    forget();
    toList();
  }

  addEventListener("beforeunload", (event) => {
    if (isDirty()) event.preventDefault();
  });
  addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[href]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button || !isDirty()) return;
      if (mayLeave()) forget();
      else {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  /* Answers. */

  function place(answer) {
    const isSame = Boolean(answer.edited && isOpen() && keyOf(answer.edited) === keyOf(edited));
    const isKept = isSame && (isDirty() || answer.edited.version === edited.version);
    if (!isSame && isDirty()) kept.set(keyOf(edited), rule());
    if (isKept) delete answer.parts["thresholds-form"]; // a poll does not touch what somebody types
    if (answer.parts["thresholds-list"] === listed && $("thresholds-list").hasChildNodes()) delete answer.parts["thresholds-list"];
    else listed = answer.parts["thresholds-list"];
    window.dash_clientside.frame.place(answer);
    $("thresholds").classList.toggle("editing", Boolean(answer.edited));
    if (isKept) return;
    edited = answer.edited;
    if (edited) open(isSame);
  }

  function open(isSame) {
    touched.clear();
    segment = "";
    fill(edited.rule);
    clean = JSON.stringify(rule());
    const typed = kept.get(keyOf(edited));
    kept.delete(keyOf(edited));
    if (typed) fill(typed);
    tellMistake(null);
    if (!isSame) $("th-kpi").focus({ preventScroll: true });
    ask(0);
  }

  function tried(answer) {
    if (!isOpen() || answer.at !== asked) return; // something else was typed meanwhile
    step = answer.step;
    window.dash_clientside.frame.place(answer);
    $("thresholds-preview").removeAttribute("aria-busy");
    $("thresholds-preview").classList.toggle("no-chart", !answer.has_chart);
    tellMistake(answer.mistake);
    requestAnimationFrame(watch);
  }

  const taking = (take) => (answer) => {
    if (answer) take(answer);
  };
  const thresholds = { place: taking(place), tried: taking(tried), fulfilled: taking(fulfilled) };
  window.dash_clientside = { ...window.dash_clientside, thresholds };
})();
