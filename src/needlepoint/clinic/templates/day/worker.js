// Where the server cannot be reached, the last day sheet is shown instead of the day. It answers for nothing else.

const KEPT = "day-sheet", SHEET = "/day/sheet/", OLDEST = 16 * 3600 * 1000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const asked = event.request, address = new URL(asked.url);
  if (asked.method !== "GET" || address.origin !== self.location.origin) return;
  const page = asked.mode === "navigate" && address.pathname.startsWith("/day/");
  if (page) event.respondWith(fetch(asked).catch(lastSheet));
  else if (address.pathname.endsWith(".css")) event.respondWith(fetch(asked).catch(() => lastStyle(asked)));
});

async function lastSheet() {
  const found = await (await caches.open(KEPT)).match(SHEET);
  if (found && Date.now() - Date.parse(found.headers.get("X-As-Of")) < OLDEST) return found;
  await caches.delete(KEPT);
  return new Response("The server cannot be reached, and no day sheet is kept on this device.\n", {
    status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" },
  });
}

async function lastStyle(asked) {
  return (await (await caches.open(KEPT)).match(asked)) ?? Response.error();
}
