// Line: what is sent and when. Everything may be repeated: the server stores each number once.

import { encoded, sha256, toBase64, toHex } from "./bytes.js";
import { reading } from "./clock.js";
import { signature } from "./keys.js";

const PROTOCOL = 1;
const BATCH = 25;
const PATIENCE = 20000;
const HEARTBEAT = 60000;
const FIRST_WAIT = 4000;
const LONGEST_WAIT = 300000;

const jittered = (wait) => wait * (0.5 + Math.random());

export class Line {
  constructor(store, version, told) {
    this.store = store;
    this.version = version;
    this.told = told; // called with every answer of the server
    this.failures = 0;
    this.most = BATCH;
    this.ended = false;
    this.running = null;
    this.again = false;
  }

  begin() {
    addEventListener("online", () => this.sync());
    this.plan(0);
  }

  plan(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sync(), wait);
  }

  // One sending at a time; who asks during one gets another after it.
  sync() {
    if (this.ended) return Promise.resolve(false);
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.again = false;
    this.running = this.send().finally(() => {
      this.running = null;
      if (this.ended) return;
      const wait = Math.min(FIRST_WAIT * 2 ** (this.failures - 1), LONGEST_WAIT);
      if (this.failures) this.plan(jittered(wait));
      else this.plan(this.again ? 0 : jittered(HEARTBEAT));
    });
    return this.running;
  }

  async send() {
    try {
      let records = await this.store.first("waiting", this.most);
      if (!records.length) await this.contact("/kiosk/heartbeat", []);
      while (records.length && !this.ended) {
        await this.contact("/kiosk/responses", records);
        const left = await this.store.first("waiting", this.most);
        if (left.length && left[0].n === records[0].n && this.most >= records.length) break;
        records = left;
      }
      this.failures = 0;
      return true;
    } catch (error) {
      this.failures += 1;
      return false;
    }
  }

  async contact(path, records) {
    const device = await this.store.get("device");
    const before = reading();
    const body = encoded(JSON.stringify(await this.message(before, records)));
    const numbers = records.length ? `${records[0].n}-${records[records.length - 1].n}` : "-";
    const text = [path, device.id, numbers, toHex(await sha256(body))].join("\n");
    const answer = await fetched(path, body, {
      "Content-Type": "application/json",
      "Kiosk-Device": String(device.id),
      "Kiosk-Range": numbers,
      "Kiosk-Signature": toBase64(await signature(device.keys, text)),
    });
    await this.take(answer, records, before);
  }

  async message(now, records) {
    const counts = await this.store.counts();
    const setup = await this.store.get("setup");
    const officer = await this.store.get("officer");
    return {
      protocol: PROTOCOL,
      version: this.version,
      ...now,
      ...counts,
      setup: setup ? setup.digest : "",
      counter: officer ? officer.counter : null,
      officer: officer ? officer.id : null,
      records: records.map(({ n, box }) => ({ n, box: toBase64(box) })),
    };
  }

  async take({ status, told }, records, before) {
    if (status === 200 && told.state === "ok" && Array.isArray(told.receipts) && Array.isArray(told.faults)) {
      const digests = new Map();
      for (const { n, box } of records) digests.set(n, await sha256(box));
      await this.store.settle(told.receipts, told.faults, digests);
      const kept = { contact: { now: told.now, stamp: told.stamp, reading: before } };
      if (told.setup) kept.setup = told.setup;
      await this.store.put(kept);
      this.most = BATCH;
    } else if (status === 413 || (status === 400 && told.state === "unread")) {
      await this.narrow(records);
    } else if (told.state === "revoked") {
      await this.store.put({ state: "revoked" });
      this.ended = true;
    }
    this.told(told);
    if (told.state !== "ok" && !this.ended) throw new Error(told.state);
  }

  // A batch that cannot be read is tried in halves, so that one record does not block the others.
  async narrow(records) {
    if (records.length === 1) {
      const digest = await sha256(records[0].box);
      const fault = [records[0].n, toHex(digest), "unread"];
      await this.store.settle([], [fault], new Map([[records[0].n, digest]]));
      this.most = BATCH;
    } else {
      this.most = Math.max(1, Math.floor(records.length / 2));
    }
  }
}

// What comes back counts only if it is the server's: networks answer with pages of their own.
async function fetched(path, body, headers) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE);
  try {
    const response = await fetch(path, {
      method: "POST",
      body,
      headers,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: control.signal,
    });
    const json = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (response.status === 413) return { status: 413, told: { state: "unread" } };
    if (!json) throw new Error(`answer ${response.status} is not the server's`);
    return { status: response.status, told: await response.json() };
  } finally {
    clearTimeout(timer);
  }
}

export async function pairDevice(code, point) {
  const body = JSON.stringify({ code, key: toBase64(point) });
  return fetched("/kiosk/pair", body, { "Content-Type": "application/json" });
}
