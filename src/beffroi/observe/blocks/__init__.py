"""The blocks of a page as figures: data and words for one territory, never drawn here.

``observe_block`` gives the figure of a declared block. Each kind is one function of a module of this folder, which
takes where the page stands and what the block says, and gives a frozen figure with its ``frame`` (the words around
it) and its ``readings`` (every value that it shows, which are its data to download).
"""
