"""What scripts and notebooks use, by way of `import mediakit`: a thin layer over the engine."""
