// Spoken: questions read aloud, where an installation has them.

// Spoken questions are there without a line too.
export function keepAtHand(spoken) {
  const files = spoken.map((name) => `/static/kiosk-audio/${name}`);
  caches.open("kiosk-audio").then((cache) => cache.addAll(files)).catch(() => {});
}
