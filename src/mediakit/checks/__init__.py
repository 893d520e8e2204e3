"""What makes a page look broken: rules over what was observed. Pure."""
