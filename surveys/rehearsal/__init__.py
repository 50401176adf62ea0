"""A season made up from a seed, sent as devices send it, with people in it who make interviews up.

Nothing here knows how the checks work, and they are told nothing but what arrives.
"""
