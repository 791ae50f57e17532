"""The same work done otherwise, as somebody who knows the other tool well would write it. Nothing here uses Beffroi."""
