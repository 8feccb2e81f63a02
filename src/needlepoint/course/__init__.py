"""The vocabulary of a course of microneedling: frozen values that cannot be built wrong."""
