// The lent tablet: every other page of the clinic that is open on it goes at once; the keys of the PIN; the signature.

import "./pad.js";

new BroadcastChannel("needlepoint-lent").postMessage("lent");

const form = document.querySelector("form[data-pin]");
if (form) {
  const keys = form.querySelector(".keys");
  const field = form.elements.pin;
  keys.hidden = false;
  for (const each of keys.querySelectorAll("[data-digit]")) {
    each.addEventListener("click", () => {
      const { digit } = each.dataset;
      field.value = digit ? (field.value + digit).slice(0, field.maxLength) : field.value.slice(0, -1);
    });
  }
}

// One part of the questions at a time; without this they stand below one another.
const parts = [...document.querySelectorAll(".group")];
const [before, next, last, says] = ["before", "next", "last", "part"].map((name) => document.querySelector(`[data-${name}]`));

function show(place) {
  parts.forEach((part, n) => { part.hidden = n !== place; });
  before.hidden = place === 0;
  next.hidden = place === parts.length - 1;
  last.hidden = !next.hidden;
  says.textContent = says.dataset.says.replace("{n}", place + 1).replace("{of}", parts.length);
  scrollTo(0, 0);
}

if (parts.length > 1) {
  const here = () => parts.findIndex((part) => !part.hidden);
  before.addEventListener("click", () => show(here() - 1));
  next.addEventListener("click", () => show(here() + 1));
  show(0);
}
