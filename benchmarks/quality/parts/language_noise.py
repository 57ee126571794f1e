"""What stands beside prose in real documents, and is no language or another one."""

from __future__ import annotations

import base64
import hashlib
import quopri
from collections.abc import Callable, Sequence
from random import Random
from urllib.parse import urlencode

Noise = Callable[[str, Random], str]

NAMES = (
    "Annelies van der Meer, Wouter ter Braak, Gijsbert van den Heuvel, Małgorzata Święcicka, "
    "Krzysztof Dąbrowski, Nguyễn Thị Minh, Trần Đức Thảo, Päivi Hämäläinen, Szilágyi Erzsébet, "
    "José Luis Fernández de la Vega, João Pedro dos Santos, Jürgen von der Heydte, Øystein Åsgård"
)
SPECIES = (
    "Quercus robur, Fagus sylvatica, Mercurialis perennis, Anemone nemorosa, Parus major, "
    "Erithacus rubecula, Sciurus vulgaris, Lutra lutra, Salmo trutta fario, Carabus granulatus"
)
CODE = """static int q_put(struct q *q, const u8 *buf, size_t len)
{
\tif (len > q->cap - q->len)
\t\treturn -ENOSPC;
\tmemcpy(q->buf + q->len, buf, len);
\tq->len += len;
\treturn 0;
}
<div class="row mt-3" id="hdr"><span style="color:#c00">&nbsp;</span></div>
SELECT id, ts FROM ord_hdr WHERE cust_id = 4711 AND dt >= '2023-01-01';
"""
SIGNATURE = "\n\n--\nKey Account Manager | Business Development\nSent from my iPhone"


def attachment(text: str, random: Random) -> str:
    """Add a file in base64, two to six times as long as the mail."""
    body = base64.encodebytes(random.randbytes(random.randint(2, 6) * len(text))).decode()
    part = f"--=_{random.getrandbits(96):024x}"
    return (
        f"{text}\n\n{part}\nContent-Type: application/pdf\n"
        f"Content-Transfer-Encoding: base64\n\n{body}{part}--\n"
    )


def hashes(text: str, random: Random) -> str:
    """Put a list of files with their hashes before the text."""
    rows = (
        f"{hashlib.sha256(random.randbytes(8)).hexdigest()}  build/out/{random.getrandbits(32):x}.o"
        for _ in range(random.randint(5, 20))
    )
    return "\n".join(rows) + "\n" + text


def links(text: str, random: Random) -> str:
    """Put a link with a query after each sentence."""
    return ". ".join(f"{part} {_link(random)}" for part in text.split(". "))


def numbers(text: str, random: Random) -> str:
    """Add a table of numbers."""
    rows = (
        ";".join(f"{random.uniform(0, 9999):.2f}" for _ in range(8))
        for _ in range(random.randint(10, 60))
    )
    return text + "\nx1;x2;x3;x4;x5;x6;x7;x8\n" + "\n".join(rows)


def articles(text: str, random: Random) -> str:
    """Add a table of article numbers."""
    rows = (
        f"{random.choice('ABCXZ')}{random.choice('KLTV')}-{random.randint(1000, 9999)}-"
        f"{random.choice('BLR')}\tDN{random.randint(10, 99)} PN16\t{random.randint(1, 500)}\t"
        f"{random.uniform(0, 90):.2f} EUR"
        for _ in range(random.randint(8, 30))
    )
    return text + "\nSKU\tTYPE\tQTY\tPRICE\n" + "\n".join(rows)


def transport(text: str, random: Random) -> str:
    """Put the lines before the text that servers write."""
    signed = base64.b64encode(random.randbytes(180)).decode()
    return (
        f"Received: from mx{random.randint(1, 9)}.example.net by in.example.org (Postfix) with "
        f"ESMTPS id {random.getrandbits(60):X}\n"
        f"DKIM-TypeConstraint: v=1; a=rsa-sha256; d=example.net; s=k2; b={signed}\n"
        f"Message-ID: <{random.getrandbits(90):x}@mail.example.net>\n"
        f"X-Spam-Status: No, score=-2.1 tests=DKIM_SIGNED,DKIM_VALID\n\n{text}"
    )


def code(text: str, _random: Random) -> str:
    """Put code between the text's halves."""
    middle = text.find(". ", len(text) // 2) + 1
    return f"{text[:middle]}\n{CODE}\n{text[middle:]}"


def emoji(text: str, random: Random) -> str:
    """Put emoji after every third word."""
    words = text.split(" ")
    faces = "😀🔥🚀❤️🎉👍🏽🇫🇷✅"
    return " ".join(
        word + "".join(random.choices(faces, k=3)) if n % 3 == 0 else word
        for n, word in enumerate(words)
    )


def signature(text: str, _random: Random) -> str:
    """Add what English programs and job titles leave under any mail."""
    return text + SIGNATURE


def quoted_printable(text: str, _random: Random) -> str:
    """Encode the text as mails do."""
    dashed = text.replace(",", " –").replace("'", "’")
    return quopri.encodestring(dashed.encode()).decode()


def names(text: str, random: Random) -> str:
    """Put names of people of many countries before the text."""
    people = NAMES.split(", ")
    random.shuffle(people)
    return "Present: " + ", ".join(people) + "\n" + text


def species(text: str, random: Random) -> str:
    """Add Latin names."""
    kinds = SPECIES.split(", ")
    random.shuffle(kinds)
    return text + "\n" + ", ".join(kinds)


def capitals(text: str, _random: Random) -> str:
    """Write the text in capitals."""
    return text.upper()


def misread(text: str, random: Random) -> str:
    """Read the text as bad OCR does: every eighth letter that can be taken for another is."""
    wrong = {"h": "b", "m": "rn", "e": "c", "l": "1", "i": "l", "o": "0", "t": "f", "n": "u"}
    return "".join(
        wrong.get(letter, letter) if random.random() < 1 / 8 else letter for letter in text
    )


def quoting(others: Sequence[str]) -> Noise:
    """Return a noise that puts one of these texts before the answer, as a quotation."""

    def quote(text: str, random: Random) -> str:
        return "\n".join(f"> {line}" for line in random.choice(others).splitlines()) + "\n" + text

    return quote


def _link(random: Random) -> str:
    query = urlencode({"utm_source": "mail", "sid": f"{random.getrandbits(64):x}"})
    return f"https://www.example.com/a/{random.randint(1, 10**6)}?{query}"


IN_ALL: tuple[Noise, ...] = (attachment, links, numbers, articles, transport, code, emoji)
IN_FOREIGN: tuple[Noise, ...] = (*IN_ALL, signature)
IN_ENGLISH: tuple[Noise, ...] = (
    *IN_ALL,
    hashes,
    quoted_printable,
    names,
    species,
    capitals,
    misread,
)
