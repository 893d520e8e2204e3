// What one would write by hand: makes a list of variants with sharp, and nothing else.
// node sharp_script.mjs FOLDER_WITH_NODE_MODULES LIST.json WAY CONCURRENCY IN_FLIGHT
// LIST.json: {"quality": 82, "pictures": [["source.jpg", [["variant.jpg", 320], ...]], ...]}
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [modules, list, way, concurrency, inFlight] = process.argv.slice(2);
const sharp = createRequire(path.resolve(modules) + "/")("sharp");
sharp.concurrency(Number(concurrency));
const { quality, pictures } = JSON.parse(fs.readFileSync(list, "utf8"));
const save = (image, out) => image.jpeg({ quality }).toFile(out);

async function each(source, variants) {
  await Promise.all(variants.map(([out, width]) => save(sharp(source).resize(width), out)));
}

async function shared(source, variants) {
  if (variants.length === 1) return each(source, variants);
  const largest = Math.max(...variants.map(([, width]) => width));
  const made = await sharp(source).resize(largest).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = made.info;
  const raw = () => sharp(made.data, { raw: { width, height, channels } });
  await Promise.all(
    variants.map(([out, wide]) => save(wide === largest ? raw() : raw().resize(wide), out)),
  );
}

const ways = { each, shared };
let next = 0;
async function worker() {
  while (next < pictures.length) await ways[way](...pictures[next++]);
}
await Promise.all(Array.from({ length: Number(inFlight) }, worker));
