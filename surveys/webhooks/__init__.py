"""Other servers that are told what happened: what, where to, signed, tried again."""
