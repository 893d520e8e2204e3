"""Ask addresses that strangers name, without harm."""
