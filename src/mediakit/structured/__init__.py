"""What search engines are told of pages: schema.org in JSON-LD, and a sitemap. Does no I/O."""
