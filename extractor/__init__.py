"""Documents in, statements out.

The path, one file or folder per stage:

    sentences.py    Document -> sentence spans
    mentions.py     Document -> Mention            token classification (detection.py batches it)
    clusters/       Mention  -> Cluster            one cluster per entity of the document
    linking/        Cluster  -> Entity             linked to the entity index, or NIL
    atlop/          Document + Entity -> logits    entity markers, encoder, context, classifier
    statements.py   logits   -> Statement          margin over TH, probability, evidence sentences

`stages.py` takes a batch through them, each document within `allowances.py`, and `pipeline.py` is
the door to it all; `schema.py`, `errors.py`, `names.py` and `relations.py` are what they share.
`calibration/` has thresholds, probabilities and evidence, `checkpoint.py` keeps all that a model
needs. `labelled/` reads documents with labels, `training/` makes a checkpoint of them and
`evaluation/` scores it. `batches.py` and `files.py` serve all other folders too.
"""
