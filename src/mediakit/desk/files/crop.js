import { act, ofCard, send } from "./acts.js";
import { current } from "./large.js";
import { one } from "./words.js";

const stage = one(".stage"), image = one("#one"), tools = one(".cropping"), buttons = one("#panel .acts");
const frame = stage.appendChild(document.createElement("div"));
frame.id = "frame";
frame.tabIndex = 0;
frame.hidden = true;
const corner = frame.appendChild(document.createElement("i")); // takes the frame to any shape
let box = [0, 0, 1, 1], wanted = null;

/* Where the picture is within its element, which it does not fill. */
const area = () => {
  const { clientWidth: width, clientHeight: height, naturalWidth, naturalHeight } = image;
  const scale = Math.min(width / naturalWidth, height / naturalHeight);
  const w = naturalWidth * scale, h = naturalHeight * scale;
  return { left: image.offsetLeft + (width - w) / 2, top: image.offsetTop + (height - h) / 2, w, h };
};

const draw = () => {
  const { left, top, w, h } = area();
  const [x, y, width, height] = box;
  frame.style.cssText = `left:${left + x * w}px;top:${top + y * h}px;width:${width * w}px;height:${height * h}px`;
};

const within = (value, most) => Math.max(0, Math.min(value, most));
const shift = (x, y) => {
  box = [within(box[0] + x, 1 - box[2]), within(box[1] + y, 1 - box[3]), box[2], box[3]];
  draw();
};
const grow = (factor) => {
  const most = Math.min(1 / box[2], 1 / box[3]), by = Math.min(factor, most);
  if (box[2] * by < 0.15 || box[3] * by < 0.15) return;
  const [x, y, w, h] = box;
  box = [within(x + (w - w * by) / 2, 1 - w * by), within(y + (h - h * by) / 2, 1 - h * by), w * by, h * by];
  draw();
};
/* Move the lower right corner alone. */
const stretch = (x, y) => {
  box = [box[0], box[1], Math.max(0.15, Math.min(box[2] + x, 1 - box[0])), Math.max(0.15, Math.min(box[3] + y, 1 - box[1]))];
  draw();
};

const end = () => { frame.hidden = tools.hidden = true; buttons.hidden = false; wanted = null; };

export const startCropping = async (card, button) => {
  const source = button.closest("li").dataset.source;
  const answer = await send(`crop?picture=${encodeURIComponent(source)}`);
  if (!answer) return;
  box = answer.box;
  wanted = { card, picture: source };
  frame.hidden = tools.hidden = false;
  buttons.hidden = true;
  draw();
  frame.focus();
};

const stretching = {
  ArrowLeft: () => stretch(-0.02, 0), ArrowRight: () => stretch(0.02, 0),
  ArrowUp: () => stretch(0, -0.02), ArrowDown: () => stretch(0, 0.02),
};
const keys = {
  ArrowLeft: () => shift(-0.02, 0), ArrowRight: () => shift(0.02, 0),
  ArrowUp: () => shift(0, -0.02), ArrowDown: () => shift(0, 0.02),
  "+": () => grow(1.06), "-": () => grow(1 / 1.06), Enter: () => one("#keep").click(), Escape: end,
};

frame.addEventListener("keydown", (event) => {
  const key = (event.shiftKey && stretching[event.key]) || keys[event.key];
  event.stopPropagation();
  if (key) { key(); event.preventDefault(); }
});
frame.addEventListener("wheel", (event) => { grow(event.deltaY < 0 ? 1.04 : 1 / 1.04); event.preventDefault(); }, { passive: false });
let from = null, pulled = null;
frame.addEventListener("pointerdown", (event) => {
  from = event;
  pulled = event.target;
  frame.setPointerCapture(event.pointerId);
  event.stopPropagation();
});
frame.addEventListener("pointermove", (event) => {
  if (!from) return;
  const { w, h } = area();
  (pulled === corner ? stretch : shift)((event.clientX - from.clientX) / w, (event.clientY - from.clientY) / h);
  from = event;
});
frame.addEventListener("pointerup", (event) => { from = null; event.stopPropagation(); });
addEventListener("resize", () => wanted && draw());
one("#leave").addEventListener("click", end);
one("#keep").addEventListener("click", async () => {
  const { card, picture } = wanted, kept = box;
  end();
  await act("crop", ofCard(card, () => ({ picture, box: kept })));
});
one("#large").addEventListener("close", end);
one("#large").addEventListener("shown", () => {
  if (!wanted) return;
  const { card, button } = current(); // shown anew with news of it, or another one
  if (card.id === wanted.card.id && button.closest("li").dataset.source === wanted.picture) draw();
  else end();
});
