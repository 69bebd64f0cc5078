"""Photos and histories with known truth; they share no code with what they test."""
