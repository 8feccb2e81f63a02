// Where the server does not answer, or only the web server before it does, a page stands in for the day that shows the last
// sheet to whoever it was kept for. That page holds nothing of a patient, and this worker answers for nothing else.

const KEPT = "kept-page-1", PAGE = "/day/kept/";
const PARTS = [PAGE, "/static/clinic/sheet.css", "/static/clinic/kept_sheet.js", "/static/clinic/vault.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(PARTS)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("fetch", (event) => {
  const asked = event.request, address = new URL(asked.url);
  if (asked.method !== "GET" || address.origin !== self.location.origin) return;
  const page = asked.mode === "navigate" && address.pathname.startsWith("/day/");
  if (page) event.respondWith(ask(asked));
  else if (PARTS.includes(address.pathname)) event.respondWith(fetch(asked).catch(() => kept(address.pathname)));
});

async function begin() {
  // An older worker kept the sheet itself here, for anybody to read.
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await self.clients.claim();
}

async function ask(asked) {
  try {
    const answer = await fetch(asked);
    return answer.status >= 502 && answer.status <= 504 ? await kept(PAGE) : answer;
  } catch {
    return kept(PAGE);
  }
}

async function kept(path) {
  return (await (await caches.open(KEPT)).match(path)) ?? new Response("The server cannot be reached.\n", {
    status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" },
  });
}
