// Keys: the signing key of this device, and sealing records so that the server alone can read them.

import { encoded, fromBase64, fromHex, joined, randomBytes, toHex } from "./bytes.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const PURPOSE = encoded("kiosk record 1");
const BLOCK = 256; // every record is filled up to a multiple: its length tells nothing

export function newSigningKeys() {
  return crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
}

export async function publicPoint(keys) {
  return new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
}

export async function signature(keys, text) {
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  return new Uint8Array(await crypto.subtle.sign(algorithm, keys.privateKey, encoded(text)));
}

export async function sealed(content, device, serverKey) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await crypto.subtle.importKey("raw", fromBase64(serverKey.point), curve, false, []);
  const ours = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", ours.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: joined(PURPOSE, point) },
    secret,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt"],
  );
  const iv = randomBytes(12);
  const additionalData = encoded(`device ${device}`);
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, filled(content));
  return joined(fromBase64(serverKey.id), point, iv, new Uint8Array(box));
}

function filled(content) {
  const bytes = encoded(JSON.stringify(content));
  const whole = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK).fill(0x20);
  whole.set(bytes);
  return whole;
}

export async function pinIs(typed, pin) {
  const key = await crypto.subtle.importKey("raw", encoded(typed), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: fromHex(pin.salt), iterations: pin.rounds };
  return toHex(new Uint8Array(await crypto.subtle.deriveBits(how, key, 256))) === pin.hash;
}
