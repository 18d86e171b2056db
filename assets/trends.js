/* The page Trends: what is chosen on it goes into the URL; a selection of the chart is a custom period. */
(() => {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const DAY = 86_400_000;
  const DEFAULTS = { style: "line", sensitivity: "normal", window: "span", show: "history", layers: "ma7,trend,forecast,anomalies,changes,notes" };
  const SELECTS = { "trends-style": "style", "trends-sensitivity": "sensitivity", "trends-window": "window", "trends-by": "by" };
  const ORDER = ["ma7", "ma14", "ma30", "smooth", "trend", "forecast", "anomalies", "changes", "notes", "comparison"];

  const go = (change) => window.dash_clientside.frame.go((params) => {
    change(params);
    for (const [name, value] of Object.entries(DEFAULTS)) if (params.get(name) === value) params.delete(name);
  });

  function setKpis(params, kpis) {
    params.delete("kpi");
    [...new Set(kpis)].forEach((kpi) => params.append("kpi", kpi));
  }

  // The KPI that is shown, also where the URL names none.
  const kpisOf = (params) => [$("trends-kpi").value, ...params.getAll("kpi").slice(1)];

  document.addEventListener("change", (event) => {
    const { id, value } = event.target;
    if (id in SELECTS) go((params) => params.set(SELECTS[id], value));
    else if (id === "trends-kpi") go((params) => setKpis(params, [value, ...params.getAll("kpi").slice(1)]));
    else if (id === "trends-add" && value) go((params) => setKpis(params, [...kpisOf(params), value]));
  });

  function toggle(layer) {
    const on = new Set(document.querySelector("[data-trends-layers]").dataset.trendsLayers.split(","));
    if (!on.delete(layer)) on.add(layer);
    go((params) => params.set("layers", ORDER.filter((one) => on.has(one)).join(",") || "none"));
  }

  function reset() {
    go((params) => {
      const before = params.get("zoomed") ?? "12m";
      params.delete("zoomed");
      const [from, to] = before.split("..");
      params.set("period", to ? "custom" : before);
      if (to) {
        params.set("from", from);
        params.set("to", to);
      }
    });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-trends-show]");
    const isPlain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (link && isPlain) {
      event.preventDefault();
      go((params) => params.set("show", link.dataset.trendsShow));
    }
    const button = event.target.closest("button");
    if (!button) return;
    if ("trendsLayer" in button.dataset) toggle(button.dataset.trendsLayer);
    else if ("trendsRemove" in button.dataset) {
      go((params) => setKpis(params, kpisOf(params).filter((kpi) => kpi !== button.dataset.trendsRemove)));
    } else if ("trendsReset" in button.dataset) reset();
  });

  /* Zoom: a selection snaps to whole periods; the period to go back to stays in the URL. */

  const iso = (moment) => new Date(moment).toISOString().slice(0, 10);
  const shown = () => document.querySelector("#trends-span [data-grain]")?.dataset;

  // Where the periods of the chart begin: of all its lines the longest has every one that is drawn.
  function startsOf(plot) {
    const lengths = plot.data.map((trace) => (trace.x ?? trace.y ?? []).length);
    const trace = plot.data[lengths.indexOf(Math.max(...lengths))];
    if (trace.x) return [...trace.x].map((day) => Date.parse(day));
    return [...trace.y].map((_, at) => Date.parse(trace.x0) + at * trace.dx);
  }

  // What was selected holds no two periods: the chart stays as it was.
  let restoredAt = 0;

  function restore(plot) {
    restoredAt = Date.now();
    return window.Plotly.relayout(plot, { "xaxis.autorange": true });
  }

  const moment = (value) => Date.parse(String(value).replace(" ", "T").replace(/^(\d{4}-\d\d-\d\d)$/, "$1T00:00") + "Z");

  function select(plot, first, last) {
    const { start, end } = shown();
    const starts = startsOf(plot).sort((a, b) => a - b);
    const drawn = starts.filter((day) => iso(day) <= end); // without a forecast
    const inside = drawn.filter((day) => day >= first && day <= last);
    if (inside.length === drawn.length) return new URLSearchParams(location.search).has("zoomed") ? reset() : undefined;
    if (inside.length < 2) return restore(plot);
    const next = starts.find((day) => day > inside.at(-1));
    const until = next === undefined ? end : iso(next - DAY);
    return go((params) => {
      if (!params.get("zoomed")) {
        const isCustom = params.has("from") && params.has("to") && (params.get("period") ?? "custom") === "custom";
        params.set("zoomed", isCustom ? `${params.get("from")}..${params.get("to")}` : params.get("period") ?? "12m");
      }
      params.set("period", "custom");
      params.set("from", iso(inside[0]) > start ? iso(inside[0]) : start);
      params.set("to", until < end ? until : end);
    });
  }

  /* A click on a period that is over or under way: its rows, within the days that are shown. */

  function openRows(plot, first) {
    const { start, end, grain } = shown();
    if (iso(first) > end) return; // a forecast has no rows
    const next = startsOf(plot).sort((a, b) => a - b).find((day) => day > first);
    const until = next === undefined ? end : iso(next - DAY);
    const params = new URLSearchParams(location.search);
    params.set("period", "custom");
    params.set("from", iso(first) > start ? iso(first) : start);
    params.set("to", until < end ? until : end);
    params.set("grain", grain);
    window.dash_clientside.rows.visit(`/rows?${params}`);
  }

  // A finger scrolls the page; selecting is for those who point exactly.
  const isCoarse = matchMedia("(pointer: coarse)").matches;

  window.dash_clientside = {
    ...window.dash_clientside,
    trends: {
      zoom(change) {
        const plot = $("trends-chart-0")?.querySelector(".js-plotly-plot");
        if (!change || !plot || !shown() || Date.now() - restoredAt < 500) return;
        const [first, last] = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
        if (isCoarse && plot.layout.dragmode) window.Plotly.relayout(plot, { dragmode: false });
        else if (first !== undefined && last !== undefined) select(plot, moment(first), moment(last));
        else if (change["xaxis.autorange"] && new URLSearchParams(location.search).has("zoomed")) reset();
      },
      rows(click) {
        const plot = $("trends-chart-0")?.querySelector(".js-plotly-plot");
        const x = click?.points?.[0]?.x;
        if (x !== undefined && plot && shown()) openRows(plot, typeof x === "number" ? x : moment(x));
      },
    },
  };
})();
