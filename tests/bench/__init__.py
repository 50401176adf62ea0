"""How long the graph of a form takes in the page; `python -m tests.bench` prints it as JSON lines."""
