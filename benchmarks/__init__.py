"""What is measured, in folders by question; each file of a folder can be run.

    model/      is our ATLOP the paper's, as good, and faster?
    quality/    how right is what comes out of a text?
    speed/      how long does it take, and how much memory, on small and large graphs?
    safety/     what happens when processes die, texts are hostile, and people do as they like?
    training/   what do corrections and retraining bring? Also makes what is released
    code/       how large is the product, and what do its tests cost and notice?

`python -m benchmarks.FOLDER.NAME [--data DIR]` prints a table and writes `results/NAME.json`. What
they are made of lies in `parts/`. `make figures` renders the results for people.
"""
