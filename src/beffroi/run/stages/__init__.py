"""The stages of a build, in their order: sources, tables, territories, indicators, layers, catalogues."""
