"""Formats of files and of text fields, each read into text and blocks.

| module            | reads                                | through        |
|-------------------|--------------------------------------|----------------|
| `html.py`         | HTML                                 | selectolax     |
| `markdown.py`     | Markdown, by way of HTML             | markdown-it-py |
| `mail.py`         | one mail, its text or else its HTML  | `email`        |
| `pdf.py`          | PDF, page by page                    | pypdfium2      |
| `word.py`         | Word, .docx                          | python-docx    |

All give a `Formatted` (`formatted.py`), or a refusal (`reading.py`). `process.py` has them read by
a process of its own, `__main__.py`, which a hostile file may take down: its time and its memory
are bounded.
"""
