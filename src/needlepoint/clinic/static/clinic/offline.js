// A session goes on without a network: what is done on its page is kept on this device, the page says so in one sentence,
// and hands it in when somebody answers again. What the server does not take is shown beside what was done, to a person.

import { acts, add, answers, can, givenBack, handIn, remove, replace, say, tryAgain, wait } from "./acts.js";
import { HOWEVER_OLD, drop, put, take } from "./vault.js";
import { worded } from "./worded.js";

const SAYS = worded("No network or no server: what you write is kept on this tablet and handed in when it is back.");
// An answer that takes longer is as good as none, as far as anybody waiting is concerned.
const SLOW_MS = 6_000, CARE_MS = 5_000;
const root = document.documentElement;
const session = /^\/sessions\/[^/]+\//.exec(location.pathname)?.[0];
const forms = [...document.querySelectorAll("form[data-act]")];
const fromHere = root.hasAttribute("data-kept-page");
const mine = new Set();
let cut = false;

async function begin() {
  const page = `<!doctype html>\n${root.outerHTML}`;
  root.dataset.keeps = "yes";
  if (!fromHere) await put(`page:${session}`, page);
  navigator.serviceWorker?.ready.then(({ active }) => active.postMessage("a session"));
  for (const form of forms) {
    form.addEventListener("submit", (event) => send(form, event));
    if (!form.elements.version) keepTyped(form);
  }
  for (const [name, now] of [["cut", true], ["back", false]]) document.addEventListener(`needlepoint:${name}`, () => setCut(now));
  document.addEventListener("needlepoint:acts", show);
  document.addEventListener("needlepoint:taken", ({ detail }) => taken(detail));
  document.addEventListener("needlepoint:refused", ({ detail }) => refused(detail));
  addEventListener("storage", elsewhere);
  addEventListener("offline", () => setCut(true));
  addEventListener("online", again);
  if (fromHere) setCut(true);
  await givenBack(session);
  await show();
  again();
  for (;;) {
    await wait(CARE_MS);
    if (cut || (await acts()).length) await again();
  }
}

let trying = null;
function again() {
  trying = trying ?? hand().finally(() => { trying = null; });
  return trying;
}

async function hand() {
  const waits = (await acts()).some(({ problem }) => !problem);
  const how = waits ? await handIn(mine) : await answers() ? "done" : "cut";
  if (how !== "elsewhere" && how !== "closed") setCut(how === "cut");
}

function setCut(now) {
  const changed = cut !== now;
  cut = now;
  root.classList.toggle("cut", now);
  if (changed) show();
}

// --- what is sent

async function send(form, event) {
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  const act = actOf(form);
  mine.add(act.key);
  lock(form, true);
  const slow = setTimeout(setCut, SLOW_MS, true);
  await add(act);
  await again();
  // Where another hand was at it when this came, it has its turn now.
  if ((await acts()).some(({ key, sent }) => key === act.key && !sent)) await again();
  clearTimeout(slow);
  delete form.dataset.sending;
  const left = (await acts()).find(({ key }) => key === act.key);
  if (!left) return;
  say("kept", act);
  if (form.hasAttribute("data-again")) anew(form);
  show();
}

// A page names its draft by the key of its form, so that form keeps it; all others of the page carry the same.
function actOf(form) {
  const key = form.elements.version ? form.elements.key.value : crypto.randomUUID();
  const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
  const code = form.elements.code?.value.replace(/[^\x20-\x7e]+/g, " ").trim();
  return {
    session, key, action: new URL(form.action, location.href).pathname, at: new Date().toISOString(),
    fields: fields.map(([name, value]) => [name, name === "key" ? key : value]),
    words: code ? `${form.dataset.act}: ${code}` : form.dataset.act,
  };
}

const formOf = (act) => forms.find((form) => new URL(form.action, location.href).pathname === act.action);
function lock(form, on) {
  form.inert = on;
  if (form.elements.version) say("locked", on);
}

function anew(form) {
  form.reset();
  drop(`form:${form.getAttribute("action")}`);
  lock(form, false);
}

function taken({ act, own, where }) {
  if (act.session !== session) return;
  const form = formOf(act);
  const late = act.sent && form?.hasAttribute("data-again");
  if (form && !form.hasAttribute("data-again")) drop(`page:${session}`);
  drop(`form:${act.action}`);
  if (act.fields.some(([name]) => name === "version")) drop(`session:${session}draft/`);
  // What was handed in late changes nothing on the page under a hand that writes.
  if (late || !own && !form) {
    done.push(act);
    show();
    return;
  }
  say("going", null);
  location.assign(where ?? session);
}
const done = [];

function refused({ act, own }) {
  const form = formOf(act);
  if (!form) return;
  lock(form, false);
  if (!own) return show();
  // At once, and with a network: the page itself says why, as it does for every form.
  form.elements.key.value = act.key;
  say("going", null);
  HTMLFormElement.prototype.submit.call(form);
}

// Another tab of this device has handed in what this one did.
async function elsewhere(event) {
  if (!event.key?.endsWith(":acts")) return;
  const left = new Set((await acts()).map(({ key }) => key));
  await show();
  if (forms.some((form) => form.inert && !form.dataset.sending) && ![...mine].some((key) => left.has(key))) location.assign(session);
}

// --- what is typed into the small forms, for a page that is loaded without a network

async function keepTyped(form) {
  const place = `form:${form.getAttribute("action")}`;
  const kept = fromHere ? await take(place, HOWEVER_OLD).catch(() => null) : drop(place);
  for (const [name, value] of kept ? JSON.parse(kept.text) : []) {
    for (const each of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (each.type === "checkbox" || each.type === "radio") each.checked = each.checked || each.value === value;
      else if (each.type !== "hidden") each.value = value;
    }
    form.closest("details")?.setAttribute("open", "");
  }
  form.addEventListener("input", () => put(place, JSON.stringify([...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "key", "patient"].includes(name)))));
}

// --- what is shown

const box = document.createElement("section");
box.className = "without-network";
box.hidden = true;

async function show() {
  const all = (await acts()).filter((each) => each.session === session);
  for (const act of all) {
    const form = formOf(act);
    if (form && !form.hasAttribute("data-again")) lock(form, !act.problem);
  }
  const clashes = all.filter(({ problem }) => problem), waiting = all.filter(({ problem, sent }) => !problem && sent);
  const says = element("p", { className: "banner wait", textContent: SAYS, hidden: !cut });
  says.setAttribute("role", "status");
  const told = (act) => ({ at: clock(act.at), what: act.words });
  const lines = [
    ...waiting.map((act) => line(worded("%(at)s %(what)s: kept", told(act)))),
    ...done.map((act) => line(worded("%(at)s %(what)s: handed in", told(act)))),
  ];
  const list = element("ul", { className: "plain hint", hidden: !cut && !done.length });
  list.append(...lines);
  box.replaceChildren(says, list, ...clashes.map(clash));
  box.hidden = !cut && !done.length && !clashes.length;
  if (!box.isConnected) document.querySelector("main")?.prepend(box);
}

const element = (name, given = {}) => Object.assign(document.createElement(name), given);
const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { timeStyle: "short" });
const line = (words) => element("li", { textContent: words });

// Side by side: what was done, and what the practice says. A person decides; nothing is dropped without a word in the record.
function clash(act) {
  const card = element("section", { className: "card stale" });
  card.setAttribute("role", "alert");
  const table = element("table");
  const rows = [
    ["", worded("Kept on this tablet"), worded("The practice now")],
    [act.words, worded("done at %(at)s", { at: clock(act.at) }), act.problem],
    ...(act.differences ?? []).map(([name, there, here]) => [name, here, there]),
  ];
  table.append(...rows.map((cells, place) => {
    const row = element("tr");
    row.append(...cells.map((words) => element(place ? "td" : "th", { textContent: words })));
    return row;
  }));
  const buttons = element("div", { className: "actions" });
  const form = formOf(act);
  if (form?.elements.version) buttons.append(button(worded("Go back to the page and change it"), () => back(act, form)));
  else buttons.append(button(worded("Leave it out; the record says so"), () => leaveOut(act)));
  buttons.append(button(worded("Hand it in once more"), () => tryAgain(act.key).then(again)));
  card.append(element("h2", { textContent: worded("This was not taken") }), table, buttons);
  return card;
}

function button(words, press) {
  const made = element("button", { type: "button", textContent: words });
  made.addEventListener("click", press);
  return made;
}

// What was signed stands on the page again; it is signed anew over what the practice has now been seen to hold.
async function back(act, form) {
  await remove(act.key);
  lock(form, false);
  say("fill", act.fields);
}

async function leaveOut(act) {
  const told = [["key", crypto.randomUUID()], ["patient", act.fields.find(([name]) => name === "patient")?.[1] ?? ""], ["what", `${clock(act.at)} ${act.words}`], ["because", act.problem]];
  await replace(act.key, { session, key: told[0][1], action: `${session}left-out/`, at: new Date().toISOString(), fields: told, words: worded("Left out: %(what)s", { what: act.words }) });
  await again();
}

if (can && session && forms.length) begin();
