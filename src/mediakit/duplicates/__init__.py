"""The same picture again: proposed by perceptual hashes, decided by pixels."""
