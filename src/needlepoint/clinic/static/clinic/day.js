// The day sheet is kept on this device for when the network or the server is down: sealed for whoever is signed in,
// made anew every ten minutes, wiped when they are signed out.

import { worded } from "./worded.js";
import { drop, put } from "./vault.js";

const SHEET = "/day/sheet/", EVERY = 10 * 60 * 1000;
const says = document.getElementById("sheet-says");

async function refresh() {
  let answer;
  try {
    answer = await fetch(SHEET, { headers: { "X-By-Itself": "yes" } });
  } catch {
    return; // No network: the last copy stays.
  }
  if (answer.status === 401 || answer.status === 403 || answer.redirected) {
    drop("day-sheet");
    says.textContent = "";
    return;
  }
  const asOf = answer.headers.get("X-As-Of");
  // A server that is in trouble says nothing about the last copy.
  if (!answer.ok || !asOf || !await put("day-sheet", await answer.text(), asOf)) return;
  const at = new Date(asOf).toLocaleTimeString("en-GB", { timeZone: says.dataset.zone, timeStyle: "short" });
  says.textContent = worded("A day sheet as of %(at)s is kept on this device for when the network is down.", { at });
}

if (says && "serviceWorker" in navigator && "caches" in window) {
  refresh();
  setInterval(refresh, EVERY);
}
