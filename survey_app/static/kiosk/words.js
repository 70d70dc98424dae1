// Words: what the kiosk itself says, in the language of the visit.

let words = {};

export async function loadWords() {
  words = await (await fetch(new URL("words.json", import.meta.url), { credentials: "omit" })).json();
}

export function said(language, name, places = {}) {
  const text = (words[language] || {})[name] || words.vi[name];
  return text.replace(/\{(\w+)\}/g, (_, place) => places[place]);
}
