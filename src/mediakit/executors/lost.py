"""The one way in which all executors say that a task took its workers down."""

from __future__ import annotations


class LostWorkerError(Exception):
    """Workers died at a task whenever it was tried; the message says how often."""
