"""The desk, where a team looks at its exercises and works on them, and the page of pictures."""
