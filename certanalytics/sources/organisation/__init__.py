"""What the organisation knows of itself: servers, people, names, lists kept by hand."""
