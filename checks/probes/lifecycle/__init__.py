"""
The lifecycle machine: one person's record driven through everything that can befall it.

A Hypothesis state machine draws the steps, a model beside the target says what
must be readable, gone or held, and a failure is cut down to the fewest steps.
"""
