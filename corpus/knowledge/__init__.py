"""What knowledge bases publish -> the file that entity indices are built from, in constant memory.

opening.py          a file, compressed or not -> its bytes, and how far they are read
found.py            what each reader finds
wikidata.py         a JSON dump; wikidata_types.py, what its classes are to us
mesh.py             the tree of MeSH
table.py            CSV
redirects.py        ids that were merged into others
countries.py        countries and regions: their ids, and what their people are called
building.py         one of these -> the file of entities, with a count of what was left out
"""
