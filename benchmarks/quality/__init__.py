"""How right is what comes out of a text?"""
