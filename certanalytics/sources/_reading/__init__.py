"""What every reader is built from: files opened, formats streamed, values brought into the estate's form."""
