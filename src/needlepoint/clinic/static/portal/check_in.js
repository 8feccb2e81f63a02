// Shows the check-in one question a screen and asks the server once, at the end; without this every tap asks it.
// What was answered is never lost: it stays with the browser's history, on this device and with the server until it is
// sent, and where it was not sent the page says so.

const form = document.querySelector("form.check-in");
const steps = [...form.querySelectorAll(".step")];
const SCORES = ["redness", "swelling", "pain"];
// A second tap that follows this fast was meant for the question before.
const STILL_MS = 300;
// What was tapped longer ago than this was another day's skin.
const KEPT_MS = 24 * 60 * 60 * 1000;
// So long ago, and the answers are looked through once more.
const BEGUN_MS = 60 * 60 * 1000;
// The server is told of an answer when no other follows it this soon.
const SAVED_MS = 1500;
// Where it was not told, the page says so and tries again.
const UNSAVED_MS = 5 * 1000;
// After this long without an answer the page says that nothing was sent yet; it goes on trying until the second.
const LATE_MS = 8 * 1000;
const LOST_MS = 4 * 60 * 1000;
const AGAIN_MS = 20 * 1000;
// From this swelling on the place matters.
const ASKS_WHERE_FROM = 3;
const { whose, yours } = form.dataset;
const HERE = `np-check-in:${whose}`;
const panel = document.querySelector("[data-not-sent]");
const cut = form.querySelector("[data-cut]");
const begun = form.querySelector("[data-begun]");
let at = steps.findIndex((step) => !step.hidden);
// Sent says that it was tried, delivered that the server has it.
let sent = false;
let delivered = false;
let natively = false;

function typed() {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
}

// Kept with this entry of the browser's own history: it outlasts sleep and reload, goes back and forth with it, and
// another patient's page does not take it. Kept on the device: it outlasts the browser, too.
function keep(how) {
  const state = { whose, at, typed: typed(), sent, delivered, when: Date.now() };
  history[how](state, "");
  if (!delivered && state.typed.some(([name]) => name !== "key")) store(JSON.stringify(state));
}

function turnOf(text) {
  return Number.parseInt(text, 10) || 0;
}

function store(text) {
  try {
    if (text === null) localStorage.removeItem(HERE);
    else localStorage.setItem(HERE, text);
  } catch { /* A browser that keeps nothing still sends. */ }
}

function stored() {
  try { return JSON.parse(localStorage.getItem(HERE)); } catch { return null; }
}

let saving;
function save(after = SAVED_MS) {
  clearTimeout(saving);
  saving = setTimeout(saveNow, after);
}

async function saveNow() {
  const body = new FormData(form);
  body.delete("photo");
  const answer = await fetch(form.dataset.draft, { method: "POST", body, redirect: "manual", keepalive: true })
    .catch(() => null);
  connected(answer !== null && answer.status < 500);
  if (answer?.headers.get("X-Sent")) arrived();
}

// While there is no connection one sentence says so, where it moves nothing that is about to be tapped.
function connected(is) {
  cut.hidden = is;
  if (!is && !under_way) save(UNSAVED_MS);
}

// It had reached the server, and only the answer was lost on its way.
function arrived() {
  delivered = true;
  begun.hidden = true;
  store(null);
  keep("replaceState");
}

// What is sent again as it was is the same report, under the same key; what was changed since is another.
function changed() {
  if (sent) form.elements.key.value = crypto.randomUUID?.() ?? form.elements.key.value;
  sent = delivered = false;
  // Of two that were kept of one report, that with the greater number is the later, whatever two clocks say.
  form.elements.turn.value = turnOf(form.elements.turn.value) + 1;
  save();
}

function taken(state) {
  if (state?.whose !== whose || Date.now() - state.when > KEPT_MS) return false;
  const given = (name) => state.typed.filter(([each]) => each === name).map(([, value]) => value);
  for (const name of SCORES) if (given(name).length) choose(name, given(name)[0]);
  for (const box of form.querySelectorAll("[type=checkbox]")) box.checked = given(box.name).includes(box.value);
  form.elements.words.value = given("words")[0] ?? "";
  form.elements.key.value = given("key")[0];
  form.elements.turn.value = turnOf(given("turn")[0]);
  sent = state.sent;
  delivered = Boolean(state.delivered);
  return true;
}

function choose(name, value) {
  let field = form.querySelector(`input[type=hidden][name=${name}]`);
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name });
    form.prepend(field);
  }
  field.value = value;
  for (const button of form.querySelectorAll(`button[name=${name}]`)) {
    const chosen = button.value === value;
    button.classList.toggle("chosen", chosen);
    button.querySelector(".mark")?.remove();
    if (chosen) button.append(Object.assign(document.createElement("span"), { className: "mark", textContent: yours }));
  }
}

function show(place) {
  at = place;
  steps.forEach((step, each) => {
    step.hidden = each !== place;
    // The Enter key presses the first button that is not disabled, which must never be an answer.
    if (SCORES.includes(step.dataset.step)) step.disabled = each !== place;
  });
  sum();
}

function go(place) {
  if (place === at) return;
  show(place);
  keep("pushState");
  arrive();
}

// The question is read out because it has the focus, and only then.
function arrive() {
  const step = steps[at];
  step.classList.add("new");
  setTimeout(() => step.classList.remove("new"), STILL_MS);
  scrollTo(0, 0);
  step.querySelector("h1").focus({ preventScroll: true });
}

const score = (name) => form.querySelector(`input[type=hidden][name=${name}]`)?.value;
const ticks = () => [...form.querySelectorAll("[name=sign]:checked")].map((each) => each.value);

// Where it is matters beside a sign, and beside a swelling that is strong or not known.
const swells = () => score("swelling") === "unknown" || Number(score("swelling")) >= ASKS_WHERE_FROM;
const asksWhere = () => ticks().length > 0 || swells();

// The last screen says what was ticked, and asks about the groups of which nothing was.
function sum() {
  const more = form.querySelector("[data-step=more]");
  const ticked = new Set(ticks());
  const hide = (where, is) => { more.querySelector(where).hidden = is; };
  for (const line of more.querySelectorAll("[data-sign]")) line.hidden = !ticked.has(line.dataset.sign);
  for (const group of more.querySelectorAll("[data-group]")) {
    group.hidden = form.querySelector(`[data-signs="${group.dataset.group}"] :checked`) !== null;
  }
  hide("[data-ticked]", !ticked.size);
  hide("[data-where]", !asksWhere());
  hide("[data-others]", !ticked.size);
  hide("[data-none]", ticked.size > 0);
  hide("[data-open]", !more.querySelector("[data-group]:not([hidden])"));
}

const placeOf = (name) => steps.findIndex((step) => step.dataset.step === name);
const missing = () => SCORES.find((name) => !score(name));

// ------------------------------------------------------------------------------------------------------------- sending

let under_way = false;
let submitter = null;
let again;

async function send() {
  if (under_way) return;
  under_way = true;
  clearTimeout(again);
  const late = setTimeout(() => notSent("late"), LATE_MS);
  const why = await sending();
  clearTimeout(late);
  under_way = false;
  if (why) notSent(why);
}

// Returns why it was not sent; nothing where it was, or where the server has something to say of its own.
async function sending() {
  const body = new FormData(form);
  body.append(submitter.name, submitter.value);
  clearTimeout(saving);
  let answer;
  try {
    answer = await fetch(location.href, {
      method: "POST", body, headers: { "X-Needlepoint-Script": "yes" }, redirect: "manual",
      signal: AbortSignal.timeout?.(LOST_MS),
    });
  } catch { return "network"; }
  const next = answer.headers.get("X-Next");
  if (next) {
    delivered = true;
    keep("replaceState");
    store(null);
    location.assign(next);
    return "";
  }
  if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") return "signed_out";
  // A photo from somebody who is signed out is refused for its length before anybody asks who sends it.
  if (answer.status === 413 && await isOut()) return "signed_out";
  if (answer.status >= 500) return "server";
  natively = true;
  form.requestSubmit(submitter);
  return "";
}

async function isOut() {
  const body = new FormData(form);
  body.delete("photo");
  const answer = await fetch(form.dataset.draft, { method: "POST", body, redirect: "manual" }).catch(() => null);
  return answer?.status === 401;
}

function notSent(why) {
  const late = why === "late";
  panel.hidden = false;
  form.hidden = true;
  for (const line of panel.querySelectorAll("[data-why]")) line.hidden = line.dataset.why !== why;
  panel.querySelector("[data-late]").hidden = !late;
  panel.querySelector("[data-failed]").hidden = late;
  panel.querySelector("[data-again]").hidden = late || why === "signed_out";
  panel.querySelector("[data-sign-in]").hidden = why !== "signed_out";
  panel.querySelector("[data-photo]").hidden = !form.elements.photo.files.length;
  panel.dataset.now = why;
  scrollTo(0, 0);
  panel.querySelector("h1:not([hidden])").focus({ preventScroll: true });
  clearTimeout(again);
  if (why === "network" || why === "server") again = setTimeout(send, AGAIN_MS);
}

function look() {
  clearTimeout(again);
  panel.hidden = true;
  form.hidden = false;
  go(placeOf("more"));
}

if (panel) {
  panel.querySelector("[data-again]").addEventListener("click", send);
  panel.querySelector("[data-look]").addEventListener("click", look);
  addEventListener("online", () => { if (!panel.hidden && panel.dataset.now === "network") send(); });
}

form.addEventListener("submit", (event) => {
  if (natively) return;
  const { name, value } = event.submitter ?? {};
  const sends = (name === "none" && value === "all") || (name === "step" && value === "send");
  event.preventDefault();
  if (sends && missing()) go(placeOf(missing()));
  else if (sends && name === "none" && swells() && !form.querySelector("[name=where]:checked")) {
    form.querySelector("[data-open] [name=none]").checked = true;
    changed();
    go(placeOf("more"));
  } else if (sends) {
    sent = true;
    submitter = event.submitter;
    keep("replaceState");
    send();
  } else if (SCORES.includes(name)) {
    changed();
    choose(name, value);
    go(at + 1);
  } else if (name === "back") go(placeOf(value));
  else if (name === "step") go(placeOf("more"));
});

form.addEventListener("input", () => {
  changed();
  sum();
  keep("replaceState");
});

addEventListener("offline", () => connected(false));
// What is about to be sent needs no other keeping, and must not be overtaken by it.
addEventListener("online", () => { if (panel.hidden && !under_way) save(0); });

addEventListener("popstate", (event) => {
  if (event.state?.whose !== whose) return;
  show(event.state.at);
  keep("replaceState");
  arrive();
});

// Another language is another page, with the same answers on it.
const languages = document.querySelector("form.languages");
languages?.addEventListener("submit", (event) => {
  if (!languages.elements.after.value) return;
  event.preventDefault();
  const wished = new FormData(languages, event.submitter);
  fetch(languages.action, { method: "POST", body: wished, redirect: "manual" })
    .then(() => location.reload(), () => connected(false));
});

// This entry's own answers come first, then those of this device, then those that the server kept and has put in already.
function begin() {
  if (taken(history.state)) return show(history.state.at);
  const kept = stored();
  if (kept && isLater(kept) && taken(kept)) {
    begun.hidden = Date.now() - kept.when < BEGUN_MS && !kept.sent;
    // Where it was tried, the server may have it: it says so.
    if (kept.sent) save(0);
    return show(kept.at);
  }
  return sum();
}

// The same report by its own count; of two reports that of which this device was told later.
function isLater(kept) {
  const of = (name) => kept.typed.find(([each]) => each === name)?.[1];
  if (of("key") === form.elements.key.value) return turnOf(of("turn")) >= turnOf(form.elements.turn.value);
  return kept.when > Number(form.dataset.kept || 0) * 1000;
}

begin();
keep("replaceState");
