"""One verb a module, each with `command` or `app`; `tissuesense.cli.main` finds them."""
