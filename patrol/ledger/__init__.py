"""The access log, proven: canonical JSON, hash chain, Merkle tree, signed checkpoints, offline verifier. No Django."""
