"""What people look at: lists and boards, set-based and never more rows than a page."""
