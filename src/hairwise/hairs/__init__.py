"""Finding every hair of one photo: where it runs, its root, its width, its follicular unit."""
