// Updates: a newer version of the application is fetched at once and takes over between two visits.

export async function fetchNewer(kiosk) {
  kiosk.newer = true;
  const registration = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration("/kiosk/"));
  if (!registration || registration.waiting) return;
  await registration.update().catch(() => null);
  const coming = registration.installing;
  const ready = () => registration.waiting && document.body.dataset.screen === "start" && kiosk.home();
  if (coming) coming.addEventListener("statechange", ready);
  else ready();
}

// Whether a newer version takes over now; the page is then loaded anew.
export async function takesOver(kiosk) {
  if (!kiosk.newer || kiosk.memory.length || !navigator.serviceWorker || !navigator.serviceWorker.controller) return false;
  const registration = await navigator.serviceWorker.getRegistration("/kiosk/");
  if (!registration || !registration.waiting) return false;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration.waiting.postMessage("take over");
  return true;
}
