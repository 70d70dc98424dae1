// Clock: the wall clock, which anybody can set, beside one that runs steadily since this start.

import { randomBytes, toBase64 } from "./bytes.js";

export const START = toBase64(randomBytes(16));

export function reading() {
  return { start: START, mono: Math.round(performance.now()), wall: Math.max(0, Date.now()) };
}

export function since(earlier) {
  const now = reading();
  const apart = earlier.start === now.start ? now.mono - earlier.mono : now.wall - earlier.wall;
  return Math.max(0, Math.round(apart));
}

// What the server's clock shows now, as far as the last contact tells.
export function serverNow(contact) {
  if (!contact) return Date.now();
  return contact.now + since(contact.reading);
}
