"""Quantities of one visit."""
