"""Five pictures of the threat model, drawn from it and coloured by what an audit found."""
