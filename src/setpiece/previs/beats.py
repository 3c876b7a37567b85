"""A scene's paragraphs as beats: who speaks or acts, for how long, who comes and who goes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from setpiece.previs.emotion import emotion
from setpiece.previs.model import Beat
from setpiece.script import groups
from setpiece.script.lines import plain
from setpiece.script.model import Element, Scene, Screenplay

_ENTER = re.compile(
    r"\b(re-?enters?|enters?|comes? in|arrives?|appears?|materiali[sz]es|descends|entra(?:no)?|"
    r"arriva(?:no)?|entre(?:nt)?|arriven?t?|llegan?|tritt|treten|kommt|betritt|chega|entram)\b",
    re.IGNORECASE,
)
_EXIT = re.compile(
    r"\b(exeunt|exits?|leaves|walks out|goes out|vanish(?:es)?|disappears?|descends|scuttles off|"
    r"runs off|esce|escono|sort(?:ent)?|salen?|geht ab|verlässt|verschwindet|sai|saem|retires?)\b",
    re.IGNORECASE,
)
FALLS = re.compile(
    r"\b(dies|is slain|is killed|falls dead|drops dead|muore|meurt|muere|stirbt|morre)\b", re.I
)
_CLOSE = re.compile(r"(?:the )?(?:end|fine|fin|ende|fim)\W*$", re.IGNORECASE)
WORDS_A_SECOND = 2.7


@dataclass
class Traffic:
    """Who comes and goes, in the order of the script: (index of the beat, name, whether in)."""

    events: list[tuple[int, str, bool]] = field(default_factory=list)
    met: set[str] = field(default_factory=set)  # who has spoken or been named so far
    fallen: dict[str, int] = field(default_factory=dict)  # the beat in which they die

    def here(self, name: str) -> bool | None:
        """As the last event has it; None where there was none."""
        return next((into for _, who, into in reversed(self.events) if who == name), None)

    def spans(self, name: str, beats: tuple[Beat, ...]) -> list[tuple[int, int]]:
        """Stays as (first beat, last beat), both included. Who speaks is there, whatever was said
        of their going; who is never said to come was there from the start."""
        mine = [(i, into) for i, who, into in self.events if who == name]
        speaks = [
            i for i, b in enumerate(beats)
            if name in b.who and b.what == "speech" and not b.offscreen
        ]  # fmt: skip
        first = next((i for i, into in mine if into), None)
        away = next((i for i, into in mine if not into), None)
        inside = first is None or (bool(speaks) and speaks[0] < first)
        inside = inside or (away is not None and first is not None and away < first)
        out, start = [], 0
        for i, into in mine:
            if into and not inside:
                inside, start = True, i
            elif not into and inside:
                back = next((k for k, again in mine if again and k > i), len(beats))
                if not any(i < k < back for k in speaks):
                    inside = False
                    out.append((start, i))
        if inside:
            out.append((start, len(beats) - 1))
        return out or [(0, len(beats) - 1)]


def people(scene: Scene, script: Screenplay) -> tuple[str, ...]:
    """Everybody of the scene by name: collective cues ("ALL", "MACBETH LENNOX") taken apart."""
    cast = {member.name for member in script.cast}
    acts = " ".join(e.text for e in scene.elements if e.kind in ("action", "parenthetical"))
    heard = {n for n in scene.voices if not named(plain(acts), (n,))}
    out: list[str] = []
    for name in (*scene.speaking, *scene.silent):
        if name not in heard and collective(name, cast) is None and name not in out:
            out.append(name)
    for element in scene.elements:
        if element.kind == "parenthetical" and _ENTER.search(element.text):
            out += [n for n in named(element.text, tuple(cast)) if n not in out]
    for name in scene.speaking:
        apart = collective(name, cast)
        known = [n for n in apart or () if n in scene.speaking]
        out += [n for n in known or apart or () if n not in out]
    return tuple(out)


def collective(name: str, cast: set[str]) -> tuple[str, ...] | None:
    """Who is meant by a cue that is no one person; () is everyone present; None: one person."""
    if groups.is_everybody(name):
        return ()
    apart = groups.people(name, sorted(cast))
    return None if apart == (name,) else apart


def sentences(words: str) -> list[str]:
    """Words cut up at the ends of their sentences."""
    return re.split(r"(?<=[.!?;])\s+", words)


def placed(words: str) -> list[tuple[str, float]]:
    """Each sentence, and the part 0..1 of the words after which it comes."""
    return [(s, words.find(s) / max(len(words), 1)) for s in sentences(words)]


def named(text: str, names: tuple[str, ...]) -> list[str]:
    """Which people a text names, by full name, or as one of a kind ("the three Witches")."""
    found: list[tuple[int, str]] = []
    low = text.casefold()
    for name in names:
        whole = name.casefold()
        where = re.search(rf"\b{re.escape(whole)}\b(?!['’]s)", low)
        last = whole.split()[-1]
        if where and any(
            other != name and re.search(rf"\b{re.escape(other.casefold())}\b", low)
            and whole in other.casefold() for other in names
        ):  # fmt: skip
            bare = low
            for other in names:
                if other != name and whole in other.casefold():
                    bare = bare.replace(other.casefold(), "")
            where = re.search(rf"\b{re.escape(whole)}\b", bare)
        if where is None and len(whole.split()) > 1:
            plural = last + "es" if last.endswith("ch") else last + "s"
            where = re.search(rf"\b{re.escape(plural)}\b", low)
            alone = [n for n in names if n.casefold().split()[-1] == last]
            if where is None and len(alone) == 1:
                where = re.search(rf"\b{re.escape(last)}\b", low)
        if where:
            found.append((where.start(), name))
    return [name for _, name in sorted(found)]


def read_beats(scene: Scene, script: Screenplay) -> tuple[tuple[Beat, ...], Traffic]:
    """Beats with times, and who comes and goes when. Every element with words is in a beat."""
    cues = {variant: m.name for m in script.cast for variant in m.variants}
    cast, everyone = {m.name for m in script.cast}, people(scene, script)
    beats: list[Beat] = []
    traffic = Traffic()
    at, clock, speaker = 0, 0.0, ""
    elements = scene.elements
    while at < len(elements):
        element = elements[at]
        first, text = at, plain(element.text)
        at += 1
        if element.kind == "character":
            while at < len(elements) and elements[at].kind in (
                "dialogue", "parenthetical", "lyric"
            ):  # fmt: skip
                at += 1
            speaker = cues.get(element.text.strip(), cues.get(text, "")) or _bare(text)
            apart = collective(speaker, cast)
            who: tuple[str, ...] = (speaker,)
            if apart is not None:
                who = tuple(n for n in apart if n in everyone) or _inside(everyone, traffic)
            off = speaker in scene.voices or bool(re.search(r"\((O\.?S|O\.?C|V\.?O)", text, re.I))
            for begin, end, how, say in _parts(elements, first, at):
                seconds = 0.6 + len(say.split()) / WORDS_A_SECOND
                beats.append(Beat(
                    first=begin, last=end, what="speech", who=who, words=say, how=how,
                    start=clock, seconds=seconds, emotion=emotion(say, how),
                    offscreen=off or bool(re.match(r"\(?(within|off)\b", how, re.I)),
                ))  # fmt: skip
                clock += seconds
                traffic.met.update(who)
                _goes(how, who[:1], everyone, len(beats) - 1, traffic)
                _falls(how, who[:1], everyone, len(beats) - 1, traffic)
                comes = _ENTER.search(how)
                for name in _comers(how, comes, everyone) if comes else ():
                    if traffic.here(name) is not True:
                        traffic.events.append((len(beats) - 1, name, True))
            continue
        elif element.kind in ("action", "centred", "shot") and text and not _CLOSE.match(text):
            who = tuple(named(text, everyone))
            comes, goes = _ENTER.search(text), _EXIT.search(text)
            seconds = min(max(1.5, 0.8 + len(text.split()) / 4.0), 14.0)
            beat = Beat(
                first=first, last=first, who=who, words=" ".join(text.split()), start=clock,
                seconds=seconds, emotion=emotion(text),
                what="enter" if comes and who else "exit" if goes and who else "action",
            )  # fmt: skip
            if comes:
                for name in _comers(text, comes, everyone) or who:
                    if traffic.here(name) is not True:
                        traffic.events.append((len(beats), name, True))
            for name in who:
                spectral = re.search(r"GHOST|APPARITION|SPETTRO|FANTÔME|FANTASMA|GEIST", name)
                late = spectral or (name in scene.silent and len(beats) > 4)
                if late and traffic.here(name) is None and not goes:
                    traffic.events.append((len(beats), name, True))
            traffic.met.update(who)
            _goes(text, (speaker,) if speaker else (), everyone, len(beats), traffic)
            _falls(text, (), everyone, len(beats), traffic)
        else:
            continue
        beats.append(beat)
        clock += seconds
    return _addressed(tuple(beats), everyone, traffic), traffic


def _comers(text: str, verb: re.Match[str], everyone: tuple[str, ...]) -> list[str]:
    """Who comes: "Enter Ross" names them after the verb, "Bob appears beside her" before it."""
    before = re.split(r"[.!?]", text[: verb.start()])[-1]
    ahead = re.split(r"(?<=[.!?])|\b(?:to|meeting|by)\b", text[verb.end() :])[0]
    return named(before, everyone) if before.strip() else named(ahead, everyone)


def _inside(everyone: tuple[str, ...], traffic: Traffic) -> tuple[str, ...]:
    """Who is there at this point of the reading."""
    return tuple(n for n in everyone if traffic.here(n)) or everyone


def _parts(elements: tuple[Element, ...], cue: int, end: int) -> list[tuple[int, int, str, str]]:
    """A speech as (first, last, how, words), cut where somebody goes or is turned to."""
    out: list[tuple[int, int, list[str], list[str]]] = [(cue, cue, [], [])]
    for index in range(cue + 1, end):
        text = " ".join(plain(elements[index].text).split())
        begin, _, how, words = out[-1]
        if elements[index].kind == "parenthetical":
            turns = re.match(r"\(?(aside|to |a |à |an )", text, re.I)
            if words and turns:
                out.append((index, index, [text], []))
                continue
            how.append(text)
            out[-1] = (begin, index, how, words)
            if words and _EXIT.search(text) and index + 1 < end:
                out.append((index + 1, index + 1, [], []))
        else:
            words.append(text)
            out[-1] = (begin, index, how, words)
    return [(a, b, " ".join(how), " ".join(words)) for a, b, how, words in out]


def _bare(cue: str) -> str:
    return re.sub(r"\s*\([^)]*\)", "", cue).replace("^", "").strip().upper()


def _goes(
    text: str, alone: tuple[str, ...], everyone: tuple[str, ...], index: int, traffic: Traffic
) -> None:
    found = _EXIT.search(text)
    if found is None:
        return
    rest = text[found.end() :]
    who = named(text if not rest.strip(" .,") else rest, everyone) or named(text, everyone)
    if re.search(r"\bbut\b|\bexcept\b|\btranne\b|\bsauf\b|\bsalvo\b|\baußer\b", rest, re.I):
        who = [name for name in everyone if name not in who]
    if not who and found[0].casefold() in ("exeunt", "escono"):
        who = [
            n for n in everyone if traffic.here(n) or (traffic.here(n) is None and n in traffic.met)
        ]
    for name in who or alone:
        if traffic.here(name) is not False:
            traffic.events.append((index, name, False))


def _falls(
    text: str, alone: tuple[str, ...], everyone: tuple[str, ...], index: int, traffic: Traffic
) -> None:
    """Who dies: the last one named before the word for it, or who is speaking."""
    found = FALLS.search(text)
    if found:
        before = named(text[: found.start()], everyone)
        for name in before[-1:] or alone:
            traffic.fallen[name] = index


def _addressed(
    beats: tuple[Beat, ...], everyone: tuple[str, ...], traffic: Traffic
) -> tuple[Beat, ...]:
    """To whom each speech is: as it says itself, else who spoke last, else who speaks next."""
    stays = {name: traffic.spans(name, beats) for name in everyone}
    out: list[Beat] = []
    for index, beat in enumerate(beats):
        here = tuple(
            n for n in everyone
            if n not in beat.who and any(a <= index <= b for a, b in stays[n])
            and traffic.fallen.get(n, index) >= index
        )  # fmt: skip
        to: list[str] = []
        if beat.what == "speech" and here and "aside" not in beat.how.casefold():
            to = named(beat.how, here) if _EXIT.search(beat.how) is None else []
            before, after = beats[max(0, index - 3) : index], beats[index + 1 : index + 3]
            for other in (*reversed(before), *after) if not to else ():
                if other.what == "speech" and other.who and other.who[0] in here:
                    to = [other.who[0]]
                    break
            to = to or list(here[:1])
        out.append(beat.model_copy(update={"to": tuple(to)}))
    return tuple(out)
