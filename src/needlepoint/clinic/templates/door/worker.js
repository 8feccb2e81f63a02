// Where the server does not answer, or only the web server before it does, a page stands in for the one that was asked
// for. That page holds nothing of a patient; what this device keeps, sealed, it shows to whoever it was kept for.

const KEPT = "kept-{{ digest }}";
const OWN = [{% for each in own %}"{{ each }}", {% endfor %}];
// What the page of a session is made of; kept only on a device on which one was opened.
const PARTS = [{% for each in parts %}"{{ each }}", {% endfor %}];
const ELSEWHERE = [{% for each in elsewhere %}"{{ each }}", {% endfor %}];
const [PAGE, SENT] = OWN;
const known = new Set([...OWN, ...PARTS]);
// Whether the last page came from the server: then its parts do too, without a way round by here. What reads a code is asked
// for only when somebody scans, which may be later than the network.
let here = false;
const needed = (path) => known.has(path) && (!here || path.includes("/zxing/"));
// So long a page is waited for where this device could show it by itself.
const SLOW_MS = 15_000;

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("message", (event) => {
  if (event.data === "a session") event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(PARTS)));
});
self.addEventListener("fetch", (event) => {
  const asked = event.request, { origin, pathname } = new URL(asked.url);
  if (origin !== self.location.origin || ELSEWHERE.some((each) => pathname.startsWith(each))) return;
  if (asked.mode === "navigate") event.respondWith(ask(asked, asked.method === "GET" ? PAGE : SENT));
  else if (asked.method === "GET" && needed(pathname)) event.respondWith(ask(asked, pathname));
});

async function fill() {
  const before = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).length));
  const store = await caches.open(KEPT);
  // A device that kept the parts of a session keeps the new ones too.
  await store.addAll(before.some((length) => length > OWN.length) ? [...known] : OWN);
}

async function begin() {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await self.clients.claim();
}

async function ask(asked, instead) {
  const slow = asked.method === "GET" && new URL(asked.url).pathname.startsWith("/sessions/");
  try {
    const answer = await (slow ? Promise.race([fetch(asked), late()]) : fetch(asked));
    const away = answer.status >= 502 && answer.status <= 504;
    if (asked.mode === "navigate") here = !away;
    return away ? await kept(instead) : answer;
  } catch {
    here = false;
    return kept(instead);
  }
}

const late = () => new Promise((_, fail) => setTimeout(fail, SLOW_MS));

async function kept(path) {
  return (await (await caches.open(KEPT)).match(path)) ?? new Response("The server cannot be reached.\n", {
    status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" },
  });
}
