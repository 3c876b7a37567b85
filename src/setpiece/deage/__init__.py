"""An actor, and the same actor years younger (or older), with consent on file."""
