// Screens: what a person at the counter sees, one thing at a time.

import { face, h, icon, ring, segments, squares, tick, together } from "./dom.js";
import { said } from "./words.js";

const NAMES = { vi: "Tiếng Việt", en: "English", fr: "Français" };

export function show(name, language, title, ...parts) {
  document.body.dataset.screen = name;
  document.documentElement.lang = language;
  document.title = title;
  const screen = document.getElementById("screen");
  screen.replaceChildren(...parts.filter(Boolean));
  const heading = screen.querySelector("h1");
  if (heading) {
    balance(heading);
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  scrollTo(0, 0);
}

// Lines of like length where the browser does not see to it by itself: it does from Chromium 114 on.
function balance(heading) {
  if (CSS.supports("text-wrap", "balance")) return;
  const height = heading.offsetHeight;
  let [low, high] = [heading.offsetWidth / 2, heading.offsetWidth];
  while (high - low > 4) {
    const middle = (low + high) / 2;
    heading.style.maxWidth = `${middle}px`;
    if (heading.offsetHeight > height) low = middle;
    else high = middle;
  }
  heading.style.maxWidth = `${high}px`;
}

function head(setup, counter, language, right) {
  const place = h("p", {}, h("b", {}, setup.unit[language]), counter ? h("span", {}, counter.name) : "");
  return h("header", {}, place, right || h("p", {}, setup.asker[language]));
}

const button = (words, press, classes = "btn", attributes = {}) =>
  h(`button.${classes.replace(/ /g, ".")}`, { type: "button", onclick: press, ...attributes }, words);

const t = (words) => together(words);

export function startScreen(setup, language, does) {
  const counters = setup.counters;
  const alone = counters.length === 1 ? counters[0] : null;
  const others = setup.languages.filter((each) => each !== language);
  const heading = h("h1", {}, said(language, "start"));
  const lead = h("p.lead", {}, said(language, "voluntary"), h("br"), said(language, "unseen"));
  const main = h("main.start", {},
    h(alone ? ".ask" : ".ask.several", {},
      h("div", {}, heading, lead),
      alone
        ? button(said(language, "begin"), () => does.begin(alone, language), "btn p go")
        : counterTiles(counters, language, does),
      h("ul.langs", { "aria-label": said(language, "other_languages") },
        others.map((each) =>
          h("li", {}, button(NAMES[each], () => (alone ? does.begin(alone, each) : does.speak(each)), "btn", { lang: each })),
        ),
        h("li", {}, button(said(language, "slip"), () => does.slip(language), "btn"))),
    ),
    h(".phone", { hidden: true }),
  );
  const foot = h("footer.quiet", {},
    h("p", {}, said(language, "nothing_recorded")),
    button(said(language, "staff"), does.staff, "btn t"));
  show("start", language, `${said(language, "start")} – ${setup.unit[language]}`, head(setup, alone, language), main, foot);
}

function counterTiles(counters, language, does) {
  return h("div", {},
    h("p.which", { id: "which" }, said(language, "which_counter")),
    h(`.tiles.counters${counters.length > 8 ? ".many" : ""}`, { role: "group", "aria-labelledby": "which" },
      counters.map((counter) =>
        button(
          h("span", {}, h("b", {}, counter.number || counter.name), counter.number && counter.rest ? h("small", {}, counter.rest) : ""),
          () => does.begin(counter, language),
          "tile",
          { "aria-label": counter.name },
        ),
      )));
}

export function showPhone(rows, language) {
  const panel = document.querySelector(".phone");
  if (!panel || !rows.length) return;
  panel.hidden = false;
  panel.replaceChildren(squares(rows, said(language, "own_phone")), h("p", {}, said(language, "own_phone")));
}

export function slipScreen(setup, language, typed, does) {
  const wrong = typed !== "";
  const field = h("input", { id: "slip", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 20, "aria-describedby": wrong ? "wrong" : null });
  const send = (event) => {
    event.preventDefault();
    does.take(field.value);
  };
  const main = h("main.narrow", {},
    h("h1", {}, h("label", { for: "slip" }, said(language, "slip_title"))),
    h("form", { onsubmit: send, autocomplete: "off" }, wrong ? h("p.wrong", { id: "wrong", role: "alert" }, said(language, "slip_wrong")) : null, field,
      h("button.btn.p", { type: "submit" }, said(language, "next"))));
  field.value = typed;
  show("slip", language, said(language, "slip_title"), head(setup, null, language), main,
    h("footer", {}, button([icon("back"), said(language, "out")], does.out, "btn t")));
  field.focus();
}

export function questionScreen(visit, does) {
  const { question, language, setup, counter } = visit;
  const words = (text) => t(text[language]);
  const { i, n } = visit.progress;
  const progress = h("p.prog", {}, said(language, "progress", { i, n }), segments(i, n));
  const many = question.kind === "multiple" ? said(language, "choose_many") : "";
  const spoken = (setup.spoken || []).includes(`${question.id}.${language}.mp3`);
  const main = h("main", { class: `q ${question.kind}` },
    h("h1", { id: "question" }, words(question.text)),
    h("p.sub", {}, question.hint ? words(question.hint) : many),
    spoken ? button([icon("sound"), h("span", {}, said(language, "listen"))], does.listen, "btn t listen") : null,
    FIELDS[question.kind](visit, words, does));
  show("question", language, `${said(language, "progress", { i, n })} – ${counter.name}`, head(setup, counter, language, progress), main, foot(visit, words, does));
}

function foot(visit, words, does) {
  const { question, language } = visit;
  const given = visit.answers.get(question.id);
  const first = visit.path.length === 1;
  const none = (code, text) => button(words(text), () => does.choose(code), "btn t na", { "aria-pressed": String(given === code) });
  const left = first
    ? visit.empty ? button([icon("back"), said(language, "out")], does.out, "btn t") : null
    : button([icon("back"), said(language, "back")], does.back, "btn t");
  const place = h("span"); // the way on stands on the right, with a way back beside it or none
  return h("footer.acts", {},
    left || place,
    question.na ? none("na", question.na) : null,
    question.refused ? none("refused", question.refused) : null,
    question.required || NEXT.has(question.kind) ? null : button(said(language, "skip"), does.skip, "btn t"),
    NEXT.has(question.kind) ? button(said(language, "next"), does.next, "btn p") : null,
    visit.empty || visit.last ? null : button(said(language, "stop"), does.stop, "btn t"));
}

const NEXT = new Set(["multiple", "text", "number"]); // these do not go on by themselves

const FIELDS = {
  scale: (visit, words, does) =>
    h(".s", { role: "group", "aria-labelledby": "question" },
      visit.question.choices.map((choice, place) =>
        button(h("span", {}, face(place + 1), words(choice.text)), (event) => does.choose(choice.code, event.currentTarget), "o", {
          value: choice.code,
          "aria-pressed": String(visit.answers.get(visit.question.id) === choice.code),
        }))),
  choice: (visit, words, does) => tiles(visit, words, (choice, target) => does.choose(choice.code, target)),
  multiple: (visit, words, does) => tiles(visit, words, (choice, target) => does.toggle(choice.code, target)),
  text: (visit, _words, does) => written(visit, "textarea", { rows: 4, maxlength: visit.question.longest }, does),
  number: (visit, _words, does) => written(visit, "input", { type: "text", inputmode: "numeric", maxlength: 9 }, does),
};

function tiles(visit, words, press) {
  const given = visit.answers.get(visit.question.id);
  const chosen = (code) => (Array.isArray(given) ? given.includes(code) : given === code);
  return h(`.tiles.of${visit.question.choices.length}`, { role: "group", "aria-labelledby": "question" },
    visit.question.choices.map((choice) =>
      button(h("span", {}, words(choice.text)), (event) => press(choice, event.currentTarget), "tile", {
        value: choice.code,
        "aria-pressed": String(chosen(choice.code)),
      })));
}

function written(visit, name, attributes, does) {
  const field = h(name, { autocomplete: "off", spellcheck: "false", "aria-labelledby": "question", oninput: (event) => does.write(event.target.value), ...attributes });
  field.value = visit.answers.get(visit.question.id) || "";
  return field;
}

export function idleScreen(setup, counter, language, seconds, does) {
  const left = h("p.l", { role: "timer" }, said(language, "idle_seconds", { n: seconds }));
  const main = h("main.middle", {}, h("h1", {}, said(language, "idle")), left,
    h(".two", {}, button(said(language, "idle_yes"), does.yes, "btn p"), button(said(language, "idle_done"), does.done, "btn")));
  show("idle", language, said(language, "idle"), head(setup, counter, language), main, h("footer"));
  return (n) => (left.textContent = said(language, "idle_seconds", { n }));
}

export function thanksScreen(visit, seconds, does) {
  const { language, setup, counter } = visit;
  const state = h("p.l", { role: "status" }, "\u00a0");
  const count = h("p", {}, said(language, "returns", { n: seconds }));
  const receipt = visit.receipt.match(/.{4}/g).join(" ");
  const main = h("main.middle", {}, tick(), h("h1.big", {}, said(language, "thanks")), state,
    h("p.code", {}, said(language, "receipt"), " ", h("b", {}, receipt)),
    button(said(language, "next_person"), does.next, "btn p"));
  show("thanks", language, said(language, "thanks"), head(setup, counter, language), main, h("footer.quiet.centre", {}, ring(), count));
  return {
    state: (sent) => (state.textContent = said(language, sent ? "thanks_sent" : "thanks_kept")),
    count: (n) => (count.textContent = said(language, "returns", { n })),
  };
}

export function notKeptScreen(visit, rows, does) {
  const { language, setup, counter } = visit;
  const code = rows.length > 0;
  const main = h("main.middle", {},
    h(code ? ".beside" : "div", {},
      h("div", {}, h("h1", {}, said(language, "not_kept")), code ? h("p.l", {}, said(language, "not_kept_scan")) : null),
      code ? squares(rows, said(language, "own_phone")) : null),
    button(said(language, "out"), does.next, "btn"));
  show("not_kept", language, said(language, "not_kept"), head(setup, counter, language), main, h("footer"));
}

export function messageScreen(name, language, title, text, setup, press) {
  const main = h("main.middle", {}, h("h1", {}, title), text ? h("p.l", {}, text) : null);
  const top = setup ? head(setup, null, language) : h("header");
  const foot = h("footer.quiet", {}, h("p"), press ? button(said(language, "staff"), press, "btn t") : null);
  show(name, language, title, top, main, foot);
}
