"""A live view of a token: state, drawing and refresh."""
