"""Documents in, statements out.

The path, one file per stage:

    sentences.py    Document -> sentence spans
    mentions.py     Document -> Mention            token classification
    clusters.py     Mention  -> Cluster            one cluster per entity of the document
    linking.py      Cluster  -> Entity             linked to the entity index, or NIL
    features.py     Document + Entity -> Features  word pieces with entity markers, in windows
    model.py        Features -> logits             ATLOP
    statements.py   logits   -> Statement          margin over TH, probability, evidence sentences

`pipeline.py` joins them; `schema.py`, `errors.py`, `names.py` and `relations.py` are what they
share. `training.py` makes a checkpoint, `evaluation.py` scores it.
"""
