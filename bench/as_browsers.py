#!/usr/bin/env python3
"""Count how many pictures of a folder come out as Chromium shows them.

    python bench/as_browsers.py FOLDER [--width 320] [--only TEXT] [--sheet FILE.png]

Each picture becomes a variant, of its own format as in a site (AVIF as WebP, which is quicker), and
Chromium draws both. They are the same if both are drawn and the means of up to 48 x 48 areas, of
4 x 4 pixels or more, differ by less than 3 of 255, none by more than 40. What comes of each:

- same: as above, or refused where the browser shows nothing either;
- limit: shown by the browser, and refused for a reason that docs/reference/pictures.md has;
- unjudged: made of a format that the browser does not show, such as TIFF and HEIC;
- more: made, though the browser shows nothing;
- refused, other: wrong.

Each line that is not "same" says why. `--sheet` draws all of them, source beside variant, on a
checkerboard, to be looked at. Needs Chromium and Playwright. For suites that others publish, clone
them and name the folder.
"""

from __future__ import annotations

import argparse
import html
import re
import shutil
import threading
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from mediakit.base.actions import Failure
from mediakit.base.formats import FORMATS, format_of
from mediakit.images.preset import Preset
from mediakit.images.recipes.resize import variant_paths
from mediakit.images.render import PictureSource, render

ENDINGS = {ending for each in FORMATS for ending in each.endings if each.name != "SVG"}
ENDINGS |= {".jxl", ".jp2", ".j2k", ".ico", ".psd", ".avifs", ".hif", ".mpo", ".dib", ".apng"}
LIMITS = re.compile(
    r"truncated|may be garbage|inside of a BMP|like a fax|over the limit|save it (as|with)"
    r"|no known kind"
)
MEAN, WORST = 3, 40
BATCH = 60

JUDGE = """async (pairs) => {
  const load = url => new Promise(done => {
    const image = new Image();
    const stop = setTimeout(() => done(null), 20000);
    image.onload = () => { clearTimeout(stop); done(image.naturalWidth ? image : null); };
    image.onerror = () => { clearTimeout(stop); done(null); };
    image.src = url;
  });
  const weights = (from, to) => Array.from({length: to}, (_, cell) => {
    const [start, end] = [cell * from / to, (cell + 1) * from / to];
    const found = [];
    for (let at = Math.floor(start); at < Math.min(from, Math.ceil(end)); at++)
      found.push([at, (Math.min(at + 1, end) - Math.max(at, start)) / (end - start)]);
    return found;
  });
  const areas = (image, columns, rows, flat) => {
    const scale = Math.min(1, 1600 / Math.max(image.naturalWidth, image.naturalHeight));
    const [width, height] = [image.naturalWidth, image.naturalHeight]
      .map(side => Math.max(1, Math.round(side * scale)));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d", {willReadFrequently: true});
    context.imageSmoothingQuality = "high";
    if (flat) { context.fillStyle = "white"; context.fillRect(0, 0, width, height); }
    context.drawImage(image, 0, 0, width, height);
    const data = context.getImageData(0, 0, width, height).data;
    const across = weights(width, columns), down = weights(height, rows);
    const sums = new Float64Array(columns * rows * 4);
    down.forEach((lines, row) => lines.forEach(([y, high]) => across.forEach((cells, column) =>
      cells.forEach(([x, wide]) => {
        const at = 4 * (y * width + x), to = 4 * (row * columns + column);
        const alpha = data[at + 3] / 255, weight = high * wide;
        for (let band = 0; band < 3; band++) sums[to + band] += weight * data[at + band] * alpha;
        sums[to + 3] += weight * data[at + 3];
      }))));
    return sums;
  };
  const found = [];
  for (const [source, variant, flat] of pairs) {
    const [one, other] = [await load(source), variant ? await load(variant) : null];
    if (!one || !other) { found.push([!!one, !!other, 0, 0]); continue; }
    const shape = [one, other].map(each => each.naturalWidth / each.naturalHeight);
    const bent = Math.abs(shape[0] / shape[1] - 1)
      * Math.min(other.naturalWidth, other.naturalHeight);
    const [columns, rows] = [other.naturalWidth, other.naturalHeight]
      .map(side => Math.min(48, Math.ceil(side / 4)));
    const [a, b] = [one, other].map(each => areas(each, columns, rows, flat));
    let mean = 0, worst = 0;
    a.forEach((value, at) => {
      const off = Math.abs(value - b[at]);
      mean += off / a.length; worst = Math.max(worst, off);
    });
    found.push([true, true, bent > 2 ? 255 : mean, worst]);
  }
  return found;
}"""


@dataclass
class Tried:
    """A picture, and what was made of it."""

    path: Path
    data: bytes
    variant: bytes = b""
    ending: str = ""
    refusal: str = ""
    verdict: str = ""

    def make(self, width: int) -> None:
        """Make the variant, or keep why there is none."""
        preset = Preset("tried", (), "-tried", width=width, quality=95)
        ending = self.path.suffix.lower()
        ending = ".webp" if ending in {".avif", ".avifs"} else ending
        (path,) = variant_paths(f"variant{ending}" if format_of(f"a{ending}") else "a.jpg", preset)
        source = PictureSource(self.data)
        (made,) = render(source, [(path, preset)])
        if isinstance(made, Failure):
            self.refusal = made.message
        else:
            self.variant, self.ending = made.data, Path(path).suffix

    def judge(self, shown: int, made: int, mean: float, worst: float) -> None:
        """Judge by what the browser has drawn, and by how much it differs."""
        if not shown:
            self.verdict = "same" if self.refusal else "unjudged" if is_foreign(self) else "more"
        elif self.refusal:
            self.verdict = "limit" if LIMITS.search(self.refusal) else "refused"
        else:
            is_same = made and mean < MEAN and worst <= WORST
            self.verdict = "same" if is_same else "other"
        if self.verdict != "same":
            what = self.refusal or (f"mean {mean:.1f}, worst {worst:.0f}" if shown else "")
            print(f"{self.verdict:9}{self.path}: {what}", flush=True)


def is_foreign(tried: Tried) -> bool:
    """Return whether browsers show no pictures of this format."""
    kinds = {each.name for each in FORMATS if not each.shown}
    return PictureSource(tried.data).size.format in kinds


def server(tried: list[Tried]) -> ThreadingHTTPServer:
    """Serve sources and variants by number, so that a page may read their pixels."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, kind, number = [*self.path.split("/"), "", ""][:3]
            body = sheet_of(tried) if kind == "sheet" else b"<!doctype html>"
            if number.isdigit():
                each = tried[int(number)]
                body = each.data if kind == "source" else each.variant
            self.send_response(200)
            self.send_header("Content-Type", "image/*" if number.isdigit() else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made


SHEET = """<!doctype html><style>
body {display: flex; flex-wrap: wrap; margin: 4px; font: 10px sans-serif}
figure {margin: 2px; width: 194px; overflow: hidden} figcaption {height: 24px; overflow: hidden}
img {width: 95px; height: 95px; object-fit: contain;
  background: repeating-conic-gradient(#bbb 0 25%, #fff 0 50%) 0 0/16px 16px}
</style>"""


def sheet_of(tried: list[Tried]) -> bytes:
    """Return the page of the contact sheet."""
    figures = (
        f"<figure><img src='/source/{at}'> <img src='/variant/{at}'>"
        f"<figcaption>{html.escape(f'{each.path.name} {each.verdict}')}</figcaption></figure>"
        for at, each in enumerate(tried)
    )
    return (SHEET + "".join(figures)).encode()


def judge_all(tried: list[Tried], sheet: Path | None) -> None:
    """Let Chromium draw all, and judge each; draw the contact sheet where one is asked for."""
    pages = server(tried)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--force-color-profile=srgb"]
        )
        for start in range(0, len(tried), BATCH):
            part = tried[start : start + BATCH]
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{pages.server_port}/")
            pairs = [
                [f"/source/{at}", f"/variant/{at}" if each.variant else "",
                 each.ending in {".jpg", ".jpeg", ".bmp"}]
                for at, each in enumerate(part, start)
            ]  # fmt: skip
            for each, answer in zip(part, page.evaluate(JUDGE, pairs), strict=True):
                each.judge(*answer)
            page.close()
        if sheet is not None:
            page = browser.new_page(viewport={"width": 1600, "height": 900})
            page.goto(f"http://127.0.0.1:{pages.server_port}/sheet/all/x")
            page.screenshot(path=sheet, full_page=True)
        browser.close()
    pages.shutdown()


def main() -> None:
    """Run the count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--only", default="")
    parser.add_argument("--sheet", type=Path)
    args = parser.parse_args()
    tried = [
        Tried(path, path.read_bytes())
        for path in sorted(args.folder.rglob("*"))
        if path.is_file() and path.suffix.lower() in ENDINGS and args.only in str(path)
    ]
    for each in tried:
        each.make(args.width)
    judge_all(tried, args.sheet)
    folders = sorted({each.path.relative_to(args.folder).parts[0] for each in tried})
    for name in (*folders, ""):
        part = [each for each in tried if not name or each.path.is_relative_to(args.folder / name)]
        counts = Counter(each.verdict for each in part)
        good = sum(counts[each] for each in ("same", "limit", "unjudged"))
        print(f"{name or 'all'}: {len(part)}, right {good / max(1, len(part)):.1%}, {dict(counts)}")


if __name__ == "__main__":
    main()
