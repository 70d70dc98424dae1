// Main: one kiosk in one window, whatever else is open.

import { Kiosk } from "./kiosk.js";
import { lockDown } from "./lock.js";
import { pairingScreen } from "./pairing.js";
import { messageScreen } from "./screens.js";
import { openStore } from "./store.js";
import { loadWords, said } from "./words.js";

const ORIGINAL = "vi";

async function run(version) {
  const store = await openStore();
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  const kiosk = new Kiosk(store, version);
  window.kiosk = kiosk;
  lockDown(kiosk);
  if (await store.get("device")) await kiosk.begin();
  else pairingScreen(store, ORIGINAL, () => kiosk.begin());
  await new Promise(() => {}); // holds the window's turn until it is closed
}

async function begin() {
  const { version } = document.body.dataset;
  await loadWords();
  if (!window.isSecureContext || !window.indexedDB || !navigator.locks || !navigator.serviceWorker) {
    messageScreen("no_browser", ORIGINAL, said(ORIGINAL, "no_browser"), said(ORIGINAL, "no_browser_help"), null);
    return;
  }
  navigator.serviceWorker.register("/kiosk/worker.js", { scope: "/kiosk/" }).catch(() => {});
  const waiting = setTimeout(
    () => messageScreen("elsewhere", ORIGINAL, said(ORIGINAL, "elsewhere"), said(ORIGINAL, "elsewhere_help"), null),
    500,
  );
  await navigator.locks.request("kiosk", async () => {
    clearTimeout(waiting);
    await run(version).catch(() =>
      messageScreen("no_browser", ORIGINAL, said(ORIGINAL, "no_browser"), said(ORIGINAL, "no_browser_help"), null),
    );
  });
}

begin();
