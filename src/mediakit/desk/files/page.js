import { startFinding } from "./find.js";
import { startLarge } from "./large.js";
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
  startFinding();
  startLarge();
};

startPage();
