// A form that was sent while nobody answered stands there again after Back, as it was typed and under the same key: whether
// it arrived or not, it is taken once. It lies sealed on this device meanwhile; see `kept_page.js`, which marks it.

import { drop, put, take } from "./vault.js";

const NOT_TAKEN = "np-not-taken", NEVER = ["csrfmiddlewaretoken", "password", "code"];
const place = `sent:${location.pathname}`;
const plain = [...document.querySelectorAll("form[method=post]")].filter((form) => !form.matches("[data-typed], [data-act], [data-sign-out], [data-scans]"));
const where = (form) => new URL(form.action, location.href).pathname;

function keep(form) {
  const fields = [...new FormData(form)].filter(([name, value]) => !NEVER.includes(name) && typeof value === "string");
  put(place, JSON.stringify({ action: where(form), fields })).catch(() => null);
}

async function giveBack() {
  const action = sessionStorage.getItem(NOT_TAKEN);
  const kept = await take(place).catch(() => null);
  drop(place);
  if (!action || !kept) return;
  sessionStorage.removeItem(NOT_TAKEN);
  const { action: sentTo, fields } = JSON.parse(kept.text);
  const of = (form) => fields.every(([name, value]) => name !== "patient" || form.elements.patient?.value === value);
  const form = plain.find((each) => sentTo === action && where(each) === action && of(each));
  if (form) fill(form, fields);
}

function fill(form, fields) {
  const left = [...fields];
  for (const each of form.elements) {
    const boxed = each.type === "checkbox" || each.type === "radio";
    const found = left.findIndex(([name, value]) => name === each.name && (!boxed || value === each.value));
    if (boxed) each.checked = found >= 0;
    else if (found >= 0) each.value = left[found][1];
    if (found >= 0) left.splice(found, 1);
    if (found >= 0 && each.type !== "hidden") each.closest("details")?.setAttribute("open", "");
  }
}

await giveBack();
addEventListener("submit", (event) => { if (!event.defaultPrevented && plain.includes(event.target)) keep(event.target); });
