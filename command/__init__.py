"""The ``idaudit`` command: plan, run the checks, judge, render; nothing else."""
