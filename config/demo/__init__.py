"""The demo county: 平顺 with its places, invented people, goods at plausible prices, and an evening that is going on right now.

Everything goes through the verbs that the pages use, and loading it again adds nothing (`load.py`).
"""
