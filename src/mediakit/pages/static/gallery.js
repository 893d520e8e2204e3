"use strict";
const one = (selector) => document.querySelector(selector);
const cards = [...document.querySelectorAll(".exercise")];
const search = one("#search"), choice = one("#choice"), state = one("#state");
const dialog = one("dialog"), view = one("dialog img"), words = one("dialog figcaption");
// letters without their marks, so that "knaeboj" is found by "knæbøj" and "knæboj" alike
const plain = (text) =>
  text.toLowerCase().replace(/æ/g, "ae").replace(/ø/g, "o").normalize("NFD").replace(/\p{M}/gu, "");
const texts = cards.map((card) => plain(card.dataset.text));
let shown = [], at = 0;

const filter = () => {
  const wanted = plain(search.value).split(/\s+/).filter(Boolean);
  let count = 0;
  cards.forEach((card, index) => {
    const fits =
      wanted.every((word) => texts[index].includes(word)) &&
      (!choice.value || card.dataset.labels.split("|").includes(choice.value)) &&
      (!state.value || card.dataset.state.split(" ").includes(state.value));
    card.hidden = !fits;
    count += fits;
  });
  one("#count").textContent = `${count} of ${cards.length} exercise${cards.length === 1 ? "" : "s"}`;
  one(".none").hidden = count > 0;
  const query = new URLSearchParams();
  if (search.value) query.set("q", search.value);
  if (choice.value) query.set("label", choice.value);
  if (state.value) query.set("state", state.value);
  try {
    history.replaceState(null, "", query.size ? `#${query}` : location.pathname);
  } catch { /* a browser may forbid it for files */ }
};

const show = (number) => {
  at = (number + shown.length) % shown.length;
  const { full, alt, words: caption } = shown[at].dataset;
  view.src = full;
  view.alt = alt;
  words.textContent = `${caption} (${at + 1} of ${shown.length})`;
};

document.addEventListener("click", (event) => {
  const picture = event.target.closest("button.picture");
  if (!picture) return;
  shown = [...document.querySelectorAll(".exercise:not([hidden]) button.picture")];
  show(shown.indexOf(picture));
  dialog.showModal();
});
one("#close").addEventListener("click", () => dialog.close());
one("#back").addEventListener("click", () => show(at - 1));
one("#next").addEventListener("click", () => show(at + 1));
dialog.addEventListener("close", () => shown[at] && shown[at].focus());
dialog.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1 }[event.key];
  if (step) { show(at + step); event.preventDefault(); }
});
let start = null;
dialog.addEventListener("pointerdown", (event) => { start = event.clientX; });
dialog.addEventListener("pointerup", (event) => {
  const moved = start === null ? 0 : event.clientX - start;
  start = null;
  if (Math.abs(moved) > 60) show(at + (moved < 0 ? 1 : -1));
});
addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|SELECT)$/.test(event.target.tagName)) {
    search.focus();
    event.preventDefault();
  }
});
one("#theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
for (const field of [search, choice, state]) field.addEventListener("input", filter);
const query = new URLSearchParams(location.hash.slice(1));
search.value = query.get("q") ?? "";
choice.value = query.get("label") ?? "";
state.value = query.get("state") ?? "";
filter();
