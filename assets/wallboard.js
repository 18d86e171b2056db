/* The wallboard: turns its slides over every `seconds` of the URL, 15 where it does not say.
   It stands still while somebody points at it, after a key, by its button, and where reduced motion is asked for. */
(() => {
  "use strict";

  const [USUAL, LEAST, MOST] = [15, 3, 3600];
  const ASK_AGAIN = 60_000; // lateness depends on the clock, of which no revision tells
  const $ = (id) => document.getElementById(id);
  const wantsStillness = matchMedia("(prefers-reduced-motion: reduce)");
  let at = 0;
  let isPaused = wantsStillness.matches;
  let turnedAt = Date.now();
  let askedAt = Date.now();

  const board = () => $("wallboard");
  const slides = () => [...document.querySelectorAll(".wallboard-slide")];

  function seconds() {
    const given = Number(new URLSearchParams(location.search).get("seconds") ?? USUAL);
    return Number.isFinite(given) ? Math.min(Math.max(given, LEAST), MOST) : USUAL;
  }

  function turn(to) {
    const all = slides();
    if (!all.length) return;
    at = ((to % all.length) + all.length) % all.length;
    all.forEach((slide, number) => (slide.hidden = number !== at));
    turnedAt = Date.now();
    tell();
  }

  function tell() {
    const count = slides().length;
    const place = count ? `${at + 1} of ${count}` : "";
    if ($("wallboard-place").textContent !== place) $("wallboard-place").textContent = place;
    const word = isPaused ? "Resume" : "Pause";
    if ($("wallboard-pause").textContent !== word) $("wallboard-pause").textContent = word;
  }

  function pause(value) {
    isPaused = value;
    turnedAt = Date.now();
    if (board()) tell();
  }

  setInterval(() => {
    if (!board() || document.hidden) return;
    if (Date.now() - askedAt > ASK_AGAIN) {
      askedAt = Date.now();
      window.dash_clientside.set_props("flag", { data: { again: askedAt } });
    }
    const isHeld = isPaused || $("wallboard-slides").matches(":hover");
    if (isHeld) turnedAt = Date.now();
    else if (Date.now() - turnedAt >= 1000 * seconds()) turn(at + 1);
  }, 250);

  document.addEventListener("click", (event) => {
    if (!board()) return;
    const id = event.target.closest("button")?.id;
    if (id === "wallboard-pause") pause(!isPaused);
    if (id === "wallboard-next") turn(at + 1);
  });

  document.addEventListener("keydown", (event) => {
    if (!board() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      turn(at + (event.key === "ArrowRight" ? 1 : -1));
      pause(true);
    } else if (event.key === " " && !event.target.closest("button, a")) {
      event.preventDefault();
      pause(!isPaused);
    } else if (!["Enter", " "].includes(event.key)) pause(true);
  });

  wantsStillness.addEventListener("change", () => pause(wantsStillness.matches));

  window.dash_clientside ??= {};
  window.dash_clientside.wallboard = {
    place(answer) {
      if (!answer) return;
      window.dash_clientside.frame.place(answer);
      turn(Math.min(at, slides().length - 1));
    },
  };
})();
