"""What the desk has beside the cards: its buttons, the panel of a picture, and a new exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.report.html import escaped

if TYPE_CHECKING:
    from mediakit.desk.words import Words


def top_buttons(words: Words, duplicates: int) -> str:
    """Return the buttons of the bar."""
    new, back = escaped(words("New exercise")), escaped(words("Undo"))
    copies, none = escaped(words("Duplicates")), "" if duplicates else " hidden"
    return (
        f'<button id="undo" type="button" hidden>{back}</button>\n'
        f'<button id="dupes" type="button"{none}>{copies} <b>{duplicates}</b></button>\n'
        f'<button id="new" type="button" class="main">{new}</button>\n'
    )


def picture_panel(words: Words) -> str:
    """Return what can be done to the picture in the large view."""
    acts = {
        "header": "Make it the header",
        "teaser": "Make it the teaser",
        "crop": "Crop the teaser",
        "earlier": "Earlier",
        "later": "Later",
        "remove": "Remove",
    }
    buttons = "".join(
        f'<button type="button" data-act="{act}">{escaped(words(text))}</button>'
        for act, text in acts.items()
    )
    label, save = escaped(words("What the picture shows")), escaped(words("Save"))
    keep, leave = escaped(words("Use this part")), escaped(words("Cancel"))
    return (
        '<form id="panel"><label for="alt">'
        f'{label}</label><textarea id="alt" rows="3" maxlength="2000"></textarea>'
        f'<button class="main">{save}</button><div class="acts">{buttons}</div>'
        f'<div class="cropping" hidden><button type="button" class="main" id="keep">{keep}</button>'
        f'<button type="button" id="leave">{leave}</button></div></form>\n'
    )


def new_dialog(words: Words) -> str:
    """Return the form of a new exercise."""
    say = {
        text: escaped(words(text))
        for text in ("New exercise", "Title", "Photos", "Create", "Cancel")
    }
    hint = escaped(words("It gets the keys that the exercises beside it have."))
    return f"""<dialog id="create" aria-labelledby="create-t">
<form method="dialog"><h2 id="create-t">{say["New exercise"]}</h2>
<label for="title">{say["Title"]}</label>
<input id="title" required maxlength="300" autocomplete="off">
<label for="photos">{say["Photos"]}</label>
<input id="photos" type="file" multiple accept="image/*,.heic,.heif,video/*">
<p class="hint">{hint}</p>
<div class="row"><button class="main" value="create">{say["Create"]}</button>
<button value="cancel" type="button">{say["Cancel"]}</button></div></form>
</dialog>
<input id="more" type="file" multiple accept="image/*,.heic,.heif,video/*" hidden>"""


def videos_dialog(words: Words) -> str:
    """Return the dialog of what may take the place of a video."""
    say = {
        text: escaped(words(text))
        for text in ("Another video", "Or the address of a video that you know", "Use it", "Close")
    }
    hint = escaped(
        words("Every page that shows the old video gets the new one. Undo brings it back.")
    )
    return f"""<dialog id="videos" aria-labelledby="videos-t">
<form method="dialog"><h2 id="videos-t">{say["Another video"]}</h2>
<p id="videos-n" role="status"></p>
<ul id="found"></ul>
<label for="video">{say["Or the address of a video that you know"]}</label>
<input id="video" type="text" inputmode="url" maxlength="500" autocomplete="off" required>
<p class="hint">{hint}</p>
<div class="row"><button class="main">{say["Use it"]}</button>
<button type="button" value="close">{say["Close"]}</button></div></form>
</dialog>"""
