// What is typed into a form is kept on the server as it is typed, for whoever typed it, until the form is taken.
import { worded } from "./worded.js";

const AT = "/typed/", WAIT = 800, AGAIN = 5000, LOST = 30_000;
// A page that is left hands its words over without hearing whether they arrived; the next page waits so long for them.
const LEFT = "np-left:", TURNS = 12, PAUSE = 300;
const NEVER = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);
const own = (form) => [...form.elements].filter((each) => each.name && !NEVER.has(each.type) && !each.dataset.never);
const ticks = (each) => each.type === "checkbox" || each.type === "radio";
const asItCame = (each) => ticks(each) ? each.checked === each.defaultChecked
  : each.options ? chosenAsItCame([...each.options])
  : each.value === each.defaultValue;
// Where a page chose nothing, the browser shows the first; that is nobody's choice either.
const chosenAsItCame = (options) => options.some((one) => one.defaultSelected)
  ? options.every((one) => one.selected === one.defaultSelected)
  : options.every((one, place) => one.selected === (place === 0));
const stands = (form) => own(form).filter((each) => !ticks(each) || each.checked).map((each) => [each.name, each.value]);

for (const form of document.querySelectorAll("form[data-typed]")) keep(form);

async function keep(form) {
  const page = new URL(form.action).pathname;
  const says = Object.assign(document.createElement("p"), { className: "saved" });
  says.setAttribute("role", "status");
  form.append(says);
  let timer = null, saving = null, again = false, sent = false, known = false;
  // A hand is faster than a slow network: what was typed before this script came is nobody's event.
  const early = new Set(own(form).filter((each) => !asItCame(each)).map((each) => each.name));
  let open = early.size > 0;

  const now = () => JSON.stringify(stands(form));
  const words = (fields) => {
    const body = new FormData();
    body.set("page", page);
    body.set("fields", fields);
    // By its key the server knows a form that it has taken, and keeps nothing that was overtaken by it.
    body.set("key", form.elements.key?.value ?? "");
    body.set("csrfmiddlewaretoken", document.querySelector("meta[name=csrf]").content);
    return body;
  };
  const later = (after) => { clearTimeout(timer); timer = setTimeout(save, after); };
  // One after the other: of two under way at once the older could be the last to arrive.
  function save() {
    // What is kept is not known yet: to save now would put these few words in its place.
    if (!known) { later(WAIT); return; }
    if (saving) { again = true; return; }
    saving = send(now()).finally(() => { saving = null; if (again && !sent) save(); again = false; });
  }
  async function send(fields) {
    try {
      const answer = await fetch(AT, { method: "POST", body: words(fields), signal: AbortSignal.timeout?.(LOST) });
      if (answer.status === 401) {
        const detail = answer.headers.get("HX-Redirect");
        document.dispatchEvent(new CustomEvent("needlepoint:closed", { detail }));
        return;
      }
      if (answer.status === 403 || answer.redirected) {
        says.textContent = worded("Not kept: you are signed out. What you typed stays on this page; sign in again in another tab.");
        return;
      }
      const told = await answer.json();
      // What was typed while the answer was under way is kept by the next.
      open = !answer.ok || now() !== fields;
      says.textContent = !answer.ok ? told.problem : open ? "" : worded("What you typed is kept, %(at)s.", { at: told.saved });
    } catch {
      says.textContent = worded("Not kept: the server does not answer. What you typed stays on this page.");
      if (!sent) later(AGAIN);
    }
  }
  let filling = false;
  form.addEventListener("input", ({ target }) => {
    if (filling) return;
    early.add(target.name);
    open = true;
    later(WAIT);
  });
  form.addEventListener("submit", () => { sent = true; clearTimeout(timer); });
  // Whoever goes back, or whose phone rings, has typed until this very moment.
  const hurry = () => {
    if (!open || sent || !known) return;
    clearTimeout(timer);
    sessionStorage.setItem(LEFT + page, mark(now()));
    navigator.sendBeacon(AT, words(now()));
  };
  addEventListener("pagehide", hurry);
  // Nobody says whether that arrived, so whoever comes back to the page sends it once more.
  document.addEventListener("visibilitychange", () => { if (document.hidden) hurry(); else if (open && !sent) later(0); });
  addEventListener("pageshow", () => { sent = false; });
  addEventListener("beforeunload", (event) => { if (open && !sent && !navigator.onLine) event.preventDefault(); });
  // A page that came back with a problem shows what was sent a moment ago, which is newer than what is kept.
  if (document.querySelector("main > .problem")) { known = true; return later(0); }
  const told = await keptBefore(page);
  known = true;
  if (early.size) later(WAIT);
  if (!told.fields) return;
  filling = true;
  fill(form, told, early);
  filling = false;
  form.prepend(comeBack(told.saved, async () => {
    clearTimeout(timer);
    sent = true;
    await saving;
    const body = words("");
    await fetch(AT, { method: "POST", body });
    form.reset();
    location.reload();
  }));
}

// What the server keeps of a page; where the page was left a moment ago, as it was then, or what is there in the end.
async function keptBefore(page) {
  const left = sessionStorage.getItem(LEFT + page);
  sessionStorage.removeItem(LEFT + page);
  for (let turn = 1; ; turn++) {
    const told = await asked(page);
    if (!left || turn === TURNS || told.fields && mark(JSON.stringify(told.fields)) === left) return told;
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

async function asked(page) {
  try {
    return await (await fetch(`${AT}?page=${encodeURIComponent(page)}`, { headers: { "X-By-Itself": "yes" } })).json();
  } catch {
    return { fields: null };
  }
}

// A short sum by which words are known again and cannot be read.
function mark(words) {
  let sum = 5381;
  for (const each of words) sum = (sum * 33 + each.codePointAt(0)) >>> 0;
  return String(sum);
}

// What was kept goes where nothing was typed since; what stands under a hand stays.
function fill(form, told, early) {
  const left = told.fields.map(([name, value]) => `${name}\n${value}`);
  const values = new Map();
  for (const [name, value] of told.fields) values.set(name, [...(values.get(name) ?? []), value]);
  for (const each of own(form).filter(({ name }) => !early.has(name))) {
    if (ticks(each)) each.checked = left.includes(`${each.name}\n${each.value}`);
    else if (values.get(each.name)?.length) each.value = values.get(each.name).shift();
    if (each.value && !ticks(each) || each.checked) each.closest("details")?.setAttribute("open", "");
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function comeBack(saved, anew) {
  const back = Object.assign(document.createElement("p"), { className: "back-again" });
  back.setAttribute("role", "status");
  back.append(`${worded("What you typed at %(at)s stands here again.", { at: saved })} `);
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: worded("Begin anew") });
  button.addEventListener("click", anew);
  back.append(button);
  return back;
}
