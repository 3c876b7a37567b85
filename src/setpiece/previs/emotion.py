"""How much is felt in a line, from its words, its marks and how it is to be said: 0 to 1.

A word list and a sum, not understanding: good enough to tell where a scene peaks.
"""

from __future__ import annotations

import re

_STRONG = re.compile(
    r"\b(blood\w*|murder\w*|kill\w*|dead|death|die[sd]?|dying|hell|damn\w*|devil\w*|horr\w+|fear\w*|"
    r"scream\w*|cr(?:y|ies|ied)|weep\w*|tears|love\w*|hate\w*|slain|slaughter\w*|traitor|villain|"
    r"ghost|knife|dagger|gun|shoot\w*|help|never|please|god|heart|woe|grief|alas|curs\w+|vengeance|"
    r"sangue|mort[eoa]\w*|amore|odio|paura|aiuto|sang|amour|haine|peur|sangre|muert[eoa]|miedo|"
    r"blut\w*|tod|tot|liebe|hass|angst|hilfe|sangue|amor|ódio|medo)\b",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"shout|yell|scream|sob|cry|weep|angr|furious|whisper|aside|afraid|fear|plead|beg|urla|grida|"
    r"piang|crie|hurle|pleure|grita|llora|schrei|wein|flüster|sussurr|murmur",
    re.IGNORECASE,
)


def emotion(words: str, how: str = "") -> float:
    """How strongly a speech or an action is felt, 0 (calm) to 1."""
    count = max(len(words.split()), 1)
    strong = len(_STRONG.findall(words))
    marks = words.count("!") + 0.5 * words.count("—") + 0.3 * words.count("?")
    capitals = len(re.findall(r"\b[A-ZÀ-Ý]{3,}\b", words))
    density = (1.6 * strong + 0.9 * min(marks, 6) + 0.6 * min(capitals, 4)) / (count**0.6 + 1)
    return round(min(1.0, 0.1 + 0.75 * density + (0.25 if _HOW.search(how) else 0.0)), 3)
