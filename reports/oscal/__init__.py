"""An audit as OSCAL's assessment plan and assessment results, for tools that read those."""
