"""Sluglines: where and when, in the languages films are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from setpiece.script.model import Setting, TimeOfDay

# English, French, Spanish, Italian, Portuguese, German, Dutch, Swedish, Polish, Russian, Turkish,
# Finnish, Hungarian, Greek, Ukrainian and Bulgarian, Serbian. Others in Latin letters write INT and
# EXT.
_INSIDE = (
    "INTERIOR", "INTÉRIEUR", "INTERNO", "INT", "INNEN", "BINNEN", "INNE", "WNĘTRZE", "WN", "ИНТ",
    "İÇ", "SIS", "SISÄ", "BELSŐ", "ΕΣΩΤΕΡΙΚΟ", "ΕΣΩΤ", "ΕΣ", "ІНТ", "ЕНТЕРИЈЕР", "ЕНТ",
)  # fmt: skip
_OUTSIDE = (
    "EXTERIOR", "EXTÉRIEUR", "ESTERNO", "EXT", "EST", "AUSSEN", "AUẞEN", "AUßEN", "BUITEN", "UTE",
    "PLENER", "PL", "НАТ", "ЭКСТ", "DIŞ", "ULK", "ULKO", "KÜLSŐ", "ΕΞΩΤΕΡΙΚΟ", "ΕΞΩΤ", "ΕΞ", "ЕКСТ",
    "ЕКСТЕРИЈЕР",
)  # fmt: skip
# Chinese, Japanese, Korean, Arabic, Persian, Hebrew have no capitals: a time of day has to tell.
_PLAIN_INSIDE = ("内景", "內景", "室内", "屋内", "실내", "داخلي", "داخلی", "פנים")
_PLAIN_OUTSIDE = ("外景", "室外", "屋外", "실외", "خارجي", "خارجی", "חוץ")
_BOTH = ("I/E", "E/I", "I./E", "E./I", "I/A", "A/I", "B/B", "И/Н")
_STOPPED = ("SIS", "SISÄ", "ULK", "ULKO", "ΕΣ", "ΕΞ")  # words and names too, without a full stop
_WORDS = (*_INSIDE, *_OUTSIDE, *_PLAIN_INSIDE, *_PLAIN_OUTSIDE)
_ONE = "|".join(re.escape(w) for w in sorted(_WORDS, key=len, reverse=True))
_PREFIX = re.compile(
    rf"(?P<word>(?:{'|'.join(re.escape(w) for w in _BOTH)})|(?:{_ONE})(?:\.?\s?/\s?(?:{_ONE}))?)"
    r"(?P<after>[.。](?=\S|\s|$)|\s(?=\S)|\s?[-–—](?=\s))",
    re.IGNORECASE,
)
_CORE = ("INT", "EXT", "EST", "I/E", "I./E")  # Fountain's own words, read in any case
_NUMBER = re.compile(r"\s*#([^#\s][^#\n]*)#((?:\s+#[^\s#]+)*)\s*$")
_TIMES: dict[TimeOfDay, tuple[str, ...]] = {
    "CONTINUOUS": ("CONTINUOUS", "CONT", "CONTINUO", "CONTINUA", "CONTINU", "CONTINUE", "CONTÍNUO",
        "CONTINUÁ", "SEGUE", "WEITER", "FORTLAUFEND", "VERVOLG", "SUITE"),
    "LATER": ("LATER", "MOMENTS LATER", "PIÙ TARDI", "PIU TARDI", "MÁS TARDE", "MAS TARDE",
        "PLUS TARD", "SPÄTER", "MAIS TARDE", "LATEN", "DEPOIS", "POCO DOPO"),
    "SAME": ("SAME", "SAME TIME", "STESSO", "MISMO", "MÊME MOMENT", "MESMO"),
    "DAWN": ("DAWN", "SUNRISE", "ALBA", "AMANECER", "AUBE", "MORGENGRAUEN", "MORGENDÄMMERUNG",
        "AMANHECER", "DAGERAAD", "ZONSOPGANG", "ŚWIT", "РАССВЕТ", "GRYNING", "DAGGRY", "ÚSVIT",
        "HAJNAL", "ΑΥΓΗ", "СВІТАНОК", "黎明", "새벽", "فجر", "שחר"),
    "DUSK": ("DUSK", "SUNSET", "MAGIC HOUR", "TRAMONTO", "CREPUSCOLO", "ATARDECER", "ANOCHECER",
        "CRÉPUSCULE", "DÄMMERUNG", "ABENDDÄMMERUNG", "PÔR DO SOL", "ENTARDECER", "SCHEMERING",
        "ZONSONDERGANG", "ЗАКАТ", "SKYMNING", "SKUMRING", "SOUMRAK", "ALKONY", "ΣΟΥΡΟΥΠΟ", "黄昏",
        "黃昏", "夕方", "غروب", "דמדומים"),
    "MORNING": ("MORNING", "MATTINA", "MATTINO", "MAÑANA", "MATIN", "MORGEN", "MANHÃ", "OCHTEND",
        "PORANEK", "УТРО", "MORGON", "AAMU", "RÁNO", "REGGEL", "DIMINEAȚA", "DIMINEAȚĂ", "MATÍ",
        "ΠΡΩΙ", "РАНОК", "СУТРИН", "SABAH", "晨", "清晨", "早晨", "朝", "아침", "صباح", "בוקר"),
    "NOON": ("NOON", "MIDDAY", "MEZZOGIORNO", "MEDIODÍA", "MIDI", "MITTAG", "MEIO-DIA", "MIDDAG"),
    "AFTERNOON": ("AFTERNOON", "POMERIGGIO", "TARDE", "APRÈS-MIDI", "NACHMITTAG", "NAMIDDAG",
        "EFTERMIDDAG", "ETTERMIDDAG", "下午", "عصر"),
    "EVENING": ("EVENING", "SERA", "SOIR", "SOIRÉE", "ABEND", "AVOND", "KVÄLL", "WIECZÓR", "ВЕЧЕР",
        "AFTEN", "ILTA", "VEČER", "SEARA", "SEARĂ", "VESPRE", "ΒΡΑΔΥ", "ВЕЧІР", "AKŞAM", "傍晚",
        "저녁", "مساء", "ערב"),
    "NIGHT": ("NIGHT", "MIDNIGHT", "NOTTE", "NOCHE", "NUIT", "NACHT", "NOITE", "NATT", "NAT", "NOC",
        "НОЧЬ", "GECE", "YÖ", "ÉJSZAKA", "ÉJJEL", "NOAPTE", "NIT", "ΝΥΧΤΑ", "НІЧ", "НОЩ", "NOĆ",
        "НОЋ", "夜", "夜晚", "晚上", "밤", "ليل", "شب", "לילה"),
    "DAY": ("DAY", "DAYTIME", "GIORNO", "DÍA", "DIA", "JOUR", "TAG", "DAG", "DZIEŃ", "ДЕНЬ", "GÜN",
        "GÜNDÜZ", "PÄIVÄ", "DEŇ", "NAPPAL", "ZI", "ΜΕΡΑ", "ΗΜΕΡΑ", "日", "白天", "昼", "낮", "نهار",
        "روز", "יום"),
}  # fmt: skip
_BY_WORD = {word: time for time, words in _TIMES.items() for word in words}
_DASH = re.compile(r"\s+[-–—]{1,2}\s*|\s*[-–—]{1,2}\s+|--|—")


@dataclass(frozen=True)
class Slug:
    setting: Setting
    place: str
    time: TimeOfDay
    time_words: str


def starts_like_heading(line: str) -> bool:
    """Does a line begin as a slugline does? Without a full stop it must be in capitals."""
    text = line.strip()
    found = _PREFIX.match(text)
    if not found or not text[found.end() :].strip():
        return False
    word = found["word"].upper()
    if word in _PLAIN_INSIDE or word in _PLAIN_OUTSIDE:
        return bool(read_slug(text).time)
    if word in _STOPPED and found["after"] != ".":
        return False
    capitals = in_capitals(text) or (text[: len(word)].isupper() and _few_small(text))
    if found["after"] == ".":
        return capitals or any(part in _CORE for part in [*re.split(r"\.?\s?/\s?", word), word])
    return capitals


def in_capitals(text: str) -> bool:
    """No small letter; ß, which has no capital on most keyboards, passes."""
    return not any(c.islower() for c in text.replace("ß", ""))


def _few_small(text: str) -> bool:
    small = sum(c.islower() for c in text)
    return small * 4 <= sum(c.isupper() for c in text)  # "INT. McDONALD'S - DAY (flashback)"


def take_number(line: str) -> tuple[str, str]:
    """A heading and its scene number `#12A#`; tags behind the number stay with the heading."""
    found = _NUMBER.search(line)
    if not found or not line[: found.start()].strip():
        return line.strip(), ""
    return (line[: found.start()] + found[2]).strip(), found[1].strip()


def read_slug(heading: str) -> Slug:
    """Setting, place and time of day; what is not understood stays in `place`."""
    from setpiece.script.lines import plain

    text = plain(heading)
    found = _PREFIX.match(text)
    setting: Setting = ""
    if found:
        setting = _setting(found["word"].upper())
        text = text[found.end() :].lstrip(" .。-–—")
    parts = [p.strip() for p in _DASH.split(text) if p.strip()]
    for i in range(len(parts) - 1, 0, -1):
        if time := _time(parts[i]):
            place = " - ".join(p for j, p in enumerate(parts) if j != i)
            return Slug(setting, place, time, parts[i])
    first, _, last = text.rpartition(" ")
    if setting and first and (time := _BY_WORD.get(last.upper().strip(".,()"), "")):
        return Slug(setting, first.rstrip(" ,-/"), time, last)
    return Slug(setting, " - ".join(parts), "", "")


def _setting(word: str) -> Setting:
    if word in _BOTH or "/" in word:
        sides = {s.strip(" .") for s in word.split("/")}
        if word in _BOTH:
            return "INT/EXT"
        inside = bool(sides & {*_INSIDE, *_PLAIN_INSIDE})
        outside = bool(sides & {w.upper() for w in (*_OUTSIDE, *_PLAIN_OUTSIDE)})
        return "INT/EXT" if inside and outside else "INT" if inside else "EXT"
    return "INT" if word in _INSIDE or word in _PLAIN_INSIDE else "EXT"


def _time(words: str) -> TimeOfDay:
    """ "NEXT DAY", "DAY (1979)", "LATE NIGHT": the first word of time that stands in it."""
    text = re.sub(r"[^\w' -]", " ", words.upper()).strip()
    if text in _BY_WORD:
        return _BY_WORD[text]
    tokens = text.split()
    if len(tokens) > 5:
        return ""
    for size in (2, 1):
        for i in range(len(tokens) - size + 1):
            if found := _BY_WORD.get(" ".join(tokens[i : i + size])):
                return found
    return ""
