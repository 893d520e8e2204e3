import { one, say } from "./words.js";
import { refresh } from "./live.js";

const box = document.body.appendChild(document.createElement("div"));
box.id = "said";
box.setAttribute("role", "status");
let timer = 0, lasting = "";

/* A dialog covers the page, but not what is in it. */
const bringUp = () => (document.querySelector("dialog[open]") ?? document.body).append(box);
for (const name of ["shown", "toggle", "close"]) document.addEventListener(name, bringUp, true);

/* `lang` is that of what other parts of mediakit say: a text that is bad, or a note. */
export const tell = (text, { undo = false, bad = false, lang = "", note = "" } = {}) => {
  clearTimeout(timer);
  const words = document.createElement("span");
  words.textContent = text;
  if (bad && lang) words.lang = lang;
  box.replaceChildren(words);
  if (note) {
    const more = document.createElement("small");
    more.textContent = note;
    more.lang = lang;
    words.append(more);
  }
  box.classList.toggle("bad", bad);
  const offer = (name, label, work) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: name, ariaLabel: label });
    button.addEventListener("click", work);
    box.append(button);
  };
  if (undo) offer(say("Undo"), null, takeBack);
  if (bad) offer("×", say("Close"), () => box.replaceChildren()); // it stays until then
  bringUp();
  if (!bad) timer = setTimeout(() => keepSaying(lasting), 9000);
};

/* Say something as long as it is so, also where a dialog covers the page; empty for no longer. */
export const keepSaying = (text) => {
  lasting = text;
  if (text) tell(text, { bad: true });
  else box.replaceChildren();
};

const sentence = (done) => say(done.said, done.values);

export const send = async (address, body, headers = {}) => {
  const to = new URL(address, document.baseURI);
  to.searchParams.set("lang", document.documentElement.lang);
  const wasLost = document.body.classList.contains("lost"); // else it may arrive, and be done
  let answer;
  try {
    answer = await fetch(to, { method: "POST", body, headers: { "X-Mediakit-Desk": "1", ...headers } });
  } catch {
    tell(wasLost
      ? say("The desk does not answer, and nothing was changed. Is mediakit desk still running? Try again then.")
      : say("The desk stopped answering, so this may be done or not. Start mediakit desk if it was closed, and look at the exercise before you do it again."), { bad: true });
    return null;
  }
  const said = await answer.json().catch(() => ({ error: answer.statusText }));
  if (answer.ok) return said;
  if (answer.status === 403) {
    tell(say("This page is of a desk that was closed. Open the address that mediakit desk has printed."), { bad: true });
  } else if (said.said) {
    tell(sentence(said), { bad: true });
    if (said.changed) await refresh();
  } else {
    tell([said.error, said.hint].filter(Boolean).join(": "), { bad: true, lang: said.lang ?? "en" });
  }
  return null;
};

/* What this page did, so that it takes back its own acts and not those of others. */
const place = `done ${location.pathname}`;
const mine = JSON.parse(sessionStorage.getItem(place) ?? "[]");
const keep = () => {
  sessionStorage.setItem(place, JSON.stringify(mine));
  one("#undo").hidden = !mine.length;
};

/* Acts are done one after the other: keys come faster than a page is written. */
let last = Promise.resolve(), waiting = 0;
const inTurn = (work) => {
  const run = () => work().finally(() => { waiting -= 1; if (!waiting) since.clear(); });
  waiting += 1;
  return (last = last.then(run, run));
};

/* What our own acts made of a page, by what it was: those that wait for them were asked of that. */
const since = new Map();
const follow = (page, digest) => {
  while (since.has(page + digest)) digest = since.get(page + digest);
  return digest;
};
const note = (page, before, after) => {
  since.delete(page + after);
  if (after && before !== after) since.set(page + before, after);
};

/* Do an act once its turn comes, and say what it did; `asked` may be made then. Returns null if it was not done. */
export const act = (name, asked) => inTurn(async () => carryOut(name, typeof asked === "function" ? asked() : asked));

const carryOut = async (name, asked) => {
  if (!asked) return null;
  document.body.classList.add("busy");
  const done = await send(`acts/${name}`, JSON.stringify(asked));
  document.body.classList.remove("busy");
  if (!done) return null;
  note(asked.page, asked.digest, done.digest);
  await refresh();
  if (done.undo) mine.push(done.undo);
  keep();
  tell(sentence(done), { undo: done.undo > 0, note: done.note, lang: done.lang });
  return done;
};

/* What is asked of a card as it is shown now; `more` of the card as it is when its turn comes, null for nothing. */
export const ofCard = (card, more) => {
  const { page, digest } = card.dataset;
  return () => {
    const asked = more(document.getElementById(card.id) ?? card);
    return asked && { page, digest: follow(page, digest), ...asked };
  };
};

export const takeBack = () => inTurn(async () => {
  if (!mine.length) { tell(say("There is nothing to undo since the desk was opened.")); return; }
  const done = await send(`undo/${mine.at(-1)}`);
  if (!done) return;
  mine.pop();
  since.clear(); // the page is as it was before
  keep();
  await refresh();
  tell(say("Taken back: {what}", { what: sentence(done) }));
});

export const upload = async (file, done, all) => {
  tell(say("Sending photo {n} of {all} …", { n: done + 1, all }));
  const sent = await send(`upload?name=${encodeURIComponent(file.name)}`, file, { "Content-Type": "application/octet-stream" });
  return sent?.upload ?? null;
};

/* Send photos; returns their names at the desk, null if one did not arrive. */
export const uploadAll = async (files) => {
  const names = [];
  for (const file of files) {
    const name = await upload(file, names.length, files.length);
    if (!name) return null;
    names.push(name);
  }
  return names;
};

export const open = async (card) => {
  const done = await send("open", JSON.stringify({ page: card.dataset.page }));
  if (done) tell(sentence(done));
};

export const startActs = () => {
  keep();
  document.addEventListener("click", (event) => {
    const card = event.target.closest(".card"), what = event.target.closest("[data-do]")?.dataset.do;
    if (what === "open") open(card);
    if (what === "fix") act("fix", {});
  });
  one("#undo").addEventListener("click", takeBack);
  addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    if (event.target.closest("input, textarea")) return;
    takeBack();
    event.preventDefault();
  });
};
