/* The page of a source: links that keep the view, and downloads that say what went wrong. */
(() => {
  "use strict";

  const say = (text) => window.dash_clientside.set_props("message", { data: { text, kind: "error" } });

  function follow(link) {
    const params = new URLSearchParams(document.getElementById("nav-data").search); // the view
    for (const [name, value] of link.searchParams) params.set(name, value);
    history.pushState({}, "", `${link.pathname}?${params}`);
    dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    scrollTo(0, 0);
  }

  async function download(link) {
    if (link.getAttribute("aria-busy") === "true") return;
    link.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error((await answer.json()).error);
      const name = decodeURIComponent(/filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition"))?.[1] ?? "");
      const address = URL.createObjectURL(await answer.blob());
      Object.assign(document.createElement("a"), { href: address, download: name || "refused cells.xlsx" }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      say(error.message || "The file could not be made; try again.");
    } finally {
      link.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-page], a[data-download]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if ("download" in link.dataset) download(link);
    else follow(new URL(link.href));
  });
})();
