"""ATLOP: a document's entity pairs -> logits over TH and the relations.

In the order of the data:

    features.py    Document + Entity -> Features   word pieces with entity markers, in windows
    collate.py     Features -> padded tensors
    encoder.py     word pieces -> hidden states, attention rows at the markers
    pooling.py     mentions -> entity vectors; entity pairs -> localized context
    classifier.py  head and tail vectors -> logits
    model.py       joins encoder, pooling and classifier
    loss.py        logits + labels -> what training lowers
    scoring.py     runs the model over many documents

`config.py` has the switches. `attention.py`, `batching.py`, `pieces.py` and `precision.py` are what
they stand on; `context.py` shows what a pair's context reads. `docs/explanation/model.md` has the
paper's equations beside the functions.
"""
