"""The way in: waits for Ctrl-C before anything that takes time to load, so that an early one is no stack trace either."""

import sys


def run() -> None:
    """The command `campaign`."""
    try:
        from campaign.cli.main import run as start

        start()
    except KeyboardInterrupt:  # while modules are loading; later ones are answered by `errors.guarded`
        sys.stderr.write("已中断，没有做完的部分没有保存。\n")
        sys.exit(130)
