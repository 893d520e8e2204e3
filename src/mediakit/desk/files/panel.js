import { act, ofCard } from "./acts.js";
import { startCropping } from "./crop.js";
import { current } from "./large.js";
import { all, one, say } from "./words.js";

const panel = one("#panel"), alt = one("#alt"), large = one("#large");
let shown = "";

const items = (card) => all("li[data-gallery]", card);
const sourceOf = (button) => button.closest("li").dataset.source;

const fill = () => {
  const now = current();
  if (!now) return;
  const { card, button } = now, item = button.closest("li"), source = sourceOf(button);
  const place = items(card).indexOf(item);
  // what somebody is writing stays when the page is shown anew
  if (source !== shown || alt.value === alt.dataset.saved) alt.value = button.dataset.alt;
  alt.dataset.saved = button.dataset.alt;
  shown = source;
  panel.hidden = !card.dataset.digest;
  alt.disabled = one("button.main", panel).disabled = "wordless" in item.dataset;
  one("[data-act=crop]").hidden = "film" in item.dataset;
  one("[data-act=earlier]").disabled = place <= 0;
  one("[data-act=later]").disabled = place < 0 || place === items(card).length - 1;
  one("[data-act=remove]").disabled = place < 0;
};

const move = (card, button, step) => {
  const place = items(card).indexOf(button.closest("li")) + 1 + step;
  if (place < 1 || place > items(card).length) return null;
  return act("move", ofCard(card, { picture: sourceOf(button), place }));
};

const acts = {
  header: (card, button) => act("header", ofCard(card, { picture: sourceOf(button) })),
  teaser: (card, button) => act("teaser", ofCard(card, { picture: sourceOf(button) })),
  remove: (card, button) => act("remove", ofCard(card, { picture: sourceOf(button) })),
  crop: (card, button) => startCropping(card, button),
  earlier: (card, button) => move(card, button, -1),
  later: (card, button) => move(card, button, 1),
};

const saveAlt = async () => {
  const { card, button } = current(), text = alt.value;
  const done = await act("alt", ofCard(card, { picture: sourceOf(button), text }));
  if (done) alt.dataset.saved = text;
};

const startDragging = () => {
  let from = null;
  document.addEventListener("dragstart", (event) => {
    from = event.target.closest("li[draggable]");
    if (from) { event.dataTransfer.setData("text/plain", from.dataset.source); event.dataTransfer.effectAllowed = "move"; }
  });
  const over = (event) => {
    const item = event.target.closest?.("li[data-gallery]");
    return from && item && item !== from && item.parentNode === from.parentNode ? item : null;
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
    const card = item.closest(".card");
    act("move", ofCard(card, { picture: from.dataset.source, place: items(card).indexOf(item) + 1 }));
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
  panel.addEventListener("submit", (event) => { event.preventDefault(); saveAlt(); });
  panel.addEventListener("click", (event) => {
    const name = event.target.dataset.act, now = current();
    if (name && now) acts[name](now.card, now.button);
  });
  large.addEventListener("cancel", (event) => {
    if (alt.value === alt.dataset.saved || alt.disabled) return;
    event.preventDefault(); // Escape would lose what was written
    saveAlt();
  });
  startDragging();
  startKeys();
  alt.placeholder = say("Lowest position, knees over the feet");
};
