"""What declarations must be beside one another: references, units, audiences, levels.

Each module is about one noun. A rule gives faults and changes nothing; what could not be read (``UNREAD``) is passed
over in silence, for its own fault is already said, and a consequence is not a fault.
"""
