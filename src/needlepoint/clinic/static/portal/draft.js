// What was begun and not sent lies on this device for a day. This says so on the first page, and wipes it on signing out.

const KEPT_MS = 24 * 60 * 60 * 1000;
const NAME = "np-check-in:";

const card = document.querySelector("[data-draft][data-whose-day]");
if (card) {
  const kept = JSON.parse(localStorage.getItem(NAME + card.dataset.whoseDay) ?? "null");
  if (kept && Date.now() - kept.when < KEPT_MS) card.hidden = false;
}

document.querySelector("form[action$='/leave/']")?.addEventListener("submit", () => {
  for (const name of Object.keys(localStorage)) if (name.startsWith(NAME)) localStorage.removeItem(name);
});
