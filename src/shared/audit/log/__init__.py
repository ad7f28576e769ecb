"""The transparency log over the record: tree, signed checkpoints, proofs, and who keeps and checks them."""
