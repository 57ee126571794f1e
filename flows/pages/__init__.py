"""What people look at: HTML pages of one file each, and plots.

view.py            an entity's neighbourhood; view_page.py and page/, its HTML, style and scripts
context_view.py    what the model reads for a pair; context_template.py, its HTML and style
edge_text.py       an edge in words, here and at the terminal
plots.py           the only file that knows matplotlib
escaping.py        text that cannot become markup
"""
