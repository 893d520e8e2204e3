import { lay, startGroups } from "./groups.js";
import { all, count, one, say } from "./words.js";

const search = one("#search"), choice = one("#choice"), state = one("#state"), sort = one("#sort");
const fields = { q: search, label: choice, state, sort };

// one spelling for all ways to write a letter: knæbøj, knaeboej, knaebøj and knaboj are the same
const plain = (text) =>
  text.toLowerCase().normalize("NFC")
    .replace(/æ|ä|ae/g, "a").replace(/ø|ö|oe/g, "o").replace(/å|aa/g, "a").replace(/ü|ue/g, "u")
    .normalize("NFD").replace(/\p{M}/gu, "");

const known = new WeakMap(); // the text of a card, made once
const textOf = (card) => {
  if (!known.has(card)) {
    const { place, labels } = card.dataset; // what is wrong with no exercise is found by all that is said of it
    known.set(card, plain(place ? [one("h2", card).textContent, place, labels].join(" ") : card.textContent));
  }
  return known.get(card);
};

const fitsState = (card, wanted) => {
  if (!wanted) return true;
  const [kind, code] = wanted.split(":");
  return (code ? card.dataset.codes : card.dataset.states).split(" ").includes(code ?? kind);
};

const number = (card) => card.dataset.codes.split(" ").filter(Boolean).length;
const orders = {
  page: (a, b) => (a.dataset.place < b.dataset.place ? -1 : 1),
  title: (a, b) => a.querySelector("h2").textContent.localeCompare(b.querySelector("h2").textContent),
  problems: (a, b) => number(b) - number(a),
  changed: (a, b) => b.dataset.changed - a.dataset.changed,
  pictures: (a, b) => a.querySelectorAll(".picture").length - b.querySelectorAll(".picture").length,
};

const arranged = (cards) => {
  const order = orders[sort.value] ?? orders.page;
  const rest = (card) => card.classList.contains("rest"); // of no exercise, so behind them
  return [...cards].sort((a, b) => rest(a) - rest(b) || order(a, b));
};

const offered = (list, value) => [...list.options].some((each) => each.value === value);

/* Offer labels and codes of problems that came since the page was made. */
const offer = (cards) => {
  const add = (list, before, found, named = (each) => each) => {
    for (const each of new Set(found)) {
      if (each && !offered(list, before + each)) list.add(new Option(named(each), before + each));
    }
  };
  add(state, "code:", cards.flatMap((each) => each.dataset.codes.split(" ")), (code) => say(code));
  add(choice, "", cards.flatMap((each) => each.dataset.labels.split("|")));
};

export const filter = () => {
  const cards = all(".card");
  offer(cards);
  const wanted = plain(search.value).split(/\s+/).filter(Boolean);
  const total = cards.filter((each) => each.dataset.place).length;
  const shown = [];
  for (const card of arranged(cards)) {
    const fits =
      wanted.every((word) => textOf(card).includes(word)) &&
      (!choice.value || card.dataset.labels.split("|").includes(choice.value)) &&
      fitsState(card, state.value);
    card.hidden = !fits;
    if (fits) shown.push(card);
  }
  lay(shown);
  const fitting = shown.filter((card) => card.dataset.place).length;
  const pictures = all(".card:not([hidden]) .picture").length;
  one("#count").textContent =
    count(fitting, "{n} exercise", "{n} exercises") +
    (fitting < total ? ` / ${total.toLocaleString(document.documentElement.lang)}` : "") +
    " · " + count(pictures, "{n} picture", "{n} pictures");
  one("main > .none").hidden = shown.length > 0;
  remember();
};

const remember = () => {
  const query = new URLSearchParams();
  for (const [key, field] of Object.entries(fields)) {
    if (field.value && field.value !== "page") query.set(key, field.value);
  }
  try {
    history.replaceState(null, "", query.size ? `#${query}` : location.pathname);
  } catch { /* a browser may forbid it for files */ }
};

export const startFinding = () => {
  const query = new URLSearchParams(location.hash.slice(1));
  for (const [key, field] of Object.entries(fields)) {
    const value = query.get(key) ?? "", code = value.split("code:")[1]; // problems may be found later
    if (field === state && code && !offered(state, value)) state.add(new Option(say(code), value));
    if (query.has(key)) field.value = query.get(key);
    if (field.selectedIndex === -1) field.selectedIndex = 0;
    field.addEventListener("input", filter);
  }
  document.addEventListener("click", (event) => {
    const label = event.target.closest(".label");
    if (!label) return;
    choice.value = choice.value === label.dataset.label ? "" : label.dataset.label;
    filter();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, select, textarea, dialog")) {
      search.focus();
      event.preventDefault();
    }
    if (event.key === "Escape" && event.target === search && search.value) {
      search.value = "";
      filter();
    }
  });
  startGroups();
  filter();
};
