// Elements: small makers of what the screens are built of.

const SVG = "http://www.w3.org/2000/svg";

export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  return filled(element, attributes, children);
}

function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function s(name, attributes, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

export function face(number) {
  return s("svg", { class: "face", "aria-hidden": "true" }, s("use", { href: `#f${number}` }));
}

const PATHS = {
  back: ["M14.5 5l-7 7 7 7"],
  sound: ["M4 9.5v5h3.5l4.5 4v-13l-4.5 4z", "M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11"],
};

export function icon(name) {
  return s("svg", { class: "i", viewBox: "0 0 24 24", "aria-hidden": "true" }, ...PATHS[name].map((d) => s("path", { d })));
}

export function tick() {
  const parts = [s("circle", { cx: 24, cy: 24, r: 21 }), s("path", { d: "M14.5 24.5l6.5 7 13-14.5" })];
  return s("svg", { class: "tick", viewBox: "0 0 48 48", "aria-hidden": "true" }, ...parts);
}

export function ring() {
  const circle = { cx: 16, cy: 16, r: 13, pathLength: 100 };
  return s(
    "svg",
    { class: "ring", viewBox: "0 0 32 32", "aria-hidden": "true" },
    s("circle", { ...circle, class: "round" }),
    s("circle", { ...circle, class: "left", transform: "rotate(-90 16 16)" }),
  );
}

export function segments(i, n) {
  const width = 28 * n - 4;
  const marks = Array.from({ length: n }, (_, place) =>
    s("rect", { x: 28 * place, y: 0, width: 24, height: 12, rx: 2, class: place < i ? "done" : "todo" }),
  );
  return s("svg", { viewBox: `0 0 ${width} 12`, class: "segments", preserveAspectRatio: "none", "aria-hidden": "true" }, ...marks);
}

// A QR code from rows of 0 and 1, with its quiet zone.
export function squares(rows, label) {
  const size = rows.length + 8;
  const runs = rows.map((row, y) =>
    Array.from(row.matchAll(/1+/g), ({ index, 0: run }) => `M${index + 4} ${y + 4}h${run.length}v1h-${run.length}z`).join(""),
  );
  return s(
    "svg",
    { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
    s("path", { d: runs.join("") }),
  );
}

// "Very dissatisfied" breaks before its last two Vietnamese words, never between them; no line ends in a hyphen.
export const together = (text) => text.replace(/([Hh])ài lòng/g, "$1ài\u00a0lòng").replace(/-(?=\S)/g, "-\u2060");
