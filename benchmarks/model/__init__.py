"""Is our ATLOP the paper's, as good, and faster?"""
