"""Settings: `mediakit.toml`, `_config.yml`, environment and flags to one frozen `Config`."""
