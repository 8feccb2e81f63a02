// Shows the check-in one question a screen and asks the server once, at the end; without this every tap asks it.

const form = document.querySelector("form.check-in");
const steps = [...form.querySelectorAll(".step")];
const SCORES = ["redness", "swelling", "pain"];
// A second tap that follows this fast was meant for the question before.
const STILL_MS = 300;
// What was tapped longer ago than this was another day's skin.
const KEPT_MS = 60 * 60 * 1000;
const { whose, yours } = form.dataset;
let at = steps.findIndex((step) => !step.hidden);
let sent = false;

// What was answered stays with this entry of the browser's own history: it outlasts sleep and reload, goes back and
// forth with it, ends with it, and another patient's page does not take it.
function keep(how) {
  const typed = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  history[how]({ whose, at, typed, sent, when: Date.now() }, "");
}

// What is sent again as it was is the same report, under the same key; what was changed since is another.
function changed() {
  if (sent) form.elements.key.value = crypto.randomUUID?.() ?? form.elements.key.value;
  sent = false;
}

function taken(state) {
  if (state?.whose !== whose || Date.now() - state.when > KEPT_MS) return false;
  const given = (name) => state.typed.filter(([each]) => each === name).map(([, value]) => value);
  for (const name of SCORES) if (given(name).length) choose(name, given(name)[0]);
  for (const box of form.querySelectorAll("[type=checkbox]")) box.checked = given(box.name).includes(box.value);
  form.elements.words.value = given("words")[0] ?? "";
  form.elements.key.value = given("key")[0];
  sent = state.sent;
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

// The last screen says what was ticked, and asks about the groups of which nothing was.
function sum() {
  const more = form.querySelector("[data-step=more]");
  const ticked = new Set([...form.querySelectorAll("[name=sign]:checked")].map((each) => each.value));
  const hide = (where, is) => { more.querySelector(where).hidden = is; };
  for (const line of more.querySelectorAll("[data-sign]")) line.hidden = !ticked.has(line.dataset.sign);
  for (const group of more.querySelectorAll("[data-group]")) {
    group.hidden = form.querySelector(`[data-signs="${group.dataset.group}"] :checked`) !== null;
  }
  hide("[data-ticked]", !ticked.size);
  hide("[data-others]", !ticked.size);
  hide("[data-none]", ticked.size > 0);
  hide("[data-open]", !more.querySelector("[data-group]:not([hidden])"));
}

const placeOf = (name) => steps.findIndex((step) => step.dataset.step === name);
const missing = () => SCORES.find((name) => !form.querySelector(`input[type=hidden][name=${name}]`));

form.addEventListener("submit", (event) => {
  const { name, value } = event.submitter ?? {};
  const sends = (name === "none" && value === "all") || (name === "step" && value === "send");
  if (sends && !missing()) {
    sent = true;
    return keep("replaceState");
  }
  event.preventDefault();
  if (SCORES.includes(name)) {
    changed();
    choose(name, value);
    go(at + 1);
  } else if (name === "back") go(placeOf(value));
  else if (sends) go(placeOf(missing()));
  else if (name === "step") go(placeOf("more"));
});

form.addEventListener("input", () => {
  changed();
  sum();
  keep("replaceState");
});

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
  fetch(languages.action, { method: "POST", body: wished, redirect: "manual" }).then(() => location.reload(), () => {});
});

if (taken(history.state)) show(history.state.at);
else sum();
keep("replaceState");
