// What somebody did on the page of a session and no server has answered yet. It lies on this device, sealed for whoever is
// signed in here and now, and is handed in one after the other, each under a key of its own.

import { HOWEVER_OLD, drop, goes, going, put, seal, take, wipe } from "./vault.js";
import { worded } from "./worded.js";

const NAME = "acts", PATIENCE_MS = 20_000, AGAIN_MS = 3_000;
const door = document.querySelector("meta[name=door]");
const begunUnder = seal();
const cookie = (name) => document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
const token = () => cookie("csrftoken") ?? document.querySelector("meta[name=csrf]").content;
export const wait = (ms = AGAIN_MS) => new Promise((done) => setTimeout(done, ms));
const away = (status) => status >= 502 && status <= 504;
export const can = Boolean(door && window.crypto?.subtle && navigator.locks);
export const say = (name, detail) => document.dispatchEvent(new CustomEvent(`needlepoint:${name}`, { detail }));

// The same in clear, for the page that must give it to the server before it goes.
let held = [];

export async function acts() {
  if (going() || !seal()) return held;
  const kept = await take(NAME, HOWEVER_OLD).catch(() => null);
  held = kept ? JSON.parse(kept.text) : [];
  return held;
}

async function change(make) {
  await navigator.locks.request("np-acts", async () => {
    held = make(await acts());
    if (!held.length) drop(NAME);
    else await put(NAME, JSON.stringify(held));
  });
  say("acts");
}

export const add = (...some) => change((all) => [...all, ...some.filter(({ key }) => !all.some((each) => each.key === key))]);
export const remove = (key) => change((all) => all.filter((each) => each.key !== key));
export const replace = (key, by) => change((all) => all.map((each) => each.key === key ? by : each));
const mark = (key, how) => change((all) => all.map((each) => each.key === key ? { ...each, ...how } : each));
export const tryAgain = (key) => mark(key, { problem: undefined });

// Whether anybody answers at all.
export async function answers() {
  const options = { headers: { "X-By-Itself": "yes" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
  const answer = await fetch(door.content, options).catch(() => null);
  return Boolean(answer) && !away(answer.status);
}

// In the order in which it was done. What clashes waits for a person, and all that came after it waits too. `mine` are the
// keys of what this page has just sent: where that is refused at once, the page shows it as it shows every refusal.
export async function handIn(mine = new Set()) {
  return navigator.locks.request("np-hand-in", { ifAvailable: true }, async (lock) => {
    if (!lock) return "elsewhere";
    for (;;) {
      const first = (await acts())[0];
      if (!first || first.problem) return first ? "clash" : "done";
      await mark(first.key, { sent: true });
      const told = await send(first);
      if (told.how) return told.how;
      const own = mine.has(first.key) && !first.sent;
      if (told.problem && !own) await mark(first.key, told);
      else await remove(first.key);
      say(told.problem ? "refused" : "taken", { act: first, own, where: told.where });
    }
  });
}

async function send(act) {
  const headers = { "X-Kept": "yes", "X-Told-At": act.at, "X-Told-Now": new Date().toISOString(), "X-Sealed-For": begunUnder, "X-CSRFToken": token() };
  let answer;
  try {
    const body = new URLSearchParams(act.fields);
    answer = await fetch(act.action, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status >= 500 || answer.status === 429) return { how: "cut" };
    return await read(answer);
  } catch {
    return { how: "cut" };
  }
}

async function read(answer) {
  const where = answer.headers.get("HX-Redirect") ?? (answer.redirected ? answer.url : null);
  if (answer.status === 401 || where?.includes(door.dataset.wayIn)) {
    say("closed", where);
    return { how: "closed" };
  }
  if (answer.status === 412) {
    // Somebody else is signed in here by now.
    held = [];
    location.reload();
    return { how: "closed" };
  }
  if (where) return { where };
  if (answer.headers.get("Content-Type")?.includes("json")) return answer.json();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { problem: page.querySelector("main p")?.textContent.trim() || worded("This was not taken"), differences: [] };
}

// The session at the door is over: the server keeps it for the same member in the same browser, and gives it back.
const placeOf = (session) => `${session}kept-acts/`;
function handOver() {
  const sessions = seal() && seal() !== begunUnder ? [] : [...new Set(held.map(({ session }) => session))];
  return sessions.map((session) => {
    const fields = [["acts", JSON.stringify(held.filter((each) => each.session === session))]];
    const body = new URLSearchParams({ csrfmiddlewaretoken: token(), page: placeOf(session), action: placeOf(session), fields: JSON.stringify(fields) });
    return fetch(door.dataset.keep, { method: "POST", body, keepalive: true });
  });
}
document.addEventListener("needlepoint:leaving", (event) => event.detail.push(...handOver()));

export async function givenBack(session) {
  if (!door.dataset.kept) return;
  const where = `${door.dataset.kept}?${new URLSearchParams({ page: placeOf(session) })}`;
  const answer = await fetch(where, { headers: { "X-By-Itself": "yes" } }).catch(() => null);
  const [form] = answer?.ok ? (await answer.json()).forms : [];
  if (!form) return;
  await add(...JSON.parse(form.fields[0][1]).map((each) => ({ ...each, sent: true })));
  await fetch(where, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: token() }), headers: { "X-By-Itself": "yes" } });
}

// Signing out waits for the network too. Until then nothing is seen, and nothing that lies here can be read: the key is gone,
// and the server gives it anew only to the same session, which then hands in what was kept and is over.
export async function signOut(form) {
  document.documentElement.classList.add("going");
  let late = going(), how = await lastWords();
  for (; how === "cut" || how === "elsewhere"; how = await lastWords()) {
    if (how === "cut") { goes(); late = true; }
    await wait();
  }
  if (how === "closed") return;
  goes(false);
  if (how === "clash" && !late) return location.assign(held[0].session);
  // Whoever has gone already looks at a clash when they sign in again.
  if (how === "clash") {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "come_back", value: "yes" }));
    await Promise.allSettled(handOver());
  }
  wipe();
  HTMLFormElement.prototype.submit.call(form);
}

async function lastWords() {
  if (!(await answers())) return "cut";
  // The server has given the key anew, where the session goes on; so what lies here can be read once more.
  goes(false);
  const settled = [];
  say("settle", settled);
  await Promise.allSettled(settled);
  return handIn();
}

// On pages without a session on them: what was kept on one is handed in all the same.
export async function elsewhere() {
  if (!can || document.querySelector("form[data-act]")) return;
  while ((await acts()).length) {
    const how = await handIn();
    if (how !== "cut" && how !== "elsewhere") return;
    await wait();
  }
}
