"""The version of mediakit."""

__version__ = "0.1.0"
