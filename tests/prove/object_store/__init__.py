"""An object store of other people, to which checkpoints are copied."""
