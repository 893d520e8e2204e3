"""YAML, TOML and JSON as trees that know their lines."""
