export default { permalink: "/{{ title | slugify }}/" };
