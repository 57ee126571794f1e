"""How large is the product, and what do its tests cost and notice?"""
