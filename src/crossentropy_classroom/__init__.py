"""The classroom: assignments handed out, collected, graded and given back.

nbgrader keeps the gradebook, strips the solutions and shows what a person has to grade. What is
here does what it lacks: it takes submissions in the state that students leave them in, runs them
where they can do no harm, and judges what they computed from outside.
"""
