// Prints the sizes that sharp gives to blank pictures.
// node sharp_sizes.mjs FOLDER_WITH_NODE_MODULES CASES.json
// CASES.json: {"fit": "cover", "cases": [[[width, height], [frame width, frame height]], ...]}
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [modules, list] = process.argv.slice(2);
const sharp = createRequire(path.resolve(modules) + "/")("sharp");
const { fit, cases } = JSON.parse(fs.readFileSync(list, "utf8"));

async function size([[width, height], [wide, high]]) {
  const blank = { create: { width, height, channels: 3, background: "#888" } };
  const source = await sharp(blank).png({ compressionLevel: 0 }).toBuffer();
  const options = { withoutEnlargement: true };
  if (fit !== "height") options.width = wide;
  if (fit !== "width") options.height = high;
  if (fit !== "width" && fit !== "height") options.fit = fit;
  const { info } = await sharp(source).resize(options).raw().toBuffer({ resolveWithObject: true });
  return [info.width, info.height];
}

const sizes = [];
for (const each of cases) sizes.push(await size(each));
console.log(JSON.stringify(sizes));
