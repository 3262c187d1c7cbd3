"""What people do about a duty: handing in, reviewing, splitting, asking, rectifying."""
