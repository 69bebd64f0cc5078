"""Sourced rules: may I roll, how urgent, what to change, what to do next."""
