"""The theme: includes, partials and shortcodes that show pictures in all their sizes."""
