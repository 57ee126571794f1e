"""Texts that nobody writes and that crawlers find, one function for each shape, of about a size."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from itertools import count, product

FIRST = (
    "Ada", "Alan", "Boris", "Carla", "Dora", "Emil", "Fatima", "Georg", "Hanna", "Ivan",
    "Julia", "Karl", "Lena", "Marie", "Nils", "Olga", "Pavel", "Rosa", "Stefan", "Tilda",
)  # fmt: skip
LAST = (
    "Adler", "Bauer", "Conrad", "Dietrich", "Engel", "Fischer", "Graf", "Huber", "Imhof", "Jung",
    "Keller", "Lang", "Maurer", "Neumann", "Otto", "Peters", "Roth", "Schuster", "Thoma", "Weber",
)  # fmt: skip
PLACES = ("Berlin", "Kiel", "London", "Oslo", "Paris", "Prague", "Riga", "Rome", "Turin", "Vienna")
KINDS = ("University", "Institute", "Society", "Bank", "Museum", "Library", "Club", "College")
PROSE = (
    "Ada Lovelace was born in London in 1815. She worked with Charles Babbage, who had studied at "
    "Trinity College in Cambridge. Her notes on the engine were printed by Richard Taylor. "
)
ZALGO = "".join(map(chr, range(0x300, 0x340)))


def _filled(parts: Iterator[str], size: int) -> str:
    """Return parts one after the other, until they have `size` characters."""
    taken, length = [], 0
    while length < size:
        taken.append(next(parts))
        length += len(taken[-1])
    return "".join(taken)


def _repeated(part: str, size: int) -> str:
    return part * (size // len(part) + 1)


def _letters(number: int) -> str:
    """Return a number as letters, so that it can be a name."""
    found = ""
    while True:
        number, digit = divmod(number, 26)
        found += "abcdefghijklmnopqrstuvwxyz"[digit]
        if not number:
            return found


def names(size: int) -> str:
    """Return a list of people, all different."""
    people = (f"{one} {other}{_letters(n)}" for n in count() for one, other in product(FIRST, LAST))
    return _filled((f"{each}, " for each in people), size)


def shared_words(size: int) -> str:
    """Return names of bodies that are all made of the same few words."""
    bodies = (
        f"The {' '.join(words)} of {place}. "
        for _ in count()
        for *words, place in product(LAST[:10], KINDS, KINDS, PLACES)
    )
    return _filled(bodies, size)


def prefixes(size: int) -> str:
    """Return names of which each is the beginning of the next, again and again."""
    words = [*FIRST[:8], *LAST[:7]]
    grown = (" ".join(words[:n]) for _ in count() for n in range(1, len(words) + 1))
    return _filled((f"{each} arrived. " for each in grown), size)


def one_name(size: int) -> str:
    """Return one name, again and again."""
    return _repeated("Ada Lovelace ", size)


def initials(size: int) -> str:
    """Return acronyms, and names that have these initials."""
    rows = (
        f"{one[0]}{two[0]}{three[0]} and the {one} {two} {three}. "
        for _ in count()
        for one, two, three in product(LAST, KINDS, PLACES)
    )
    return _filled(rows, size)


def abbreviations(size: int) -> str:
    """Return definitions of abbreviations without end."""
    return _filled(
        (f"acute {_letters(n)} failure (A{_letters(n)[:3].upper()}F) " for n in count()), size
    )


def dates(size: int) -> str:
    """Return dates without end."""
    return _filled((f"{1 + n % 28} May {1000 + n % 1000}, " for n in count()), size)


def digits(size: int) -> str:
    """Return numbers without end."""
    return _filled((f"{n * 7919 % 10007} " for n in count()), size)


def brackets(size: int) -> str:
    """Return brackets in brackets."""
    return "(" * (size // 2) + ")" * (size // 2)


def brackets_apart(size: int) -> str:
    """Return brackets with a letter in each."""
    return _repeated("(a) [b] ", size)


def quotes(size: int) -> str:
    """Return quotation marks that nothing closes."""
    return _repeated('"so “he “said ‘', size)


def dots(size: int) -> str:
    """Return the dots of a table of contents."""
    return _repeated("." * 70 + " 7\n", size)


def endless_word(size: int) -> str:
    """Return one word."""
    return _repeated("Aba", size)


def endless_sentence(size: int) -> str:
    """Return words without a full stop."""
    return _repeated("and then Ada went on to see Vienna with her brother ", size)


def many_sentences(size: int) -> str:
    """Return sentences of two words."""
    return _filled((f"{one} left. " for _ in count() for one in FIRST), size)


def newlines(size: int) -> str:
    """Return a name between thousands of line ends."""
    return _repeated("Ada" + "\n" * 500, size)


def blanks(size: int) -> str:
    """Return a sentence, blanks, and another."""
    return "Ada Lovelace lived in London." + " " * size + "She died there."


def combining_marks(size: int) -> str:
    """Return one letter with all the marks of a text."""
    return "Ada Lovelace " + "a" + "\u0301" * size


def zalgo(size: int) -> str:
    """Return words whose letters carry dozens of marks."""
    chosen = random.Random(7)
    letters = (
        "".join((each, *chosen.choices(ZALGO, k=20))) for each in _repeated("Ada saw Rome. ", size)
    )
    return _filled(letters, size)


def emoji(size: int) -> str:
    """Return pictures, some made of several."""
    return _repeated("😀 👩‍👩‍👧‍👦 🇩🇪 ", size)


def invisible(size: int) -> str:
    """Return letters between signs without a width."""
    return _repeated("A\u200bd\u200da\u2060 \ufeff", size)


def right_to_left(size: int) -> str:
    """Return Hebrew and Arabic with marks of direction."""
    return _repeated("\u202eשלום עולם\u202c مرحبا بالعالم \u200f", size)


def chinese(size: int) -> str:
    """Return signs, each of which is a piece."""
    return _repeated("阿达在伦敦出生并在那里工作", size)


def table(size: int) -> str:
    """Return rows of names and numbers between bars."""
    rows = (
        f"| {one} {other} | {n} | {PLACES[n % 10]} |\n"
        for n in count()
        for one, other in product(FIRST, LAST)
    )
    return _filled(rows, size)


def base64_lines(size: int) -> str:
    """Return a file as mail carries it."""
    data = random.Random(7).randbytes(size * 3 // 4)
    return base64.encodebytes(data).decode()


def urls(size: int) -> str:
    """Return addresses."""
    return _filled(
        (f"https://www.{_letters(n)}.example/a/{n}?q=%20{n}&b=Ada+Lovelace " for n in count(9999)),
        size,
    )


def capitals(size: int) -> str:
    """Return prose in capitals."""
    return _repeated(PROSE.upper(), size)


def paragraphs(size: int) -> str:
    """Return one paragraph, again and again."""
    return _repeated(PROSE + "\n\n", size)


def markup(size: int) -> str:
    """Return a page of nothing but tags."""
    return _filled(
        (f'<div class="c{n}"><a href="#{n}">{FIRST[n % 20]}</a></div>' for n in count()), size
    )


def nested_json(size: int) -> str:
    """Return objects in objects."""
    return _repeated('{"name": "Ada", "of": [', size)


def letters(size: int) -> str:
    """Return single letters, in capitals."""
    return _filled((f"{chr(65 + n % 26)} " for n in count()), size)


SHAPES: tuple[Callable[[int], str], ...] = (
    names, shared_words, prefixes, one_name, initials, abbreviations, dates, digits, brackets,
    brackets_apart, quotes, dots, endless_word, endless_sentence, many_sentences, newlines, blanks,
    combining_marks, zalgo, emoji, invisible, right_to_left, chinese, table, base64_lines, urls,
    capitals, paragraphs, markup, nested_json, letters,
)  # fmt: skip
