import { bring } from "./groups.js";
import { all, count, one, say } from "./words.js";

const large = one("#large"), stage = one(".stage", large);
const first = one("#one"), second = one("#other"), steps = one("#steps");
let card = null, pictures = [], at = 0, beside = -1;

export const current = () => (large.open && card ? { card, button: pictures[at] } : null);

const put = (image, button) => {
  const { full } = button.dataset;
  if (!full) image.removeAttribute("src"); // a film without a poster
  else if (image.getAttribute("src") !== full) image.src = full;
  image.alt = button.dataset.alt || card.querySelector("h2").textContent;
};

const preload = (number) => { if (pictures[number].dataset.full) new Image().src = pictures[number].dataset.full; };

export const show = (number) => {
  at = (number + pictures.length) % pictures.length;
  const { alt, words = alt, weight } = pictures[at].dataset;
  put(first, pictures[at]);
  if (beside === at) beside = (at + 1) % pictures.length;
  const compares = beside >= 0 && pictures.length > 1;
  second.hidden = !compares;
  if (compares) put(second, pictures[beside]);
  one("#compare").setAttribute("aria-pressed", compares);
  one("#compare").disabled = pictures.length < 2;
  const title = card.querySelector("h2").textContent;
  one("#caption").textContent =
    `${title}${words && words !== title ? `: ${words}` : ""} · ` +
    `${say("{n} of {all}", { n: at + 1, all: pictures.length })} · ${weight.replace("\n", " · ")}`;
  all("button", steps).forEach((step, index) => {
    if (index === at) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
    step.classList.toggle("beside", compares && index === beside);
  });
  if (pictures.length > 1) for (const near of [at + 1, at - 1 + pictures.length]) preload(near % pictures.length);
  large.dispatchEvent(new Event("shown"));
};

const zoom = (on = !large.classList.contains("zoomed")) => {
  large.classList.toggle("zoomed", on);
  one("#zoom").setAttribute("aria-pressed", on);
};

const compare = () => {
  beside = beside < 0 && pictures.length > 1 ? (at + 1) % pictures.length : -1;
  show(at);
};

export const open = (button) => {
  card = button.closest(".card");
  bring(card);
  pictures = all(".picture", card);
  beside = -1;
  zoom(false);
  steps.replaceChildren(...pictures.map((each, index) => {
    const item = document.createElement("li"), step = document.createElement("button");
    step.type = "button";
    step.append(each.querySelector("img").cloneNode());
    step.firstChild.alt = "";
    step.firstChild.sizes = "4rem";
    step.setAttribute("aria-label", say("Step {n}", { n: index + 1 }));
    step.addEventListener("click", () => {
      if (beside >= 0 && index !== at) { beside = index; show(at); } else show(index);
    });
    item.append(step);
    return item;
  }));
  if (!large.open) large.showModal();
  show(pictures.indexOf(button));
};

/* Show the same picture of the same card again, after the card was replaced. */
export const reopen = () => {
  if (!large.open || card?.isConnected) return;
  const now = document.getElementById(card.id), source = pictures[at].closest("li").dataset.source;
  const found = now && all("li[data-source]", now);
  if (!found?.length) { large.close(); return; }
  const item = found.find((each) => each.dataset.source === source) ?? found[Math.min(at, found.length - 1)];
  const zoomed = large.classList.contains("zoomed"), compared = beside;
  open(one(".picture", item));
  if (compared >= 0) { beside = Math.min(compared, pictures.length - 1); show(at); }
  if (zoomed) zoom(true);
};

const other = (step) => {
  const shown = all(".card:not([hidden])").filter((each) => one(".picture", each));
  const next = shown[(shown.indexOf(card) + step + shown.length) % shown.length];
  if (next) open(one(".picture", next));
};

const keys = {
  ArrowLeft: () => show(at - 1), ArrowRight: () => show(at + 1),
  Home: () => show(0), End: () => show(pictures.length - 1),
  PageUp: () => other(-1), PageDown: () => other(1),
  c: compare, z: () => zoom(),
};

export const startLarge = () => {
  document.addEventListener("click", (event) => {
    const picture = event.target.closest(".picture");
    if (picture) open(picture);
  });
  one("#close").addEventListener("click", () => large.close());
  one("#back").addEventListener("click", () => show(at - 1));
  one("#next").addEventListener("click", () => show(at + 1));
  one("#compare").addEventListener("click", compare);
  one("#zoom").addEventListener("click", () => zoom());
  large.addEventListener("close", () => pictures[at]?.isConnected && pictures[at].focus());
  large.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key];
    if (act) { act(); event.preventDefault(); }
  });
  let start = null;
  const isOnControls = ({ target, clientY }) => target.matches("video") && clientY > target.getBoundingClientRect().bottom - 80;
  stage.addEventListener("pointerdown", (event) => { start = isOnControls(event) ? null : event; });
  stage.addEventListener("pointerup", (event) => {
    if (!start) return;
    const moved = event.clientX - start.clientX;
    start = null;
    if (large.classList.contains("zoomed")) { if (Math.abs(moved) < 6) zoom(false); return; }
    if (Math.abs(moved) > 60) show(at + (moved < 0 ? 1 : -1));
    else if (Math.abs(moved) < 6 && event.target.matches("img")) zoom(true);
  });
};
