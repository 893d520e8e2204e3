import { act, ofCard, uploadAll } from "./acts.js";
import { open } from "./large.js";
import { one } from "./words.js";

const isFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const pictureAt = (page, source) => {
  const card = [...document.querySelectorAll(".card")].find((each) => each.dataset.page === page);
  const item = [...(card?.querySelectorAll("li[data-source]") ?? [])].find((each) => each.dataset.source === source);
  return one(".picture", item ?? card ?? document.createElement("p"));
};

const lookAt = (done) => {
  const picture = done.picture && pictureAt(done.page, done.picture);
  if (!picture) return;
  picture.scrollIntoView({ block: "center" });
  open(picture);
  one("#alt").focus();
  one("#alt").select();
};

const add = async (card, files) => {
  if (!files.length || !card.dataset.digest) return;
  const uploads = await uploadAll([...files]);
  const done = uploads && await act("add", ofCard(card, () => ({ uploads })));
  if (done) lookAt(done);
};

const startNew = () => {
  const dialog = one("#create"), form = one("form", dialog);
  one("#new").addEventListener("click", () => dialog.showModal());
  one("[value=cancel]", dialog).addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const uploads = await uploadAll([...one("#photos").files]);
    const done = uploads && await act("new", { text: one("#title").value, uploads });
    if (!done) return; // what was written stays
    form.reset();
    dialog.close();
    lookAt(done);
  });
};

export const startPhotos = () => {
  let target = null;
  const more = one("#more");
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-do=add]")) return;
    target = event.target.closest(".card");
    more.click();
  });
  more.addEventListener("change", async () => {
    const files = [...more.files];
    more.value = "";
    await add(target, files);
  });
  let over = null;
  const mark = (card) => {
    if (over !== card) { over?.classList.remove("over"); card?.classList.add("over"); over = card; }
  };
  addEventListener("dragover", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault(); // else the browser leaves the desk to show the photo
    mark(event.target.closest(".card[data-digest]:not([data-digest=''])"));
  });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(null); });
  addEventListener("drop", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    const card = over;
    mark(null);
    if (card) add(card, event.dataTransfer.files);
  });
  startNew();
};
