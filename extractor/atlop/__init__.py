"""ATLOP: a document's entity pairs -> logits over TH and the relations.

In the order of the data:

    features.py    Document + Entity -> Features   word pieces with entity markers, in windows
    collate.py     Features -> padded tensors
    pooling.py     mentions -> entity vectors; entity pairs -> localized context
    classifier.py  head and tail vectors -> logits
    model.py       joins encoder, pooling and classifier
    loss.py        logits + labels -> what training lowers
    scoring.py     runs the model over many documents

`config.py` has the switches; the encoder is `extractor/encoder/`, which the mention tagger has too.
`context.py` shows what a pair's context reads. The model's page in `docs/` has the paper's
equations beside the functions.
"""
