/* Arranges the facets of small multiples by the width there is; theme.js calls it before a figure is drawn. */
(() => {
  "use strict";
  const NARROWEST = 260; // pixels of one facet
  const MOST_COLUMNS = 3;
  const ROW_HEIGHT = 132;
  const HEAD = 22; // pixels above a facet, for its name
  const FOOT = 34; // below, for the days
  const SPACE = 20; // between two facets of a row
  const arranged = new WeakMap();

  const columnsOf = (plot) => Math.max(1, Math.min(MOST_COLUMNS, Math.floor((plot.clientWidth || 1440) / NARROWEST)));

  function arrange(plot, layout) {
    const facets = layout.meta && layout.meta.facets;
    if (!facets) return layout;
    const columns = Math.min(columnsOf(plot), facets);
    const rows = Math.ceil(facets / columns);
    const height = rows * ROW_HEIGHT;
    const gap = SPACE / (plot.clientWidth || 1440);
    const width = (1 - gap * (columns - 1)) / columns;
    const changed = { ...layout, height, annotations: layout.annotations.map((one) => ({ ...one })) };
    for (let at = 0; at < facets; at += 1) {
      const number = at === 0 ? "" : at + 1;
      const left = (at % columns) * (width + gap);
      const top = height - Math.floor(at / columns) * ROW_HEIGHT;
      const upper = (top - HEAD) / height;
      changed[`xaxis${number}`] = { ...layout[`xaxis${number}`], domain: [left, Math.min(1, left + width)] };
      changed[`yaxis${number}`] = {
        ...layout[`yaxis${number}`], domain: [Math.max(0, (top - ROW_HEIGHT + FOOT) / height), upper], showticklabels: at % columns === 0,
      };
      Object.assign(changed.annotations[at], { x: left, y: upper });
    }
    watch(plot, columns);
    return changed;
  }

  function watch(plot, columns) {
    const known = arranged.get(plot);
    arranged.set(plot, columns);
    if (known !== undefined) return;
    new ResizeObserver(() => {
      if (!plot.layout || !plot.layout.meta || !plot.layout.meta.facets || !plot.clientWidth) return;
      if (Math.min(columnsOf(plot), plot.layout.meta.facets) === arranged.get(plot)) return;
      window.Plotly.react(plot, { data: plot.data, layout: plot.layout, config: {} });
    }).observe(plot);
  }

  window.dashKpiFacets = arrange;
})();
