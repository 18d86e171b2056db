/* Fits a figure into the width there is; theme.js calls it before a figure is drawn. What a figure wants stands in
   the `meta` of its layout: `facets` (small multiples), `height` (pixels), `periods` (each with a tip of its own). */
(() => {
  "use strict";
  const NARROWEST = 260; // pixels of one facet
  const MOST_COLUMNS = 3;
  const ROW_HEIGHT = 148;
  const HEAD = 24; // pixels above a facet, for its name
  const FOOT = 38; // below, for the days
  const SPACE = 24; // between two facets of a row
  const EDGE = 8; // the margin of every figure
  const LETTER = 7; // pixels of a tick's letter
  const SCALE = 48; // pixels beside the plot
  const NEAREST = 4; // pixels within which the pointer finds a point in a crowd
  const asked = new WeakMap(); // the layouts as they came
  const fitted = new WeakMap(); // the widths they were fitted to

  const widthOf = (plot) => plot.clientWidth || 1440;

  function fit(plot, layout) {
    asked.set(plot, layout);
    if (!fitted.has(plot)) new ResizeObserver(() => again(plot)).observe(plot);
    const width = widthOf(plot);
    fitted.set(plot, width);
    return { ...layout, ...changes(plot, layout, width) };
  }

  function again(plot) {
    const width = plot.clientWidth;
    if (!width || width === fitted.get(plot) || !plot.layout) return;
    fitted.set(plot, width);
    const changed = changes(plot, asked.get(plot), width);
    if (Object.keys(changed).length) window.Plotly.relayout(plot, changed);
  }

  function changes(plot, layout, width) {
    const meta = layout.meta ?? {};
    const rows = meta.facets ? Math.ceil(meta.facets / columnsOf(width, meta.facets)) : 0;
    stretch(plot, rows ? rows * ROW_HEIGHT + 2 * EDGE : meta.height);
    return {
      ...(meta.periods ? { hoverdistance: Math.max(NEAREST, Math.floor((0.5 * (width - SCALE)) / meta.periods)) } : {}),
      ...(meta.facets ? facets(layout, width, rows) : thinned(layout, width)),
    };
  }

  function stretch(plot, height) {
    const box = plot.closest(".chart");
    if (box) box.style.height = height ? `${height}px` : "";
  }

  /* Ticks that are named one by one: as many as have room. */

  function thinned(layout, width) {
    const axis = layout.xaxis;
    if (!axis?.ticktext?.length || axis.tickangle) return {};
    const longest = Math.max(...axis.ticktext.map((text) => text.length));
    const step = Math.ceil((axis.ticktext.length * (longest + 1.5) * LETTER) / (width - SCALE));
    if (step < 2) return { xaxis: axis };
    const kept = (_, at) => at % step === 0;
    return { xaxis: { ...axis, tickvals: axis.tickvals.filter(kept), ticktext: axis.ticktext.filter(kept) } };
  }

  /* Small multiples: columns by width, all on one scale. */

  const columnsOf = (width, many) => Math.max(1, Math.min(MOST_COLUMNS, many, Math.floor(width / NARROWEST)));

  function facets(layout, width, rows) {
    const many = layout.meta.facets;
    const columns = columnsOf(width, many);
    const gap = SPACE / width;
    const share = (1 - gap * (columns - 1)) / columns;
    const height = rows * ROW_HEIGHT;
    const changed = { annotations: layout.annotations.map((one) => ({ ...one })) };
    for (let at = 0; at < many; at += 1) {
      const number = at ? at + 1 : "";
      const left = (at % columns) * (share + gap);
      const top = height - Math.floor(at / columns) * ROW_HEIGHT;
      const upper = (top - HEAD) / height;
      const domain = [Math.max(0, (top - ROW_HEIGHT + FOOT) / height), upper];
      changed[`xaxis${number}`] = { ...layout[`xaxis${number}`], domain: [left, Math.min(1, left + share)] };
      changed[`yaxis${number}`] = { ...layout[`yaxis${number}`], domain, showticklabels: at % columns === 0 };
      Object.assign(changed.annotations[at], { x: left, y: upper });
    }
    return changed;
  }

  window.dashKpiFit = fit;
})();
