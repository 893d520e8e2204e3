import { startFinding } from "./find.js";
import { startLarge } from "./large.js";
import { startLoops } from "./loops.js";
import { one, say } from "./words.js";

const toast = (text) => {
  const box = one("#told") ?? document.body.appendChild(document.createElement("p"));
  box.id = "told";
  box.setAttribute("role", "status");
  box.textContent = text;
  setTimeout(() => { if (box.textContent === text) box.textContent = ""; }, 4000);
};

const copy = async (card) => {
  try {
    await navigator.clipboard.writeText(card.dataset.page);
    toast(say("Copied: {path}", { path: card.dataset.page }));
  } catch {
    toast(card.dataset.page);
  }
};

/* The menu of all cards: what can be done with an exercise, as links, and buttons whose acts are found by `data-do`. */
const menu = document.createElement("ul");
Object.assign(menu, { id: "menu", popover: "auto" });

const fillMenu = (card) => {
  const web = one("h2 a", card)?.href;
  menu.replaceChildren();
  const put = (name, text, more) => {
    const item = document.createElement("li"), element = document.createElement(name);
    Object.assign(element, { textContent: say(text), ...more });
    item.append(element);
    menu.append(item);
    return element;
  };
  const elsewhere = { target: "_blank", rel: "noopener" };
  if (web) put("a", "Show the page on the web", { href: web, ...elsewhere });
  put("a", "Show the file", { href: card.dataset.file, ...elsewhere });
  const acts = { copy: "Copy the path" };
  if (document.body.classList.contains("desk")) {
    acts.open = "Open in an editor";
    if (card.dataset.digest) acts.add = "Add photos";
  }
  for (const [act, text] of Object.entries(acts)) put("button", text, { type: "button" }).dataset.do = act;
};

/* Bring the menu to the button that is about to open it, or to close it again. */
const bringMenu = (button) => {
  if (menu.previousElementSibling === button && menu.matches(":popover-open")) return;
  fillMenu(button.closest(".card"));
  button.after(menu);
  const { bottom, right } = button.getBoundingClientRect();
  menu.style.inset = `${bottom + scrollY}px ${document.documentElement.clientWidth - right}px auto auto`;
};

export const startPage = () => {
  one("#theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  one("#weights").addEventListener("click", ({ target }) => {
    target.setAttribute("aria-pressed", document.body.classList.toggle("weights"));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".menu"), chosen = event.target.closest("#menu a, #menu button");
    if (button) bringMenu(button);
    if (chosen?.dataset.do === "copy") copy(chosen.closest(".card"));
    if (chosen) menu.hidePopover();
  });
  startFinding();
  startLarge();
  startLoops();
};

startPage();
