// Store: what this device must not forget, in IndexedDB, written through to the disk.

import { toHex } from "./bytes.js";

const NAME = "kiosk";
const TRIES = 3;

export async function openStore() {
  let refused;
  for (let tried = 0; tried < TRIES; tried += 1) {
    try {
      return new Store(await opened());
    } catch (error) {
      refused = error;
    }
  }
  throw refused;
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("meta");
      request.result.createObjectStore("draft");
      for (const queue of ["waiting", "quarantine"]) {
        request.result.createObjectStore(queue, { keyPath: "n" });
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

export class Store {
  constructor(database) {
    this.database = database;
  }

  // Runs work in one transaction; resolves with what it gave only when that is safe on the disk.
  async transaction(mode, names, work) {
    try {
      return await this.once(mode, names, work);
    } catch (error) {
      if (error.name === "QuotaExceededError") throw error;
      this.database.close();
      this.database = await opened(); // a browser may close it under us: once more, anew
      return this.once(mode, names, work);
    }
  }

  once(mode, names, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(names, mode, { durability: "strict" });
      let given;
      transaction.oncomplete = () => resolve(given);
      transaction.onabort = () => reject(transaction.error || new Error("aborted"));
      const stores = names.map((name) => transaction.objectStore(name));
      work(stores, (value) => {
        given = value;
      });
    });
  }

  get(key) {
    return this.transaction("readonly", ["meta"], ([meta], give) => {
      meta.get(key).onsuccess = (event) => give(event.target.result);
    });
  }

  put(values) {
    return this.transaction("readwrite", ["meta"], ([meta]) => {
      for (const [key, value] of Object.entries(values)) meta.put(value, key);
    });
  }

  // A visit under way: what was answered stays if the browser ends.
  putDraft(box) {
    return this.transaction("readwrite", ["draft"], ([draft]) => draft.put(box, 1));
  }

  dropDraft() {
    return this.transaction("readwrite", ["draft"], ([draft]) => draft.clear());
  }

  async keepDraft() {
    const box = await this.transaction("readonly", ["draft"], ([draft], give) => {
      draft.get(1).onsuccess = (event) => give(event.target.result);
    });
    return box ? this.keep(box) : null;
  }

  // A finished visit: its number and its place in the queue are one step.
  keep(box) {
    return this.transaction("readwrite", ["meta", "waiting", "draft"], ([meta, waiting, draft], give) => {
      meta.get("made").onsuccess = (event) => {
        const n = (event.target.result || 0) + 1;
        waiting.add({ n, box });
        meta.put(n, "made");
        draft.clear();
        give(n);
      };
    });
  }

  first(queue, most) {
    return this.transaction("readonly", [queue], ([records], give) => {
      records.getAll(null, most).onsuccess = (event) => give(event.target.result);
    });
  }

  // Deletes what the server has, and puts what it cannot take aside.
  settle(receipts, faults, digests) {
    const known = ([n, digest]) => digests.has(n) && toHex(digests.get(n)) === digest;
    const done = receipts.filter(known);
    const apart = faults.filter(known);
    return this.transaction("readwrite", ["meta", "waiting", "quarantine"], ([meta, waiting, quarantine]) => {
      for (const [n] of done) waiting.delete(n);
      for (const [n, , fault] of apart) {
        waiting.get(n).onsuccess = (event) => {
          if (event.target.result) quarantine.put({ ...event.target.result, fault });
          waiting.delete(n);
        };
      }
      meta.get("sent").onsuccess = (event) => meta.put((event.target.result || 0) + done.length, "sent");
      if (done.length) meta.put(Date.now(), "lastSent");
    });
  }

  async counts() {
    return this.transaction("readonly", ["meta", "waiting", "quarantine"], (stores, give) => {
      const [meta, waiting, quarantine] = stores;
      const counts = {};
      const numbers = [];
      for (const key of ["made", "sent"]) {
        meta.get(key).onsuccess = (event) => (counts[key] = event.target.result || 0);
      }
      waiting.getAllKeys().onsuccess = (event) => {
        counts.waiting = event.target.result.length;
        numbers.push(...event.target.result);
      };
      quarantine.getAllKeys().onsuccess = (event) => {
        counts.quarantined = event.target.result.length;
        counts.held = ranges([...numbers, ...event.target.result]);
        give(counts);
      };
    });
  }
}

export function ranges(numbers) {
  const found = [];
  for (const n of numbers.sort((one, other) => one - other)) {
    const last = found[found.length - 1];
    if (last && last[1] === n - 1) last[1] = n;
    else found.push([n, n]);
  }
  return found.slice(0, 200);
}
