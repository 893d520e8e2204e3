"""What becomes of each video while `videos archive` runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.artifacts import archive_key
from mediakit.base.model import Problem, Severity, VideoRecord
from mediakit.videos.archive_report import ArchivedFileEntry, ArchiveEntry, Kept
from mediakit.videos.lost import LostPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.videos.history import Key, VideoUses


class ArchiveLog:
    """Entries and problems; `stopped` says why no more videos are asked about, `hint` what helps.

    `records` are those of the catalog; `new` are those that this run has made.
    """

    def __init__(
        self, uses: VideoUses, records: Mapping[str, VideoRecord], problems: Iterable[Problem]
    ) -> None:
        self._uses = uses
        self._records = records
        self._entries: dict[Key, ArchiveEntry] = {}
        self.new: dict[str, VideoRecord] = {}
        self.problems = list(problems)
        self.stopped = self.hint = ""

    @property
    def entries(self) -> tuple[ArchiveEntry, ...]:
        """What became of all videos."""
        entries = self._entries
        return tuple(
            entries[key] if key in entries else self._entry(key, Kept.UNASKED, "")
            for key in self._uses.places
        )

    @property
    def told(self) -> tuple[ArchiveEntry, ...]:
        """What became of the videos of which something was noted."""
        return tuple(self._entries.values())

    def is_shown(self, key: Key) -> bool:
        """Return whether a page shows a video."""
        return key in self._uses.places

    def record(self, key: Key) -> VideoRecord | None:
        """Return what is known of a video."""
        name = "/".join(key)
        return self.new.get(name) or self._records.get(name)

    def stop(self, why: str) -> None:
        """Ask about no more videos."""
        self.stopped = self.stopped or why

    def tell(self, key: Key, state: Kept, note: str = "") -> None:
        """Note what became of a video."""
        self._entries[key] = self._entry(key, state, note)

    def fail(self, key: Key, message: str, hint: str, *, is_own: bool = True) -> None:
        """Note that a video is not archived; an error, unless it may be somebody else's."""
        self.tell(key, Kept.FAILED, message)
        severity = Severity.ERROR if is_own else Severity.WARNING
        path, line, what = self._place(key)
        found = Problem(path, line, "video-not-archived", severity, f"{what}: {message}", hint)
        self.problems.append(found)

    def refuse(self, key: Key, *, is_asked_for: bool) -> None:
        """Note that a video is somebody else's; an error only where it was asked for."""
        record = self.record(key) or VideoRecord()
        names = ", ".join(record.owner) or "its id is not known"
        note = f"it is of {record.channel!r} ({names}), which own_channels does not name"
        self.tell(key, Kept.OTHERS, note)
        if is_asked_for:
            hint = "only videos of your own channels are archived: ask the owner about this one"
            path, line, what = self._place(key)
            told = f"{what}: {note}"
            found = Problem(path, line, "video-of-others", Severity.ERROR, told, hint)
            self.problems.append(found)

    def warn(self, code: str, key: Key, message: str, hint: str) -> None:
        """Note what is not as it should be, though a video is archived."""
        path, line, what = self._place(key)
        told = f"{what}: {message}"
        self.problems.append(Problem(path, line, code, Severity.WARNING, told, hint))

    def _place(self, key: Key) -> tuple[str, int, str]:
        """Return the first place that names a video, and its name in words."""
        places = self._uses.places.get(key) or ((archive_key(key[1], ""), 0),)
        return *places[0], " ".join(key)

    def _entry(self, key: Key, state: Kept, note: str) -> ArchiveEntry:
        record = self.record(key) or VideoRecord()
        places = self._uses.places.get(key, ())
        return ArchiveEntry(
            provider=key[0], id=key[1], state=state, note=note,
            title=record.title, channel=record.channel,
            places=[LostPlace(path=path, line=line) for path, line in places],
            files=[
                ArchivedFileEntry(key=each.key, sha256=each.sha256, bytes=each.bytes)
                for each in record.archive
            ],
        )  # fmt: skip
