"""`python -m tissuesense`: the same program as the `tissuesense` command."""

from tissuesense.cli.main import main

if __name__ == "__main__":
    main()
