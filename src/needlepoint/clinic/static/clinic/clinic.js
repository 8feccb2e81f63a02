// What a page cannot do without a script: signatures, steppers, drafts, scanners. No page depends on it to be read.

import { amount } from "./figure.js";
import "./pad.js";

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf]");
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
  // The day refreshes by itself; that is no act of a person and does not keep anybody signed in.
  if (event.detail.elt.hasAttribute("data-by-itself")) event.detail.headers["X-By-Itself"] = "yes";
});

// What asks every few seconds asks once in half a minute where nobody has it in view, and at once when somebody looks.
const HIDDEN_MS = 30_000;
const BY_ITSELF = "[data-by-itself][hx-trigger*=every]";
const asked = new WeakMap();
// A menu of the day that somebody is in, and what is typed there, is not drawn over.
const isUsed = (elt) =>
  elt.id === "columns" &&
  [...elt.querySelectorAll("details[open]")].some(
    (each) => each.contains(document.activeElement) || each.querySelector("input:not([type=hidden]):not(:placeholder-shown)"),
  );
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (!elt.matches(BY_ITSELF)) return;
  const hidden = document.hidden && Date.now() - (asked.get(elt) ?? 0) < HIDDEN_MS;
  if (hidden || isUsed(elt)) event.preventDefault();
  else asked.set(elt, Date.now());
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const each of document.querySelectorAll(BY_ITSELF)) {
    htmx.ajax("GET", each.getAttribute("hx-get"), { source: each, target: each });
  }
});

for (const stepper of document.querySelectorAll(".stepper")) {
  const input = stepper.querySelector("input");
  for (const button of stepper.querySelectorAll("button")) {
    button.addEventListener("click", () => step(input, Number(button.dataset.by)));
  }
}

function step(input, by) {
  const places = Number(input.dataset.places || 0);
  const low = Number(input.min), high = Number(input.max);
  const value = Math.min(high, Math.max(low, amount(input.value) + by));
  input.value = value.toFixed(places);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

// A scanner types and ends with Enter, which must not send a half-filled form.
for (const scan of document.querySelectorAll("input.scan[data-stay]")) {
  scan.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

// A scanner types wherever it likes; what nobody else wants to read goes into the box for codes.
const wedge = document.querySelector("input[data-wedge]");
document.addEventListener("keydown", (event) => {
  const elsewhere = document.activeElement?.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const types = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (wedge && types && !elsewhere) wedge.focus();
});

// One tap sends once; what a script sends in the form's place it may send again. So may a page that is still there after
// a while, because the answer was a file or none came, and one that came back by the Back button: the key of a form is
// taken once.
const WHILE_MS = 10_000;
for (const form of document.querySelectorAll("form[method=post]")) {
  const hold = (on) => { for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = on; };
  form.addEventListener("submit", (event) => setTimeout(() => {
    hold(!event.defaultPrevented);
    setTimeout(hold, WHILE_MS, false);
  }));
  addEventListener("pageshow", (event) => { if (event.persisted) hold(false); });
}

if (document.querySelector("form[data-typed]")) import("./typed.js");
if (document.querySelector("meta[name=door]") && !location.pathname.startsWith("/sign-in/")) import("./sent.js");

// Without a network a small worker answers for the server; it belongs to whoever is signed in, and goes with them.
if (document.querySelector("meta[name=door]") && "serviceWorker" in navigator && "caches" in window) {
  navigator.serviceWorker.register("/worker.js", { scope: "/" }).catch(() => null);
  // An older one answered for the day alone.
  navigator.serviceWorker.getRegistrations().then((all) => all.filter((each) => each.scope.endsWith("/day/")).map((each) => each.unregister()));
}

// With whoever signs out goes what was kept on this device for when the network is down; and whoever signs in finds nothing
// of anybody else.
import("./vault.js").then(({ going, tidy, wipe }) => {
  tidy();
  const out = document.querySelector("form[data-sign-out]");
  if (!out || !document.querySelector("meta[name=door]")) return;
  import("./acts.js").then(({ can, elsewhere, signOut }) => {
    if (!can) return out.addEventListener("submit", wipe);
    out.addEventListener("submit", (event) => { event.preventDefault(); signOut(out); });
    return going() ? signOut(out) : elsewhere();
  });
});

document.querySelector("[data-print]")?.addEventListener("click", () => print());
