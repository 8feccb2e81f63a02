// What was begun and not sent lies on this device for a day. This says so on the first page, and wipes it on signing out.

const KEPT_MS = 24 * 60 * 60 * 1000;
const NAME = "np-check-in:";
// So long the server may take to say whether it has it.
const ASKED_MS = 3000;

// What was tried may have reached the server, though its answer did not reach this device: the server knows.
async function isSent(kept, card) {
  const body = new FormData();
  for (const [name, value] of kept.typed) body.append(name, value);
  body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  const signal = AbortSignal.timeout?.(ASKED_MS);
  const answer = await fetch(card.dataset.keep, { method: "POST", body, redirect: "manual", signal }).catch(() => null);
  return Boolean(answer?.headers.get("X-Sent"));
}

async function tell(card) {
  const name = NAME + card.dataset.whoseDay;
  const kept = JSON.parse(localStorage.getItem(name) ?? "null");
  if (!kept || Date.now() - kept.when >= KEPT_MS) return;
  if (kept.sent && await isSent(kept, card)) localStorage.removeItem(name);
  else card.hidden = false;
}

const card = document.querySelector("[data-draft][data-whose-day]");
if (card) tell(card);

document.querySelector("form[action$='/leave/']")?.addEventListener("submit", () => {
  for (const name of Object.keys(localStorage)) if (name.startsWith(NAME)) localStorage.removeItem(name);
});
