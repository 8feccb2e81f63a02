// Shown where the server does not answer: the last day sheet of whoever is signed in here, and nothing to anybody else.

import { take } from "./vault.js";

const kept = await take("day-sheet").catch(() => null);
if (kept) {
  const sheet = new DOMParser().parseFromString(kept.text, "text/html");
  document.title = sheet.title;
  const says = document.createElement("p");
  says.className = "asof";
  says.setAttribute("role", "alert");
  says.textContent = "The server cannot be reached. This is the last sheet that this device has kept; nothing can be written now.";
  document.body.replaceChildren(says, ...sheet.body.children);
} else {
  document.getElementById("says").textContent = "The server cannot be reached, and no day sheet is kept here for whoever is at this device.";
}
