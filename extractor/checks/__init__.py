"""Statement -> what else is known of it: facts of the entity index, other values in the document.

In the order of the data:

    facts.py     what the facts of the two entries say: supported, contradicted, or nothing
    values.py    which statements give a second value to a relation that has one
    weights.py   how much of each kind is true all the same
    checking.py  statements -> the same ones, with another probability and what they contradict

`benchmarks/training/check_weights.py` learns `weights.json`.
"""

from extractor.checks.checking import check_statements
from extractor.checks.weights import shipped_weights

__all__ = ["check_statements", "shipped_weights"]
