// The fields of the zone that was tapped lie in a sheet under the thumb, and the list says what stands in every zone.
// Without this script they stand in their rows, and are sent just the same.

import { worded } from "./worded.js";
import { amount } from "./figure.js";

const board = document.querySelector("[data-board]");
const rows = [...(board?.querySelectorAll(".zonerow[data-zone]") ?? [])];
const finish = document.querySelector("[data-finish]");
const within = (row, what) => row.querySelector(what);
const ticked = (row) => within(row, "input[name=zones][type=checkbox]")?.checked ?? true;
const ended = (row) => within(row, ".ends input:checked")?.value ?? "";
const open = (row) => ticked(row) && within(row, ".ends") && !ended(row);
const tap = (row) => row.dispatchEvent(new CustomEvent("needlepoint:zone", { bubbles: true }));

function say(row) {
  const depth = amount(within(row, "[data-depth]").value).toFixed(2);
  within(row, "[data-value]").textContent = `${depth} mm × ${within(row, "[data-passes]").value}`;
  within(row, "[data-state-says]").textContent = !within(row, ".ends") ? "" : !ticked(row) ? worded("left out") : ended(row) || worded("planned");
  within(row, ".opener").setAttribute("aria-expanded", String(row.classList.contains("now")));
}

function sayAll() {
  rows.forEach(say);
  const meant = rows.filter((row) => within(row, ".ends") && ticked(row));
  const left = meant.filter(open).length;
  const says = meant.length ? `· ${meant.length - left} of ${meant.length} done` : "";
  for (const each of board.querySelectorAll("[data-count]")) each.textContent = says;
  // While one charts, the endpoint is what is tapped next; once every zone has its own, it is the signature.
  if (finish && meant.length) finish.classList.toggle("first", left === 0);
}

// An endpoint that a finger chose records the zone, and the next one opens. Keys move among the endpoints and stay.
function recorded(event) {
  const choice = event.target.closest(".ends input");
  if (!choice || !event.detail) return;
  const row = choice.closest(".zonerow");
  const next = [...rows.slice(rows.indexOf(row)), ...rows].find(open);
  if (next) tap(next);
}

function timer(each) {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(each.dataset.since)) / 1000));
  const [hours, rest] = [Math.floor(seconds / 3600), String(seconds % 60).padStart(2, "0")];
  const minutes = Math.floor(seconds / 60) % 60;
  each.textContent = hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

const clocks = [...document.querySelectorAll("[data-since]")];
const run = () => clocks.forEach(timer);
run();
if (clocks.length) setInterval(run, 1000);

if (rows.length) {
  board.classList.add("sheeted");
  for (const row of rows) {
    const button = within(row, ".opener");
    button.hidden = false;
    button.addEventListener("click", () => tap(row));
  }
  board.addEventListener("click", recorded);
  document.addEventListener("input", sayAll);
  document.addEventListener("needlepoint:zone", sayAll);
  tap(rows.find(open) ?? rows.find(ticked) ?? rows[0]);
}
