"""What people look at: HTML pages of one file each, and plots.

view.py            an entity's neighbourhood; view_page.py, its page
context_view.py    what the model reads for a pair
edge_text.py       an edge in words, here and at the terminal
plots.py           the only file that knows matplotlib
templates.py       the only file that knows Jinja; page/, the templates, styles and scripts
"""
