import { current } from "./large.js";
import { all, one, say } from "./words.js";

const lessMotion = matchMedia("(prefers-reduced-motion: reduce)");
const view = one("#large"), moveButton = one("#move");
const LOOP_STEP = .1; // seconds by which , and . go

const filmOf = (button) => {
  const film = document.createElement("video");
  Object.assign(film, { muted: true, loop: true, playsInline: true, src: button.dataset.loop });
  film.setAttribute("aria-label", button.querySelector("img").alt);
  return film;
};

/* On a card: over the first step, as long as the pointer or the focus is there. */
const beginLoop = ({ target }) => {
  const button = target.closest?.(".picture[data-loop]");
  if (!button || lessMotion.matches || one("video", button)) return;
  const film = filmOf(button);
  film.autoplay = true;
  button.append(film);
};

const endLoop = ({ target, relatedTarget }) => {
  const button = target.closest?.(".picture[data-loop]");
  if (button && !button.contains(relatedTarget)) one("video", button)?.remove();
};

/* In the large view: in place of the steps, which the arrows bring back. A film stands there at once. */
const isFilm = (button) => "film" in button.closest("li").dataset;
const loopHere = () => {
  const shown = current();
  if (!shown || shown.button.dataset.loop) return shown?.button;
  return all(".picture[data-loop]", shown.card).find((each) => !isFilm(each));
};

const stopLoop = () => {
  one(".stage video", view)?.remove();
  view.classList.remove("moving");
  moveButton.setAttribute("aria-pressed", false);
  moveButton.hidden = !loopHere();
};

const toggleLoop = () => {
  const button = loopHere(), was = one(".stage video", view);
  stopLoop();
  if (!button || (was && !isFilm(button))) return;
  const film = filmOf(button);
  film.controls = true;
  film.autoplay = !lessMotion.matches;
  one(".stage", view).prepend(film);
  view.classList.add("moving");
  moveButton.setAttribute("aria-pressed", true);
};

const begin = () => {
  stopLoop();
  const shown = current();
  if (shown && isFilm(shown.button) && one("#other", view).hidden) toggleLoop();
};

const stepLoop = (by) => {
  const film = one(".stage video", view);
  if (!film?.duration) return;
  film.pause();
  film.currentTime = (film.currentTime + by + film.duration) % film.duration;
};

const moves = { m: toggleLoop, ".": () => stepLoop(LOOP_STEP), ",": () => stepLoop(-LOOP_STEP) };

export const startLoops = () => {
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, beginLoop);
  for (const name of ["pointerout", "focusout"]) document.addEventListener(name, endLoop);
  moveButton.title = say("m, then , and . step by step");
  moveButton.addEventListener("click", toggleLoop);
  view.addEventListener("shown", begin);
  view.addEventListener("close", stopLoop);
  view.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) { moves[event.key](); event.preventDefault(); }
  });
};
