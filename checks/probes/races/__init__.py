"""
Races: a few clients act at the same moment, and one checker judges what came of it.

Every answer is recorded with when it was asked for and when it came. A history
is lawful if there is one order, true to the clock, in which acts done one after
another would have been answered so and left the same behind.
"""
