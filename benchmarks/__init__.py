"""Speed and weight, each beside what a reader would use instead, as ratios in one run."""
