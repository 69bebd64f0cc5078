"""Read a photo, its scale and its quality."""
