"""Makes a model pack for sgid; `--help` says how, and README.md more."""

from sgid_pack.command import main

if __name__ == "__main__":
    main()
