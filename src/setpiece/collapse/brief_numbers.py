"""Numbers in words: counting, ordering and halving in the three languages."""

from __future__ import annotations

from functools import cache

NUMBERS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici "
    "quattordici quindici sedici diciassette diciotto diciannove venti",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce "
    "quince dieciseis diecisiete dieciocho diecinueve veinte",
}
TENS = {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "trenta": 30, "quaranta": 40, "cinquanta": 50, "treinta": 30, "cuarenta": 40,
    "cincuenta": 50,
}  # fmt: skip
ONES = {"a": "en", "an": "en", "un": "it", "una": "it"}  # one, before a unit of time
HALVES = {
    "half": 0.5, "a half": 0.5, "half a": 0.5, "half of a": 0.5, "mezzo": 0.5, "mezza": 0.5,
    "medio": 0.5, "media": 0.5, "quarter": 0.25, "a quarter": 0.25, "a quarter of a": 0.25,
    "un quarto": 0.25, "un cuarto": 0.25,
}  # fmt: skip
ORDINALS = {
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "it": "primo secondo terzo quarto quinto sesto settimo ottavo nono decimo undicesimo "
    "dodicesimo",
    "es": "primero segundo tercero cuarto quinto sexto septimo octavo noveno decimo undecimo "
    "duodecimo",
}
MORE_ORDINALS = {"primer": 1, "tercer": 3, "primera": 1, "segunda": 2, "tercera": 3, "cuarta": 4,
                 "quinta": 5, "sexta": 6, "septima": 7, "octava": 8, "novena": 9,
                 "decima": 10}  # fmt: skip


@cache
def counts(language: str) -> dict[str, int]:
    """Zero to twenty."""
    return {word: i for i, word in enumerate(NUMBERS[language].split())}


@cache
def ordinals(language: str) -> dict[str, int]:
    """First to twelfth."""
    found = {word: i + 1 for i, word in enumerate(ORDINALS[language].split())}
    return {**MORE_ORDINALS, **found} if language == "es" else found
