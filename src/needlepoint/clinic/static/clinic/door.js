// The door of every page: it says when the session ends, shows nothing of a patient from then on, and leads to the way in
// and back. What was typed is handed to the server first, which gives it back to the same member only.

import { worded } from "./worded.js";
import { seal, wipe } from "./vault.js";

const door = document.querySelector("meta[name=door]");
const SCRIPTED = { headers: { "X-By-Itself": "yes" }, cache: "no-store" };
// How often it is asked whether one is still in: seldom where the head of the page asks all the time anyhow.
const EVERY = document.getElementById("watch") ? 15_000 : 5_000;
const WARN_MS = 60_000, TOLD_AGAIN_MS = 20_000, PATIENCE_MS = 2_000;
// So long it is waited for the answer to a form that was sent; the server itself takes no longer.
const ON_ITS_WAY_MS = 60_000;
const typedInto = new Set();
const title = document.title;
// Until the server has said so, a page stays open as long as the page itself was told.
let closesAt = Infinity, idleMs = Number(door.dataset.idle) * 1000, unheard = false, askedAt = 0, acted = false, asking = false, leaving = false;
let sentAt = -Infinity;
// What this device keeps is of whoever opened this page; somebody who signed in since keeps theirs.
const begunUnder = seal();

const here = () => location.pathname + location.search;

async function ask() {
  if (asking || leaving) return;
  asking = true;
  askedAt = Date.now();
  const options = acted ? { ...SCRIPTED, headers: { "X-Acted": "yes" } } : SCRIPTED;
  acted = false;
  try {
    const answer = await fetch(door.content, options);
    unheard = false;
    if (answer.status === 401) leave(answer.headers.get("HX-Redirect"));
    else if (answer.ok) {
      idleMs = Number(answer.headers.get("X-Idle-Seconds")) * 1000;
      stay(Number(answer.headers.get("X-Seconds-Left")));
    }
  } catch {
    // No network: what was typed stays on the page. Where nobody touches it either, it is covered at the usual time.
    unheard = true;
    if (closesAt === Infinity) closesAt = Date.now() + idleMs;
  } finally {
    asking = false;
  }
}

function stay(seconds) {
  closesAt = Date.now() + seconds * 1000;
  document.documentElement.classList.remove("covered");
  document.title = title;
}

function cover() {
  document.documentElement.classList.add("covered");
  document.title = "Needlepoint";
}

// Nothing is shown from here on; the page goes as soon as the server has what was typed.
// A form on its way may have given the session a new key, which comes with its answer: whoever asks before that is told that
// nobody is in. So its answer decides where the page goes; going elsewhere now would break it off, and the key would be lost.
async function leave(where) {
  if (leaving) return;
  cover();
  if (Date.now() - sentAt < ON_ITS_WAY_MS) return;
  leaving = true;
  const kept = [...typedInto].filter((form) => form.isConnected).map(keep);
  document.dispatchEvent(new CustomEvent("needlepoint:leaving", { detail: kept }));
  await Promise.race([Promise.allSettled(kept), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
  document.body.replaceChildren();
  if (seal() === begunUnder) wipe();
  location.replace(withPage(where || door.dataset.wayIn));
}

function withPage(where) {
  const address = new URL(where, location.href);
  if (address.pathname === door.dataset.wayIn && here() !== "/") address.searchParams.set("next", here());
  return address.href;
}

const written = (field) => field.name && !field.disabled && !["hidden", "password", "file", "submit", "button"].includes(field.type);

function keep(form) {
  const fields = [...form.elements].filter(written).flatMap((field) =>
    field.type === "checkbox" || field.type === "radio" ? (field.checked ? [[field.name, field.value]] : [])
      : field.multiple ? [...field.selectedOptions].map((each) => [field.name, each.value])
        : [[field.name, field.value]]);
  const patient = form.elements.patient;
  if (patient?.type === "hidden") fields.push(["patient", patient.value]);
  const body = new URLSearchParams({
    csrfmiddlewaretoken: document.querySelector("meta[name=csrf]").content,
    page: here(), action: new URL(form.action, location.href).pathname, fields: JSON.stringify(fields),
  });
  return fetch(door.dataset.keep, { method: "POST", body, keepalive: true });
}

// After signing in again: what was typed stands where it stood, but in no form of another patient.
async function giveBack() {
  const where = `${door.dataset.kept}?${new URLSearchParams({ page: here() })}`;
  const answer = await fetch(where, SCRIPTED).catch(() => null);
  if (!answer?.ok) return;
  for (const kept of (await answer.json()).forms) {
    const form = [...document.querySelectorAll("form[method=post]")].find((each) => fits(each, kept));
    if (form) fill(form, kept.fields);
  }
  if (!document.querySelector(".given-back")) return;
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-given-back]")) forget(where); });
}

function fits(form, kept) {
  const patient = kept.fields.find(([name]) => name === "patient")?.[1];
  const own = form.elements.patient?.type === "hidden" ? form.elements.patient.value : undefined;
  return new URL(form.action, location.href).pathname === kept.action && (patient === undefined || own === undefined || patient === own);
}

function fill(form, fields) {
  const values = new Map();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
  const left = new Map([...values].map(([name, each]) => [name, [...each]]));
  for (const field of [...form.elements].filter(written)) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.get(field.name)?.includes(field.value) ?? false;
    else if (field.multiple) for (const each of field.options) each.selected = values.get(field.name)?.includes(each.value) ?? false;
    else if (left.get(field.name)?.length) field.value = left.get(field.name).shift();
    field.closest("details")?.setAttribute("open", "");
  }
  form.dataset.givenBack = "yes";
  const says = document.createElement("p");
  says.className = "given-back card";
  says.setAttribute("role", "status");
  says.textContent = worded("What you had typed before you were signed out stands here again. It is not saved yet: look at it, then send it.");
  form.before(says);
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function forget(where) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: document.querySelector("meta[name=csrf]").content });
  fetch(where, { method: "POST", body, keepalive: true, headers: SCRIPTED.headers });
}

function act(event) {
  if (!event.isTrusted || leaving) return;
  acted = true;
  if (unheard) closesAt = Math.max(closesAt, Date.now() + idleMs);
  if (Date.now() - askedAt > TOLD_AGAIN_MS || warning.isConnected) ask();
}

const warning = Object.assign(document.createElement("p"), { className: "closing" });
warning.setAttribute("role", "status");

function tick() {
  const left = closesAt - Date.now();
  if (left < 0) {
    cover();
    if (Date.now() - askedAt > 1000) ask();
  } else if (Date.now() - askedAt > EVERY && !document.hidden) ask();
  if (left > 0 && left < WARN_MS) {
    warning.textContent = worded("Nobody has touched this page for a while. It closes within a minute; touch it to go on.");
    if (!warning.isConnected) document.body.prepend(warning);
  } else warning.remove();
}

function seenAgain() {
  if (Date.now() > closesAt) cover();
  ask();
}

for (const name of ["pointerdown", "keydown", "wheel"]) addEventListener(name, act, { capture: true, passive: true });
addEventListener("input", (event) => {
  const form = event.target.closest?.("form[method=post]");
  if (form && !form.matches("[data-sign-out]")) typedInto.add(form);
}, true);
// Last of all who hear of it: what a script sends in the page's stead leads nowhere.
addEventListener("submit", (event) => { if (!event.defaultPrevented) sentAt = Date.now(); });
// A part of the page that meets the closed door is told so; it is the whole page that goes.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status !== 401) return;
  event.preventDefault();
  leave(event.detail.xhr.getResponseHeader("HX-Redirect"));
});
document.addEventListener("needlepoint:closed", (event) => leave(event.detail));
document.addEventListener("visibilitychange", () => { if (!document.hidden) seenAgain(); });
addEventListener("pageshow", (event) => { if (event.persisted) { sentAt = -Infinity; cover(); ask(); } });
addEventListener("online", seenAgain);
// A tablet that goes into a patient's hands says so at once to every other page that is open on it.
const lentNow = new BroadcastChannel("needlepoint-lent");
lentNow.addEventListener("message", () => { cover(); askedAt = 0; ask(); });
setInterval(tick, 500);
ask();
if (door.dataset.kept) giveBack();
