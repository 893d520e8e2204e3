"""What mediakit remembers of a site: the catalog and the cache."""
