"""Tests: their folders mirror ``src/beffroi``; ``house`` is about the project itself."""
