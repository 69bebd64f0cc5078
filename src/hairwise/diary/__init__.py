"""What the person did, took, felt and counted."""
