"""Keys of interviews, kept outside the database: each seals what one person said, and is destroyed
when that is erased (docs/erasure.md). Values, files and fields that are sealed with them.
"""
