"""The engines of the form language, Python's and the browser's, asked the same questions."""
