// Shortcodes that show the pictures of the site in all their sizes, and pictures of Markdown too.
// Register them in the configuration of Eleventy, version 2 or 3:
//
//   eleventyConfig.addPlugin(require("./mediakit.cjs"));                  in CommonJS
//   import mediakit from "./mediakit.cjs"; … addPlugin(mediakit);         in an ES module
//
// Options: url, the address of the site, for social; names, other names of shortcodes, such as
// { figure: "photoFigure" }; markdown: false leaves the pictures of Markdown as they are; play and
// pause, the words of the button of a film.
const fs = require("fs");
const path = require("path");

const FOLDER = path.join(__dirname, "@data@");
const ORDER = ["image/avif", "image/webp"];
const TYPES = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", gif: "image/gif", avif: "image/avif" };
const FILL = "width: 100%; height: auto";
const SCRIPT = String.raw`
@film@
`;

const escaped = (text) => String(text ?? "").replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
const attribute = (name, value) => (value ? ` ${name}="${escaped(value)}"` : "");

// Reads a document of mediakit, again whenever it has changed.
const documents = {};
function read(name) {
  const file = path.join(FOLDER, name);
  const changed = fs.existsSync(file) ? fs.statSync(file).mtimeMs : 0;
  if (documents[name]?.changed !== changed) {
    documents[name] = { changed, data: changed ? JSON.parse(fs.readFileSync(file, "utf8")) : {} };
  }
  return documents[name].data;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// The path of a page, from each of its folders on.
function tails(page) {
  const parts = page.inputPath.replace(/^\.\//, "").split("/");
  return parts.map((_, start) => parts.slice(start).join("/"));
}

const addressOf = (key) => "/" + key.split("/").map(encodeURIComponent).join("/");

module.exports = function (eleventyConfig, options = {}) {
  // The plugin HTML Base puts the path prefix before addresses by itself, but not in frames and <meta>.
  const prefixed = (address, always = false) => {
    const filter = eleventyConfig.getFilter("url");
    return filter && (always || !eleventyConfig.getFilter("htmlBaseUrl")) ? filter(address) : address;
  };
  const below = (address, always) => {
    const host = (read("mediakit.json").base_url || "").replace(/\/$/, "");
    return host ? host + address : prefixed(address, always);
  };

  // Finds what is known of a picture: /img/squat-0.jpg, squat-0.jpg beside the page, or a size of it.
  function find(named, page, always) {
    const data = read("mediakit.json");
    const pictures = data.pictures ?? {};
    const plain = String(named ?? "").split(/[?#]/)[0];
    const host = (data.base_url || "").replace(/\/$/, "");
    const keys = [];
    for (const home of [host, options.url?.replace(/\/$/, ""), prefixed("/", true).replace(/\/$/, ""), ""]) {
      if (home !== undefined && plain.startsWith(home + "/")) keys.push(plain.slice(home.length + 1));
    }
    if (plain && !keys.length && !plain.includes("://")) {
      const input = String(page?.inputPath ?? "").replace(/^\.\//, "");
      let folder = path.posix.dirname(input);
      keys.push(path.posix.normalize(path.posix.join(folder, plain)));
      while (folder.includes("/")) {
        folder = folder.slice(folder.indexOf("/") + 1);
        keys.push(path.posix.normalize(path.posix.join(folder, plain)));
      }
      keys.push(plain.replace(/^\.\//, ""));
    }
    for (const key of keys.flatMap((each) => [each, decoded(each)])) {
      const suffix = (data.suffixes ?? []).find((each) => key.includes(each + "."));
      const whole = Object.hasOwn(pictures, key) || !suffix ? key : key.replace(suffix + ".", ".");
      if (Object.hasOwn(pictures, whole)) {
        const clip = data.clips?.[whole]; // of a film or a GIF, whose picture is the poster
        const [src, full] = [clip?.poster ?? key, clip?.poster ?? whole].map((each) => below(addressOf(each), always));
        return { picture: pictures[whole], key: whole, clip, src, whole: full };
      }
    }
    const src = /^\/(?!\/)/.test(plain) ? prefixed(String(named), always) : String(named ?? "");
    return { picture: null, src, whole: src };
  }

  // A film that repeats, never so large that it looks blurred, or is higher than the window. It plays when a
  // visitor comes near; who has asked for less motion sees the poster, and a button. Without scripts, and where
  // the page asks for its sound, the browser's own buttons are there.
  function film({ width, height, poster, films = {}, picture, sound }, alt, style) {
    const size = ` width="${Number(width)}" height="${Number(height)}"`;
    const most = `max-width: min(100%, ${1.5 * Number(width)}px, 85vh * ${Number(width)} / ${Number(height)})`;
    const shown = `style="display: block; ${style}; ${most}"`;
    const words = ` alt="${escaped(alt)}"${size} loading="lazy"`;
    const [still, moving] = [poster, picture ?? ""].map((each) => escaped(below(addressOf(each))));
    const sources = Object.entries(films).map(([type, key]) =>
      `<source type="${escaped(type)}${type === "video/webm" ? "; codecs=av01.0.08M.08" : ""}" src="${escaped(below(addressOf(key)))}">`).join("");
    if (!sources) {
      return `<picture><source media="(prefers-reduced-motion: no-preference)" type="image/webp" srcset="${moving}">`
        + `<img src="${still}"${words} decoding="async" ${shown}></picture>`;
    }
    return `<video${sound ? "" : " loop muted"} playsinline controls preload="none"${size} poster="${still}" aria-label="${escaped(alt)}"`
      + ` data-play="${escaped(options.play || "Play")}" data-pause="${escaped(options.pause || "Pause")}"`
      + ` ${shown}>${sources}<img src="${still}"${words}></video>` + (sound ? "" : `<script>${SCRIPT}</script>`);
  }

  function image(page, named, { alt, sizes, title, kind, style = "", always }) {
    const { picture, src, clip } = find(named, page, always);
    const top = kind === "top";
    if (clip && !top && kind !== "still" && !always) {
      const box = style ? "display: block" : "display: inline-block; max-width: 100%";
      return `<span class="mediakit-loop" style="${box}">${film(clip, alt, style || "max-width: 100%; height: auto")}</span>`;
    }
    const sets = Object.entries(picture?.srcset ?? {});
    sets.sort(([a], [b]) => (ORDER.indexOf(a) + 9) % 9 - (ORDER.indexOf(b) + 9) % 9);
    const sources = sets.map(([type, srcset]) => {
      const entries = srcset.split(", ").map((each) => each.split(" "));
      const widest = parseInt(entries.at(-1)[1]);
      if (top && widest < 1200 && widest < picture.width) return ""; // a format of small sizes only
      const set = entries.map(([address, width]) => `${below(address, always)} ${width}`).join(", ");
      const shown = sizes || "(max-width: 768px) 100vw, 768px";
      return `<source type="${escaped(type)}" srcset="${escaped(set)}" sizes="${escaped(shown)}">`;
    });
    const background = picture?.placeholder
      ? `background: ${picture.colour} url(${picture.placeholder}) center / cover no-repeat` : "";
    const tag = `<img src="${escaped(src)}" alt="${escaped(alt)}"`
      + attribute("title", title)
      + (picture?.width ? ` width="${Number(picture.width)}" height="${Number(picture.height)}"` : "")
      + (top ? ' fetchpriority="high"' : picture && kind !== "eager" ? ' loading="lazy" decoding="async"' : "")
      + attribute("style", [style, background].filter(Boolean).join("; ")) + ">";
    return sets.length ? `<picture>${sources.join("")}${tag}</picture>` : tag;
  }

  // Until a visitor clicks, a video is a picture of the site, and no other host is asked for anything.
  function video(page, provider, id, title, kind) {
    const joint = String(id).includes("?") ? "&" : "?";
    const url = {
      youtube: `https://www.youtube-nocookie.com/embed/${id}${joint}autoplay=1`,
      vimeo: `https://player.vimeo.com/video/${id}${joint}dnt=true&autoplay=1`,
    }[provider];
    const known = read("mediakit.json").videos?.[`${provider}/${String(id).split("?")[0]}`] ?? {};
    const name = escaped(title || known.title || "Video");
    const sizes = "(min-width: 1024px) 820px, 100vw";
    const still = known.picture
      ? image(page, "/" + known.picture, { sizes, kind: kind === "top" ? "top" : "eager", always: true }) : "";
    const inside = "<style>body{margin:0;background:#000}a{display:block;position:relative;height:100vh}"
      + "img{width:100%;height:100%;object-fit:cover}svg{position:absolute;top:calc(50% - 24px);"
      + "left:calc(50% - 34px);filter:drop-shadow(0 0 6px #0008)}</style>"
      + `<a href="${escaped(url)}" aria-label="&#9654; ${name}">${still}`
      + '<svg width="68" height="48" aria-hidden="true"><rect width="68" height="48" rx="12" fill="#c00"/>'
      + '<path d="M27 14v20l18-10z" fill="#fff"/></svg></a>';
    return '<div class="video" style="position: relative; padding-bottom: 56.25%; height: 0; overflow: hidden">'
      + `<iframe title="${name}" srcdoc="${escaped(inside)}" loading="${kind === "top" ? "eager" : "lazy"}"`
      + ' allow="autoplay; fullscreen; encrypted-media; picture-in-picture"'
      + ' referrerpolicy="strict-origin-when-cross-origin" allowfullscreen'
      + ' style="position: absolute; top: 0; left: 0; width: 100%; height: 100%; border: 0"></iframe></div>';
  }

  const codes = {
    // {% picture "/img/squat-0.jpg", "What it shows", "(min-width: 800px) 50vw, 100vw", "eager" %}; "still" as
    // the last shows the poster of a film or a GIF that has a clip
    picture(named, alt, sizes, kind) {
      return image(this.page, named, { alt, sizes, kind });
    },

    // {% hero cover, "What it shows" %}: the picture at the top of a page, loaded before all else
    hero(named, alt) {
      return named ? image(this.page, named, { alt, sizes: "100vw", kind: "top", style: FILL }) : "";
    },

    // {% figure "/img/squat-0.jpg", "What it shows", "The words below it" %}
    figure(named, alt, caption) {
      const words = caption ? `<figcaption>${escaped(caption)}</figcaption>` : "";
      return `<figure>${image(this.page, named, { alt })}${words}</figure>`;
    },

    // {% gallery gallery %}: paths, or records with path, src, image or image_path, alt, title and url
    gallery(pictures, caption) {
      const links = (pictures ?? []).map((each) => {
        const one = typeof each === "string" ? { path: each } : each;
        const named = one.image_path ?? one.path ?? one.src ?? one.image;
        const style = FILL, sizes = "(min-width: 700px) 33vw, 100vw";
        const whole = find(one.url ?? named, this.page);
        const shown = image(this.page, whole.clip ? one.url ?? named : named, { alt: one.alt, sizes, style });
        if (whole.clip || find(named, this.page).clip) return shown;
        return `<a href="${escaped(whole.whole)}"${attribute("title", one.title)}>${shown}</a>`;
      });
      const words = caption ? `<figcaption style="grid-column: 1 / -1">${escaped(caption)}</figcaption>` : "";
      const grid = "display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr)); gap: .5em; align-items: start";
      return links.length ? `<figure class="gallery" style="${grid}">${links.join("")}${words}</figure>` : "";
    },

    // {% movement %}: the steps of the page in motion, where mediakit has made a loop of them; or the clip of
    // a film or a GIF: {% movement "squat.mov", "What it shows", "The words below it" %}. Without words of
    // their own the text stands below it, and nothing with ""
    movement(named, alt, caption) {
      const { loops = {} } = read("mediakit.json");
      const found = named ? find(named, this.page).clip : tails(this.page).map((each) => loops[each]).find(Boolean);
      if (!found) return "";
      const told = alt || found.alt || "";
      const words = caption ?? told;
      return `<figure class="mediakit-loop">${film(found, told, FILL)}`
        + (words ? `<figcaption>${escaped(words)}</figcaption>` : "") + "</figure>";
    },

    // {% youtube "aIZuK2cX4FA" %} and {% vimeo "76979871", "Its title" %}; "top" as the third loads it at once
    youtube(id, title, kind) {
      return video(this.page, "youtube", id, title, kind);
    },

    vimeo(id, title, kind) {
      return video(this.page, "vimeo", id, title, kind);
    },

    // {% social cover, title %}: tags of the picture that is shown where the page is shared, for the <head>;
    // with "details" as the third, only its size, type and alt
    social(named, alt, only) {
      if (!named) return "";
      const { picture, whole } = find(named, this.page, true);
      const address = options.url && /^\/(?!\/)/.test(whole) ? new URL(whole, options.url).href : whole;
      const type = TYPES[address.split(/[?#]/)[0].split(".").pop().toLowerCase()];
      const tags = only === "details" ? [] : [
        ["property", "og:image", address], ["name", "twitter:card", "summary_large_image"],
        ["name", "twitter:image", address],
      ];
      if (picture?.width) {
        tags.push(["property", "og:image:width", picture.width], ["property", "og:image:height", picture.height]);
      }
      if (type) tags.push(["property", "og:image:type", type]);
      tags.push(["property", "og:image:alt", alt], ["name", "twitter:image:alt", alt]);
      return tags.map(([key, name, content]) => `<meta ${key}="${name}" content="${escaped(content)}">`).join("\n");
    },

    // {% credits "Photos:" %}: whose the pictures of the page are, as the ledger of credits says it;
    // with the path of a picture as the second, of that one
    credits(label, named) {
      const { pictures = {}, credits = {} } = read("mediakit.json");
      const shown = [this.page.url, ...tails(this.page)].map((each) => credits[each]).find(Boolean);
      const keys = named ? [find(named, this.page).key] : shown ?? [];
      const told = keys.map((key) => pictures[key]?.credit).filter(Boolean).map((credit) => {
        const name = credit.title || credit.author || credit.source?.split("/")[2] || "";
        const linked = (text, url, rel) => url ? `<a${rel} href="${escaped(url)}">${escaped(text)}</a>` : escaped(text);
        return [linked(name, credit.source, ""), credit.title ? escaped(credit.author) : "",
          linked(credit.licence || credit.licence_url, credit.licence_url, ' rel="license"')].filter(Boolean).join(", ");
      });
      const words = [...new Set(told)].join("; ");
      return words ? `<p class="credits"><small>${label ? escaped(label) + " " : ""}${words}</small></p>` : "";
    },

    // {% structured %}: what search engines are told of the videos and pictures of a page, for the <head>
    structured() {
      const told = read("media-structured.json").pages?.[this.page.inputPath.replace(/^\.\//, "")];
      return told ? `<script type="application/ld+json">${told.json}</script>` : "";
    },
  };
  for (const [name, code] of Object.entries(codes)) {
    eleventyConfig.addShortcode(options.names?.[name] ?? name, code);
  }

  if (options.markdown !== false && eleventyConfig.amendLibrary) {
    eleventyConfig.amendLibrary("md", (library) => {
      library.renderer.rules.image = (tokens, index, settings, env, renderer) => {
        const token = tokens[index];
        const alt = renderer.renderInlineAsText(token.children, settings, env);
        return image(env?.page, token.attrGet("src"), { alt, title: token.attrGet("title") });
      };
    });
  }
};
