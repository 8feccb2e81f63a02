// The day sheet is kept on this device for when the network is down, made anew every ten minutes, wiped on signing out.

const KEPT = "day-sheet", SHEET = "/day/sheet/", EVERY = 10 * 60 * 1000;
const says = document.getElementById("sheet-says");

async function refresh() {
  let answer;
  try {
    answer = await fetch(SHEET, { headers: { "X-By-Itself": "yes" } });
  } catch {
    return; // No network: the last copy stays.
  }
  const asOf = answer.headers.get("X-As-Of");
  if (!answer.ok || answer.redirected || !asOf) {
    await caches.delete(KEPT);
    says.textContent = "";
    return;
  }
  const kept = await caches.open(KEPT);
  await kept.put(SHEET, answer);
  await kept.add(says.dataset.style);
  const at = new Date(asOf).toLocaleTimeString("en-GB", { timeZone: says.dataset.zone, timeStyle: "short" });
  says.textContent = `A day sheet as of ${at} is kept on this device for when the network is down.`;
}

if (says && "serviceWorker" in navigator && "caches" in window) {
  navigator.serviceWorker.register("/day/worker.js", { scope: "/day/" });
  refresh();
  setInterval(refresh, EVERY);
}
