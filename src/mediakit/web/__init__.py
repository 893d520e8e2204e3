"""Addresses that strangers name, and how they are asked without harm."""
