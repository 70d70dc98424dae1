"""A made-up province to try everything with: real places, invented counters, officers and responses."""
