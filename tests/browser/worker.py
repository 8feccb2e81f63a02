"""When a page of a session can do without a network: its script is at work, and the worker has all its parts."""

READY = """async () => {
  const keeps = document.documentElement.hasAttribute("data-keeps");
  if (!keeps || !navigator.serviceWorker.controller) return false;
  const sizes = [];
  for (const name of await caches.keys()) sizes.push((await (await caches.open(name)).keys()).length);
  return Math.max(...sizes) > 20;
}"""
SENTENCE = "No network or no server: what you write is kept on this tablet and handed in when it is back."


def ready(page, timeout=40_000):
    page.wait_for_function(READY, timeout=timeout)
