"""Small tokenizers with the rules of the real ones: special tokens, padding, word pieces."""

from __future__ import annotations

import string
from typing import Any

from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    BertTokenizer,
    MPNetTokenizer,
    PreTrainedTokenizerBase,
    RobertaTokenizer,
)

TEXT = "Angela Merkel was born in Hamburg.  Cisplatin harms BRCA1 cells, they say.\nO Café!"
"""A text with names, a double blank, a line break and an accent."""
UNCASED = ["angela", "mer", "was", "born", "in", "ham", "cis", "harms", "cells", "they", "say"]
CASED = [
    "Angela",
    "Mer",
    "was",
    "born",
    "in",
    "Ham",
    "Cis",
    "BRCA",
    "harms",
    "cells",
    "they",
    "say",
]
ENDINGS = ["##kel", "##burg", "##platin"]
MODEL_TYPES = {"bert": "bert", "scibert": "bert", "roberta": "roberta", "mpnet": "mpnet"}


def bert_like() -> PreTrainedTokenizerBase:
    """Return an uncased WordPiece tokenizer: [PAD] 0, [UNK] 100, [CLS] 101, [SEP] 102."""
    unused = [f"[unused{n}]" for n in range(99)]
    special = ["[PAD]", *unused, "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return _quiet(BertTokenizer(vocab=_numbered([*special, *_pieces(UNCASED)])))


def scibert_like() -> PreTrainedTokenizerBase:
    """Return a cased WordPiece tokenizer: [PAD] 0, [UNK] 101, [CLS] 102, [SEP] 103."""
    unused = [f"[unused{n}]" for n in range(100)]
    special = ["[PAD]", *unused, "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = _pieces(CASED, string.ascii_uppercase)
    return _quiet(BertTokenizer(vocab=_numbered([*special, *pieces]), do_lower_case=False))


def roberta_like() -> PreTrainedTokenizerBase:
    """Return a byte-level BPE tokenizer: <s> 0, <pad> 1, </s> 2, <unk> 3; words carry a blank."""
    words = [f"Ġ{word}" for word in [*CASED, "Merkel", "Hamburg", "Cisplatin"]]
    merges = list(dict.fromkeys((w[:n], w[n]) for w in words for n in range(1, len(w))))
    pieces = [*sorted(ByteLevel.alphabet()), *("".join(merge) for merge in merges)]
    vocabulary = _numbered(["<s>", "<pad>", "</s>", "<unk>", *pieces, "<mask>"])
    return _quiet(RobertaTokenizer(vocab=vocabulary, merges=merges, add_prefix_space=True))  # type: ignore[arg-type]


def mpnet_like() -> PreTrainedTokenizerBase:
    """Return an uncased WordPiece tokenizer with RoBERTa's special tokens, [UNK] apart."""
    special = ["<s>", "<pad>", "</s>", "<unk>", "[UNK]"]
    return _quiet(MPNetTokenizer(vocab=_numbered([*special, *_pieces(UNCASED), "<mask>"])))


TOKENIZERS = {
    "bert": bert_like,
    "scibert": scibert_like,
    "roberta": roberta_like,
    "mpnet": mpnet_like,
}


def tiny_config(family: str, tokenizer: PreTrainedTokenizerBase, **changes: Any) -> dict[str, Any]:
    """Return the configuration of an encoder with 60 places for the tokenizer's pieces."""
    offset = family in {"roberta", "mpnet"}
    config = {
        "model_type": MODEL_TYPES[family],
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 48,
        "max_position_embeddings": 62 if offset else 60,
        "initializer_range": 0.3,  # attention far from even
        "attention_probs_dropout_prob": 0.0,
    }
    return {**config, **changes}


def _pieces(words: list[str], more_letters: str = "") -> list[str]:
    letters = string.ascii_lowercase + string.digits + more_letters
    return [*letters, *(f"##{letter}" for letter in letters), *string.punctuation, *words, *ENDINGS]


def _numbered(pieces: list[str]) -> dict[str, int]:
    return {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}


def _quiet(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    """Take '[SEP]' in a text for text, as `load_tokenizer` does."""
    tokenizer.backend_tokenizer.encode_special_tokens = True
    return tokenizer
