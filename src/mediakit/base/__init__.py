"""Values, errors and files that all rooms use; imports no other room."""
