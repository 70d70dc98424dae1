// Staff: the screen behind the PIN: who is on duty, what waits, whether all is well. No answers.

import { h, icon } from "./dom.js";
import { show } from "./screens.js";
import { said } from "./words.js";
import { pinIs } from "./keys.js";
import { reading, serverNow } from "./clock.js";
import { toBase64, toHex, encoded, sha256 } from "./bytes.js";
import { signature } from "./keys.js";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "⌫"];
const WRONG_ALLOWED = 5;
const WRONG_WAIT = 60000;
const MOMENT = { day: "numeric", month: "numeric", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };

const button = (words, press, classes, attributes = {}) =>
  h(`button.${classes}`, { type: "button", onclick: press, ...attributes }, words);

export function pinScreen(kiosk, language) {
  let typed = "";
  const dots = h("p.dots", { role: "status" });
  const fault = h("p.wrong", { role: "alert" });
  const paint = () => (dots.textContent = "●".repeat(typed.length) + "○".repeat(6 - typed.length));
  const press = async (digit) => {
    typed = digit === "⌫" ? typed.slice(0, -1) : (typed + digit).slice(0, 6);
    paint();
    if (typed.length < 6) return;
    const given = typed;
    typed = "";
    const answer = await tried(kiosk, given);
    if (answer === true) await staffScreen(kiosk, language);
    else fault.textContent = answer ? said(language, "wait_pin", { n: answer }) : said(language, "wrong_pin");
    paint();
  };
  paint();
  const pad = h(".pad", {},
    DIGITS.map((digit) => digit
      ? button(digit, () => press(digit), "key", digit === "⌫" ? { "aria-label": said(language, "delete_digit") } : {})
      : h("span")));
  show("pin", language, said(language, "enter_pin"), h("header"),
    h("main.middle.pin", {}, h("h1", {}, said(language, "enter_pin")), dots, fault, pad),
    h("footer.acts", {}, button([icon("back"), said(language, "out")], () => kiosk.home(), "btn.t")));
}

// True, or false if it is wrong, or the seconds to wait; waiting outlives a reload.
async function tried(kiosk, typed) {
  const kept = (await kiosk.store.get("pin")) || { wrong: 0, until: 0 };
  const wait = Math.min(kept.until - Date.now(), WRONG_WAIT);
  if (wait > 0) return Math.ceil(wait / 1000);
  if (await pinIs(typed, kiosk.setup.pin)) {
    await kiosk.store.put({ pin: { wrong: 0, until: 0 } });
    return true;
  }
  const wrong = kept.wrong + 1;
  await kiosk.store.put({ pin: { wrong: wrong % WRONG_ALLOWED, until: wrong >= WRONG_ALLOWED ? Date.now() + WRONG_WAIT : 0 } });
  return false;
}

export async function staffScreen(kiosk, language) {
  const { setup } = kiosk;
  const [counts, lastSent, contact, estimate, persistent] = await Promise.all([
    kiosk.store.counts(), kiosk.store.get("lastSent"), kiosk.store.get("contact"), space(language), protectedStorage(),
  ]);
  const moment = (at) => (at ? new Intl.DateTimeFormat(language, MOMENT).format(at) : said(language, "never"));
  const facts = [
    ["waiting", counts.waiting], ["made", counts.made], ["sent", counts.sent], ["quarantined", counts.quarantined],
    ["memory", kiosk.memory.length], ["last_sent", moment(lastSent)], ["last_contact", moment(contact && contact.now)],
    ["storage", `${estimate} · ${said(language, persistent ? "persistent" : "not_persistent")}`],
    ["device", `${setup.name} (${setup.device})`], ["version", kiosk.version],
  ];
  const main = h("main.staff", {},
    h("h1", {}, said(language, "staff")),
    h("dl", {}, facts.map(([name, value]) => h("div", {}, h("dt", {}, said(language, name)), h("dd", {}, String(value))))),
    h(".groups", {},
      await officers(kiosk, language, contact),
      group(said(language, "language"), setup.languages.map((each) => button(each.toUpperCase(), () => staffScreen(kiosk, each), "btn", { lang: each, "aria-pressed": String(each === language) })))));
  show("staff", language, said(language, "staff"), h("header", {}, h("p", {}, h("b", {}, setup.unit[language]))), main,
    h("footer.acts", {},
      button(said(language, "send_now"), async () => { await kiosk.line.sync(); await staffScreen(kiosk, language); }, "btn"),
      button(said(language, "save_quarantine"), () => save(kiosk), "btn"),
      button(said(language, "close"), () => kiosk.home(), "btn.p")));
}

const group = (words, buttons) => h("div", {}, h("h2", {}, words), h(".row", {}, buttons));

// Only those who are posted at the counter now.
async function officers(kiosk, language, contact) {
  const chosen = await kiosk.store.get("officer");
  const now = serverNow(contact);
  return kiosk.setup.counters.flatMap((counter) => {
    const posted = counter.officers.filter(({ from, to }) => from <= now && (to === null || now < to));
    if (!posted.length) return [];
    const choice = (id, words) => {
      const on = chosen && chosen.counter === counter.id ? chosen.id === id : id === null;
      const press = async () => {
        await kiosk.store.put({ officer: id === null ? null : { id, counter: counter.id, reading: reading() } });
        kiosk.line.sync();
        await staffScreen(kiosk, language);
      };
      return button(words, press, "btn", { "aria-pressed": String(on) });
    };
    const choices = [...posted.map(({ id, name }) => choice(id, name)), choice(null, said(language, "nobody"))];
    return [group(`${said(language, "officer")} · ${counter.name}`, choices)];
  });
}

async function space(language) {
  if (!navigator.storage || !navigator.storage.estimate) return "?";
  const { quota, usage } = await navigator.storage.estimate();
  return `${new Intl.NumberFormat(language).format(Math.round((quota - usage) / 2 ** 20))}\u00a0MB`;
}

async function protectedStorage() {
  return Boolean(navigator.storage && navigator.storage.persisted && (await navigator.storage.persisted()));
}

// What the server could not take, and what it has not yet, still sealed, signed, for the administrator.
export async function quarantineFile(kiosk) {
  const device = await kiosk.store.get("device");
  const records = [...(await kiosk.store.first("quarantine")), ...(await kiosk.store.first("waiting"))]
    .sort((one, other) => one.n - other.n)
    .map(({ n, box }) => ({ n, box: toBase64(box) }));
  const message = JSON.stringify(await kiosk.line.message(reading(), []).then((told) => ({ ...told, records })));
  const numbers = records.length ? `${records[0].n}-${records[records.length - 1].n}` : "-";
  const text = ["quarantine", device.id, numbers, toHex(await sha256(encoded(message)))].join("\n");
  return JSON.stringify({ device: device.id, message, signature: toBase64(await signature(device.keys, text)) });
}

async function save(kiosk) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await quarantineFile(kiosk)], { type: "application/json" }));
  link.download = `kiosk-${kiosk.setup.device}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
