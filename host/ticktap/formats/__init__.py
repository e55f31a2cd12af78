"""Text and pictures to accounts, and accounts to text. One file per format; none of them touches the disk."""
