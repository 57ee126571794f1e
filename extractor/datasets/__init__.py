"""Documents with gold mentions and labels: files of data sets, and of a user's own relations.

`reading.py` reads whatever kind of file it is given. `splits.py` says which documents train,
choose and score; `statistics.py` counts them; `submission.py` writes DocRED's official file.
"""
