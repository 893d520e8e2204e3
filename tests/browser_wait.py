"""Wait for a page in a browser, under the policy that forbids it to evaluate texts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_LONGEST = 60.0  # seconds


def wait_until(page: Page, condition: str) -> None:
    """Wait until an expression is true in a page.

    `Page.wait_for_function` asks once from outside, and then has the page evaluate the text.
    """
    end = time.monotonic() + _LONGEST
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(50)


def wait_for_frame(page: Page, element: str = "document.body") -> None:
    """Wait until a frame with an element in view is drawn, and scripts have been told of it."""
    page.evaluate(f"""new Promise((done) => new IntersectionObserver((entries, observer) => {{
        if (!entries.some((each) => each.isIntersecting)) return;
        observer.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(done));
    }}).observe({element}))""")
