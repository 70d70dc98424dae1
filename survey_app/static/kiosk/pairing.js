// Pairing: a device without a place gets one by the administrator's code.

import { h } from "./dom.js";
import { newSigningKeys, publicPoint } from "./keys.js";
import { pairDevice } from "./line.js";
import { show } from "./screens.js";
import { said } from "./words.js";

export function pairingScreen(store, language, paired) {
  const scanned = new URLSearchParams(location.hash.slice(1)).get("pair") || "";
  const field = h("input", { id: "code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 20 });
  const fault = h("p.wrong", { role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    fault.textContent = "";
    const code = field.value;
    if (!code.trim()) return;
    const answer = await tried(store, code);
    if (answer) fault.textContent = said(language, answer);
    else paired();
  };
  field.value = scanned;
  show("pairing", language, said(language, "pairing"), h("header", {}, h("p", {}, h("b", {}, said(language, "kiosk")))),
    h("main.narrow", {},
      h("h1", {}, said(language, "pairing")),
      h("p.lead", {}, said(language, "pairing_help")),
      h("form", { onsubmit: send, autocomplete: "off" },
        fault,
        h("label", { for: "code" }, said(language, "pairing_code")),
        field,
        h("button.btn.p", { type: "submit" }, said(language, "pair")))),
    h("footer"));
  if (!scanned) field.focus();
}

async function tried(store, code) {
  const keys = await newSigningKeys();
  try {
    const { status, told } = await pairDevice(code, await publicPoint(keys));
    if (status !== 200 || !told.device) return "pairing_wrong";
    await store.put({ device: { id: told.device, keys }, made: 0, sent: 0 });
    history.replaceState(null, "", "/kiosk/");
    return null;
  } catch (error) {
    return "pairing_offline";
  }
}
