import { act } from "./acts.js";
import { all, one, say } from "./words.js";

const dialog = one("#copies"), place = one(".group", dialog), top = one("#dupes");
let groups = [], at = 0;

const button = (name) => one(`[value=${name}]`, dialog);
const modes = ["blink", "difference"];
const show = (mode) => {
  for (const each of modes) {
    const on = each === mode && !dialog.classList.contains(each);
    dialog.classList.toggle(each, on);
    button(each).setAttribute("aria-pressed", on);
  }
};

const mark = () => {
  one(".none", dialog).hidden = groups.length > 0;
  one("#copies-n").textContent = groups.length ? say("{n} of {all}", { n: at + 1, all: groups.length }) : "";
  for (const each of ["accept", ...modes]) button(each).disabled = !groups.length;
  button("back").disabled = at === 0;
  button("next").disabled = at >= groups.length - 1;
};

const put = () => {
  at = Math.max(0, Math.min(at, groups.length - 1));
  place.innerHTML = groups[at]?.html ?? "";
  mark();
};

const load = async () => {
  const shown = groups[at]?.id, answer = await fetch(`duplicates?lang=${document.documentElement.lang}`);
  groups = (await answer.json()).groups;
  const same = groups.findIndex((each) => each.id === shown);
  if (same >= 0) at = same;
  if (same < 0 || !place.firstChild) put();
  else mark();
};

const open = async (source = "") => {
  show("");
  place.replaceChildren();
  await load();
  if (source) at = Math.max(0, groups.findIndex((each) => each.html.includes(`data-keep="${CSS.escape(source)}"`)));
  put();
  if (!dialog.open) dialog.showModal();
};

const step = (by) => { at += by; show(""); put(); };

const settle = async (name, picture = "") => {
  const done = groups[at] && await act(name, { picture, digest: groups[at].id });
  if (done) await load();
};

/* How many groups there are, which a look at the site may find later. */
export const count = (number) => {
  one("b", top).textContent = number;
  top.hidden = !number && !dialog.open;
  if (dialog.open) load();
};

const keys = {
  ArrowLeft: () => at > 0 && step(-1), ArrowRight: () => at < groups.length - 1 && step(1),
  b: () => show("blink"), d: () => show("difference"),
};

export const startCopies = () => {
  top.addEventListener("click", () => open());
  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-do=copies]");
    if (copy) open(copy.dataset.copy);
  });
  dialog.addEventListener("click", ({ target }) => {
    if (target.dataset.keep) settle("keep", target.dataset.keep);
    const acts = {
      back: () => step(-1), next: () => step(1), close: () => dialog.close(),
      blink: () => show("blink"), difference: () => show("difference"), accept: () => settle("accept"),
    };
    acts[target.value]?.();
  });
  dialog.addEventListener("keydown", (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
    if (!act) return;
    act();
    event.preventDefault();
  });
};
