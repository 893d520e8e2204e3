const texts = JSON.parse(document.querySelector("#texts").textContent);

export const one = (selector, from = document) => from.querySelector(selector);
export const all = (selector, from = document) => [...from.querySelectorAll(selector)];

export const say = (text, values = {}) =>
  (texts.words[text] ?? text).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

export const count = (n, single, many) =>
  say(n === 1 ? single : many, { n: n.toLocaleString(texts.lang) });
