"""Days in the life of an enrolment centre, under load."""
