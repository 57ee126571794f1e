"""Statements of a raw text -> the same ones, as probable as their circumstances make them.

The calibrator (`extractor.calibration`) says how likely a relation holds between two entities that
somebody marked. A raw text has no marks: a mention may be wrong, an entity two things in one, a
value its neighbour's. In the order of the data:

    meetings.py   where the mentions of two entities stand nearest
    features.py   statement -> numbers: how sure its mentions are, how near, and who competes
    weights.py    numbers -> probability

`extractor.training.circumstances_part` learns the weights with each checkpoint, from the raw texts
of documents that trained no others.
"""

from extractor.circumstances.weights import CircumstanceWeights, weigh

__all__ = ["CircumstanceWeights", "weigh"]
