export default function (eleventyConfig) {
  eleventyConfig.addPassthroughCopy({ "public": "/" });
  eleventyConfig.addPassthroughCopy("content/**/*.jpg");
  return { dir: { input: "content", includes: "../_includes", data: "../_data", output: "_site" } };
}
