import { act, ofCard, tell } from "./acts.js";
import { startCropping } from "./crop.js";
import { current } from "./large.js";
import { all, one, say } from "./words.js";

const panel = one("#panel"), alt = one("#alt"), large = one("#large");
const drafts = new Map(); // texts that are not saved yet, by page and picture, with what was there before
const saving = new Set(); // what the page says of these is no news
let shown = null;

const items = (card) => all("li[data-gallery]", card);
const sourceOf = (button) => button.closest("li").dataset.source;

const fill = () => {
  const now = current();
  if (!now) return;
  const { card, button } = now, item = button.closest("li"), source = sourceOf(button);
  const place = items(card).indexOf(item), key = `${card.dataset.page}\n${source}`;
  if (shown?.key !== key) save();
  shown = { key, card, source, saved: button.dataset.alt };
  const draft = drafts.get(key), text = draft?.text ?? shown.saved;
  if (alt.value !== text) alt.value = text;
  if (draft && !saving.has(key) && draft.before !== shown.saved) {
    draft.before = shown.saved;
    tell(say("Somebody wrote “{text}” here meanwhile. What you wrote takes its place if you save it.", { text: shown.saved }), { bad: true });
  }
  panel.hidden = !card.dataset.digest;
  alt.disabled = one("button.main", panel).disabled = "wordless" in item.dataset;
  one("[data-act=crop]").hidden = "film" in item.dataset;
  one("[data-act=earlier]").disabled = place <= 0;
  one("[data-act=later]").disabled = place < 0 || place === items(card).length - 1;
  one("[data-act=remove]").disabled = place < 0;
};

/* Save what was written about the picture that is shown, or was until now. */
const save = async () => {
  if (!drafts.has(shown?.key)) return;
  const { key, card, source: picture } = shown, draft = drafts.get(key), { text } = draft;
  saving.add(key);
  const done = await act("alt", ofCard(card, () => ({ picture, text })));
  saving.delete(key);
  if (done && drafts.get(key) === draft) drafts.delete(key);
  else if (shown.key === key && drafts.has(key)) drafts.get(key).before = shown.saved;
  if (!done && !document.getElementById(card.id)) { // there is no field any more that has it
    drafts.delete(key);
    tell(say("{path} is not there any more. You wrote: “{text}”", { path: card.dataset.page, text }), { bad: true });
  }
  fill();
};

const write = () => {
  const { key, saved } = shown;
  if (alt.value === saved) drafts.delete(key);
  else drafts.set(key, { before: saved, text: alt.value });
};

const move = (card, button, step) => {
  const picture = sourceOf(button);
  return act("move", ofCard(card, (now) => {
    const gallery = items(now), place = gallery.findIndex((each) => each.dataset.source === picture) + 1 + step;
    return place < 1 || place > gallery.length ? null : { picture, place };
  }));
};

const onPicture = (name) => (card, button) => {
  const picture = sourceOf(button);
  return act(name, ofCard(card, () => ({ picture })));
};
const acts = {
  header: onPicture("header"), teaser: onPicture("teaser"), remove: onPicture("remove"), crop: startCropping,
  earlier: (card, button) => move(card, button, -1), later: (card, button) => move(card, button, 1),
};

const startDragging = () => {
  let from = null; // by name: news may replace the card meanwhile
  document.addEventListener("dragstart", (event) => {
    const item = event.target.closest("li[draggable]");
    from = item && { card: item.closest(".card").id, picture: item.dataset.source };
    if (from) { event.dataTransfer.setData("text/plain", from.picture); event.dataTransfer.effectAllowed = "move"; }
  });
  const over = (event) => {
    const item = event.target.closest?.("li[data-gallery]");
    if (!from || !item || event.dataTransfer.types.includes("Files")) return null;
    return item.closest(".card").id === from.card && item.dataset.source !== from.picture ? item : null;
  };
  document.addEventListener("dragover", (event) => {
    all("li.over").forEach((each) => each.classList.remove("over"));
    const item = over(event);
    if (item) { item.classList.add("over"); event.preventDefault(); }
  });
  document.addEventListener("drop", (event) => {
    const item = over(event);
    all("li.over").forEach((each) => each.classList.remove("over"));
    if (!item) return;
    event.preventDefault();
    const card = item.closest(".card"), { picture } = from, place = items(card).indexOf(item) + 1;
    from = null;
    act("move", ofCard(card, () => ({ picture, place })));
  });
  document.addEventListener("dragend", () => { from = null; });
};

/* The keys of a picture that has the focus: Alt and an arrow move it, Delete removes it. */
const startKeys = () => {
  document.addEventListener("keydown", (event) => {
    const button = event.target.closest?.(".card .picture");
    if (!button || event.ctrlKey || event.metaKey) return;
    const card = button.closest(".card");
    if (!card.dataset.digest) return;
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.altKey && step) move(card, button, step);
    else if (event.key === "Delete") acts.remove(card, button);
    else return;
    event.preventDefault();
  });
};

export const startPanel = () => {
  large.classList.add("with-panel");
  large.addEventListener("shown", fill);
  large.addEventListener("close", save);
  alt.addEventListener("input", write);
  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    drafts.set(shown.key, { before: shown.saved, text: alt.value });
    save();
  });
  panel.addEventListener("click", (event) => {
    const name = event.target.dataset.act, now = current();
    if (!name || !now) return;
    save();
    acts[name](now.card, now.button);
  });
  addEventListener("beforeunload", (event) => { if (drafts.size) event.preventDefault(); });
  startDragging();
  startKeys();
  alt.placeholder = say("Lowest position, knees over the feet");
};
