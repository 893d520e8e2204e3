"""Pictures into front matter: names, entries, and what is gone. Pure."""
