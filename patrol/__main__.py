"""`python -m patrol` is `patrol`."""

from patrol.cli.main import main

if __name__ == "__main__":
    main()
