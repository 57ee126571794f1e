"""One module per question: `python -m benchmarks.NAME [--data DIR]` prints a table and writes
`results/NAME.json`. `make figures` renders the README's table from these.
"""
