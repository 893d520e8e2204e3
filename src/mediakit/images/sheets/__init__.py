"""Sheets: a printable PDF of a page, with its pictures, its text, and a code that leads to it."""
