"""Provisioning: prepares a batch of tokens for the users of a manifest."""
