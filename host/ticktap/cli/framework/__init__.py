"""What commands share: options, prompts, output, errors, lazy loading, and the way to a token."""
