/* Where numbers come from: links that keep the view, the click on a point of the chart, the choice of a past revision. */
(() => {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const MOST_REVISIONS = 50;

  // Within a page whose view is in its URL the frame shows the new view; else the router lays out the page.
  function visit(href) {
    const target = new URL(href, location.href);
    if (target.pathname.startsWith("/data/") && target.pathname !== "/data/revisions") keepView(target.searchParams);
    const isView = target.pathname === location.pathname && !target.pathname.startsWith("/data/");
    history.pushState(history.state, "", target.pathname + target.search);
    dispatchEvent(isView ? new PopStateEvent("popstate", { state: history.state }) : new CustomEvent("_dashprivate_pushstate"));
    scrollTo(0, 0);
    $("main")?.focus({ preventScroll: true });
  }

  function keepView(params) {
    for (const [name, value] of new URLSearchParams($("nav-data").search)) if (!params.has(name)) params.append(name, value);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    const isPlain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (link && isPlain) {
      event.preventDefault();
      visit(link.href);
    }
    const button = event.target.closest("button");
    if (button?.id === "as-of-open") openRevisions();
    if (button && "asOf" in button.dataset) chooseRevision(button.dataset.asOf);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-go]")) visit(event.target.value);
  });

  /* The click on a point: the rows of its period, within the days that are shown. */

  const iso = (moment) => new Date(moment).toISOString().slice(0, 10);

  const DAY = 86_400_000;

  // The day before the next point begins, wherever the team's calendar puts that; without a next, the last that is shown.
  function endOf({ curveNumber, pointIndex }, last) {
    const data = document.querySelector("#overview-chart .js-plotly-plot").data[curveNumber];
    const next = data.x ? data.x[pointIndex + 1] : Date.parse(data.x0) + (pointIndex + 1) * data.dx;
    return next === undefined ? last : iso(new Date(next).getTime() - DAY);
  }

  function openPeriod(click) {
    const shown = document.querySelector("#overview-span [data-grain]")?.dataset;
    const x = click?.points?.[0]?.x;
    if (x === undefined || !shown) return;
    const start = typeof x === "number" ? iso(x) : x.slice(0, 10);
    const end = endOf(click.points[0], shown.end);
    const params = new URLSearchParams(location.search);
    params.set("period", "custom");
    params.set("from", start > shown.start ? start : shown.start);
    params.set("to", end < shown.end ? end : shown.end);
    params.set("grain", shown.grain);
    visit(`/rows?${params}`);
  }

  /* As of: the newest revisions, asked for when somebody wants to choose one. */

  function make(tag, text, className = "") {
    const element = document.createElement(tag);
    element.textContent = text;
    element.className = className;
    return element;
  }

  async function openRevisions() {
    $("as-of-list").replaceChildren();
    $("as-of-remark").textContent = "Loading …";
    $("as-of").showModal();
    try {
      const answer = await fetch(`/api/v1/revisions?limit=${MOST_REVISIONS}`, { signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) throw new Error(answer.statusText);
      listRevisions((await answer.json()).revisions);
    } catch {
      $("as-of-remark").textContent = "The revisions cannot be listed now; try again.";
    }
  }

  function listRevisions(revisions) {
    const chosen = new URLSearchParams(location.search).get("as_of") ?? String(revisions[0]?.number);
    $("as-of-list").replaceChildren(...revisions.map((revision, at) => entry(revision, at === 0, chosen)));
    $("as-of-remark").textContent = revisions.length
      ? "The numbers are shown as they were then. Older revisions are on Data, under Revisions."
      : "There is no revision yet.";
    $("as-of-list").querySelector("[aria-pressed=true]")?.focus();
  }

  function entry(revision, isNewest, chosen) {
    const button = document.createElement("button");
    const at = new Date(revision.created_at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    button.type = "button";
    button.className = "quiet";
    button.dataset.asOf = isNewest ? "" : revision.number;
    button.setAttribute("aria-pressed", String(String(revision.number) === chosen));
    button.append(make("strong", `${revision.number}${isNewest ? ", the newest" : ""}`), make("span", at, "muted"), make("span", revision.summary, "summary"));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  function chooseRevision(number) {
    const params = new URLSearchParams(location.search);
    if (number) params.set("as_of", number);
    else params.delete("as_of");
    params.delete("page");
    $("as-of").close();
    visit(`${location.pathname}?${params}`);
  }

  window.dash_clientside = { ...window.dash_clientside, rows: { openPeriod, visit } };
})();
