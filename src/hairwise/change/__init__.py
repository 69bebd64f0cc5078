"""Which hair is which between two photos of a spot, and what became of each."""
