"""`python -m setpiece` is the `setpiece` command."""

from setpiece.cli import main

main()
