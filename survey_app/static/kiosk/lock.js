// Lock: what a tablet in a hall must not do.

// Nothing but pressing: no menu, no zoom, no way back into what was shown.
export function lockDown(kiosk) {
  const nothing = (event) => event.preventDefault();
  for (const name of ["contextmenu", "dragstart", "gesturestart"]) addEventListener(name, nothing);
  addEventListener("wheel", (event) => event.ctrlKey && nothing(event), { passive: false });
  addEventListener("keydown", (event) => (event.ctrlKey || event.metaKey) && "+-=0".includes(event.key) && nothing(event));
  history.pushState(null, "", "/kiosk/");
  addEventListener("popstate", () => history.pushState(null, "", "/kiosk/"));
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  addEventListener("pointerdown", () => ["pin", "staff"].includes(document.body.dataset.screen) && kiosk.waitForStaff());
  addEventListener("pointerdown", () => document.body.dataset.screen === "question" && !kiosk.moving && kiosk.wait());
}
