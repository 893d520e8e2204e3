import { act, ofCard, send } from "./acts.js";
import { one, say } from "./words.js";

const dialog = one("#videos"), list = one("#found"), status = one("#videos-n"), field = one("#video"), main = one("main");
let card = "", video = "", asked = 0;

const clock = (seconds) => {
  if (seconds === null) return "";
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts.map((each) => String(each).padStart(2, "0"));
  return parts[0] ? `${parts[0]}:${minutes}:${rest}` : `${parts[1]}:${rest}`;
};

const element = (name, text = "", more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });

const row = (found, lang) => {
  const item = element("li"), about = element("p"), reasons = element("small", found.reasons, { lang });
  const link = element("a", found.title, { href: found.address, target: "_blank", rel: "noopener" });
  const image = element("img", "", { src: found.thumbnail, alt: "", width: 160, height: 90 });
  image.addEventListener("error", () => { image.hidden = true; });
  about.append(link, element("br"), [found.channel, clock(found.duration)].filter(Boolean).join(" · "), element("br"), reasons);
  const use = element("button", say("Use it"), { type: "button" });
  use.addEventListener("click", () => replace(found.address, found.keeps_start));
  item.append(image, about, use);
  return item;
};

const replace = async (text, keeps_start = false) => {
  const done = await act("video", ofCard(document.getElementById(card) ?? main, () => ({ video, text, keeps_start })));
  if (done) dialog.close();
};

const search = async () => {
  const number = (asked += 1);
  list.replaceChildren();
  status.textContent = say("Asking YouTube; this takes up to a minute …");
  const found = await send("candidates", JSON.stringify({ video }));
  if (number !== asked) return; // another video was asked about since
  const why = document.createElement("span");
  status.textContent = found?.candidates.length ? found.title : say("Nothing was found.");
  why.textContent = found?.note ? ` ${found.note}.` : "";
  why.lang = found?.lang ?? "";
  status.append(why);
  list.replaceChildren(...(found?.candidates ?? []).map((each) => row(each, found.lang)));
};

export const startVideos = () => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do=video]");
    if (!button) return;
    card = button.closest(".card").id;
    video = button.dataset.video;
    field.value = "";
    dialog.showModal();
    search();
  });
  one("[value=close]", dialog).addEventListener("click", () => dialog.close());
  one("form", dialog).addEventListener("submit", (event) => {
    event.preventDefault();
    replace(field.value);
  });
  dialog.addEventListener("close", () => { asked += 1; });
};
