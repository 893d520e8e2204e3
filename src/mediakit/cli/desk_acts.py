"""The acts of the desk: each is what a command does, with the words for what it did."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import click
import msgspec

from mediakit.base.errors import UsageError
from mediakit.base.formats import film_of
from mediakit.base.model import Severity
from mediakit.base.own_files import ACCEPTED_NAME, BASELINE_NAME, HISTORY_NAME
from mediakit.checks.check import CheckJob, check_site, fix_site
from mediakit.cli.output import Bar
from mediakit.desk.acts import ChangedError, DeskFeatures, Done
from mediakit.desk.cards import Looks
from mediakit.desk.duplicates_html import group_id
from mediakit.duplicates.fix import accept, fix_duplicates
from mediakit.pages.add import AddJob, add_photos
from mediakit.pages.arrange import Arrangement, arrange, proposed_teaser
from mediakit.pages.new import NewJob, new_exercise
from mediakit.setup.watch import matters
from mediakit.sync.copies import find_duplicates
from mediakit.videos.history import read_history
from mediakit.videos.replace import find_candidates, replace_video

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mediakit.cli.options import Common
    from mediakit.config.config import Config
    from mediakit.desk.acts import Act, Acting
    from mediakit.matching.groups import CopyGroup
    from mediakit.pages.add import Addition
    from mediakit.sync.copies import Duplicates
    from mediakit.sync.session import Session

_CHANGES: dict[str, tuple[str, Callable[[Act], Arrangement]]] = {
    "alt": (
        "{name} of {title} now has the text “{text}”",
        lambda act: Arrangement(alt=act.asked.text),
    ),
    "move": (
        "{name} is number {place} of {title} now",
        lambda act: Arrangement(place=act.asked.place),
    ),
    "header": ("{name} is the header of {title} now", lambda _: Arrangement(header=True)),
    "teaser": ("{name} is the teaser of {title} now", lambda _: Arrangement(teaser=True)),
    "crop": (
        "The teaser of {title} is a part of {name} now",
        lambda act: Arrangement(crop=act.asked.box or ()),
    ),
    "remove": (
        "{name} removed from {title}; the file is put away",
        lambda _: Arrangement(remove=True),
    ),
}
"""The acts on one picture: what each says, and what is to be done."""

_TOLD = frozenset({HISTORY_NAME, ACCEPTED_NAME, BASELINE_NAME})
"""The files beside the catalog that say what is to be told of the site."""

_STAYS = "{name} removed from {title}; the file stays, since {stays} names it"


def features(common: Common, config: Config) -> DeskFeatures:
    """Return what the desk gets from the other features."""
    bar = Bar(common)  # the desk shows what was done, the terminal how far it is
    acts: dict[str, Acting] = {name: partial(_arrange, bar, name) for name in _CHANGES}
    acts |= {"add": partial(_add, bar), "new": partial(_new, bar), "fix": partial(_fix, bar)}
    acts |= {"keep": _keep, "accept": _accept, "video": _video}
    return DeskFeatures(
        looks(),
        acts,
        _open,
        lambda path: PurePosixPath(path).name in _TOLD or matters(config, path),
        proposed_teaser,
        _candidates,
    )


def _open(path: Path) -> None:
    click.launch(str(path))


def _add(bar: Bar, session: Session, act: Act) -> Done:
    made = add_photos(session, act.asked.page, act.photos, AddJob(), bar)
    count = len(made.pictures)
    films = sum(film_of(path) is not None for path, _ in made.pictures)
    said = "{n} photo added to {title}" if count == 1 else "{n} photos added to {title}"
    if films:
        said = "{n} films added to {title}" if count > 1 else "{n} film added to {title}"
        said = said if films == count else "{n} photos and films added to {title}"
    values = {"n": count, "title": made.title}
    return Done(said, values, made.page.path, made.pictures[0][0], _failed(made))


def _new(bar: Bar, session: Session, act: Act) -> Done:
    made = new_exercise(session, NewJob(act.asked.text, photos=act.photos), bar)
    picture = made.pictures[0][0] if made.pictures else ""
    values = {"title": made.title, "path": made.page.path}
    return Done("{title} created: {path}", values, made.page.path, picture, _failed(made))


def _failed(made: Addition) -> str:
    """Return which variants could not be made, and why; empty where all were."""
    result = made.result
    if result is None or not result.summary.failed:
        return ""
    errors = (each for each in result.problems if each.severity is Severity.ERROR)
    return "; ".join(f"{each.path}: {each.message}" for each in errors)


def _fix(bar: Bar, session: Session, _act: Act) -> Done:
    done = fix_site(session, bar)
    if not (done.pages or done.stripped or done.made):
        raise UsageError("nothing mended itself", "see what is advised beside each problem")
    values = {"pages": len(done.pages), "pictures": len(done.stripped), "made": done.made}
    said = "Mended. Pages corrected: {pages}; pictures cleaned: {pictures}; variants made: {made}"
    return Done(said, values)


def _group(session: Session, act: Act) -> tuple[Duplicates, CopyGroup]:
    """Return the group of duplicates that somebody looks at, if it is still as it was shown."""
    found = find_duplicates(session)
    for group in found.groups:
        if group_id(group) == act.asked.digest:
            return found, group
    raise ChangedError("These pictures have changed meanwhile, so nothing was done.")


def _keep(session: Session, act: Act) -> Done:
    found, group = _group(session, act)
    group = group.keeping(act.asked.picture)
    done = fix_duplicates(session, replace(found, groups=(group,)), dry_run=False)
    notes = "; ".join(f"{each.path}: {each.message}" for each in done.problems)
    if not done.steps:
        raise UsageError(notes or "nothing was to be done", "change it by hand")
    kinds = [each.kind for each in done.steps]
    values = {
        "name": PurePosixPath(group.keeper.path).name,
        "files": kinds.count("move"), "pages": kinds.count("edit"),
    }  # fmt: skip
    said = "{name} kept. Files put away: {files}; pages changed: {pages}"
    return Done(said, values, note=notes)


def _accept(session: Session, act: Act) -> Done:
    _, group = _group(session, act)
    accept(session, [group])
    said = "All {n} pictures are kept, and are not proposed again"
    return Done(said, {"n": len(group.paths)})


def _video(session: Session, act: Act) -> Done:
    provider, _, name = act.asked.video.partition("/")
    start = act.asked.keeps_start
    done = replace_video(session, (provider, name), act.asked.text, keeps_start=start)
    notes = "; ".join(f"{each.path}: {each.message}" for each in done.problems)
    if not done.pages:
        raise UsageError(notes or "no page was changed", "choose another video")
    values = {"n": len(done.pages), "video": act.asked.text}
    one = "{n} page shows {video} now"
    return Done(one if len(done.pages) == 1 else "{n} pages show {video} now", values, note=notes)


def _candidates(session: Session, provider: str, video: str) -> dict[str, Any]:
    found = find_candidates(session, provider, video)
    candidates = [
        {**msgspec.to_builtins(each), "keeps_start": found.keeps_start(each)}
        for each in found.candidates
    ]
    return {"title": found.title, "note": found.note, "candidates": candidates}


def _arrange(bar: Bar, name: str, session: Session, act: Act) -> Done:
    asked = act.asked
    said, wanted = _CHANGES[name]
    done = arrange(session, asked.page, asked.picture, wanted(act), bar)
    values = {
        "name": PurePosixPath(done.picture).name, "title": done.manifest.title,
        "text": asked.text, "place": asked.place, "stays": done.stays,
    }  # fmt: skip
    picture = done.made or ("" if name == "remove" else done.picture)
    said = _STAYS if done.stays else said
    return Done(said, values, asked.page, picture)


def looks() -> Looks:
    """Return how problems and the states of videos are found."""
    return Looks(
        lambda session, duplicates: check_site(session, CheckJob(), duplicates).problems,
        lambda config: {
            f"{provider}/{video}": str(status.state)
            for (provider, video), status in read_history(config).items()
        },
    )
