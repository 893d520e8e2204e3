"""Keep the pictures and videos of a Jekyll exercise site right."""

__version__ = "0.1.0"
