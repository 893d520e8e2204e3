import { eleventyImageTransformPlugin } from "@11ty/eleventy-img";

export default function (eleventyConfig) {
  eleventyConfig.addPlugin(eleventyImageTransformPlugin);
  // eleventyConfig.addPassthroughCopy({ "old/": "/" });
  eleventyConfig.addPassthroughCopy("src/img");
  eleventyConfig.addPassthroughCopy({
    "./public/": "/",
  });

  return {
    dir: { input: "src", includes: "_includes", output: "dist" },
    markdownTemplateEngine: "njk",
  };
}
