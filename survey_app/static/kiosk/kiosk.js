// Kiosk: from the start screen through a visit to the thanks, and back.

import { Line } from "./line.js";
import { ownPhone } from "./rotating.js";
import { idleScreen, messageScreen, notKeptScreen, questionScreen, showPhone, slipScreen, startScreen, thanksScreen } from "./screens.js";
import { sealed } from "./keys.js";
import { keepAtHand } from "./spoken.js";
import { pinScreen } from "./staff.js";
import { fetchNewer, takesOver } from "./updates.js";
import { Visit } from "./visit.js";
import { said } from "./words.js";

const CHOSEN = 400;
const COUNTDOWN = 10;
const THANKS = 6;
const STAFF_IDLE = 60000;
const ORIGINAL = "vi";
const ENDS = ["revoked", "cloned", "unit_ended", "closed"]; // what the server may say instead of asking on
const SLIP = /^[346789ACDEFHJKMNPRTVWXY]{12}$/;

export class Kiosk {
  constructor(store, version) {
    this.store = store;
    this.version = version;
    this.memory = []; // sealed records that the browser did not let us keep
    this.visit = null;
    this.slip = null;
    this.line = new Line(store, version, (told) => this.heard(told));
  }

  async begin() {
    this.setup = await this.store.get("setup");
    this.state = await this.store.get("state");
    if (this.state !== "revoked") this.line.begin();
    await this.store.keepDraft(); // of a visit that the browser did not let end
    this.home();
  }

  // Between two visits: what is new takes over here, nothing of the last person is left.
  async home() {
    clearTimeout(this.timer);
    clearInterval(this.ticking);
    clearTimeout(this.turning);
    if (this.audio) this.audio.pause();
    this.visit = null;
    this.slip = null;
    getSelection().removeAllRanges();
    const turn = this.nextTurn();
    const updating = await takesOver(this);
    const setup = await this.store.get("setup").catch(() => null);
    if (updating || turn !== this.turn) return; // somebody began meanwhile
    this.setup = setup || this.setup;
    if (!this.setup) {
      messageScreen("starting", ORIGINAL, said(ORIGINAL, "starting"), "", null);
      return;
    }
    if (this.halted()) return;
    this.start(ORIGINAL);
  }

  nextTurn() {
    this.turn = (this.turn || 0) + 1;
    return this.turn;
  }

  start(language) {
    clearTimeout(this.timer);
    startScreen(this.setup, language, {
      begin: (counter, spoken) => this.open(counter, spoken),
      speak: (spoken) => this.start(spoken),
      slip: (spoken) => this.askSlip(spoken, ""),
      staff: () => this.staff(language),
    });
    if (language !== ORIGINAL) this.timer = setTimeout(() => this.home(), this.setup.idle * 1000);
    this.changeCode(language);
  }

  // The code for people's own phones changes by the minute.
  async changeCode(language) {
    clearTimeout(this.turning);
    const alone = this.setup.counters.length === 1;
    if (!alone || document.body.dataset.screen !== "start") return;
    const { rows, lasts } = await ownPhone(this.setup.counters[0], this.setup.base, await this.store.get("contact"));
    if (document.body.dataset.screen !== "start") return;
    showPhone(rows, language);
    this.turning = setTimeout(() => this.changeCode(language), lasts + 200);
  }

  halted() {
    const state = this.state && this.state !== "ok" ? this.state : this.setup.state;
    if (state === "ok") return false;
    if (!ENDS.includes(state)) return false;
    messageScreen(state, ORIGINAL, said(ORIGINAL, state), said(ORIGINAL, `${state}_help`), this.setup, () =>
      this.staff(ORIGINAL),
    );
    return true;
  }

  staff(language) {
    this.nextTurn();
    clearTimeout(this.turning);
    pinScreen(this, language);
    this.waitForStaff();
  }

  waitForStaff() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.home(), STAFF_IDLE);
  }

  askSlip(language, typed) {
    this.nextTurn();
    clearTimeout(this.turning);
    slipScreen(this.setup, language, typed, {
      out: () => this.home(),
      take: (text) => {
        const code = text.toUpperCase().replace(/[\s-]/g, "");
        if (!SLIP.test(code)) return this.askSlip(language, text);
        this.slip = code;
        if (this.setup.counters.length === 1) return this.open(this.setup.counters[0], language);
        return this.start(language);
      },
    });
    this.wait();
  }

  open(counter, language) {
    this.nextTurn();
    clearTimeout(this.turning);
    this.visit = new Visit(this.setup, counter, language);
    this.visit.slip = this.slip;
    this.ask();
  }

  ask() {
    this.moving = false;
    questionScreen(this.visit, {
      choose: (code, target) => this.choose(code, target),
      toggle: (code, target) => this.toggle(code, target),
      write: (text) => {
        this.visit.answer(text.trim() || null);
        this.wait();
      },
      skip: () => {
        this.visit.answer(null);
        this.next();
      },
      next: () => this.next(),
      back: () => {
        this.visit.back();
        this.ask();
      },
      stop: () => this.finish(true),
      out: () => this.home(),
      listen: () => this.listen(),
    });
    this.wait();
  }

  // Shows what was chosen for a moment, then goes on; a second touch meanwhile changes nothing.
  async choose(code, target) {
    if (this.moving) return;
    this.moving = true;
    clearTimeout(this.timer);
    const { visit } = this;
    visit.answer(code);
    for (const each of document.querySelectorAll("[aria-pressed=true]")) each.setAttribute("aria-pressed", "false");
    const pressed = target || document.activeElement;
    if (pressed) pressed.setAttribute("aria-pressed", "true");
    const shown = new Promise((resolve) => setTimeout(resolve, CHOSEN));
    await this.draft(visit);
    await shown;
    if (this.visit === visit) await this.next();
  }

  async toggle(code, target) {
    const given = new Set(this.visit.answers.get(this.visit.question.id) || []);
    if (!given.delete(code)) given.add(code);
    this.visit.answer([...given]);
    target.setAttribute("aria-pressed", String(given.has(code)));
    this.wait();
    await this.draft(this.visit);
  }

  async next() {
    if (this.visit.forward()) this.ask();
    else await this.finish(true);
  }

  listen() {
    if (this.audio) this.audio.pause();
    this.audio = new Audio(`/static/kiosk-audio/${this.visit.question.id}.${this.visit.language}.mp3`);
    this.audio.play();
    this.wait();
  }

  async draft(visit) {
    try {
      await this.store.putDraft(await this.seal(visit, false));
    } catch (error) {
      // The visit goes on; whether it can be kept is told at its end.
    }
  }

  async seal(visit, late) {
    const contact = this.heardOf || (this.heardOf = await this.store.get("contact").catch(() => null));
    const officer = await this.store.get("officer").catch(() => null);
    const content = visit.content(contact ? contact.stamp : null, officer, late);
    return sealed(content, this.setup.device, this.setup.key);
  }

  // Thanks are shown for what is kept, and for nothing else.
  async finish(thanked) {
    const { visit } = this;
    if (!visit || visit.ending) return;
    clearTimeout(this.timer);
    if (visit.empty) {
      await this.home();
      return;
    }
    visit.ending = true;
    try {
      await this.fromMemory();
      await this.store.keep(await this.seal(visit, false));
    } catch (error) {
      await this.notKept(visit);
      return;
    }
    const sent = this.line.sync();
    if (thanked) this.thank(visit, sent);
    else await this.home();
  }

  async notKept(visit) {
    try {
      this.memory.push(await this.seal(visit, true));
    } catch (error) {
      // Without a key nothing can be sealed, and unsealed nothing is held.
    }
    const rows = visit.counter.squares;
    notKeptScreen(visit, rows, { next: () => this.home() });
    this.timer = setTimeout(() => this.home(), this.setup.idle * 1000);
  }

  async fromMemory() {
    while (this.memory.length) {
      await this.store.keep(this.memory[0]);
      this.memory.shift();
    }
  }

  thank(visit, sent) {
    let left = THANKS;
    const screen = thanksScreen(visit, left, { next: () => this.home() });
    const kept = setTimeout(() => screen.state(false), 1200);
    sent.then((done) => {
      clearTimeout(kept);
      screen.state(done);
    });
    this.ticking = setInterval(() => {
      left -= 1;
      if (left > 0) screen.count(left);
      else this.home();
    }, 1000);
  }

  // Nobody touches the screen: a warning, then what was answered is kept as given.
  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.warn(), this.setup.idle * 1000);
  }

  warn() {
    const { visit } = this;
    if (!visit) {
      this.home();
      return;
    }
    let left = COUNTDOWN;
    const count = idleScreen(this.setup, visit.counter, visit.language, left, {
      yes: () => {
        clearInterval(this.ticking);
        this.ask();
      },
      done: () => {
        clearInterval(this.ticking);
        this.finish(true);
      },
    });
    this.ticking = setInterval(() => {
      left -= 1;
      if (left > 0) count(left);
      else {
        clearInterval(this.ticking);
        this.finish(false);
      }
    }, 1000);
  }

  async heard(told) {
    if (told.state) this.state = told.state === "too_old" ? this.state : told.state;
    if (told.stamp) this.heardOf = null;
    if (told.setup && told.setup.spoken.length) keepAtHand(told.setup.spoken);
    if (told.version && told.version !== this.version) fetchNewer(this);
    const between = ["start", "starting", ...ENDS].includes(document.body.dataset.screen);
    if (between && (told.setup || this.newer || told.state !== "ok" || document.body.dataset.screen !== "start")) await this.home();
  }
}
