"""A checkpoint on labelled documents: what it asserts, how good that is, how it looks.

labelled_files.py  files that the user names -> labelled documents
asserted.py        documents -> the triples that a checkpoint asserts, with evidence
evaluation.py      a plan -> scores and the files that it asks for
figures.py         scores -> plots; pair_page.py, a pair -> a page of what the model reads
"""
