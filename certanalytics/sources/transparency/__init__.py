"""What is public record: Certificate Transparency, root programmes, revocation."""
