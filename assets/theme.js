/* Sets the theme before anything is painted, and gives every figure the colours of the theme.
   Loaded in the head; a figure comes from the server without a template and gets it here. */
(() => {
  "use strict";
  const KEY = "dash-kpi-theme";
  const CHOICES = ["system", "light", "dark"];
  const system = matchMedia("(prefers-color-scheme: dark)");
  let forced = null; // a theme for printing

  let remembered = null; // where the browser keeps nothing
  const read = () => { try { return localStorage.getItem(KEY); } catch { return remembered; } };
  const choice = () => (CHOICES.includes(read()) ? read() : "system");
  const current = () => forced || (choice() === "system" ? (system.matches ? "dark" : "light") : choice());

  const COLOURS = {
    light: { ink: "#5a6478", line: "#e6e9ef", zero: "#b9c1ce", paper: "#ffffff", edge: "#cdd4df", strong: "#1b2330",
      ramp: ["#e4eefb", "#8db6ec", "#2f6fc4", "#123a78"], poles: ["#9a4a06", "#e5a768", "#f1f2f4", "#7fabe8", "#1d5fc2"],
      pale: ["#e9f1fc", "#8db6ec"], palePoles: ["#e5a768", "#f1f2f4", "#8db6ec"], veil: "rgba(255,255,255,0.75)" },
    dark: { ink: "#a3aec0", line: "#272e3a", zero: "#475063", paper: "#1f2631", edge: "#3a4454", strong: "#e8ecf3",
      ramp: ["#1d2a3f", "#28528f", "#5f9cf0", "#cfe2ff"], poles: ["#f0a35c", "#8f5a24", "#262d39", "#2f5f9f", "#7db0ff"],
      pale: ["#1d2a3f", "#3568ae"], palePoles: ["#96601f", "#262d39", "#3568ae"], veil: "rgba(23,28,37,0.75)" },
  };

  const scale = (colours) => colours.map((colour, at) => [at / (colours.length - 1), colour]);

  // Cells with text are never of a middle tone, on which neither white nor dark letters could be read.
  function template(name, figure) {
    const colour = COLOURS[name];
    const [ramp, poles] = figure?.meta?.has_text ? [colour.pale, colour.palePoles] : [colour.ramp, colour.poles];
    const axis = {
      gridcolor: colour.line, zerolinecolor: colour.zero, linecolor: colour.zero, automargin: true,
      tickfont: { color: colour.ink }, zerolinewidth: 1, title: { standoff: 8 },
    };
    return {
      layout: {
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        font: { family: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif", size: 12, color: colour.ink },
        colorway: ["#3d7edb", "#c2701c", "#1a936f", "#9a63c9", "#8590a3"],
        hoverlabel: { bgcolor: colour.paper, bordercolor: colour.edge, font: { color: colour.strong } },
        margin: { l: 8, r: 8, t: 8, b: 8 },
        xaxis: { ...axis, showgrid: false, ticks: "", zeroline: false },
        yaxis: { ...axis, nticks: 6, separatethousands: true },
        legend: { font: { color: colour.ink } },
        annotationdefaults: { font: { color: colour.strong }, bgcolor: colour.veil },
        colorscale: { sequential: scale(ramp), sequentialminus: scale([...ramp].reverse()), diverging: scale(poles) },
      },
    };
  }

  function paint() {
    const theme = current();
    document.documentElement.dataset.bsTheme = theme;
    document.documentElement.dataset.themeChoice = choice();
    if (window.Plotly) {
      document.querySelectorAll(".js-plotly-plot").forEach((plot) => window.Plotly.relayout(plot, { template: template(theme, plot.layout) }));
    }
  }

  let plotly;
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: () => plotly,
    set(loaded) {
      plotly = loaded;
      for (const name of ["react", "newPlot"]) {
        const original = loaded[name];
        loaded[name] = (plot, figure, ...rest) => {
          if (figure && !Array.isArray(figure)) {
            const layout = { ...figure.layout, template: template(current(), figure.layout) };
            figure.layout = window.dashKpiFit ? window.dashKpiFit(plot, layout) : layout;
          } else {
            rest[0] = { ...rest[0], template: template(current(), rest[0]) };
          }
          return original.call(loaded, plot, figure, ...rest);
        };
      }
    },
  });

  // The first switch always changes what one sees, the second changes it back, the third follows the system again.
  function following() {
    const [own, other] = system.matches ? ["dark", "light"] : ["light", "dark"];
    return { system: other, [other]: own, [own]: "system" }[choice()];
  }

  window.dashKpiTheme = {
    choice,
    template,
    next() {
      const chosen = following();
      try { localStorage.setItem(KEY, chosen); } catch { remembered = chosen; }
      paint();
      return chosen;
    },
  };
  system.addEventListener("change", paint);
  addEventListener("storage", (event) => event.key === KEY && paint());
  addEventListener("beforeprint", () => { forced = "light"; paint(); });
  addEventListener("afterprint", () => { forced = null; paint(); });
  paint();
})();
