"""Flips: the pictures of an exercise's steps, laid on each other, as a loop."""
