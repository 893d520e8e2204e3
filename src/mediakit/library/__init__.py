"""What scripts and notebooks use through `import mediakit`: a thin layer over the features."""
