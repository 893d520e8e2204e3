"""The kinds of sites: where each keeps its pages, and what its addresses mean."""
