// Service worker: one version of the application, at hand without a line.

const CACHE = `kiosk-${VERSION}`;

self.addEventListener("install", (event) => {
  const fresh = FILES.map((file) => new Request(file, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

// It takes over when the application says so: between two visits.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE && name !== "kiosk-audio").map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  const asked = mode === "navigate" ? "/kiosk/" : event.request;
  if (mode === "navigate" && pathname !== "/kiosk/") return;
  event.respondWith(caches.match(asked, { ignoreSearch: mode === "navigate" }).then((kept) => kept || fetch(event.request)));
});
