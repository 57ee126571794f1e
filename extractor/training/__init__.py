"""Train a checkpoint: `python -m extractor.training`, also where only torch is installed.

plan.py            what to train, on what
presets.py         the paper's models and ours as switches
recipe.py          hyper-parameters, and which samples each step takes
trainer.py         the loop: it saves its state often and resumes
relations.py       ATLOP; mentions.py, the mention tagger
teaching.py        soft labels for documents that nobody labelled
correcting.py      what people corrected, last
relation_part.py   the relation model of a plan, by way of teachers
train.py           all of it, to a checkpoint with its card
"""
