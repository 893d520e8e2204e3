// Answers one JSON request a line: the benchmark's hand inside a node process that stays alive.
// node sharp_server.mjs FOLDER_WITH_NODE_MODULES
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";

const sharp = createRequire(path.resolve(process.argv[2]) + "/")("sharp");
sharp.cache(false); // photos repeat here, on a site they do not
const sources = new Map();

function source(file) {
  if (!sources.has(file)) sources.set(file, fs.readFileSync(file));
  return sources.get(file);
}

const jpeg = (image, quality) => image.jpeg({ quality }).toBuffer();

const ways = {
  // a decode for each size, both at once
  async each(data, sizes) {
    return Promise.all(sizes.map(([width, q]) => jpeg(sharp(data).resize(width), q)));
  },
  // a decode for each size, one after the other
  async turns(data, sizes) {
    for (const [width, q] of sizes) await jpeg(sharp(data).resize(width), q);
  },
  // one input, cloned
  async clone(data, sizes) {
    const input = sharp(data);
    return Promise.all(sizes.map(([width, q]) => jpeg(input.clone().resize(width), q)));
  },
  // one decode by hand: the smaller sizes are made of the raw pixels of the largest
  async shared(data, sizes) {
    const largest = Math.max(...sizes.map(([width]) => width));
    const made = await sharp(data).resize(largest).raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = made.info;
    const raw = () => sharp(made.data, { raw: { width, height, channels } });
    return Promise.all(
      sizes.map(([wide, q]) => jpeg(wide === largest ? raw() : raw().resize(wide), q)),
    );
  },
};

async function batch({ files, sizes, way, concurrency, inFlight }) {
  sharp.concurrency(concurrency);
  const data = files.map(source);
  const start = process.hrtime.bigint();
  let next = 0;
  const worker = async () => {
    while (next < data.length) await ways[way](data[next++], sizes);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9 };
}

async function make({ file, width, quality, out }) {
  fs.writeFileSync(out, await jpeg(sharp(source(file)).resize(width), quality));
  return {};
}

const version = () => ({ version: sharp.versions.sharp, vips: sharp.versions.vips });
const commands = { batch, make, version };

for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  console.log(JSON.stringify(await commands[request.command](request)));
}
