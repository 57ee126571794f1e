"""Documents and entities from the outside world, checked at the door.

files/          documents of a file or folder: JSONL, text, DocRED
elasticsearch/  documents of an index: what changed since, or all of it
entities/       names -> candidates: the entity index, in SQLite or Elasticsearch
knowledge/      what knowledge bases publish -> the file of entities
source.py       what a source yields: a page of documents, gone and skipped ones
records.py      a record becomes a document, or says why not
fields/         texts and times, in the forms in which people write them
"""
