"""What the tools of the enterprise exported, one module a tool; each writes one part of the folder."""
