// Taps count as they are made and outlive a lost line; text leaves only with Send.
// Whatever a browser lacks, the page works without this file.
(() => {
const form = document.querySelector("form"), words = WORDS;
if (!form || !window.fetch || !window.URLSearchParams) return;
const to = form.getAttribute("action"), DAY = 864e5, QUIET = 4e3, TIRED = 2e4, MOST = 8, NAME = "taps";
const make = (tag, name, text) => Object.assign(document.createElement(tag), {className: name, textContent: text, lang: words.lang, dir: "auto"});
const live = make("p", "doc", words.live), box = make("div", "told", ""), said = make("p", "", ""), discard = make("button", "q", words.discard);
// Fields named as what a form has of its own would hide that: nothing is asked of the form by a short name.
const fields = () => [...form.querySelectorAll("input, textarea")];
const token = form.querySelector("[name=visit]").value, first = form.querySelector("fieldset input").name;
const groups = [...form.querySelectorAll("fieldset, .t")], follow = [...form.querySelectorAll("[data-of]")];
let held = {}, mine = {part: 0, mark: 0}, timer, sending, waiting, touched, seen = new Set();

// What is kept, by visit; in memory only where the browser keeps nothing.
const kept = () => { try { return JSON.parse(localStorage.getItem(NAME)) || {}; } catch (e) { return held; } };
const keep = (taps) => {
  held = taps;
  try { Object.keys(taps).length ? localStorage.setItem(NAME, JSON.stringify(taps)) : localStorage.removeItem(NAME); } catch (e) {}
};
const forget = (visit, body) => {
  const taps = kept();
  if (taps[visit] && (body === undefined || taps[visit].body === body)) { delete taps[visit]; keep(taps); }
};
try { mine = JSON.parse(sessionStorage.getItem(token)) || mine; } catch (e) {}

const say = (text, before) => {
  if (before) before.before(box);
  said.textContent = text;
  discard.hidden = !Object.keys(kept()).length;
};
const marked = (text) => [...text].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)) | 0, 7);
// The same content keeps its number, so that a repeat is one; other content gets the next.
const numbered = (body) => {
  const mark = marked(body);
  if (mark !== mine.mark) mine = {part: mine.part + 1, mark};
  try { sessionStorage.setItem(token, JSON.stringify(mine)); } catch (e) {}
  return mine.part;
};
const tapped = () => {
  const body = new URLSearchParams();
  for (const field of fields()) if (field.checked && field.matches(":enabled")) body.append(field.name, field.value);
  return body.has(first) ? body.toString() : "";
};
const post = (to, body, more) => fetch(to, {method: "POST", body, credentials: "omit", redirect: "manual", ...more});

const send = (visit, by) => {
  const tap = kept()[visit];
  if (!tap) return Promise.resolve(true);
  const body = new URLSearchParams(tap.body);
  body.set("visit", visit);
  body.set("part", visit === token ? numbered(tap.body) : tap.part);
  body.set("by", by);
  return post(tap.to, body, {keepalive: true}).then((answer) => {
    const over = answer.status === 204 || (answer.status >= 400 && answer.status < 500 && answer.status !== 429);
    if (over) forget(visit, tap.body);
    return over;
  }, () => false);
};
const flush = () => {
  clearTimeout(timer);
  timer = 0;
  if (sending || !kept()[token] || mine.part >= MOST) return;
  send(token, "tap").then((done) => { if (!sending) say(done ? words.first : words.off); });
};
const late = () => {
  const visits = Object.keys(kept()).filter((visit) => visit !== token);
  if (!visits.length) return;
  say(words.late);
  Promise.all(visits.map((visit) => send(visit, "kept"))).then((done) => say(done.every(Boolean) ? words.done : words.off));
};

// Follow-ups are asked where their condition holds; what is hidden is not sent.
const holds = (each) => each.dataset.of.split(" ").some((id) => each.dataset.is.split(" ").some((code) =>
  [...form.querySelectorAll(`[name="${id}"]:checked:enabled`)].some((field) => field.value === code)));
const ask = () => {
  for (const each of follow) {
    const asked = holds(each);
    if (asked && each.hidden) each.open = true;
    each.hidden = !asked;
    for (const field of each.querySelectorAll("input, textarea")) field.disabled = !asked;
  }
};
const showNext = (field) => {
  const here = field.closest("fieldset");
  if (!touched || field.type !== "radio" || !here || seen.has(here)) return;
  seen.add(here);
  const next = groups.slice(groups.indexOf(here) + 1).find((group) => group.offsetParent);
  if (next) next.scrollIntoView({block: next.offsetHeight < innerHeight ? "center" : "start"});
};

form.addEventListener("change", (event) => {
  ask();
  if (!event.target.matches("[type=radio], [type=checkbox]")) return;
  showNext(event.target);
  const body = tapped();
  if (!body || marked(body) === mine.mark) return;
  keep({...kept(), [token]: {to, part: mine.part + 1, body, at: Date.now()}});
  clearTimeout(timer);
  timer = setTimeout(flush, QUIET);
});
addEventListener("pointerdown", () => { touched = true; }, true);
addEventListener("keydown", () => { touched = false; }, true);
addEventListener("pagehide", () => { if (timer) flush(); });
document.addEventListener("visibilitychange", () => { if (document.hidden && timer) flush(); });
addEventListener("pageshow", (event) => { if (event.persisted) sending = false; ask(); });
addEventListener("online", () => {
  if (waiting) form.requestSubmit ? form.requestSubmit() : 0;
  else { flush(); late(); }
});
discard.addEventListener("click", () => {
  clearTimeout(timer);
  timer = waiting = 0;
  keep({});
  say(words.gone);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (sending) return;
  const last = event.submitter || form.querySelector(":scope > button:last-of-type"), all = new URLSearchParams(new FormData(form));
  const part = numbered(all.toString()), end = setTimeout(() => { sending = false; }, TIRED);
  sending = true;
  waiting = false;
  clearTimeout(timer);
  timer = 0;
  all.set("part", part);
  all.set("by", "send");
  say(words.sending, last);
  post(to, all).then((answer) => {
    if (answer.status === 204) {
      forget(token);
      location.href = answer.headers.get("Location");
      return;
    }
    // The server shows what is wrong on a page of its own.
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "part";
    field.value = part;
    box.append(field);
    HTMLFormElement.prototype.submit.call(form);
  }, () => {
    clearTimeout(end);
    sending = false;
    waiting = true;
    say(words.wait, last);
  });
});

keep(Object.fromEntries(Object.entries(kept()).filter(([, tap]) => Date.now() - tap.at < DAY)));
said.setAttribute("role", "status");
Object.assign(discard, {type: "button", hidden: true});
box.append(said, discard);
form.querySelector("button").before(box);
// Whoever sees the first question already finds it under the same finger.
const [painted] = performance.getEntriesByName("first-contentful-paint"), top = form.getBoundingClientRect().top;
form.before(live);
if (painted && performance.now() - painted.startTime > 250) scrollBy({top: form.getBoundingClientRect().top - top, behavior: "instant"});
ask();
if (kept()[token]) flush();
late();
})();
