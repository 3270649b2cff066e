"""What the Makefile runs that needs more than a line of shell. No part of the running console."""
