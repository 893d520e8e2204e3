"""Pictures that came from other hosts, and of which nobody has noted that they may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError
from mediakit.base.model import Problem, Severity
from mediakit.base.own_files import CREDITS_NAME
from mediakit.sync.credits import CreditLedger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.sync.observe import ObservedSite

_HINT = "write whose it is into its entry, as `author` and `licence`; of your own, `own`"


def missing_licences(site: ObservedSite) -> Iterator[Problem]:
    """Yield the pictures that pages show, and that are without a licence where credits are kept."""
    try:
        ledger = CreditLedger(site.config)
    except UsageError as error:
        path = site.config.template_file(CREDITS_NAME)
        yield Problem(path, 0, "bad-json", Severity.ERROR, str(error), error.hint or "")
        return
    for path, each in sorted(ledger.pictures.items()):
        if path in site.uses and not each.licence.strip():
            came = f"{path} came from another host" if each.addresses else path
            message = f"{came} and has no licence here"
            yield Problem(
                ledger.path, ledger.line(path), "no-licence", Severity.WARNING, message, _HINT
            )
