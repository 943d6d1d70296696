"""A machine-learning mock interviewer whose grades can be checked.

Importing the package does nothing and reads nothing; heavy libraries are imported where they are first needed.
"""

__version__ = "0.1.0"
