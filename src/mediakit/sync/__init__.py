"""The one way through: observe, plan, make, publish."""
