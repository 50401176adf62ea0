"""An enumerator's phone on which everything goes wrong: does what was called saved stay saved?"""
