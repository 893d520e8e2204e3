import { startFinding } from "./find.js";
import { startLarge } from "./large.js";
import { startLoops } from "./loops.js";
import { all, one, say } from "./words.js";

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

/* What can be done with an exercise: links, and buttons whose acts are found by `data-do`. */
const fillMenu = (menu) => {
  const card = menu.closest(".card"), web = one("h2 a", card)?.href, list = document.createElement("ul");
  const put = (name, text, more) => {
    const item = document.createElement("li"), element = document.createElement(name);
    Object.assign(element, { textContent: say(text), ...more });
    item.append(element);
    list.append(item);
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
  menu.append(list);
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
    const button = event.target.closest("[data-do=copy]");
    if (button) copy(button.closest(".card"));
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target) || button) menu.open = false;
  });
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches("details.menu") && !one("ul", target)) fillMenu(target);
  }, true);
  startFinding();
  startLarge();
  startLoops();
};

startPage();
