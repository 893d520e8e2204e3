import { all, one } from "./words.js";

const main = one("main"), ABOUT = 6; // cards in a group, as the server has it

/* Full rows, in groups that are small enough to come up at once. */
const size = () => {
  const columns = Number(getComputedStyle(main).getPropertyValue("--columns")) || 1;
  return columns * Math.max(1, Math.round(ABOUT / columns));
};

const knows = "ContentVisibilityAutoStateChangeEvent" in window; // else pictures load as `loading` says
const isNear = (element) => !knows || element.checkVisibility({ contentVisibilityAuto: true });

/* Load pictures. Of those that are not near the browser need not even look where they are; those below the screen wait until the page is loaded. */
export const bring = (from) => {
  for (const image of all("img[data-src]", from)) {
    const { src, srcset } = image.dataset;
    image.loading = knows && document.readyState === "complete" ? "eager" : "lazy";
    image.decoding = "async";
    image.draggable = false; // else it is dragged in place of its entry
    if (srcset) image.srcset = srcset;
    image.src = src;
    delete image.dataset.src;
  }
};

/* Only of groups that are near already: others tell when they are. */
const bringNear = (groups) => groups.filter((group) => all(".card:not([hidden])", group).some(isNear)).forEach(bring);

/* Let the groups show these cards in this order. Those that are hidden stay where they are, as all that are in their place. */
export const lay = (shown) => {
  const focused = document.activeElement, groups = all(".cards", main), length = size();
  while (groups.length * length < shown.length) {
    const group = document.createElement("div");
    group.className = "cards";
    one("main > .none").before(group);
    groups.push(group);
  }
  const home = new Map(shown.map((card, index) => [card, groups[Math.floor(index / length)]]));
  const changed = new Set();
  groups.forEach((group, at) => {
    const wanted = shown.slice(at * length, (at + 1) * length);
    group.hidden = !wanted.length;
    group.style.setProperty("--n", wanted.length);
    let next = group.firstElementChild;
    for (const card of wanted) {
      while (next && home.get(next) !== group) next = next.nextElementSibling;
      if (card === next) next = card.nextElementSibling;
      else { group.insertBefore(card, next); changed.add(group); }
    }
  });
  bringNear([...changed]);
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
};

export const startGroups = () => {
  bringNear(all(".cards", main));
  document.addEventListener("contentvisibilityautostatechange", ({ target, skipped }) => skipped || bring(target));
  addEventListener("beforeprint", () => bring(main));
  let was = size();
  addEventListener("resize", () => {
    if (was === size()) return;
    was = size();
    lay(all(".card:not([hidden])", main));
  });
};
