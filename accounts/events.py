"""What is told of people and of their own settings."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from live.events import Language, Person, PersonKind, Theme


class PersonEvent(TypedDict):
    """Somebody is new, or their name, department or picture is; None when they are gone."""

    kind: PersonKind
    extension: str
    person: Person | None


class FavouritesEvent(TypedDict):
    """All of one's favourites, in the order in which they were made."""

    kind: Literal["favourites"]
    favourites: list[str]


class ProfileEvent(TypedDict):
    """My own settings."""

    kind: Literal["profile"]
    name: str
    language: Language
    theme: Theme
    picture: str
    mobile: str


class SessionNews(TypedDict):
    """A session is over: for its sockets, which no client hears of in this form."""

    kind: Literal["session"]
    session: str  # `session_mark` of its key


def person_changed(extension: str, person: Person | None) -> PersonEvent:
    """What everybody sees of them now; None when they are gone."""
    return {"kind": "person", "extension": extension, "person": person}


def favourites_changed(favourites: list[str]) -> FavouritesEvent:
    """For the user whose favourites they are."""
    return {"kind": "favourites", "favourites": favourites}


def profile_changed(
    *, name: str, language: Language, theme: Theme, picture: str, mobile: str
) -> ProfileEvent:
    """For the user whose settings they are."""
    return {
        "kind": "profile",
        "name": name,
        "language": language,
        "theme": theme,
        "picture": picture,
        "mobile": mobile,
    }


def session_over(mark: str) -> SessionNews:
    """The session with this mark has ended."""
    return {"kind": "session", "session": mark}
