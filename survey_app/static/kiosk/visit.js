// Visit: one person's way through the questions; nothing of it outlives it.

import { randomBytes, toBase64 } from "./bytes.js";
import { reading, since } from "./clock.js";

const SIGNS = "346789ACDEFHJKMNPRTVWXY"; // those of the server's codes: none is read for another

export function newReceipt() {
  const bytes = randomBytes(64).filter((byte) => byte < SIGNS.length * 11);
  return Array.from(bytes.slice(0, 12), (byte) => SIGNS[byte % SIGNS.length]).join("");
}

export class Visit {
  constructor(setup, counter, language) {
    this.id = toBase64(randomBytes(16)); // before anything else
    this.receipt = newReceipt();
    this.began = reading();
    this.setup = setup;
    this.counter = counter;
    this.language = language;
    this.answers = new Map();
    this.slip = null;
    this.path = [];
    this.forward();
  }

  get question() {
    return this.path[this.path.length - 1];
  }

  get empty() {
    return this.answers.size === 0;
  }

  applies(question) {
    const { when } = question;
    if (!when) return true;
    if (when.place) return when.codes.includes("unknown");
    return when.questions.some((id) => {
      const answer = this.answers.get(id);
      return Array.isArray(answer) ? answer.some((code) => when.codes.includes(code)) : when.codes.includes(answer);
    });
  }

  answer(value) {
    if (value === null || (Array.isArray(value) && !value.length)) this.answers.delete(this.question.id);
    else this.answers.set(this.question.id, value);
  }

  // Goes to the next question that is asked; false if there is none.
  forward() {
    const { questions } = this.setup;
    const place = this.path.length ? questions.indexOf(this.question) + 1 : 0;
    const next = questions.slice(place).find((question) => this.applies(question));
    if (next) this.path.push(next);
    return Boolean(next);
  }

  back() {
    if (this.path.length > 1) this.path.pop();
  }

  get last() {
    const { questions } = this.setup;
    const after = questions.slice(questions.indexOf(this.question) + 1);
    return !after.some((question) => this.applies(question) || this.open(question));
  }

  // Whether it is still undecided if a question will be asked: what it depends on is to come or now.
  open(question) {
    const { questions } = this.setup;
    const here = questions.indexOf(this.question);
    return Boolean(question.when && question.when.questions.length === 1) &&
      questions.findIndex(({ id }) => id === question.when.questions[0]) >= here &&
      !this.answers.has(question.when.questions[0]);
  }

  // Of questions that wait for the same answer one will be asked.
  get progress() {
    const here = this.setup.questions.indexOf(this.question);
    const after = this.setup.questions.slice(here + 1);
    const sure = after.filter((question) => this.applies(question)).length;
    const undecided = new Set(
      after.filter((question) => !this.applies(question) && this.open(question)).map(({ when }) => when.questions[0]),
    );
    return { i: this.path.length, n: this.path.length + sure + undecided.size };
  }

  content(stamp, officer, late) {
    const given = {};
    for (const question of this.setup.questions) {
      if (this.answers.has(question.id) && this.applies(question)) given[question.id] = this.answers.get(question.id);
    }
    return {
      id: this.id,
      receipt: this.receipt,
      release: this.setup.release,
      counter: this.counter.id,
      language: this.language,
      answers: given,
      ...this.began,
      took: since(this.began),
      officer: officer && officer.counter === this.counter.id ? [officer.id, since(officer.reading)] : null,
      stamp,
      slip: this.slip,
      late,
    };
  }
}
