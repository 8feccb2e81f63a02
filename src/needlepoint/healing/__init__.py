"""What the skin will do after a plan: virtual patients, bands, and what their check-ins teach."""
