// A scanner is a keyboard: it presses keys that mean nothing to a browser, and it does not wait for an answer.
import { worded } from "./worded.js";

const GS = "\x1d";
// Ctrl and a key is how a keyboard writes the signs below the blank; these are those that labels hold.
const CONTROLS = { "]": GS, BracketRight: GS, "^": "\x1e", Digit6: "\x1e", d: "\x04", D: "\x04" };
const ENTERS = ["j", "J", "m", "M"];
let numbered = null;

for (const box of document.querySelectorAll("input.scan")) {
  box.addEventListener("keydown", (event) => press(box, event));
  box.addEventListener("keyup", (event) => { if (event.key === "Alt" || !event.altKey) release(box, event); });
}

function press(box, event) {
  // AltGr is Ctrl and Alt on some systems, and writes a sign of its own.
  const altGr = event.getModifierState("AltGraph") || (event.ctrlKey && event.altKey && event.key.length === 1);
  if (event.altKey && !altGr && /^Numpad\d$/.test(event.code)) {
    numbered = (numbered ?? "") + event.code.slice(-1);
    return event.preventDefault();
  }
  if (numbered !== null && event.key !== "Alt") release(box, event);
  if (event.key === "F8") return put(box, GS, event);
  if (event.key === GS) return put(box, GS, event);
  // Where a scanner ends with a tab, the next code still comes into this box, and must not run into the one before.
  if (event.key === "Tab" && !event.shiftKey && box.value.trim()) return put(box, "\t");
  if (!event.ctrlKey || event.metaKey || altGr) return undefined;
  const sign = CONTROLS[event.key] ?? CONTROLS[event.code];
  if (sign) return put(box, sign, event);
  if (ENTERS.includes(event.key) && box.value.trim()) { event.preventDefault(); sendOn(box); }
  return undefined;
}

// Alt and the number of a sign on the pad of digits; what can be printed the system writes by itself.
function release(box, event) {
  if (numbered === null) return;
  const code = Number(numbered);
  numbered = null;
  if (code === 29 || code === 30 || code === 4) put(box, String.fromCharCode(code), event.key === "Alt" ? event : null);
  else if (event.key === "Alt") event.preventDefault();
}

function put(box, sign, event = null) {
  event?.preventDefault();
  box.setRangeText(sign, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function sendOn(box) {
  if (!box.hasAttribute("data-stay")) box.form?.requestSubmit();
}

// What was scanned is sent one after the other while the scanner goes on; the box is free at once.
const form = document.querySelector("form[data-scans]");
let turn = Promise.resolve(), waiting = 0;
// What still waits for its turn is nowhere but on this page; one whose session is over goes in any case.
const isOver = () => document.documentElement.classList.contains("covered");
addEventListener("beforeunload", (event) => { if (waiting && !isOver()) event.preventDefault(); });
form?.addEventListener("submit", (event) => {
  if (!window.htmx || !window.crypto?.randomUUID) return;
  event.preventDefault();
  const box = form.querySelector("input.scan");
  if (!box.value.trim()) return box.focus();
  const values = Object.fromEntries(new FormData(form));
  values.key = crypto.randomUUID();
  for (const asked of document.querySelectorAll("input[name=earlier]")) asked.closest(".ask").remove();
  box.value = "";
  box.focus();
  waiting += 1;
  turn = turn.then(() => take(values)).finally(() => { waiting -= 1; });
  return undefined;
});

async function take(values) {
  const scans = document.getElementById(form.dataset.scans);
  const before = scans.firstElementChild;
  scans.dataset.code = values.code;
  try {
    await htmx.ajax("POST", form.action, { source: scans, target: scans, swap: "afterbegin", values });
  } catch { /* what did not arrive is said below */ }
  if (scans.firstElementChild === before) lost(scans, values.code);
}

// No answer: the code stands on the page until somebody scans it again.
function lost(scans, code) {
  const card = document.createElement("section");
  card.className = "card ask";
  const words = document.createElement("p");
  words.className = "problem";
  words.setAttribute("role", "alert");
  words.textContent = `${worded("The server did not answer. Look at the count, and scan this piece again:")} `;
  const sent = document.createElement("code");
  sent.textContent = code;
  words.append(sent);
  card.append(words);
  scans.prepend(card);
}
