"""What template languages put into texts: Liquid, Nunjucks and shortcodes, read and never run."""
