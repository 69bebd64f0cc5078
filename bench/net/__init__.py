"""How the small network was made: render, draw targets, train, export. Needs PyTorch; hairwise itself does not."""
