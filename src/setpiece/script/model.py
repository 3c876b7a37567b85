"""What a screenplay is, to every department that reads one."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal[
    "heading", "action", "character", "parenthetical", "dialogue", "lyric", "transition",
    "centred", "shot", "section", "synopsis", "note", "boneyard", "page_break",
]  # fmt: skip
Setting = Literal["INT", "EXT", "INT/EXT", ""]
TimeOfDay = Literal[
    "DAY", "NIGHT", "DAWN", "DUSK", "MORNING", "NOON", "AFTERNOON", "EVENING",
    "CONTINUOUS", "LATER", "SAME", "",
]  # fmt: skip
Category = Literal[
    "cast", "props", "vehicles", "wardrobe", "effects", "animals", "crowds", "stunts", "vfx",
    "makeup", "dressing", "equipment", "sound", "other",
]  # fmt: skip


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Element(_Frozen):
    """One paragraph of the page.

    `text` keeps Fountain's marks for emphasis, notes `[[...]]` and boneyard `/*...*/` inside a
    line (`lines.plain` takes them off); its line breaks are the writer's. `gap` is the number of
    blank lines before it in the source: 0 inside a speech, 1 as a rule, more where meant.
    `line` counts from 1 in the source (paragraphs for FDX); 0 is unknown.
    """

    kind: Kind
    text: str = ""
    number: str = ""  # of a scene, on its heading
    depth: int = 0  # of a section
    dual: bool = False  # a cue that speaks beside the speech before it
    gap: int = 1
    revision: str = ""  # name of the revision that last touched it (FDX)
    line: int = 0


class Proposal(_Frozen):
    """Something the action lines may ask for; a person confirms it or strikes it out.

    What somebody tagged in Final Draft comes confirmed, with the tag's own words.
    """

    category: Category
    item: str
    words: str  # the sentence it came from
    line: int = 0
    confirmed: bool = False


class Remark(_Frozen):
    """One line of the import report. `level`: note (read, but look), lost (not understood)."""

    line: int
    level: Literal["note", "lost"]
    what: str
    text: str = ""


class Scene(_Frozen):
    """From one slugline to the next.

    `position` counts from 1 in script order; `number` is what the script prints, as text ("12A"),
    or empty. `eighths` of a page: see `eighths.py` for the rule. `speaking` have a cue here,
    `voices` are those of them heard only (V.O., O.S., O.C.); `silent` have a cue elsewhere and are
    named in this scene's action lines. `omitted` scenes keep what they said in `elements`.
    """

    position: int
    number: str = ""
    heading: str = ""
    setting: Setting = ""
    place: str = ""
    time: TimeOfDay = ""
    time_words: str = ""
    elements: tuple[Element, ...] = ()
    eighths: int = 0
    speaking: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    omitted: bool = False
    revisions: tuple[str, ...] = ()
    line: int = 0


class CastMember(_Frozen):
    """One character under the name without extensions; `variants` are the cues as written."""

    name: str
    variants: tuple[str, ...]
    speeches: int
    speaks_in: tuple[int, ...]  # positions of scenes
    silent_in: tuple[int, ...] = ()


class Screenplay(_Frozen):
    """A whole script. `opening` is what stands before the first slugline."""

    title_page: tuple[tuple[str, tuple[str, ...]], ...] = ()
    opening: tuple[Element, ...] = ()
    scenes: tuple[Scene, ...] = ()
    cast: tuple[CastMember, ...] = ()
    report: tuple[Remark, ...] = ()
    source: str = ""  # fountain, fdx or pdf
    encoding: str = ""

    @property
    def elements(self) -> tuple[Element, ...]:
        """Every paragraph in script order."""
        return (*self.opening, *(e for scene in self.scenes for e in scene.elements))

    @property
    def title(self) -> str:
        from setpiece.script.lines import plain

        for key, values in self.title_page:
            if key.casefold() in ("title", "titolo", "titre", "título", "titel", "titulo"):
                return " ".join(plain(v) for v in values)
        return ""

    @property
    def eighths(self) -> int:
        """Length of the script, as the sum of its scenes."""
        return sum(scene.eighths for scene in self.scenes)
