// Rotating: the code of the minute for people's own phones, from the counter's secret, without a line.

import { fromBase64 } from "./bytes.js";
import { serverNow } from "./clock.js";
import { qrRows } from "./qr.js";

const SIGNS = "346789ACDEFHJKMNPRTVWXY";
const STEP = 60000;

export async function codeNow(secret, milliseconds) {
  const key = await crypto.subtle.importKey("raw", fromBase64(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const step = new DataView(new ArrayBuffer(8));
  step.setBigUint64(0, BigInt(Math.floor(milliseconds / STEP)));
  const digest = new DataView(await crypto.subtle.sign("HMAC", key, step.buffer));
  let number = (digest.getBigUint64(0) << 64n) | digest.getBigUint64(8);
  const signs = [];
  for (let place = 0; place < 8; place += 1) {
    signs.push(SIGNS[Number(number % BigInt(SIGNS.length))]);
    number /= BigInt(SIGNS.length);
  }
  return signs.join("");
}

// The rows of the code beside the question, and for how long they hold; the counter's own where none changes.
export async function ownPhone(counter, base, contact) {
  if (!counter.secret || !counter.code) return { rows: counter.squares, lasts: STEP };
  const now = serverNow(contact);
  const code = counter.code + (await codeNow(counter.secret, now));
  return { rows: qrRows(`${base}/q/${code}`), lasts: STEP - (now % STEP) };
}
