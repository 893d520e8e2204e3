import { keepSaying, tell } from "./acts.js";
import { count } from "./copies.js";
import { filter } from "./find.js";
import { bring } from "./groups.js";
import { reopen } from "./large.js";
import { one, say } from "./words.js";

let version = Number(document.documentElement.dataset.version), running = null, isAsked = false;

const focused = () => {
  const card = document.activeElement?.closest?.(".card"), item = document.activeElement?.closest?.("li[data-source]");
  return card && { id: card.id, source: item?.dataset.source };
};

const put = ({ ids, cards }) => {
  const main = one("main"), before = focused();
  for (const [id, html] of Object.entries(cards)) {
    const card = document.createRange().createContextualFragment(html).firstElementChild;
    const old = document.getElementById(id);
    const wasOpen = old?.querySelector(".problems")?.open;
    if (old && !one("img[data-src]", old)) bring(card);
    if (old) old.replaceWith(card);
    else main.insertBefore(card, one("main > .none"));
    if (wasOpen) { const problems = one(".problems", card); if (problems) problems.open = true; }
  }
  const known = new Set(ids);
  for (const card of main.querySelectorAll(".card")) if (!known.has(card.id)) card.remove();
  filter();
  reopen();
  if (before && document.activeElement === document.body) {
    const card = document.getElementById(before.id);
    const item = [...(card?.querySelectorAll("li[data-source]") ?? [])].find((each) => each.dataset.source === before.source);
    one(".picture", item ?? card ?? document)?.focus();
  }
};

const fetchNews = async () => {
  const address = `cards?since=${version}&lang=${document.documentElement.lang}`;
  const news = await (await fetch(address)).json();
  if (news.version !== version) put(news);
  version = news.version;
  one("#news").textContent = news.state;
  count(news.duplicates);
};

/* Show the cards as they are now. A call while an answer is on its way asks once more: that answer may be older. */
export const refresh = () => {
  isAsked = true;
  running ??= (async () => {
    while (isAsked) { isAsked = false; await fetchNews(); }
  })().catch(() => { setTimeout(refresh, 2000); }).finally(() => { running = null; });
  return running;
};

export const startLive = () => {
  const events = new EventSource("events");
  events.addEventListener("message", ({ data }) => { if (Number(data) !== version) refresh(); });
  const { classList } = document.body;
  events.addEventListener("open", () => {
    if (classList.contains("lost")) { keepSaying(""); tell(say("The desk answers again.")); }
    classList.remove("lost");
  });
  events.addEventListener("error", () => {
    const text = say("The desk does not answer. What you see may be old; it goes on by itself once the desk answers. If mediakit desk was closed, start it, and open the address that it prints.");
    if (!classList.contains("lost")) keepSaying(text);
    classList.add("lost");
    one("#news").textContent = text;
  });
  events.addEventListener("open", () => refresh());
};
