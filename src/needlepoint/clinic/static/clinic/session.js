// The screen of a session under way: the same as last time by one tap, and a draft that no other tab can overwrite.

import { worded } from "./worded.js";
import { HOWEVER_OLD, drop, put, take } from "./vault.js";

const OURS = new Set(["csrfmiddlewaretoken", "key", "version"]);
const UNSAVED = worded("Not saved yet."), LOST_MS = 20_000, PATIENCE_MS = 6_000;
const form = document.querySelector("form[data-draft]");
const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

if (form) {
  document.querySelector("[data-usual]")?.addEventListener("click", () => {
    for (const row of form.querySelectorAll("[data-usual-values]")) {
      const [depth, passes] = row.dataset.usualValues.split(" ");
      row.querySelector("[name=zones]").checked = Boolean(passes);
      if (passes) {
        row.querySelector("[data-depth]").value = depth;
        row.querySelector("[data-passes]").value = passes;
      }
    }
    changed(form);
  });
  for (const button of form.querySelectorAll("[data-endpoint]")) {
    button.addEventListener("click", () => {
      for (const row of form.querySelectorAll("[data-zone]")) {
        if (!row.querySelector("[name=zones]").checked) continue;
        for (const choice of row.querySelectorAll(".ends input")) choice.checked = choice.value === button.dataset.endpoint;
      }
      changed(form);
    });
  }
  for (const button of form.querySelectorAll("[data-lot]")) {
    button.addEventListener("click", () => {
      const { kind, name, lot } = button.dataset;
      form.elements[`${kind}_name`].value = name;
      form.elements[`${kind}_lot`].value = lot;
      for (const each of form.querySelectorAll(`[data-lot][data-kind=${kind}]`)) {
        each.setAttribute("aria-pressed", String(each === button));
      }
      changed(form);
    });
  }
  keep(form);
}

// What is typed is kept on the server every few seconds; the page says so only once it is on disk. What the server does
// not have yet is kept on this device, sealed for whoever is signed in, until it has.
function keep(form) {
  const says = document.getElementById("saved");
  const stale = document.getElementById("stale");
  const place = `session:${new URL(form.dataset.draft, location).pathname}`;
  let timer = null, saving = null, stopped = false, again = false, leaving = false;
  // Whether something stands here that the server has not, and whether it was asked in vain.
  let open = false, failed = false;
  // Whether what stands here lies sealed on this device, and the page goes on without a network; see `offline.js`.
  let sealed = false;
  const say = (name) => document.dispatchEvent(new CustomEvent(`needlepoint:${name}`));
  const keeps = () => sealed && "keeps" in document.documentElement.dataset;

  const later = (after) => { if (timer === null && !stopped) timer = setTimeout(save, after); };
  const stands = () => JSON.stringify([...new FormData(form)].filter(([name]) => !OURS.has(name)));
  // With the version that it began from, so that the server sees where somebody else has saved since.
  const keepHere = async () => {
    const told = { version: form.elements.version.value, key: form.elements.key.value, typed: stands() };
    sealed = await put(place, JSON.stringify(told)).catch(() => false);
  };
  function save() {
    timer = null;
    saving = saving ?? send().finally(() => { saving = null; if (again) { again = false; later(0); } });
    return saving;
  }
  async function settled() {
    await saving;
    await save();
  }
  async function send() {
    const typed = stands();
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), signal: AbortSignal.timeout?.(LOST_MS) });
      if (answer.status >= 500) throw new Error("no answer of ours");
      if (failed) say("back");
      failed = false;
      if (answer.status === 401) {
        await keepHere();
        return document.dispatchEvent(new CustomEvent("needlepoint:closed", { detail: answer.headers.get("HX-Redirect") }));
      }
      if (answer.status === 403 || answer.redirected) {
        says.textContent = worded("Not saved: you are signed out. What you typed stays on this page. Sign in again in another tab.");
        later(5000);
        return;
      }
      const told = await answer.json();
      if (told.version && told.differences) return show(told);
      if (answer.ok) {
        form.elements.version.value = told.version;
        open = stands() !== typed;
        if (!open) drop(place);
      }
      says.textContent = answer.ok && !open ? worded("Saved %(at)s", { at: told.saved }) : told.problem ?? UNSAVED;
    } catch {
      failed = true;
      await keepHere();
      says.textContent = worded("Not saved: the server does not answer. What you typed stays on this page.");
      say("cut");
      later(5000);
    }
  }
  function show(told) {
    stopped = true;
    says.textContent = worded("Not saved: see above.");
    stale.querySelector("[data-says]").textContent = told.problem;
    stale.querySelector("tbody").replaceChildren(...told.differences.map((cells) => {
      const row = document.createElement("tr");
      row.append(...cells.map((words) => Object.assign(document.createElement("td"), { textContent: words })));
      return row;
    }));
    stale.hidden = false;
    stale.scrollIntoView({ block: "center" });
    stale.querySelector("[data-keep]").onclick = () => {
      form.elements.version.value = told.version;
      stale.hidden = true;
      stopped = false;
      save();
    };
  }
  function touched() {
    open = true;
    says.textContent = UNSAVED;
    keepHere();
    if (saving) again = true; else later(2000);
  }
  form.addEventListener("input", touched);
  // A page that comes back by the Back button shows what stood there, which may be more than the server has.
  addEventListener("pageshow", async () => {
    leaving = false;
    for (const button of document.querySelectorAll("button[type=submit]")) button.disabled = false;
    const kept = await take(place, HOWEVER_OLD).catch(() => null);
    const { version, key, typed } = kept ? JSON.parse(kept.text) : {};
    const more = typed !== undefined && typed !== stands();
    if (more) {
      fill(form, JSON.parse(typed));
      // Under the name of the page that it was typed into, whose last words may have reached the server on the way out.
      form.elements.version.value = version;
      form.elements.key.value = key;
    } else drop(place);
    // The door hears of it too: it gives what was typed to the server before the page goes.
    if (more || open || differs(form)) { changed(form); await save(); }
  });
  addEventListener("pagehide", () => {
    if (!open || leaving || stopped) return;
    clearTimeout(timer);
    timer = null;
    navigator.sendBeacon(form.dataset.draft, new FormData(form));
  });
  addEventListener("beforeunload", (event) => { if (open && failed && !sealed && !leaving) event.preventDefault(); });
  for (const [name, does] of [
    ["kept", () => { leaving = false; }],
    ["going", () => { leaving = true; }],
    ["locked", ({ detail }) => { stopped = detail; }],
    ["settle", ({ detail }) => { if (open && !stopped) detail.push(save()); }],
    ["fill", ({ detail }) => { leaving = false; fill(form, detail); changed(form); }],
  ]) document.addEventListener(`needlepoint:${name}`, does);
  // Signing, and every other form of this page, waits until the server has what stands here. Where it does not answer,
  // nobody is led to a page that is not there.
  for (const each of document.querySelectorAll("form[method=post]")) {
    each.addEventListener("submit", async (event) => {
      if (leaving || each.hasAttribute("data-sign-out")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const pressed = event.submitter;
      clearTimeout(timer);
      timer = null;
      again = false;
      await Promise.race([settled(), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
      // What waits to be compared is settled by whoever signs: the server asks once more.
      if (open && !stopped && !(keeps() && each.dataset.act)) {
        says.textContent += " Nothing was sent.";
        return;
      }
      // What became wrong while the server was asked is said by the browser, and nobody leaves.
      leaving = each.noValidate || Boolean(pressed?.formNoValidate) || each.checkValidity();
      each.requestSubmit(pressed);
    }, true);
  }
}

function differs(form) {
  return [...form.elements].some((each) => {
    if (each.type === "hidden" || !each.name) return false;
    if (each.type === "checkbox" || each.type === "radio") return each.checked !== each.defaultChecked;
    if (each.options) return [...each.options].some((one) => one.selected !== one.defaultSelected && one.defaultSelected);
    return each.value !== each.defaultValue;
  });
}

function fill(form, typed) {
  const values = Map.groupBy ? Map.groupBy(typed, ([name]) => name) : new Map();
  if (!Map.groupBy) for (const pair of typed) values.set(pair[0], [...(values.get(pair[0]) ?? []), pair]);
  for (const each of form.elements) {
    if (!each.name || each.type === "hidden") continue;
    const said = (values.get(each.name) ?? []).map(([, value]) => value);
    if (each.type === "checkbox" || each.type === "radio") each.checked = said.includes(each.value);
    else if (said.length) each.value = said[0];
  }
}
