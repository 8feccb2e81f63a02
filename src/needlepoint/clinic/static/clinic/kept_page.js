// Stands in where the server does not answer: the session under way and the day sheet for whoever is signed in here, and
// nothing to anybody else. Any other page says that it has to wait, and comes by itself.

import { take } from "./vault.js";
import { worded } from "./worded.js";

const AGAIN_MS = 5_000, LONGEST_MS = 12 * 3600_000;
const says = document.getElementById("says");
const asked = location.pathname;
// What was sent stands in its form again after Back; see `sent.js`.
if (says.hasAttribute("data-sent")) sessionStorage.setItem("np-not-taken", asked);

if (asked.startsWith("/day/")) await day();
else if (!says.hasAttribute("data-sent") && !await session()) await wait();

async function day() {
  const kept = await take("day-sheet").catch(() => null);
  if (!kept) {
    says.textContent = worded("The server cannot be reached, and no day sheet is kept here for whoever is at this device.");
    return;
  }
  const sheet = new DOMParser().parseFromString(kept.text, "text/html");
  document.title = sheet.title;
  const alert = document.createElement("p");
  alert.className = "asof";
  alert.setAttribute("role", "alert");
  alert.textContent = worded("The server cannot be reached. This is the last sheet that this device has kept; nothing can be written now.");
  document.body.replaceChildren(alert, ...sheet.body.children);
}

// The page of a session as it came last, with its own scripts: they show what was typed since, and hand it in.
async function session() {
  const kept = /^\/sessions\/[^/]+\/$/.test(asked) ? await take(`page:${asked}`, LONGEST_MS).catch(() => null) : null;
  if (!kept) return false;
  document.open();
  document.write(kept.text.replace("<html", '<html data-kept-page="yes"'));
  document.close();
  return true;
}

async function wait() {
  says.textContent = worded("No network: this page can only be opened when it is back.");
  const { door } = document.body.dataset;
  for (;;) {
    await new Promise((done) => setTimeout(done, AGAIN_MS));
    const answer = await fetch(door, { headers: { "X-By-Itself": "yes" }, cache: "no-store" }).catch(() => null);
    if (answer && (answer.status < 502 || answer.status > 504)) return location.reload();
  }
}
