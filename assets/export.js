/* Exports: the menu, a chart as a picture, and what paper needs. Nothing here asks any other machine. */
(() => {
  "use strict";

  const $ = (id) => document.getElementById(id);

  /* The menu: one open at a time; Escape, a choice, or a look elsewhere closes it. */

  const menus = () => document.querySelectorAll("details.export[open]");
  const closeOthers = (kept) => menus().forEach((menu) => menu !== kept && (menu.open = false));

  // The view may have changed since the link was laid out.
  function follow(link) {
    link.dataset.exportView ||= link.getAttribute("href");
    const own = new URL(link.dataset.exportView, location.href);
    const params = new URLSearchParams(location.search);
    for (const [name, value] of own.searchParams) params.set(name, value);
    link.href = `${own.pathname}?${params}`;
  }

  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details.export") || !event.target.open) return;
    closeOthers(event.target);
    event.target.querySelectorAll("a[data-export-view]").forEach(follow);
  }, true);

  document.addEventListener("keydown", (event) => {
    const [menu] = menus();
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }, true);

  document.addEventListener("focusin", (event) => closeOthers(event.target.closest("details.export")));

  document.addEventListener("click", (event) => {
    const menu = event.target.closest("details.export");
    closeOthers(menu);
    const item = menu && event.target.closest("a, button");
    if (!item) return;
    if (item.matches("a[data-export-view]")) follow(item);
    menu.open = false;
    menu.querySelector("summary").focus();
    if ("png" in item.dataset) savePicture(item.dataset.png, menu.closest("section, .page"));
    if ("print" in item.dataset) print();
  });

  /* The picture: Plotly draws the chart as SVG in light colours; title and summary are written above it. */

  const SIZE = { width: 1200, height: 560 };
  const EDGE = 32;
  const SCALE = 2;
  const INK = "#1b2330";
  const MUTED = "#566075";
  const FAMILY = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";

  async function savePicture(id, section) {
    const plot = $(id)?.querySelector(".js-plotly-plot") ?? $(id);
    try {
      const chart = await drawn(plot);
      const words = { title: textOf(section, "h1, h2") || document.title, lines: [facts().join(" · "), textOf(section, ".summary")] };
      const canvas = compose(chart, words);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
      save(blob, `${fileName(words.title)}.png`);
    } catch {
      window.dash_clientside.frame.say({ kind: "error", text: "The picture could not be drawn; try again, or print the page." });
    }
  }

  const textOf = (section, selector) => section?.querySelector(selector)?.textContent.trim() ?? "";
  const fileName = (title) => title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "chart";

  async function drawn(plot) {
    const layout = { ...plot.layout, template: window.dashKpiTheme.template("light", plot.layout), ...SIZE, autosize: false };
    const url = await window.Plotly.toImage({ data: plot.data, layout }, { format: "svg", ...SIZE });
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  }

  function compose(chart, { title, lines }) {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    context.font = `15px ${FAMILY}`;
    const wrapped = lines.filter(Boolean).flatMap((line) => wrap(context, line, SIZE.width));
    const top = EDGE + 30 + wrapped.length * 22 + 16;
    canvas.width = (SIZE.width + 2 * EDGE) * SCALE;
    canvas.height = (top + SIZE.height + EDGE) * SCALE;
    context.scale(SCALE, SCALE);
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = INK;
    context.font = `600 22px ${FAMILY}`;
    context.fillText(title, EDGE, EDGE + 18, SIZE.width);
    context.fillStyle = MUTED;
    context.font = `15px ${FAMILY}`;
    wrapped.forEach((line, at) => context.fillText(line, EDGE, EDGE + 46 + at * 22));
    context.drawImage(chart, EDGE, top, SIZE.width, SIZE.height);
    return canvas;
  }

  function wrap(context, text, width) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  /* Paper: of what the page is, as the bar says it on the screen; charts as wide as the page. */

  const PAPER = { width: 960, height: 300 }; // CSS pixels of A4 across, less the margins

  function facts() {
    const days = document.querySelector(".page .span")?.textContent.trim();
    const chips = [...document.querySelectorAll("#bar-chips .chip")].map((chip) => chip.textContent.trim());
    const revision = document.querySelector("[data-revision]")?.dataset.revision;
    const period = days ?? $("bar-period")?.selectedOptions[0]?.textContent;
    return [period, chips.join("; ") || "no filter", revision && `revision ${revision}`].filter(Boolean);
  }

  addEventListener("beforeprint", () => {
    const at = new Date().toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    const line = document.createElement("p");
    line.className = "print-facts";
    const known = document.querySelector(".page-head .span") ? facts().slice(1) : facts(); // the head says the days
    line.textContent = [...known, `printed ${at}`].join(" · ");
    document.querySelectorAll(".print-facts").forEach((old) => old.remove());
    document.querySelector(".page-head")?.append(line);
    plots().forEach((plot) => window.Plotly.relayout(plot, { ...PAPER, autosize: false }));
  });

  addEventListener("afterprint", () => {
    document.querySelectorAll(".print-facts").forEach((line) => line.remove());
    plots().forEach((plot) => window.Plotly.relayout(plot, { width: null, height: null, autosize: true }));
  });

  const plots = () => (window.Plotly ? document.querySelectorAll(".js-plotly-plot") : []);
})();
