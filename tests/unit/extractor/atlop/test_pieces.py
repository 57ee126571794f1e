from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from transformers import BertTokenizer, PreTrainedTokenizerBase

from extractor.errors import CheckpointRejected
from extractor.text.pieces import load_tokenizer, special_ids, word_pieces
from tests.unit.extractor.tokenizers import TEXT, TOKENIZERS, roberta_like, scibert_like

SPECIAL = {
    "bert": (101, 102, 0),
    "scibert": (102, 103, 0),
    "roberta": (0, 2, 1),
    "mpnet": (0, 2, 1),
}
MERKEL = {
    "bert": ["mer", "##kel"],
    "scibert": ["Mer", "##kel"],
    "roberta": ["ĠMerkel"],
    "mpnet": ["mer", "##kel"],
}


@pytest.mark.parametrize("family", list(TOKENIZERS))
def test_special_and_padding_ids_are_the_tokenizers_own(family: str) -> None:
    tokenizer = TOKENIZERS[family]()
    before, after, padding = SPECIAL[family]
    assert special_ids(tokenizer) == ((before,), (after,))
    assert tokenizer.pad_token_id == padding
    content = word_pieces(TEXT, tokenizer).ids
    assert tokenizer(TEXT)["input_ids"] == [before, *content, after]


def test_a_tokenizer_that_adds_nothing_has_no_special_ids() -> None:
    tokenizer = roberta_like()
    tokenizer.backend_tokenizer.post_processor = None
    assert special_ids(tokenizer) == ((), ())


@pytest.mark.parametrize("family", list(TOKENIZERS))
def test_words_are_cut_by_the_familys_rules(family: str) -> None:
    tokenizer = TOKENIZERS[family]()
    pieces = word_pieces(TEXT, tokenizer)
    start = TEXT.index("Merkel")
    inside = [n for n, span in enumerate(pieces.spans) if start <= span[0] < start + 6]
    tokens = tokenizer.convert_ids_to_tokens([pieces.ids[n] for n in inside])
    assert tokens == MERKEL[family]
    assert len({pieces.words[n] for n in inside}) == 1
    assert tokenizer.unk_token_id not in pieces.ids[:8]


@pytest.mark.parametrize("family", list(TOKENIZERS))
def test_spans_hold_no_blanks_and_cover_everything_else(family: str) -> None:
    pieces = word_pieces(TEXT, TOKENIZERS[family]())
    covered = {place for start, end in pieces.spans for place in range(start, end)}
    assert covered == {n for n, character in enumerate(TEXT) if not character.isspace()}
    assert list(pieces.spans) == sorted(pieces.spans)
    assert [word < 0 for word in pieces.words] == [start == end for start, end in pieces.spans]


def test_pieces_of_blanks_only_belong_to_no_word() -> None:
    pieces = word_pieces("in  Hamburg\nwas", roberta_like())
    tokens = roberta_like().convert_ids_to_tokens(list(pieces.ids))
    assert [token for token, word in zip(tokens, pieces.words, strict=True) if word < 0] == [
        "Ġ",
        "Ċ",
    ]


def test_blanks_before_a_piece_are_not_counted_whatever_the_tokenizer_says() -> None:
    encoding = SimpleNamespace(
        ids=[7, 8, 9], offsets=[(0, 2), (2, 3), (3, 11)], word_ids=[0, 1, 2]
    )  # as a sentence-piece tokenizer counts
    fake: Any = SimpleNamespace(
        backend_tokenizer=SimpleNamespace(encode=lambda text, add_special_tokens: encoding)
    )
    pieces = word_pieces("in  Hamburg", cast(PreTrainedTokenizerBase, fake))
    assert pieces.spans == ((0, 2), (3, 3), (4, 11))
    assert pieces.words == (0, -1, 2)


@pytest.mark.parametrize("family", list(TOKENIZERS))
def test_a_saved_tokenizer_comes_back_the_same(family: str, tmp_path: Path) -> None:
    tokenizer = TOKENIZERS[family]()
    tokenizer.save_pretrained(tmp_path)
    loaded = load_tokenizer(tmp_path)
    assert word_pieces(TEXT, loaded) == word_pieces(TEXT, tokenizer)
    assert special_ids(loaded) == special_ids(tokenizer)
    assert loaded.pad_token_id == tokenizer.pad_token_id
    hostile = f"in {tokenizer.sep_token} Ham {tokenizer.pad_token}"
    assert not {loaded.sep_token_id, loaded.pad_token_id} & {*word_pieces(hostile, loaded).ids}


def test_the_first_word_of_a_text_is_a_word_like_any_other(tmp_path: Path) -> None:
    roberta_like().save_pretrained(tmp_path)
    file = tmp_path / "tokenizer_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "add_prefix_space": False}))
    pieces = word_pieces("Merkel in Hamburg", load_tokenizer(tmp_path))
    assert load_tokenizer(tmp_path).convert_ids_to_tokens(list(pieces.ids)) == [
        "ĠMerkel",
        "Ġin",
        "ĠHamburg",
    ]
    assert pieces.spans == ((0, 6), (7, 9), (10, 17))


def test_a_cased_vocabulary_that_would_be_read_in_lower_case_is_refused(tmp_path: Path) -> None:
    vocabulary = scibert_like().get_vocab()
    BertTokenizer(vocab=vocabulary, do_lower_case=True).save_pretrained(tmp_path)
    with pytest.raises(CheckpointRejected, match="set do_lower_case to false"):
        load_tokenizer(tmp_path)


def test_a_tokenizer_without_padding_is_refused(tmp_path: Path) -> None:
    tokenizer = scibert_like()
    tokenizer.pad_token = None
    tokenizer.save_pretrained(tmp_path)
    file = tmp_path / "tokenizer_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "pad_token": None}))
    with pytest.raises(CheckpointRejected, match="no padding token"):
        load_tokenizer(tmp_path)
