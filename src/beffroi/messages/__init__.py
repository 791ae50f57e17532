"""The words that people read, French and English side by side: faults and interface."""
