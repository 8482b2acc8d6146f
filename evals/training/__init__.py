"""How the bundled reranker was made: examples written for it, and the training that turns them into weights."""
