"""What a model says of labelled documents, and how good that is.

gold.py            labelled documents -> what the model says of them
cells.py           ... as flat arrays of margins
gold_evidence.py   ... as evidence cases
decisions.py       dev documents -> thresholds, calibrator, evidence rule
scores.py          F1, Ign F1, trust, mentions
"""
