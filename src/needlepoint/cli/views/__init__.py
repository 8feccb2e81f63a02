"""What the commands show to people; rich is imported here and nowhere else."""
