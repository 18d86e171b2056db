/* The mapping editor in the browser: it keeps the draft, asks for a preview after every change, and sends wishes. */
(() => {
  "use strict";

  const PAGE = "/data/mapping";
  const PAUSE = 250; // milliseconds between the last change and the question
  const $ = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  let draft = null;
  let pause = null;

  /* Changes: every field names the rule it changes; what is as inferred is not in the draft. */

  function change(mutate) {
    if (!draft?.rules) return;
    const rules = structuredClone(draft.rules);
    mutate(rules);
    draft = { ...draft, rules };
    wait();
    clearTimeout(pause);
    pause = setTimeout(() => {
      pause = null;
      set("mapping-draft", { data: draft });
    }, PAUSE);
  }

  function put(rules, name, value) {
    if (value === null || value === "" || value === false) delete rules[name];
    else rules[name] = value;
  }

  function ruleOf(choice) {
    const [part, aggregation] = choice.split(":");
    return aggregation ? { part, aggregation } : { part };
  }

  const FIELDS = {
    part: (rules, field) => {
      const before = rules.columns?.[field.dataset.heading];
      const rule = field.value ? ruleOf(field.value) : null;
      if (rule && before?.name && (rule.part === "measure" || rule.part === "dimension")) rule.name = before.name;
      putColumn(rules, field.dataset.heading, rule);
    },
    name: (rules, field) => {
      const before = rules.columns?.[field.dataset.heading] ?? ruleOf(field.dataset.inferred);
      const { name: _, ...rule } = before;
      const name = field.value.trim();
      putColumn(rules, field.dataset.heading, name ? { ...rule, name } : rules.columns?.[field.dataset.heading] ? rule : null);
    },
    header_row: (rules, field) => put(rules, "header_row", field.value && Math.trunc(Number(field.value))),
    header_rows: (rules, field) => put(rules, "header_rows", field.value && Math.trunc(Number(field.value))),
    layout: (rules, field) => put(rules, "layout", field.value),
    decimal: (rules, field) => put(rules, "decimal", field.value),
    month_first: (rules, field) => {
      if (field.value) rules.month_first = field.value === "true";
      else delete rules.month_first;
    },
    repairs_dates: (rules, field) => put(rules, "repairs_dates", field.checked),
    is_read: (rules, field) => put(rules, "is_read", field.checked),
  };

  function putColumn(rules, heading, rule) {
    const columns = { ...rules.columns };
    if (rule) columns[heading] = rule;
    else delete columns[heading];
    put(rules, "columns", Object.keys(columns).length ? columns : null);
  }

  document.addEventListener("change", (event) => {
    const field = event.target.closest?.("[data-rule]");
    if (field) change((rules) => FIELDS[field.dataset.rule](rules, field));
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const link = event.target.closest("a[data-mapping]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open(link);
    } else if (button && "mappingAct" in button.dataset) {
      wait();
      clearTimeout(pause);
      if (pause) set("mapping-draft", { data: draft });
      set("mapping-wish", { data: { act: button.dataset.mappingAct, at: Date.now() } });
    } else if (button && "join" in button.dataset) {
      change((rules) => (rules.joins = [...(rules.joins ?? []), JSON.parse(button.dataset.join)]));
    } else if (button && "unjoin" in button.dataset) {
      change((rules) => {
        const joins = (rules.joins ?? []).filter((_, place) => place !== Number(button.dataset.unjoin));
        put(rules, "joins", joins.length ? joins : null);
      });
    }
  });

  /* The way here: like Dash's own links, with the state of the view kept in the address. */

  function open(link) {
    const params = new URLSearchParams(location.search);
    ["id", "file", "sheet"].forEach((name) => params.delete(name));
    new URL(link.href).searchParams.forEach((value, name) => params.set(name, value));
    history.pushState(history.state, "", `${PAGE}?${params}`);
    dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    scrollTo(0, 0);
  }

  const isDirty = () => draft?.rules && JSON.stringify(draft.rules) !== JSON.stringify(draft.saved);
  addEventListener("beforeunload", (event) => {
    if ($("mapping") && isDirty()) event.preventDefault();
  });

  /* Answers: the old one stays, dimmed, until the new one is there; place and focus are kept. */

  function wait() {
    $("mapping")?.classList.add("waiting");
    $("mapping-result")?.setAttribute("aria-busy", "true");
  }

  function settle() {
    $("mapping")?.classList.remove("waiting");
    $("mapping-result")?.removeAttribute("aria-busy");
  }

  // What fails is told as a message; there is no answer to wait for then.
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver((changes) => {
      const nodes = changes.flatMap((change) => [...change.addedNodes]);
      if (nodes.some((node) => node.classList?.contains("bad") && node.closest("#toasts"))) settle();
    }).observe(document.body, { childList: true, subtree: true });
  });

  function place(answer) {
    settle();
    if (answer.refusal) {
      set("message", { data: { text: answer.refusal, kind: "error" } });
      return;
    }
    const region = document.querySelector(".grid-scroll");
    const [left, top] = [region?.scrollLeft ?? 0, region?.scrollTop ?? 0];
    const field = document.activeElement?.closest?.("#mapping input, #mapping select");
    const typed = field?.type === "text" || field?.type === "number" ? field.value : null;
    window.dash_clientside.frame.place(answer);
    document.querySelector(".grid-scroll")?.scrollTo(left, top);
    const again = field?.id && $(field.id);
    if (!again || again === field) return;
    if (typed !== null) again.value = typed;
    again.focus({ preventScroll: true });
  }

  const mapping = {
    draft(data) {
      draft = data;
    },
    place(answer) {
      if (answer) place(answer);
    },
  };
  window.dash_clientside = { ...window.dash_clientside, mapping };
})();
