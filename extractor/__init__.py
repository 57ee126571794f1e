"""Documents in, statements out.

The path, one folder or file per stage:

    text/           Document -> sentence spans, words, word pieces; its language
    encoder/        word pieces -> hidden states, for every stage that reads text
    mentions/       Document -> Mention            spans, scored as one of six types
    clusters/       Mention  -> Cluster            one cluster per entity of the document
    linking/        Cluster  -> Entity             linked to the entity index, or NIL
    atlop/          Document + Entity -> logits    entity markers, context, classifier
    statements.py   logits   -> Statement          margin over TH, probability, evidence sentences
    circumstances/  Statement -> Statement         as probable as what stands around it makes it
    checks/         Statement -> Statement         and what the index's facts say of it

`stages.py` takes a batch through them, each document within `allowances.py`, and `pipeline.py` is
the door to it all; `schema.py`, `errors.py`, `names.py` and `relations.py` are what they share.
`calibration/` has thresholds, probabilities and evidence, `checkpoint.py` keeps all that a model
needs. `datasets/` reads documents with labels, `training/` makes a checkpoint of them and
`evaluation/` scores it.
"""
