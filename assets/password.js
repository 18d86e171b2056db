/* Ask for the password of a protected file, in the row of its upload. It goes along once and is forgotten. */
(() => {
  "use strict";

  const NOTE = "Dash KPI keeps an opened copy in its inbox, and forgets the password.";
  let number = 0;

  function ask(item, open) {
    const id = `password-${(number += 1)}`;
    const form = make("form", { className: "password" });
    const label = make("label", { htmlFor: id, textContent: `Password of ${item.file.name}` });
    const field = make("input", { id, type: "password", autocomplete: "off", required: true, maxLength: 255, className: "form-control" });
    const button = make("button", { type: "submit", className: "primary", textContent: "Open" });
    const note = make("p", { className: "muted small", id: `${id}-note`, textContent: NOTE });
    field.setAttribute("aria-describedby", note.id);
    form.append(label, field, button, note);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { value } = field;
      field.value = "";
      form.remove();
      open(value);
    });
    item.row.append(form);
    if (item.row.isConnected && !isTyping()) field.focus();
  }

  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

  function isTyping() {
    return Boolean(document.activeElement?.closest("input, select, textarea, dialog"));
  }

  window.dashKpiPassword = { ask };
})();
